"""A name with what its rules ask for: parts, kind, readings, and the areas that it lies in."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from civgeo.domain.division import DivisionCode, DivisionLevel
from civgeo.domain.labelled import Labelled
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput

__all__ = ["NOWHERE", "Areas", "Comparator", "NamedPlace", "Scope"]


class Scope(Labelled):
    """Area in which a name must stand alone, from wide to narrow."""

    NATION = "nation", "全国"
    PROVINCE = "province", "省级行政区"
    PREFECTURE = "prefecture", "地级行政区"
    COUNTY = "county", "县级行政区"
    TOWNSHIP = "township", "乡级行政区"
    BUILTUP_AREA = "builtup_area", "建成区"


class Comparator(StrEnum):
    """What of two names is compared."""

    FULL = "full"
    SPECIFIC = "specific"


_LEVELS = {
    Scope.PROVINCE: DivisionLevel.PROVINCE,
    Scope.PREFECTURE: DivisionLevel.PREFECTURE,
    Scope.COUNTY: DivisionLevel.COUNTY,
    Scope.TOWNSHIP: DivisionLevel.TOWNSHIP,
}
_WITHOUT_COUNTIES = ("4419", "4420", "4604", "6202")
"""Prefectures without counties: 东莞, 中山, 儋州, 嘉峪关."""

_ABOVE_TOWNS = (Scope.PROVINCE, Scope.PREFECTURE)


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas that a place lies in: significant digits of codes, or names; None when unknown."""

    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    township: str | None = None
    builtup_area: str | None = None

    @classmethod
    def of(
        cls,
        *,
        province: str | None = None,
        prefecture: str | None = None,
        county: str | None = None,
        township: str | None = None,
        builtup_area: str | None = None,
    ) -> "Areas":
        """Areas as they were written; what a code says of the levels above it is filled in.

        Raises
        ------
        InvalidInput
            ``bad_code`` for digits that are no code of that level, ``bad_value`` when two of the
            codes contradict each other.

        Examples
        --------
        >>> Areas.of(county="411702").province
        '41'
        """
        given = {
            Scope.PROVINCE: province,
            Scope.PREFECTURE: prefecture,
            Scope.COUNTY: county,
            Scope.TOWNSHIP: township,
        }
        known: dict[str, str] = {}
        for scope, text in reversed(given.items()):
            if text is None or not text.strip():
                continue
            for level, area in _read(scope, text.strip()).items():
                _agree(known, level, area)
        town = builtup_area.strip() if builtup_area else ""
        return cls(builtup_area=town or None, **known)

    @classmethod
    def of_division(cls, code: DivisionCode, builtup_area: str | None = None) -> "Areas":
        """Areas that one division code stands for."""
        return cls(builtup_area=builtup_area, **_levels_of(code))

    def get(self, scope: Scope) -> str | None:
        """Area of that scope below the nation."""
        area: str | None = getattr(self, scope.value)
        return area

    @property
    def code(self) -> DivisionCode | None:
        """Narrowest of the areas that is known by its code."""
        digits = [self.get(scope) or "" for scope in reversed(_LEVELS)]
        found = next((each for each in digits if each.isdigit()), None)
        return None if found is None else DivisionCode(found)

    def same(self, other: "Areas", scope: Scope) -> bool | None:
        """Whether both lie in one area of `scope`; None when the register does not tell.

        Two places in different provinces or prefectures share no county, township or built-up
        area; a built-up area may span the districts of one city.
        """
        if scope is Scope.NATION:
            return True
        wider = _ABOVE_TOWNS if scope is Scope.BUILTUP_AREA else tuple(_LEVELS)
        for each in wider:
            if each is scope:
                break
            if _equal(self.get(each), other.get(each)) is False:
                return False
        if scope is Scope.BUILTUP_AREA and self.builtup_area and other.builtup_area:
            return self.builtup_area == other.builtup_area
        return _equal(self.get(scope), other.get(scope))


NOWHERE = Areas()
"""Of a place whose areas are all unknown."""


def _equal(one: str | None, other: str | None) -> bool | None:
    """Whether two areas are one; a code and a name cannot be compared."""
    if one is None or other is None:
        return None
    return one == other if one.isdigit() == other.isdigit() else None


def _read(scope: Scope, text: str) -> dict[str, str]:
    """Area written for `scope` with those above it, where it is a code."""
    if not text.isdigit():
        return {scope.value: text}
    code = DivisionCode.parse(text)
    levels = _levels_of(code)
    if code.level is not _LEVELS[scope] and not (scope is Scope.COUNTY and scope.value in levels):
        raise InvalidInput(
            f"{scope.value} 应填{scope.label_zh}的代码，收到{code.level.label_zh}代码 {text}",
            code="bad_code",
        )
    return levels


def _levels_of(code: DivisionCode) -> dict[str, str]:
    """Digits by level of a code and of those above it.

    A prefecture stands for the county of townships that lie in none (441900, 232700).
    """
    scopes = {level: scope.value for scope, level in _LEVELS.items()}
    found = {
        scopes[each.level]: each.digits for each in (*code.parents, code) if each.level in scopes
    }
    if code.digits in _WITHOUT_COUNTIES or code.digits[4:6] == "00":
        found[Scope.COUNTY.value] = f"{code.digits[:4]}00"
    return found


def _agree(known: dict[str, str], level: str, area: str) -> None:
    """Keep an area; a code given for a level must be that of the narrower code."""
    before = known.get(level)
    if before is not None and before != area and before.isdigit() and area.isdigit():
        raise InvalidInput(
            f"{level} {area} 与下级代码所属的 {before} 不一致，请核对", code="bad_value"
        )
    if before is None or area.isdigit():
        known[level] = area


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A name, proposed or in use.

    Parameters
    ----------
    name, kind
        The whole name and what it names.
    specific, generic
        Its two parts; `specific` is the whole name where no generic part is known.
    stem
        Specific part without what modifies the generic: 中山 in 中山东路. Lists are held
        against both.
    areas
        Where it lies.
    famous
        Whether it is a natural entity known over the country (article 9, item 7).
    syllables, specific_syllables
        Toned reading of the name and of its specific part, one entry a character, where letters
        and digits stand for themselves; None when no reading is known.
    ref
        What findings call it: an index, an id.
    compared
        The name in the writing in which names are compared (standard characters, no blanks, no
        invisible ones), of which `specific`, `generic` and `stem` are parts; empty for the name
        as it is.
    """

    name: str
    kind: PlaceKind
    specific: str = ""
    generic: str | None = None
    stem: str = ""
    areas: Areas = NOWHERE
    famous: bool = False
    syllables: tuple[str, ...] | None = None
    specific_syllables: tuple[str, ...] | None = None
    ref: int | str = 0
    compared: str = ""

    @property
    def whole(self) -> str:
        """The name in the writing in which names are compared."""
        return self.compared or self.name

    @property
    def written_specific(self) -> str:
        """Specific part as it is written, if not full-width; the whole name without its generic."""
        return unicodedata.normalize("NFKC", self.name).removesuffix(self.generic or "")

    def part(self, comparator: Comparator) -> str:
        """The characters that `comparator` compares."""
        return self.whole if comparator is Comparator.FULL else self.specific or self.whole

    def reading(self, comparator: Comparator) -> tuple[str, ...] | None:
        """Toned syllables of what `comparator` compares."""
        full = comparator is Comparator.FULL
        return self.syllables if full else self.specific_syllables

    def toneless(self, comparator: Comparator) -> tuple[str, ...] | None:
        """Syllables of what `comparator` compares, without their tones."""
        reading = self.reading(comparator)
        return None if reading is None else tuple(without_tones(each) for each in reading)
