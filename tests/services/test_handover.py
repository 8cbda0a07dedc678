"""Handover of estates' elder-care rooms: rates, and what is not handed over."""

import io
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
from openpyxl import load_workbook

from api.served_city import fill
from civgeo.domain.estate import HandoverStage
from civgeo.domain.history import Edit
from civgeo.errors import InvalidInput, NotFound
from civgeo.services.city import City
from civgeo.services.handover import CountyHandover, handover, handover_spreadsheet, months_since
from civgeo.store.store import Store
from civgeo.store.tables import Collection


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = fill(tmp_path_factory.mktemp("handover") / "store")
    edit = Edit("张三", "移交清单")
    with Store.open(folder) as store:
        with store.write() as writing:
            writing.correct(Collection.ESTATES, "e2", {"stage": "handed_over"}, edit, 1)
            writing.correct(Collection.ESTATES, "e3", {"completed_year": 2020}, edit, 1)
        yield City(store, date(2026, 3, 1))


def test_the_rate_of_a_county_shows_numerator_and_denominator(city: City) -> None:
    found = handover(city)
    told = {row.code: (row.name, row.handed_over, row.known, row.rate) for row in found.counties}
    assert told["990102"] == ("甲区", 1, 4, Fraction(1, 4))
    assert told["990121"] == ("乙县", 0, 1, Fraction(0))
    assert (found.whole.handed_over, found.whole.known) == (1, 5)


def test_the_list_has_new_and_longest_finished_first_and_unknown_years_after_them(
    city: City,
) -> None:
    found = handover(city)
    assert [(row.id, row.months) for row in found.pending] == [
        ("e3", 62),
        ("e1", 14),
        ("e4", None),
        ("e5", None),
    ]
    assert {row.stage for row in found.pending} == {HandoverStage.BUILT}


def test_a_division_limits_list_and_rates(city: City) -> None:
    found = handover(city, division="990121")
    assert [row.id for row in found.pending] == ["e5"]
    assert [row.code for row in found.counties] == ["990121"]
    assert [row.id for row in handover(city, division="990121100").pending] == ["e5"]
    with pytest.raises(NotFound, match="990199"):
        handover(city, division="990199")
    with pytest.raises(InvalidInput):
        handover(city, division="abc")


def test_a_county_without_a_known_stage_has_no_rate() -> None:
    nothing = CountyHandover("990102", "甲区", (0, 0, 0, 0), 3)
    assert (nothing.rate, nothing.known, nothing.unknown) == (None, 0, 3)


@pytest.mark.parametrize(
    ("year", "today", "months"),
    [
        (2025, date(2026, 1, 31), 0),
        (2025, date(2026, 2, 1), 1),
        (2024, date(2026, 1, 1), 12),
        (2026, date(2026, 12, 31), 0),
        (2027, date(2026, 12, 31), None),
        (None, date(2026, 1, 1), None),
    ],
)
def test_months_count_from_the_end_of_the_year_of_completion(
    year: int | None, today: date, months: int | None
) -> None:
    assert months_since(year, today) == months


def test_the_spreadsheet_holds_list_and_rates_without_formulas(city: City) -> None:
    book = load_workbook(io.BytesIO(handover_spreadsheet(city)))
    assert book.sheetnames == ["未移交小区", "移交率"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    values = {cell.value for cell in cells}
    assert {"祥和苑", "混合里", "甲区", 0.25, 62} <= values
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any("模拟数据" in str(value) for value in values)
