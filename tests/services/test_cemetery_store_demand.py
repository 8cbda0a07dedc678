"""Demand by the registers: which people and places count, and what is said, not guessed."""

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from civgeo.domain.cemetery_demand import Burials
from civgeo.errors import InvalidInput
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.cemetery_place_demand import TableTerms
from civgeo.services.cemetery_store_answers import demand_book, store_answer, store_terms
from civgeo.services.cemetery_store_demand import StoreTerms, demand_of_store
from civgeo.store.tables import Collection
from services.indicator_city import TOWNSHIPS, city_with, records

TERMS = StoreTerms(TableTerms(Burials(Decimal(1), Decimal("0.5"), Decimal("0.8")), 20))
EAST, WEST, JIA, YI, BING = TOWNSHIPS


def people(number: int, division: str, population: int = 10_000, **given: object):
    row = {"id": f"p{number}", "division": division, "period": 2026, "population": population}
    return row | {"death_rate_per_mille": 7.0} | given


def cemetery(number: int, division: str, **given: object):
    row = {"id": f"c{number}", "name": f"公墓{number}", "division": division, "kind": "cemetery"}
    row |= {"operation": "public", "status": "operating", "capacity": 1000, "used": 300}
    return row | given


ALL = [people(n, code) for n, code in enumerate(TOWNSHIPS)]


@pytest.fixture
def demand(tmp_path: Path):
    opened = []

    def made(population, cemeteries=(), terms=TERMS):
        held = {}
        if population:
            held |= records(Collection.POPULATION, list(population))
        if cemeteries:
            held |= records(Collection.CEMETERIES, list(cemeteries))
        opened.append(city_with(tmp_path / str(len(opened)), [], records=held))
        return demand_of_store(opened[-1], terms)

    yield made
    for city in opened:
        city.store.close()


def by_code(found):
    return {row.division: row for row in found.rows}


def test_townships_add_up_to_counties_and_these_to_the_city(demand):
    rows = by_code(demand(ALL, [cemetery(1, EAST), cemetery(2, "411721")]))
    assert rows[EAST].demand.demand.plots == 1400
    assert rows["411702"].demand.demand.plots == 2800
    assert rows["411700"].demand.demand.plots == 7000
    assert (rows[EAST].places.free, rows[EAST].demand.capacity.years_left) == (700, 10)
    assert rows["411721"].places.free == 700
    assert rows["411700"].demand.capacity.free == 1400


def test_a_township_without_people_is_not_guessed_and_its_county_is_a_lower_bound(demand):
    found = demand(ALL[1:], [cemetery(1, "411702"), cemetery(2, "411721")])
    rows = by_code(found)
    assert (rows[EAST].demand, rows[EAST].reason) == (None, "没有登记人口")
    county = rows["411702"]
    assert (county.partial, county.demand.demand.plots) == (True, 1400)
    assert county.notes == ("1 个乡镇（街道）没有人口登记，合计只是下限",)
    assert (county.demand.capacity, county.places.free) == (None, 700)
    assert rows["411700"].partial
    assert rows["411721"].demand.capacity is not None


def test_the_countys_own_people_count_where_a_township_has_none(demand):
    rows = by_code(demand([*ALL[1:], people(9, "411702", 30_000)], [cemetery(1, "411702")]))
    county = rows["411702"]
    assert (county.partial, county.demand.demand.plots) == (False, 4200)
    assert county.notes == ("1 个乡镇（街道）没有人口登记，县区按自己的人口计算",)
    assert county.demand.capacity.free == 700


def test_a_county_that_counts_otherwise_than_its_townships_is_told(demand):
    rows = by_code(demand([*ALL, people(9, "411702", 30_000)]))
    assert rows["411702"].demand.demand.plots == 2800
    assert rows["411702"].notes == ("乡镇（街道）合计 20000 人，县区登记 30000 人",)


def test_the_newest_people_that_are_not_later_than_the_first_year_count(demand):
    rows = [people(1, EAST, 9_000, period=2024), people(2, EAST, 8_000, period=2023)]
    later = people(3, EAST, 12_000, period=2030)
    found = by_code(demand([*rows, later]))[EAST]
    assert (found.period, found.demand.years[0].population) == (2024, 9_000)
    assert found.notes == ("人口为 2024 年登记",)
    assert by_code(demand([later]))[EAST].reason == ("只有 2030 年及以后的人口，晚于起算的 2026 年")


def test_age_groups_grow_older_from_their_own_year_on(demand):
    groups = [
        people(1, EAST, 8_000, age_from=0, death_rate_per_mille=1.0, period=2025),
        people(2, EAST, 2_000, age_from=60, death_rate_per_mille=40.0, period=2025),
    ]
    found = by_code(demand([*groups, people(3, EAST, 10_500, period=2025)]))[EAST]
    assert found.demand.years[0].population == 10_000 - 88
    assert found.demand.ashes[1] > found.demand.ashes[0] > 88
    assert found.notes == (
        "人口为 2025 年登记",
        "按年龄组逐年推算，不计出生与迁移",
        "各年龄组合计 10000 人，登记的总人口为 10500 人",
    )


def test_age_groups_say_nothing_of_another_century(demand):
    table = TableTerms(TERMS.table.burials, 50)
    groups = [people(1, EAST, age_from=0, period=2025)]
    assert "至多推算 50 年" in by_code(demand(groups, terms=StoreTerms(table)))[EAST].reason
    same_year = [people(1, EAST, age_from=0)]
    assert by_code(demand(same_year, terms=StoreTerms(table)))[EAST].demand is not None


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([people(1, EAST), people(2, EAST)], "2026 年的人口登记了不止一次"),
        ([people(1, EAST, death_rate_per_mille=None)], "没有登记死亡率，也没有给默认的死亡率"),
        (
            [people(1, EAST, age_from=0), people(2, EAST, age_from=60, death_rate_per_mille=None)],
            "1 个年龄组没有死亡率，又没有总人口",
        ),
        (
            [people(1, EAST, age_from=0, share=0.5), people(2, EAST, age_from=60, share=0.6)],
            "各年龄组的安葬比例不一",
        ),
    ],
)
def test_people_that_say_too_little_are_told(demand, rows, told):
    found = by_code(demand(rows))[EAST]
    assert found.demand is None
    assert told in found.reason


def test_rate_and_share_of_the_register_go_before_those_given(demand):
    terms = StoreTerms(TERMS.table, death_rate_per_mille=Decimal(9))
    rows = [people(1, EAST, share=0.5), people(2, WEST, death_rate_per_mille=None)]
    found = by_code(demand(rows, terms=terms))
    assert float(found[EAST].demand.ashes[0]) == 35
    assert float(found[WEST].demand.ashes[0]) == 90
    assert found[WEST].notes == ("没有登记死亡率，按给定的 9‰",)


@pytest.mark.parametrize(
    ("given", "township", "county", "city"),
    [
        ({}, 1, 1, 1),
        ({"division": EAST + "001"}, 1, 1, 1),
        ({"serves": EAST}, 1, 1, 1),
        ({"serves": f"{EAST} {WEST}"}, 0, 1, 1),
        ({"level": "county"}, 0, 1, 1),
        ({"division": "411702"}, 0, 1, 1),
        ({"serves": "411702 411721"}, 0, 0, 1),
        ({"level": "city"}, 0, 0, 1),
        ({"operation": "commercial"}, 0, 0, 0),
        ({"status": "building"}, 0, 0, 0),
    ],
)
def test_a_burial_place_counts_where_it_serves(demand, given, township, county, city):
    rows = by_code(demand(ALL, [cemetery(1, EAST) | given]))
    sites = [rows[code].places.sites for code in (EAST, "411702", "411700")]
    assert sites == [township, county, city]


def test_places_that_are_not_known_give_no_years(demand):
    found = demand(ALL, [cemetery(1, EAST), cemetery(2, EAST, capacity=None)])
    rows = by_code(found)
    assert (rows[EAST].places.free, rows[EAST].places.unknown) == (700, 1)
    assert "1 处没有登记墓位总数或已用数" in rows[EAST].years_reason
    assert rows[EAST].demand.capacity is None
    assert "没有登记的公墓" in rows[WEST].years_reason


def test_what_was_left_out_is_told(demand):
    sites = [cemetery(1, EAST, operation="commercial"), cemetery(2, EAST, status="planned")]
    found = demand([*ALL, people(9, "420101001")], [*sites, cemetery(3, "411702")])
    assert found.notes == (
        "规划的 1 处未计入现有墓位",
        "经营性公墓 1 处、空位 700 个未计入",
        "服务全县区或几个乡镇的 1 处、空位 700 个只计入县区合计",
        "1 行人口不属于本市的县区或乡镇（街道），未使用：420101001",
    )
    terms = StoreTerms(TERMS.table, commercial=True)
    assert by_code(demand(ALL, sites, terms))[EAST].places.free == 700


def test_one_county_alone_has_no_city(demand):
    found = demand(ALL, terms=StoreTerms(TERMS.table, division="411721"))
    assert found.city is None
    assert [row.division for row in found.rows] == ["411721", JIA, YI, BING]
    with pytest.raises(InvalidInput, match="本库没有区划 420100"):
        demand(ALL, terms=StoreTerms(TERMS.table, division="420100"))
    with pytest.raises(InvalidInput, match="起算年应在 1900 至 2100 之间"):
        demand(ALL, terms=StoreTerms(TERMS.table, base_year=26))


def asked(**given: str):
    return store_terms({"share": "1"} | given, cemetery_rules(), years=20)


def test_places_that_outlast_the_years_say_more_than(demand):
    question = asked(path_m2="1.5", burial_share="0.5")
    site = cemetery(1, EAST, capacity=5000, used=0)
    found = demand([*ALL[1:], people(0, EAST, document="统计公报")], [site], question.terms)
    answer = store_answer(found, question)
    east, west = answer["townships"][:2]
    assert (east["years_left"], east["years_left_text"], east["free"]) == (None, "> 20", 5000)
    assert (west["years_left_text"], west["free"]) == ("—", None)
    assert "不能判断可用年限" in west["years_left_reason"]
    assert len(east["by_year"]) == 20
    assert east["gross_m2"] == "5600"
    assert answer["parameters"]["defaults"]["plot_single_m2"] == "zhumadian_plan_plot_ash_single"
    assert (answer["sources"], answer["simulated"]) == (["统计公报"], True)


def test_the_workbook_says_rule_edition_sources_and_that_data_is_simulated(demand):
    question = asked(death_rate_per_mille="6.5")
    found = demand(ALL[1:], [cemetery(1, WEST)], question.terms)
    book = openpyxl.load_workbook(io.BytesIO(demand_book(found, question)))
    assert book.sheetnames == ["县区", "乡镇", "逐年"]
    notes = [str(row[0].value) for row in book["乡镇"].iter_rows(max_row=12)]
    rate, plot = "死亡率‰（登记中没有时） 6.5", "单人墓穴面积（平方米）取自驻马店市"
    for word in ("模拟数据", "DB34/T 4180-2022", rate, "规定版本", plot):
        assert any(word in note for note in notes), word
    cells = {str(row[1].value): row for row in book["乡镇"].iter_rows()}
    assert cells[EAST][-1].value == "没有登记人口"
    assert cells[WEST][14].value == "10.0"
    assert book["逐年"].max_row > 20 * 4


@pytest.mark.parametrize("given", [{"share": "2"}, {"death_rate_per_mille": "1001"}])
def test_terms_that_are_not_allowed_are_refused(given):
    with pytest.raises(InvalidInput):
        asked(**given)
