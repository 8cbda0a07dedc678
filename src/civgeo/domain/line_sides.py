"""Which divisions a line or a junction lies between, from the codes of the counties at it.

The line between two counties is that of the highest level on which they differ: between counties
of two provinces runs a line of the provinces, whatever their prefectures and counties.
"""

from collections.abc import Iterable

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput

__all__ = ["line_number", "sides_between"]

_DIGITS = {BoundaryLevel.PROVINCE: 2, BoundaryLevel.PREFECTURE: 4, BoundaryLevel.COUNTY: 6}


def sides_between(counties: Iterable[str]) -> tuple[BoundaryLevel, tuple[str, ...]]:
    """The highest level on which all of some counties differ, and their divisions of that level.

    Parameters
    ----------
    counties
        Six-digit codes, each once.

    Returns
    -------
    tuple
        The level, and six-digit codes in ascending order.

    Raises
    ------
    InvalidInput
        For fewer than two codes, the same code twice, or codes that are no counties.

    Examples
    --------
    >>> sides_between(["411623", "411722"])
    (<BoundaryLevel.PREFECTURE: 'prefecture'>, ('411600', '411700'))
    >>> sides_between(["341221", "411681", "411723"])[1]
    ('341200', '411600', '411700')
    """
    codes = sorted(DivisionCode.parse(code).text for code in counties)
    for level, digits in _DIGITS.items():
        heads = {code[:digits] for code in codes}
        if len(codes) > 1 and len(heads) == len(codes):
            return level, tuple(head.ljust(6, "0") for head in sorted(heads))
    told = "、".join(codes) or "无"
    raise InvalidInput(f"应为两个以上不同的县级代码，收到 {told}", code="bad_value")


def line_number(level: BoundaryLevel, sides: Iterable[str]) -> str:
    """Number of a line or of a tri-junction: the two-digit codes of its sides, the smaller first.

    For lines below the province that is by analogy; see `marker_number.LINE_EVIDENCE`.

    Examples
    --------
    >>> line_number(BoundaryLevel.PREFECTURE, ("411600", "411700"))
    '1617'
    """
    end = _DIGITS[level]
    return "".join(code[end - 2 : end] for code in sorted(sides))
