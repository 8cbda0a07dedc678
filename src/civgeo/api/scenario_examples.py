"""Examples of requests and answers about scenarios, for the definition of the API."""

from collections.abc import Mapping

__all__ = ["ANSWER", "APPENDED", "ASKED", "COMPARED", "ENTRY"]

_EDIT = {"actor": "张三", "document": "驻民〔2026〕1号", "document_date": "2026-03-01"}
_ADD: Mapping[str, object] = {
    "action": "add",
    "kind": "meal_point",
    "name": "雪松路助餐点",
    "lon": 114.0312,
    "lat": 33.0121,
    "floor_area_m2": 220,
    "cost_yuan": 350000,
}
_EDITS = [dict(_ADD), {"action": "close", "facility": "f1"}]
_ENTRY: Mapping[str, object] = {
    "name": "雪松路增设助餐点",
    "purpose": "2026 年助餐点布点比选",
    "division": "411702",
    "base_on": "2026-03-01",
    "shared": True,
}
ASKED: Mapping[str, object] = {
    "edits": _EDITS,
    "kinds": ["meal_point"],
    "minutes": 15,
    "speed": 1.0,
    "people": "elders",
    "level": "county",
}
ENTRY: Mapping[str, object] = {**_ENTRY, "edits": _EDITS, "edit": _EDIT}
APPENDED: Mapping[str, object] = {"add": dict(_ADD), "edit": {**_EDIT, "version": 1}}
ANSWER: Mapping[str, object] = {
    "on": "2026-03-01",
    "data_version": 2438,
    "streets_version": "d5752b1ba116cc77",
    "simulated": True,
    "minutes": "15",
    "speed_m_per_s": "1",
    "limit_m": 900.0,
    "people": "elders",
    "level": "county",
    "edits": 2,
    "reach": [
        {
            "kind": "meal_point",
            "kind_zh": "老年助餐点",
            "people_before": 9310,
            "people_after": 9310,
            "reached_before": 6120,
            "reached_after": 6355,
            "percent_before": "65.74",
            "percent_after": "68.26",
            "gained": 412,
            "lost": 177,
            "contributions": [412, -177],
            "units": [
                {
                    "code": "411702",
                    "name": "驿城区",
                    "people_before": 9310,
                    "people_after": 9310,
                    "reached_before": 6120,
                    "reached_after": 6355,
                    "percent_before": "65.74",
                    "percent_after": "68.26",
                    "gained": 412,
                    "lost": 177,
                }
            ],
        }
    ],
    "cost_yuan": 350000.0,
    "findings": [],
    "digest": "5f1c9b0d4e3a2b1c5f1c9b0d4e3a2b1c5f1c9b0d4e3a2b1c5f1c9b0d4e3a2b1c",
}
COMPARED: Mapping[str, object] = {
    "scenarios": [
        {
            "id": "3f0c8a52-0d0b-4f0e-9a53-6d0d7f1b6a11",
            "name": "雪松路增设助餐点",
            "kind": "meal_point",
            "reached_before": 6120,
            "reached_after": 6355,
            "gained": 412,
            "lost": 177,
            "cost_yuan": 350000.0,
        }
    ]
}
