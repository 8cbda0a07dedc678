"""One cell's text to a typed value, or why not: numbers, dates, choices, codes."""

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Protocol

__all__ = ["Parsed", "Property", "degrees", "parser_for"]


class Property(Protocol):
    """What is known of one property of a collection."""

    @property
    def name(self) -> str:
        """Name of the typed column."""

    @property
    def title(self) -> str:
        """Chinese title."""

    @property
    def type(self) -> str:
        """One of string, integer, number, boolean, date."""

    @property
    def unit(self) -> str:
        """Unit, empty where there is none."""

    @property
    def required(self) -> bool:
        """Whether every row needs a value."""

    @property
    def headers(self) -> tuple[str, ...]:
        """Further headers that stand for it."""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Values of a closed list with their Chinese labels."""

    @property
    def synonyms(self) -> tuple[tuple[str, str], ...]:
        """Further words for a value of the list, each with the value."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, or None; an error that stops the import; or a note on how it was read."""

    value: str | int | float | bool | None
    error: str = ""
    note: str = ""


_EMPTY = frozenset({"", "null", "none", "nan", "nat", "n/a", "-", "--", "—", "——", "/", "\\"})
_EMPTY_ZH = frozenset({"无", "暂无", "不详", "未知", "空", "待定", "未统计"})
_EXCEL_ERRORS = ("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#N/A", "#NUM!", "#NULL!")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\xad\x00-\x08\x0b-\x1f]")
_CODE = re.compile(r"[0-9A-Za-z._\-]+")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}")
_WHOLE_AS_FLOAT = re.compile(r"\d{4,}\.0")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"([-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*)", re.DOTALL)
_UNITS = {
    "m²": frozenset({"m2", "m^2", "平方米", "平米", "平方", "㎡", "sqm"}),
    "亩": frozenset({"亩"}),
    "户": frozenset({"户", "家"}),
    "人": frozenset({"人", "名", "位"}),
    "张": frozenset({"张", "个", "床", "张床"}),
    "年": frozenset({"年", "年度"}),
}
_COUNTERS = frozenset({"个", "处", "座", "所", "家", "套", "间"})
_TRUE = frozenset({"是", "有", "true", "t", "yes", "y", "1", "√", "✓", "对", "已"})
_FALSE = frozenset({"否", "无", "没有", "false", "f", "no", "n", "0", "×", "✗", "x", "错", "未"})
_TEN_THOUSAND = "万"
_MAX_YEAR, _MIN_YEAR = 2200, 1800
_EXCEL_FIRST, _EXCEL_LAST = 20_000, 80_000
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
_DATE = re.compile(
    r"(\d{4})\s*[年./\-]\s*(\d{1,2})(?:\s*[月./\-]\s*(\d{1,2})\s*日?|\s*月)?"
    r"(?:[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?.*)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(r"(\d{4})\s*年?")
_DEGREES = re.compile(
    r"([-+]?)(\d{1,3})\s*[°度]\s*(\d{1,2}(?:\.\d+)?)\s*[′'’‘分]"
    r"\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[″\"”“秒]|''|′′)?)?"
)
_HEMISPHERE = re.compile(r"[NSEWnsew北南东西][经纬]?")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip()


def _is_empty(text: str) -> bool:
    return text.casefold() in _EMPTY


def _excel_error(text: str) -> str:
    if text.upper() in _EXCEL_ERRORS:
        return f"公式出错（{text}）：请在表格里改正公式"
    return ""


def _string(text: str) -> Parsed:
    """Text without blanks around it; codes in half-width digits."""
    plain = _INVISIBLE.sub("", text).strip().strip("\u3000")
    folded = _folded(plain)
    if _is_empty(folded):
        return Parsed(None)
    if error := _excel_error(folded):
        return Parsed(None, error)
    compact = re.sub(r"\s", "", folded)
    if _SCIENTIFIC.fullmatch(compact):
        return Parsed(
            None,
            "长数字已被表格软件改成科学计数，末尾几位丢失：请把该列设为“文本”后重新填写",
        )
    if _WHOLE_AS_FLOAT.fullmatch(compact):
        return Parsed(compact.removesuffix(".0"))
    return Parsed(compact if _CODE.fullmatch(compact) and " " not in plain else plain)


def _number(text: str, prop: Property) -> Parsed:
    folded = _folded(text)
    if _is_empty(folded) or folded in _EMPTY_ZH:
        return Parsed(None)
    if error := _excel_error(folded):
        return Parsed(None, error)
    found = _NUMBER.fullmatch(folded)
    if found is None:
        return Parsed(None, "不是确定的数字：请填一个阿拉伯数字")
    digits, suffix = found.group(1), re.sub(r"\s", "", found.group(2)).casefold()
    if "," in digits and not _GROUPED.fullmatch(digits):
        return Parsed(None, "逗号的位置不像千位分隔：请填不带逗号的数字")
    try:
        value = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return Parsed(None, "不是确定的数字：请填一个阿拉伯数字")
    return _with_unit(value, suffix, prop)


def _with_unit(value: Decimal, suffix: str, prop: Property) -> Parsed:
    if suffix.startswith(_TEN_THOUSAND):
        value, suffix = value * 10_000, suffix.removeprefix(_TEN_THOUSAND)
    if suffix == "%" != prop.unit:
        return Parsed(None, f"{prop.title}不应是百分数：请填{prop.unit or '数字'}")
    own = _UNITS.get(prop.unit, frozenset({prop.unit.casefold()})) | _COUNTERS
    if suffix and suffix not in own:
        return Parsed(None, f"单位“{suffix}”与{prop.title}不符：请填以{prop.unit or '数'}计的数字")
    if value < 0:
        return Parsed(None, f"{prop.title}不能是负数")
    return _whole(value, prop) if prop.type == "integer" else Parsed(float(value))


def _whole(value: Decimal, prop: Property) -> Parsed:
    if value != value.to_integral_value():
        return Parsed(None, f"{prop.title}应为整数")
    if value > 10**15:
        return Parsed(None, f"{prop.title}过大：请核对")
    return Parsed(int(value))


def _year(text: str, prop: Property) -> Parsed:
    """A year, also out of a whole date."""
    folded = _folded(text)
    found = _YEAR.fullmatch(folded)
    if found is None and (_DATE.fullmatch(folded) or _COMPACT.fullmatch(folded)):
        day = _date(text)
        return Parsed(int(str(day.value)[:4]), note="只取年份") if day.value else day
    parsed = Parsed(int(found.group(1))) if found else _number(text, prop)
    year = parsed.value
    if isinstance(year, int) and not _MIN_YEAR <= year <= _MAX_YEAR:
        return Parsed(None, f"{prop.title}应为四位数的年份，如 2015")
    return parsed


def _date(text: str) -> Parsed:
    """A day as YYYY-MM-DD; a month or year alone stands for its first day, with a note."""
    folded = _folded(text)
    if _is_empty(folded) or folded in _EMPTY_ZH:
        return Parsed(None)
    if error := _excel_error(folded):
        return Parsed(None, error)
    if folded.isdigit() and _EXCEL_FIRST <= int(folded) <= _EXCEL_LAST and len(folded) == 5:
        day = _EXCEL_DAY_ZERO + dt.timedelta(days=int(folded))
        return Parsed(day.isoformat(), note=f"按 Excel 日期序号读作 {day.isoformat()}")
    found = _COMPACT.fullmatch(folded) or _DATE.fullmatch(folded)
    if found:
        return _day(found.group(1), found.group(2), found.group(3))
    if year := _YEAR.fullmatch(folded):
        return _day(year.group(1), None, None)
    return Parsed(None, "不是能确定的日期：请写成 2020-05-01")


def _day(year: str, month: str | None, day: str | None) -> Parsed:
    try:
        value = dt.date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return Parsed(None, "没有这一天：请核对日期")
    if day:
        return Parsed(value)
    given = "年月" if month else "年份"
    return Parsed(value, note=f"只有{given}，按 {value} 记")


def _boolean(text: str) -> Parsed:
    folded = _folded(text).casefold()
    if folded in _EMPTY and folded not in _FALSE:
        return Parsed(None)
    if folded in _TRUE or folded in _FALSE:
        return Parsed(folded in _TRUE)
    return Parsed(None, "请填“是”或“否”")


def _choice(text: str, known: Mapping[str, str], labels: Sequence[str]) -> Parsed:
    folded = _folded(text)
    if _is_empty(folded):
        return Parsed(None)
    value = known.get(_key(folded))
    if value is not None:
        return Parsed(value)
    near = difflib.get_close_matches(folded, labels, n=1, cutoff=0.5)
    hint = f"最接近的是“{near[0]}”" if near else f"可填：{'、'.join(labels[:8])}"
    return Parsed(None, f"不在可选值之中；{hint}")


def _key(text: str) -> str:
    return re.sub(r"[\s()_\-、/]", "", unicodedata.normalize("NFKC", text)).casefold()


def parser_for(prop: Property) -> Callable[[str], Parsed]:
    """Reader of one cell's text into the type of `prop`."""
    if prop.choices:
        known = {_key(value): value for value, _ in prop.choices}
        known |= {_key(label): value for value, label in prop.choices}
        known |= {_key(word): value for word, value in prop.synonyms}
        labels = [label for _, label in prop.choices]
        return lambda text: _choice(text, known, labels)
    if prop.type in ("integer", "number"):
        reader = _year if prop.unit == "年" else _number
        return lambda text: reader(text, prop)
    readers: dict[str, Callable[[str], Parsed]] = {"date": _date, "boolean": _boolean}
    return readers.get(prop.type, _string)


def degrees(text: str, letters: Collection[str]) -> Parsed:
    """Longitude or latitude in degrees, from 114.02, 114°01′12″ or 东经114度1分12秒.

    Parameters
    ----------
    text
        The cell.
    letters
        Hemisphere letters that fit: ``E W 东 西`` for a longitude.
    """
    folded = _folded(text)
    if _is_empty(folded):
        return Parsed(None)
    if error := _excel_error(folded):
        return Parsed(None, error)
    marks = _HEMISPHERE.findall(folded)
    if any(mark[0].upper() not in letters for mark in marks):
        return Parsed(None, "经度和纬度填反了：请对调这两列")
    bare = _HEMISPHERE.sub("", folded).strip(" :°度")
    sign = -1 if any(mark[0].upper() in "SW南西" for mark in marks) else 1
    found = _DEGREES.fullmatch(bare)
    if found:
        minutes, seconds = float(found.group(3)), float(found.group(4) or 0)
        if minutes >= 60 or seconds >= 60:
            return Parsed(None, "分和秒应小于 60")
        sign = -1 if found.group(1) == "-" else sign
        value = int(found.group(2)) + minutes / 60 + seconds / 3600
        return Parsed(sign * value, note="度分秒已换算为度")
    try:
        return Parsed(sign * float(bare))
    except ValueError:
        return Parsed(None, "不是坐标：请填以度为单位的小数，如 114.0221")
