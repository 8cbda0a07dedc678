"""Opening naming cases: what is proposed, as a draft."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import geopandas as gpd
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.domain.history import Edit
from civgeo.domain.name_case import NameCase
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.procedure_rule import Action, Level
from civgeo.errors import InvalidInput
from civgeo.services.case_records import CaseFile, case_values
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.services.entry_checks import checked_entry
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.geojson import records
from civgeo.services.name_entries import completed, entry
from civgeo.services.own_material import own_procedures
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["drafted", "fresh_reading", "open_naming", "open_renaming", "open_retiring"]

_CASES, _NAMES = Collection.NAME_CASES, Collection.PLACE_NAMES


def open_naming(
    city: City,
    proposal: Mapping[str, ChangedValue],
    edit: Edit,
    *,
    reason: str = "",
    level: Level | None = None,
    sector: str = "",
) -> Saved:
    """Open the case of a new name, as a draft.

    Parameters
    ----------
    city
        The city.
    proposal
        Properties of the place name to be, ``geometry`` (shapely, EPSG:4490) among them; at
        least name, kind and division. What the name says of itself is filled in.
    edit
        Who proposes, on the strength of what.
    reason, level, sector
        Why; level of the place; the department in charge of a facility.

    Raises
    ------
    InvalidInput, FieldFaults
        When the proposal is not what an entry may be.
    """
    return _opened(city, drafted(Action.NAMING, proposal, reason, level, sector), edit)


def open_renaming(
    city: City,
    place: str,
    proposal: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
    *,
    reason: str = "",
    level: Level | None = None,
) -> Saved:
    """Open the case of another name for a place, as a draft.

    Parameters
    ----------
    city, edit, reason, level
        As in `open_naming`.
    place
        Id of the entry.
    proposal
        What becomes different, at least the name.
    expected_version
        Version of the entry that the proposal was made from.

    Raises
    ------
    NotFound, VersionRequired, StaleVersion
        When there is no such entry, or it is not at that version.
    InvalidInput, FieldFaults
        As in `open_naming`.
    """
    known = _entry_at(city, place, proposal, edit, expected_version)
    if proposal.get("name") in (None, known["name"]):
        text = f"更名后的名称应与原名“{known['name']}”不同，请填写 name"
        raise InvalidInput(text, code="no_change")
    renewed = {**known, **fresh_reading(proposal), **proposal}
    file = drafted(Action.RENAMING, renewed, reason, level, "")
    return _opened(city, _about(city, file, place, known), edit)


def open_retiring(
    city: City,
    place: str,
    edit: Edit,
    expected_version: int | None,
    *,
    reason: str,
    level: Level | None = None,
) -> Saved:
    """Open the case of a name that ends, as a draft; parameters and errors as `open_renaming`."""
    known = _entry_at(city, place, {}, edit, expected_version)
    if not reason.strip():
        raise InvalidInput("注销地名要写明理由（reason）", code="reason_missing")
    file = drafted(Action.RETIRING, known, reason, level, "")
    return _opened(city, _about(city, file, place, known), edit)


def fresh_reading(changes: Mapping[str, ChangedValue]) -> dict[str, ChangedValue]:
    """What a proposal no longer says of the reading when `changes` touch the name or reading."""
    touched = {"name", "kind", "reading"} & set(changes)
    return dict.fromkeys(("reading", "reading_source", "confirmed_by")) if touched else {}


def drafted(
    action: Action,
    proposal: Mapping[str, ChangedValue],
    reason: str,
    level: Level | None,
    sector: str,
) -> CaseFile:
    """A case that is not in the store yet."""
    shape = proposal.get("geometry")
    given = {name: value for name, value in proposal.items() if name != "geometry"}
    values = completed(given)
    case = NameCase(
        name=str(values["name"]),
        action=action,
        kind=PlaceKind(str(values["kind"])),
        level=level,
        famous=bool(values["famous"]),
        division=DivisionCode.parse(str(values["division"])),
        sector=sector,
    )
    return CaseFile(
        id=str(uuid4()),
        version=1,
        case=case,
        proposal=values,
        geometry=shape if isinstance(shape, shapely.Geometry) else None,
        place=None,
        place_version=None,
        findings=(),
        reason=reason.strip(),
        simulated=False,
    )


def _about(city: City, file: CaseFile, place: str, known: Mapping[str, ChangedValue]) -> CaseFile:
    """The case of an entry that is registered."""
    with city.store.read() as reading:
        protected = _protected(reading, place, known)
        version = int(reading.feature(_NAMES, place)["version"].iloc[0])
    case = replace(file.case, former_name=str(known["name"]), protected=protected)
    return replace(file, case=case, place=place, place_version=version)


def _protected(reading: Reading, place: str, known: Mapping[str, ChangedValue]) -> bool:
    """Whether the entry is on the protection list (地名管理条例 article 25).

    A row that names no entry counts by its name, in the same division or one above or below it.
    """
    if reading.count(Collection.PROTECTED_NAMES, where={"place": place}):
        return True
    rows = reading.features(Collection.PROTECTED_NAMES, where={"name": str(known["name"])})
    unlinked, own = rows[rows["place"].isna()], str(known["division"])
    codes = unlinked["division"].tolist()
    return any(own.startswith(code) or code.startswith(own) for code in codes)


def _entry_at(
    city: City,
    place: str,
    proposal: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
) -> dict[str, ChangedValue]:
    """Properties of the entry, when it is at the version that is expected."""
    frame = entry(city, place)
    with city.store.read() as reading:
        trial = {"name": proposal.get("name") or frame["name"].iloc[0]}
        reading.rehearse(_NAMES, place, trial, edit, expected_version)
    schema = COLLECTIONS[_NAMES.value]
    recorded = records(frame, schema)[0]
    known = {item.name: recorded[item.name] for item in schema.entered}
    return {**known, "geometry": frame.geometry.iloc[0]}  # type: ignore[dict-item]


def _opened(city: City, file: CaseFile, edit: Edit) -> Saved:
    own_procedures(city.store.file.parent)  # a case that cannot be shown afterwards is not opened
    with city.store.read() as reading:
        register = reading.register()
        proposed = {**file.proposal, "simulated": register.simulated}
        proposed.setdefault("source", edit.document)
        entered = checked_entry(reading, _NAMES, {**proposed, "geometry": file.geometry})
    geometry = entered.pop("geometry")
    shape = geometry if isinstance(geometry, shapely.Geometry) else None
    kept = replace(file, proposal={k: v for k, v in entered.items() if v is not None})
    kept = replace(kept, geometry=shape, simulated=register.simulated)
    row = {
        "id": kept.id,
        "version": 1,
        **dict.fromkeys(item.name for item in COLLECTIONS[_CASES.value].entered),
        **case_values(kept),
        "source": edit.document,
        "simulated": kept.simulated,
        "geometry": kept.geometry,
    }
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:4490").set_index("id")
    with city.store.write() as writing:
        writing.create(_CASES, frame, replace(edit, valid_from=None, valid_to=None))
    return Saved(kept.id, 1)
