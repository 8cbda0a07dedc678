"""Enumerations whose members carry the Chinese words of the field."""

from enum import StrEnum
from typing import Self

from civgeo.errors import InvalidInput

__all__ = ["Labelled"]


class Labelled(StrEnum):
    """Member with a machine word and its Chinese label, written ``WORD = "word", "标签"``."""

    label_zh: str

    def __new__(cls, value: str, label_zh: str = "") -> "Labelled":
        """Member with its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label_zh = label_zh
        return member

    @classmethod
    def named(cls, text: str, key: str) -> Self:
        """Member that `text` names; `key` says in the error where it was written.

        Raises
        ------
        InvalidInput
            ``bad_value`` with the members that there are.
        """
        try:
            return cls(text)
        except ValueError:
            known = "、".join(f"{member.value}（{member.label_zh}）" for member in cls)
            told = f"{key} 没有“{text[:40]}”；可用：{known}"
            raise InvalidInput(told, code="bad_value") from None
