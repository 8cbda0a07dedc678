"""Examples of questions and answers on the siting of cemeteries, for the definition of the API."""

from collections.abc import Mapping

__all__ = ["PLACED", "PLACING", "SITED", "SITING"]

SITING: Mapping[str, object] = {
    "division": "411702",
    "level": "township",
    "on": "2026-03-29",
    "weights": {"area_m2": "1", "road_m": "2"},
    "burial_share": "0.4",
    "path_m2": "1.2",
    "plot_m2": "0.8",
}
PLACING: Mapping[str, object] = {
    "division": "411702",
    "level": "township",
    "on": "2026-03-29",
    "lon": "114.021",
    "lat": "33.012",
}
_RULE: Mapping[str, object] = {
    "id": "henan_funeral_26_4",
    "citation": "《河南省殡葬管理办法》第26(4)条",
    "quantity": "铁路、公路主干线两侧各 1 公里",
    "force": "legal",
    "valid_from": "1999-12-01",
    "valid_to": None,
    "evidence": "S",
}
_MARK: Mapping[str, object] = {
    "kind": "excluded",
    "rule": _RULE,
    "reads_as": None,
    "feature": "trunk_road",
    "layer": "9f2c04d51a7be630",
    "layer_title": "公路主干线",
    "layer_date": "2025-06-30",
    "distance_m": 1000.0,
    "message": "距公路主干线不足 1000 米：不得建造，《河南省殡葬管理办法》第26(4)条"
    "（规则 henan_funeral_26_4，法规，版次 2026.11）“铁路、公路主干线两侧各 1 公里”；"
    "图层“公路主干线”（2025-06-30）",
}
_MISSING: Mapping[str, object] = {
    "feature": "railway",
    "feature_zh": "铁路",
    "rules": ["henan_funeral_26_4"],
    "message": "没有铁路图层，没有评价：《河南省殡葬管理办法》第26(4)条",
}
_FOUND = "没有发现禁止情形的土地共 1,431.17 公顷；缺少图层：铁路；条文待录入：无"
_ABOUT: Mapping[str, object] = {
    "division": "411702",
    "division_name": "驿城区",
    "on": "2026-03-29",
    "edition": "2026.11",
    "data_version": 12,
    "simulated": False,
}
SITED: Mapping[str, object] = {
    "headline": f"在已提供的 5 个图层中，{_FOUND}",
    **_ABOUT,
    "min_area": {"mu": "50", "rule": {**_RULE, "id": "zhumadian_plan_area_township"}},
    "grid": {"epsg": 4547, "cell_m": 10.0, "cell_m2": 100.0, "cells": 310624},
    "region_m2": 31062400.0,
    "free_m2": 14311700.0,
    "free_cells": 143117,
    "constraints": [
        {
            **_MARK,
            "number": 8,
            "cells": 112319,
            "area_m2": 11231900.0,
            "share": 0.3616,
            "alone_m2": 10811100.0,
        }
    ],
    "candidates_found": 1,
    "candidates": [
        {
            "number": 1,
            "rank": 1,
            "score": 0.75,
            "top_share": 1.0,
            "area_mu": 11414.0,
            "land_class": "其他草地",
            "road_m": 994.8,
            "road_name": "G107",
            "township": "西镇",
            "capacity": 1521860,
        }
    ],
    "missing_layers": [_MISSING],
    "waiting_texts": [],
    "to_look_up": [],
    "notes": ["没有写明范围、按全域完整对待的图层：水库"],
}
PLACED: Mapping[str, object] = {
    "lon": 114.021,
    "lat": 33.012,
    "excluded": True,
    "headline": "有 1 项规定或要求排除此处；缺少图层：铁路；条文待录入：无",
    **_ABOUT,
    "cell_m": 10.0,
    "constraints": [_MARK],
    "missing_layers": [_MISSING],
    "waiting_texts": [],
    "to_look_up": [],
}
