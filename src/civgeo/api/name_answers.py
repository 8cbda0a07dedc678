"""Examples of the answers under ``/place-names``, for the definition of the API."""

from collections.abc import Mapping

from civgeo.api.written import Json

__all__ = ["NAME_ANSWERS"]

_PLACE = "9f3c1c52-0d0b-4f0e-9a53-6d0d7f1b6a11"
_CASE_ID = "c0a1f2e4-6f5b-4f3a-8f44-2f6b5d1e7a90"
_SERVER = "http://127.0.0.1:8000"
_HOME = f"{_SERVER}/place-names/{_PLACE}"
_SHAPE = {"type": "LineString", "coordinates": [[114.018, 32.982], [114.041, 32.983]]}
_LISTS = {
    "lists": {"standard_characters": 8105, "unfit_words": 252},
    "list_dates": {"standard_characters": "2013-06-05", "unfit_words": "2026-11-22"},
}
_NOTE = "名单不齐全：没有命中不等于没有问题，只说明不在所列名单之内。"
_SPELLED: Mapping[str, object] = {
    "toned": "Lǎnyuè Lù",
    "plain": "Lanyue Lu",
    "reading": "lǎn yuè lù",
    "reading_source": "dictionary",
    "confirmed": True,
}
_STREET: Mapping[str, object] = {
    "name": "揽月路",
    "specific": "揽月",
    "generic": "路",
    "kind": "street",
    **_SPELLED,
    "division": "411702",
    "builtup_area": "驿城区城区",
    "famous": False,
    "status": "standard",
    "meaning": "取自“可上九天揽月”",
    "secrecy": "public",
    "public": True,
    "source": "关于命名揽月路的批复 驿政文〔2026〕8号",
    "simulated": False,
}
_BLANK = (
    *("type_code", "census_class", "place_code", "confirmed_by", "spans", "origin"),
    *("history_text", "description", "other_names", "documents", "attributes"),
)
_STATE: Mapping[str, object] = {**_STREET, **dict.fromkeys(_BLANK), "named_on": "2026-09-01"}


def _late(days: int) -> list[Json]:
    bodies = {
        "filing": ("备案", "县级人民政府"),
        "announcement": ("公告", "同级人民政府民政部门"),
    }
    return [
        {
            "step": step,
            "label_zh": label,
            "who": who,
            "due": "2026-09-16",
            "days": days,
            "done": None,
        }
        for step, (label, who) in bodies.items()
    ]


def _due(step: Json, days_left: int) -> Json:
    names = ("step", "label_zh", "who", "due")
    to = "市级人民政府" if step["step"] == "filing" else None
    return {**{name: step[name] for name in names}, "days_left": days_left, "to": to}


_CASE: Json = {
    "id": _CASE_ID,
    "version": 6,
    "action": "naming",
    "action_zh": "命名",
    "state": "approved",
    "state_zh": "已批准",
    "name": "揽月路",
    "former_name": None,
    "kind": "street",
    "kind_zh": "街路巷",
    "division": "411702",
    "place": None,
    "proposal": _STREET,
    "geometry": _SHAPE,
    "reason": "新建道路，西起文明大道，东至乐山大道",
    "findings": [],
    "blocked": False,
    "justification": None,
    "return_reason": None,
    "approver": "county_government",
    "protected": False,
    "materials": [
        {
            "code": "plan",
            "label_zh": "命名、更名方案",
            "required": True,
            "ticked": True,
            "rule": "《地名管理条例》第11条",
        },
        {
            "code": "expert_report",
            "label_zh": "专家论证报告",
            "required": False,
            "ticked": False,
            "rule": "《地名管理条例》第11条",
        },
    ],
    "submitted_on": "2026-08-20",
    "approved_on": "2026-09-01",
    "filed_on": None,
    "announced_on": None,
    "published_on": None,
    "documents": [
        {
            "step": "approval",
            "number": "驿政文〔2026〕8号",
            "dated": "2026-09-01",
            "title": "关于命名揽月路的批复",
        }
    ],
    "attachments": [
        {
            "title": "关于命名揽月路的批复",
            "number": "驿政文〔2026〕8号",
            "date": "2026-09-01",
            "attachment": "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
        }
    ],
    "steps_open": [
        {"step": "filing", "label_zh": "备案"},
        {"step": "announcement", "label_zh": "公告"},
    ],
    "due": [_due(step, -4) for step in _late(4)],
    "late": _late(4),
    "problems": [],
    "rules_edition": "2026.11",
    "simulated": False,
}
_OVERDUE: Json = {
    "today": "2026-09-20",
    "overdue": [
        {"id": _CASE_ID, "name": "揽月路", "state_zh": "已批准", **step} for step in _late(4)
    ],
}
_ENTRY: Json = {
    "type": "Feature",
    "id": _PLACE,
    "geometry": _SHAPE,
    "properties": {**_STATE, "valid_from": "2026-09-01", "valid_to": None, "version": 2},
    "links": [
        {"href": _HOME, "rel": "self", "type": "application/geo+json"},
        {"href": f"{_HOME}/history?f=html", "rel": "alternate", "type": "text/html"},
    ],
}
_HISTORY: Json = {
    "collection": "place_names",
    "id": _PLACE,
    "name": "揽月路",
    "version": 2,
    "exists": True,
    "versions": [
        {
            "version": 2,
            "action": "correct",
            "action_zh": "更改",
            "recorded_at": "2026-10-09T07:05:13.037Z",
            "actor": "张三",
            "document": "驻民〔2026〕12号",
            "document_date": "2026-08-18",
            "batch": None,
            "hash": "311a895f38e96297d11863b0e401d9d85ce59cb2a5195d74bbd6bc1dada3ba62",
            "periods": [
                {
                    "valid_from": "2026-09-01",
                    "valid_to": None,
                    "exists": True,
                    "properties": _STATE,
                    "differences": [
                        {
                            "property": "meaning",
                            "title": "地名含义",
                            "before": "取“可上九天揽月”之意",
                            "after": "取自“可上九天揽月”",
                        }
                    ],
                }
            ],
        }
    ],
    "links": [{"href": f"{_HOME}/history?f=json", "rel": "self", "type": "application/json"}],
}
_CHANGES: Json = {
    "changes": [
        {
            "sequence": 19,
            "id": _PLACE,
            "version": 2,
            "action": "correct",
            "action_zh": "更改",
            "name": "揽月路",
            "public": True,
            "recorded_at": "2026-10-09T07:05:13.037Z",
        }
    ],
    "next": 19,
}
_FINDING: Json = {
    "rule": {"regulation": "地名管理条例", "article": "9", "item": "8"},
    "code": "homophone",
    "severity": "block",
    "against": [_PLACE],
    "message": "名称与同一建成区（builtup_area）的“揽月路”读音相同，请另拟名称。"
    "依据《地名管理条例》第9条第8项。",
}
_AUDIT: Json = {
    "on": "2026-09-20",
    "edition": "2026.11",
    "names": 12_480,
    "unread": 0,
    "counts": [{"code": "homophone", "severity": "block", "findings": 2}],
    "findings": [],
    "notes": ["既有地名是否更名，按《地名管理条例》第10条办理；本表只是与现行规定比对的结果。"],
    **_LISTS,
}

_SPELLING: Json = {
    "status": "ok",
    "toned": "Cháyáshān Zhèn",
    "plain": "Chayashan Zhen",
    "specific": {"hanzi": "嵖岈山", "toned": "Cháyáshān"},
    "generic": {"hanzi": "镇", "toned": "Zhèn"},
    "source": "dictionary",
    "confirmed": True,
    "alternatives": [],
}
_CHECK: Json = {
    "status": "ok",
    "name": "揽玥路",
    "kind": "street",
    "on": "2026-09-20",
    "reading": "lǎn yuè lù",
    "findings": [_FINDING],
    "blocked": True,
    "notes": [_NOTE],
    **_LISTS,
    "conflicts": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": _PLACE,
                "geometry": _SHAPE,
                "properties": {
                    "name": "揽月路",
                    "kind": "street",
                    "division": "411702",
                    "code": "homophone",
                    "distance_m": None,
                },
            }
        ],
    },
    "edition": "2026.11",
}


def _json(body: Json, media_type: str = "application/json") -> Json:
    return {media_type: {"example": body}}


NAME_ANSWERS: Mapping[tuple[str, str], Json] = {
    ("get", "/place-names/{place_id}"): _json(_ENTRY, "application/geo+json"),
    ("get", "/place-names/{place_id}/history"): _json(_HISTORY),
    ("get", "/place-names/changes"): _json(_CHANGES),
    ("get", "/place-names/cases"): _json({"cases": [_CASE]}),
    ("get", "/place-names/cases/{case_id}"): _json(_CASE),
    ("get", "/place-names/cases/overdue"): _json(_OVERDUE),
    ("get", "/place-names/audit"): _json(_AUDIT),
    ("post", "/place-names/romanize"): _json(_SPELLING),
    ("post", "/place-names/check"): _json(_CHECK),
}
"""Content of the answer of each operation, by method and address."""
