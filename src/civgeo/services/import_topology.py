"""Topology of imported divisions: gaps and overlaps among them and with those that are there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.errors import InvalidInput
from civgeo.formats.findings import Finding, Severity
from civgeo.geo.crs import CGCS2000_EPSG, Zone
from civgeo.geo.index import rectangles_around
from civgeo.geo.topology import CoverageReport, FindingKind, check_coverage
from civgeo.services.import_plan import Plan

__all__ = ["topology_notes"]

MOST_CORNERS = 1_000_000
MOST_MEETINGS = 10_000
MOST_LISTED = 200
NEAR_DEG = 1e-4
"""Ten metres: what lies nearer may leave a sliver between."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A gap or an overlap; the fields are the columns of `civgeo.geo.topology.CoverageReport`."""

    kind: str
    sliver: bool
    codes: tuple[str, ...]
    names: tuple[str, ...]
    lon: float
    lat: float
    area_m2: float
    width_m: float


def topology_notes(plan: Plan, present: gpd.GeoDataFrame, zone: Zone | None) -> list[Finding]:
    """Gaps and overlaps that the file would leave behind, each a note on a row of the file.

    Only divisions whose outline is new or changed are looked at, level by level, with their
    neighbours and the neighbours of those; a gap that reaches farther is not told. The limits are
    on the work and not on time, so that the same file always says the same; past them a note
    names the command that checks everything.

    Parameters
    ----------
    plan
        What the rows of the file would do.
    present
        Divisions that exist, index id.
    zone
        Where metres are measured; None for the zone of the layer.
    """
    touched = _touched(plan)
    findings: list[Finding] = []
    for (system, level), rows in touched.groupby(["system", "level"], sort=True):
        same = (present["system"] == system) & (present["level"] == level)
        findings += _of_level(gpd.GeoDataFrame(rows), present[same & _drawn(present)], zone)
    return findings


def _drawn(frame: gpd.GeoDataFrame) -> "pd.Series[bool]":
    drawn: pd.Series[bool] = frame.geometry.notna() & ~frame.geometry.is_empty
    return drawn


def _touched(plan: Plan) -> gpd.GeoDataFrame:
    """Rows with a new outline."""
    reshaped = [id for id, values in plan.changes.items() if "geometry" in values]
    new = plan.actions == "new"
    rows = plan.whole[(new | plan.whole["id"].isin(reshaped)) & _drawn(plan.whole)]
    return rows.dropna(subset=["code", "name", "system", "level"])


def _of_level(rows: gpd.GeoDataFrame, there: gpd.GeoDataFrame, zone: Zone | None) -> list[Finding]:
    numbers = {str(code): int(row) for row, code in zip(rows.index, rows["code"], strict=True)}
    try:
        found = sorted(_beside(rows, there, zone), key=lambda each: (each.sliver, -each.area_m2))
    except InvalidInput as error:
        if error.code != "too_many_pairs":
            raise
        text = f"没有逐处检查空隙和重叠：{error.message}也可用 civgeo divisions check 检查全部"
        return [Finding(0, "", "", text, Severity.NOTE)]
    findings = []
    for each in found[:MOST_LISTED]:
        row, code = min((numbers[code], code) for code in each.codes if code in numbers)
        findings.append(Finding(row, "", "", _message(each, code, numbers), Severity.NOTE))
    if len(found) > MOST_LISTED:
        text = f"另有 {len(found) - MOST_LISTED} 处较小的空隙、重叠和细缝没有逐一列出"
        findings.append(Finding(0, "", "", text, Severity.NOTE))
    return findings


def _beside(rows: gpd.GeoDataFrame, present: gpd.GeoDataFrame, zone: Zone | None) -> list[_Place]:
    """Gaps and overlaps of `rows` with each other and with the divisions near them.

    Raises
    ------
    InvalidInput
        Code ``too_many_pairs``: when there is more to do than the limits allow.
    """
    before = present.index.isin(rows["id"])
    there = present[~before]
    tree = shapely.STRtree(there.geometry.to_numpy())
    own = np.concatenate([rows.geometry.to_numpy(), present.geometry.to_numpy()[before]])
    ring = np.unique(tree.query(rectangles_around(own, NEAR_DEG))[1])
    beyond = rectangles_around(there.geometry.to_numpy()[ring], NEAR_DEG)
    wanted = np.union1d(ring, tree.query(beyond)[1])
    while True:
        report = _checked(pd.concat([rows, there.iloc[wanted]]), zone)
        gaps = report.findings[report.findings["kind"] == FindingKind.GAP.value]
        fillers = tree.query(gaps.geometry.to_numpy(), predicate="intersects")[1]
        if np.isin(fillers, wanted).all():
            break
        wanted = np.union1d(wanted, fillers)
    codes = set(rows["code"])
    return [each for each in _places(report.findings) if codes & set(each.codes)]


def _checked(rows: pd.DataFrame, zone: Zone | None) -> CoverageReport:
    layer = gpd.GeoDataFrame(rows[["code", "name"]], geometry=rows["geometry"], crs=CGCS2000_EPSG)
    corners = int(shapely.get_num_coordinates(layer.geometry.to_numpy()).sum())
    if corners > MOST_CORNERS:
        text = f"图形连同相邻政区有 {corners:,} 个点，超过 {MOST_CORNERS:,} 个。"
        raise InvalidInput(text, code="too_many_pairs")
    return check_coverage(layer, zone=zone, most=MOST_MEETINGS)


def _places(findings: gpd.GeoDataFrame) -> Iterator[_Place]:
    found = findings[findings["kind"] != FindingKind.INVALID.value]
    columns = (found[name].tolist() for name in _Place.__dataclass_fields__)
    return (_Place(*values) for values in zip(*columns, strict=True))


def _message(place: _Place, own: str, numbers: Mapping[str, int]) -> str:
    """What lies there between which divisions, and what to do; `own` is the division of the row."""
    others = [
        f"{name}（{code}，{f'第 {numbers[code]} 行' if code in numbers else '登记库'}）"
        for code, name in zip(place.codes, place.names, strict=True)
        if code != own
    ]
    what = "重叠" if place.kind == FindingKind.OVERLAP else "之间有空隙"
    words = f"与{'、'.join(others)}{what}" if others else "图形之内有空隙"
    sliver = "，属细缝" if place.sliver else ""
    return (
        f"{words} {place.area_m2:,.1f} 平方米，最宽 {place.width_m:,.2f} 米{sliver}，"
        f"位于 {place.lon:.6f}，{place.lat:.6f}：请核对界线，系统不会改动"
    )
