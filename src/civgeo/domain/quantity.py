"""Exact numbers: read without loss, compared as fractions, rounded for display only.

A verdict is never taken from a float: 10.1 + 10.2 + 9.7 is 29.999999999999996 in binary and
exactly 30 here.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from fractions import Fraction

from civgeo.errors import InvalidInput

__all__ = ["decimal_text", "exact", "fixed", "has_finite_decimal", "whole"]

SIGNIFICANT_DIGITS = 12
LARGEST_EXPONENT = 18
MOST_DIGITS = 30


def exact(value: object, name: str = "value") -> Decimal:
    """Number `value` (Decimal, int, or decimal text) without loss.

    Parameters
    ----------
    value
        A JSON number read with ``parse_float=Decimal``, or a decimal string such as ``"59.74"``.
    name
        The field's name, for the message.

    Raises
    ------
    InvalidInput
        For booleans, floats, NaN, infinity, other types, and numbers beyond 10**18 or 30 digits.

    Examples
    --------
    >>> exact("10.10")
    Decimal('10.10')
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise InvalidInput(f"{name} 应为数字或十进制数字字符串，收到 {value!r}", code="bad_number")
    if isinstance(value, str) and "_" in value:
        raise InvalidInput(f"{name} 不是数字：{value[:40]!r}", code="bad_number")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except (InvalidOperation, ValueError):
        raise InvalidInput(f"{name} 不是数字：{str(value)[:40]!r}", code="bad_number") from None
    if not number.is_finite() or (isinstance(value, str) and not value.isascii()):
        raise InvalidInput(
            f"{name} 应为有限的半角数字，收到 {str(value)[:40]!r}", code="bad_number"
        )
    digits = len(number.as_tuple().digits)
    exponent = number.as_tuple().exponent
    too_long = digits > MOST_DIGITS or (isinstance(exponent, int) and exponent < -MOST_DIGITS)
    if too_long or number.adjusted() > LARGEST_EXPONENT:
        raise InvalidInput(
            f"{name} 超出可处理的范围（至多 30 位、10 的 18 次方）", code="bad_number"
        )
    return number


def whole(value: object, name: str = "value") -> int:
    """Count `value` as an integer that is not negative.

    Raises
    ------
    InvalidInput
        As `exact`; and for negative or fractional numbers.
    """
    number = exact(value, name)
    if number < 0:
        raise InvalidInput(f"{name} 不能为负：{number}", code="negative")
    if number != number.to_integral_value():
        raise InvalidInput(f"{name} 应为整数，收到 {number}", code="not_whole")
    return int(number)


def has_finite_decimal(value: Fraction) -> bool:
    """Whether `value` can be written out as a decimal that ends."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_text(value: Fraction | Decimal | int) -> str:
    """`value` in decimals without trailing zeros; 12 significant digits when it does not end.

    Examples
    --------
    >>> decimal_text(Fraction(2987, 50)), decimal_text(Fraction(30)), decimal_text(Decimal("1E+2"))
    ('59.74', '30', '100')
    >>> decimal_text(Fraction(4600, 77))
    '59.7402597403'
    """
    fraction = Fraction(value)
    digits = 200 if has_finite_decimal(fraction) else SIGNIFICANT_DIGITS
    with localcontext(Context(prec=digits, rounding=ROUND_HALF_EVEN)):
        number = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: Fraction | Decimal | int, places: int = 2) -> str:
    """`value` for the eye, rounded half up to `places` decimals; never used to compare.

    Examples
    --------
    >>> fixed(Fraction(4600, 77)), fixed(Decimal("0.005"))
    ('59.74', '0.01')
    """
    fraction = Fraction(value)
    step = Fraction(1, 10**places)
    with localcontext(Context(prec=200, rounding=ROUND_HALF_UP)):
        steps = fraction / step
        count = (2 * abs(steps) + 1).__floor__() // 2
        number = Decimal(count if steps >= 0 else -count).scaleb(-places)
    return format(number, f".{places}f")
