"""/coverage/floor-area: exact figures, page, spreadsheet."""

import io

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

PATH = "/coverage/floor-area"


def answer(client: TestClient, **query: str) -> dict:
    found = client.get(PATH, params=query)
    assert found.status_code == 200, found.text
    return found.json()


def unit(body: dict, code: str) -> dict:
    return next(item for item in body["units"] if item["code"] == code)


def test_an_estate_at_the_threshold_meets_with_exact_decimals(client: TestClient) -> None:
    body = answer(client, level="estate", on="2026-01-01")
    found = unit(body, "e1")
    assert found["m2_per_100_households"] == "30"
    assert (found["numerator"], found["denominator"]) == ("30", "100")
    assert (found["meets"], found["gap_m2"], found["status"]) == (True, "0", "ok")
    assert found["standard_new"] == "s-new"
    below = unit(body, "e2")
    assert (below["m2_per_100_households"], below["gap_m2"]) == ("6.25", "47.5")
    assert below["meets"] is False


def test_a_mixed_estate_needs_the_sum_of_its_parts(client: TestClient) -> None:
    found = unit(answer(client, level="estate", on="2026-01-01"), "e3")
    assert found["required_m2"] == "16.1"
    assert found["m2_per_100_households"] == "59.7402597403"


def test_the_answer_names_day_edition_standards_and_sources(client: TestClient) -> None:
    body = answer(client, on="2026-01-01")
    assert (body["on"], body["edition"], body["level"]) == ("2026-01-01", "2026.03", "county")
    assert body["simulated"] is True
    new = next(item for item in body["standards"] if item["id"] == "s-new")
    assert (new["min"], new["operator"], new["evidence"]) == ("30", ">=", "S")
    assert new["valid_from"] == "2020-01-01"


def test_before_the_rule_nothing_is_assessed(client: TestClient) -> None:
    body = answer(client, level="estate", on="2019-12-31")
    assert {item["status"] for item in body["units"]} == {"not_assessed"}
    assert all(item["reason"] and item["meets"] is None for item in body["units"])


def test_a_division_limits_the_answer(client: TestClient) -> None:
    assert {u["code"] for u in answer(client)["units"]} == {"990102", "990121"}
    assert {u["code"] for u in answer(client, division="990121")["units"]} == {"990121"}
    units = answer(client, division="990102", level="township")["units"]
    assert {u["code"] for u in units} == {"990102001"}


@pytest.mark.parametrize(
    ("query", "status", "named"),
    [
        ({"division": "990199"}, 404, "990199"),
        ({"division": "abc"}, 400, "abc"),
        ({"division": "9" * 500}, 400, "区划代码"),
        ({"on": "2026-02-30"}, 400, "on"),
        ({"on": ""}, 400, "on"),
        ({"level": "street"}, 400, "level"),
        ({"f": "csv"}, 400, "f"),
        ({"where": "1"}, 400, "where"),
    ],
)
@pytest.mark.parametrize("form", [None, "html"])
def test_a_bad_question_is_refused_by_name(
    client: TestClient, query: dict[str, str], status: int, named: str, form: str | None
) -> None:
    asked = query if form is None else {"f": form} | query
    found = client.get(PATH, params=asked)
    assert found.status_code == status
    assert named in found.text


def test_the_page_tells_verdicts_in_words_and_shapes(client: TestClient) -> None:
    page = client.get(PATH, params={"f": "html", "on": "2026-01-01", "level": "estate"}).text
    assert "▲</span> 不达标" in page
    assert "●</span> 达标" in page
    assert "未登记" in page
    assert "新建小区 ≥ 30 m²/百户" in page
    assert 'src="/maps/coverage"' in page
    assert 'sandbox="allow-scripts"' in page
    assert "模拟数据" in page


def test_the_spreadsheet_opens_and_holds_the_estates(client: TestClient) -> None:
    found = client.get(PATH, params={"f": "xlsx", "division": "990102"})
    assert found.headers["content-disposition"] == 'attachment; filename="coverage-990102.xlsx"'
    book = load_workbook(io.BytesIO(found.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "祥和苑" in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_the_page_of_a_township_is_headed_by_its_own_name(client: TestClient) -> None:
    shown = client.get(PATH, params={"f": "html", "division": "990102001", "on": "2026-01-01"})
    assert "<h1>东街道" in shown.text
    assert 'value="990102001" selected' in shown.text


def test_links_to_a_county_keep_the_day_of_the_question(client: TestClient) -> None:
    shown = client.get(PATH, params={"f": "html", "on": "2020-01-01"})
    assert "division=990102&amp;level=township&amp;on=2020-01-01" in shown.text


@pytest.mark.parametrize("bbox", ["200,0,210,90", "-360,0,-300,90"])
def test_a_bbox_beyond_the_antimeridian_is_the_same_place_within_it(
    client: TestClient, bbox: str
) -> None:
    found = client.get("/collections/estates/items", params={"bbox": bbox}).json()
    assert found["numberMatched"] == 0


def test_an_empty_cell_of_an_english_page_stays_empty(client: TestClient) -> None:
    shown = client.get("/collections/estates/items", params={"f": "html", "lang": "en"})
    assert "Project-Id-Version" not in shown.text


def test_reporting_areas_are_units_of_their_own(client: TestClient) -> None:
    body = answer(client, level="reporting_area")
    assert body["level"] == "reporting_area"
    assert {item["code"] for item in body["units"]} == {"reporting_areas-1"}
    assert body["findings"][0]["code"] == "no_outline"
    page = client.get(PATH, params={"level": "reporting_area", "f": "html"})
    assert page.status_code == 200
    assert "统计范围" in page.text
    assert body["findings"][0]["text"] in page.text
