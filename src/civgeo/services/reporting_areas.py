"""Areas that the bureau draws (a development zone, the main urban area) as units of reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.domain.planning_forms import ReportingAreaKind
from civgeo.geo.crs import city_zone
from civgeo.geo.ground import in_metres, places_of
from civgeo.geo.index import near_pairs
from civgeo.geo.rings import ring_faults
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

if TYPE_CHECKING:
    from civgeo.analysis.overlapping_areas import OverlappingAreas

__all__ = ["AreaFault", "AreaFinding", "ReportingAreas", "reporting_areas"]

LEAST_M2 = 1.0
"""Overlaps, and parts outside the city, that are smaller are not told: drawing is not so exact."""


class AreaFault(Labelled):
    """What is to be said of a reporting area."""

    NO_OUTLINE = "no_outline", "没有图形"
    INVALID = "invalid", "图形有误"
    OUTSIDE = "outside", "超出本市"
    OVERLAP = "overlap", "相互重叠"


@dataclass(frozen=True, slots=True)
class AreaFinding:
    """Something to look at in the reporting areas.

    Parameters
    ----------
    fault
        What it is. An area without a usable outline is no unit.
    areas
        Ids of the areas.
    text
        What is wrong, where, what to do.
    """

    fault: AreaFault
    areas: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class ReportingAreas:
    """Reporting areas of a day.

    Parameters
    ----------
    units
        Those with a valid outline: index id; name, code, kind, kind_zh, division, simulated,
        outline (EPSG:4490) as geometry.
    findings
        What is wrong with them, and with those that are left out.
    """

    units: gpd.GeoDataFrame
    findings: tuple[AreaFinding, ...]

    def members(self, places: gpd.GeoSeries) -> pd.DataFrame:
        """Which places lie in which area: inside or on its edge.

        Parameters
        ----------
        places
            Estates or facilities, EPSG:4490; one that is drawn as an area lies where a point
            inside it does.

        Returns
        -------
        DataFrame
            ``place`` (index label of the place) and ``area`` (id), a row for each pair, in the
            order of the places; a place in two areas that overlap is in two rows.
        """
        labels = self._labels(places)
        layer, place = np.nonzero(labels >= 0)
        pairs = pd.DataFrame(
            {
                "place": places.index.to_numpy()[place],
                "area": self.units.index.to_numpy()[labels[layer, place]],
            }
        )
        return pairs.iloc[np.lexsort((labels[layer, place], place))].reset_index(drop=True)

    def layers(self, *places: gpd.GeoSeries) -> Iterator[tuple[pd.Series, ...]]:
        """Id of the area that each place lies in, for groups of areas that do not touch.

        Every area is in one group, so what is counted group by group is counted once an area.
        """
        each = [self._labels(series) for series in places]
        ids = np.array([*self.units.index, None], dtype=object)
        for rows in zip(*each, strict=True):
            yield tuple(
                pd.Series(ids[row], series.index, dtype="str")
                for row, series in zip(rows, places, strict=True)
            )

    def _labels(self, places: gpd.GeoSeries) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
        x, y = places_of(places.to_numpy()).T
        return self._grid.labels(x, y)

    @cached_property
    def _grid(self) -> "OverlappingAreas":
        # only where areas are asked for: the compiler behind it takes half a second to import
        from civgeo.analysis.overlapping_areas import OverlappingAreas

        return OverlappingAreas(self.units.geometry)


def reporting_areas(
    reading: Reading, *, division: str | None = None, on: date | None = None
) -> ReportingAreas:
    """Reporting areas that are valid on a day.

    Parameters
    ----------
    reading
        A read of the store.
    division
        Only those that are registered in this division or below it.
    on
        The day; today by default.
    """
    asked = None if division is None else DivisionCode.parse(division).text
    areas = reading.features(Collection.REPORTING_AREAS, division=asked, valid_on=on)
    own = reading.features(Collection.DIVISIONS, where={"role": "own"})
    labels = {kind.value: kind.label_zh for kind in ReportingAreaKind}
    shapes = areas.geometry.to_numpy()
    undrawn = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    valid = ~undrawn & shapely.is_valid(shapes)
    columns = ["name", "code", "kind", "division", "simulated", "geometry"]
    units = areas.loc[valid, columns]
    units.insert(3, "kind_zh", units["kind"].map(labels))
    found = [
        *_undrawn(areas[undrawn]),
        *_invalid(areas[~undrawn & ~valid]),
        *(_against_the_ground(units, own) if len(units) else ()),
    ]
    return ReportingAreas(units, tuple(found))


def _undrawn(areas: gpd.GeoDataFrame) -> Iterator[AreaFinding]:
    for id, name in areas["name"].items():
        text = f"统计范围“{name}”没有图形，未参加统计：请补绘范围"
        yield AreaFinding(AreaFault.NO_OUTLINE, (str(id),), text)


def _invalid(areas: gpd.GeoDataFrame) -> Iterator[AreaFinding]:
    for id, name, shape in zip(areas.index, areas["name"], areas.geometry, strict=True):
        faults = ring_faults(np.array([shape], dtype=object))
        where = ""
        if len(faults):
            first = faults.iloc[0]
            where = f"（经度 {first['lon']:.6f}、纬度 {first['lat']:.6f} 处{first['reason']}）"
        text = f"统计范围“{name}”的图形有误{where}，未参加统计：请改正图形"
        yield AreaFinding(AreaFault.INVALID, (str(id),), text)


def _against_the_ground(units: gpd.GeoDataFrame, own: gpd.GeoDataFrame) -> Iterator[AreaFinding]:
    """Areas that leave the city, and pairs of one kind that overlap."""
    drawn = own[own.geometry.notna() & ~own.geometry.is_empty]
    zone = city_zone(drawn if len(drawn) else units)
    ids, names = units.index.astype(str), units["name"].tolist()
    shapes = in_metres(units.geometry.to_numpy(), zone)
    if len(drawn):
        city = shapely.union_all(in_metres(drawn.geometry.to_numpy(), zone))
        for id, name, shape in zip(ids, names, shapes, strict=True):
            outside = float(shapely.area(shapely.difference(shape, city)))
            if outside >= LEAST_M2:
                share = 100 * outside / float(shapely.area(shape))
                text = (
                    f"统计范围“{name}”有 {outside / 10_000:.2f} 公顷（{share:.1f}%）"
                    "在本市轮廓之外：请核对范围；其中的小区和设施照常计入"
                )
                yield AreaFinding(AreaFault.OUTSIDE, (id,), text)
    kinds = units["kind"].tolist()
    for one, other in zip(*near_pairs(shapes), strict=True):
        shared = float(shapely.area(shapely.intersection(shapes[one], shapes[other])))
        if kinds[one] == kinds[other] and shared >= LEAST_M2:
            text = (
                f"统计范围“{names[one]}”与“{names[other]}”重叠 {shared / 10_000:.2f} 公顷，"
                "重叠处的小区和设施在两处都计入：请核对范围"
            )
            yield AreaFinding(AreaFault.OVERLAP, (ids[one], ids[other]), text)
