"""f= wins over Accept; what nothing satisfies gets the default."""

import pytest
from fastapi import Request

from civgeo.errors import InvalidInput
from civgeo.http.negotiation import Format, negotiate

OFFERED = (Format.GEOJSON, Format.HTML)


def request(accept: str | None = None, query: str = "") -> Request:
    headers = [] if accept is None else [(b"accept", accept.encode("latin-1"))]
    return Request({"type": "http", "headers": headers, "query_string": query.encode()})


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, Format.GEOJSON),
        ("*/*", Format.GEOJSON),
        ("text/html", Format.HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format.HTML),
        ("application/geo+json, application/json;q=0.9", Format.GEOJSON),
        ("application/json", Format.GEOJSON),
        ("text/html;q=0.2, application/json;q=0.9", Format.GEOJSON),
        ("text/*", Format.HTML),
        ("text/html;q=0, */*", Format.GEOJSON),
        ("application/x-nothing", Format.GEOJSON),
        ("text/html;q=high", Format.GEOJSON),
        (";;,,;q=nan", Format.GEOJSON),
    ],
)
def test_accept_is_weighed_by_quality_and_exactness(accept: str, expected: Format) -> None:
    assert negotiate(request(accept), OFFERED) is expected


def test_f_wins_over_accept() -> None:
    assert negotiate(request("text/html", "f=json"), OFFERED) is Format.GEOJSON
    assert negotiate(request("application/json", "f=html"), OFFERED) is Format.HTML


def test_json_stands_for_plain_json_where_no_features_are_offered() -> None:
    assert negotiate(request(query="f=json"), (Format.JSON, Format.HTML)) is Format.JSON


def test_an_unknown_f_is_refused_with_the_choices() -> None:
    with pytest.raises(InvalidInput, match="geojson、html、json"):
        negotiate(request(query="f=kml"), OFFERED)
