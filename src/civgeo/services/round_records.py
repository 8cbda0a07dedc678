"""Inspections of lines between the store's rows and typed values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import geopandas as gpd

from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.round_due import RoundFacts, current_number
from civgeo.domain.round_forms import RoundKind, RoundState
from civgeo.errors import NotFound
from civgeo.services.boundary_records import codes_of, day_of, record_rows
from civgeo.services.city import City
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["DAY_OF_STATE", "RoundFile", "current_of", "one_round", "round_file", "rounds"]
__all__ += ["rounds_of"]

_ROUNDS = Collection.INSPECTION_ROUNDS
DAY_OF_STATE: Mapping[RoundState, str] = MappingProxyType(
    {
        RoundState.OPEN: "started_on",
        RoundState.COMPARING: "finished_on",
        RoundState.REPORTED: "reported_on",
        RoundState.FILED: "filed_on",
    }
)
"""Where the day is kept on which each state was reached."""


@dataclass(frozen=True, slots=True)
class RoundFile:
    """The inspection of one line in one round.

    Parameters
    ----------
    id, version
        The record, and the version to base the next step on.
    facts
        Line, number, kind, state, year and last day.
    name, line_name, level, sides, leader, cause
        As registered.
    days
        Days of the steps taken, by property.
    tolerance_m
        Displacement up to which a marker has not moved, metres; None where the bureau set none.
    remark
        Remark.
    simulated
        Whether it is an exercise.
    """

    id: str
    version: int
    facts: RoundFacts
    name: str
    line_name: str
    level: BoundaryLevel
    sides: tuple[str, ...]
    leader: str | None
    cause: str | None
    days: Mapping[str, date | None]
    tolerance_m: float | None
    remark: str | None
    simulated: bool


def rounds(
    city: City, *, number: int | None = None, state: RoundState | None = None
) -> list[RoundFile]:
    """Inspections in the order in which they were planned."""
    with city.store.read() as reading:
        return rounds_of(reading, number=number, state=state)


def rounds_of(
    reading: Reading, *, number: int | None = None, state: RoundState | None = None
) -> list[RoundFile]:
    """As `rounds`, in a read of the store."""
    where: dict[str, str | int] = {}
    where |= {} if number is None else {"round": number}
    where |= {} if state is None else {"state": state.value}
    return _files(reading.features(_ROUNDS, where=where))


def current_of(files: Iterable[RoundFile], today: date) -> int | None:
    """Number of the round under way, as `current_number`."""
    facts = [file.facts for file in files]
    return current_number([(item.number, item.year, item.state) for item in facts], today)


def round_file(city: City, id: str) -> RoundFile:
    """One inspection; raises NotFound."""
    with city.store.read() as reading:
        return one_round(reading, id)


def one_round(reading: Reading, id: str) -> RoundFile:
    """As `round_file`, in a read of the store."""
    frame = reading.features(_ROUNDS, ids=[id])
    if frame.empty:
        raise NotFound(f"没有编号为“{id[:80]}”的联检；清单见 civgeo rounds list")
    return _files(frame)[0]


def _files(frame: gpd.GeoDataFrame) -> list[RoundFile]:
    return [_file(id, row) for id, row in record_rows(frame, _ROUNDS)]


def _file(id: str, row: Mapping[str, object]) -> RoundFile:
    facts = RoundFacts(
        line=str(row["line"]),
        number=int(str(row["round"])),
        kind=RoundKind(str(row["kind"])),
        state=RoundState(str(row["state"])),
        year=int(str(row["year"])),
        due=date.fromisoformat(str(row["due"])),
    )
    texts = {name: row[name] for name in ("leader", "cause", "remark")}
    tolerance = row["tolerance_m"]
    return RoundFile(
        id=id,
        version=int(str(row["version"])),
        facts=facts,
        name=str(row["name"]),
        line_name=str(row["line_name"]),
        level=BoundaryLevel(str(row["level"])),
        sides=codes_of(row["sides"]),
        days={name: day_of(row[name]) for name in DAY_OF_STATE.values()},
        tolerance_m=float(str(tolerance)) if tolerance is not None else None,
        simulated=bool(row["simulated"]),
        **{name: None if text is None else str(text) for name, text in texts.items()},
    )
