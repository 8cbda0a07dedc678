"""The first page for officers."""

import re

from starlette.testclient import TestClient


def test_the_first_page_leads_to_maps_table_downloads_and_api(client: TestClient) -> None:
    page = client.get("/ui").text
    for address in set(re.findall(r'(?:src|href)="(/[^"]*)"', page)):
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address
    maps = ("/maps/coverage", "/maps/divisions.pdf", "/maps/names")
    for address in (*maps, "/coverage/floor-area?f=xlsx"):
        assert f'href="{address}"' in page


def test_coverage_at_a_glance_counts_what_is_assessed_only(client: TestClient) -> None:
    page = client.get("/ui").text
    assert '<span class="big">2</span> <span class="of">/ 4</span>' in page
    assert "50.0%" in page
    assert "另有 1 个小区未能评价" in page


def test_counties_are_ranked_by_their_share_of_meeting_estates(client: TestClient) -> None:
    page = client.get("/ui").text
    assert page.index(">甲区</a>") < page.index(">乙县</a>")


def test_simulated_data_says_so_and_the_page_is_chinese(client: TestClient) -> None:
    page = client.get("/ui").text
    assert '<html lang="zh-CN">' in page
    assert "<strong>模拟数据</strong>" in page
    assert "2026.03" in page
    assert "<script" not in page


def test_the_same_page_in_english(client: TestClient) -> None:
    page = client.get("/ui?lang=en").text
    assert '<html lang="en">' in page
    assert 'href="?lang=zh"' in page
    assert '<html lang="zh-CN">' in client.get("/ui").text


def test_an_empty_store_says_what_to_do_first(empty_client: TestClient) -> None:
    answer = empty_client.get("/ui")
    assert answer.status_code == 200
    assert "civgeo demo" in answer.text
    assert "县区排名" not in answer.text
