"""Examples of the requests and answers about single lines and their rules."""

from collections.abc import Mapping

__all__ = ["CHECKED", "DIRECTION", "LINE", "MARKER", "MARKERS", "WALK", "WITNESS"]

MARKER: Mapping[str, object] = {"number": "0221001Q", "sides": ["411702", "411721"]}
DIRECTION: Mapping[str, object] = {"grid_azimuth": "57°10′", "lon": "113.38", "lat": "31.70"}
WITNESS: Mapping[str, object] = {
    "northing": "3508000.000",
    "easting": "500000.000",
    "grid_azimuth": "57°10′",
    "distance_m": "23.50",
}
LINE: Mapping[str, object] = {
    "type": "Feature",
    "id": "3f0c8a52-0d0b-4f0e-9a53-6d0d7f1b6a11",
    "geometry": {"type": "LineString", "coordinates": [[114.1, 33.1], [114.1, 33.0]]},
    "properties": {"code": "0221", "name": "中东线", "level": "county", "public": True},
    "today": "2026-03-01",
    "markers": 6,
    "standing": {
        "state": "in_time",
        "state_zh": "未到期",
        "due": "2026-12-20",
        "overdue_days": None,
        "progress": None,
    },
}
MARKERS: Mapping[str, object] = {
    "line": "0221",
    "name": "中东线",
    "length_km": 19.643,
    "markers": [
        {
            "order": 1,
            "id": "8a1c2a52-0d0b-4f0e-9a53-6d0d7f1b6a12",
            "chainage_km": 2.417,
            "offset_m": 0.0,
            "side": "on",
            "place": [113.92, 33.15],
            "number": "0221001Q",
            "setting": "单立",
            "state": "intact",
        }
    ],
}
WALK: Mapping[str, object] = {
    "line": "中东线",
    "length_m": 19643.0,
    "text": "自界线起点起，沿界线向东行2.42千米，至0221001Q号界桩。",
    "differences": [],
    "unread": [],
}
CHECKED: Mapping[str, object] = {
    "lines": [{"line": "中东线", "length_m": 19643.0}],
    "markers": [],
    "places": [],
}
