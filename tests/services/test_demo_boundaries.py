"""The lines of a demonstration city come from its outlines; everything on them is consistent."""

import json
import shutil
from collections import Counter
from datetime import date

import geopandas as gpd
import pytest
import shapely

from civgeo.domain.history import Edit
from civgeo.domain.inspection_comparison import Differs
from civgeo.domain.marker_series import SeriesFault, series_findings
from civgeo.domain.round_forms import RoundState
from civgeo.formats.marker_suffixes import marker_suffixes
from civgeo.geo.boundary_line import route_of
from civgeo.services.city import City
from civgeo.services.demo import lines_by_level
from civgeo.services.demo_results import demo_results_missing, write_demo_results
from civgeo.services.inspection_import import FieldUpload, import_results
from civgeo.services.round_keys import RoundKey
from civgeo.services.round_records import rounds
from civgeo.services.round_results import round_results
from civgeo.services.round_views import overdue_lines
from civgeo.store.store import FILE_NAME, Store
from civgeo.store.tables import Collection

TODAY = date(2026, 3, 1)


def frame(city, collection, **where) -> gpd.GeoDataFrame:
    with city.store.read() as reading:
        return reading.features(collection, where=where)


def pairs_that_touch(city) -> set[tuple[str, ...]]:
    """Sides of every pair of counties with a common stretch, found by plain intersection."""
    divisions = frame(city, Collection.DIVISIONS)
    counties = divisions[(divisions["level"] == "county") & divisions.geometry.notna()]
    edges = dict(zip(counties["code"], counties.geometry.boundary, strict=True))
    own = set(counties.loc[counties["role"] == "own", "code"])
    found = set()
    for one in own:
        for other in set(edges) - {one}:
            common = shapely.intersection(edges[one], edges[other], grid_size=1e-9)
            if common.length > 1e-6:
                digits = next(n for n in (2, 4, 6) if one[:n] != other[:n])
                found.add(tuple(sorted((one[:digits], other[:digits]))))
    return found


def test_lines_are_the_pairs_of_neighbours_and_nothing_else(fictional):
    lines = frame(fictional, Collection.BOUNDARY_LINES)
    listed = {tuple(code.rstrip("0") for code in json.loads(sides)) for sides in lines["sides"]}
    assert listed == {
        tuple(code.rstrip("0") for code in pair) for pair in pairs_that_touch(fictional)
    }
    assert len(lines) == lines["code"].nunique() == len(listed)


@pytest.mark.data_cn
def test_the_outlines_of_zhumadian_yield_the_24_lines_of_the_bureaus(zhumadian):
    assert lines_by_level(zhumadian) == {
        "province": 1,
        "prefecture": 5,
        "county": 18,
        "township": 0,
    }
    assert len(pairs_that_touch(zhumadian)) == 24
    lines = frame(zhumadian, Collection.BOUNDARY_LINES).set_index("code")
    assert lines.loc["1617", "name"] == "周驻线"
    assert {"信驻线", "南驻线", "平驻线"} <= set(lines["name"])
    assert set(lines.loc["3441", "sides"]) <= set('["340000",41]')


@pytest.mark.data_cn
def test_lines_to_other_cities_bear_the_names_of_both_sides(zhumadian):
    divisions = frame(zhumadian, Collection.DIVISIONS)
    names = dict(zip(divisions["code"], divisions["name"], strict=True))
    assert (names["340000"], names["411600"]) == ("安徽省", "周口市")


def test_tri_junctions_lie_on_every_line_that_they_name(fictional):
    lines = frame(fictional, Collection.BOUNDARY_LINES).set_index("code")
    junctions = frame(fictional, Collection.TRI_JUNCTIONS)
    markers = set(frame(fictional, Collection.BOUNDARY_MARKERS)["number"])
    assert len(junctions) == 5
    for place, codes, marker in zip(
        junctions.geometry, junctions["lines"], junctions["marker"], strict=True
    ):
        met = json.loads(codes)
        assert len(met) == 3
        assert max(lines.geometry[code].distance(place) for code in met) < 1e-8
        assert marker in markers


def test_markers_stand_on_their_lines_but_for_the_one_meant_to_be_off(fictional):
    markers = frame(fictional, Collection.BOUNDARY_MARKERS)
    far = markers[markers["offset_m"] > 30]
    assert len(far) == 1
    assert far["offset_m"].iloc[0] == pytest.approx(60, abs=0.5)
    assert markers["simulated"].all()
    assert all(len(json.loads(text)) == 3 for text in markers["witnesses"])


def test_numbers_have_the_two_faults_that_are_meant_and_no_other(fictional):
    markers = frame(fictional, Collection.BOUNDARY_MARKERS)
    lines = frame(fictional, Collection.BOUNDARY_LINES)
    faults = []
    for code, sides in zip(lines["code"], lines["sides"], strict=True):
        own = markers[(markers["line"] == code) & (markers["sides"] == sides)]
        found = series_findings(own["number"].tolist(), marker_suffixes(), json.loads(sides))
        faults += [each.fault for each in found]
    assert Counter(faults) == {SeriesFault.GAP: 1, SeriesFault.MISSING_TWIN: 1}


def test_numbers_rise_along_the_line(fictional):
    markers = frame(fictional, Collection.BOUNDARY_MARKERS)
    for _, own in markers[markers["serial"].notna()].groupby("line"):
        ordered = own.sort_values("chainage_m", kind="stable")["serial"].astype(int)
        assert ordered.is_monotonic_increasing


def test_walk_on_file_names_the_public_markers(fictional):
    lines = frame(fictional, Collection.BOUNDARY_LINES)
    markers = frame(fictional, Collection.BOUNDARY_MARKERS)
    for code, course, public in zip(lines["code"], lines["course"], lines["public"], strict=True):
        own = markers[markers["line"] == code]
        hidden = own.loc[own["public"] != public, "number"]
        assert not any(number in course for number in hidden)
        assert all(number in course for number in own.loc[own["public"] == public, "number"])


def test_fourth_round_is_filed_and_the_fifth_has_lines_in_every_stage(fictional):
    fourth, fifth = (rounds(fictional, number=number) for number in (4, 5))
    assert {file.facts.state for file in fourth} == {RoundState.FILED}
    assert len(fourth) == len(fifth) == 10
    stages = Counter(file.facts.state for file in fifth)
    assert stages[RoundState.OPEN] == stages[RoundState.COMPARING] == 1
    assert stages[RoundState.FILED]
    assert stages[RoundState.PLANNED]
    late = {str(item["line"]) for item in overdue_lines(fictional)}
    assert len(late) == 2


def test_sides_disagree_on_the_line_that_is_being_compared(fictional):
    [file] = [
        file for file in rounds(fictional, number=5) if file.facts.state is RoundState.COMPARING
    ]
    found = round_results(fictional, RoundKey(file.facts.line, 5), tolerance_m=1.0)
    kinds = {item.differs for item in found.disagreements}
    assert {Differs.STATE, Differs.ANSWER} <= kinds


@pytest.fixture
def own_copy(fictional, tmp_path):
    shutil.copy(fictional.store.file, tmp_path / FILE_NAME)
    with Store.open(tmp_path) as store:
        yield City(store, TODAY)


def test_files_of_both_sides_import_without_a_fault_and_contradict_each_other(own_copy, tmp_path):
    assert demo_results_missing(own_copy, tmp_path)
    files = write_demo_results(own_copy, tmp_path)
    assert [file.suffix for file in files] == [".json", ".xlsx"]
    assert not demo_results_missing(own_copy, tmp_path)
    uploads = [FieldUpload(file, file.name) for file in files]
    edit = Edit(actor="张三", document="第五轮联检外业记录")
    done = import_results(own_copy, uploads, edit, None, tolerance_m=1.0)
    first, second = done.files
    assert first.findings == ()
    assert (first.side, second.side) == tuple(
        json.loads(frame(own_copy, Collection.BOUNDARY_LINES, code=first.line)["sides"].iloc[0])
    )
    found = round_results(own_copy, RoundKey(first.line, 5), tolerance_m=1.0)
    assert {item.differs for item in found.disagreements} >= {
        Differs.STATE,
        Differs.ANSWER,
        Differs.POSITION,
    }


def test_a_line_kept_inside_the_bureau_shows_the_switch(fictional):
    lines = frame(fictional, Collection.BOUNDARY_LINES)
    [hidden] = lines.loc[~lines["public"].astype(bool), "code"]
    markers = frame(fictional, Collection.BOUNDARY_MARKERS, line=hidden)
    assert not markers["public"].any()
    others = frame(fictional, Collection.BOUNDARY_MARKERS)
    assert (others.loc[others["line"] != hidden, "public"] == False).sum() == 2  # noqa: E712  a column


def test_chainages_are_those_of_the_route(fictional):
    lines = frame(fictional, Collection.BOUNDARY_LINES).set_index("code")
    for code, length in zip(lines.index, lines["length_m"], strict=True):
        assert route_of(lines.geometry[code]).length_m == pytest.approx(length, abs=0.01)
