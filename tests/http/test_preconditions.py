"""If-None-Match: lists, weak tags, and the asterisk."""

import pytest
from fastapi import Request

from civgeo.http.preconditions import entity_tag, not_modified


def request(*values: str) -> Request:
    headers = [(b"if-none-match", value.encode("latin-1")) for value in values]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), False),
        (("*",), True),
        (('"a"',), True),
        (('W/"a"',), True),
        (('"b", W/"a"',), True),
        (('"b"', '"a"'), True),
        (('"b"',), False),
        (('"a,b"',), False),
        (("a",), False),
        (('"A"',), False),
        (("",), False),
    ],
)
def test_a_tag_is_compared_weakly(values: tuple[str, ...], expected: bool) -> None:
    assert not_modified(request(*values), '"a"') is expected
    assert not_modified(request(*values), 'W/"a"') is expected


def test_a_tag_tells_contents_apart() -> None:
    assert entity_tag(b"a") == entity_tag(b"a") != entity_tag(b"b")
    assert entity_tag(b"").startswith('"')
