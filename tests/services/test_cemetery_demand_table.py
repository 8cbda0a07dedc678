"""Demand of townships and counties from tables: years, ageing, places at hand, faults by row."""

from decimal import Decimal

import pytest

from civgeo.domain.cemetery_demand import Burials
from civgeo.errors import InvalidInput
from civgeo.formats.cemetery_rules import cemetery_rules
from civgeo.services.cemetery_demand_table import demand_of_tables
from civgeo.services.cemetery_place_demand import TableTerms
from civgeo.services.cemetery_table_answers import demand_terms, table_answer, year_rows

WHOLE = TableTerms(Burials(Decimal(1), Decimal("0.5"), Decimal("0.8")), 20)
PEOPLE = "区划代码,名称,年份,人口,死亡率‰\n"
AGES = "区划代码,名称,年份,起始年龄,人口,死亡率‰\n"
PLACES = "编号,区划代码,总数,已用\n"


@pytest.fixture
def write(tmp_path):
    def written(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return written


def test_townships_and_their_county_are_each_compared_with_their_places(write):
    people = write(
        "人口.csv",
        PEOPLE + "411722100,芦岗乡,2026,20000,7\n411722101,杨集镇,2026,30000,7\n",
        "gb18030",
    )
    places = write(
        "墓位.csv", PLACES + "a,411722100,1000,300\nb,411722100,100,120\nc,411722,99,0\n"
    )
    found = demand_of_tables(people, places, WHOLE)
    first, second = found.townships
    (county,) = found.counties
    assert (first.demand.plots, second.demand.plots, county.demand.plots) == (2800, 4200, 7000)
    assert (first.capacity.free, first.capacity.years_left) == (700, 5)
    assert (second.capacity.free, second.capacity.years_left) == (0, 0)
    assert (county.division, county.capacity.free) == ("411722", 799)
    assert county.capacity.shortfall == 7000 - 799


def test_a_county_beside_its_townships_is_refused_and_alone_counts_its_places_once(write):
    county, township = "411722,上蔡县,2026,50000,7\n", "411722100,芦岗乡,2026,20000,7\n"
    both = write("人口.csv", PEOPLE + township + county)
    with pytest.raises(InvalidInput, match=r"第 2 行.*在 411722 之内，.*算两次"):
        demand_of_tables(both, None, WHOLE)

    places = write("墓位.csv", PLACES + "c,411722,99,0\n")
    (alone,) = demand_of_tables(write("县.csv", PEOPLE + county), places, WHOLE).counties
    assert alone.capacity.free == 99


def test_a_table_of_years_says_how_many_there_are(write):
    people = write(
        "people.csv", PEOPLE + "411722100,芦岗乡,2026,10000,7\n411722100,芦岗乡,2027,9900,8\n"
    )
    (place,) = demand_of_tables(people, None, WHOLE).townships
    assert [float(ashes) for ashes in place.ashes] == [70, pytest.approx(79.2)]
    assert (place.first_year, place.capacity) == (2026, None)


def test_age_groups_grow_older_and_need_more_each_year(write):
    people = write(
        "people.csv",
        AGES + "411722100,芦岗乡,2026,0,8000,1\n411722100,芦岗乡,2026,60,2000,40\n",
    )
    (place,) = demand_of_tables(people, None, WHOLE).townships
    assert len(place.ashes) == 20
    assert place.ashes[0] == 88
    assert list(place.ashes[:5]) == sorted(place.ashes[:5])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("411722100,芦岗乡,2026,x,7\n", "第 2 行“人口”"),
        ("411722100,芦岗乡,2026,-1,7\n", "第 2 行“人口”"),
        ("41172,芦岗乡,2026,1,7\n", "第 2 行“区划代码”"),
        ("411722100,芦岗乡,2026,1,1001\n", "第 2 行“死亡率‰”"),
        ("411722100,芦岗乡,2026,1,7\n411722100,芦岗乡,2028,1,7\n", "第 3 行“年份”"),
        ("411722100,芦岗乡,2026,1,7\n411722101,杨集镇,2027,1,7\n", "第 3 行“年份”"),
        ("", "没有人口数据"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(write, rows, said):
    with pytest.raises(InvalidInput, match=said):
        demand_of_tables(write("people.csv", PEOPLE + rows), None, WHOLE)


def test_age_groups_out_of_order_are_named(write):
    people = write(
        "people.csv", AGES + "411722100,芦岗乡,2026,60,1,7\n411722100,芦岗乡,2026,0,1,7\n"
    )
    with pytest.raises(InvalidInput, match="第 3 行“起始年龄”"):
        demand_of_tables(people, None, WHOLE)


def test_the_answer_tells_every_parameter_and_year(write):
    terms = demand_terms(
        {"share": "0.5", "path_m2": "1.5", "burial_share": "0.4"}, 2, cemetery_rules()
    )
    people = write("people.csv", PEOPLE + "411722100,芦岗乡,2026,50000,7\n")
    found = demand_of_tables(people, None, terms)
    answer = table_answer(found, terms)
    (place,) = answer["townships"]
    assert (place["ashes"], place["gross_m2"]) == ("350", "1750")
    assert answer["parameters"]["plot_single_m2"] == "0.5"
    assert [row[3:] for row in year_rows(found)][:2] == [
        ["2026", "50000", "350.00", "175.00", "175.00"],
        ["2027", "50000", "350.00", "175.00", "350.00"],
    ]


@pytest.mark.parametrize(
    "given", [{}, {"share": "1.01"}, {"share": "1", "burial_share": "0"}, {"share": "-1"}]
)
def test_parameters_that_cannot_be_are_refused(given):
    with pytest.raises(InvalidInput):
        demand_terms(given, 20, cemetery_rules())
