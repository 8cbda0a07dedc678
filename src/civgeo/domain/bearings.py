"""Bearings: sixteen directions from true north, degrees and minutes, the way back.

All angles are exact fractions of degrees, clockwise from north, so that a bearing on the edge of a
sector falls where the rule puts it.
"""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.labelled import Labelled
from civgeo.domain.quantity import exact
from civgeo.errors import InvalidInput

__all__ = ["Direction16", "angle_text", "back_azimuth", "bearing", "direction16", "parse_angle"]

CIRCLE = 360
SECTOR = Fraction(CIRCLE, 16)
_FORM = re.compile(
    r"(?P<degrees>\d{1,3})(?:[°度-]|$)"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d{1,10})?)(?:['分-]|$)"
    r'(?:(?P<seconds>\d{1,2}(?:\.\d{1,10})?)(?:["秒]|$))?)?',
    re.ASCII,
)
_DECIMAL = re.compile(r"\d{1,3}(?:\.\d{1,27})?[°度]?", re.ASCII)
_SIGNS = str.maketrans({"º": "°", "˚": "°", "–": "-", **dict.fromkeys("′’‘´", "'")})
_DOUBLE = re.compile("''|[″”“]")
LONGEST = 40


class Direction16(Labelled):
    """One of sixteen directions from true north, as walk descriptions name them."""

    N = "N", "北"
    NNE = "NNE", "北偏东北"
    NE = "NE", "东北"
    ENE = "ENE", "东偏东北"
    E = "E", "东"
    ESE = "ESE", "东偏东南"
    SE = "SE", "东南"
    SSE = "SSE", "南偏东南"
    S = "S", "南"
    SSW = "SSW", "南偏西南"
    SW = "SW", "西南"
    WSW = "WSW", "西偏西南"
    W = "W", "西"
    WNW = "WNW", "西偏西北"
    NW = "NW", "西北"
    NNW = "NNW", "北偏西北"


_CLOCKWISE = tuple(Direction16)


def bearing(value: Fraction | Decimal | int | float, name: str = "方位角") -> Fraction:
    """A bearing in degrees from 0 up to but not including 360; 360 is 0.

    Raises
    ------
    InvalidInput
        ``bad_number`` outside 0 to 360.
    """
    degrees = Fraction(value)
    if not 0 <= degrees <= CIRCLE:
        told = f"{float(degrees):.10g}" if abs(degrees) < Fraction(10) ** 18 else "过大的数"
        raise InvalidInput(f"{name} 应在 0 至 360 度之间，收到 {told}", code="bad_number")
    return degrees % CIRCLE


def direction16(true_bearing_deg: Fraction | Decimal | int | float) -> Direction16:
    """Direction of a true bearing: sectors of 22.5 degrees around each, north in the middle of its.

    A bearing on an edge belongs to the sector that begins there, clockwise: 348°45′ is 北, 11°15′
    is 北偏东北. The compared value is exact; nothing is rounded.

    Parameters
    ----------
    true_bearing_deg
        Degrees clockwise from true north, 0 to 360; of a grid azimuth the convergence has to be
        removed first.

    Raises
    ------
    InvalidInput
        Outside 0 to 360.

    Examples
    --------
    >>> direction16(Decimal("348.75")).label_zh, direction16(Decimal("11.25")).label_zh
    ('北', '北偏东北')
    """
    return _CLOCKWISE[int((bearing(true_bearing_deg) + SECTOR / 2) // SECTOR) % len(_CLOCKWISE)]


def back_azimuth(azimuth_deg: Fraction | Decimal | int | float) -> Fraction:
    """Azimuth of the way back, on one grid: 180 degrees more, below 360.

    Examples
    --------
    >>> back_azimuth(200), back_azimuth(Fraction(1, 2))
    (Fraction(20, 1), Fraction(361, 2))
    """
    return (bearing(azimuth_deg) + CIRCLE // 2) % CIRCLE


def parse_angle(value: object, name: str = "方位角") -> Fraction:
    """An azimuth as registration forms write it, in degrees.

    Parameters
    ----------
    value
        Text such as ``57°10′``, ``57°10′30″``, ``57-10``, ``57-10-30``, ``57度10分`` or
        ``57.1667``, or a number of degrees. Full-width characters and blanks do no harm.
    name
        The field's name, for the message.

    Raises
    ------
    InvalidInput
        ``bad_angle`` for another form and for minutes or seconds of 60 and more; ``bad_number``
        outside 0 to 360 degrees.

    Examples
    --------
    >>> parse_angle("57°10′"), parse_angle("57-10"), parse_angle("57.5")
    (Fraction(343, 6), Fraction(343, 6), Fraction(115, 2))
    """
    if not isinstance(value, str):
        return bearing(exact(value, name), name)
    plain = _DOUBLE.sub('"', value[:LONGEST].translate(_SIGNS))
    plain = "".join(unicodedata.normalize("NFKC", plain).split())
    if _DECIMAL.fullmatch(plain) and len(value) <= LONGEST:
        return bearing(Decimal(plain.rstrip("°度")), name)
    found = _FORM.fullmatch(plain)
    if found is None or len(value) > LONGEST or plain.endswith("-"):
        raise InvalidInput(
            f"{name} 写成 {value[:40]!r}，认不出；请写成 57°10′、57-10、57°10′30″ 或 57.1667",
            code="bad_angle",
        )
    degrees, minutes, seconds = (Fraction(found[part] or 0) for part in found.groupdict())
    for part, label in ((minutes, "分"), (seconds, "秒")):
        if part >= 60:
            raise InvalidInput(
                f"{name} {value[:40]} 的{label}应小于 60，收到 {float(part):g}", code="bad_angle"
            )
    return bearing(degrees + minutes / 60 + seconds / 3600, name)


def angle_text(degrees: Fraction | Decimal | int, *, seconds: bool = False) -> str:
    """An azimuth in degrees and minutes, or seconds too, rounded half up, below 360 degrees.

    Examples
    --------
    >>> angle_text(Fraction(343, 6)), angle_text(Decimal("359.9999"))
    ('57°10′', '0°00′')
    >>> angle_text(Decimal("57.1667"), seconds=True)
    '57°10′00″'
    """
    unit = 3600 if seconds else 60
    whole = int(bearing(degrees) * unit + Fraction(1, 2)) % (CIRCLE * unit)
    minutes, second = divmod(whole, 60) if seconds else (whole, 0)
    text = f"{minutes // 60}°{minutes % 60:02d}′"
    return f"{text}{second:02d}″" if seconds else text
