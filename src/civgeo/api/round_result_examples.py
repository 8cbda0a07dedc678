"""Examples of what comes of results from the field, for the definition of the API."""

from collections.abc import Mapping
from typing import Any

__all__ = ["COMPARISON", "IMPORTED", "REPAIRS", "answered", "files_of"]

_FINDING = {
    "fault": "shifted",
    "fault_zh": "坐标系不符",
    "place": "markers[3]",
    "subject": "0221004Q",
    "raw": "114.0263，33.0081",
    "message": "按 EPSG:4490 距登记位置 588 米，按 GCJ-02 只有 0.6 米，应是 GCJ-02 坐标",
}
IMPORTED: Mapping[str, object] = {
    "batch": "20260521-093000-1a2b3c4d",
    "created": 24,
    "files": [
        {
            "name": "周驻线-411702.json",
            "sha256": "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
            "carrier": "JSON",
            "line": "0221",
            "line_name": "周驻线",
            "round": 5,
            "side": "411702",
            "created": 24,
            "repeated": 0,
            "empty": 3,
            "findings_sha256": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
            "findings": [_FINDING],
        }
    ],
}
_REPAIR = {
    "marker": "3f0c8a52-0d0b-4f0e-9a53-6d0d7f1b6a11",
    "number": "0221004Q",
    "kind": "repair",
    "kind_zh": "修复",
    "state": "damaged",
    "state_zh": "损坏",
    "cause": "联检发现：驿城区 2026-05-20 记录“损坏”",
    "responsible": "411702",
    "responsible_zh": "驿城区",
    "work": None,
}
REPAIRS: Mapping[str, object] = {"repairs": [_REPAIR]}
COMPARISON: Mapping[str, object] = {
    "line": "0221",
    "line_name": "周驻线",
    "round": 5,
    "sides": [{"code": "411702", "name": "驿城区"}, {"code": "411721", "name": "西平县"}],
    "silent": [],
    "tolerance_m": 1.0,
    "tolerance_basis": "联检计划",
    "statistics": [{"label": "已检查界桩", "numerator": 22, "denominator": 24, "percent": "91.67"}],
    "disagreements": [
        {
            "subject": "marker",
            "key": "3f0c8a52-0d0b-4f0e-9a53-6d0d7f1b6a11",
            "name": "0221004Q",
            "differs": "state",
            "differs_zh": "界桩状况",
            "item": "",
            "values": {"411702": "损坏", "411721": "完好"},
            "distance_m": None,
        }
    ],
    "repairs": [_REPAIR],
}


def answered(
    status: int, example: Mapping[str, object], *others: str
) -> dict[int | str, dict[str, Any]]:
    """An answer of JSON with an example, in other kinds too."""
    files = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in others}
    return {status: {"content": {"application/json": {"example": example}, **files}}}


def files_of(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """An answer that is a file of one of those kinds."""
    return {
        200: {
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
        }
    }
