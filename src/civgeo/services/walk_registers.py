"""Barriers and crossings that a walk network is cut and joined by, and the state they are in."""

from hashlib import sha256

import geopandas as gpd

from civgeo.domain.planning_forms import CrossingStatus
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["STALE", "WALK_REGISTERS", "registers_mark", "walk_registers"]

WALK_REGISTERS = "registers"
"""Parameter of a saved network: the mark of the registers that it was made with."""

STALE = (
    "步行网做成之后，登记的阻隔或跨越设施有改动，步行网还没有按它们更新："
    "请运行 civgeo coverage network --renew"
)


def walk_registers(reading: Reading) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Barriers, and the crossings that exist; those that are drawn, EPSG:4490."""
    barriers = reading.features(Collection.WALK_BARRIERS)
    crossings = reading.features(Collection.WALK_CROSSINGS)
    crossings = crossings[crossings["status"] == CrossingStatus.EXISTING.value]
    return _drawn(barriers), _drawn(crossings)


def registers_mark(barriers: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame) -> str:
    """Mark of a state of both registers: another one once a record is entered, edited or ended."""
    told = sha256()
    for frame in (barriers, crossings):
        for id, version in sorted(zip(frame.index, frame["version"], strict=True)):
            told.update(f"{id}:{version}\n".encode())
        told.update(b"\n")
    return told.hexdigest()[:16]


def _drawn(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame[frame.geometry.notna() & ~frame.geometry.is_empty]
