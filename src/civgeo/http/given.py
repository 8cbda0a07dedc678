"""Members of a request's body as texts, days and lists."""

from datetime import date

import orjson
from fastapi import Response

from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.http.preconditions import version_tag
from civgeo.http.writing import JsonObject

__all__ = ["day_in", "flag_in", "json_answer", "needed_text", "number_in", "text_in", "texts_in"]

LONGEST = 4_000


def text_in(body: JsonObject, name: str) -> str:
    """Text of a member, empty where it is left out; raises InvalidInput for anything else."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise InvalidInput(f"{name} 应为不超过 {LONGEST} 个字的文字", code="bad_type")
    return value


def needed_text(body: JsonObject, name: str) -> str:
    """Text of a member that must be there; raises InvalidInput without one."""
    found = text_in(body, name)
    if not found.strip():
        raise InvalidInput(f"请求内容缺少 {name}", code="missing_key")
    return found


def day_in(body: JsonObject, name: str) -> date | None:
    """Day YYYY-MM-DD of a member, None where it is left out; raises InvalidInput."""
    text = text_in(body, name)
    return parse_day(text, name) if text else None


def number_in(body: JsonObject, name: str) -> int | None:
    """Whole number of a member, None where it is left out; raises InvalidInput."""
    value = body.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise InvalidInput(f"{name} 应为整数，收到“{str(value)[:40]}”", code="bad_type")


def flag_in(body: JsonObject, name: str) -> bool:
    """True or false of a member, false where it is left out; raises InvalidInput."""
    value = body.get(name, False)
    if isinstance(value, bool):
        return value
    raise InvalidInput(f"{name} 应为 true 或 false", code="bad_type")


def texts_in(body: JsonObject, name: str) -> tuple[str, ...]:
    """Texts of a list, none where it is left out; raises InvalidInput."""
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidInput(f"{name} 应为文字的列表", code="bad_type")
    return tuple(value)


def json_answer(found: object, version: int | None = None) -> Response:
    """A document as JSON that nobody keeps; with the version's tag where there is one."""
    content = orjson.dumps(found)
    headers = {"Cache-Control": "no-store"}
    if version is not None:
        headers["ETag"] = version_tag(version, content)
    return Response(content, media_type="application/json", headers=headers)
