"""Example of the inspection list, for the definition of the API."""

from collections.abc import Mapping

__all__ = ["INSPECTION"]

_FINDING: Mapping[str, object] = {
    "code": "over_approved",
    "code_zh": "超出批准面积",
    "force": None,
    "subject": None,
    "rule": None,
    "citation": None,
    "place": None,
    "valid_from": None,
    "evidence": None,
    "required": "100",
    "actual": "102.5",
    "unit": "mu",
    "message": "占地 102.5 亩，批准 100 亩，超出 2.5 亩。依据批准文件民〔2019〕18号",
    "layer": None,
}
INSPECTION: Mapping[str, object] = {
    "city": "411700",
    "on": "2026-03-01",
    "division": None,
    "edition": "2026.11",
    "data_version": 12,
    "simulated": False,
    "counts": {
        "inspected": 1,
        "with_findings": 1,
        "breaking_law": 0,
        "breaking_plan": 0,
        "findings": 1,
    },
    "notes": ["登记的 1 处中，1 处有问题，0 处不符合法规，0 处不符合规划"],
    "layers": [],
    "cemeteries": [
        {
            "id": "00000000-0000-4000-8000-000000000000",
            "name": "东山公益性公墓",
            "kind": "cemetery",
            "division": "411702",
            "division_name": "驿城区",
            "status": "operating",
            "operation": "public",
            "level": "county",
            "area_mu": "102.5",
            "area_from": "register",
            "meets": {"legal": None, "plan": True},
            "findings": [_FINDING],
            "not_judged": [],
            "named_areas": [],
        }
    ],
}
