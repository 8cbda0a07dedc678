"""Names around a point and within an area, names alike, and how many share one."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from civgeo.domain.division import DivisionCode
from civgeo.domain.history import Edit
from civgeo.domain.naming_place import Comparator
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.geo.datum import ground_distance_m
from civgeo.services.city import City
from civgeo.services.name_counts import Alike, Grouping, counts_of, repeated
from civgeo.services.name_neighbours import IndexedNeighbours
from civgeo.services.name_places import nearest
from civgeo.services.name_search import ask, listed, search
from civgeo.store.name_index_lookup import Scope
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from store.named_places import name_frame

REGISTER = Register("411700", "驻马店市", True, datetime(2026, 3, 1, tzinfo=UTC), "2026-01", {})
CITY = DivisionCode.parse("411700")
SPECIFIC = ("张", "章", "王", "长", "李")
ENDS = {"村": "committee_seat", "庄": "settlement", "路": "street"}
ROWS = [
    {
        "id": f"n{number:03}",
        "name": f"{SPECIFIC[number % 5]}{end}",
        "specific": SPECIFIC[number % 5],
        "kind": ENDS[end],
        "division": ("411702100", "411702200", "411728100")[number % 3],
        "geometry": Point(114 + (number % 7) * 0.013, 33 + (number % 11) * 0.0071),
        "public": number % 10 != 0,
    }
    for number, end in enumerate("村庄路庄" * 15)
]
FAR = {"id": "far", "name": "北极村", "kind": "committee_seat", "geometry": Point(122.35, 53.48)}
NOWHERE = {"id": "nowhere", "name": "无图村", "kind": "committee_seat", "geometry": None}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with Store.create(tmp_path_factory.mktemp("around") / "store", register=REGISTER) as store:
        with store.write() as writing:
            frame = name_frame(*ROWS, FAR, NOWHERE)
            writing.add(Collection.PLACE_NAMES, frame, Edit("测试", "测试"))
        yield City(store, date(2026, 3, 1))


@settings(deadline=None, max_examples=60)
@given(
    lon=st.floats(113.9, 114.2),
    lat=st.floats(32.9, 33.2),
    limit=st.integers(1, 70),
    within=st.sampled_from([10.0, 800.0, 5_000.0, 500_000.0]),
    scope=st.sampled_from(
        [
            Scope(),
            Scope(public=True),
            Scope(kinds=(PlaceKind.STREET,)),
            Scope(division=DivisionCode.parse("411728")),
        ]
    ),
)
def test_the_nearest_names_are_those_that_measuring_all_of_them_gives(
    city: City, lon: float, lat: float, limit: int, within: float, scope: Scope
) -> None:
    every = [name for name in listed(city, scope, limit=1000) if name.lon is not None]
    metres = [float(ground_distance_m(lon, lat, name.lon, name.lat)) for name in every]
    expected = sorted(
        (away, name.rank, name.id)
        for away, name in zip(metres, every, strict=True)
        if away <= within
    )
    found = nearest(city, lon, lat, scope, limit=limit, within_m=within)
    assert [near.name.id for near in found] == [id for *_, id in expected][:limit]
    assert [near.metres for near in found] == pytest.approx([away for away, *_ in expected][:limit])


@pytest.mark.parametrize(("lon", "lat"), [(122.35, 53.44), (122.29, 53.48), (122.35, 56.0)])
def test_far_north_degrees_are_short_and_nothing_is_missed(
    city: City, lon: float, lat: float
) -> None:
    found = nearest(city, lon, lat, Scope(), limit=5, within_m=300_000)
    assert [near.name.id for near in found] == ["far"]
    assert nearest(city, -179.9, 53.0, Scope(), limit=5, within_m=300_000) == ()
    assert nearest(city, 0.0, 90.0, Scope(), limit=5, within_m=300_000) == ()


@pytest.mark.parametrize(
    ("lon", "lat", "within"),
    [(181, 0, 10), (0, 91, 10), (33, 114, 10), (114, 33, 0), (114, 33, 600_000)],
)
def test_places_and_distances_that_are_none_are_refused(
    city: City, lon: float, lat: float, within: float
) -> None:
    with pytest.raises(InvalidInput):
        nearest(city, lon, lat, Scope(), limit=1, within_m=within)


@pytest.mark.parametrize(
    "box",
    [(114.0, 33.0, 114.02, 33.02), (114.0, 33.0, 114.0, 33.0), (113.0, 32.0, 115.0, 34.0)],
)
def test_names_in_a_box_are_those_whose_point_lies_in_it(
    city: City, box: tuple[float, float, float, float]
) -> None:
    west, south, east, north = box
    inside = {
        row["id"]
        for row in ROWS
        if west <= row["geometry"].x <= east and south <= row["geometry"].y <= north
    }
    assert {name.id for name in listed(city, Scope(box=box), limit=1000)} == inside
    villages = {id for id in inside if ROWS[int(id[1:])]["name"] == "张村"}
    hits = search(city, "张村", Scope(box=box), limit=1000).hits
    assert {hit.name.id for hit in hits if hit.match.tier == 0} == villages


def test_a_box_may_cross_the_antimeridian(city: City) -> None:
    assert [name.id for name in listed(city, Scope(box=(120.0, 0, -100.0, 60)), limit=9)] == ["far"]
    assert listed(city, Scope(box=(130.0, 0, 110.0, 60)), limit=9) == ()


@pytest.mark.parametrize("public", [True, False])
def test_repeated_names_are_counted_by_division_and_by_class(city: City, public: bool) -> None:
    seen = [row for row in ROWS if row["public"] or not public]
    by_county = Counter((str(row["division"])[:6], row["name"]) for row in seen)
    expected = {}
    for (county, _), times in by_county.items():
        if times > 1:
            names, places = expected.get(county, (0, 0))
            expected[county] = names + 1, places + times
    found = repeated(city, Scope(public=public), of=Alike.NAME, by=Grouping.DIVISION, apart=CITY)
    assert {each.group: (each.names, each.places) for each in found} == expected
    by_class = repeated(city, Scope(public=public), of=Alike.NAME, by=Grouping.CLASS, apart=CITY)
    assert {each.group for each in by_class} == {"committee_seat", "street"}
    assert sum(each.places for each in by_class) == len(seen)


def test_homophones_are_counted_together_and_tones_tell_apart(city: City) -> None:
    def streets(text: str, of: Alike) -> int:
        scope = Scope(kinds=(PlaceKind.STREET,))
        found = counts_of(city, text, scope, of=of, by=Grouping.CLASS, apart=CITY)
        assert {each.group for each in found} <= {"street"}
        return sum(each.places for each in found)

    assert streets("张路", Alike.NAME) == 3
    for text in ("张路", "章路", "zhāng lù", "zhang1 lu4", "zhang lu"):
        assert streets(text, Alike.READING) == 6
    assert streets("zhàng lù", Alike.READING) == streets("章张路", Alike.READING) == 0
    with pytest.raises(InvalidInput):
        streets("zzz", Alike.READING)


def test_counts_of_one_name_are_told_by_the_divisions_next_below(city: City) -> None:
    by_county = counts_of(city, "张庄", Scope(), of=Alike.NAME, by=Grouping.DIVISION, apart=CITY)
    assert sum(each.places for each in by_county) == 6
    assert {each.group for each in by_county} <= {"411702", "411728"}
    district = DivisionCode.parse("411702")
    by_town = counts_of(
        city,
        "张庄",
        Scope(division=district),
        of=Alike.NAME,
        by=Grouping.DIVISION,
        apart=district,
    )
    assert {each.group for each in by_town} <= {"411702100", "411702200"}


def test_the_naming_rules_get_their_neighbours_from_the_index(city: City) -> None:
    def neighbours(names) -> tuple[set[str], ...]:
        index = IndexedNeighbours(names, Scope(), but="n000")
        return (
            {place.ref for place in index.same_name("张村", Comparator.FULL)},
            {place.ref for place in index.same_name("张", Comparator.SPECIFIC)},
            {place.name for place in index.same_toned(("zhāng", "lù"))},
            {place.name for place in index.same_toneless(("zhang", "lu"), Comparator.FULL)},
            {place.specific for place in index.same_toneless(("zhang",), Comparator.SPECIFIC)},
            {place.ref for place in index.same_name("", Comparator.SPECIFIC)},
        )

    written, specific, toned, toneless, sounding, nothing = ask(city, neighbours)
    assert written == {row["id"] for row in ROWS if row["name"] == "张村"} - {"n000"}
    assert specific == {row["id"] for row in ROWS if row["specific"] == "张"} - {"n000"}
    assert toned == toneless == {"张路", "章路"}
    assert sounding == {"张", "章"}
    assert nothing == set()


def test_a_neighbour_has_what_the_rules_ask_for(city: City) -> None:
    place = ask(
        city,
        lambda names: next(
            iter(IndexedNeighbours(names, Scope()).same_name("张村", Comparator.FULL))
        ),
    )
    assert (place.specific, place.generic, place.kind) == ("张", "村", PlaceKind.COMMITTEE_SEAT)
    assert place.syllables == ("zhāng", "cūn")
    assert place.specific_syllables == ("zhāng",)
    assert place.areas.county in ("411702", "411728")
