"""Rivers, railways, motorways and walls: edges of the walk network that they cut."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from civgeo.analysis.network_edges import edge_lines, network_of_some
from civgeo.analysis.walk_network import Ints, WalkNetwork
from civgeo.errors import CrsError

__all__ = ["CROSSING_TOLERANCE_M", "cut_by_barriers"]

CROSSING_TOLERANCE_M = 15.0
"""An edge that meets a barrier this near to a crossing passes there: half a wide road."""

_POLYGON, _MULTI_POLYGON = 3, 6

_Shapes = npt.NDArray[np.object_]
_Flags = npt.NDArray[np.bool_]


def cut_by_barriers(
    network: WalkNetwork,
    barriers: gpd.GeoDataFrame | gpd.GeoSeries,
    crossings: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    *,
    tolerance_m: float = CROSSING_TOLERANCE_M,
) -> tuple[WalkNetwork, gpd.GeoDataFrame]:
    """The network without the edges that barriers cut.

    A line cuts the edges that it meets; a polygon (a lake, a walled compound) those that enter it.
    Edges off the ground are not cut, nor one that meets the barrier within `tolerance_m` of a
    crossing, nor a dead end that only reaches the barrier.

    Parameters
    ----------
    network
        The network; it is not changed.
    barriers
        Lines or polygons in the network's zone.
    crossings
        Bridges, underpasses, gates and level crossings, lines or points in the same zone.
    tolerance_m
        Metres.

    Returns
    -------
    network, cut
        The rest, and a table of what was cut, a row for each barrier that an edge meets: ``edge``
        (its number in `network`), ``barrier`` (index of `barriers`), geometry (the edge).

    Raises
    ------
    CrsError
        When barriers or crossings are not in the network's zone.
    """
    own = _shapes(network, barriers)
    passages = np.zeros(0, dtype=object) if crossings is None else _shapes(network, crossings)
    lines = edge_lines(network)
    ground = np.flatnonzero(network.level == 0)
    tree = shapely.STRtree(lines[ground])
    barrier, edge = tree.query(own, predicate="intersects")
    edge = ground[edge]
    cuts = ~_only_reaches(network, lines, own, barrier, edge)
    barrier, edge = barrier[cuts], edge[cuts]
    passes = _passes(lines, own, barrier, edge, passages, tolerance_m)
    barrier, edge = barrier[~passes], edge[~passes]
    order = np.lexsort((barrier, edge))
    barrier, edge = barrier[order], edge[order]
    kept = np.ones(network.edges, dtype=bool)
    kept[edge] = False
    table = gpd.GeoDataFrame(
        {"edge": edge.astype(np.int32), "barrier": barriers.index.to_numpy()[barrier]},
        geometry=lines[edge],
        crs=f"EPSG:{network.epsg}",
    )
    return (network_of_some(network, kept) if len(edge) else network), table


def _shapes(network: WalkNetwork, layer: gpd.GeoDataFrame | gpd.GeoSeries) -> _Shapes:
    """Geometries of `layer`, which must be in the zone of the network."""
    if layer.crs is None or layer.crs.to_epsg() != network.epsg:
        said = "没有坐标系" if layer.crs is None else f"的坐标系是 {layer.crs.name}"
        text = f"阻隔或过街设施{said}，步行网是 EPSG:{network.epsg}：请先换算"
        raise CrsError(text, code="crs_mixed")
    shapes: _Shapes = layer.geometry.to_numpy()
    return shapes


def _only_reaches(
    network: WalkNetwork, lines: _Shapes, own: _Shapes, barrier: Ints, edge: Ints
) -> _Flags:
    """Pairs that touch without leading on: along the shore, a fence's end, a dead end at a wall."""
    touching = shapely.touches(lines[edge], own[barrier])
    areal = np.isin(shapely.get_type_id(own[barrier]), (_POLYGON, _MULTI_POLYGON))
    degree = np.diff(network.row_start)
    leads_on = np.zeros(len(edge), dtype=bool)
    at = np.flatnonzero(touching & ~areal)
    for ends in (network.edge_start, network.edge_end):
        node = ends[edge[at]]
        point = shapely.points(network.x[node], network.y[node])
        leads_on[at] |= (degree[node] > 1) & shapely.intersects(point, own[barrier[at]])
    only: _Flags = touching & ~leads_on
    return only


def _passes(
    lines: _Shapes,
    own: _Shapes,
    barrier: Ints,
    edge: Ints,
    passages: _Shapes,
    tolerance_m: float,
) -> _Flags:
    """Pairs that meet near a crossing."""
    passes = np.zeros(len(edge), dtype=bool)
    if len(edge) and len(passages):
        meets = shapely.intersection(lines[edge], own[barrier])
        near = shapely.STRtree(passages).query(meets, predicate="dwithin", distance=tolerance_m)
        passes[near[0]] = True
    return passes
