"""Query parameters of OGC API - Features, read into typed values."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime

from fastapi import Request

from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput
from civgeo.http.context import BEIJING
from civgeo.services.feature_schema import CollectionSchema, PropertySchema, PropertyType
from civgeo.services.periods import Period
from civgeo.store.reading import Scalar
from civgeo.store.sqlite import Box

__all__ = ["PAGING", "property_filters", "read_bbox", "read_day", "read_period"]

PAGING = ("f", "lang", "limit", "offset", "after", "bbox", "datetime")
"""Parameters of every list of features."""

_LARGEST_INTEGER = 2**63
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
"""GDAL writes 1 and 0."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def read_bbox(text: str | None) -> Box | None:
    """Box of ``bbox``: four numbers, or six with heights, which do not matter here.

    Parameters
    ----------
    text
        West, south, east, north in degrees, separated by commas; west greater than east crosses
        the antimeridian.

    Raises
    ------
    InvalidInput
        For any other form, numbers that are not finite, latitudes beyond 90, south above north.
    """
    if text is None:
        return None
    numbers = [_degrees(part) for part in text.split(",")]
    if len(numbers) not in (4, 6):
        raise InvalidInput(
            f"参数 bbox 应为 4 个或 6 个数字（西,南,东,北），收到 {len(numbers)} 个",
            code="bad_bbox",
        )
    half = len(numbers) // 2
    (west, south), (east, north) = numbers[:2], numbers[half : half + 2]
    if south > north:
        raise InvalidInput(f"参数 bbox 的南界 {south} 大于北界 {north}", code="bad_bbox")
    if max(abs(south), abs(north)) > 90 or max(abs(west), abs(east)) > 360:
        raise InvalidInput(
            f"参数 bbox“{text[:80]}”超出经度 ±180、纬度 ±90；次序为 西,南,东,北", code="bad_bbox"
        )
    if east - west >= 360:
        return (-180.0, south, 180.0, north)
    return (_wrapped(west), south, _wrapped(east), north)


def _wrapped(longitude: float) -> float:
    """The same meridian within ±180 degrees; 180 itself stays."""
    inside = -180 <= longitude <= 180
    return longitude if inside else (longitude + 180.0) % 360.0 - 180.0


def _degrees(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text or not text.isascii():
        raise InvalidInput(f"参数 bbox 中的“{text[:40]}”不是数字", code="bad_bbox")
    return number


def read_period(text: str | None) -> Period | None:
    """Period of ``datetime``: an instant, or ``start/end`` with ``..`` or nothing for open.

    Days are days in China: a moment counts for the day that it is in official Chinese time.

    Raises
    ------
    InvalidInput
        For what is no RFC 3339 date or date-time, and for an end before the start.
    """
    if text is None:
        return None
    ends = text.split("/")
    if len(ends) == 1:
        moment = _moment(text)
        return Period(moment.date(), moment.date())
    if len(ends) != 2:
        raise InvalidInput(f"参数 datetime“{text[:80]}”的斜线多于一个", code="bad_datetime")
    first, last = (None if end in ("", "..") else _moment(end) for end in ends)
    if first is not None and last is not None and last < first:
        raise InvalidInput(f"参数 datetime“{text[:80]}”的终点早于起点", code="bad_datetime")
    return Period(first.date() if first else None, last.date() if last else None)


def read_day(text: str | None) -> date | None:
    """Day of ``datetime`` where one instant is asked for.

    Raises
    ------
    InvalidInput
        As `read_period`, and for a period.
    """
    period = read_period(text)
    if period is not None and period.day is None:
        raise InvalidInput("参数 datetime 在此应为一个时刻，不是起止", code="bad_datetime")
    return None if period is None else period.day


def _moment(text: str) -> datetime:
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), BEIJING)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(BEIJING)
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(
        f"参数 datetime 中的“{text[:40]}”不是 RFC 3339 时间，如 2026-01-31 或 2026-01-31T08:00:00Z",
        code="bad_datetime",
    )


def property_filters(request: Request, schema: CollectionSchema) -> Mapping[str, Scalar]:
    """Properties that the query names, with the values that they must equal.

    Raises
    ------
    InvalidInput
        When a value does not fit the property's type.
    """
    given = request.query_params
    return {i.name: _typed(i, given[i.name]) for i in schema.queryables if i.name in given}


def _typed(item: PropertySchema, text: str) -> Scalar:
    value: Scalar | None
    match item.type:
        case PropertyType.INTEGER:
            value = _integer(text)
        case PropertyType.NUMBER:
            value = _number(text)
        case PropertyType.BOOLEAN:
            value = _FLAGS.get(text.lower())
        case PropertyType.DATE:
            value = parse_day(text, item.name).isoformat()
        case _:
            value = text
    if value is None:
        raise InvalidInput(
            f"参数 {item.name}（{item.title}）的值“{text[:40]}”应为{item.type.label_zh}"
            + ("（true 或 false）" if item.type is PropertyType.BOOLEAN else ""),
            code="bad_value",
        )
    return value


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    number = int(text)
    return number if -_LARGEST_INTEGER <= number < _LARGEST_INTEGER else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None
