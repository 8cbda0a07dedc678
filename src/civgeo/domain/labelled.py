"""Enumerations whose members carry the Chinese words of the field."""

from enum import StrEnum

__all__ = ["Labelled"]


class Labelled(StrEnum):
    """Member with a machine word and its Chinese label, written ``WORD = "word", "标签"``."""

    label_zh: str

    def __new__(cls, value: str, label_zh: str) -> "Labelled":
        """Member with its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label_zh = label_zh
        return member
