"""Creating, correcting, closing and restoring estates and facilities; each is a use case."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import geopandas as gpd
import shapely

from civgeo.domain.history import Edit
from civgeo.errors import NotFound, NotPermitted, RuleViolation
from civgeo.services.city import City
from civgeo.services.entry_checks import Entered, checked_entry
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.features import collection_schema
from civgeo.services.geojson import records
from civgeo.services.periods import with_existence
from civgeo.store.editing import ChangedValue
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = [
    "EDITABLE",
    "Saved",
    "close",
    "correct",
    "create",
    "editable",
    "record",
    "replace",
    "restore",
]

EDITABLE = (
    Collection.ESTATES,
    Collection.FACILITIES,
    Collection.NAME_SIGNS,
    Collection.PROTECTED_NAMES,
    Collection.RURAL_NAMING,
    Collection.RESERVED_NAMES,
    Collection.NAME_ARCHIVES,
    Collection.REPORTING_AREAS,
    Collection.WALK_BARRIERS,
    Collection.WALK_CROSSINGS,
    Collection.CEMETERIES,
    Collection.POPULATION,
)
"""Collections whose records an officer may enter one by one."""

_BOUNDARIES = (
    "界线、界址点、界桩、三交点不能直接改写：登记与更正请用 /boundaries/registers（命令 civgeo "
    "boundaries entry）；移动、增设、废弃界桩请办界桩变动（/boundaries/works）"
)
_INSTEAD = {
    **dict.fromkeys(
        ("boundary_lines", "boundary_points", "boundary_markers", "tri_junctions"), _BOUNDARIES
    ),
    "place_names": (
        "地名不能直接改写：命名、更名、注销请办理案卷（接口 /place-names/cases，命令 civgeo names "
        "case）；更正登记内容请用 /place-names/{id}/corrections（命令 civgeo names correct）"
    ),
    "divisions": (
        "行政区划不能逐条改写：整批更新请用 civgeo import（接口 /imports）并注明批文；"
        "只核对图形请用 civgeo divisions check"
    ),
    "coverage_units": (
        "评价单元由小区、设施和标准算出，不能改写：请更改小区（/collections/estates/items）"
        "或设施（/collections/facilities/items），结果随之更新"
    ),
}


@dataclass(frozen=True, slots=True)
class Saved:
    """A record after an edit: its id, and the version to base the next edit on."""

    id: str
    version: int


def editable(collection: str) -> Collection:
    """The collection, when its records may be edited one by one.

    Raises
    ------
    NotFound
        When there is no such collection.
    NotPermitted
        When it is kept by another use case, which the message names.
    """
    schema = collection_schema(collection)
    if schema.id in _INSTEAD:
        raise NotPermitted(_INSTEAD[schema.id], code="other_use_case")
    return Collection(schema.id)


def create(
    city: City,
    collection: Collection,
    properties: Mapping[str, ChangedValue],
    edit: Edit,
) -> Saved:
    """Enter a new record and give it an id; it exists over the period of `edit`.

    Parameters
    ----------
    city
        The city.
    collection
        Estates or facilities.
    properties
        By name, ``geometry`` (shapely, EPSG:4490) among them; what is left out is null.
        ``source`` is by default the document of the edit, ``simulated`` by default false.
    edit
        Who enters it, on the strength of what, and from when it exists.

    Raises
    ------
    FieldFaults
        Naming every property that is not as it must be.
    CrsError, ImportRejected
        When it lies outside China, or is simulated in a production store.
    """
    given = {"source": edit.document, "simulated": False, "geometry": None, **properties}
    _refuse_future(city, edit)
    with city.store.read() as reading:
        entered = checked_entry(reading, collection, given)
    identifier = str(uuid4())
    names = [item.name for item in COLLECTIONS[collection.value].entered]
    row = {"id": identifier, "version": 1, **{name: entered.get(name) for name in names}}
    frame = gpd.GeoDataFrame(
        [{**row, "geometry": entered["geometry"]}], geometry="geometry", crs="EPSG:4490"
    ).set_index("id")
    with city.store.write() as writing:
        writing.create(collection, frame, edit)
    return Saved(identifier, 1)


def correct(
    city: City,
    collection: Collection,
    id: str,
    changes: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
) -> Saved:
    """Change properties of a record over the period of `edit`.

    Without a first day the change holds for as far back as the record exists: the entry was
    wrong. With one, what was recorded of the days before stays as it is.

    Parameters
    ----------
    city, collection, id
        The record.
    changes
        Properties, ``geometry`` among them, and their new values.
    edit
        Who changes it, on the strength of what, and when it holds.
    expected_version
        Version that the change was made from.

    Returns
    -------
    Saved
        The new version; the standing one when nothing differs.

    Raises
    ------
    NotFound
        When there never was such a record.
    VersionRequired, StaleVersion
        Without an expected version, or when it is not the standing one.
    FieldFaults, CrsError, ImportRejected
        As in `create`.
    RuleViolation
        When the record does not exist over the period, the period lies ahead, or another program
        changed the row and nobody has settled that.
    """
    with city.store.read() as reading:
        before = _standing(reading, collection, id)
        if expected_version == before["version"]:
            changes = checked_entry(reading, collection, changes, before)
        else:
            reading.rehearse(collection, id, changes, edit, expected_version)
    if "geometry" in changes and not _differs("geometry", changes["geometry"], before):
        changes = {**changes, "geometry": before["geometry"]}
    return Saved(id, city.store.correct(collection, id, changes, edit, expected_version))


def replace(
    city: City,
    collection: Collection,
    id: str,
    properties: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
) -> Saved:
    """Make a record exactly what is given: what is left out becomes null.

    Only what differs from today's state is changed, so that a first day in the past leaves alone
    what was recorded of the other properties. Raises as `correct`.
    """
    names = [item.name for item in COLLECTIONS[collection.value].entered]
    whole: dict[str, ChangedValue] = {**dict.fromkeys([*names, "geometry"]), **properties}
    with city.store.read() as reading:
        before = _standing(reading, collection, id)
    changes = {name: value for name, value in whole.items() if _differs(name, value, before)}
    some = changes or {names[0]: whole[names[0]]}
    return correct(city, collection, id, some, edit, expected_version)


def close(
    city: City, collection: Collection, id: str, edit: Edit, expected_version: int | None
) -> Saved:
    """End a record's existence on ``edit.valid_from``; it is never deleted.

    A day ahead is allowed: until then it exists. Raises as `correct`, and InvalidInput without
    a day.
    """
    with city.store.write() as writing:
        return Saved(id, writing.close(collection, id, edit, expected_version))


def restore(
    city: City,
    collection: Collection,
    id: str,
    edit: Edit,
    expected_version: int | None,
    *,
    of_version: int | None = None,
) -> Saved:
    """Let a closed record exist again, or let the state of an earlier version hold again.

    Without a first day the closing is undone from its own day on. Raises as `correct`, and
    NotFound when there was no such version, RuleViolation when there is nothing to restore.
    """
    _refuse_future(city, edit)
    with city.store.write() as writing:
        version = writing.restore(collection, id, edit, expected_version, of_version=of_version)
    return Saved(id, version)


def record(city: City, collection: Collection, id: str) -> gpd.GeoDataFrame:
    """Frame of one record as it is today, or as it was last (or will be first).

    Raises
    ------
    NotFound
        When there never was such a record.
    """
    with city.store.read() as reading:
        return with_existence(reading, collection, _row(reading, collection, id))


def _row(reading: Reading, collection: Collection, id: str) -> gpd.GeoDataFrame:
    frame = reading.features(collection, ids=[id], include_closed=True)
    if frame.empty:
        title = COLLECTIONS[collection.value].title
        raise NotFound(f"{title}（{collection}）中没有编号为“{id[:80]}”的记录")
    return frame


def _standing(reading: Reading, collection: Collection, id: str) -> Entered:
    frame = _row(reading, collection, id)
    known = records(frame, COLLECTIONS[collection.value])[0]
    return {**known, "geometry": frame.geometry.iloc[0]}  # type: ignore[dict-item]


def _differs(name: str, value: ChangedValue, before: Entered) -> bool:
    if name != "geometry":
        return value != before.get(name)
    then = before["geometry"]
    if isinstance(value, shapely.Geometry) and isinstance(then, shapely.Geometry):
        return bool(shapely.normalize(value) != shapely.normalize(then))
    return True


def _refuse_future(city: City, edit: Edit) -> None:
    for day in (edit.valid_from, edit.valid_to):
        if day is not None and day > city.today:
            raise RuleViolation(f"日期 {day} 在今天之后：请到期再登记", code="future")
