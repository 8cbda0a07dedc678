"""Examples of answers about constraint layers, for the definition of the API."""

from collections.abc import Mapping

__all__ = ["LAYER", "LAYERS"]

LAYER: Mapping[str, object] = {
    "digest": "0f3c9a5be1d27746",
    "title": "水库（2025 年变更调查）",
    "covers": ["reservoir"],
    "covers_zh": "水库",
    "layer_date": "2025-12-31",
    "source": "市自然资源和规划局",
    "saved_at": "2026-03-01T01:00:00.000000Z",
    "features": 42,
    "crs": "EPSG:4547",
    "has_extent": False,
    "own_distance_m": None,
    "simulated": False,
    "notes": ["未给出图层范围，按全域完整处理"],
    "state": "used",
    "state_zh": "使用中",
}
LAYERS: Mapping[str, object] = {"layers": [LAYER]}
