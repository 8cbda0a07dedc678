"""Errors: one table, problem documents for scripts and pages for people."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from civgeo import errors
from civgeo.http.errors import STATUS, status_of


def leaves(kind: type[errors.CivgeoError]) -> list[type[errors.CivgeoError]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in leaves(child))]


def test_every_error_of_the_tree_has_a_row_in_the_table() -> None:
    ours = {kind for kind in leaves(errors.CivgeoError) if kind.__module__ == errors.__name__}
    assert set(STATUS) == ours


def test_an_error_that_is_not_listed_has_the_status_of_its_base() -> None:
    class Odd(errors.NotFound):
        pass

    assert status_of(Odd("")) == 404


def test_an_unknown_address_says_where_to_go_on(client: TestClient) -> None:
    answer = client.get("/nothing")
    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert {"type", "title", "status", "detail", "code"} == set(body)
    assert "/collections" in body["detail"]


def test_a_parameter_that_was_not_given_is_named_without_a_value(client: TestClient) -> None:
    answer = client.get("/cemeteries/demand-table").json()
    assert (answer["code"], answer["detail"]) == ("bad_parameter", "缺少参数 share，必须给出")


def test_a_browser_gets_an_error_as_a_page_with_the_address_escaped(client: TestClient) -> None:
    answer = client.get("/<img src=x>", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>没有找到</h1>" in answer.text
    assert "<img" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/", "/collections/estates", "/estates/e1/history", "/ui", "/static/x"]
)
def test_only_reading_is_possible(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["status"] == 405


def test_a_refused_method_is_told_every_method_of_the_address(client: TestClient) -> None:
    items, item = "/collections/estates/items", "/collections/estates/items/e1"
    assert client.put(items).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.post(item).headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    assert client.options(item).headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    computed = client.options("/collections/coverage_units/items")
    assert (computed.status_code, computed.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.options("/collections/nothing/items").status_code == 404


def test_a_defect_is_500_without_a_word_of_the_program(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    assert Exception in app.exception_handlers

    def broken() -> None:
        raise RuntimeError("secret detail of the program")

    app.router.add_route("/broken", broken)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["code"] == "defect"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
