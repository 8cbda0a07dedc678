"""/coverage/handover: figures, page, spreadsheet."""

import io

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

PATH = "/coverage/handover"


def test_the_answer_holds_rates_with_both_numbers_and_the_list(client: TestClient) -> None:
    body = client.get(PATH).json()
    assert body["whole"] | {"stages": None} == {
        "code": "990100",
        "name": "示例市",
        "numerator": 0,
        "denominator": 5,
        "rate": "0",
        "status": "ok",
        "unknown": 0,
        "stages": None,
    }
    assert [county["code"] for county in body["counties"]] == ["990102", "990121"]
    first = body["not_handed_over"][0]
    assert (first["id"], first["completed_year"], first["stage"]) == ("e1", 2024, "built")
    assert first["months_since_completion_at_least"] >= 14
    assert body["simulated"] is True


def test_the_page_is_linked_from_the_first_page_and_escapes_names(client: TestClient) -> None:
    assert 'href="/coverage/handover?f=html"' in client.get("/ui").text
    page = client.get(PATH, params={"f": "html"}).text
    assert "各县区移交率" in page
    assert "0 / 5" in page or '<span class="of">/ 5</span>' in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page
    assert "模拟数据" in page


def test_the_page_speaks_english(client: TestClient) -> None:
    page = client.get(PATH, params={"f": "html", "lang": "en"}).text
    assert "Rate of handover by county" in page
    assert ">Built<" in page


def test_the_spreadsheet_is_of_the_division_that_is_asked(client: TestClient) -> None:
    answer = client.get(PATH, params={"f": "xlsx", "division": "990121"})
    sheet = load_workbook(io.BytesIO(answer.content))["未移交小区"]
    values = {cell.value for row in sheet.iter_rows() for cell in row}
    assert "西镇小区" in values
    assert "祥和苑" not in values


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"division": "990199"}, 404),
        ({"division": "x"}, 400),
        ({"f": "csv"}, 400),
        ({"on": "2026-01-01"}, 400),
    ],
)
def test_a_bad_question_is_refused(client: TestClient, query: dict[str, str], status: int) -> None:
    assert client.get(PATH, params=query).status_code == status


def test_a_city_without_estates_has_no_rate(empty_client: TestClient) -> None:
    assert empty_client.get(PATH).json()["whole"]["status"] == "undefined"
    assert "没有尚未移交的小区" in empty_client.get(PATH, params={"f": "html"}).text
