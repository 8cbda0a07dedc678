"""Examples of the boundary office's requests and answers, for the definition of the API."""

from collections.abc import Mapping
from typing import Any

__all__ = ["APPROVAL", "BOARD", "CHANGE", "ENTRY", "PLAN", "STEP", "WORK", "answered", "body"]

_EDIT = {"actor": "张三", "document": "驻民〔2026〕1号", "document_date": "2026-03-01"}
_SEEN = {**_EDIT, "version": 1}

PLAN: Mapping[str, object] = {
    "round": 5,
    "leader": "smaller_code",
    "years": {"0221": 2026},
    "edit": _EDIT,
}
STEP: Mapping[str, object] = {
    "on": "2026-03-05",
    "document": "界桩修复纪要1号",
    "present": ["411702", "411721"],
    "edit": _SEEN,
}
WORK: Mapping[str, object] = {
    "kind": "move",
    "cause": "国道改建",
    "marker": "3f0c8a52-0d0b-4f0e-9a53-6d0d7f1b6a11",
    "geometry": {"type": "Point", "coordinates": [114.02, 33.01]},
    "due": "2026-09-30",
    "edit": _EDIT,
}
ENTRY: Mapping[str, object] = {
    "properties": {
        "number": "0221001Q",
        "line": "0221",
        "state": "intact",
        "witnesses": [{"name": "机井房东南角", "grid_azimuth": "57°10′", "distance_m": "23.50"}],
    },
    "geometry": {"type": "Point", "coordinates": [114.02, 33.01]},
    "edit": _EDIT,
}
CHANGE: Mapping[str, object] = {
    "kind": "to_town",
    "name": "水屯乡撤乡设镇",
    "before": ["411702200"],
    "after": [{"name": "水屯镇", "code": "411702100"}],
    "reason": "人口与经济达到设镇标准",
    "edit": _EDIT,
}
APPROVAL: Mapping[str, object] = {
    "on": "2026-03-01",
    "number": "豫民行批〔2026〕3号",
    "lines": ["0221"],
    "edit": _SEEN,
}
BOARD: Mapping[str, object] = {
    "round": 5,
    "first_year": 2023,
    "last_year": 2027,
    "document": "豫民文〔2023〕36号",
    "evidence": "E",
    "on": "2026-03-01",
    "simulated": False,
    "years": [{"year": 2026, "planned": 6, "filed": 1, "overdue": 0}],
    "lines": [
        {
            "code": "0221",
            "name": "驿西线",
            "level_zh": "县级界线",
            "sides_zh": "驿城区、西平县",
            "year": 2026,
            "state": "open",
            "state_zh": "外业中",
            "due": "2026-12-31",
            "days": None,
        }
    ],
}


def body(example: Mapping[str, object]) -> dict[str, Any]:
    """What a route declares of its request: a JSON object like `example`."""
    content = {"application/json": {"schema": {"type": "object"}, "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content}}


def answered(example: Mapping[str, object], *media_types: str) -> dict[int | str, dict[str, Any]]:
    """Answer of a route: an example of its JSON, and what else it can be sent as."""
    content: dict[str, object] = {"application/json": {"example": dict(example)}}
    return {200: {"content": content | {name: {} for name in media_types}}}
