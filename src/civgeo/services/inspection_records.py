"""Inspection records between the store's rows and typed values; the register that they are of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import shapely

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.field_results import ResultFault, WitnessCheck
from civgeo.domain.field_sheet import FieldWitness
from civgeo.domain.inspection_comparison import Inspection
from civgeo.domain.round_forms import InspectionSubject, MarkerAction, RoundState
from civgeo.services.boundary_places import along_line
from civgeo.services.boundary_records import (
    LineEntry,
    codes_of,
    json_text,
    line_entry,
    record_rows,
    structure,
)
from civgeo.services.round_records import RoundFile, rounds_of
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = [
    "LineRegister",
    "RegisteredMarker",
    "inspection_values",
    "inspections_of",
    "line_register",
    "marker_lines",
]

_MARKERS = Collection.BOUNDARY_MARKERS
Place = tuple[float, float]
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RegisteredMarker:
    """A marker as the register has it.

    Parameters
    ----------
    id, number, name
        Register id, number, name of its own.
    place, height_m
        EPSG:4490, longitude first; None where it is not known.
    chainage_m
        Along the line.
    witnesses
        Its witness marks, as recorded.
    responsible, sides
        Side that keeps it; codes of all sides at it, empty where they are the line's.
    state
        As registered.
    """

    id: str
    number: str
    place: Place | None
    height_m: float | None
    chainage_m: float | None
    witnesses: tuple[FieldWitness, ...]
    responsible: str | None
    sides: tuple[str, ...]
    state: MarkerState


@dataclass(frozen=True, slots=True)
class LineRegister:
    """A line with what an inspection of it is compared with.

    Parameters
    ----------
    line
        The line.
    number
        Round.
    round
        The inspection of the line in that round; None where none is planned.
    markers
        By register id, in route order.
    recorded
        Inspections of the line in that round, in the order in which they were entered.
    simulated
        Whether new records are an exercise.
    """

    line: LineEntry
    number: int
    round: RoundFile | None
    markers: Mapping[str, RegisteredMarker]
    recorded: tuple[Inspection, ...]
    simulated: bool

    @property
    def sides(self) -> tuple[str, ...]:
        """Codes of those who inspect it."""
        return self.line.facts.sides if self.round is None else self.round.sides


def line_register(reading: Reading, code: str, number: int) -> LineRegister:
    """The line of that code and what was recorded of it in a round.

    Raises
    ------
    NotFound
        ``unknown_line`` when the register has none.
    """
    line = line_entry(reading, code)
    where: dict[str, str | int] = {"line": code, "round": number}
    found = reading.features(Collection.INSPECTIONS, where=where)
    return LineRegister(
        line,
        number,
        _round(reading, code, number),
        _markers(reading, line),
        tuple(inspections_of(found)),
        line.simulated or reading.register().simulated,
    )


def _round(reading: Reading, code: str, number: int) -> RoundFile | None:
    """The inspection that is under way, else the last one of that number."""
    own = [file for file in rounds_of(reading, number=number) if file.facts.line == code]
    under_way = [file for file in own if file.facts.state is not RoundState.FILED]
    return max(under_way or own, key=lambda file: file.facts.due, default=None)


def _markers(reading: Reading, line: LineEntry) -> dict[str, RegisteredMarker]:
    frame = reading.features(_MARKERS, where={"line": line.facts.code})
    rows = zip(
        record_rows(frame, _MARKERS),
        frame.geometry,
        along_line(line.route(), frame),
        strict=True,
    )
    found = [_marker(id, row, shape, along["chainage_m"]) for (id, row), shape, along in rows]
    found.sort(key=lambda m: (m.chainage_m is None, m.chainage_m or 0.0, m.number, m.id))
    return {marker.id: marker for marker in found}


def _marker(id: str, row: Values, shape: object, along_m: object) -> RegisteredMarker:
    return RegisteredMarker(
        id=id,
        number=str(row["number"]),
        place=(shape.x, shape.y) if isinstance(shape, shapely.Point) else None,
        height_m=_number(row["height_m"]),
        chainage_m=_number(along_m),
        witnesses=tuple(
            FieldWitness(
                place,
                str(item.get("name") or ""),
                _text(item.get("grid_azimuth")),
                _text(item.get("distance_m")),
            )
            for place, item in enumerate(_objects(row["witnesses"]), 1)
        ),
        responsible=None if row["responsible"] is None else str(row["responsible"]),
        sides=codes_of(row["sides"]),
        state=MarkerState(str(row["state"])),
    )


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def marker_lines(reading: Reading, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Number and line of the markers of those ids that exist, wherever they stand."""
    frame = reading.features(_MARKERS, ids=list(ids))
    return {id: (str(row["number"]), str(row["line"])) for id, row in record_rows(frame, _MARKERS)}


def inspections_of(frame: gpd.GeoDataFrame) -> list[Inspection]:
    """Records that rows of ``inspections`` hold, in their order."""
    rows = record_rows(frame, Collection.INSPECTIONS)
    return [
        _inspection(id, row, shape, place)
        for place, ((id, row), shape) in enumerate(zip(rows, frame.geometry, strict=True), 1)
    ]


def _inspection(id: str, row: Values, shape: object, order: int) -> Inspection:
    subject = InspectionSubject(str(row["subject"]))
    answers = _object(structure(row["answers"]))
    note = answers.pop("note", None)
    marker = row["marker"]
    return Inspection(
        id=id,
        subject=subject,
        key=str(row["name"] if marker is None else marker),
        name=str(row["name"]),
        side=str(row["side"]),
        inspected_on=date.fromisoformat(str(row["inspected_on"])),
        inspector=_text(row["inspector"]),
        state=None if row["state"] is None else MarkerState(str(row["state"])),
        actions=tuple(MarkerAction(str(word)) for word in _list(row["actions"])),
        longitude=_number(row["longitude"]),
        latitude=_number(row["latitude"]),
        height_m=_number(row["height_m"]),
        datum=_text(row["datum"]),
        place=(shape.x, shape.y) if isinstance(shape, shapely.Point) else None,
        displacement_m=_number(row["displacement_m"]),
        towards=_text(row["displacement_towards"]),
        witnesses=tuple(_witness(item) for item in _objects(row["witnesses"])),
        answers=tuple((key, None if said is None else bool(said)) for key, said in answers.items()),
        note=_text(note),
        photos=tuple((str(p.get("slot")), str(p.get("name"))) for p in _objects(row["photos"])),
        remark=_text(row["remark"]),
        recorded=order,
        findings=tuple(
            (ResultFault(str(item["fault"])), str(item["message"]))
            for item in _objects(row["findings"])
        ),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _list(text: object) -> list[object]:
    found = structure(text)
    return found if isinstance(found, list) else []


def _object(found: object) -> dict[str, object]:
    return dict(found) if isinstance(found, dict) else {}


def _objects(text: object) -> list[dict[str, object]]:
    return [item for item in _list(text) if isinstance(item, dict)]


def _witness(item: Values) -> WitnessCheck:
    found = item.get("found")
    return WitnessCheck(
        str(item.get("name") or ""),
        None if found is None else bool(found),
        _text(item.get("grid_azimuth")),
        _text(item.get("distance_m")),
    )


def inspection_values(record: Inspection) -> dict[str, ChangedValue]:
    """Properties of the row that holds what a record observed, its line and origin left out."""
    is_marker = record.subject is InspectionSubject.MARKER
    answers = {**dict(record.answers), "note": record.note}
    return {
        "name": record.name,
        "subject": record.subject.value,
        "marker": record.key if is_marker and record.key != record.name else None,
        "side": record.side,
        "inspected_on": record.inspected_on.isoformat(),
        "inspector": record.inspector,
        "state": None if record.state is None else record.state.value,
        "actions": json_text([action.value for action in record.actions]) if is_marker else None,
        "longitude": record.longitude,
        "latitude": record.latitude,
        "height_m": record.height_m,
        "datum": record.datum,
        "displacement_m": record.displacement_m,
        "displacement_towards": record.towards,
        "witnesses": json_text([_told(w) for w in record.witnesses]) if is_marker else None,
        "answers": None if is_marker else json_text(answers),
        "photos": _photos(record) if record.photos else None,
        "remark": record.remark,
        "findings": json_text([{"fault": f.value, "message": text} for f, text in record.findings]),
        "geometry": None if record.place is None else shapely.Point(record.place),
    }


def _photos(record: Inspection) -> str:
    return json_text([{"slot": slot, "name": name, "sha256": None} for slot, name in record.photos])


def _told(check: WitnessCheck) -> dict[str, object]:
    return {
        "name": check.name,
        "found": check.found,
        "grid_azimuth": check.grid_azimuth,
        "distance_m": check.distance_m,
    }
