"""Examples of questions and answers about cemeteries, for the definition of the API."""

from collections.abc import Mapping

__all__ = ["CHECKED", "CHECKING", "DEMANDED", "DEMANDING", "EDITIONS", "ENTERED", "ENTERING"]
__all__ += ["RULES"]

CHECKING: Mapping[str, object] = {
    "division": "411702",
    "on": "2026-03-29",
    "distances_m": {"trunk_road": "999.99"},
}
_RULE: Mapping[str, object] = {
    "id": "henan_funeral_26_4",
    "regulation": "河南省殡葬管理办法",
    "document_no": "2012修正",
    "article": "26(4)",
}
CHECKED: Mapping[str, object] = {
    "status": "ok",
    "division": "411702",
    "on": "2026-03-29",
    "edition": "2026.11",
    "meets": {"legal": False, "plan": None},
    "findings": [
        {
            "rule": _RULE,
            "code": "distance",
            "force": "legal",
            "subject": "trunk_road",
            "meets": False,
            "operator": ">=",
            "required": "1000",
            "actual": "999.99",
            "unit": "m",
            "place": "河南省",
            "valid_from": "1999-12-01",
            "valid_to": None,
            "evidence": "S",
            "message": "距公路主干线 999.99 米，《河南省殡葬管理办法》第26(4)条"
            "（铁路、公路主干线两侧各 1 公里）要求不小于 1000 米，还差 0.01 米",
        }
    ],
    "not_given": ["land_class", "park", "reservoir", "railway"],
    "named_areas": [],
    "without_rule": [],
}
DEMANDING: Mapping[str, object] = {
    "population": 50000,
    "death_rate_per_mille": 7,
    "years": 20,
    "share": "0.5",
    "burial_share": "0.4",
    "path_m2": "1.2",
}
DEMANDED: Mapping[str, object] = {
    "status": "ok",
    "ashes": "3500",
    "single_plots": 3500,
    "joint_plots": 0,
    "niches": 0,
    "plots": 3500,
    "net_plot_m2": "1750",
    "gross_m2": "14875",
    "gross_mu": "22.3125",
    "gross_m2_per_plot": "4.25",
    "parameters": {
        "years": "20",
        "share": "0.5",
        "niche_share": "0",
        "single_share": "1",
        "plot_single_m2": "0.5",
        "plot_joint_m2": "0.8",
        "path_m2": "1.2",
        "burial_share": "0.4",
        "defaults": {
            "plot_single_m2": "zhumadian_plan_plot_ash_single",
            "plot_joint_m2": "zhumadian_plan_plot_ash_joint",
        },
    },
}
RULES: Mapping[str, object] = {
    "edition": "2026.11",
    "rules": [
        {
            **_RULE,
            "topic": "distance",
            "topic_zh": "距离",
            "subjects": ["trunk_road", "railway"],
            "levels": [],
            "operation": None,
            "only_on": [],
            "place": "河南省",
            "adcode": "410000",
            "valid_from": "1999-12-01",
            "valid_to": None,
            "quantity": "铁路、公路主干线两侧各 1 公里",
            "operator": ">=",
            "value": "1000",
            "unit": "m",
            "applies_to": "建造坟墓",
            "force": "legal",
            "evidence": "S",
            "note": "",
            "enabled": True,
        }
    ],
}
ENTERING: Mapping[str, object] = {
    "rules": [
        {
            "topic": "distance",
            "subjects": ["reservoir"],
            "place": "驻马店市",
            "adcode": "411700",
            "regulation": "驻马店市公墓选址规定",
            "article": "3",
            "valid_from": "2026-05-01",
            "quantity": "距水库",
            "operator": ">=",
            "value": 300,
            "force": "legal",
            "evidence": "S",
        }
    ],
    "edit": {"actor": "张三", "document": "驻民〔2026〕8号", "document_date": "2026-04-20"},
}
ENTERED: Mapping[str, object] = {
    "edition": "2026.11（本局修订 5e6f7a8b）",
    "own_edition": "5e6f7a8b",
    "rules": [{"id": "own_411700_1"}],
    "touched": ["own_411700_1"],
    "waiting": [],
    "dry_run": False,
}
EDITIONS: Mapping[str, object] = {
    "own_edition": "5e6f7a8b",
    "edits": [
        {
            "recorded_at": "2026-04-21T01:02:03.000Z",
            "action": "enter",
            "action_zh": "录入",
            "actor": "张三",
            "document": "驻民〔2026〕8号",
            "document_date": "2026-04-20",
            "edition": "2026.11（本局修订 5e6f7a8b）",
            "own_edition": "5e6f7a8b",
            "before": "none",
            "rules": ["own_411700_1"],
            "changes": [{"id": "own_411700_1", "what": "added", "cells": []}],
        }
    ],
}
