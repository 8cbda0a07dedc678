"""The keys of one question, as lines of JSON and requests ask it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from civgeo.domain.quantity import exact, whole
from civgeo.domain.standard import parse_day
from civgeo.errors import InvalidInput

__all__ = ["Fields"]

Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """The keys of one question, each read once with its type.

    Parameters
    ----------
    values
        The parsed object, without ``id``.
    known
        Every key that the command knows.

    Raises
    ------
    InvalidInput
        ``unknown_key`` for any other key.
    """

    def __init__(self, values: Mapping[str, object], known: frozenset[str]) -> None:
        self._values = values
        unknown = sorted(set(values) - known)
        if unknown:
            raise InvalidInput(
                f"不认识的键 {unknown[0]!r}；可用的键：{'、'.join(sorted(known))}",
                code="unknown_key",
            )

    def has(self, key: str) -> bool:
        """Whether `key` is given and not null."""
        return self._values.get(key) is not None

    def raw(self, key: str) -> object:
        """Value of `key` as parsed; `missing_key` when it is absent or null."""
        if not self.has(key):
            raise InvalidInput(f"缺少键 {key!r}", code="missing_key")
        return self._values[key]

    def text(self, key: str) -> str:
        """String value of `key`."""
        value = self.raw(key)
        if not isinstance(value, str):
            raise InvalidInput(f"{key} 应为字符串，收到 {value!r}", code="bad_type")
        return value

    def number(self, key: str) -> Decimal:
        """Exact number of `key`."""
        return exact(self.raw(key), key)

    def count(self, key: str) -> int:
        """Non-negative integer of `key`."""
        return whole(self.raw(key), key)

    def amount(self, key: str) -> Decimal:
        """Exact number of `key` that is not negative."""
        number = self.number(key)
        if number < 0:
            raise InvalidInput(f"{key} 不能为负：{number}", code="negative")
        return number

    def day(self, key: str, default: date) -> date:
        """Date of `key`, or `default` when it is absent."""
        return parse_day(self.text(key), key) if self.has(key) else default

    def choice(self, key: str, options: type[Choice]) -> Choice:
        """Member of `options` that `key` names."""
        value = self.text(key)
        try:
            return options(value)
        except ValueError:
            known = "、".join(option.value for option in options)
            raise InvalidInput(
                f"{key} 应为 {known} 之一，收到 {value!r}", code="bad_value"
            ) from None

    def items(self, key: str) -> list[object]:
        """List value of `key`."""
        value = self.raw(key)
        if not isinstance(value, list):
            raise InvalidInput(f"{key} 应为列表，收到 {value!r}", code="bad_type")
        return value
