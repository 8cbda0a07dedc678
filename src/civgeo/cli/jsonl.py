"""JSON lines: one question a line in, one answer a line out, in the same order.

The rules of the public contract: numbers are read exactly, an unknown key is an error that names
it, an ``id`` is echoed, and a line that cannot be answered gives an error for that line only.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO

import typer

from civgeo.domain.fields import Fields
from civgeo.errors import CivgeoError, InvalidInput, StoreUnavailable

__all__ = ["Answer", "Fields", "answer_lines", "run_lines"]

Answer = Mapping[str, object]

LONGEST_ID = 4_000


def answer_lines(
    lines: Iterator[bytes], known: frozenset[str], answer: Callable[[Fields], Answer]
) -> Iterator[tuple[str, bool]]:
    """Answers to `lines`, each with whether it could be given; blank lines are skipped."""
    for number, raw in enumerate(lines):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 0 else raw
        if line.strip():
            yield _answer_line(line, known, answer)


def _answer_line(
    line: bytes, known: frozenset[str], answer: Callable[[Fields], Answer]
) -> tuple[str, bool]:
    echo: dict[str, object] = {}
    try:
        values = _parse(line)
        if "id" in values:
            echo["id"] = _echo(values.pop("id"))
        result = {**echo, **answer(Fields(values, known))}
        return _dump(result), True
    except StoreUnavailable:
        raise
    except CivgeoError as error:
        result = {**echo, "status": "error", "code": error.code, "reason": error.message}
        return _dump(result), False


def _parse(line: bytes) -> dict[str, object]:
    try:
        value = json.loads(
            line.decode("utf-8"),
            parse_float=_decimal,
            parse_int=_bounded_int,
            parse_constant=_no_constant,
            object_pairs_hook=_unique_keys,
        )
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"不是 UTF-8 文本（第 {error.start + 1} 字节）", code="bad_json"
        ) from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"不是 JSON(第 {error.colno} 列):{error.msg}", code="bad_json") from None
    except RecursionError:
        raise InvalidInput("JSON 嵌套过深", code="bad_json") from None
    if not isinstance(value, dict):
        raise InvalidInput("每行应为一个 JSON 对象", code="bad_json")
    return value


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"数字 {text[:40]} 的指数超出范围", code="bad_number") from None


def _bounded_int(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= 20 else Decimal(digits)


def _no_constant(name: str) -> object:
    raise InvalidInput(f"数字不能是 {name}", code="bad_number")


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise InvalidInput(f"键 {key[:40]!r} 出现了两次", code="duplicate_key")
        found[key] = value
    return found


def _echo(value: object) -> object:
    """The ``id`` as it came in."""
    if isinstance(value, Decimal):
        if value.as_tuple().exponent == 0 and value.adjusted() < LONGEST_ID:
            return int(value)
        return float(value) if abs(value.adjusted()) < 300 else str(value)
    if value is None or isinstance(value, str | int):
        return value
    raise InvalidInput("id 应为字符串或数字", code="bad_type")


def _dump(result: Mapping[str, object]) -> str:
    text = json.dumps(result, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _opened(source: str) -> AbstractContextManager[BinaryIO]:
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise InvalidInput(f"打不开输入文件 {source}：{error.strerror}", code="bad_file") from None


def run_lines(
    source: str,
    known: frozenset[str],
    answer: Callable[[Fields], Answer],
    *,
    is_finding: Callable[[Answer], bool] | None = None,
) -> None:
    """Answer every line of file `source` (``-`` for standard input) on standard output.

    Parameters
    ----------
    source, known, answer
        The file, the keys of a question, and the rule.
    is_finding
        Whether an answer is a finding, where findings decide the exit code.

    Raises
    ------
    typer.Exit
        With code 3 when some line could not be answered, else 1 when some answer is a finding.
    """
    complete, found = True, False

    def observed(fields: Fields) -> Answer:
        nonlocal found
        given = answer(fields)
        found = found or (is_finding is not None and is_finding(given))
        return given

    with _opened(source) as stream:
        for text, answered in answer_lines(iter(stream), known, observed):
            sys.stdout.buffer.write(text.encode("utf-8") + b"\n")
            sys.stdout.buffer.flush()
            complete = complete and answered
    if not complete:
        raise typer.Exit(3)
    if found:
        raise typer.Exit(1)
