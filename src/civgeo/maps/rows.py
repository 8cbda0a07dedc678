"""Rows of the frames that maps draw, as plain values with None for null."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar, TypeVar

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.geo.crs import require_cgcs2000

__all__ = ["ConflictRow", "DivisionRow", "FacilityRow", "NameRow", "SiteRow", "UnitRow", "rows_of"]


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A row of the divisions table."""

    code: str
    name: str
    level: str
    system: str
    parent: str | None
    role: str
    valid_from: str | None
    source: str | None
    source_date: str | None
    simulated: bool
    geometry: BaseGeometry | None

    @property
    def own(self) -> bool:
        """Whether it belongs to the city."""
        return self.role == "own"


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A row of the facilities table."""

    name: str
    kind: str
    division: str | None
    floor_area_m2: float | None
    beds: int | None
    nursing_beds: int | None
    opened: str | None
    status: str
    source: str | None
    simulated: bool
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class NameRow:
    """A row of the gazetteer; `reading` holds syllables, `other_names` a JSON list."""

    name: str
    kind: str
    toned: str | None
    plain: str | None
    reading: str | None
    confirmed: bool
    division: str
    status: str
    other_names: str | None
    source: str | None
    simulated: bool
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A name in use in conflict with the proposed name of that number."""

    entry: str
    proposal: int
    code: str
    name: str
    kind: str
    toned: str | None
    division: str
    status: str
    source: str | None
    simulated: bool
    distance_m: float | None
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A facility built for an estate; `doubtful` when it seems to be registered twice."""

    estate: str
    name: str
    kind: str
    floor_area_m2: float | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of the coverage analysis; areas in m2, None where undefined."""

    INDEX: ClassVar[str] = "unit"

    unit: str
    level: str
    division: str | None
    name: str | None
    community: str | None
    estate_class: str | None
    completed_year: int | None
    stage: str | None
    households: int
    households_new: int | None
    households_existing: int | None
    required_m2: float | None
    total_m2: float
    m2_per_100_households: float | None
    meets: bool | None
    gap_m2: float | None
    surplus_m2: float | None
    status: str
    reason: str | None
    estates: int | None
    estates_assessed: int | None
    estates_meeting: int | None
    facilities: int | None
    sites_below_minimum: int | None
    standard_new: str | None
    standard_existing: str | None
    simulated: bool
    geometry: BaseGeometry | None


Row = TypeVar("Row", ConflictRow, DivisionRow, FacilityRow, NameRow, SiteRow, UnitRow)


def rows_of(frame: gpd.GeoDataFrame, kind: type[Row]) -> list[Row]:
    """Rows of `frame` in its order; a column that is not there gives None throughout.

    Empty geometries count as null.

    Raises
    ------
    CrsError
        When the frame is not in EPSG:4490.
    """
    require_cgcs2000(frame)
    index = getattr(kind, "INDEX", None)
    columns = [
        frame.index.tolist()
        if field.name == index
        else _values(frame, field.name, counts=field.type in (int, int | None))
        for field in fields(kind)
    ]
    return [kind(*values) for values in zip(*columns, strict=True)]


def _values(frame: gpd.GeoDataFrame, name: str, *, counts: bool) -> Sequence[object]:
    if name == "geometry":
        shapes = frame.geometry.to_numpy()
        nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        return [None if void else shape for shape, void in zip(shapes, nothing, strict=True)]
    if name not in frame.columns:
        return [None] * len(frame)
    column = pd.Series(frame[name])
    plain = column.astype("Int64" if counts else object).astype(object)
    return plain.where(column.notna(), None).tolist()
