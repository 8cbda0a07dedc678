"""Inside the jail: JSON from outside, strictly: no depth, no doubled keys, no NaN."""

import json
from pathlib import Path
from typing import Any, NoReturn

from civgeo.errors import ImportRejected

__all__ = ["MOST_JSON_BYTES", "strict_json"]

MOST_JSON_BYTES = 5 * 1024**2
DEEPEST = 12
MOST_DIGITS = 300


def strict_json(path: Path) -> dict[str, Any]:
    """The object that a JSON file holds.

    Raises
    ------
    ImportRejected
        When the file is too large, is no UTF-8 or no JSON, is nested more than 12 deep, holds a key
        twice in one object (nobody can say which is meant), a number that is none, or no object.
    """
    size = path.stat().st_size
    if size > MOST_JSON_BYTES:
        text = f"结果文件有 {size / 1024**2:.1f} MB，最多 {MOST_JSON_BYTES // 1024**2} MB"
        raise ImportRejected(f"{text}：请核对是否为外业结果文件", code="file_too_large")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _broken("文字不是 UTF-8") from None
    _refuse_deep(text)
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise _broken(f"第 {error.lineno} 行第 {error.colno} 个字符起不是 JSON") from None
    if not isinstance(found, dict):
        raise _broken("最外层应为 JSON 对象")
    return found


def _broken(what: str) -> ImportRejected:
    return ImportRejected(f"结果文件读不出来：{what}。请重新保存后再导入。", code="bad_json")


def _refuse_deep(text: str) -> None:
    """Refuse more levels than results have, before the parser meets them."""
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > DEEPEST:
                raise ImportRejected(
                    f"结果文件的嵌套超过 {DEEPEST} 层，不是外业结果文件", code="nested_too_deep"
                )
        elif char in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            text = f"结果文件里同一对象两次写了“{key[:60]}”，不知以哪个为准：请改正后再导入"
            raise ImportRejected(text, code="duplicate_key")
        found[key] = value
    return found


def _constant(word: str) -> NoReturn:
    raise ImportRejected(f"结果文件里的 {word} 不是数字：请改正后再导入", code="bad_number")


def _integer(digits: str) -> int | float:
    if len(digits) > MOST_DIGITS:
        raise ImportRejected("结果文件里有过长的数字：请改正后再导入", code="bad_number")
    return int(digits)
