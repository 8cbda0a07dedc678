"""Use case: check a file of division outlines, without a store."""

import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.division import DivisionCode
from civgeo.errors import CrsError, DataPackageMissing, InvalidInput, NotFound
from civgeo.formats.outlines import city_outlines, read_districts
from civgeo.geo.axes import axes_swapped, suggested_systems, suggestion_text
from civgeo.geo.crs import CGCS2000_EPSG, CrsName, Zone, city_zone, require_crs, transform_points
from civgeo.geo.datum import Floats
from civgeo.geo.placement import Placement, Verdict, outline_placement
from civgeo.geo.rings import readable_parts
from civgeo.geo.topology import SLIVER_WIDTH_M, CoverageReport, check_coverage

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

MOST_HEAD = 1 << 20
RECIPE = b"gdal_streamed_alg"
_SIGNS = {
    b"SQLite format 3\x00": "GeoPackage",
    b"\x00\x00\x27\x0a": "Shapefile",
    b"{": "GeoJSON",
}


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
        GeoPackage, GeoJSON or Shapefile with a column of codes or of names.
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
        When there is no such file or layer, or no such city.
    InvalidInput
        When the file is of another kind, cannot be read, or has neither codes nor names.
    CrsError
        When the file names no coordinate system and `crs` is not given, when the coordinates do
        not fit it, and when latitude stands first.
    """
    tell = progress or (lambda label, done, total: None)
    raw = _read(file, layer)
    tell("读取文件", 1, 1)
    named = _named(raw)
    areal, left_out = _areas_of_one_level(named)
    placed, system = _in_cgcs2000(areal, crs)
    known, missing = _known_outlines(city)
    zone = _zone(known, city)
    placement = _placement(placed, known, missing, zone)
    tell("核对位置", 1, 1)
    report = check_coverage(placed, zone=zone, sliver_width_m=sliver_width_m, progress=progress)
    return LayerCheck(placed, report, placement, file.name, system, left_out)


def _read(file: Path, layer: str | None) -> gpd.GeoDataFrame:
    """The one place that opens the file, by what it holds and not by what it is called."""
    if not file.is_file():
        raise NotFound(f"没有文件 {file}，请核对路径。")
    kind = _kind(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # GDAL on broken rings: our findings
            return _opened(file, layer, kind)
    except (RuntimeError, ValueError, OSError) as error:
        raise InvalidInput(f"{file.name} 读不出来，文件可能不完整：{str(error)[:200]}") from error


def _kind(file: Path) -> str:
    """What the file is by its first bytes; a recipe for GDAL to read other files is refused."""
    with file.open("rb") as stream:
        head = stream.read(MOST_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = next((name for sign, name in _SIGNS.items() if head.startswith(sign)), None)
    if kind is None or (kind == "GeoJSON" and RECIPE in head):
        raise InvalidInput(
            f"{file.name} 不是 GeoPackage、GeoJSON 或 Shapefile（.shp），不能检查。请先转换。"
        )
    return kind


def _opened(file: Path, layer: str | None, kind: str) -> gpd.GeoDataFrame:
    layers = gpd.list_layers(file)
    names = layers.loc[layers["geometry_type"].notna(), "name"].tolist()
    if layer is not None and layer not in names:
        raise NotFound(f"{file.name} 中没有图层“{layer}”，有：{'、'.join(names)}。")
    if layer is None and len(names) > 1 and "divisions" not in names:
        raise InvalidInput(
            f"{file.name} 有 {len(names)} 个图层：{'、'.join(names)}。请用 --layer 写明检查哪一个。"
        )
    if not names:
        raise InvalidInput(f"{file.name} 中没有带图形的图层。")
    chosen = layer or ("divisions" if "divisions" in names else names[0])
    for encoding in _encodings(file, kind):
        try:
            return gpd.read_file(file, layer=chosen, encoding=encoding, on_invalid="ignore")
        except UnicodeDecodeError:
            continue
    raise InvalidInput(f"{file.name} 的文字编码既不是 UTF-8 也不是 GB18030，请附上 .cpg 文件。")


def _encodings(file: Path, kind: str) -> tuple[str | None, ...]:
    """Encodings to try: of a Shapefile without .cpg nothing is known."""
    has_cpg = any(file.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG"))
    return ("UTF-8", "GB18030") if kind == "Shapefile" and not has_cpg else (None,)


def _named(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Columns code, name and geometry of what was read."""
    code, name = _column(raw, CODE_HEADERS), _column(raw, NAME_HEADERS)
    if code is None and name is None:
        columns = "、".join(str(column) for column in raw.columns if column != raw.geometry.name)
        raise InvalidInput(
            f"认不出代码列和名称列。文件里的列是：{columns or '（没有）'}。"
            "请把列名改为“代码”（或 code、adcode）和“名称”（或 name）。",
            code="missing_column",
        )
    numbers = pd.Series([f"第{row + 1}行" for row in range(len(raw))], index=raw.index)
    codes = _texts(raw[code]) if code is not None else _texts(raw[name])
    codes = codes.where(codes != "", numbers)
    if codes.str.fullmatch(COUNTRY_CODE + r"\d{6}").all():
        codes = codes.str.removeprefix(COUNTRY_CODE)
    names = _texts(raw[name]) if name is not None else codes
    return gpd.GeoDataFrame(
        {"code": codes, "name": names.where(names != "", codes)},
        geometry=raw.geometry.to_numpy(),
        crs=raw.crs,
    ).reset_index(drop=True)


def _column(frame: gpd.GeoDataFrame, headers: tuple[str, ...]) -> str | None:
    """Column whose header stands first in `headers`, whatever its case, width and blanks."""
    plain = {
        unicodedata.normalize("NFKC", str(column)).strip().lower(): str(column)
        for column in frame.columns
        if column != frame.geometry.name
    }
    return next((plain[header] for header in headers if header in plain), None)


def _texts(values: pd.Series) -> pd.Series:
    """Values as text in half width; whole numbers without a decimal point, null as empty."""

    def text(value: object) -> str:
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return unicodedata.normalize("NFKC", str(whole)).strip()

    return values.astype(object).map(text, na_action="ignore").fillna("").astype(object)


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


def _in_cgcs2000(frame: gpd.GeoDataFrame, crs: str | None) -> tuple[gpd.GeoDataFrame, str]:
    """The frame in EPSG:4490, and the system that it was read in."""
    hint = suggestion_text(suggested_systems(frame))
    if crs is None and frame.crs is None:
        raise CrsError(
            f"文件没有写明坐标系，请用 --crs 写明（如 --crs EPSG:4490），不会猜测。{hint}"
        )
    if axes_swapped(frame):
        raise CrsError("经度和纬度写反了：每个点都是纬度在前。请换过来再检查，不会自行改动。")
    try:
        moved, system = _moved(frame, crs)
    except CrsError as error:
        raise CrsError(f"{error.message}{hint}") from error
    return moved, system


def _moved(frame: gpd.GeoDataFrame, crs: str | None) -> tuple[gpd.GeoDataFrame, str]:
    if crs is None:
        declared = require_crs(frame)
        number = declared.to_epsg()
        if number is None:
            return frame.to_crs(epsg=CGCS2000_EPSG), declared.name
        crs = f"EPSG:{number}"
    source, target = CrsName.parse(crs), CrsName(f"EPSG:{CGCS2000_EPSG}", CGCS2000_EPSG)

    def degrees(given: Floats) -> Floats:
        x, y = given.T
        finite = np.isfinite(x) & np.isfinite(y)
        out = given.copy()
        out[finite] = np.column_stack(transform_points(x[finite], y[finite], source, target))
        return out

    shapes = shapely.transform(shapely.force_2d(frame.geometry.to_numpy()), degrees)
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=CGCS2000_EPSG)), source.text


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
