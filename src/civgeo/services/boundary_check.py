"""Use case: check boundary lines of a file against markers, a neighbour's lines and outlines."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import Point

from civgeo.domain.division import DivisionCode
from civgeo.domain.marker_series import series_findings
from civgeo.errors import InvalidInput
from civgeo.formats.marker_suffixes import marker_suffixes
from civgeo.geo.line_comparison import LineComparison, compare_lines
from civgeo.geo.line_findings import LineFault, LineFinding, findings_frame
from civgeo.geo.line_junctions import JUNCTION_M, NamedRoute, tri_junctions
from civgeo.geo.line_marker_findings import (
    OFF_LINE_M,
    TWIN_REACH_M,
    LineSides,
    marker_findings,
)
from civgeo.geo.line_markers import LEFT, RIGHT, marker_positions
from civgeo.geo.line_outlines import OUTLINE_M, outline_departures, sides_of_route
from civgeo.services.boundary_files import read_lines, read_markers, read_outlines

__all__ = ["Limits", "LinesCheck", "check_line_files", "check_lines", "markers_by_line"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Distances in metres beyond which something is reported; none is a legal figure.

    Parameters
    ----------
    off_line_m, twin_reach_m
        A single marker, one of several, from the line.
    apart_m
        Greatest distance of two drawings of a line.
    junction_m
        Ends of three lines at a tri-junction.
    outline_m
        An outline from the line that it should follow.
    """

    off_line_m: float = OFF_LINE_M
    twin_reach_m: float = TWIN_REACH_M
    apart_m: float = 0.001
    junction_m: float = JUNCTION_M
    outline_m: float = OUTLINE_M


@dataclass(frozen=True, slots=True)
class LinesCheck:
    """What was checked and found.

    Parameters
    ----------
    lines
        The lines.
    sides
        What lies left and right of each, by name, where outlines tell it.
    findings
        `civgeo.geo.line_findings.findings_frame`.
    positions
        Of every marker, on the index of the markers: ``line``, ``number`` and the columns of
        `marker_positions`; empty without markers.
    comparisons
        By name of the line, where another drawing was given.
    junctions
        `civgeo.geo.line_junctions.tri_junctions`.
    source, crs
        Name of the file of lines and the system of its coordinates.
    left_out
        In Chinese, what was not checked and why.
    limits
        What counted.
    """

    lines: tuple[NamedRoute, ...]
    sides: Mapping[str, LineSides]
    findings: gpd.GeoDataFrame
    positions: pd.DataFrame
    comparisons: Mapping[str, LineComparison]
    junctions: gpd.GeoDataFrame
    source: str = ""
    crs: str = "EPSG:4490"
    left_out: tuple[str, ...] = field(default=())
    limits: Limits = field(default_factory=Limits)


def check_line_files(
    file: Path,
    *,
    markers: Path | None = None,
    other: Path | None = None,
    divisions: Path | None = None,
    crs: str | None = None,
    layer: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> LinesCheck:
    """Check the boundary lines in `file`; every file is opened in the jail.

    Parameters
    ----------
    file, markers, other, divisions
        Lines; their markers; the same lines as the neighbour has them; outlines with codes.
    crs
        System of all files' coordinates; by default what each says of itself.
    layer
        Name of the layer of `file`, where it has several.
    limits, progress
        See `Limits`; called with a label, steps done and steps in all.

    Raises
    ------
    NotFound, ImportRejected, InvalidInput, CrsError
        As `civgeo.services.boundary_files.read_lines`.
    """
    tell = progress or (lambda label, done, total: None)
    own = read_lines(file, crs=crs, layer=layer)
    theirs = read_lines(other, crs=crs) if other is not None else None
    standing = read_markers(markers, crs=crs) if markers is not None else None
    outlines = read_outlines(divisions, crs=crs) if divisions is not None else None
    tell("读取文件", 1, 1)
    found = check_lines(
        own.lines,
        markers=standing,
        other=theirs.lines if theirs else None,
        divisions=outlines,
        limits=limits,
        progress=progress,
    )
    left_out = [*own.left_out]
    left_out += [f"{theirs.source}：{reason}" for reason in theirs.left_out] if theirs else []
    left_out += strange_markers(own.lines, standing)
    asked = (("界桩", markers), ("相邻一方的界线", other), ("政区轮廓", divisions))
    left_out += [f"没有给出{label}" for label, given in asked if given is None]
    return LinesCheck(
        found.lines,
        found.sides,
        found.findings,
        found.positions,
        found.comparisons,
        found.junctions,
        own.source,
        own.crs,
        tuple(left_out),
        found.limits,
    )


def check_lines(
    lines: tuple[NamedRoute, ...],
    *,
    markers: gpd.GeoDataFrame | None = None,
    other: tuple[NamedRoute, ...] | None = None,
    divisions: gpd.GeoDataFrame | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> LinesCheck:
    """Check boundary lines.

    Parameters
    ----------
    lines
        The lines, each name once.
    markers
        EPSG:4490: ``number``, ``line`` (name or code, empty for the nearest line), POINT.
    other
        The same lines as the neighbour has them, found by name, else by code; one line on each side
        is a pair whatever its name.
    divisions
        EPSG:4490: ``code`` (six digits at least), polygons.
    limits, progress
        See `Limits`; called with a label, steps done and steps in all.
    """
    tell = progress or (lambda label, done, total: None)
    own = limits or Limits()
    sides = _sides(lines, divisions)
    found = [finding for each in lines for finding in _drawn(each)]
    positions, standing = _on_markers(lines, markers, sides, own)
    found += standing
    tell("界桩与界线", 1, 3)
    comparisons, apart = _compared(lines, other, own)
    found += apart
    tell("比对两方界线", 2, 3)
    junctions = tri_junctions(lines, tolerance_m=own.junction_m)
    found += _unequal(junctions)
    if divisions is not None:
        for each in lines:
            found += outline_departures(
                each.route, divisions, line=each.name, sides=each.sides, tolerance_m=own.outline_m
            )
    tell("三交点与政区轮廓", 3, 3)
    frame = findings_frame(found)
    return LinesCheck(lines, sides, frame, positions, comparisons, junctions, limits=own)


def _sides(
    lines: tuple[NamedRoute, ...], divisions: gpd.GeoDataFrame | None
) -> dict[str, LineSides]:
    """What lies beside each line, where outlines tell it."""
    if divisions is None:
        return {}
    asked = {each.name: sides_of_route(each.route, divisions, among=each.sides) for each in lines}
    return {name: found for name, found in asked.items() if found is not None}


def _drawn(line: NamedRoute) -> Iterable[LineFinding]:
    """Faults of the drawing itself."""
    for gap in line.route.gaps:
        told = f"{gap.chainage_m / 1000:.3f} 千米处断开 {gap.length_m:.1f} 米"
        shape = line.route.between(gap.chainage_m, gap.chainage_m + gap.length_m)
        yield LineFinding(
            LineFault.INTERRUPTED,
            line.name,
            told,
            shape=shape,
            chainage_m=gap.chainage_m,
            length_m=gap.length_m,
        )
    if not shapely.is_simple(line.route.line):
        yield LineFinding(LineFault.SELF_CROSSING, line.name, "界线与自身相交或重叠")


def markers_by_line(
    lines: tuple[NamedRoute, ...], markers: gpd.GeoDataFrame
) -> dict[str, gpd.GeoDataFrame]:
    """Markers of each line: those that name it, and those that name none and are nearest to it.

    Markers that name a line which is not there belong to none (`strange_markers`).
    """
    belongs = _names_of(lines, markers)
    if belongs.eq("").any():
        offsets = pd.DataFrame(
            {each.name: marker_positions(markers, each.route)["offset_m"] for each in lines}
        )
        nearest = offsets.fillna(float("inf")).idxmin(axis=1).astype(str)
        belongs = belongs.where(belongs != "", nearest)
    return {each.name: markers[belongs == each.name] for each in lines}


def _names_of(lines: tuple[NamedRoute, ...], markers: gpd.GeoDataFrame) -> "pd.Series[str]":
    """Name of each marker's line, also where the marker gives its code."""
    return markers["line"].replace(_names_by_code(lines))


def _names_by_code(lines: tuple[NamedRoute, ...]) -> dict[str, str]:
    names = {each.name for each in lines}
    return {each.code: each.name for each in lines if each.code and each.code not in names}


def strange_markers(
    lines: tuple[NamedRoute, ...], markers: gpd.GeoDataFrame | None
) -> tuple[str, ...]:
    """In Chinese, how many markers name lines that are not there."""
    if markers is None:
        return ()
    names = {each.name for each in lines}
    named = _names_of(lines, markers)
    strange = named[~named.isin({*names, ""})]
    return tuple(
        f"{count} 个界桩属于界线“{name}”，界线图层中没有"
        for name, count in strange.value_counts().items()
    )


def _on_markers(
    lines: tuple[NamedRoute, ...],
    markers: gpd.GeoDataFrame | None,
    sides: Mapping[str, LineSides],
    limits: Limits,
) -> tuple[pd.DataFrame, list[LineFinding]]:
    """Positions of all markers, and what is wrong with them."""
    if markers is None:
        return pd.DataFrame(columns=["line", "number"]), []
    own = markers_by_line(lines, markers)
    tables: list[pd.DataFrame] = []
    found: list[LineFinding] = []
    for each in lines:
        rows = own[each.name]
        positions = marker_positions(rows, each.route)
        tables.append(positions.assign(line=each.name, number=rows["number"]))
        found += _numbered(each, rows, positions)
        found += marker_findings(
            rows,
            positions,
            line=each.name,
            suffixes=marker_suffixes(),
            sides=sides.get(each.name),
            off_line_m=limits.off_line_m,
            twin_reach_m=limits.twin_reach_m,
        )
    return pd.concat(tables).sort_index(kind="stable"), found


def _numbered(
    line: NamedRoute, rows: gpd.GeoDataFrame, positions: pd.DataFrame
) -> Iterable[LineFinding]:
    """Faults of the numbers as a series, at the first marker that each names."""
    sides = line.sides if len(line.sides) == 2 and _same_level(line.sides) else ()
    shapes, chainage = rows.geometry.tolist(), positions["chainage_m"].tolist()
    for each in series_findings(rows["number"].tolist(), marker_suffixes(), sides):
        first = each.rows[0]
        shape = shapes[first] if isinstance(shapes[first], Point) else None
        yield LineFinding(
            LineFault.NUMBER,
            line.name,
            f"{each.fault.label_zh}：{each.message}",
            shape=shape,
            chainage_m=float(chainage[first]),
            refs=each.missing or each.numbers,
        )


def _same_level(codes: tuple[str, ...]) -> bool:
    """Whether all are codes of one level from the province to the county."""
    try:
        lengths = {len(DivisionCode.parse(code).digits) for code in codes}
    except InvalidInput:
        return False
    return len(lengths) == 1 and lengths <= {2, 4, 6}


def _compared(
    lines: tuple[NamedRoute, ...], other: tuple[NamedRoute, ...] | None, limits: Limits
) -> tuple[dict[str, LineComparison], list[LineFinding]]:
    """Each line beside the neighbour's, and where they are apart."""
    if other is None:
        return {}, []
    names, codes = {each.name for each in lines}, _names_by_code(lines)
    theirs = {
        each.name if each.name in names else codes.get(each.code, each.name): each.route
        for each in other
    }
    if len(lines) == len(other) == 1:
        theirs = {lines[0].name: other[0].route}
    compared: dict[str, LineComparison] = {}
    found: list[LineFinding] = []
    for each in lines:
        if each.name not in theirs:
            told = f"相邻一方的文件没有界线“{each.name}”"
            found.append(LineFinding(LineFault.MISSING_LINE, each.name, told))
            continue
        compared[each.name] = compare_lines(each.route, theirs[each.name])
        found += _apart(each.name, compared[each.name], limits.apart_m)
    for name in sorted(set(theirs) - {each.name for each in lines}):
        told = f"界线“{name}”只在相邻一方的文件中"
        found.append(LineFinding(LineFault.MISSING_LINE, name, told))
    return compared, found


def _apart(line: str, comparison: LineComparison, apart_m: float) -> Iterable[LineFinding]:
    rows = comparison.apart[comparison.apart["greatest_m"] > apart_m]
    sides = {LEFT: "另一份偏左", RIGHT: "另一份偏右"}
    names = ("open", "side", "start_m", "length_m", "greatest_m", "mean_m", "area_m2")
    columns = [rows[name].tolist() for name in (*names, "other")]
    for opened, side, start, length, greatest, mean, area, theirs, shape in zip(
        *columns, rows.geometry.tolist(), strict=True
    ):
        fault = LineFault.ENDS_APART if opened else LineFault.APART
        told = (
            f"{start / 1000:.3f} 千米起 {length:.1f} 米，{sides.get(side, '只有一份')}，"
            f"最远 {greatest:.2f} 米，平均 {mean:.2f} 米，夹 {area:.1f} 平方米"
        )
        yield LineFinding(
            fault,
            line,
            told,
            shape=theirs if shape is None else shape,
            chainage_m=start,
            length_m=length,
            greatest_m=greatest,
            mean_m=mean,
            area_m2=area,
        )


def _unequal(junctions: gpd.GeoDataFrame) -> Iterable[LineFinding]:
    rows = junctions[~junctions["equal"]]
    for lines, sides, greatest, shape in zip(
        rows["lines"], rows["sides"], rows["greatest_m"].tolist(), rows.geometry, strict=True
    ):
        told = f"{'、'.join(lines)} 的端点相距最远 {greatest:.2f} 米，应为同一点"
        yield LineFinding(
            LineFault.JUNCTION_APART,
            "、".join(lines),
            told,
            shape=shape,
            greatest_m=greatest,
            refs=sides,
        )
