from datetime import date
from decimal import Decimal

import pytest

from civgeo.domain.facility import FacilityKind
from civgeo.domain.indicator import Measure, Operator
from civgeo.domain.indicator_catalogue import (
    COLUMNS,
    Counting,
    IndicatorCatalogue,
    definition_of,
)
from civgeo.errors import InvalidInput, NotFound

ROW = {
    "id": "own_share",
    "row": "3",
    "chapter": "elder_care",
    "name": "区域中心乡镇覆盖率",
    "definition": "有中心的乡镇 ÷ 乡镇",
    "numerator": "有中心的乡镇",
    "denominator": "乡镇",
    "measure": "percent",
    "operator": ">=",
    "target": "60",
    "unit": "%",
    "year": "2025",
    "valid_from": "2021-01-01",
    "valid_to": "2025-12-31",
    "level": "township",
    "place": "某市",
    "adcode": "990100",
    "document": "某市规划",
    "article": "第三章",
    "passage": "覆盖率达到60%",
    "coverage": "count",
    "counting": "units_with",
    "kinds": "regional_elder_care_centre 养老机构",
    "parameters": "unit=township; at_least=2",
    "layers": "divisions facilities",
    "binding": "是",
    "evidence": "S",
    "enabled": "true",
}


def made(**changed):
    return definition_of(ROW | changed)


def test_a_row_is_read_with_the_types_of_its_columns():
    item = made()
    assert set(ROW) <= set(COLUMNS)
    assert (item.row, item.target, item.year, item.binding) == (3, Decimal(60), 2025, True)
    assert item.measure is Measure.PERCENT
    assert item.counting is Counting.UNITS_WITH
    assert item.kinds == (FacilityKind.REGIONAL_ELDER_CARE_CENTRE, FacilityKind.ELDER_CARE_HOME)
    assert dict(item.parameters) == {"unit": "township", "at_least": "2"}
    assert item.number("at_least", 1) == 2
    assert item.number("beds", 0) == 0
    assert item.due == date(2025, 12, 31)
    assert item.citation == "《某市规划》第三章"
    assert not item.to_be_confirmed


def test_empty_cells_are_unknown_and_not_zero():
    item = made(target="", year="", valid_to="", binding="", base="")
    assert (item.target, item.year, item.valid_to, item.binding, item.base) == (None,) * 5
    assert item.due is None
    assert item.in_force(date(2100, 1, 1))


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2020-12-31", False), ("2021-01-01", True), ("2025-12-31", True), ("2026-01-01", False)],
)
def test_a_target_holds_between_its_days_both_included(day, holds):
    assert made().in_force(date.fromisoformat(day)) is holds


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("id", ""),
        ("passage", " "),
        ("denominator", ""),
        ("measure", "permille"),
        ("operator", "=>"),
        ("target", "六十"),
        ("target", "NaN"),
        ("year", "25年"),
        ("valid_from", "2021/1/1"),
        ("adcode", "41170x"),
        ("coverage", "covered"),
        ("kinds", "kindergarten"),
        ("parameters", "unit:township"),
        ("parameters", "unit="),
        ("binding", "也许"),
        ("evidence", "Z"),
        ("chapter", ""),
    ],
)
def test_a_cell_that_cannot_be_read_is_an_error(column, cell):
    with pytest.raises(InvalidInput):
        made(**{column: cell})


def test_a_count_needs_no_denominator():
    assert made(measure="count", denominator="").denominator == ""


def test_an_unknown_or_struck_indicator_is_not_found():
    catalogue = IndicatorCatalogue((made(), made(id="struck", enabled="false")), "2026.11")
    assert catalogue.definition("own_share").name == ROW["name"]
    for id in ("struck", "nothing", ""):
        with pytest.raises(NotFound, match="没有指标"):
            catalogue.definition(id)
    assert [item.id for item in catalogue.of_city("9901")] == ["own_share"]


def test_a_bureaus_row_takes_the_place_of_the_one_with_its_id():
    packaged = IndicatorCatalogue((made(), made(id="other")), "2026.11")
    own = packaged.with_own([made(target="65"), made(id="new")], "2026.11（本局修订）")
    assert own.definition("own_share").target == 65
    assert [item.id for item in own.definitions] == ["own_share", "other", "new"]
    assert packaged.definition("own_share").target == 60


def test_an_invented_city_borrows_the_figures_and_no_source():
    catalogue = IndicatorCatalogue((made(), made(id="elsewhere", adcode="410100")), "2026.11")
    [item] = catalogue.rehomed("990100", "990200", "虚构市", "虚构示例").definitions
    assert (item.adcode, item.place, item.document) == ("990200", "虚构市", "虚构示例")
    assert (item.passage, item.evidence) == ("", "-")
    assert (item.target, item.operator) == (Decimal(60), Operator.AT_LEAST)
