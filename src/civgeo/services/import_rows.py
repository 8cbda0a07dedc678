"""Rows of an outside file as typed rows of a kind: columns, constants, geometry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civgeo.errors import InvalidInput
from civgeo.formats import headers
from civgeo.formats.checked import CheckedFile
from civgeo.formats.findings import Finding, Severity
from civgeo.formats.header_rows import plain_header
from civgeo.formats.headers import ColumnMapping, Coordinates
from civgeo.formats.values import parser_for
from civgeo.services.import_batches import ImportRequest
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_name_cells import parsed_cells
from civgeo.services.property_schema import ORIGIN, VALIDITY

__all__ = ["Part", "Rows", "expected_headers", "mapping_of", "read_rows", "with_constants"]

_STORE_KEPT = (*VALIDITY, *(item for item in ORIGIN if item.kept_by == "store"))
_AXES = {
    "lon": "lon",
    "经度": "lon",
    "lat": "lat",
    "纬度": "lat",
    "lonlat": "both",
    "经纬度": "both",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a file.

    Parameters
    ----------
    skip, most
        Rows before them, and how many they are; None for all the others.
    places
        Their places in the file, where they do not stand together.
    """

    skip: int = 0
    most: int | None = None
    places: Sequence[int] | None = None

    def places_of(self, count: int) -> NDArray[np.int64]:
        """Places in the file, from 1, of the `count` rows that were read of it."""
        if self.places is not None:
            return np.asarray(self.places, dtype=np.int64)
        return np.arange(self.skip + 1, self.skip + count + 1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file says.

    Parameters
    ----------
    frame
        Index: row of the file. Typed columns of the mapped properties; geometry in the file's
        CRS, null throughout where it has none.
    mapping
        Which column is which property.
    findings
        Of the reading.
    located
        Whether the file has coordinates at all.
    """

    frame: gpd.GeoDataFrame
    mapping: ColumnMapping
    findings: list[Finding]
    located: bool

    def header(self, name: str) -> str:
        """Header of the column of a property, empty where there is none."""
        return next((header for header, own in self.mapping.columns.items() if own == name), "")


def expected_headers(kind: ImportKind) -> tuple[str, ...]:
    """Headers that a file of the kind may have, by which the header row is found."""
    known = [text for prop in kind.readable for text in headers.synonyms(prop)]
    return (*known, "经度", "纬度", "lon", "lat", "坐标")


def mapping_of(
    found: Sequence[str], kind: ImportKind, request: ImportRequest, profile: str | None
) -> ColumnMapping:
    """Which column is which property: by the saved profile or the headers, then as asked.

    Parameters
    ----------
    found
        Headers of the file.
    kind, request
        What is imported, and how.
    profile
        Saved mapping, None without one.

    Raises
    ------
    InvalidInput
        When the request names a header or property that is not there.
    """
    saved = None
    if profile is not None:
        saved = ColumnMapping.from_profile(profile, found, kind.readable)
        if saved is None and request.profile is not None:
            text = f"方案“{request.profile}”与文件的列不符。文件里的列：{'、'.join(found)}"
            raise InvalidInput(text, code="profile_unfit")
    mapping = saved or headers.propose(found, kind.readable, required=())
    if request.columns:
        mapping = _overridden(mapping, found, kind, request.columns)
    return _keeping_rest(mapping, request.columns) if kind.keeps_rest else mapping


def _keeping_rest(mapping: ColumnMapping, asked: Mapping[str, str]) -> ColumnMapping:
    """The mapping of a kind that keeps every column, but for those that are to be left out."""
    rest = (*mapping.unmatched, *mapping.contested)
    kept = tuple(header for header in rest if asked.get(header) != "" and not _of_store(header))
    return replace(mapping, unmatched=kept, contested=())


def _of_store(header: str) -> bool:
    """Whether a column is one that the store writes itself, as in its own exports."""
    own = (text for item in _STORE_KEPT for text in headers.synonyms(item))
    return plain_header(header) in map(plain_header, own)


def _overridden(
    mapping: ColumnMapping, found: Sequence[str], kind: ImportKind, asked: Mapping[str, str]
) -> ColumnMapping:
    columns = dict(mapping.columns)
    own = mapping.coordinates or Coordinates()
    axes = {"lon": own.lon, "lat": own.lat, "both": own.both}
    for header, wanted in asked.items():
        if header not in found:
            text = f"文件里没有列“{header[:40]}”。文件里的列：{'、'.join(found)}"
            raise InvalidInput(text, code="unknown_column")
        columns.pop(header, None)
        axes = {axis: "" if name == header else name for axis, name in axes.items()}
        if wanted.lower() in _AXES:
            axes[_AXES[wanted.lower()]] = header
        elif wanted:
            name = _property_named(kind, wanted)
            columns = {key: value for key, value in columns.items() if value != name}
            columns[header] = name
    coordinates = Coordinates(**axes) if axes["both"] or (axes["lon"] and axes["lat"]) else None
    used = {*columns, *axes.values()}
    left = tuple(header for header in found if header not in used)
    return ColumnMapping(columns, coordinates, left, (), ())


def _property_named(kind: ImportKind, wanted: str) -> str:
    for prop in kind.readable:
        if wanted in (prop.name, prop.title):
            return prop.name
    known = "、".join(f"{prop.name}（{prop.title}）" for prop in kind.readable)
    raise InvalidInput(f"没有属性“{wanted[:40]}”，可用：{known}", code="unknown_property")


def read_rows(checked: CheckedFile, mapping: ColumnMapping, kind: ImportKind, part: Part) -> Rows:
    """Typed rows of a checked file; geometry of the file goes before coordinate columns."""
    raw = checked.frame(skip=part.skip, most=part.most, places=part.places)
    typed, findings = parsed_cells(raw, mapping, kind)
    located = True
    if isinstance(raw, gpd.GeoDataFrame):
        shapes = raw.geometry
    elif mapping.coordinates is not None:
        shapes, more = headers.place(raw, mapping.coordinates)
        findings = [*findings, *more]
        if checked.facts.crs is not None:
            shapes = shapes.set_crs(checked.facts.crs)
    else:
        located = False
        nothing = np.full(len(raw), None, dtype=object)
        shapes = gpd.GeoSeries(nothing, index=raw.index, crs="EPSG:4490")
    table = pd.DataFrame(typed).drop(columns="geometry", errors="ignore")
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=shapes.crs)
    if kind.keeps_rest and mapping.unmatched:
        text = f"没有对应登记项目的列原样保存，导出时带回：{'、'.join(mapping.unmatched)}"
        findings = [*findings, Finding(0, "", "", text, Severity.NOTE)]
        mapping = replace(mapping, unmatched=())
    return Rows(frame, mapping, findings, located)


def with_constants(rows: Rows, kind: ImportKind, constants: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Rows with a constant in each cell of its property that is empty.

    Raises
    ------
    InvalidInput
        When there is no such property, or the constant is no value of it.
    """
    frame = rows.frame.copy()
    for wanted, text in constants.items():
        name = _property_named(kind, wanted)
        prop = kind.property(name)
        assert prop is not None  # noqa: S101 `_property_named` found it
        parsed = parser_for(prop)(text)
        if parsed.error or parsed.value is None:
            reason = parsed.error or "不能为空"
            raise InvalidInput(f"{prop.title}“{text[:40]}”：{reason}", code="bad_value")
        own = frame[name].astype(object) if name in frame.columns else None
        filled = pd.Series(parsed.value, index=frame.index, dtype=object)
        frame[name] = filled if own is None else own.where(own.notna(), parsed.value)
    return frame
