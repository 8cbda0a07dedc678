"""The history of a record as officers read it."""

import pytest
from starlette.testclient import TestClient

from api.writable_city import EDIT, ESTATES


@pytest.fixture(scope="module")
def page(officer: TestClient) -> dict[str, str]:
    item = f"{ESTATES}/e1"
    change = {"properties": {"households": 130, "name": "<script>x</script>"}}
    edit = EDIT | {"valid_from": "2024-07-01", "version": 1}
    assert officer.patch(item, json=change | {"edit": edit}).status_code == 200
    shown = {
        "open": officer.get("/estates/e1/history?f=html").text,
        "english": officer.get("/estates/e1/history?f=html&lang=en").text,
        "item": officer.get(f"{item}?f=html").text,
    }
    ending = {"version": "2", "valid_from": "2026-01-01", "document": "拆迁公告"}
    assert officer.delete(item, params=ending).status_code == 204
    again = officer.get("/estates/e1/history", headers={"Accept": "text/html"})
    return shown | {"closed": again.text, "tag": again.headers["etag"]}


def test_versions_show_who_on_what_document_and_each_difference(page: dict[str, str]) -> None:
    text = page["open"]
    for words in ("第 2 版", "张三", "豫民〔2026〕1号（2026-03-01）", "2024-07-01 至 今后"):
        assert words in text
    assert "<del>100 户</del>" in text
    assert "<ins>130 户</ins>" in text
    assert text.index("第 2 版") < text.index("第 1 版")


def test_names_are_escaped(page: dict[str, str]) -> None:
    for text in (page["open"], page["closed"], page["english"]):
        assert "<script" not in text
        assert "&lt;script&gt;" in text


def test_a_closed_record_says_so_and_its_history_is_whole(page: dict[str, str]) -> None:
    assert "该记录今天不存在" in page["closed"]
    assert "自 2026-01-01 起不再存在" in page["closed"]
    assert "拆迁公告" in page["closed"]
    assert page["tag"].startswith('"3-')


def test_the_page_of_the_record_leads_to_its_history(page: dict[str, str]) -> None:
    assert 'href="/estates/e1/history?f=html"' in page["item"]


def test_the_same_in_english(page: dict[str, str]) -> None:
    assert "Version 2" in page["english"]
    assert "Correct" in page["english"]
    assert "经办人" not in page["english"]


def test_records_of_other_collections_lead_to_no_history(client: TestClient) -> None:
    assert "/history" not in client.get("/collections/divisions/items/990102?f=html").text
    assert client.get("/divisions/990102/history").status_code == 404
