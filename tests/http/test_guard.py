"""HEAD, safe headers, sharing with scripts, compression, trusted hosts."""

import pytest
from starlette.testclient import TestClient

from civgeo.http.guard import trusted_hosts

READABLE = ["/", "/conformance", "/collections", "/api", "/docs", "/ui", "/healthz", "/readyz"]
READABLE += ["/collections/estates", "/collections/estates/queryables"]
READABLE += ["/collections/estates/items", "/collections/estates/items/e1"]
READABLE += ["/coverage/floor-area", "/coverage/floor-area?f=html", "/maps/divisions"]
READABLE += ["/static/leaflet.js"]


@pytest.mark.parametrize("path", READABLE)
def test_head_gives_the_headers_of_get_and_no_content(client: TestClient, path: str) -> None:
    got, head = client.get(path), client.head(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("path", [*READABLE, "/nothing"])
def test_every_answer_carries_the_safe_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy
    assert "frame-ancestors 'self'" in policy


def test_scripts_of_other_sites_may_read_the_ogc_api_only(client: TestClient) -> None:
    origin = {"Origin": "http://example.org"}
    for path in READABLE:
        answer = client.get(path, headers=origin)
        shared = path == "/" or path.startswith(("/collections", "/conformance", "/api", "/static"))
        assert ("access-control-allow-origin" in answer.headers) is shared, path


def test_a_preflight_allows_reading(client: TestClient) -> None:
    asked = {
        "Origin": "http://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "If-None-Match",
    }
    answer = client.options("/collections", headers=asked)
    assert answer.status_code == 200
    assert "GET" in answer.headers["access-control-allow-methods"]


def test_long_answers_are_compressed_where_asked(client: TestClient) -> None:
    answer = client.get("/collections/estates/items", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    ("host", "trusted"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("LOCALHOST:80", True),
        ("[::1]:8000", True),
        ("192.168.7.9", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:80", False),
        ("", False),
        ("[", False),
    ],
)
def test_a_foreign_host_name_is_refused(client: TestClient, host: str, trusted: bool) -> None:
    answer = client.get("/healthz", headers={"Host": host})
    assert answer.status_code == (200 if trusted else 400)


def test_the_configured_name_is_trusted() -> None:
    assert "gis.city.example" in trusted_hosts("GIS.city.example")
