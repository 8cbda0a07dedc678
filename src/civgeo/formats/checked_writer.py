"""Inside the jail: rows into the checked GeoPackage, a batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from civgeo.formats.findings import Finding

__all__ = ["BATCH_ROWS", "CheckedWriter"]

BATCH_ROWS = 50_000
MAX_FINDINGS = 1_000
_CREATION = {"SPATIAL_INDEX": "NO", "FID": "fid_", "GEOMETRY_NAME": "geom_"}


@dataclass(slots=True)
class CheckedWriter:
    """Writes ``checked.gpkg``: ``row``, then the columns as c0000, c0001 ..., then the geometry.

    Parameters
    ----------
    path
        The GeoPackage to create.
    crs
        Coordinate system of the geometries, None when unknown.
    with_geometry
        Whether there are geometries at all.
    """

    path: Path
    crs: str | None = None
    with_geometry: bool = False
    rows: int = 0
    geometry_types: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    empty: int = 0
    flattened: int = 0

    def write(
        self,
        numbers: NDArray[np.int64],
        columns: Sequence[NDArray[np.generic]],
        wkb: NDArray[np.object_] | None = None,
    ) -> None:
        """Append rows: their numbers in the file, one array per column, and WKB or None each."""
        shapes = self._checked(numbers, wkb) if wkb is not None else None
        names = ["row", *(f"c{place:04d}" for place in range(len(columns)))]
        pyogrio.raw.write(
            self.path,
            shapes,
            [numbers, *columns],
            names,
            layer="rows",
            driver="GPKG",
            geometry_type="Unknown" if self.with_geometry else None,
            crs=self.crs if self.with_geometry else None,
            append=self.rows > 0,
            layer_options={} if self.rows else _options(self.with_geometry),
        )
        self.rows += len(numbers)

    def _checked(self, numbers: NDArray[np.int64], wkb: NDArray[np.object_]) -> NDArray[np.object_]:
        """`wkb` in two dimensions; what is wrong with a geometry becomes a finding."""
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        kinds = shapely.get_type_id(shapes)
        absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        self.empty += int(absent.sum())
        deep = shapely.has_z(shapes) | shapely.has_m(shapes)
        self.flattened += int(deep.sum())
        shapes = shapely.force_2d(shapes)
        self.geometry_types |= {_TYPE_NAMES[kind] for kind in np.unique(kinds[~absent])}
        finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
        sound = shapely.is_valid(shapes)
        for place in np.flatnonzero(~absent & ~finite):
            self._find(int(numbers[place]), "坐标不是有限的数字（NaN 或无穷大）：请核对该要素")
        for place in np.flatnonzero(~absent & finite & ~sound):
            reason = shapely.is_valid_reason(shapes[place])
            self._find(int(numbers[place]), _invalid_message(str(reason)))
        return np.asarray(shapely.to_wkb(shapes), dtype=object)

    def _find(self, row: int, message: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(row, "", "", message))


_TYPE_NAMES = {
    0: "Point",
    1: "LineString",
    2: "LinearRing",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}
_REASONS = {
    "Self-intersection": "图形自相交",
    "Ring Self-intersection": "同一条边界自相交",
    "Hole lies outside shell": "洞在外环之外",
    "Nested holes": "洞套着洞",
    "Nested shells": "面套着面",
    "Interior is disconnected": "面的内部被隔断",
    "Too few points in geometry component": "点数太少，围不成面",
    "Duplicate Rings": "边界重复",
}


def _invalid_message(reason: str) -> str:
    """Message for one of GEOS's reasons, such as ``Self-intersection[114.02 33.01]``."""
    kind, _, place = reason.partition("[")
    where = f"，位于 {place.rstrip(']').replace(' ', '，')}" if place else ""
    return f"{_REASONS.get(kind, kind)}{where}：请在制图软件中改正，系统不会自行修补界线"


def _options(with_geometry: bool) -> dict[str, str]:
    return _CREATION if with_geometry else {"FID": _CREATION["FID"]}
