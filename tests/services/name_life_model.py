"""Places and cases of a gazetteer as plain values: what the store must be after each edit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from civgeo.domain.division import DivisionCode
from civgeo.domain.name_case import NameCase
from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action
from civgeo.store.name_index_rows import NameRow, OtherName
from services.place_name_scan import syllables

__all__ = ["DAYS", "DIVISION", "KIND", "ModelCase", "Place", "PlaceState", "text"]

DAYS = [date(1950, 1, 1), date(1970, 1, 1), date(1983, 6, 1), date(2000, 1, 1), date(2026, 1, 1)]
"""Everything begins and ends on one of these, so that a state on each tells all."""

DIVISION = "990102"
KIND = PlaceKind.COMMITTEE_SEAT


class PlaceState(NamedTuple):
    """What a place is on one day; a former name comes with the day until which it was borne."""

    name: str
    meaning: str
    former: tuple[tuple[str, str], ...] = ()


Days = tuple[PlaceState | None, ...]
_NEVER: Days = (None,) * len(DAYS)


@dataclass
class Place:
    """A place as it was on each of `DAYS`, in each of its versions.

    ``documents`` holds the document of each version: what was acknowledged, and no more.
    """

    versions: list[Days] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    @property
    def days(self) -> Days:
        return self.versions[-1]

    @property
    def version(self) -> int:
        return len(self.versions)

    @property
    def run(self) -> range:
        """Days of the existence that holds today, or was the last."""
        end = max(n for n, state in enumerate(self.days) if state) + 1
        start = end
        while start and self.days[start - 1]:
            start -= 1
        return range(start, end)

    @property
    def is_closed(self) -> bool:
        return self.days[-1] is None

    @property
    def state(self) -> PlaceState:
        """What it is today, or was last."""
        return self.state_of(self.version)

    def state_of(self, version: int) -> PlaceState:
        """What it was today, or last, by that version."""
        return next(state for state in reversed(self.versions[version - 1]) if state)

    def sounds_like(self, name: str) -> bool:
        """Whether it stands today and its name is said as `name` is: none other may be so."""
        return not self.is_closed and syllables(self.state.name) == syllables(name)

    def is_there(self, since: date | None) -> bool:
        return since is None or self.days[DAYS.index(since)] is not None

    def exists_after(self, since: date) -> bool:
        return any(self.days[DAYS.index(since) :])

    def record(self, days: Days, document: str) -> None:
        self.versions.append(days)
        self.documents.append(document)

    def enter(self, state: PlaceState, since: date | None, document: str) -> None:
        self.versions.append(_NEVER)
        days = self.changed(range(_first(since), len(DAYS)), lambda _: state)
        self.versions.clear()
        self.record(days, document)

    def changed(
        self, where: range, change: Callable[[PlaceState | None], PlaceState | None]
    ) -> Days:
        """Its days with those in `where` changed."""
        return tuple(change(was) if n in where else was for n, was in enumerate(self.days))

    def amended(self, since: date | None, change: Callable[[PlaceState], PlaceState]) -> Days:
        """Its days with the states from `since` on changed, where it exists."""
        where = range(_first(since), len(DAYS))
        return self.changed(where, lambda was: None if was is None else change(was))

    def row(self, id: str, number: int) -> NameRow:
        """What the search index must hold of it."""
        start, end = self.run.start, self.run.stop
        return NameRow(
            id=id,
            number=number,
            name=self.state.name,
            specific=self.state.name[:-1],
            kind=KIND,
            division=DIVISION,
            syllables=syllables(self.state.name),
            other_names=tuple(
                OtherName(name, OtherNameKind.FORMER, syllables(name))
                for name, _ in self.state.former
            ),
            valid_from=text(DAYS[start]) if start else None,
            valid_to=text(DAYS[end]) if end < len(DAYS) else None,
        )


def _first(since: date | None) -> int:
    return 0 if since is None else DAYS.index(since)


def text(day: date) -> str:
    """The day as the store writes it."""
    return day.isoformat()


@dataclass
class ModelCase:
    """A case, what it proposes, and the entry that it is about at the version it was opened on."""

    case: NameCase
    meaning: str
    documents: list[str]
    place: str | None = None
    place_version: int | None = None

    @property
    def version(self) -> int:
        return len(self.documents)

    @classmethod
    def opened(
        cls, action: Action, name: str, meaning: str, document: str, former: str = ""
    ) -> "ModelCase":
        division = DivisionCode.parse(DIVISION)
        case = NameCase(name, action, KIND, former_name=former, division=division)
        return cls(case, meaning, [document])
