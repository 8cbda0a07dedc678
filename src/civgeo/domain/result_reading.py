"""Results from the field read out of plain values: what fits is taken, the rest is told.

Nothing is guessed: a cell that cannot be read leaves its answer empty and gives a finding with the
text as it stands.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import TypeVar

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.clock import BEIJING
from civgeo.domain.field_form import ACTIONS, PHOTO_SLOTS, QUESTIONS, STATES, WITNESSES
from civgeo.domain.field_results import (
    FieldFile,
    FileHead,
    MarkerResult,
    Photo,
    ResultFault,
    ResultFinding,
    SegmentResult,
    WitnessCheck,
)
from civgeo.domain.round_forms import MarkerAction

__all__ = ["day_in", "field_file"]

LONGEST_TEXT, LONGEST_NAME, MOST_ITEMS, MOST_PHOTOS = 2_000, 200, 5_000, 60
_DAY = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:日|[T ].*)?")
_ZONED = re.compile(r"[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})$")
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,12})?")
_YES = frozenset({"yes", "true", "是", "有", "1", "√", "✓", "☑"})
_NO = frozenset({"no", "false", "否", "无", "0", "×", "✗", "☐"})
_STATES = {word: MarkerState(value) for value, label in STATES for word in (value, label)}
_ACTIONS = {word: MarkerAction(value) for value, label in ACTIONS for word in (value, label)}
_SLOTS = {word: slot for slot, label in PHOTO_SLOTS for word in (slot, label)}
_HEAD = frozenset(
    ("format", "package", "line", "round", "side", "inspector", "datum", "saved_at")
) | {"markers", "segments"}
_MARKER = frozenset(item.name for item in fields(MarkerResult))
_SEGMENT = frozenset(("place", "segment", "name", "inspected_on", "answers", "remark"))
_WITNESS = frozenset(item.name for item in fields(WitnessCheck))

_Choice = TypeVar("_Choice")
Values = Mapping[str, object]


def field_file(raw: Values) -> FieldFile:
    """Results that the plain values of a file of ``civgeo-results/1`` hold.

    Parameters
    ----------
    raw
        As JSON gives it; each item may have ``place``, where it stands in its carrier. Texts are
        taken for numbers, days, choices and yes or no where they can be read as such, in machine
        words or as the forms label them.
    """
    reader = _Reader()
    head = reader.head(raw)
    markers = [reader.marker(item) for item in reader.items(raw, "markers")]
    segments = [reader.segment(item) for item in reader.items(raw, "segments")]
    every: list[MarkerResult | SegmentResult] = [*markers, *segments]
    for item in every:
        if not item.is_filled and item.inspected_on is not None:
            text = "只写了日期，没有任何检查内容，不算一条记录"
            reader.tell(ResultFault.DATE_ONLY, item.place, item.subject, item.inspected_on, text)
    filled = tuple(item for item in markers if item.is_filled)
    seen = tuple(item for item in segments if item.is_filled)
    empty = len(markers) + len(segments) - len(filled) - len(seen)
    return FieldFile(head, filled, seen, empty, tuple(reader.findings))


def day_in(value: object) -> date | None:
    """Day that a text writes (2026-05-20, 2026/5/20, 2026年5月20日, a moment), else None.

    A moment that names its zone is of the day that it is in China then.
    """
    text = _plain(value)
    moment = _moment(text)
    if moment is not None:
        return moment.date()
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """A moment with its zone, else None."""
    try:
        found = datetime.fromisoformat(text) if _ZONED.search(text) else None
        return None if found is None else found.astimezone(BEIJING)
    except (ValueError, OverflowError):
        return None


def _plain(value: object) -> str:
    """Text of a cell without outer blanks, full-width signs as ASCII; empty for null."""
    if value is None or isinstance(value, dict | list):
        return ""
    return unicodedata.normalize("NFKC", str(value)[: LONGEST_TEXT + 1]).strip()


class _Reader:
    """Reads values and keeps what could not be read."""

    def __init__(self) -> None:
        self.findings: list[ResultFinding] = []
        self._at = ("", "")

    def tell(self, fault: ResultFault, place: str, subject: str, raw: object, text: str) -> None:
        """Keep a finding."""
        self.findings.append(ResultFinding.of(fault, place, subject, raw, text))

    def _odd(self, key: str, raw: object, expected: str) -> None:
        place, subject = self._at
        where = f"{place}.{key}" if place else key
        text = f"{key} 应为{expected}，没有采用；其余内容照收。请改正后再导入，或按原件补记"
        self.tell(ResultFault.UNREADABLE, where, subject, raw, text)

    def _strange(self, given: Values, known: frozenset[str]) -> None:
        place, subject = self._at
        for key in sorted(set(given) - known)[:20]:
            text = f"不认识的内容 {key[:60]}，没有采用；原文件已留存"
            self.tell(ResultFault.UNKNOWN_KEY, place, subject, given[key], text)

    def head(self, raw: Values) -> FileHead:
        """What the file says of itself."""
        self._at = ("", "")
        self._strange(raw, _HEAD)
        number = self._number(raw, "round")
        whole = number is not None and number.is_integer() and 0 <= number < 1000
        if number is not None and not whole:
            self._odd("round", raw["round"], "轮次的整数")
        saved = raw.get("saved_at")
        return FileHead(
            package=self._text(raw, "package", LONGEST_NAME) or "",
            line=self._text(raw, "line", LONGEST_NAME) or "",
            round=int(number) if number is not None and whole else None,
            side=self._text(raw, "side", LONGEST_NAME) or "",
            inspector=self._text(raw, "inspector", LONGEST_NAME) or "",
            datum=self._text(raw, "datum", LONGEST_NAME) or "",
            saved_on=None if saved is None else day_in(saved),
        )

    def items(self, raw: Values, key: str) -> Iterator[Values]:
        """Objects of a list; what is none is told."""
        given = raw.get(key, [])
        if not isinstance(given, list):
            self._at = ("", "")
            self._odd(key, given, "列表")
            return
        for count, item in enumerate(given):
            self._at = (f"{key}[{count}]", "")
            if count >= MOST_ITEMS:
                self._odd(key, f"{len(given)} 项", f"不超过 {MOST_ITEMS} 项的列表")
                return
            if isinstance(item, dict):
                yield {"place": f"{key}[{count}]", **item}
            else:
                self._odd(key, item, "JSON 对象")

    def marker(self, item: Values) -> MarkerResult:
        """One marker."""
        place = str(item["place"])[:LONGEST_NAME]
        self._at = (place, "")
        number = self._text(item, "number", LONGEST_NAME) or ""
        marker = self._text(item, "marker", LONGEST_NAME) or ""
        self._at = (place, number or marker)
        self._strange(item, _MARKER)
        return MarkerResult(
            place=place,
            marker=marker,
            number=number,
            inspected_on=self._day(item),
            state=self._choice(item, "state", _STATES),
            actions=self._actions(item),
            longitude=self._number(item, "longitude"),
            latitude=self._number(item, "latitude"),
            height_m=self._number(item, "height_m"),
            witnesses=tuple(self._witnesses(item)),
            photos=tuple(self._photos(item)),
            remark=self._text(item, "remark", LONGEST_TEXT),
            shape=self._shape(item),
        )

    def segment(self, item: Values) -> SegmentResult:
        """One segment."""
        place = str(item["place"])[:LONGEST_NAME]
        self._at = (place, "")
        name = self._text(item, "name", LONGEST_NAME) or ""
        segment = self._text(item, "segment", LONGEST_NAME) or ""
        self._at = (place, name or segment)
        self._strange(item, _SEGMENT)
        given = item.get("answers") or {}
        if not isinstance(given, dict):
            self._odd("answers", given, "JSON 对象")
            given = {}
        keys = [key for key, _ in QUESTIONS]
        self._strange(given, frozenset({*keys, "note"}))
        return SegmentResult(
            place=place,
            segment=segment,
            name=name,
            inspected_on=self._day(item),
            answers=tuple((key, self._flag(given, key)) for key in keys),
            note=self._text(given, "note", LONGEST_TEXT),
            remark=self._text(item, "remark", LONGEST_TEXT),
        )

    def _text(self, item: Values, key: str, longest: int) -> str | None:
        given = item.get(key)
        if given is None or (isinstance(given, str) and not given.strip()):
            return None
        text = str(given)
        if isinstance(given, bool | dict | list) or len(text) > longest:
            self._odd(key, given, f"不超过 {longest} 字的文字")
            return None
        return "".join(char for char in text.strip() if char.isprintable() or char == "\n")

    def _day(self, item: Values) -> date | None:
        given = item.get("inspected_on")
        found = day_in(given)
        if found is None and _plain(given):
            self._odd("inspected_on", given, "日期，如 2026-05-20")
        return found

    def _number(self, item: Values, key: str) -> float | None:
        given = item.get(key)
        text = _plain(given)
        if given is None or (isinstance(given, str) and not text):
            return None
        if isinstance(given, float | int) and not isinstance(given, bool):
            if abs(given) < 1e12 and math.isfinite(given):
                return float(given)
        elif isinstance(given, str) and _NUMBER.fullmatch(text):
            return float(text)
        self._odd(key, given, "数字")
        return None

    def _choice(self, item: Values, key: str, words: Mapping[str, _Choice]) -> _Choice | None:
        given = item.get(key)
        text = _plain(given)
        if isinstance(given, dict | list) or (text and text not in words):
            self._odd(key, given, "、".join(words))
            return None
        return words.get(text)

    def _flag(self, item: Values, key: str) -> bool | None:
        given = item.get(key)
        if given is None or isinstance(given, bool):
            return given
        text = _plain(given).lower()
        if text in _YES or text in _NO:
            return text in _YES
        if text or isinstance(given, dict | list):
            self._odd(key, given, "是或否")
        return None

    def _list(self, item: Values, key: str, most: int) -> Sequence[object]:
        given = item.get(key)
        if given is None:
            return ()
        if not isinstance(given, list) or len(given) > most:
            self._odd(key, given, f"不超过 {most} 项的列表")
            return ()
        return given

    def _actions(self, item: Values) -> tuple[MarkerAction, ...]:
        found: set[MarkerAction] = set()
        for given in self._list(item, "actions", len(ACTIONS) + 1):
            text = _plain(given)
            if text in _ACTIONS:
                found.add(_ACTIONS[text])
            elif text not in (MarkerAction.NONE, MarkerAction.NONE.label_zh):
                self._odd("actions", given, "、".join(label for _, label in ACTIONS))
        return tuple(action for action in MarkerAction if action in found)

    def _witnesses(self, item: Values) -> Iterator[WitnessCheck]:
        for given in self._objects(item, "witnesses", 2 * WITNESSES):
            self._strange(given, _WITNESS)
            yield WitnessCheck(
                self._text(given, "name", LONGEST_NAME) or "",
                self._flag(given, "found"),
                self._text(given, "grid_azimuth", 40),
                self._text(given, "distance_m", 40),
            )

    def _photos(self, item: Values) -> Iterator[Photo]:
        for given in self._objects(item, "photos", MOST_PHOTOS):
            slot, name = self._choice(given, "slot", _SLOTS), self._text(given, "name", 200)
            if slot is not None and name is not None:
                yield Photo(slot, name)

    def _objects(self, item: Values, key: str, most: int) -> Iterator[Values]:
        for given in self._list(item, key, most):
            if isinstance(given, dict):
                yield given
            else:
                self._odd(key, given, "JSON 对象")

    def _shape(self, item: Values) -> tuple[float, float] | None:
        given = item.get("shape")
        if not isinstance(given, list) or len(given) != 2:
            return None
        lon, lat = (_finite(value) for value in given)
        return None if lon is None or lat is None else (lon, lat)


def _finite(value: object) -> float | None:
    plain = isinstance(value, float | int) and not isinstance(value, bool)
    return float(str(value)) if plain and math.isfinite(float(str(value))) else None
