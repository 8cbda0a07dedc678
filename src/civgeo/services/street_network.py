"""The walk network of a city: made of a file of streets, kept beside the store, brought up to date.

What is kept first are the streets as they are; barriers and crossings of the registers are applied
to a copy, so that a later barrier or bridge needs no new file.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np

from civgeo.analysis.barriers import cut_by_barriers
from civgeo.analysis.crossings import add_crossings
from civgeo.analysis.slope import STEEPEST, SlopeReport, sloped_lengths
from civgeo.analysis.street_noding import NodingReport, node_streets
from civgeo.analysis.walk_network import DM_A_METRE, WalkNetwork, walk_network
from civgeo.domain.history import moment_text
from civgeo.errors import ImportRejected, NotFound
from civgeo.formats import jail
from civgeo.geo.crs import Zone, city_zone
from civgeo.services.city import City
from civgeo.services.elevation import chosen_elevation, elevation_over
from civgeo.services.import_places import Surroundings
from civgeo.services.street_files import StreetRequest, read_streets
from civgeo.services.walk_registers import WALK_REGISTERS, registers_mark, walk_registers
from civgeo.store.elevations import ElevationMeta
from civgeo.store.networks import (
    NetworkMeta,
    current_version,
    load_network,
    make_current,
    network_meta,
    network_version,
    networks,
    prune,
    save_network,
)
from civgeo.store.tables import Collection

__all__ = [
    "StreetsReport",
    "import_streets",
    "is_stale",
    "keep_streets",
    "meta_in_use",
    "network_in_use",
    "renew_network",
    "saved_networks",
    "streets_in_use",
    "use_network",
]

KEPT = 6
"""So many versions stay; each import makes one, or two where there are barriers."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class StreetsReport:
    """What came of a file of streets.

    Parameters
    ----------
    meta
        The network, with its notes.
    noding
        What became of the lines; None where only barriers were applied anew.
    slope
        How the streets lie on the elevation model; None on level ground.
    cut_edges, crossings
        Edges that barriers cut, and crossings that were added.
    written
        Whether the network was kept and is in use now.
    """

    meta: NetworkMeta
    noding: NodingReport | None
    slope: SlopeReport | None
    cut_edges: int
    crossings: int
    written: bool


def _silent(label: str, done: int, total: int) -> None:
    """Say nothing."""


def import_streets(
    city: City,
    path: Path,
    request: StreetRequest | None = None,
    *,
    dry_run: bool = False,
    progress: Progress = _silent,
) -> StreetsReport:
    """Make the city's walk network of a file of streets, and put it in use.

    Parameters
    ----------
    city
        The city.
    path
        A .osm.pbf, or a layer of lines in any format that an import reads.
    request
        How it is to be taken.
    dry_run
        Whether only to say what would come of it.
    progress
        Called with a step, how much of it is done, and how much there is.

    Raises
    ------
    NotFound, ImportRejected, CrsError
        As `street_files.read_streets`; ImportRejected too when no line can be used.
    StoreUnavailable
        When the network cannot be kept.
    """
    request = request or StreetRequest()
    around, dem = _surroundings(city), chosen_elevation(city, request.dem)
    progress("读取道路", 0, 1)
    with TemporaryDirectory(prefix=".civgeo-streets-", dir=city.store.file.parent) as workshop:
        found = read_streets(city, path, Path(workshop), request, around)
    progress("读取道路", 1, 1)
    meta = NetworkMeta(
        path.name, jail.sha256(path), found.attribution, found.simulated, notes=found.notes
    )
    return _made(city, found.lines, meta, around.zone, dem, dry_run=dry_run, progress=progress)


def keep_streets(
    city: City, lines: gpd.GeoDataFrame, *, source: str, simulated: bool
) -> StreetsReport:
    """Make the walk network of lines that are at hand, as the demonstration city does.

    Parameters
    ----------
    city
        The city.
    lines
        EPSG:4490; columns as of `node_streets`.
    source
        What they are, as it is cited.
    simulated
        Whether they are simulated, which a production store refuses (ImportRejected).
    """
    around = _surroundings(city)
    with city.store.read() as reading:
        if simulated and not reading.register().simulated:
            raise ImportRejected("正式登记库不接收模拟数据：道路是模拟的", code="simulated")
    meta = NetworkMeta(source, "", "", simulated)
    return _made(city, lines, meta, around.zone, None, dry_run=False, progress=_silent)


def _surroundings(city: City) -> Surroundings:
    with city.store.read() as reading:
        return Surroundings(reading.register().city, reading.features(Collection.DIVISIONS))


def _made(
    city: City,
    lines: gpd.GeoDataFrame,
    meta: NetworkMeta,
    zone: Zone | None,
    dem: ElevationMeta | None,
    *,
    dry_run: bool,
    progress: Progress,
) -> StreetsReport:
    epsg = (zone or city_zone(lines)).epsg
    progress("打断路段", 0, 1)
    edges, noding = node_streets(lines, epsg)
    progress("打断路段", 1, 1)
    if not len(edges.start):
        text = f"没有一条可用的线：{'；'.join(_noding_notes(noding)) or '图层是空的'}"
        raise ImportRejected(text, code="empty_layer")
    forward = backward = slope = None
    if dem is not None:
        progress("计算坡度", 0, 1)
        forward, backward, slope = sloped_lengths(edges, *elevation_over(city, dem, epsg))
        progress("计算坡度", 1, 1)
    network = walk_network(edges, epsg, forward_dm=forward, backward_dm=backward)
    meta = replace(
        _measured(network, meta),
        parameters={"dem": None if dem is None else dem.digest},
        notes=(*meta.notes, *_noding_notes(noding), *_slope_notes(slope)),
    )
    report = StreetsReport(meta, noding, slope, 0, 0, written=False)
    return _with_registers(city, network, report, dry_run=dry_run, progress=progress)


def _measured(network: WalkNetwork, meta: NetworkMeta) -> NetworkMeta:
    """The description with what the network itself tells; `streets` stays where it is known."""
    version = network_version(network)
    loose = network.component[network.edge_start] != 0
    total = int(network.length_dm.sum(dtype=np.int64))
    return replace(
        meta,
        version=version,
        made_at=moment_text(datetime.now(UTC)),
        epsg=network.epsg,
        nodes=network.nodes,
        edges=network.edges,
        parts=network.parts,
        length_km=round(total / DM_A_METRE / 1000, 3),
        loose_share=int(network.length_dm[loose].sum(dtype=np.int64)) / total if total else 0.0,
        streets=meta.streets or version,
    )


def _with_registers(
    city: City, streets: WalkNetwork, report: StreetsReport, *, dry_run: bool, progress: Progress
) -> StreetsReport:
    """Apply barriers and crossings of the registers to the streets; keep both, use the result."""
    progress("阻隔与跨越设施", 0, 1)
    network, found, findings = _applied(city, streets)
    progress("阻隔与跨越设施", 1, 1)
    made = replace(
        _measured(network, report.meta),
        parameters={**report.meta.parameters, **found},
        findings=tuple(findings),
    )
    if not dry_run:
        progress("保存", 0, 1)
        directory = city.store.file.parent
        save_network(directory, streets, report.meta)
        save_network(directory, network, made)
        make_current(directory, made.version)
        prune(directory, KEPT)
        progress("保存", 1, 1)
    cut, added = int(found["cut_edges"]), int(found["crossings"])
    return replace(report, meta=made, cut_edges=cut, crossings=added, written=not dry_run)


def _applied(
    city: City, streets: WalkNetwork
) -> tuple[WalkNetwork, dict[str, int | str], list[str]]:
    """The streets with the barriers and crossings of the registers, and what came of them."""
    with city.store.read() as reading:
        barriers, crossings = walk_registers(reading)
    mark = registers_mark(barriers, crossings)
    barriers = barriers.to_crs(epsg=streets.epsg)
    crossings = crossings.to_crs(epsg=streets.epsg).set_index("name")
    network, cut = cut_by_barriers(streets, barriers, crossings)
    outcome = add_crossings(network, crossings)
    findings = [untied.message for untied in outcome.untied]
    edges = int(cut["edge"].nunique())
    if edges:
        findings.append(f"{cut['barrier'].nunique()} 处阻隔断开了 {edges} 个路段")
    found: dict[str, int | str] = {
        "cut_edges": edges,
        "crossings": len(outcome.added),
        WALK_REGISTERS: mark,
    }
    return outcome.network, found, findings


def is_stale(city: City) -> bool:
    """Whether barriers or crossings were edited since the network in use was made with them.

    A network of an earlier release does not say what it was made with; it is not called stale.

    Raises
    ------
    NotFound
        Without a walk network.
    """
    made_with = meta_in_use(city).parameters.get(WALK_REGISTERS)
    with city.store.read() as reading:
        return made_with not in (None, registers_mark(*walk_registers(reading)))


def _noding_notes(noding: NodingReport) -> list[str]:
    told = (
        (noding.missing, "行没有图形"),
        (noding.not_lines, "个图形不是线"),
        (noding.not_finite, "条线的坐标不是有限的数字"),
        (noding.no_length, "条线没有长度"),
        (noding.duplicates, "个路段重复，只留一个"),
        (noding.held_apart, "处桥下（隧道上方）的同点道路没有与桥（隧道）相接"),
    )
    return [f"{count} {what}" for count, what in told if count]


def _slope_notes(slope: SlopeReport | None) -> list[str]:
    if slope is None:
        return []
    told = [f"坡度：{slope.pieces} 段，{slope.unknown_share:.1%} 没有高程，按平地计"]
    if slope.clamped:
        told.append(f"{slope.clamped} 段陡于 {STEEPEST:.0%}，按 {STEEPEST:.0%} 计：请核对高程模型")
    return told


def renew_network(city: City, *, progress: Progress = _silent) -> StreetsReport:
    """Apply the barriers and crossings of today to the streets in use; raises NotFound."""
    meta = network_meta(city.store.file.parent, meta_in_use(city).streets)
    report = StreetsReport(meta, None, None, 0, 0, written=False)
    return _with_registers(city, streets_in_use(city), report, dry_run=False, progress=progress)


def network_in_use(city: City) -> WalkNetwork:
    """The city's walk network, mapped into memory once a process.

    Raises
    ------
    NotFound
        When no streets were imported; the message says how.
    StoreUnavailable
        When its files are damaged.
    """
    return _loaded(city.store.file.parent, _current(city))


def meta_in_use(city: City) -> NetworkMeta:
    """What the network in use is; raises as `network_in_use`."""
    return network_meta(city.store.file.parent, _current(city))


def streets_in_use(city: City) -> WalkNetwork:
    """The streets of the network in use before barriers and crossings; raises the same."""
    return _loaded(city.store.file.parent, meta_in_use(city).streets)


def saved_networks(city: City) -> tuple[NetworkMeta, ...]:
    """All kept versions, the newest first."""
    return networks(city.store.file.parent)


def use_network(city: City, version: str) -> NetworkMeta:
    """Put another kept version in use; raises NotFound."""
    found = network_meta(city.store.file.parent, version)
    make_current(city.store.file.parent, version)
    return found


def _current(city: City) -> str:
    version = current_version(city.store.file.parent)
    if version is None:
        text = (
            "还没有步行网：请先导入道路，civgeo import 道路文件 --as streets（.osm.pbf 或线图层）"
        )
        raise NotFound(text, code="network_missing")
    return version


@lru_cache(maxsize=8)
def _loaded(directory: Path, version: str) -> WalkNetwork:
    return load_network(directory, version)
