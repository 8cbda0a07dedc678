"""Burial places of the register of cemeteries as facilities, each place once.

A place may stand in the register of facilities as well: it is one place when both have the same
name in the same division, or when both are of one kind and lie within `SAME_PLACE_M`. The record
of the register of cemeteries then counts, because it tells the level.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.cemetery_forms import BurialPlaceKind, BurialPlaceLevel
from civgeo.domain.cemetery_rules import Operation
from civgeo.domain.facility import FacilityKind
from civgeo.geo.datum import ground_distance_m
from civgeo.services.import_names import folded

__all__ = ["SAME_PLACE_M", "BurialFacilities", "burial_facilities", "facility_kinds"]

SAME_PLACE_M = 200.0
_REACH_DEG = 0.005
"""More than `SAME_PLACE_M` at any latitude up to 60 degrees."""

_VILLAGE_DIGITS = 12
_URBAN = (BurialPlaceLevel.COUNTY, BurialPlaceLevel.CITY)
_PUBLIC = frozenset({FacilityKind.CEMETERY_URBAN.value, FacilityKind.CEMETERY_RURAL.value})


@dataclass(frozen=True, slots=True)
class BurialFacilities:
    """Burial places with the columns of facilities.

    Parameters
    ----------
    rows
        Those whose kind of facility is told, EPSG:4490, index id.
    twins
        Ids of facilities that are one place with one of them.
    findings
        What was found, each with the kinds of facility that it is about.
    """

    rows: gpd.GeoDataFrame
    twins: frozenset[str]
    findings: tuple[tuple[frozenset[str], str], ...]

    def told(self, kinds: frozenset[str]) -> tuple[str, ...]:
        """Findings about facilities of these kinds."""
        return tuple(text for about, text in self.findings if about & kinds)


def facility_kinds(cemeteries: gpd.GeoDataFrame) -> pd.Series:
    """Kind of facility of each burial place; null where the record does not tell it.

    A public cemetery of a county or the city is an urban one, one of a township or village a rural
    one; without a level it is neither. Concentrated burial points are no cemeteries.
    """
    columns = (cemeteries[name].tolist() for name in ("kind", "operation", "level"))
    kinds = [_kind(*row) for row in zip(*columns, strict=True)]
    return pd.Series(kinds, index=cemeteries.index, dtype=object)


def _kind(kind: str, operation: str, level: object) -> str | None:
    if kind == BurialPlaceKind.COLUMBARIUM:
        return FacilityKind.COLUMBARIUM.value
    if kind != BurialPlaceKind.CEMETERY:
        return None
    if operation == Operation.COMMERCIAL:
        return FacilityKind.CEMETERY_COMMERCIAL.value
    if not isinstance(level, str):
        return None
    return (
        FacilityKind.CEMETERY_URBAN.value if level in _URBAN else FacilityKind.CEMETERY_RURAL.value
    )


def burial_facilities(
    cemeteries: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame
) -> BurialFacilities:
    """Burial places as facilities, and what is registered twice.

    Parameters
    ----------
    cemeteries, facilities
        Records of the two registers that are in operation, EPSG:4490, index id.
    """
    kinds = facility_kinds(cemeteries)
    rows = _as_facilities(cemeteries.assign(kind=kinds)[kinds.notna()], facilities)
    found = dict(_twins(rows, facilities))
    told = [*_untold(cemeteries, kinds), *(_of_twins(rows, facilities, found))]
    return BurialFacilities(rows, frozenset(found), tuple(told))


def _as_facilities(rows: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    villages = rows["division"].where(rows["division"].str.len() == _VILLAGE_DIGITS, None)
    blank = rows.assign(community=villages).reindex(columns=facilities.columns)
    points = gpd.GeoSeries(rows.geometry.representative_point(), crs=facilities.crs)
    return gpd.GeoDataFrame(
        blank.drop(columns="geometry").astype(facilities.drop(columns="geometry").dtypes),
        geometry=points,
    )


def _twins(rows: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame) -> Iterator[tuple[str, str]]:
    """Facilities and the burial places that they are: by name first, else by place."""
    named: dict[str, list[tuple[str, str]]] = {}
    for id, name, division in zip(rows.index, rows["name"], rows["division"], strict=True):
        named.setdefault(folded(name), []).append((str(division), str(id)))
    near = dict(_near(rows, facilities))
    burial = facilities[facilities["kind"].isin([*_PUBLIC, *_OTHERS])]
    for id, name, division in zip(burial.index, burial["name"], burial["division"], strict=True):
        like = [
            other
            for where, other in named.get(folded(name), [])
            if where.startswith(division) or str(division).startswith(where)
        ]
        if like or id in near:
            yield str(id), like[0] if like else near[id]


_LABELS = {kind.value: kind.label_zh for kind in FacilityKind}
_OTHERS = (FacilityKind.CEMETERY_COMMERCIAL.value, FacilityKind.COLUMBARIUM.value)


def _near(rows: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame) -> Iterator[tuple[str, str]]:
    """Facilities with the nearest burial place of their kind within `SAME_PLACE_M`."""
    drawn = rows[rows.geometry.notna() & ~rows.geometry.is_empty]
    other = facilities[facilities.geometry.notna() & ~facilities.geometry.is_empty]
    if drawn.empty or other.empty:
        return
    tree = shapely.STRtree(drawn.geometry.to_numpy())
    points = other.geometry.to_numpy()
    ours, theirs = tree.query(points, predicate="dwithin", distance=_REACH_DEG)
    same = other["kind"].to_numpy()[ours] == drawn["kind"].to_numpy()[theirs]
    ours, theirs = ours[same], theirs[same]
    one, two = points[ours], drawn.geometry.to_numpy()[theirs]
    metres = ground_distance_m(
        shapely.get_x(one), shapely.get_y(one), shapely.get_x(two), shapely.get_y(two)
    )
    for place in np.argsort(-metres, kind="stable"):
        if metres[place] <= SAME_PLACE_M:
            yield str(other.index[ours[place]]), str(drawn.index[theirs[place]])


def _of_twins(
    rows: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame, twins: dict[str, str]
) -> Iterator[tuple[frozenset[str], str]]:
    for facility, burial in twins.items():
        own, other = facilities.loc[facility], rows.loc[burial]
        kinds = frozenset({str(own["kind"]), str(other["kind"])})
        text = f"民政设施“{own['name']}”与公墓登记的“{other['name']}”"
        if folded(own["name"]) == folded(other["name"]):
            text += f"（{own['division']}）同名同区划"
        else:
            text += f"相距不到 {SAME_PLACE_M:.0f} 米，请核对是否同一处"
        if len(kinds) > 1:
            one, two = (_LABELS[str(row["kind"])] for row in (own, other))
            text += f"，类型不同（前者为{one}，后者为{two}）"
        yield kinds, f"{text}；只计公墓登记的一处"


def _untold(cemeteries: gpd.GeoDataFrame, kinds: pd.Series) -> Iterator[tuple[frozenset[str], str]]:
    without = cemeteries[kinds.isna()]
    points = int((without["kind"] == BurialPlaceKind.BURIAL_POINT.value).sum())
    if len(without) > points:
        text = f"公墓登记中 {len(without) - points} 处公益性公墓没有服务级别，未计入"
        yield _PUBLIC, text
    if points:
        text = f"公墓登记中 {points} 处集中安葬点不是公墓，未计入"
        yield frozenset({FacilityKind.CEMETERY_RURAL.value}), text
