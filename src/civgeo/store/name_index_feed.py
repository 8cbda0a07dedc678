"""What the name index takes from the store: the change log, and the rows as they now stand."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Collection as Listing

import orjson
import shapely
import sqlalchemy as sa

from civgeo import __version__
from civgeo.domain.name_forms import OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.secrecy import Secrecy
from civgeo.errors import StoreUnavailable
from civgeo.store import geopackage
from civgeo.store.history_tables import history
from civgeo.store.name_index_rows import NameRow, OtherName
from civgeo.store.name_index_tables import Seen
from civgeo.store.outside import adopted_sources
from civgeo.store.sqlite import listed
from civgeo.store.tables import Collection, register

__all__ = ["Readings", "changed_since", "name_rows", "now_at", "was_at"]

Readings = Callable[[str, PlaceKind, str], Sequence[str]]
"""Syllables of a name, from its kind and the code of its division; empty when not known."""

_REGISTER = Collection.PLACE_NAMES
_AT_ONCE = 2_000
_COLUMNS = (
    *("id", "name", "specific", "kind", "division", "spans", "status", "reading"),
    *("toned", "plain", "other_names", "secrecy", "public", "famous", "builtup_area"),
    *("valid_from", "valid_to", "geometry"),
)
_OTHER_KINDS = frozenset(kind.value for kind in OtherNameKind)


def now_at(connection: sa.Connection) -> Seen:
    """Where the history of the store ends now."""
    last = sa.select(sa.func.max(history.c.sequence)).scalar_subquery()
    row = connection.execute(
        sa.select(register.c.city, register.c.created_at, history.c.sequence, history.c.hash)
        .select_from(register)
        .outerjoin(history, history.c.sequence == last)
    ).one()
    return Seen(_store(row.city, row.created_at), row.sequence or 0, row.hash or "")


def was_at(connection: sa.Connection, sequence: int) -> Seen:
    """Where the history of the store stood at one of its entries; no hash where it has none."""
    row = connection.execute(
        sa.select(register.c.city, register.c.created_at, history.c.hash)
        .select_from(register)
        .outerjoin(history, history.c.sequence == sequence)
    ).one()
    return Seen(_store(row.city, row.created_at), sequence, row.hash or "")


def _store(city: str, created_at: str) -> str:
    return f"{city} {created_at} civgeo {__version__}"


def changed_since(connection: sa.Connection, sequence: int) -> list[str]:
    """Ids of the place names that the history tells of after `sequence`."""
    query = sa.select(history.c.entity).where(
        history.c.sequence > sequence, history.c.register == _REGISTER.value
    )
    return list(connection.execute(query.distinct()).scalars())


def name_rows(
    connection: sa.Connection, readings: Readings, ids: Listing[str] | None = None
) -> Iterator[NameRow]:
    """Place names as they were last adopted, closed ones among them.

    Parameters
    ----------
    connection
        Of the store, with a transaction begun.
    readings
        Asked for names whose reading is not stored.
    ids
        Only these; all by default.
    """
    for source in adopted_sources(connection, _REGISTER):
        rows = source.rows
        first = sa.select(sa.func.min(history.c.sequence)).where(
            history.c.register == _REGISTER.value, history.c.entity == rows.c.id
        )
        columns = [rows.c[name] for name in _COLUMNS]
        query = sa.select(first.scalar_subquery().label("number"), *columns).where(*source.only)
        if ids is not None:
            query = query.where(listed(rows.c.id, ids))
        for some in connection.execute(query).partitions(_AT_ONCE):
            places = _places([row[-1] for row in some])
            for row, place in zip(some, places, strict=True):
                yield _name_row(row, place, readings)


def _places(blobs: Iterable[bytes | None]) -> list[tuple[float, float] | None]:
    """A point on each geometry; None without one."""
    try:
        points = shapely.point_on_surface(geopackage.decode(list(blobs)))
    except ValueError as error:
        text = f"{_REGISTER} 中有无法读取的图形，请用最近的备份恢复：{error}"
        raise StoreUnavailable(text, code="store_damaged") from error
    found = zip(shapely.get_x(points).tolist(), shapely.get_y(points).tolist(), strict=True)
    return [None if x != x else (x, y) for x, y in found]


def _name_row(
    row: sa.Row[tuple[object, ...]], place: tuple[float, float] | None, readings: Readings
) -> NameRow:
    lon, lat = place or (None, None)
    kind, stored = PlaceKind(row.kind), (row.reading or "").split()
    return NameRow(
        id=row.id,
        number=row.number,
        name=row.name,
        specific=row.specific,
        kind=kind,
        division=row.division,
        spans=tuple(code for code in _items(row.spans) if isinstance(code, str)),
        status=row.status,
        syllables=tuple(stored or readings(row.name, kind, row.division)),
        toned=row.toned,
        plain=row.plain,
        other_names=_other_names(row, kind, readings),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        lon=lon,
        lat=lat,
        public=row.public and row.secrecy == Secrecy.PUBLIC.value,
        famous=row.famous,
        builtup_area=row.builtup_area,
    )


def _other_names(
    row: sa.Row[tuple[object, ...]], kind: PlaceKind, readings: Readings
) -> tuple[OtherName, ...]:
    """Other names of a row; what is no name with a known kind is passed over."""
    return tuple(
        OtherName(
            name=other["name"],
            kind=OtherNameKind(other["kind"]),
            syllables=tuple(readings(other["name"], kind, row.division)),
            valid_from=other.get("valid_from"),
            valid_to=other.get("valid_to"),
        )
        for other in _items(row.other_names)
        if isinstance(other, dict)
        and isinstance(other.get("name"), str)
        and other.get("kind") in _OTHER_KINDS
    )


def _items(text: str | None) -> list[object]:
    found = None if text is None else orjson.loads(text)
    return found if isinstance(found, list) else []
