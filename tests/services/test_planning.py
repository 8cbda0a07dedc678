import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pandas as pd
import pytest
from shapely import Point

from civgeo.analysis.coverage import UnitLevel
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.city import City
from civgeo.services.demo import build_demo_city
from civgeo.services.planning import coverage_spreadsheet, exact_figures, floor_area_coverage
from civgeo.store.store import Store
from civgeo.store.tables import Collection

SUMS = ["households", "required_m2", "total_m2", "facilities", "estates", "estates_meeting"]
SINGLE = (UnitLevel.ESTATE, UnitLevel.COMMUNITY, UnitLevel.REPORTING_AREA)
HOSTILE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "<img src=x onerror=alert(1)>",
    "`whoami`",
    "${7*7}",
    "{{7*7}}",
    "</script><script>alert(1)</script>",
    "http://example.com",
    "0411702",
]


@pytest.mark.parametrize(
    ("level", "count"),
    [(UnitLevel.COUNTY, 6), (UnitLevel.TOWNSHIP, 48), (UnitLevel.CITY, 1)],
)
def test_every_division_of_a_level_is_one_unit(fictional, level, count):
    found = floor_area_coverage(fictional, level=level)
    assert len(found.units) == count
    assert found.units["name"].notna().all()
    assert found.units.index.is_unique
    assert found.level is level
    assert found.on == date(2026, 3, 1)
    assert set(found.units["level"]) == {level.value}


def test_estates_and_communities_are_units_too(fictional):
    estates = floor_area_coverage(fictional, level=UnitLevel.ESTATE).units
    communities = floor_area_coverage(fictional, level=UnitLevel.COMMUNITY).units
    assert len(estates) >= 290
    assert communities["name"].str.contains("模拟第").all()
    assert communities["estates"].sum() == len(estates)
    assert set(estates["community"]) == set(communities.index)


def test_outlines_of_counties_come_with_their_figures(fictional):
    units = floor_area_coverage(fictional, level=UnitLevel.COUNTY).units
    assert units.geometry.is_valid.all()
    assert units.crs.to_epsg() == 4490
    towns = floor_area_coverage(fictional, level=UnitLevel.TOWNSHIP).units
    assert towns.geometry.isna().all()


@pytest.mark.parametrize("level", [UnitLevel.COUNTY, UnitLevel.TOWNSHIP, UnitLevel.COMMUNITY])
def test_city_is_the_sum_of_its_parts(fictional, level):
    (city,) = exact_figures(floor_area_coverage(fictional, level=UnitLevel.CITY))
    parts = floor_area_coverage(fictional, level=level)
    for name in ("required_m2", "total_m2"):
        texts = [part[name] for part in exact_figures(parts)]
        assert sum(Decimal(text) for text in texts if text) == Decimal(city[name])
    whole = floor_area_coverage(fictional, level=UnitLevel.CITY).units.iloc[0]
    for name in SUMS:
        assert parts.units[name].sum() == pytest.approx(whole[name])


def test_division_is_looked_at_alone(fictional):
    found = floor_area_coverage(fictional, level=UnitLevel.TOWNSHIP, division="990102")
    assert len(found.units) == 8
    assert found.units.index.str.startswith("990102").all()
    whole = floor_area_coverage(fictional, level=UnitLevel.TOWNSHIP).units
    assert list(found.units["total_m2"]) == list(whole.loc[found.units.index, "total_m2"])


def test_division_as_a_whole_is_its_own_row(fictional):
    alone = floor_area_coverage(fictional, level=UnitLevel.CITY, division="990102").units
    among = floor_area_coverage(fictional, level=UnitLevel.COUNTY).units.loc["990102"]
    assert list(alone.index) == ["990102"]
    assert alone.iloc[0]["name"] == "中心区"
    assert alone.iloc[0]["total_m2"] == among["total_m2"]
    assert alone.iloc[0]["households"] == among["households"]


@pytest.mark.parametrize("division", ["990102001", "990102001901"])
def test_division_smaller_than_a_county_never_passes_for_the_county(fictional, division):
    found = floor_area_coverage(fictional, level=UnitLevel.COUNTY, division=division)
    assert list(found.units.index) == [division]
    assert found.units["name"].notna().all()
    assert found.level is UnitLevel.CITY
    estates = floor_area_coverage(fictional, level=UnitLevel.ESTATE, division=division).units
    assert found.units.iloc[0]["households"] == estates["households"].sum()


@pytest.mark.parametrize("spelling", ["9901", "990100", "990100000000"])
def test_city_may_be_named_in_any_spelling_of_its_code(fictional, spelling):
    found = floor_area_coverage(fictional, level=UnitLevel.COUNTY, division=spelling)
    assert len(found.units) == 6


@pytest.mark.parametrize("division", ["411702", "990199", "99", "990102999"])
def test_division_that_the_city_does_not_hold_is_not_found(fictional, division):
    with pytest.raises(NotFound, match="没有区划"):
        floor_area_coverage(fictional, level=UnitLevel.COUNTY, division=division)


@pytest.mark.parametrize("division", ["", "nonsense", "9901021"])
def test_division_that_is_no_code_is_refused(fictional, division):
    with pytest.raises(InvalidInput):
        floor_area_coverage(fictional, level=UnitLevel.COUNTY, division=division)


def test_day_before_every_standard_is_not_assessed(fictional):
    found = floor_area_coverage(fictional, level=UnitLevel.COUNTY, on=date(2018, 12, 31))
    assert set(found.units["status"]) == {"not_assessed"}
    assert found.standards == {}


def test_standards_that_decided_are_cited(fictional):
    found = floor_area_coverage(fictional, level=UnitLevel.COUNTY)
    assert sorted(standard.value for standard in found.standards.values()) == [20, 30]
    cited = set(found.units["standard_new"]) | set(found.units["standard_existing"])
    assert cited == set(found.standards)


def test_facilities_registered_twice_are_reported_and_counted_once(fictional):
    found = floor_area_coverage(fictional, level=UnitLevel.CITY)
    with fictional.store.read() as reading:
        sites = reading.features(Collection.FACILITIES)
    counted = sites[
        sites["kind"].isin(
            [
                "community_day_care",
                "community_elder_care_place",
                "meal_point",
                "street_elder_care_centre",
            ]
        )
        & (sites["status"] == "operating")
        & ~sites.index.isin(found.doubles["left_out"])
    ]
    assert len(found.doubles) >= 1
    assert found.units.iloc[0]["total_m2"] == pytest.approx(counted["floor_area_m2"].sum())


def test_exact_figures_are_decimal_texts_that_balance(fictional):
    for level in UnitLevel:
        for unit in exact_figures(floor_area_coverage(fictional, level=level)):
            assert isinstance(unit["total_m2"], str)
            assert "e" not in unit["total_m2"].lower()
            if unit["status"] != "ok":
                continue
            required, total, gap, surplus = (
                Fraction(unit[name]) for name in ("required_m2", "total_m2", "gap_m2", "surplus_m2")
            )
            assert total + gap - surplus == required
            assert unit["meets"] is (total >= required)
            rate = 100 * total / unit["households"]
            assert abs(Fraction(unit["m2_per_100_households"]) - rate) <= rate / 10**11


# Units without estates, and names that mean harm, in a city that may be written to.


@pytest.fixture(scope="module")
def altered(tmp_path_factory):
    """A small city with hostile names, a township without estates, and estates without homes."""
    now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    folder = tmp_path_factory.mktemp("altered")
    with build_demo_city(
        folder, "990100", today=now, progress=lambda *step: None, estates=100
    ) as store:
        with store.write() as writing:
            estates = writing.features(Collection.ESTATES, limit=len(HOSTILE))
            estates.index = pd.Index([f"hostile-{n}" for n in range(len(estates))], name="id")
            estates["name"] = HOSTILE
            estates["households"] = pd.array([0, *[100] * (len(HOSTILE) - 1)], dtype="Int64")
            estates["estate_class"], estates["households_new"] = "new", pd.NA
            estates["households_new"] = estates["households_new"].astype("Int64")
            writing.add_estates(estates)
            towns = writing.features(Collection.DIVISIONS, where={"level": "township"}, limit=1)
            towns.index = pd.Index(["990102199"], name="id")
            towns["code"], towns["name"] = "990102199", '=HYPERLINK("http://x","y")'
            writing.add_divisions(towns)
        yield City(store, date(2026, 3, 1))


def test_division_without_estates_is_listed_as_undefined(altered):
    units = floor_area_coverage(altered, level=UnitLevel.TOWNSHIP).units
    row = units.loc["990102199"]
    assert (row["status"], row["estates"], row["households"]) == ("undefined", 0, 0)
    assert "没有登记小区" in row["reason"]
    assert pd.isna(row["meets"])
    (figures,) = [
        unit
        for unit in exact_figures(floor_area_coverage(altered, level=UnitLevel.TOWNSHIP))
        if unit["code"] == "990102199"
    ]
    assert figures["total_m2"] == "0"
    assert figures["m2_per_100_households"] is None


def test_division_without_estates_can_be_asked_for(altered):
    for level in UnitLevel:
        units = floor_area_coverage(altered, level=level, division="990102199").units
        expected = [] if level in SINGLE else ["990102199"]
        assert list(units.index) == expected
        assert set(units["status"]) <= {"undefined"}


def sheets(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(content):
    return [cell for sheet in sheets(content) for row in sheet.iter_rows() for cell in row]


def test_spreadsheet_holds_no_formula_and_no_link_whatever_the_names(altered):
    found = cells(coverage_spreadsheet(altered))
    assert not [cell.value for cell in found if cell.data_type == "f" or cell.hyperlink]
    texts = {cell.value for cell in found if cell.data_type == "s"}
    assert set(HOSTILE) <= texts
    assert '=HYPERLINK("http://x","y")' in texts


def test_every_sheet_says_that_the_data_is_simulated(altered):
    book = sheets(coverage_spreadsheet(altered))
    assert book.sheetnames == ["县区", "乡镇街道", "社区", "小区", "标准", "疑似重复登记"]
    assert all("模拟数据" in sheet["A1"].value for sheet in book)


def test_spreadsheet_shows_the_same_figures_as_the_answer(fictional):
    sheet = sheets(coverage_spreadsheet(fictional))["县区"]
    rows = list(sheet.iter_rows(values_only=True))
    top = next(n for n, row in enumerate(rows) if row[0] == "名称")
    table = pd.DataFrame(rows[top + 1 :], columns=rows[top]).set_index("代码")
    for unit in exact_figures(floor_area_coverage(fictional, level=UnitLevel.COUNTY)):
        row = table.loc[unit["code"]]
        assert row["名称"] == unit["name"]
        assert row["现有养老用房面积（m²）"] == pytest.approx(float(unit["total_m2"]))
        assert row["结论"] == ("达标" if unit["meets"] else "不达标")


@pytest.mark.parametrize(
    ("division", "first"),
    [("990102", "县区"), ("990102001", "乡镇街道"), ("990102001901", "社区")],
)
def test_spreadsheet_of_a_part_begins_at_its_own_level(fictional, division, first):
    book = sheets(coverage_spreadsheet(fictional, division=division))
    assert book.sheetnames[0] == first
    codes = [cell.value for cell in book[first]["B"] if str(cell.value).startswith("99")]
    assert codes == [division]


def test_spreadsheet_names_day_edition_formula_and_source(fictional):
    text = "\n".join(str(cell.value) for cell in cells(coverage_spreadsheet(fictional)))
    assert "2026-03-01" in text
    assert "fictional" in text
    assert "每百户养老服务用房面积 = 100 ×" in text
    assert "虚构示例" in text


def test_today_of_the_city_is_the_day_that_is_asked_about(fictional):
    earlier = replace(fictional, today=date(2018, 1, 1))
    assert floor_area_coverage(earlier, level=UnitLevel.CITY).on == date(2018, 1, 1)
    asked = floor_area_coverage(earlier, level=UnitLevel.CITY, on=date(2026, 1, 1))
    assert asked.on == date(2026, 1, 1)


@pytest.fixture
def two_estates(tmp_path):
    """A city of two neighbouring estates of a hundred existing homes each, and what is added."""
    folder = tmp_path / "store"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    built = build_demo_city(folder, "990100", today=now, progress=lambda *_: None, estates=60)
    with built as store, store.read() as reading:
        divisions = reading.features(Collection.DIVISIONS, where={"role": "own"})
        estates = reading.features(Collection.ESTATES, where={"estate_class": "existing"})
        facilities = reading.features(Collection.FACILITIES)
        register, book = reading.register(), reading.standards()
    pair = estates[estates["division"] == estates["division"].iloc[0]].iloc[:2].copy()
    pair["name"], pair["households"] = ["甲苑", "乙苑"], 100
    day_care = facilities[facilities["kind"] == "community_day_care"].iloc[[0, 0]].copy()
    day_care.index = pd.Index(["room-1", "room-2"], name="id")
    day_care["division"], day_care["community"] = pair["division"].iloc[0], None
    day_care["status"], day_care["floor_area_m2"] = "operating", [30.0, 40.0]
    day_care["name"] = ["社区日间照料中心", "日间照料中心"]
    day_care["estate"] = pair.index
    day_care.geometry = pair.geometry.representative_point().to_numpy()

    def city(changes):
        rooms = day_care.copy()
        for column, values in changes.items():
            rooms[column] = values
        target = tmp_path / f"city{len(list(tmp_path.iterdir()))}"
        store = Store.create(target, register=register)
        with store.write() as writing:
            writing.add_divisions(divisions)
            writing.add_estates(pair)
            writing.add_facilities(rooms)
            writing.add_standards(book.standards)
        return City(store, date(2026, 3, 1))

    return city, pair.index


def test_rooms_of_two_estates_are_two_whatever_their_names(two_estates):
    city, estates = two_estates
    found = floor_area_coverage(city({}), level=UnitLevel.ESTATE)
    assert found.units["total_m2"].reindex(estates).tolist() == [30.0, 40.0]
    assert found.units["meets"].tolist() == [True, True]
    assert found.doubles.empty


def test_verdict_stays_open_where_a_suspected_double_decides(two_estates):
    city, estates = two_estates
    same = {"estate": [estates[0], estates[0]], "floor_area_m2": [15.0, 16.0]}
    found = floor_area_coverage(city(same), level=UnitLevel.ESTATE)
    row = found.units.loc[estates[0]]
    assert (row["status"], row["total_m2"]) == ("unverified", 15.0)
    assert pd.isna(row["meets"])
    assert "疑似重复登记" in row["reason"]
    assert found.doubles["left_out"].tolist() == ["room-2"]


def test_verdict_of_an_estate_is_the_same_whichever_area_is_asked(two_estates):
    city, _ = two_estates
    here = city({"division": "990102"})
    whole = floor_area_coverage(here, level=UnitLevel.ESTATE).units
    town = whole["division"].iloc[0]
    part = floor_area_coverage(here, level=UnitLevel.ESTATE, division=town).units
    columns = ["total_m2", "meets", "status"]
    pd.testing.assert_frame_equal(part[columns], whole.loc[part.index, columns])
    township = floor_area_coverage(here, level=UnitLevel.TOWNSHIP).units
    assert township.loc[town, "total_m2"] == 70.0


def test_a_facility_far_outside_the_city_does_not_stop_the_measure(two_estates):
    city, _ = two_estates
    far = [Point(100.0, 33.0), Point(114.0, 33.0)]
    found = floor_area_coverage(city({"geometry": far}), level=UnitLevel.COUNTY)
    assert found.units["total_m2"].sum() == 70.0
