"""Use case of exports: a collection as one file, for the office or for the public.

What leaves the office for the public carries its map approval number (审图号; 地图管理条例,
国务院令第 664 号, article 22) and holds public records only; everything else says 内部工作用.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import geopandas as gpd
import orjson

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput, NotFound, NotPermitted
from civgeo.formats.export_files import csv_content, geopackage_content
from civgeo.formats.own_notes import COORDINATES
from civgeo.reports.register_table import SIMULATED, register_workbook
from civgeo.services.city import City
from civgeo.services.export_tables import Cell, ExportTable, register_table
from civgeo.services.feature_schema import COLLECTIONS, CollectionSchema
from civgeo.services.features import Selection, feature_page
from civgeo.services.geojson import feature_members
from civgeo.services.name_divisions import NameDivisions
from civgeo.services.name_exports import census_table, national_answer
from civgeo.services.periods import with_existence
from civgeo.store.reading import Reading, Register
from civgeo.store.tables import Collection

__all__ = ["FORMS", "INTERNAL", "MEDIA_TYPES", "ExportRequest", "Exported", "export"]

INTERNAL = "内部工作用"
FORMS = ("census", "national")
"""Forms of others, for place names: the census form, and answers of the national service."""

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "gpkg": "application/geopackage+sqlite3",
        "geojson": "application/geo+json",
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json": "application/json",
    }
)
_SUFFIXES_OF_FORM = {None: ("gpkg", "geojson", "csv", "xlsx"), "census": ("csv", "xlsx")}
_OFFICE_ONLY = ("attributes", "documents", "confirmed_by")
"""Columns that stay empty for the public: names of clerks, papers, cells that nobody reviewed."""

_EVERYTHING = 10_000_000
_MOST_ROWS = 1_000_000
"""Rows that a sheet of a workbook holds, those above the table left room for."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What is to be exported, and how.

    Parameters
    ----------
    collection
        Any collection.
    suffix
        ``gpkg``, ``geojson``, ``csv`` or ``xlsx``; ``json`` in the form of the national service.
    division
        Code of the area; the whole city by default.
    on
        Day whose records are exported, as they were; today by default.
    public
        Whether it is for the public: only public records, and `public_number` is required.
    public_number
        审图号.
    form
        One of `FORMS`, for place names only.
    open_only
        Whether records that are not public are left out although it is for the office.
    """

    collection: str
    suffix: str
    division: str | None = None
    on: date | None = None
    public: bool = False
    public_number: str = ""
    form: str | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """One file: its content, media type and name, how many records, and how many were left out."""

    content: bytes
    media_type: str
    file_name: str
    count: int
    left_out: int


@dataclass(frozen=True, slots=True)
class _Export:
    """What goes into the file."""

    schema: CollectionSchema
    frame: gpd.GeoDataFrame
    divisions: NameDivisions
    title: str
    notes: tuple[str, ...]
    simulated: bool


def export(city: City, request: ExportRequest) -> Exported:
    """The records of a collection as one file.

    Parameters
    ----------
    city
        The city.
    request
        What is to be exported, and how.

    Raises
    ------
    NotFound
        When there is no such collection.
    InvalidInput
        For a suffix or form that it cannot have, a bad division code, more rows than a workbook
        holds, a public export without 审图号.
    NotPermitted
        For a public export of a register that only officers read.
    """
    schema = _schema(request)
    with city.store.read() as reading:
        register = reading.register()
        everything = _records(city, reading, schema, request)
        kept = _kept(reading, everything, request)
        known = reading.features(Collection.DIVISIONS, limit=None if request.form else 0)
    made = _Export(
        schema,
        kept,
        NameDivisions.of(known, register.city),
        f"{register.name}{schema.title}",
        _notes(city, register, schema, kept, request),
        bool(kept["simulated"].any()) if "simulated" in kept else False,
    )
    name = f"{schema.id}-{request.division or register.city}.{request.suffix}"
    content = _WRITERS[request.suffix](made, request)
    count, left_out = len(kept), len(everything) - len(kept)
    return Exported(content, MEDIA_TYPES[request.suffix], name, count, left_out)


def _schema(request: ExportRequest) -> CollectionSchema:
    schema = COLLECTIONS.get(request.collection)
    if schema is None:
        known = "、".join(COLLECTIONS)
        raise NotFound(f"没有数据集“{request.collection[:80]}”。可导出：{known}")
    if request.form is not None and (request.form not in FORMS or schema.id != "place_names"):
        text = f"form 只用于标准地名（place_names），可填 {'、'.join(FORMS)}"
        raise InvalidInput(text, code="bad_form")
    suffixes = _SUFFIXES_OF_FORM.get(request.form, ("json",))
    if request.suffix not in suffixes:
        shown = "、".join(f".{suffix}" for suffix in suffixes)
        text = f"不能导出为“.{request.suffix[:20]}”：可用的后缀为 {shown}"
        raise InvalidInput(text, code="bad_format")
    if request.public and not schema.is_open:
        raise NotPermitted(f"{schema.title}只供经办人员，不能对外公开", code="not_public")
    if request.public and not request.public_number.strip():
        text = "对外公开须注明审图号：命令行写 --public-number，或在设置 public_number 中写明"
        raise InvalidInput(text, code="public_number_required")
    return schema


def _records(
    city: City, reading: Reading, schema: CollectionSchema, request: ExportRequest
) -> gpd.GeoDataFrame:
    area = None if request.division is None else DivisionCode.parse(request.division)
    if schema.id not in {collection.value for collection in Collection}:
        then = city if request.on is None else replace(city, today=request.on)
        frame = feature_page(then, schema.id, Selection(), limit=_EVERYTHING).frame
        if area is None:
            return frame
        inside = frame["division"].fillna("").str.startswith(area.digits)
        return frame[inside.to_numpy()]
    collection = Collection(schema.id)
    code = None if area is None else area.text
    frame = reading.features(collection, division=code, valid_on=request.on)
    return with_existence(reading, collection, frame, request.on)


def _kept(reading: Reading, frame: gpd.GeoDataFrame, request: ExportRequest) -> gpd.GeoDataFrame:
    """Records that may be in the file: all, or those that anybody may know today."""
    stored = {collection.value for collection in Collection}
    if not (request.public or request.open_only) or request.collection not in stored:
        return frame
    known = reading.features(Collection(request.collection), valid_on=request.on, open_only=True)
    found = frame[frame.index.isin(known.index)]
    return found.assign(**dict.fromkeys(name for name in _OFFICE_ONLY if name in frame))


def _notes(
    city: City,
    register: Register,
    schema: CollectionSchema,
    frame: gpd.GeoDataFrame,
    request: ExportRequest,
) -> tuple[str, ...]:
    """What a reader of the file should know, one line each."""
    use = f"审图号：{request.public_number.strip()}" if request.public else INTERNAL
    sources = dict.fromkeys(text for text in register.sources.values() if text)
    simulated = "simulated" in frame and bool(frame["simulated"].any())
    lines = [
        use,
        f"{register.name}{schema.title}，{len(frame)} 条；{schema.description}",
        f"内容为 {request.on or city.today} 的登记，导出日期 {city.today}",
        f"范围：{request.division or register.city}；{COORDINATES}",
        "政区轮廓为示意，不作为划界依据",
        f"来源：{'；'.join(sources)}" if sources else "",
        SIMULATED if simulated else "",
    ]
    return tuple(line for line in lines if line)


def _geopackage(made: _Export, request: ExportRequest) -> bytes:
    names = [item.name for item in made.schema.properties if item.name in made.frame]
    frame = made.frame[[*names, "geometry"]]
    return geopackage_content(frame, made.schema.id, title=made.title, notes=made.notes)


def _geojson(made: _Export, request: ExportRequest) -> bytes:
    document = {
        "type": "FeatureCollection",
        "name": made.schema.id,
        "title": made.title,
        "notes": made.notes,
        "features": feature_members(made.frame, made.schema),
    }
    return orjson.dumps(document)


def _national(made: _Export, request: ExportRequest) -> bytes:
    return national_answer(made.frame, made.divisions)


def _table(made: _Export, request: ExportRequest) -> ExportTable:
    if request.form == "census":
        return census_table(made.frame, made.divisions)
    return register_table(made.frame, made.schema)


def _csv(made: _Export, request: ExportRequest) -> bytes:
    table = _table(made, request)
    return csv_content(table.headers, ([_text(cell) for cell in row] for row in table.rows))


def _text(cell: Cell) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else repr(cell)


def _workbook(made: _Export, request: ExportRequest) -> bytes:
    table = _table(made, request)
    if len(table.rows) > _MOST_ROWS:
        text = f"{len(table.rows)} 行超过 Excel 的上限：请按县区导出，或改用 .gpkg、.csv"
        raise InvalidInput(text, code="too_many_rows")
    sheet = made.schema.title, table.headers, table.rows
    return register_workbook([sheet], notes=made.notes, footer=_footer(made))


def _footer(made: _Export) -> str:
    return "　".join([made.title, made.notes[0], *([SIMULATED] if made.simulated else [])])


_WRITERS: Mapping[str, Callable[[_Export, ExportRequest], bytes]] = MappingProxyType(
    {
        "gpkg": _geopackage,
        "geojson": _geojson,
        "csv": _csv,
        "xlsx": _workbook,
        "json": _national,
    }
)
