from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civgeo.assets import packaged_data
from civgeo.domain.cemetery_forms import BurialPlaceLevel
from civgeo.domain.funeral_directions import ApartRule, Direction8, angle_between, direction8
from civgeo.domain.funeral_layout import (
    ASK_COLUMNS,
    AskForce,
    AskMeasure,
    FuneralKind,
    FuneralSite,
    SiteState,
    Standing,
    Wanted,
    ask_of,
    coverage,
)
from civgeo.errors import InvalidInput
from civgeo.formats.funeral_layout import funeral_asks
from civgeo.formats.indicators import indicator_catalogue

UNITS = ("411721100", "411721101", "411721102")
CEMETERY = Wanted(
    frozenset({FuneralKind.CEMETERY}), frozenset({BurialPlaceLevel.TOWNSHIP}), is_public=True
)
ROW = {
    **dict.fromkeys(ASK_COLUMNS, ""),
    "id": "own",
    "kinds": "columbarium",
    "unit": "township",
    "measure": "coverage",
    "low": "100",
    "force": "plan",
    "adcode": "990100",
    "evidence": "S",
}


def site(division=UNITS[0], **given):
    told = {
        "id": "c1",
        "register": "cemeteries",
        "name": "公墓",
        "kind": FuneralKind.CEMETERY,
        "level": BurialPlaceLevel.TOWNSHIP,
        "may_be": frozenset(),
        "is_public": True,
        "division": division,
        "state": SiteState.OPERATING,
    }
    return FuneralSite(**told | given)


def test_what_the_plan_asks_is_what_the_catalogue_of_indicators_says():
    catalogue = indicator_catalogue()
    asks = [ask for ask in funeral_asks() if ask.indicator]
    assert len(asks) == 5
    for ask in asks:
        known = catalogue.definition(ask.indicator)
        for name in ("document", "document_day", "article", "passage", "evidence", "adcode"):
            assert getattr(ask, name) == getattr(known, name), (ask.id, name)
        assert (ask.year or None) == known.year
        assert (ask.force is AskForce.BINDING) is bool(known.binding)
        if ask.force is not AskForce.TO_CONFIRM:
            assert ask.low == known.target


def test_the_table_has_the_documented_columns_and_each_ask_its_source():
    header = (
        packaged_data("gazetteer/funeral_layout.csv").read_text(encoding="utf-8").split("\n")[0]
    )
    assert tuple(header.split(",")) == ASK_COLUMNS
    for ask in funeral_asks():
        assert ask.passage
        assert ask.article
        assert ask.rule
    damaged = next(ask for ask in funeral_asks() if ask.force is AskForce.TO_CONFIRM)
    assert (damaged.written, damaged.low, damaged.high) == ("12个", Decimal(1), Decimal(2))
    assert damaged.written in damaged.passage
    assert damaged.measure is AskMeasure.EACH


@pytest.mark.parametrize(
    "changed",
    [
        {"kinds": ""},
        {"kinds": "temple"},
        {"level": "heaven"},
        {"unit": "planet"},
        {"measure": "guess"},
        {"low": "many"},
        {"force": "wish"},
        {"force": "to_confirm"},
        {"confirm": "原文有损"},
        {"evidence": "Z"},
        {"adcode": "0"},
    ],
)
def test_a_row_that_cannot_be_read_is_refused(changed):
    assert ask_of(ROW).wanted.kinds == {FuneralKind.COLUMBARIUM}
    with pytest.raises(InvalidInput):
        ask_of(ROW | changed)


def test_a_facility_counts_in_its_own_unit_alone():
    found = coverage(CEMETERY, UNITS, [site(), site(UNITS[1] + "200"), site("411721")])
    assert [each.standing for each in found.units] == [Standing.HAS, Standing.HAS, Standing.HAS_NOT]
    assert len(found.unplaced) == 1
    assert found.meets is False


def test_a_city_holds_what_none_of_its_counties_holds():
    home = Wanted(frozenset({FuneralKind.FUNERAL_HOME}))
    there = site("411702001", kind=FuneralKind.FUNERAL_HOME, level=None)
    found = coverage(home, ("4117", "411721"), [there])
    assert [each.standing for each in found.units] == [Standing.HAS, Standing.HAS_NOT]


def test_what_is_planned_is_named_and_what_is_closed_is_not():
    rows = [site(state=SiteState.COMING), site(UNITS[1], state=SiteState.CLOSED)]
    first, second, _ = coverage(CEMETERY, UNITS, rows).units
    assert (first.standing, len(first.coming)) == (Standing.HAS_NOT, 1)
    assert (second.standing, second.coming) == (Standing.HAS_NOT, ())


def test_a_county_is_not_served_by_a_cemetery_that_serves_one_of_its_townships():
    county = Wanted(frozenset({FuneralKind.CEMETERY}), frozenset({BurialPlaceLevel.TOWNSHIP}))
    found = coverage(county, ("411721",), [site("411702001", serves=("411721100",))])
    assert found.units[0].standing is Standing.HAS_NOT


def test_a_higher_level_inside_serves_but_does_not_count():
    higher = site(level=BurialPlaceLevel.COUNTY)
    lower = site(UNITS[1], level=BurialPlaceLevel.VILLAGE)
    found = coverage(CEMETERY, UNITS[:2], [higher, lower])
    assert [each.standing for each in found.units] == [Standing.SERVED, Standing.HAS_NOT]
    alone = coverage(CEMETERY, UNITS[:1], [higher])
    assert (alone.value, alone.meets) == (0, None)


STATES = st.builds(
    site,
    division=st.sampled_from([*UNITS, "411721", "411721100200"]),
    level=st.sampled_from([None, *BurialPlaceLevel]),
    may_be=st.sampled_from([frozenset(), frozenset(BurialPlaceLevel)]),
    is_public=st.booleans(),
    state=st.sampled_from(list(SiteState)),
    serves=st.sampled_from([(), UNITS[:2], ("4117",)]),
)


@given(st.lists(STATES, max_size=6), st.sampled_from(UNITS))
def test_every_unit_is_in_one_state_and_one_more_facility_never_takes_one_away(sites, where):
    found = coverage(CEMETERY, UNITS, sites)
    assert sum(found.count(standing) for standing in Standing) == len(UNITS)
    assert (found.meets is True) is (found.value == 100)
    more = coverage(CEMETERY, UNITS, [*sites, site(where)])
    for before, after in zip(found.units, more.units, strict=True):
        assert before.standing is not Standing.HAS or after.standing is Standing.HAS
    assert next(each for each in more.units if each.code == where).standing is Standing.HAS


@given(st.floats(0, 360), st.floats(0, 360))
def test_the_angle_is_the_same_both_ways_and_at_most_half_a_circle(one, other):
    assert angle_between(one, other) == angle_between(other, one)
    assert 0 <= angle_between(one, other) <= 180


@pytest.mark.parametrize(("bearing", "label"), [(0, "北"), (22.5, "东北"), (359.9999999, "北")])
def test_sectors_begin_at_their_edge(bearing, label):
    assert direction8(bearing).label_zh == label
    assert {direction8(each) for each in range(0, 360, 45)} == set(Direction8)


def test_different_directions_need_another_sector_and_the_angle():
    rule = ApartRule(30)
    assert rule.differ(0, 30) is True
    assert rule.differ(0, 29.99) is False
    assert ApartRule(0).differ(-20 % 360, 20) is False
    assert rule.differ(None, 30) is None
    assert ApartRule(90).differ(89.9999999999, 180) is True
