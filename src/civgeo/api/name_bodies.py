"""What requests under ``/place-names`` hold: a schema and realistic examples for each."""

from collections.abc import Mapping
from typing import Any

from civgeo.api.written import Json, changed_properties
from civgeo.domain.name_forms import PLACE_NAMES
from civgeo.domain.ordinals import DigitsPolicy
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action, Body, Level
from civgeo.services.feature_schema import COLLECTIONS

__all__ = ["NAME_BODIES", "VERSIONED"]

_EDIT = {"$ref": "#/components/schemas/Edit"}
_WHO: Mapping[str, object] = {
    "actor": "张三",
    "document": "驻民〔2026〕12号",
    "document_date": "2026-08-18",
}
_SEEN = {**_WHO, "version": 3}
_ROAD = {"type": "LineString", "coordinates": [[114.018, 32.982], [114.041, 32.983]]}


def _text(description: str) -> Json:
    return {"type": "string", "maxLength": 4_000, "nullable": True, "description": description}


def _day(description: str) -> Json:
    return {"type": "string", "format": "date", "nullable": True, "description": description}


def _flag(description: str) -> Json:
    return {"type": "boolean", "nullable": True, "description": description}


def _one_of(kinds: type[Any], description: str) -> Json:
    words = [str(kind.value) for kind in kinds]
    return {"type": "string", "enum": words, "description": description}


_PROPERTIES = changed_properties(COLLECTIONS[PLACE_NAMES.id].entered)
_GEOMETRY = {"type": "object", "nullable": True, "description": "GeoJSON 图形，经度在前；可为 null"}
_LEVEL = _one_of(Level, "实体级别，决定由谁批准")
_KIND = _one_of(PlaceKind, "地名类别")
_REASON = _text("命名、更名、注销的理由")
_DIVISION = {"type": "string", "description": "所在区划代码"}


def _body(required: tuple[str, ...], members: Json, **told: object) -> Json:
    """Body of JSON with its ``example``, or with ``examples`` by their titles."""
    schema: Json = {"type": "object", "additionalProperties": False, "properties": members}
    if required:
        schema["required"] = list(required)
    return {"required": True, "content": {"application/json": {"schema": schema, **told}}}


_NAMING = _body(
    ("properties",),
    {
        "properties": _PROPERTIES,
        "geometry": _GEOMETRY,
        "reason": _REASON,
        "level": _LEVEL,
        "sector": _text("行业主管部门，如 交通运输"),
        "edit": _EDIT,
    },
    example={
        "properties": {
            "name": "揽月路",
            "kind": "street",
            "division": "411702",
            "builtup_area": "驿城区城区",
            "meaning": "取“可上九天揽月”之意",
        },
        "geometry": _ROAD,
        "reason": "新建道路，西起文明大道，东至乐山大道",
        "level": "county",
        "edit": _WHO,
    },
)
_RENAMING = _body(
    ("properties",),
    {
        "properties": _PROPERTIES,
        "geometry": _GEOMETRY,
        "reason": _REASON,
        "level": _LEVEL,
        "sector": _text("更名不用"),
        "edit": _EDIT,
    },
    example={
        "properties": {"name": "旭日路"},
        "reason": "与同一建成区的道路同音，群众常有误认",
        "edit": _SEEN,
    },
)
_RETIRING = _body(
    ("reason",),
    {"reason": _REASON, "level": _LEVEL, "edit": _EDIT},
    example={"reason": "道路因旧城改造已不存在", "level": "county", "edit": _SEEN},
)
_REDRAFT = _body(
    (),
    {"properties": _PROPERTIES, "geometry": _GEOMETRY, "reason": _REASON, "edit": _EDIT},
    example={
        "properties": {"name": "晨光路", "meaning": "寓意晨光初照"},
        "edit": _SEEN,
    },
)
_CHECKING = _body(
    (),
    {
        "justification": _text("须说明理由的问题的说明"),
        "person_link": _flag("与人名有无特定联系"),
        "enterprise_link": _flag("与企业有无特定联系"),
        "reason": _text("判断有无联系的依据"),
        "edit": _EDIT,
    },
    example={
        "justification": "“晨光”为常用词，与企业名称无关",
        "enterprise_link": False,
        "reason": "命名方案说明取意于地处城东，早于该企业设立",
        "edit": _SEEN,
    },
)
_TICKING = _body(
    ("materials",),
    {
        "materials": {
            "type": "array",
            "items": {"type": "string"},
            "description": "齐备的材料代码，以所给为准；清单见案卷的 materials",
        },
        "edit": _EDIT,
    },
    example={"materials": ["plan", "reasons", "entity_description"], "edit": _SEEN},
)
_DEEDS: Mapping[str, Mapping[str, object]] = {
    "报批": {"on": "2026-08-20", "number": "驻民〔2026〕12号"},
    "批准": {
        "on": "2026-09-01",
        "number": "驿政文〔2026〕8号",
        "title": "关于命名揽月路的批复",
        "approver": "county_government",
    },
    "退回": {"on": "2026-09-01", "reason": "走向说明与附图不一致"},
    "备案": {"on": "2026-09-10", "number": "驿民〔2026〕15号"},
    "公告": {"on": "2026-09-10", "number": "驿民公告〔2026〕3号"},
    "发布": {"on": "2026-09-11"},
}
_STEP = _body(
    (),
    {
        "on": _day("哪一天办的；默认今天"),
        "number": _text("文号"),
        "dated": _day("文件日期；默认同 on"),
        "title": _text("文件题名"),
        "approver": {**_one_of(Body, "批准机关；只用于 approval"), "nullable": True},
        "reason": _text("退回的理由"),
        "entry_version": {
            "type": "integer",
            "nullable": True,
            "description": "发布时：条目在办理期间另有更正的，写核对过的条目版本；不写为 412",
        },
        "edit": _EDIT,
    },
    examples={
        title: {"summary": title, "value": {**deed, "edit": _SEEN}}
        for title, deed in _DEEDS.items()
    },
)
_CORRECTION = _body(
    (),
    {"properties": _PROPERTIES, "geometry": _GEOMETRY, "edit": _EDIT},
    example={
        "properties": {
            "meaning": "取自“可上九天揽月”",
            "other_names": [{"name": "规划二十三路", "kind": "former", "valid_to": "2026-09-01"}],
        },
        "edit": {**_WHO, "valid_from": "2026-09-01", "version": 3},
    },
)
_REVERSION = _body(
    ("to_version",),
    {"to_version": {"type": "integer", "description": "恢复到哪一版"}, "edit": _EDIT},
    example={"to_version": 1, "edit": _SEEN},
)
_ROMANISING = _body(
    ("name", "kind"),
    {
        "name": {"type": "string", "description": "地名"},
        "kind": _KIND,
        "reading": _text("逐字音节，以空格分开"),
        "digits": _one_of(DigitsPolicy, "数字的写法；默认 auto"),
        "division": _DIVISION,
    },
    example={"name": "嵖岈山镇", "kind": "township", "division": "411722"},
)
_PROCEDURE = _body(
    ("kind", "action"),
    {
        "kind": _KIND,
        "action": _one_of(Action, "命名、更名或注销"),
        "level": _LEVEL,
        "famous": _flag("是否著名实体"),
        "sector": _text("行业主管部门"),
        "division": _DIVISION,
        "approved_by": _one_of(Body, "批准机关"),
        **{
            name: _day(title)
            for name, title in (
                ("approved_on", "批准日期"),
                ("filed_on", "备案日期"),
                ("announced_on", "公告日期"),
                ("today", "哪一天问；默认今天"),
            )
        },
    },
    example={
        "kind": "street",
        "action": "naming",
        "level": "county",
        "division": "411702",
        "approved_on": "2026-09-01",
    },
)
_PROPOSED = _body(
    ("name", "kind", "division"),
    {
        "name": {"type": "string", "description": "拟用地名"},
        "kind": _KIND,
        "division": _DIVISION,
        "builtup_area": _text("所在建成区：街路巷、住宅区按它比对"),
        "famous": _flag("是否著名实体"),
        "reading": _text("逐字音节，以空格分开"),
        "person_link": _flag("与人名有无特定联系"),
        "enterprise_link": _flag("与企业有无特定联系"),
        "reason": _text("判断有无联系的依据"),
        "on": _day("按哪一天的规定；默认今天"),
        "apart_from": _text("不与这个编号的条目比对"),
    },
    example={
        "name": "揽玥路",
        "kind": "street",
        "division": "411702",
        "builtup_area": "驿城区城区",
    },
)
_TEXT = _body(
    ("text",),
    {"text": {"type": "string", "maxLength": 200_000, "description": "文稿"}},
    example={"text": "工程位于查岈山镇以东，沿揽月路至驻马店地区汽车站。"},
)

NAME_BODIES: Mapping[tuple[str, str], Json] = {
    ("post", "/place-names/cases"): _NAMING,
    ("post", "/place-names/{place_id}/renamings"): _RENAMING,
    ("post", "/place-names/{place_id}/retirings"): _RETIRING,
    ("patch", "/place-names/cases/{case_id}"): _REDRAFT,
    ("post", "/place-names/cases/{case_id}/check"): _CHECKING,
    ("put", "/place-names/cases/{case_id}/materials"): _TICKING,
    ("post", "/place-names/cases/{case_id}/steps/{step}"): _STEP,
    ("post", "/place-names/{place_id}/corrections"): _CORRECTION,
    ("post", "/place-names/{place_id}/reversions"): _REVERSION,
    ("post", "/place-names/romanize"): _ROMANISING,
    ("post", "/place-names/procedure"): _PROCEDURE,
    ("post", "/place-names/check"): _PROPOSED,
    ("post", "/place-names/text"): _TEXT,
}
"""Body of each operation that takes JSON, by method and address."""

VERSIONED = frozenset(key for key in NAME_BODIES if "{" in key[1]) | {
    ("post", "/place-names/{place_id}/attachments"),
    ("post", "/place-names/cases/{case_id}/attachments"),
    ("post", "/place-names/signs/{sign_id}/photo"),
}
"""Operations that must say which version they were made from."""
