"""Outlines of walking circles: streets within a walk, and the ground beside them.

For the eye only: people are counted on the network, never by an outline. An outline is the area
within a half width of the walked part of every street, its distance from those parts taken at the
corners of a grid and contoured between them. A union of circles is one field of all facilities,
never a union of outlines.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import ndimage

from civgeo.analysis.kernels.distance_raster import (
    draw,
    outlines,
    sharpened,
    walked_pieces,
)
from civgeo.analysis.snapping import Snapped
from civgeo.analysis.walk_network import DM_A_METRE, UNREACHED, Floats, Ints, WalkNetwork
from civgeo.analysis.walk_search import Field, walk_sheds
from civgeo.errors import InvalidInput

__all__ = ["CELL_M", "HALF_WIDTH_M", "service_areas", "union_of_circles"]

CELL_M = 10.0
HALF_WIDTH_M = 25.0
_MOST_CORNERS = 50_000_000
_BLOCK = 64


def service_areas(
    network: WalkNetwork,
    places: Snapped,
    limits_dm: Sequence[int],
    *,
    cell_m: float = CELL_M,
    half_width_m: float = HALF_WIDTH_M,
    threads: int = 2,
) -> gpd.GeoDataFrame:
    """Outline of each facility's walking circle at each limit; for the eye, never for counting.

    Parameters
    ----------
    network, places
        Streets, and the facilities on them.
    limits_dm
        Farthest walks, decimetres: one outline each, a longer walk's around a shorter's.
    cell_m
        Spacing of the grid, metres; not above `half_width_m`.
    half_width_m
        How far beside a walked street its ground belongs to it, metres.
    threads
        Circles that are drawn side by side; the answer is the same for any number.

    Returns
    -------
    GeoDataFrame
        In the network's zone; columns ``facility`` (index in `places`), ``limit_dm``, ``area_m2``,
        ``finding`` (why there is no outline, else None), ``geometry``; by facility, then as given.

    Raises
    ------
    InvalidInput
        When a limit, spacing or half width is not above zero, the spacing exceeds the half width,
        or the grid would have more than 50 million corners.
    """
    _require_sound(limits_dm, cell_m, half_width_m)
    rising = sorted(set(limits_dm))
    circles = walk_sheds(network, places, rising[-1], threads=threads)

    def some(facilities: npt.NDArray[np.int64]) -> list[dict[int, shapely.MultiPolygon | None]]:
        known = np.full(network.nodes, UNREACHED, dtype=np.int32)
        found = []
        for k in facilities:
            row = slice(circles.start[k], circles.start[k + 1])
            reached = circles.node[row], circles.distance_dm[row]
            rings = _pieces(network, places.take(np.array([k])), reached, rising, known)
            found.append(dict(zip(rising, _outlines(rings, cell_m, half_width_m), strict=True)))
        return found

    with ThreadPoolExecutor(threads) as pool:
        shares = np.array_split(np.arange(len(places)), threads)
        drawn = [outline for share in pool.map(some, shares) for outline in share]
    rows = [(k, limit) for k in range(len(places)) for limit in limits_dm]
    return _frame(
        network,
        {
            "facility": np.array([k for k, _ in rows], dtype=np.int32),
            "limit_dm": np.array([limit for _, limit in rows], dtype=np.int32),
            "finding": _texts([_finding(places, k, limit) for k, limit in rows]),
        },
        [drawn[k][limit] for k, limit in rows],
    )


def union_of_circles(
    network: WalkNetwork,
    field: Field,
    facilities: Snapped,
    limits_dm: Sequence[int],
    *,
    cell_m: float = CELL_M,
    half_width_m: float = HALF_WIDTH_M,
) -> gpd.GeoDataFrame:
    """Outline of the ground within each limit of any facility; for the eye, never for counting.

    Parameters
    ----------
    network, facilities
        Streets, and the facilities on them.
    field
        Field of `nearest_facility` for these facilities, at least as far as the longest limit.
    limits_dm, cell_m, half_width_m
        As in `service_areas`.

    Returns
    -------
    GeoDataFrame
        In the network's zone; columns ``limit_dm``, ``area_m2``, ``finding``, ``geometry``.

    Raises
    ------
    InvalidInput
        As `service_areas`.
    """
    _require_sound(limits_dm, cell_m, half_width_m)
    rising = sorted(set(limits_dm))
    known = np.full(network.nodes, UNREACHED, dtype=np.int32)
    distance = field.distance_dm
    node = np.flatnonzero(distance <= rising[-1]).astype(np.int32)
    rings = _pieces(network, facilities, (node, distance[node]), rising, known)
    parts: dict[int, list[shapely.Polygon]] = {limit: [] for limit in rising}
    for group in _apart(rings, cell_m, half_width_m):
        for limit, outline in zip(rising, _outlines(group, cell_m, half_width_m), strict=True):
            if outline is not None:
                parts[limit].extend(outline.geoms)
    joined = {
        limit: shapely.MultiPolygon(found) if found else None for limit, found in parts.items()
    }
    empty = "在此步行距离内没有设施服务到的道路"
    return _frame(
        network,
        {
            "limit_dm": np.array(limits_dm, dtype=np.int32),
            "finding": _texts([empty if joined[limit] is None else None for limit in limits_dm]),
        },
        [joined[limit] for limit in limits_dm],
    )


def _require_sound(limits_dm: Sequence[int], cell_m: float, half_width_m: float) -> None:
    if not len(limits_dm) or min(limits_dm) <= 0:
        raise InvalidInput("步行距离至少要有一个，且应大于 0", code="not_positive")
    if not 0 < cell_m <= half_width_m:
        raise InvalidInput(
            f"网格间距应大于 0 且不超过街道半宽 {half_width_m} m：{cell_m}", code="cell_too_wide"
        )


def _finding(places: Snapped, k: int, limit: int) -> str | None:
    """Why a facility has no outline at `limit`."""
    if places.edge[k] < 0:
        near = places.nearest_m[k]
        how_far = f"，最近的道路在 {near:.1f} m 以外" if np.isfinite(near) else ""
        return f"设施不在步行网上{how_far}；请核对位置或补充道路"
    if places.access_dm[k] > limit:
        return (
            f"设施离最近的道路 {places.access_dm[k] / DM_A_METRE:.1f} m，"
            f"已超过步行距离 {limit / DM_A_METRE:.1f} m；请核对位置"
        )
    return None


def _texts(texts: list[str | None]) -> pd.Series:
    return pd.Series(texts, dtype=object)


def _frame(
    network: WalkNetwork, columns: dict[str, object], outlines: list[shapely.Geometry | None]
) -> gpd.GeoDataFrame:
    geometry = np.array(outlines, dtype=object)
    area = shapely.area(geometry)
    return gpd.GeoDataFrame(
        columns | {"area_m2": area}, geometry=geometry, crs=f"EPSG:{network.epsg}"
    )


def _pieces(
    network: WalkNetwork,
    places: Snapped,
    reached: tuple[Ints, Ints],
    rising: list[int],
    known: Ints,
) -> list[Floats]:
    """For each limit, the walked pieces of street that no shorter limit holds whole."""
    return [
        walked_pieces(
            network.row_start,
            network.arc_edge,
            network.edge_start,
            network.edge_end,
            network.forward_dm,
            network.backward_dm,
            network.length_dm,
            network.shape_start,
            network.shape_xy,
            *reached,
            places.edge,
            places.offset_dm,
            places.access_dm,
            limit,
            below,
            known,
        )
        for below, limit in zip([-1, *rising], rising, strict=False)
    ]


def _apart(rings: list[Floats], cell_m: float, half_width_m: float) -> Iterator[list[Floats]]:
    """Pieces in groups whose ground lies apart, so that no grid spans empty land."""
    pieces = np.concatenate(rings)
    if not len(pieces):
        return
    side, margin = cell_m * _BLOCK, half_width_m + 3 * cell_m
    low = np.minimum(pieces[:, :2], pieces[:, 2:]) - margin
    high = np.maximum(pieces[:, :2], pieces[:, 2:]) + margin
    origin = low.min(axis=0)
    first = ((low - origin) // side).astype(np.int64)
    last = ((high - origin) // side).astype(np.int64) + 1
    count = np.zeros(last.max(axis=0) + 1, dtype=np.int64)
    for column, row, sign in (
        (first[:, 0], first[:, 1], 1),
        (last[:, 0], first[:, 1], -1),
        (first[:, 0], last[:, 1], -1),
        (last[:, 0], last[:, 1], 1),
    ):
        np.add.at(count, (column, row), sign)
    used = count.cumsum(axis=0).cumsum(axis=1) > 0
    label, groups = ndimage.label(used, structure=np.ones((3, 3)))
    of_piece = label[first[:, 0], first[:, 1]]
    of_rings = np.split(of_piece, np.cumsum([len(ring) for ring in rings])[:-1])
    for group in range(1, groups + 1):
        yield [ring[of == group] for ring, of in zip(rings, of_rings, strict=True)]


def _outlines(
    rings: list[Floats], cell_m: float, half_width_m: float
) -> list[shapely.MultiPolygon | None]:
    """Ground within the half width of the pieces of each ring and of those before it."""
    every = np.concatenate(rings)
    if not len(every):
        return [None] * len(rings)
    reach = half_width_m + cell_m
    # every grid is part of one lattice: circles of facilities meet corner by corner
    west, south = _corner(every, cell_m, reach)
    columns, rows = _corner(-every, cell_m, reach)
    columns, rows = -columns - west + 1, -rows - south + 1
    if columns * rows > _MOST_CORNERS:
        raise InvalidInput(
            f"服务范围的网格有 {columns * rows} 个点，超过 5000 万；请加大网格间距或缩小范围",
            code="grid_too_large",
        )
    square = np.full((rows, columns), reach * reach)
    found: list[shapely.MultiPolygon | None] = []
    for number, ring in enumerate(rings):
        draw(ring, west * cell_m, south * cell_m, cell_m, reach, square)
        if not any(len(drawn) for drawn in rings[: number + 1]):
            found.append(None)
            continue
        found.append(_contour(square, west, south, cell_m, half_width_m))
    return found


def _corner(pieces: Floats, cell_m: float, reach: float) -> tuple[int, int]:
    """Corner of the lattice south-west of all pieces and of the ground beside them."""
    x = min(pieces[:, 0].min(), pieces[:, 2].min())
    y = min(pieces[:, 1].min(), pieces[:, 3].min())
    return int((x - reach) // cell_m) - 1, int((y - reach) // cell_m) - 1


def _contour(
    square: Floats, west: int, south: int, cell_m: float, half_width_m: float
) -> shapely.MultiPolygon:
    """Polygons of the area nearer than the half width."""
    points, alone, ring_start, polygon = outlines(square, half_width_m)
    points, ring_start = sharpened(points, alone, ring_start)
    points = (points + np.array([west, south])) * cell_m
    if len(polygon) and (np.diff(polygon) < 0).any():
        points, ring_start, polygon = _by_polygon(points, ring_start, polygon)
    first = np.flatnonzero(np.diff(polygon, prepend=0, append=-1)).astype(np.int64)
    whole: npt.NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        points,
        (ring_start, first, np.array([0, len(first) - 1])),
    )
    outline: shapely.MultiPolygon = whole[0]
    return outline


def _by_polygon(
    points: Floats, ring_start: npt.NDArray[np.int64], polygon: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rings in the order of their polygons, each shell before its holes."""
    order = np.argsort(polygon, kind="stable")
    sizes = np.diff(ring_start)[order]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    inside = np.arange(len(points)) - np.repeat(starts[:-1], sizes)
    return points[np.repeat(ring_start[:-1][order], sizes) + inside], starts, polygon[order]
