"""Entries of the boundary registers by what people call them: number, code or name."""

from collections.abc import Mapping

from civgeo.errors import InvalidInput, RuleViolation
from civgeo.services.city import City
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["entry_id", "refuse_taken"]

_CALLED: Mapping[Collection, tuple[str, ...]] = {
    Collection.BOUNDARY_LINES: ("code", "name"),
    Collection.BOUNDARY_POINTS: ("number",),
    Collection.BOUNDARY_MARKERS: ("number",),
    Collection.TRI_JUNCTIONS: ("name", "marker"),
    Collection.BOUNDARY_ARCHIVES: ("number",),
}


def entry_id(city: City, collection: Collection, asked: str) -> str:
    """Id of the entry that is called so today; what nobody is called is given back as it is.

    Parameters
    ----------
    city, collection
        A register of boundaries.
    asked
        Id, number of a marker, point or archive record, code or name of a line, name or marker of
        a tri-junction.

    Raises
    ------
    InvalidInput
        ``ambiguous_entry`` when several are called so.
    """
    found: set[str] = set()
    with city.store.read() as reading:
        for name in _CALLED[collection]:
            found |= set(reading.features(collection, where={name: asked.strip()}).index)
    if len(found) > 1:
        ids = "、".join(sorted(found)[:5])
        text = f"有 {len(found)} 条记录叫“{asked[:80]}”，请改用登记编号：{ids}"
        raise InvalidInput(text, code="ambiguous_entry")
    return found.pop() if found else asked


def refuse_taken(reading: Reading, collection: Collection, values: Mapping[str, object]) -> None:
    """Refuse a line's code, or a marker's number on its line, that is registered already.

    Raises
    ------
    RuleViolation
        ``already_there``.
    """
    if collection is Collection.BOUNDARY_LINES:
        where, told = {"code": str(values.get("code"))}, "界线代码 {code}"
    elif collection is Collection.BOUNDARY_MARKERS and values.get("line") is not None:
        where = {"number": str(values.get("number")), "line": str(values["line"])}
        told = "界线 {line} 的界桩 {number} "
    else:
        return
    if reading.count(collection, where=where):
        shown = {name: value[:40] for name, value in where.items()}
        raise RuleViolation(f"{told.format(**shown)}已登记，不能重复", code="already_there")
