"""The 20-digit place code (国家地名数据库代码编制规则, 民地办发〔2010〕1号).

Six digits of county, three of township, five of type, six of sequence:
``530427 102 22200 000188``.
"""

from dataclasses import dataclass

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput

__all__ = ["PLACE_TYPES", "PlaceCode"]

# Type codes seen in national data (GB/T 18521-2001, space part left out); the table itself is not
# at hand, so an unknown type is accepted and said to be unverified.
PLACE_TYPES = {
    "21200": "省级行政区",
    "21300": "地级行政区",
    "21400": "县级行政区",
    "21500": "乡级行政区",
    "21610": "行政村",
    "21620": "社区",
    "21770": "区片",
    "22100": "城镇居民点",
    "22200": "农村居民点",
    "22230": "工矿点",
    "23213": "县道",
    "23214": "乡道",
    "27610": "村民委员会",
    "27620": "社区居民委员会",
}
_MAJOR = {
    "1": "自然地理实体",
    "21": "区域",
    "22": "居民点",
    "23": "交通运输设施",
    "24": "水利、电力、通信设施",
    "25": "纪念地、旅游景点",
    "26": "建筑物",
    "27": "单位",
}


@dataclass(frozen=True, slots=True)
class PlaceCode:
    """One place code in its four parts.

    Parameters
    ----------
    county
        Six-digit division code.
    township
        Three digits; ``000`` where the place lies in no single township.
    type_code
        Five digits, hierarchical, padded with zeros.
    sequence
        Six digits.
    """

    county: str
    township: str
    type_code: str
    sequence: str

    @classmethod
    def parse(cls, text: str) -> "PlaceCode":
        """Code of 20 digits, or of 21 whose type is padded to six.

        Raises
        ------
        InvalidInput
            When it is not 20 (or such 21) ASCII digits.

        Examples
        --------
        >>> PlaceCode.parse("53042710222200000188").type_zh
        '农村居民点'
        """
        if not (text.isascii() and text.isdigit()) or len(text) not in (20, 21):
            raise InvalidInput(
                f"地名代码 {text[:40]!r} 应为 20 位半角数字，不含空格", code="bad_code"
            )
        if len(text) == 21 and text[14] != "0":
            raise InvalidInput(
                f"地名代码 {text} 为 21 位，且多出的一位不是类别补零", code="bad_code"
            )
        DivisionCode.parse(text[:6])
        return cls(text[:6], text[6:9], text[9:14], text[-6:])

    @property
    def type_zh(self) -> str | None:
        """Name of the type, or None when the types at hand do not hold it."""
        return PLACE_TYPES.get(self.type_code)

    @property
    def major_zh(self) -> str | None:
        """Name of the major class that the type begins with, or None."""
        return _MAJOR.get(self.type_code[:2]) or _MAJOR.get(self.type_code[:1])
