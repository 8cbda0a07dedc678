"""Names that the bureaus give to boundary lines and tri-junctions, from the names of the divisions.

A line between two divisions is called after the first character of each, in the order of their
codes: 周口 (4116) and 驻马店 (4117) share 周驻线. A tri-junction bears three, as 郑平许. That is
how the lines of Henan's prefectures are called in the papers at hand; the text of a rule is not.
"""

from collections.abc import Mapping, Sequence

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput

__all__ = ["boundary_line_name", "tri_junction_name"]


def boundary_line_name(sides: Mapping[str, str]) -> str:
    """Name of the line between two divisions.

    Where both begin alike, as many characters are taken as tell them apart. Provinces have to come
    with their one-character names (豫, 鄂).

    Parameters
    ----------
    sides
        Name by code, two of them.

    Raises
    ------
    InvalidInput
        When there are not two different sides, or a name is empty.

    Examples
    --------
    >>> boundary_line_name({"411700": "驻马店市", "411600": "周口市"})
    '周驻线'
    """
    return f"{_joined(sides, 2)}线"


def tri_junction_name(sides: Mapping[str, str]) -> str:
    """Name of the point where three divisions meet.

    Parameters
    ----------
    sides
        Name by code, three of them.

    Raises
    ------
    InvalidInput
        When there are not three different sides, or a name is empty.

    Examples
    --------
    >>> tri_junction_name({"411000": "许昌市", "410100": "郑州市", "410400": "平顶山市"})
    '郑平许'
    """
    return _joined(sides, 3)


def _joined(sides: Mapping[str, str], count: int) -> str:
    """First characters of the names in the order of the codes."""
    by_code = {DivisionCode.parse(code): name.strip() for code, name in sides.items()}
    if len(by_code) != count or not all(by_code.values()):
        raise InvalidInput(
            f"界线命名要有 {count} 个不同的区划代码和名称，收到 {'、'.join(sides) or '无'}",
            code="bad_value",
        )
    names = [by_code[code] for code in sorted(by_code)]
    return "".join(_heads(names))


def _heads(names: Sequence[str]) -> list[str]:
    """Shortest beginnings, all of one length, that tell the names apart."""
    for length in range(1, max(map(len, names)) + 1):
        heads = [name[:length] for name in names]
        if len(set(heads)) == len(heads):
            return heads
    return list(names)
