"""Inside the jail: ways of OpenStreetMap data, picked out into a plain text file.

Nothing but osmium is loaded meanwhile: the places of all nodes, and the libraries that write layers
afterwards, need not fit into the memory of the process at once.
"""

import ctypes
import json
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium

from civgeo.domain.planning_forms import BarrierKind
from civgeo.errors import ImportRejected
from civgeo.formats.walkable_ways import WalkableWays, walkable_ways

__all__ = ["BARRIERS", "COLUMNS", "STREETS", "WaysRead", "pick_ways", "picked_ways"]

STREETS, BARRIERS = "streets", "barriers"
"""The two layers that OpenStreetMap data is read as."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    STREETS: ("osm_id", "name", "highway", "level", "bridge", "tunnel"),
    BARRIERS: ("osm_id", "name", "kind"),
}
_STORAGE = "sparse_mmap_array"
"""Sixteen bytes a node, grown without copying: 50 MB of PBF hold about seven million nodes."""

_ONE_ARENA = -8, 1
"""glibc's M_ARENA_MAX: threads would set aside 64 MB of address space each."""

_LINE, _AREA, _MULTI, _FEWEST_CORNERS = 2, 3, 3, 4
_HIGHEST = 20
_HEAD = struct.Struct("<BII")
_PLACE_BYTES = 16

_Values = tuple[object, ...]


@dataclass(slots=True)
class WaysRead:
    """What was met on reading.

    Parameters
    ----------
    rows, ways
        Shapes picked out, and the ways that they are of.
    others
        Ways that are not of the layer: closed to walkers, or none of its kinds.
    incomplete
        Ways with nodes that the file lacks; the pieces between are kept.
    broken
        Ways without a usable shape or with unreadable tags.
    as_of
        Moment of the data, as the file states it; empty where it does not.
    """

    rows: int = 0
    ways: int = 0
    others: int = 0
    incomplete: int = 0
    broken: int = 0
    as_of: str = ""

    def told(self, layer: str) -> tuple[str, ...]:
        """The same for an officer."""
        said = [f"数据截至 {self.as_of}"] if self.as_of else []
        if layer == STREETS:
            said.append(f"读取 {self.ways} 条可步行的路，另有 {self.others} 条不供步行或禁止步行")
        if self.incomplete:
            said.append(f"{self.incomplete} 条路的部分节点不在文件里，只取在文件里的各段")
        if self.broken:
            said.append(f"{self.broken} 条路没有可用的图形或标签，没有读取")
        return tuple(said)


def pick_ways(path: Path, layer: str, target: Path) -> WaysRead:
    """Write the ways of `layer` to `target`, to be read back by `picked_ways`.

    Raises
    ------
    ImportRejected
        When the file is damaged, or needs more memory than there is.
    """
    if sys.platform == "linux":
        tune = getattr(ctypes.CDLL(None), "mallopt", None)
        if tune is not None:
            tune(*_ONE_ARENA)
    read = WaysRead()
    picked = _picked(path, layer, read)
    try:
        with target.open("w", encoding="utf-8") as file:
            for shape, values in _merged(picked) if layer == BARRIERS else picked:
                file.write(f"{shape.hex()} {json.dumps(values, ensure_ascii=False)}\n")
                read.rows += 1
    except RuntimeError as error:
        raise _damaged(str(error)) from None
    return read


def picked_ways(source: Path) -> Iterator[tuple[bytes, list[object]]]:
    """Shape (WKB, degrees) and values of each way in the file that `pick_ways` wrote."""
    with source.open(encoding="utf-8") as file:
        for line in file:
            shape, _, values = line.partition(" ")
            yield bytes.fromhex(shape), json.loads(values)


def _damaged(said: str) -> ImportRejected:
    if "memory" in said or "bad_alloc" in said:
        text = "读取需要的内存超过限额，已终止。请按县区裁剪后再导入。"
        return ImportRejected(text, code="too_much_memory")
    return ImportRejected(
        f"OpenStreetMap 文件已损坏或不完整，读不出来。请重新下载或裁剪后再导入。（{said[:160]}）",
        code="broken_file",
    )


def _picked(path: Path, layer: str, read: WaysRead) -> Iterator[tuple[bytes, _Values]]:
    table = walkable_ways()
    keys = ["highway"] if layer == STREETS else sorted({key for key, _ in table.barriers})
    file = osmium.io.File(str(path), "pbf")
    ways: Any = (
        osmium.FileProcessor(file, osmium.osm.NODE | osmium.osm.WAY)
        .with_locations(_STORAGE)
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter(*keys))
    )
    read.as_of = ways.header.get("osmosis_replication_timestamp", "")
    factory = osmium.geom.WKBFactory()
    values_of = _street if layer == STREETS else _barrier
    for way in ways:
        try:
            tags = dict(way.tags)
        except UnicodeDecodeError:
            read.broken += 1
            continue
        values = values_of(way.id, tags, table)
        if values is None:
            read.others += 1
            continue
        shapes = _lines(way, factory, read)
        if "natural" in tags and layer == BARRIERS:
            shapes = [_area(line) for line in shapes if _closes(line)]
        read.ways += bool(shapes)
        yield from ((shape, values) for shape in shapes)


def _street(id: int, tags: Mapping[str, str], table: WalkableWays) -> _Values | None:
    if not table.are_walked(tags):
        return None
    texts = (tags.get("bridge"), tags.get("tunnel"))
    return (id, tags.get("name"), tags["highway"], _level(tags.get("layer")), *texts)


def _level(text: str | None) -> int:
    """Layer of a way; 0 for what is no whole number of a few levels."""
    try:
        level = int(text or 0)
    except ValueError:
        return 0
    return level if abs(level) <= _HIGHEST else 0


def _barrier(id: int, tags: Mapping[str, str], table: WalkableWays) -> _Values | None:
    kind = table.barrier(tags)
    return None if kind is None else (id, tags.get("name"), kind)


def _lines(way: osmium.osm.Way, factory: osmium.geom.WKBFactory, read: WaysRead) -> list[bytes]:
    """The way as a line; the pieces whose nodes are there, where some are missing."""
    try:
        return [bytes.fromhex(factory.create_linestring(way))]
    except osmium.InvalidLocationError:
        read.incomplete += 1
    except RuntimeError:
        read.broken += 1
        return []
    runs: list[list[float]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1] += (node.location.lon, node.location.lat)
        elif runs[-1]:
            runs.append([])
    return [
        _HEAD.pack(1, _LINE, len(run) // 2) + struct.pack(f"<{len(run)}d", *run)
        for run in runs
        if len(run) > 2
    ]


def _merged(picked: Iterator[tuple[bytes, _Values]]) -> Iterator[tuple[bytes, _Values]]:
    """Barriers, one of each name and kind: a river is drawn as many ways, a record is one.

    Those without a name are called by their kind and number; areas of water are told from the line
    of the river in them.
    """
    found: dict[tuple[int, object, str], list[tuple[bytes, object]]] = {}
    for shape, (id, name, kind) in picked:
        _, form, _ = _HEAD.unpack_from(shape)
        label = "水面" if form == _AREA else BarrierKind(str(kind)).label_zh
        title = f"{label} {id}" if name is None else str(name)
        if form == _AREA and name is not None:
            title += "（水面）"
        found.setdefault((form, kind, title), []).append((shape, id))
    for (form, kind, title), parts in found.items():
        many = _HEAD.pack(1, form + _MULTI, len(parts)) + b"".join(shape for shape, _ in parts)
        yield many if len(parts) > 1 else parts[0][0], (parts[0][1], title, kind)


def _closes(line: bytes) -> bool:
    """Whether a line ends where it begins, around an area."""
    _, _, corners = _HEAD.unpack_from(line)
    first = line[_HEAD.size : _HEAD.size + _PLACE_BYTES]
    return corners >= _FEWEST_CORNERS and line.endswith(first)


def _area(line: bytes) -> bytes:
    """A closed line as an area."""
    _, _, corners = _HEAD.unpack_from(line)
    return _HEAD.pack(1, _AREA, 1) + struct.pack("<I", corners) + line[_HEAD.size :]
