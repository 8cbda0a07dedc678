"""Layout over a store, against trying every choice."""

from itertools import combinations

import pytest

from civgeo.errors import InvalidInput, NotFound
from civgeo.services.city_layout import city_layout, layout_document
from civgeo.services.jobs import book_of, run, submit
from civgeo.services.layout_question import layout_question
from walking_city import KIND, founded

OPEN = {"kinds": [KIND], "minutes": 15}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = founded(tmp_path_factory.mktemp("layout") / "store")
    yield made
    made.store.close()


def asked(city, **given):
    return layout_document(city_layout(city, layout_question({**OPEN, **given})))


def test_most_households_are_covered_as_trying_every_choice_finds(city):
    one, two = (asked(city, model="mclp", p=number) for number in (1, 2))
    sites = ["behind", "slow", "far", "island"]

    def covered(chosen):
        given = [{"id": name, **places[name]} for name in chosen]
        fixed = [{**site, "required": True} for site in given]
        return int(asked(city, model="mclp", p=len(chosen), candidates=fixed)["people_served"])

    places = {
        id: {"lon": float(shape.x), "lat": float(shape.y)}
        for id, shape in city_layout(
            city, layout_question({**OPEN, "model": "mclp", "p": 1})
        ).estates.geometry.items()
    }
    for answer, number in ((one, 1), (two, 2)):
        assert answer["status"] == "optimal"
        assert answer["gap"] == "0"
        best = max(covered(chosen) for chosen in combinations(sites, number))
        assert int(answer["objective"]) == best
    assert int(one["objective"]) >= 100
    assert int(two["objective"]) >= int(one["objective"])


def test_the_fewest_sites_reach_everybody_whom_a_site_can_reach(city):
    answer = asked(city, model="lscp")
    assert answer["status"] == "optimal"
    assert answer["unreached"] == ["off"]
    assert answer["people_served"] == "183"
    assert {site["role"] for site in answer["sites"]} == {"existing", "chosen"}
    assert [edit["action"] for edit in answer["edits"]] == ["add"] * len(answer["chosen"])


def test_beds_bound_who_is_served_and_a_candidate_without_capacity_is_told(city):
    terms = {"model": "capacitated", "people": "elders", "p": 1}
    answer = asked(city, **terms, capacity_of_new=20)
    assert answer["people_served"] == "40"
    assert any(each["kind"] == "capacity" for each in answer["binding"])
    without = asked(city, **terms)
    assert without["people_served"] == "20"
    assert without["findings"]


def test_quotas_and_candidates_off_the_streets(city):
    far_off = {"id": "x", "lon": 114.5, "lat": 33.0}
    near = {"id": "y", "lon": 114.005, "lat": 33.0}
    answer = asked(city, model="mclp", p=1, candidates=[far_off])
    assert answer["candidates_off_streets"] == ["x"]
    assert answer["chosen"] == []
    refused = asked(city, model="mclp", p=1, candidates=[near], quotas={"990121": [1, 1]})
    assert refused["status"] == "infeasible"
    assert refused["reasons"]


def test_a_job_gives_the_same_answer(city):
    question = {**OPEN, "model": "mclp", "p": 2}
    id = submit(city, "layout", {"question": question})
    assert book_of(city).claim("here").id == id
    assert run(city, id)
    result = dict(book_of(city).get(id).result)
    assert result == asked(city, model="mclp", p=2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"model": "best"}, "model"),
        ({"model": "mclp", "kinds": []}, "kinds"),
        ({"model": "mclp", "kinds": ["school"]}, "school"),
        ({"model": "mclp", "p": 1, "minutes": 0}, "大于 0"),
        ({"model": "mclp", "p": 1, "seconds": 99_999}, "seconds"),
        ({"model": "mclp", "p": 1, "candidates": []}, "候选点"),
        ({"model": "mclp", "p": 1, "candidates": [{"lon": 200, "lat": 1}]}, "经纬度"),
        ({"model": "mclp", "p": 1, "candidates": [{"lon": 1, "lat": 1, "id": "a"}] * 2}, "重复"),
        ({"model": "mclp", "p": 1, "quotas": {"990102": [1]}}, "quotas"),
        ({"model": "mclp", "p": 1, "quotas": {"990102": [True, 2]}}, "整数"),
        ({"model": "mclp", "p": 1, "where": 1}, "where"),
        ({"model": "mclp", "p": 1, "keep_existing": "yes"}, "true"),
    ],
)
def test_bad_questions_are_refused(given, words):
    with pytest.raises(InvalidInput, match=words):
        layout_question({**OPEN, **given})


def test_nobody_and_no_streets(city, tmp_path):
    with pytest.raises(InvalidInput, match="没有登记"):
        asked(city, model="mclp", p=1, division="990199")
    bare = founded(tmp_path / "bare", streets=False)
    with pytest.raises(NotFound, match="--as streets"):
        asked(bare, model="mclp", p=1)
    bare.store.close()
