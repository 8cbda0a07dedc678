"""Entries of lines, points, markers, tri-junctions and archives: entered, corrected, closed.

What follows from an entry is worked out with it: the length of a line, the serial, letter and
setting of a marker's number, its chainage and offset. A marker that is registered is moved, added
or scrapped by works on markers only (行政区域界线管理条例, 国务院令第 353 号, article 6: what is
moved otherwise is void).
"""

from collections.abc import Mapping

import geopandas as gpd
import orjson
import shapely

from civgeo.domain.boundary_forms import BoundaryLevel, LineStatus, MarkerState
from civgeo.domain.division import DivisionCode
from civgeo.domain.history import Edit
from civgeo.domain.marker_number import explain_marker_number
from civgeo.domain.secrecy import Secrecy
from civgeo.errors import InvalidInput, NotFound, NotPermitted
from civgeo.formats.marker_suffixes import marker_suffixes
from civgeo.services import editing
from civgeo.services.boundary_places import DERIVED, along_line, renewed
from civgeo.services.boundary_records import (
    codes_of,
    json_text,
    line_entry,
    own_division,
    parsed_sides,
    record_rows,
    route_or_none,
)
from civgeo.services.boundary_references import (
    refuse_ending,
    refuse_new_code,
    refuse_old_course,
    refuse_while_worked_on,
)
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.services.entry_checks import checked_entry
from civgeo.services.entry_ids import refuse_taken
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.geojson import feature_members
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = [
    "ENTRIES",
    "POSITION",
    "amended",
    "close_entry",
    "completed",
    "correct_entry",
    "enter",
    "entry",
    "entry_collection",
    "entry_content",
    "entry_document",
    "restore_entry",
]

_LINES, _POINTS = Collection.BOUNDARY_LINES, Collection.BOUNDARY_POINTS
_MARKERS, _JUNCTIONS = Collection.BOUNDARY_MARKERS, Collection.TRI_JUNCTIONS

ENTRIES = (_LINES, _POINTS, _MARKERS, _JUNCTIONS, Collection.BOUNDARY_ARCHIVES)
"""Registers whose entries are entered here."""

POSITION = ("geometry", "northing_m", "easting_m", "longitude", "latitude", "height_m", "datum")
"""What says where a marker stands."""

_WORKS = (
    "界桩的位置只能经界桩变动办理（移动、恢复原位：接口 /boundaries/works，命令 civgeo boundaries "
    "work）；登记时抄录有误的，可凭文件作文字更正（clerical）"
)
_Changes = Mapping[str, ChangedValue]


def entry_collection(name: str) -> Collection:
    """The register of that name.

    Raises
    ------
    NotFound
        When no entries of it are entered here.
    """
    if name not in ENTRIES:
        raise NotFound(f"没有界线登记表“{name[:40]}”；可用：{'、'.join(ENTRIES)}")
    return Collection(name)


def enter(city: City, collection: Collection, properties: _Changes, edit: Edit) -> Saved:
    """Enter a line, point, marker, tri-junction or archive record.

    Parameters
    ----------
    city
        The city.
    collection
        One of `ENTRIES`.
    properties
        By name, ``geometry`` (shapely, EPSG:4490) among them. Sides may be a JSON list or codes
        with commas. Left out: not public, internal, a line's division (the own side), a marker's
        level and sides (those of its line).
    edit
        Who enters it, on the strength of what, and from when it exists.

    Raises
    ------
    FieldFaults, InvalidInput
        When a property is not as it must be, or is one that is computed.
    NotFound
        ``unknown_line`` when the line of a marker or point is not registered.
    RuleViolation
        ``already_there`` for a line's code, or a marker's number on its line, that is taken.
    """
    with city.store.read() as reading:
        values = completed(reading, collection, properties)
        refuse_taken(reading, collection, values)
    return editing.create(city, collection, values, edit)


def completed(reading: Reading, collection: Collection, given: _Changes) -> dict[str, ChangedValue]:
    """Properties of a new entry with the defaults and with what follows from them.

    Raises
    ------
    InvalidInput, NotFound
        As `enter`.
    """
    _refuse_derived(collection, given)
    values: dict[str, ChangedValue] = {"secrecy": Secrecy.INTERNAL.value, "public": False}
    values |= {"simulated": reading.register().simulated}
    values |= {name: value for name, value in given.items() if value is not None}
    values |= _with_sides(values)
    if values.get("line") is not None:
        line = line_entry(reading, str(values["line"]))
        values.setdefault("division", line.division)
        if collection is _MARKERS:
            values.setdefault("sides", json_text(line.facts.sides))
            values.setdefault("level", line.facts.level.value)
    sides = codes_of(values.get("sides"))
    if sides:
        values.setdefault("division", own_division(reading, sides))
        if collection in (_LINES, _JUNCTIONS):
            values.setdefault("level", _level_of(sides))
    if collection is _LINES:
        values.setdefault("status", LineStatus.UNVERIFIED.value)
    if collection is _MARKERS:
        values.setdefault("state", MarkerState.UNKNOWN.value)
        values.setdefault("engraved", values.get("number"))
        values = {**_of_number(values), **values}
    return values | _derived(reading, collection, values)


def entry(city: City, collection: Collection, id: str) -> gpd.GeoDataFrame:
    """Frame of one entry as it is today, or as it was last; raises NotFound."""
    return editing.record(city, collection, id)


def entry_content(city: City, collection: Collection, id: str) -> tuple[dict[str, object], int]:
    """One entry as a GeoJSON feature for orjson, and its version; raises NotFound."""
    frame = entry(city, collection, id)
    found = feature_members(frame, COLLECTIONS[collection.value])[0]
    return found, int(frame["version"].iloc[0])


def entry_document(city: City, collection: Collection, id: str) -> str:
    """One entry as a GeoJSON feature, indented; raises NotFound."""
    found, _version = entry_content(city, collection, id)
    return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()


def correct_entry(
    city: City,
    collection: Collection,
    id: str,
    changes: _Changes,
    edit: Edit,
    expected_version: int | None,
    *,
    clerical: bool = False,
) -> Saved:
    """Correct an entry; what follows from the change is renewed in the same write.

    Another course of a line renews the chainage and offset of its markers and points.

    Parameters
    ----------
    city, collection, id, changes, edit, expected_version
        As in `editing.correct`.
    clerical
        A marker's recorded position was copied wrongly from the document of the edit; the marker
        itself has not moved.

    Raises
    ------
    NotPermitted
        ``other_use_case`` when a registered position would change and it is not clerical.
    RuleViolation
        ``line_in_use`` for another code of a line to which records refer; ``work_open`` for
        another position, line or number of a marker on which works are open.
    NotFound, VersionRequired, StaleVersion, FieldFaults, InvalidInput
        As `editing.correct`.
    """
    before = _known(city, collection, id)
    with city.store.read() as reading:
        wanted = amended(reading, collection, before, changes, clerical=clerical)
        if collection is _MARKERS and {*POSITION, "line", "number"} & set(wanted):
            refuse_while_worked_on(reading, id)
    if collection is _LINES and "geometry" in wanted:
        return _correct_course(city, id, before, wanted, edit, expected_version)
    return editing.correct(city, collection, id, wanted, edit, expected_version)


def amended(
    reading: Reading,
    collection: Collection,
    before: _Changes,
    changes: _Changes,
    *,
    clerical: bool = False,
) -> dict[str, ChangedValue]:
    """Changes of an entry that stands as `before`, with what follows from them.

    Raises
    ------
    NotPermitted, RuleViolation, NotFound, InvalidInput
        As `correct_entry`.
    """
    _refuse_derived(collection, changes)
    wanted: dict[str, ChangedValue] = {**changes, **_with_sides(changes)}
    if collection is _MARKERS and not clerical:
        _refuse_moving(before, wanted)
    if collection is _LINES:
        refuse_new_code(reading, before, wanted)
    after = {**before, **wanted}
    if collection is _MARKERS and {"number", "sides"} & set(wanted):
        wanted = {**_of_number(after), **wanted}
    if {"geometry", "line"} & set(wanted):
        wanted |= _derived(reading, collection, after)
    return wanted


def close_entry(
    city: City,
    collection: Collection,
    id: str,
    edit: Edit,
    expected_version: int | None,
    *,
    clerical: bool = False,
) -> Saved:
    """End an entry; a registered marker ends by works on markers, or as a clerical correction.

    Raises
    ------
    NotPermitted
        ``other_use_case`` for a marker when it is not clerical.
    RuleViolation
        ``work_open`` for a marker on which works are open; ``line_in_use`` for a line with
        markers, points, open works or inspections that are not filed.
    NotFound, VersionRequired, StaleVersion, InvalidInput
        As `editing.close`.
    """
    if collection is _MARKERS and not clerical:
        text = "界桩不能直接注销：废弃请办界桩变动；重复登记的，可凭文件作文字更正（clerical）"
        raise NotPermitted(text, code="other_use_case")
    with city.store.read() as reading:
        if collection is _MARKERS:
            refuse_while_worked_on(reading, id)
        if collection is _LINES:
            refuse_ending(reading, str(_known(city, collection, id)["code"]))
    return editing.close(city, collection, id, edit, expected_version)


def restore_entry(
    city: City,
    collection: Collection,
    id: str,
    edit: Edit,
    expected_version: int | None,
    *,
    of_version: int | None = None,
    clerical: bool = False,
) -> Saved:
    """Let a closed entry exist again, or an earlier version hold again.

    Raises
    ------
    NotPermitted
        ``other_use_case`` for a marker when it is not clerical: an earlier version may stand
        elsewhere.
    RuleViolation
        ``work_open`` as in `close_entry`; ``line_in_use`` for an earlier version of a line along
        which markers stand.
    NotFound, VersionRequired, StaleVersion
        As `editing.restore`.
    """
    if collection is _MARKERS and not clerical:
        raise NotPermitted(_WORKS, code="other_use_case")
    with city.store.read() as reading:
        if collection is _MARKERS:
            refuse_while_worked_on(reading, id)
        if collection is _LINES and of_version is not None:
            refuse_old_course(reading, str(_known(city, collection, id)["code"]))
    return editing.restore(city, collection, id, edit, expected_version, of_version=of_version)


def _refuse_derived(collection: Collection, given: _Changes) -> None:
    barred = [name for name in DERIVED.get(collection, ()) if given.get(name) is not None]
    if barred:
        text = f"{'、'.join(barred)} 由图形算出，不能填写：请去掉"
        raise InvalidInput(text, code="derived_property")


def _with_sides(values: _Changes) -> dict[str, ChangedValue]:
    if values.get("sides") is None:
        return {}
    return {"sides": json_text(parsed_sides(values["sides"]))}


def _level_of(sides: tuple[str, ...]) -> str:
    return BoundaryLevel(DivisionCode.parse(sides[0]).level.value).value


def _of_number(values: _Changes) -> dict[str, ChangedValue]:
    """Serial, letter and setting that a marker's number says; null where it says none."""
    number = explain_marker_number(str(values.get("number") or ""), marker_suffixes())
    setting = None if number.setting is None else number.setting.label_zh
    return {"serial": number.serial, "suffix": number.suffix, "setting": setting}


def _derived(reading: Reading, collection: Collection, values: _Changes) -> dict[str, ChangedValue]:
    """Properties of an entry that its shape gives."""
    if collection is _LINES:
        route = route_or_none(values.get("geometry"))
        return {"length_m": None if route is None else round(route.length_m, 2)}
    names = DERIVED.get(collection, ())
    if not names:
        return {}
    shape = values.get("geometry")
    line, point = values.get("line"), shape if isinstance(shape, shapely.Point) else None
    if line is None or point is None:
        return dict.fromkeys(names)
    places = gpd.GeoDataFrame(geometry=[point], crs="EPSG:4490")
    found = along_line(line_entry(reading, str(line)).route(), places)[0]
    return {name: found[name] for name in names}


def _known(city: City, collection: Collection, id: str) -> dict[str, ChangedValue]:
    frame = entry(city, collection, id)
    _, row = record_rows(frame, collection)[0]
    return {**row, "geometry": frame.geometry.iloc[0]}  # type: ignore[dict-item]


def _refuse_moving(before: _Changes, changes: _Changes) -> None:
    """Refuse another position for a marker that has one."""
    for name in POSITION:
        then, now = before.get(name), changes.get(name)
        if name in changes and then is not None and not _same(then, now):
            raise NotPermitted(_WORKS, code="other_use_case")


def _same(one: ChangedValue, other: ChangedValue) -> bool:
    if isinstance(one, shapely.Geometry) and isinstance(other, shapely.Geometry):
        return bool(shapely.equals(one, other))
    return one == other


def _correct_course(
    city: City,
    id: str,
    before: dict[str, ChangedValue],
    changes: _Changes,
    edit: Edit,
    expected_version: int | None,
) -> Saved:
    """A line's new course, and the places of all that stands along it, in one transaction.

    The checks are asked before the write, so that no other writer waits for them.
    """
    with city.store.read() as reading:
        reading.rehearse(_LINES, id, changes, edit, expected_version)
        entered = checked_entry(reading, _LINES, changes, before)
        route = route_or_none(entered.get("geometry"))
        code = str(entered.get("code", before["code"]))
        for collection in (_MARKERS, _POINTS):
            for item in renewed(reading, collection, code, route, edit):
                reading.rehearse(collection, item.id, item.changes, item.edit, item.version)
    with city.store.write() as writing:
        version = writing.correct(_LINES, id, entered, edit, expected_version)
        for collection in (_MARKERS, _POINTS):
            for item in renewed(writing, collection, code, route, edit):
                writing.correct(collection, item.id, item.changes, item.edit, item.version)
    return Saved(id, version)
