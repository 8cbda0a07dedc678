"""Administrative divisions and their codes (GB/T 2260 to the county, GB/T 10114-2003 below it).

The Ministry of Civil Affairs (MCA) and the National Bureau of Statistics (NBS) code townships
differently: the same nine digits can name two townships. A code is only a code together with its
system, and the two are never joined on it.
"""

from dataclasses import dataclass
from enum import StrEnum

from civgeo.errors import InvalidInput

__all__ = ["CodeSystem", "DivisionCode", "DivisionLevel", "class_label", "range_problems"]


class CodeSystem(StrEnum):
    """Who assigned a division code."""

    MCA = "MCA"
    NBS = "NBS"

    @property
    def label_zh(self) -> str:
        """Name of the authority."""
        return {"MCA": "民政部", "NBS": "国家统计局"}[self.value]


class DivisionLevel(StrEnum):
    """Levels of division, from the province down."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    COMMUNITY = "community"

    @property
    def label_zh(self) -> str:
        """Level in Chinese."""
        labels = {"province": "省级", "prefecture": "地级", "county": "县级", "township": "乡级"}
        return labels.get(self.value, "村（社区）")


_LEVEL_BY_DIGITS = {
    2: DivisionLevel.PROVINCE,
    4: DivisionLevel.PREFECTURE,
    6: DivisionLevel.COUNTY,
    9: DivisionLevel.TOWNSHIP,
    12: DivisionLevel.COMMUNITY,
}
_DIGITS = tuple(_LEVEL_BY_DIGITS)
_WITHOUT_PREFECTURES = ("46", "71", "81", "82")
_MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True, order=True)
class DivisionCode:
    """One division code, held by its significant digits: ``4117`` and ``411700`` are equal.

    Parameters
    ----------
    digits
        2, 4, 6, 9 or 12 digits without padding; use `parse`.
    """

    digits: str

    @classmethod
    def parse(cls, text: object) -> "DivisionCode":
        """Code written with 2, 4, 6, 9 or 12 digits, padded with zeros or not.

        Raises
        ------
        InvalidInput
            When it is no string of ASCII digits of one of those lengths, or when zeros stand
            above a part that is not zero (410001000).

        Examples
        --------
        >>> DivisionCode.parse("411700").digits, DivisionCode.parse("411702001000").digits
        ('4117', '411702001')
        """
        if not isinstance(text, str):
            raise InvalidInput(f"区划代码应为字符串，收到 {text!r}", code="bad_code")
        if not (text.isascii() and text.isdigit()) or len(text) not in _DIGITS:
            raise InvalidInput(
                f"区划代码 {text[:40]!r} 不合格式：应为 2、4、6、9 或 12 位半角数字，不含空格",
                code="bad_code",
            )
        if text[:2] == "00":
            raise InvalidInput(f"区划代码 {text} 的省级部分为 00", code="bad_code")
        return cls(_without_padding(text))

    @property
    def level(self) -> DivisionLevel:
        """Level that the number of significant digits gives."""
        return _LEVEL_BY_DIGITS[len(self.digits)]

    @property
    def text(self) -> str:
        """The code as it is usually written: six digits at least (``411700``)."""
        return self.digits.ljust(6, "0")

    @property
    def parents(self) -> tuple["DivisionCode", ...]:
        """Codes above this one, the province first.

        A county directly under its province (419001) has no prefecture, and a township of a
        prefecture without counties (441900003, Dongguan) has no county.
        """
        above = [self.digits[:n] for n in _DIGITS if n < len(self.digits)]
        return tuple(DivisionCode(code) for code in above if not _stands_for_nothing(code))

    def covers(self, other: "DivisionCode") -> bool:
        """Whether `other` is this division or lies below it, by the digits."""
        return other.digits.startswith(self.digits)


def _without_padding(text: str) -> str:
    """Significant digits of a code; zeros below the last part that is not zero fall away."""
    ends = [n for n in _DIGITS if n <= len(text)]
    parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    while set(parts[-1]) == {"0"}:
        parts.pop()
    # prefectures without counties (Dongguan 4419, Danzhou 4604) have townships under county part
    # 00; Taiwan, Hong Kong and Macao (71, 81, 82) have districts under prefecture part 00, and so
    # had Hainan (46) its counties
    allowed = (4, 6) if text[:2] in _WITHOUT_PREFECTURES else (6,)
    gaps = [
        end
        for end, part in zip(ends, parts, strict=False)
        if set(part) == {"0"} and end not in allowed
    ]
    if gaps or (len(parts) == 3 and parts[2] == "00"):
        raise InvalidInput(f"区划代码 {text} 中间一级为 0，缺少上级代码", code="bad_code")
    return "".join(parts)


def _stands_for_nothing(digits: str) -> bool:
    return (len(digits) == 4 and digits[2:] in ("90", "00")) or (
        len(digits) == 6 and digits[4:] == "00"
    )


def class_label(code: DivisionCode) -> str:
    """Kind of division that the code's own range gives (GB/T 2260, GB/T 10114-2003).

    Examples
    --------
    >>> class_label(DivisionCode.parse("320481")), class_label(DivisionCode.parse("411702001"))
    ('县级市', '街道')
    """
    match code.level:
        case DivisionLevel.PROVINCE:
            return "省级行政区"
        case DivisionLevel.PREFECTURE:
            return _prefecture_label(code.digits[:2], int(code.digits[2:4]))
        case DivisionLevel.COUNTY:
            return _county_label(int(code.digits[2:4]), code.digits[4:6])
        case DivisionLevel.TOWNSHIP:
            return _label_in(_TOWNSHIP_RANGES, code.digits[6:9])
        case _:
            return _label_in(_COMMUNITY_RANGES, code.digits[9:12])


_COUNTY_RANGES = (
    (1, 20, "市辖区"),
    (21, 50, "县"),
    (51, 70, "市辖区"),
    (71, 80, "统计用区域"),
    (81, 99, "县级市"),
)
_TOWNSHIP_RANGES = ((1, 99, "街道"), (100, 199, "镇"), (200, 399, "乡"), (400, 599, "类似乡级单位"))
_COMMUNITY_RANGES = ((1, 199, "居民委员会"), (200, 399, "村民委员会"))


def _prefecture_label(province: str, number: int) -> str:
    if province in _MUNICIPALITIES:
        return "直辖市所辖市辖区、县汇总码"
    if number <= 20 or 51 <= number <= 70:
        return "地级市"
    return "省直辖县级行政区汇总码" if number == 90 else "地区、自治州或盟"


def _county_label(prefecture: int, part: str) -> str:
    """Kind of county-level division; 01-20 are cities where there is no prefecture-level city."""
    label = _label_in(_COUNTY_RANGES, part)
    cityless = 21 <= prefecture <= 50 or prefecture == 90
    return "县级市" if cityless and label == "市辖区" else label


def _label_in(ranges: tuple[tuple[int, int, str], ...], part: str) -> str:
    number = int(part)
    return next((label for low, high, label in ranges if low <= number <= high), "未定义区段")


def range_problems(code: DivisionCode) -> list[str]:
    """What an officer should know about the ranges that `code` falls in; empty when nothing."""
    problems = []
    label = class_label(code)
    if label == "未定义区段":
        problems.append(f"{code.text} 的末段不在国标规定的区段内")
    if len(code.digits) >= 6 and 71 <= int(code.digits[4:6]) <= 80:
        problems.append(
            f"{code.digits[:6]} 属 71-80 区段：统计部门为开发区等编的统计用码，"
            "不是行政区划，没有界线"
        )
    return problems
