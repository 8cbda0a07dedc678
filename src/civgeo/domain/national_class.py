"""Classes of places in the national list and in the census, and the kind that each stands for.

GB/T 18521-2001 numbers the classes hierarchically, filled up with zeros to five digits; the whole
table is not at hand, so a code that is not listed counts as the class that it begins with, and is
said to be unverified. The second national census of place names has twelve classes.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from civgeo.domain.place_kind import PlaceKind

__all__ = ["DOUBLE_CLASSES", "NationalClass", "NationalClasses"]

DIGITS = 5
DOUBLE_CLASSES: Mapping[str, str] = {"27610": "21610", "27620": "21620"}
"""Committee (a unit) by the class of the village or community that it is the committee of."""

_ASIDE = re.compile(r"[\s、/（）()·\-]")


@dataclass(frozen=True, slots=True)
class NationalClass:
    """One class.

    Parameters
    ----------
    code
        Its digits without the zeros at the end where it is a whole branch; empty for a class that
        is known by its title only.
    title
        As files write it.
    kind
        Kind of place that it stands for; None where it is too wide to say.
    census_class
        Class of the census that it belongs to; empty where unknown.
    verified
        Whether code and title were seen together in national data.
    source
        Where they come from.
    """

    code: str
    title: str
    kind: PlaceKind | None
    census_class: str
    verified: bool
    source: str


@dataclass(frozen=True)
class NationalClasses:
    """All classes that are known."""

    entries: tuple[NationalClass, ...]

    def by_code(self, text: str) -> NationalClass | None:
        """The class of a code, or the nearest branch above it; None for no code at all.

        Examples
        --------
        >>> village = NationalClass("222", "农村居民点", PlaceKind.SETTLEMENT, "居民点", True, "")
        >>> NationalClasses((village,)).by_code("22231").title
        '农村居民点'
        """
        if not (text.isascii() and text.isdigit()) or len(text) > DIGITS:
            return None
        full = text.ljust(DIGITS, "0")
        if full in self._by_code:
            return self._by_code[full]
        found = (self._branches.get(full[:length]) for length in range(DIGITS - 1, 0, -1))
        return next((item for item in found if item is not None), None)

    def lists(self, code: str) -> bool:
        """Whether the code itself is listed, and not only a branch above it."""
        return code.ljust(DIGITS, "0") in self._by_code

    def by_title(self, text: str) -> NationalClass | None:
        """The class of that title, blanks and marks aside; those with a code come first."""
        return self._by_title.get(_plain(text))

    @cached_property
    def _by_code(self) -> dict[str, NationalClass]:
        return {item.code.ljust(DIGITS, "0"): item for item in reversed(self.entries) if item.code}

    @cached_property
    def _branches(self) -> dict[str, NationalClass]:
        return {item.code.rstrip("0"): item for item in reversed(self.entries) if item.code}

    @cached_property
    def _by_title(self) -> dict[str, NationalClass]:
        return {_plain(item.title): item for item in reversed(self.entries)}


def _plain(text: str) -> str:
    return _ASIDE.sub("", unicodedata.normalize("NFKC", text))
