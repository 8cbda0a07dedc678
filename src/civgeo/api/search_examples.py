"""Examples of the answers of the search, for the definition of the API."""

from collections.abc import Mapping
from typing import Any

from civgeo.http.negotiation import Format

__all__ = ["COUNTS", "FOUND", "NEAREST", "SUGGESTED", "example", "given"]

_NAME: Mapping[str, object] = {
    "id": "9f3c1c52-0d0b-4f0e-9a53-6d0d7f1b6a11",
    "name": "驻马店市",
    "kind": "prefecture",
    "kind_zh": "地级行政区",
    "division": "411700",
    "status": "standard",
    "toned": "Zhùmǎdiàn Shì",
    "plain": "Zhumadian Shi",
    "other_names": [{"name": "驻马店地区", "kind": "former"}],
    "valid_from": None,
    "valid_to": None,
    "lon": 114.02,
    "lat": 32.98,
}
_MATCH = {"how": "initials", "how_zh": "拼音首字母", "form": "驻马店市", "form_kind": "standard"}

FOUND: Mapping[str, object] = {
    "q": "zmd",
    "on": "2026-03-01",
    "more": False,
    "hits": [{**_NAME, "match": _MATCH}],
}
SUGGESTED: Mapping[str, object] = {
    "q": "zmd",
    "suggestions": [{"name": "驻马店市", "match": _MATCH}],
}
NEAREST: Mapping[str, object] = {
    "lon": 114.02,
    "lat": 32.97,
    "hits": [{**_NAME, "distance_m": 1108.9}],
}
COUNTS: Mapping[str, object] = {
    "q": None,
    "of": "name",
    "by": "division",
    "division": "411700",
    "counts": [{"division": "411702", "names": 12, "places": 31}],
}


def example(body: Mapping[str, object], *others: Format) -> dict[int | str, dict[str, Any]]:
    """Answer of a route: an example of its JSON, and what else it can be sent as."""
    content: dict[str, object] = {"application/json": {"example": body}}
    return {200: {"content": content | {form.media_type: {} for form in others}}}


def given(value: str | float) -> dict[str, Any]:
    """Example of a parameter."""
    return {"example": {"value": value}}
