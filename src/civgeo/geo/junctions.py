"""Where divisions meet: boundaries shared by two, and points shared by three or more."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.geo.crs import Zone
from civgeo.geo.ground import POLYGON, Shapes, in_metres, points_at

__all__ = ["Contacts", "contacts", "junctions", "shared_boundaries"]

GRID_DEG = 1e-9
"""About 0.1 mm: a corner this close to a neighbour's straight edge lies on it.

A corner in the middle of an edge can seldom be written on that edge exactly; floating point puts
it some 1e-14 degree beside it, and without the grid the two would share no boundary there.
"""

_POINT, _LINE = 0, 1


@dataclass(frozen=True, slots=True)
class Contacts:
    """Pairs of shapes that touch or overlap, and what each pair has in common.

    Parameters
    ----------
    one, other
        Numbers of the two shapes, ``one < other``.
    pieces
        What they have in common, on a grid of 1e-9 degree: points, lines, polygons, in one
        collection per pair.
    """

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    pieces: Shapes

    @property
    def overlapping(self) -> NDArray[np.intp]:
        """Positions of the pairs that share an area."""
        parts, owners = shapely.get_parts(self.pieces, return_index=True)
        return np.unique(owners[shapely.get_type_id(parts) == POLYGON])


def contacts(shapes: Shapes) -> Contacts:
    """All pairs of `shapes` (valid or null, degrees) that touch or overlap."""
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    once = one < other
    order = np.lexsort((other[once], one[once]))
    one, other = one[once][order], other[once][order]
    pieces = shapely.intersection(shapes[one], shapes[other], grid_size=GRID_DEG)
    return Contacts(one, other, np.asarray(pieces, dtype=object))


def shared_boundaries(
    found: Contacts, codes: NDArray[np.object_], zone: Zone | None
) -> pd.DataFrame:
    """Length of the boundary that each pair of divisions shares.

    Shared is where two outlines run along each other with one division on each side. Rows of one
    code are one division.

    Returns
    -------
    DataFrame
        ``one``, ``other`` (codes) and ``length_m``, longest first.
    """
    parts, owners = shapely.get_parts(found.pieces, return_index=True)
    lines = shapely.get_type_id(parts) == _LINE
    lengths = shapely.length(in_metres(parts[lines], zone))
    pairs = pd.DataFrame(
        {
            "one": codes[found.one[owners[lines]]],
            "other": codes[found.other[owners[lines]]],
            "length_m": lengths,
        }
    )
    apart = pairs[pairs["one"] != pairs["other"]]
    swapped = apart["one"] > apart["other"]
    apart = apart.assign(
        one=apart["one"].mask(swapped, apart["other"]),
        other=apart["other"].mask(swapped, apart["one"]),
    )
    summed = apart.groupby(["one", "other"])["length_m"].sum().reset_index()
    return summed.sort_values("length_m", ascending=False, kind="stable", ignore_index=True)


def junctions(found: Contacts, shapes: Shapes, codes: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Points where the outlines of three or more divisions meet, within 1e-9 degree (0.1 mm).

    A point counts once however many divisions meet there, and each division once however many of
    its parts do. Where two divisions meet the outer edge of the layer is no junction of three,
    nor is a triangle of no-man's-land between three that do not quite meet: that is a gap.

    Returns
    -------
    GeoDataFrame
        ``codes`` (tuple, ascending), ``lon``, ``lat``, geometry POINT, EPSG:4490; from west to
        east.
    """
    points = points_at(_candidates(found))
    edges = shapely.boundary(shapes)
    at, which = shapely.STRtree(edges).query(points, predicate="dwithin", distance=GRID_DEG)
    meeting = pd.DataFrame({"at": at, "code": codes[which]}).drop_duplicates()
    meeting = meeting.sort_values(["at", "code"], kind="stable")
    sets = meeting.groupby("at")["code"].agg(tuple)
    sets = sets[sets.map(len) >= 3]
    meetings = points[sets.index.to_numpy(dtype=np.intp)]
    kept = _apart(meetings)
    chosen = meetings[kept]
    return gpd.GeoDataFrame(
        {
            "codes": sets.to_numpy(dtype=object)[kept],
            "lon": shapely.get_x(chosen),
            "lat": shapely.get_y(chosen),
        },
        geometry=chosen,
        crs="EPSG:4490",
    )


def _candidates(found: Contacts) -> NDArray[np.float64]:
    """Ends of the runs of shared boundary, and points of touch: no junction lies elsewhere."""
    parts, owners = shapely.get_parts(found.pieces, return_index=True)
    kinds = shapely.get_type_id(parts)
    lines = kinds == _LINE
    runs = shapely.line_merge(shapely.multilinestrings(parts[lines], indices=_dense(owners[lines])))
    runs = shapely.get_parts(runs)
    corners = shapely.get_coordinates(parts[kinds == POLYGON])
    ends = [shapely.get_coordinates(shapely.get_point(runs, place)) for place in (0, -1)]
    touches = shapely.get_coordinates(parts[kinds == _POINT])
    return np.unique(np.concatenate([*ends, touches, corners]), axis=0)


def _dense(owners: NDArray[np.intp]) -> NDArray[np.intp]:
    """`owners` renumbered 0, 1, 2 ... without holes."""
    return np.unique(owners, return_inverse=True)[1]


def _apart(points: Shapes) -> NDArray[np.bool_]:
    """Which points are kept so that no two lie within two grid steps."""
    kept = np.ones(len(points), dtype=bool)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=2 * GRID_DEG)
    kept[other[one < other]] = False
    return kept
