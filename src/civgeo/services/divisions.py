"""Use case: check a file of division outlines, without a store."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.errors import DataPackageMissing, InvalidInput
from civgeo.formats.outlines import city_outlines, read_districts
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.crs import Zone, city_zone
from civgeo.geo.placement import Placement, Verdict, outline_placement
from civgeo.geo.rings import readable_parts
from civgeo.geo.topology import SLIVER_WIDTH_M, CoverageReport, check_coverage
from civgeo.services.layer_files import column_of, read_layer, shapes_of, texts_of

__all__ = ["LayerCheck", "check_division_file"]

Progress = Callable[[str, int, int], None]

CODE_HEADERS = (
    *("代码", "区划代码", "行政区划代码", "政区代码", "行政区代码", "编码", "区划编码"),
    *("code", "adcode", "gb", "pac", "xzqdm", "xzqhdm", "district_adcode", "division", "id"),
)
NAME_HEADERS = (
    *("名称", "区划名称", "行政区划名称", "政区名称", "行政区名称", "地名", "县名", "单位名称"),
    *("name", "mc", "xzqmc", "xzqhmc", "district_name", "division_name"),
)
COUNTRY_CODE = "156"
LIKE_SHARE = 0.1
"""Townships stand for their county when their area together differs from its by no more."""

OWN_LAYER = "divisions"


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """What was read, what was left out of the check, and what the check found.

    Parameters
    ----------
    layer
        EPSG:4490, in the file's order: ``code``, ``name``, outline. Where the file has no codes
        the name stands for the code.
    report
        Rings, gaps, overlaps, shared boundary, junctions.
    placement
        Where the layer lies, against known outlines.
    source
        Name of the file.
    crs
        System that the coordinates were read in.
    left_out
        In Chinese, what of the file was not checked and why.
    """

    layer: gpd.GeoDataFrame
    report: CoverageReport
    placement: Placement
    source: str
    crs: str
    left_out: tuple[str, ...]


def check_division_file(
    file: Path,
    *,
    city: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    sliver_width_m: float = SLIVER_WIDTH_M,
    progress: Progress | None = None,
) -> LayerCheck:
    """Check the division outlines in `file`: topology, and the place of the whole layer.

    Parameters
    ----------
    file
        Layer with a column of codes or of names, in any format that an import reads; it is
        opened in the jail, by what it holds and not by what it is called.
    city
        Code of the city whose zone and outlines are compared; by default the zone of the layer's
        middle and the known outlines of whatever codes or names the layer holds.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``; goes before what the file says of itself.
    layer
        Name of the layer, where the file has several.
    sliver_width_m
        Gaps and overlaps nowhere this wide are slivers.
    progress
        Called with a label, steps done and steps in all.

    Raises
    ------
    NotFound
        When there is no such file, or no such city.
    ImportRejected
        When the file is of another kind, hostile, damaged, too large, or has no such layer.
    InvalidInput
        When one of several layers has to be named, or it has neither codes nor names.
    CrsError
        When the file names no coordinate system and `crs` is not given, when the coordinates do
        not fit it, and when latitude stands first.
    """
    tell = progress or (lambda label, done, total: None)
    raw = shapes_of(file, read_layer(file, layer, own=OWN_LAYER))
    tell("读取文件", 1, 1)
    named = _named(raw)
    areal, left_out = _areas_of_one_level(named)
    placed, system = in_cgcs2000(areal, crs)
    known, missing = _known_outlines(city)
    zone = _zone(known, city)
    placement = _placement(placed, known, missing, zone)
    tell("核对位置", 1, 1)
    report = check_coverage(placed, zone=zone, sliver_width_m=sliver_width_m, progress=progress)
    return LayerCheck(placed, report, placement, file.name, system, left_out)


def _named(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Columns code, name and geometry of what was read."""
    code, name = column_of(raw, CODE_HEADERS), column_of(raw, NAME_HEADERS)
    if code is None and name is None:
        columns = "、".join(str(column) for column in raw.columns if column != raw.geometry.name)
        raise InvalidInput(
            f"认不出代码列和名称列。文件里的列是：{columns or '（没有）'}。"
            "请把列名改为“代码”（或 code、adcode）和“名称”（或 name）。",
            code="missing_column",
        )
    numbers = pd.Series([f"第{row + 1}行" for row in range(len(raw))], index=raw.index)
    codes = texts_of(raw[code]) if code is not None else texts_of(raw[name])
    codes = codes.where(codes != "", numbers)
    if codes.str.fullmatch(COUNTRY_CODE + r"\d{6}").all():
        codes = codes.str.removeprefix(COUNTRY_CODE)
    names = texts_of(raw[name]) if name is not None else codes
    return gpd.GeoDataFrame(
        {"code": codes, "name": names.where(names != "", codes)},
        geometry=raw.geometry.to_numpy(),
        crs=raw.crs,
    ).reset_index(drop=True)


def _areas_of_one_level(named: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Rows that a coverage is made of, and in Chinese what was left out."""
    kinds = named.geometry.geom_type.mask(named.geometry.is_empty)
    empty = kinds.isna()
    lines = ~empty & ~kinds.isin(["Polygon", "MultiPolygon"])
    above = _above_others(named["code"], named.index[~empty & ~lines])
    left_out = []
    if empty.any():
        left_out.append(f"{int(empty.sum())} 行没有可读的图形")
    if lines.any():
        left_out.append(f"{int(lines.sum())} 行是线或点，不是面")
    if above.any():
        shown = "、".join(named.loc[above, "name"].astype(str).tolist()[:5])
        left_out.append(f"{int(above.sum())} 行是其他行的上级政区（{shown}），与下级必然重叠")
    kept = named[~empty & ~lines & ~above].reset_index(drop=True)
    if kept.empty:
        raise InvalidInput(f"没有可检查的面图形：{'；'.join(left_out) or '图层是空的'}。")
    return kept, tuple(left_out)


def _above_others(codes: pd.Series, drawn: pd.Index) -> "pd.Series[bool]":
    """Which rows are divisions that hold another row that is drawn."""
    digits = codes.map(_digits)
    parents = {
        parent.digits
        for text in digits[drawn].dropna().unique()
        for parent in DivisionCode(text).parents
    }
    return digits.isin(parents)


def _digits(code: str) -> str | None:
    try:
        return DivisionCode.parse(code).digits
    except InvalidInput:
        return None


def _known_outlines(city: str | None) -> tuple[gpd.GeoDataFrame | None, str]:
    """Outlines to compare with, or None and why there are none."""
    try:
        return (read_districts() if city is None else city_outlines(city)), ""
    except DataPackageMissing as missing:
        return None, f"手头没有可对照的轮廓，位置未核对。{missing.message}"


def _zone(known: gpd.GeoDataFrame | None, city: str | None) -> Zone | None:
    return None if known is None or city is None else city_zone(known)


def _placement(
    layer: gpd.GeoDataFrame, known: gpd.GeoDataFrame | None, missing: str, zone: Zone | None
) -> Placement:
    if known is None:
        return Placement(Verdict.UNKNOWN, missing)
    found = outline_placement(layer, known, zone=zone)
    counties = _counties_of_townships(layer, known) if not found.matched else None
    return found if counties is None else outline_placement(counties, known, zone=zone)


def _counties_of_townships(
    layer: gpd.GeoDataFrame, known: gpd.GeoDataFrame
) -> gpd.GeoDataFrame | None:
    """Outlines of the counties that the layer's townships make up in full; None where none."""
    below = layer[layer["code"].str.fullmatch(r"\d{9}|\d{12}")]
    if below.empty:
        return None
    whole = gpd.GeoDataFrame(
        {"code": below["code"].str[:6], "name": below["code"].str[:6]},
        geometry=readable_parts(below.geometry.to_numpy()),
        crs=layer.crs,
    ).dissolve("code", as_index=False)
    theirs = known.drop_duplicates("code").set_index("code").reindex(whole["code"])
    share = shapely.area(whole.geometry.to_numpy()) / shapely.area(theirs.geometry.to_numpy())
    full = whole[np.abs(share - 1) <= LIKE_SHARE]
    return None if full.empty else full
