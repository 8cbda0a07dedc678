"""Lists of the place-name office: signs, protected names, rural naming, reserved names, archives.

地名管理条例 (国务院令第 753 号) articles 19 to 21 (signs), 24 to 26 (protection, archives).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput, NotFound
from civgeo.formats.values import parser_for
from civgeo.reports.register_table import SIMULATED, register_workbook
from civgeo.services.city import City
from civgeo.services.exporting import INTERNAL
from civgeo.services.feature_schema import COLLECTIONS, CollectionSchema
from civgeo.services.name_list import Given, ListRequest, NameList, Office
from civgeo.services.name_list_progress import rural_progress
from civgeo.services.name_list_signs import broken_signs, overdue_signs, patrol_progress, signs
from civgeo.services.name_list_views import (
    archives,
    expired_names,
    protected,
    reserved,
    rural_records,
    unprotected,
)
from civgeo.store.reading import Reading, Scalar
from civgeo.store.tables import Collection

__all__ = ["VIEWS", "ListRequest", "NameList", "list_document", "list_workbook", "name_list"]

VIEWS: Mapping[str, Mapping[str, Callable[[Given], NameList]]] = MappingProxyType(
    {
        "name_signs": {
            "list": signs,
            "broken": broken_signs,
            "overdue": overdue_signs,
            "progress": patrol_progress,
        },
        "protected_names": {"list": protected, "unprotected": unprotected},
        "rural_naming": {"progress": rural_progress, "list": rural_records},
        "reserved_names": {"list": reserved, "expired": expired_names},
        "name_archives": {"list": archives},
    }
)
"""What each register can be looked at as, the usual view first."""


def name_list(city: City, request: ListRequest) -> NameList:
    """A list of one register on the city's today, with a summary.

    Parameters
    ----------
    city
        The city.
    request
        Which register and view, and what of it.

    Raises
    ------
    NotFound
        When there is no such register, or the city holds no such division.
    InvalidInput
        For a view that the register does not have, a bad division code, an unknown property or a
        value that it cannot have, a parameter out of its range.
    """
    views = VIEWS.get(request.register)
    if views is None:
        known = "、".join(VIEWS)
        raise NotFound(f"没有登记表“{request.register[:40]}”的清单；可读：{known}")
    view = request.view or next(iter(views))
    if view not in views:
        text = f"{request.register} 没有“{view[:40]}”清单；可用：{'、'.join(views)}"
        raise InvalidInput(text, code="unknown_view")
    schema = COLLECTIONS[request.register]
    where = {_name(schema, key): _value(schema, key, text) for key, text in request.where.items()}
    with city.store.read() as reading:
        office = _office(reading, request)
        collection = Collection(request.register)
        frame = reading.features(
            collection, division=office.area, where=where, open_only=request.open_only
        )
    return views[view](Given(frame, office, request, city.today))


def _name(schema: CollectionSchema, key: str) -> str:
    found = next((i for i in schema.queryables if key in (i.name, i.title)), None)
    if found is None:
        known = "、".join(f"{item.name}（{item.title}）" for item in schema.queryables)
        raise InvalidInput(f"没有属性“{key[:40]}”，可用：{known}", code="unknown_property")
    return found.name


def _value(schema: CollectionSchema, key: str, text: str) -> Scalar:
    item = schema.property(_name(schema, key))
    assert item is not None  # noqa: S101 `_name` found it
    parsed = parser_for(item)(text)
    if parsed.error or parsed.value is None:
        reason = parsed.error or "不能为空"
        raise InvalidInput(f"{item.title}“{text[:40]}”：{reason}", code="bad_value")
    return parsed.value


def _office(reading: Reading, request: ListRequest) -> Office:
    register = reading.register()
    area = None if request.division is None else DivisionCode.parse(request.division).text
    divisions = reading.features(Collection.DIVISIONS, where={"role": "own", "system": "MCA"})
    names = dict(zip(divisions["code"].tolist(), divisions["name"].tolist(), strict=True))
    if area is not None and area != register.city and area not in names:
        text = f"{register.name}的库中没有区划 {area}；请核对代码，或查看 divisions 列表"
        raise NotFound(text)
    return Office(register, names, area, reading.standards())


def list_document(found: NameList) -> dict[str, object]:
    """A list as JSON, every value under its key."""
    return {
        "register": found.register,
        "view": found.view,
        "title": found.title,
        "division": found.division,
        "on": found.on.isoformat(),
        "simulated": found.simulated,
        "parameters": dict(found.parameters),
        "notes": list(found.notes),
        "rows": [dict(row) for row in found.main.rows],
        "summary": [dict(row) for row in found.summary.rows],
    }


def list_workbook(found: NameList) -> bytes:
    """XLSX of a list: its rows, its summary, and what it says."""
    tables = [(table.title, table.headers, table.cells) for table in (found.main, found.summary)]
    notes = [INTERNAL, *found.notes, *([SIMULATED] if found.simulated else [])]
    footer = "　".join([found.title, INTERNAL, *([SIMULATED] if found.simulated else [])])
    return register_workbook(tables, notes=notes, footer=footer)
