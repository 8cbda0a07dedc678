"""Where the rows of an import lie: their geometries, and the datum and place check."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.formats.findings import Finding, Severity
from civgeo.geo.crs import Zone, city_zone
from civgeo.geo.known_points import known_placement
from civgeo.geo.named_points import point_placement, points_outside_named_division
from civgeo.geo.placement import Placement, Verdict, outline_placement
from civgeo.services.boundary_entries import ENTRIES
from civgeo.services.import_kinds import ImportKind
from civgeo.store.tables import Collection

__all__ = ["Surroundings", "fitting_shapes", "layer_place", "outside_rows", "paired_records"]

FAR_M = 1000.0
"""Farther outside the city a point is an error; nearer, or in another county, a note."""

MOST_PAIRS = 5000
_RUN_ON = (*ENTRIES, Collection.WALK_BARRIERS)
"""Collections whose lines and areas run on outside the division that they name."""

_GRAVITY = {Verdict.UNKNOWN: 0, Verdict.OK: 1, Verdict.SHIFTED: 2, Verdict.DISPLACED: 3}
WEST, SOUTH, EAST, NORTH = 73.5, 0.0, 136.5, 60.0


@dataclass(frozen=True)
class Surroundings:
    """The city that the rows should lie in.

    Parameters
    ----------
    city
        Its code.
    divisions
        Divisions of the store, EPSG:4490, index id.
    """

    city: str
    divisions: gpd.GeoDataFrame

    @cached_property
    def own(self) -> gpd.GeoDataFrame:
        """Divisions of the city itself, of the Ministry's codes."""
        frame = self.divisions
        return frame[(frame["role"] == "own") & (frame["system"] == "MCA")]

    @cached_property
    def counties(self) -> gpd.GeoDataFrame:
        """Divisions of the Ministry's codes, with which places are compared."""
        return self.divisions[self.divisions["system"] == "MCA"]

    @cached_property
    def zone(self) -> Zone | None:
        """Zone in which metres are measured; None while no outline is known."""
        drawn = self.own.geometry.notna() & ~self.own.geometry.is_empty
        return city_zone(self.own[drawn]) if drawn.any() else None

    @cached_property
    def lon(self) -> float | None:
        """A longitude in the middle of the city; None while no outline is known."""
        west, _, east, _ = (float(edge) for edge in self.own.total_bounds)
        return (west + east) / 2 if np.isfinite(west) else None

    @cached_property
    def whole(self) -> gpd.GeoDataFrame:
        """The city as one outline; empty while none is known."""
        frame = self.own[(self.own["level"] == "county") & self.own.geometry.notna()]
        shape = [frame.geometry.union_all()] if len(frame) else []
        codes = [self.city] * len(shape)
        return gpd.GeoDataFrame({"code": codes}, geometry=shape, crs=self.divisions.crs)


def fitting_shapes(
    frame: gpd.GeoDataFrame, kind: ImportKind
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Geometries in the form that the collection keeps, and those that cannot take it.

    A multi-point of one is its point, and an outline of a division is a multi-polygon; nothing
    else is changed. Empty geometries, and those that are refused, become null.
    """
    shapes = frame.geometry.to_numpy().copy()
    shapes[shapely.is_empty(shapes)] = None
    single = (shapely.get_type_id(shapes) == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    if kind.collection is Collection.DIVISIONS:
        plain = shapely.get_type_id(shapes) == 3
        shapes[plain] = [shapely.multipolygons([shape]) for shape in shapes[plain]]
    fitted = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    names = fitted.geometry.geom_type
    given = names.notna()
    wrong = given & ~names.isin(kind.shapes)
    bounds = fitted.geometry.bounds
    inside = (bounds["minx"] >= WEST) & (bounds["maxx"] <= EAST)
    inside &= (bounds["miny"] >= SOUTH) & (bounds["maxy"] <= NORTH)
    away = given & ~inside
    wanted = "、".join(_SHAPES_ZH[name] for name in kind.shapes if not name.startswith("Multi"))
    findings = [
        Finding(int(row), "", _SHAPES_ZH.get(str(names[row]), str(names[row])), f"图形应为{wanted}")
        for row in frame.index[wrong]
    ]
    findings += [
        Finding(int(row), "", _position(bounds.loc[row]), "坐标不在中国范围内：请核对")
        for row in frame.index[away]
    ]
    kept = fitted.geometry.to_numpy().copy()
    kept[(wrong | away).to_numpy()] = None
    return fitted.set_geometry(gpd.GeoSeries(kept, index=frame.index, crs=frame.crs)), findings


_SHAPES_ZH = {
    "Point": "点",
    "Polygon": "面",
    "MultiPolygon": "多面",
    "LineString": "线",
    "MultiLineString": "多线",
    "MultiPoint": "多点",
    "GeometryCollection": "混合图形",
}


def _position(bounds: "pd.Series[float]") -> str:
    return f"{bounds['minx']:.6f}，{bounds['miny']:.6f}"


def layer_place(
    frame: gpd.GeoDataFrame,
    kind: ImportKind,
    around: Surroundings,
    records: gpd.GeoDataFrame,
) -> Placement:
    """Where the whole layer lies.

    Points are compared with the divisions that they name, and with the places that the store
    holds of the same records; the graver of the two verdicts counts.

    Parameters
    ----------
    frame
        EPSG:4490, index the row of the file; ``code`` and ``name``, or ``division``.
    kind
        What is imported.
    around
        The city.
    records
        What the store holds of the collection, EPSG:4490, index id.
    """
    drawn = frame[frame.geometry.notna()]
    if drawn.empty:
        return Placement(Verdict.UNKNOWN, "文件没有坐标，位置沿用登记库中的。")
    if kind.collection is Collection.DIVISIONS:
        known = around.divisions[around.divisions["system"] == "MCA"]
        return outline_placement(drawn, known, zone=around.zone)
    by_record = known_placement(*paired_records(drawn, kind, records))
    points = drawn[drawn.geom_type == "Point"] if kind.collection in _RUN_ON else drawn
    named = points[points["division"].notna()] if "division" in drawn.columns else points[:0]
    if named.empty:
        nothing = Placement(Verdict.UNKNOWN, "没有一行写明所属政区，无法判断位置。")
        return _graver(by_record, nothing)
    return _graver(by_record, point_placement(named, around.counties).placement)


def outside_rows(
    frame: gpd.GeoDataFrame,
    kind: ImportKind,
    around: Surroundings,
    headers: Mapping[str, str],
) -> list[Finding]:
    """Rows that lie outside the division they name; far outside the city that is an error.

    Parameters
    ----------
    frame, kind, around
        As for `layer_place`.
    headers
        Header of the file by property.
    """
    if kind.collection is Collection.DIVISIONS or "division" not in frame.columns:
        return []
    named = frame[frame.geometry.notna() & frame["division"].notna()]
    named = named[named.geom_type == "Point"] if kind.collection in _RUN_ON else named
    return [] if named.empty else _outside(named, around, headers.get("division", ""))


def _graver(by_record: Placement, other: Placement) -> Placement:
    """The graver verdict; of two alike the measured one, where anything was measured."""
    if _GRAVITY[by_record.verdict] >= max(1, _GRAVITY[other.verdict]):
        return by_record
    return other


def paired_records(
    frame: gpd.GeoDataFrame, kind: ImportKind, records: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Rows and records that are one, in one order: by id, else by a name that both have once."""
    own = frame["id"] if "id" in frame.columns else pd.Series(None, frame.index, dtype=object)
    by_id = own[own.isin(records.index)]
    ours, theirs = _names(frame[own.isna()], kind), _names(records, kind)
    by_name = ours.merge(theirs, on=list(kind.identity), suffixes=("", "_known"))
    rows = [*by_id.index, *by_name["at"]]
    ids = [*by_id, *by_name["at_known"]]
    few = slice(None, None, len(rows) // MOST_PAIRS + 1)
    return frame.loc[rows[few]], records.loc[ids[few]]


def _names(frame: gpd.GeoDataFrame, kind: ImportKind) -> pd.DataFrame:
    """Identity of each row, and its index as ``at``; without those that occur twice."""
    names = frame.reindex(columns=[*kind.identity]).astype(object).dropna()
    return names.drop_duplicates(keep=False).assign(at=lambda found: found.index)


def _outside(named: gpd.GeoDataFrame, around: Surroundings, header: str) -> list[Finding]:
    zone, divisions = around.zone, around.counties
    away = points_outside_named_division(named, divisions, zone=zone)
    if away.empty:
        return []
    whole = around.whole
    beyond = pd.Series(dtype=float)
    if len(whole):
        strays = named.loc[away.index].assign(division=around.city)
        beyond = points_outside_named_division(strays, whole, zone=zone)["distance_m"]
    names = divisions.set_index("code")["name"].to_dict()
    findings = []
    for row, stray in zip(away.index, away.itertuples(), strict=True):
        there = names.get(str(stray.lies_in))
        lies = f"落在{there}" if there else "不在任何已知政区内"
        place = f"（{stray.lon:.6f}，{stray.lat:.6f}）"
        text = f"位置{place}在所写的{names.get(str(stray.compared), stray.compared)}之外 "
        text += f"{_distance(float(str(stray.distance_m)))}，{lies}"
        outside_m = float(beyond.get(row, 0.0))
        if outside_m > FAR_M:
            text += f"，在本市之外 {_distance(outside_m)}：请改正坐标或所属政区"
            findings.append(Finding(int(row), header, str(stray.division), text))
        else:
            text += "：请核对"
            findings.append(Finding(int(row), header, str(stray.division), text, Severity.NOTE))
    return findings


def _distance(metres: float) -> str:
    return f"{metres / 1000:.1f} 公里" if metres >= 1000 else f"{metres:.0f} 米"
