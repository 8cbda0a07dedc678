"""Use case: the walk description of boundary lines of a file, and what differs from one on file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from civgeo.domain.walk_description import (
    Difference,
    WalkLeg,
    compare_walks,
    read_walk,
    written_walk,
)
from civgeo.errors import InvalidInput
from civgeo.formats.delimited import find_encoding
from civgeo.geo.line_junctions import NamedRoute
from civgeo.geo.line_markers import marker_positions
from civgeo.geo.line_walk import TURN_M, PlacedLeg, walk_along
from civgeo.services.boundary_check import markers_by_line
from civgeo.services.boundary_files import read_features, read_lines, read_markers

__all__ = ["LineWalk", "describe_line_file", "walk_of_line", "walk_record"]

LARGEST_TEXT = 1024**2


@dataclass(frozen=True, slots=True)
class LineWalk:
    """The walk of one line.

    Parameters
    ----------
    line
        The line.
    legs
        From its start.
    differences
        From the description on file; empty without one.
    unread
        Sentences of the description on file that could not be read as a leg.
    """

    line: NamedRoute
    legs: tuple[PlacedLeg, ...]
    differences: tuple[Difference, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The description in Chinese."""
        return written_walk([each.leg for each in self.legs])


def walk_of_line(
    line: NamedRoute,
    markers: gpd.GeoDataFrame | None = None,
    *,
    features: gpd.GeoDataFrame | None = None,
    turn_m: float = TURN_M,
    filed: str | None = None,
) -> LineWalk:
    """The walk of a line between its markers and turns.

    Parameters
    ----------
    line
        The line.
    markers
        EPSG:4490, ``number``, POINT: those of this line.
    features
        EPSG:4490 lines, ``name``: rivers, ridges, roads.
    turn_m
        Tolerance of the generalisation, metres.
    filed
        Text of the description on file.
    """
    stations = None
    if markers is not None:
        stations = marker_positions(markers, line.route)
        stations = stations.assign(label=markers["number"].astype(str) + "号界桩")
    legs = walk_along(line.route, stations, turn_m=turn_m, features=features)
    if filed is None:
        return LineWalk(line, tuple(legs))
    theirs, unread = read_walk(filed)
    differences = compare_walks([each.leg for each in legs], theirs)
    return LineWalk(line, tuple(legs), tuple(differences), tuple(unread))


def describe_line_file(
    file: Path,
    *,
    markers: Path | None = None,
    features: Path | None = None,
    filed: Path | None = None,
    crs: str | None = None,
    layer: str | None = None,
    turn_m: float = TURN_M,
) -> list[LineWalk]:
    """Walks of the lines in `file`; every file is opened in the jail.

    Parameters
    ----------
    file, markers, features
        Lines, their markers, rivers and roads with names.
    filed
        Text of the description on file, UTF-8 or GB18030; only where `file` holds one line.
    crs, layer
        As for `civgeo.services.boundary_files.read_lines`.
    turn_m
        Tolerance of the generalisation, metres.

    Raises
    ------
    NotFound, ImportRejected, InvalidInput, CrsError
        As `civgeo.services.boundary_files.read_lines`; ``one_line`` when `filed` is given for
        several lines.
    """
    lines = read_lines(file, crs=crs, layer=layer).lines
    text = None if filed is None else _text(filed, lines)
    beside = None if features is None else read_features(features, crs=crs)
    own: dict[str, gpd.GeoDataFrame] = {}
    if markers is not None:
        own = markers_by_line(lines, read_markers(markers, crs=crs))
    return [
        walk_of_line(each, own.get(each.name), features=beside, turn_m=turn_m, filed=text)
        for each in lines
    ]


def _text(file: Path, lines: Sequence[NamedRoute]) -> str:
    if len(lines) > 1:
        names = "、".join(each.name for each in lines[:20])
        told = f"存档的走向说明只能与一条界线比较，图层中有 {len(lines)} 条：{names}。"
        raise InvalidInput(told, code="one_line")
    if file.stat().st_size > LARGEST_TEXT:
        told = f"{file.name} 超过 {LARGEST_TEXT:,} 字节，不像一份走向说明。"
        raise InvalidInput(told, code="too_large")
    encoding, _ = find_encoding(file, None)
    return file.read_text(encoding=encoding)


def walk_record(walk: LineWalk) -> dict[str, object]:
    """A walk as a JSON object, as ``civgeo boundaries describe --json`` writes it."""
    return {
        "line": walk.line.name,
        "length_m": round(walk.line.route.length_m, 3),
        "legs": [_leg(each) for each in walk.legs],
        "text": walk.text,
        "differences": [
            {
                "kind": each.kind.value,
                "leg": each.leg,
                "filed_leg": each.filed,
                "message": each.message,
            }
            for each in walk.differences
        ],
        "unread": list(walk.unread),
    }


def _leg(placed: PlacedLeg) -> dict[str, object]:
    leg: WalkLeg = placed.leg
    return {
        "from": leg.start,
        "to": leg.end,
        "direction16": leg.direction.label_zh,
        "bearing_deg": round(placed.bearing_deg, 4),
        "along": leg.along,
        "along_share": round(placed.along_share, 2),
        "distance_m": round(leg.distance_m, 1),
        "start_m": round(placed.start_m, 1),
        "end_m": round(placed.end_m, 1),
        "from_place": [round(value, 8) for value in placed.start],
        "to_place": [round(value, 8) for value in placed.end],
    }
