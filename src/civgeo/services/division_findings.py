"""What a check of divisions found, as a summary, as GeoJSON and as a map."""

import math
from collections.abc import Iterable

import geopandas as gpd
import orjson
import shapely

from civgeo.geo.topology import FindingKind
from civgeo.maps.civmap import CivMap
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote
from civgeo.maps.topology import topology_map
from civgeo.maps.topology_picture import topology_picture
from civgeo.services.divisions import LayerCheck

__all__ = ["NOT_COVERED", "figures", "finding_rows", "findings_geojson", "findings_map"]
__all__ += ["findings_picture", "has_findings", "summary"]

NOT_COVERED = (
    "外缘：向图层外敞开的缺口不算空隙，那里该是什么在相邻政区的图层里；与相邻政区合在一起检查才能查出",
    "界线本身对不对：只比较图层内各政区是否吻合，法定界线以协议书和界桩为准",
)
"""What a check without findings does not say."""

Record = dict[str, object]


def summary(check: LayerCheck) -> Record:
    """The check as a JSON object, as ``civgeo divisions check --summary`` writes it.

    ``invalid``, ``gaps``, ``overlaps`` (true ones) and ``slivers`` each hold ``count``,
    ``area_m2`` and ``places``; ``shared_m`` and ``tri_junctions`` are numbers, listed in
    ``shared`` and ``tri_junction_places``; ``datum`` says where the layer lies, and
    ``not_covered`` what the check does not look at.
    """
    report, place = check.report, check.placement
    return {
        "file": check.source,
        "crs": check.crs,
        "divisions": len(check.layer),
        "left_out": list(check.left_out),
        "not_covered": list(NOT_COVERED),
        "sliver_width_m": report.sliver_width_m,
        "invalid": _group(report.of(FindingKind.INVALID)),
        "gaps": _group(report.of(FindingKind.GAP)),
        "overlaps": _group(report.of(FindingKind.OVERLAP)),
        "slivers": _group(report.slivers),
        "shared_m": round(report.shared_m, 3),
        "shared": [
            {"pair": [one, other], "length_m": round(length, 3)}
            for one, other, length in report.shared.itertuples(index=False)
        ],
        "tri_junctions": len(report.junctions),
        "tri_junction_places": [
            {"codes": list(codes), "lon": lon, "lat": lat}
            for codes, lon, lat in _junction_rows(report.junctions)
        ],
        "datum": {
            "verdict": place.verdict.value,
            "east_m": place.east_m,
            "north_m": place.north_m,
            "distance_m": _rounded(place.distance_m),
            "guess": place.guess,
            "residual_m": place.residual_m,
            "matched": place.matched,
            "strays": list(place.strays),
            "reason": place.reason,
        },
    }


def has_findings(check: LayerCheck) -> bool:
    """Whether anything is wrong: a ring, a gap, an overlap, a sliver, or the layer's place."""
    return bool(len(check.report.findings)) or check.placement.verdict in ("shifted", "displaced")


def findings_geojson(check: LayerCheck) -> bytes:
    """Findings and junctions as a GeoJSON FeatureCollection (RFC 7946).

    Properties: ``kind`` (``invalid``, ``gap``, ``overlap``, ``tri_junction``), ``sliver``,
    ``codes``, ``names``, ``area_m2``, ``width_m``, ``lon``, ``lat``, ``note``. Names are given as
    they are in the file; whoever shows them has to escape them.
    """
    report = check.report
    features = [*_features(report.findings), *_features(report.junctions)]
    for number, feature in enumerate(features, 1):
        feature["id"] = number
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def findings_map(check: LayerCheck, *, on: str, public_number: str = "") -> CivMap:
    """Map of the findings; `on` is the day of the check.

    Raises
    ------
    InvalidInput
        When no division has an outline.
    """
    about = _about(check, on, public_number)
    return topology_map(check.layer, check.report, check.placement, about=about)


def findings_picture(
    check: LayerCheck, form: PictureFormat, *, on: str, public_number: str = ""
) -> bytes:
    """Picture of the findings, PNG or PDF; `on` is the day of the check.

    Raises
    ------
    CrsError
        When the layer is wider than 12 degrees.
    InvalidInput
        When no division has an outline.
    """
    about = _about(check, on, public_number)
    return topology_picture(check.layer, check.report, check.placement, about=about, form=form)


def _about(check: LayerCheck, on: str, public_number: str) -> MapNote:
    return MapNote(
        title=f"{check.source} 拓扑检查",
        source=f"{check.source}（坐标系 {check.crs}）",
        date=f"未注明（{on} 检查）",
        simulated=False,
        public_number=public_number or None,
    )


def _group(findings: gpd.GeoDataFrame) -> Record:
    return {
        "count": len(findings),
        "area_m2": _rounded(float(findings["area_m2"].sum())),
        "places": [_place(row) for row in findings.drop(columns="geometry").to_dict("records")],
    }


def _place(row: dict[object, object]) -> Record:
    codes = list(_texts(row["codes"]))
    return {
        "kind": row["kind"],
        "sliver": bool(row["sliver"]),
        "lon": _rounded(row["lon"], 8),
        "lat": _rounded(row["lat"], 8),
        "area_m2": _rounded(row["area_m2"]),
        "width_m": _rounded(row["width_m"]),
        "pair": codes[:2],
        "codes": codes,
        "names": list(_texts(row["names"])),
        "note": row["note"],
    }


def _texts(values: object) -> Iterable[str]:
    return (str(value) for value in values) if isinstance(values, tuple) else ()


def _rounded(value: object, digits: int = 3) -> float | None:
    """The number to so many decimals; None where there is none, which JSON calls null."""
    if not isinstance(value, float | int) or not math.isfinite(value):
        return None
    return round(float(value), digits)


def _features(frame: gpd.GeoDataFrame) -> list[Record]:
    shapes = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=False)
    rows = frame.drop(columns="geometry").to_dict("records")
    return [
        {
            "type": "Feature",
            "geometry": None if text is None else orjson.Fragment(text),
            "properties": _place(row) if "kind" in row else _junction(row),
        }
        for text, row in zip(shapely.to_geojson(shapes), rows, strict=True)
    ]


def _junction(row: dict[object, object]) -> Record:
    return {
        "kind": "tri_junction",
        "codes": list(_texts(row["codes"])),
        "lon": _rounded(row["lon"], 8),
        "lat": _rounded(row["lat"], 8),
    }


def figures(check: LayerCheck) -> list[tuple[str, str, str, str]]:
    """Rows of the report's first table: item, count, area in m2, remark."""
    report, place = check.report, check.placement
    width = f"最宽处不足 {report.sliver_width_m:g} 米"
    groups = (
        ("无效图形", report.of(FindingKind.INVALID), "面积按可读部分计，未作修复"),
        ("空隙", report.of(FindingKind.GAP), ""),
        ("重叠", report.of(FindingKind.OVERLAP), ""),
        ("细缝", report.slivers, width),
    )
    rows = [
        (label, str(len(found)), f"{found['area_m2'].sum():,.1f}", note)
        for label, found, note in groups
    ]
    return [
        ("政区", str(len(check.layer)), "", f"坐标系 {check.crs}"),
        *rows,
        ("共用界线", f"{len(report.shared)} 段", "", f"共 {report.shared_m / 1000:,.3f} 千米"),
        ("三交点", str(len(report.junctions)), "", "三个以上政区相交的点"),
        ("位置", place.verdict.label_zh, "", place.reason),
        *_strays(place.strays),
    ]


def _strays(codes: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    if not codes:
        return []
    shown = "、".join(codes[:20]) + ("等" if len(codes) > 20 else "")
    return [("另有偏离", str(len(codes)), "", f"中心与其余相差 3 千米以上：{shown}")]


def finding_rows(check: LayerCheck) -> list[tuple[str, ...]]:
    """Rows of the report's second table: one finding or junction each, in the report's order."""
    found: list[tuple[str, ...]] = []
    for row in check.report.findings.drop(columns="geometry").to_dict("records"):
        kind = FindingKind(str(row["kind"])).label_zh
        found.append(
            (
                f"细缝（{kind}）" if row["sliver"] else kind,
                _named(row["names"], row["codes"]),
                f"{row['area_m2']:,.1f}",
                "" if math.isnan(row["width_m"]) else f"{row['width_m']:,.2f}",
                f"{row['lon']:.6f}",
                f"{row['lat']:.6f}",
                str(row["note"]),
            )
        )
    names = dict(zip(check.layer["code"], check.layer["name"], strict=True))
    for codes, lon, lat in _junction_rows(check.report.junctions):
        named = _named(tuple(names[code] for code in codes), codes)
        found.append(("三交点", named, "", "", f"{lon:.6f}", f"{lat:.6f}", ""))
    return found


def _named(names: object, codes: object) -> str:
    """Names with their codes; a division without a code once."""
    pairs = zip(_texts(names), _texts(codes), strict=False)
    return "、".join(name if name == code else f"{name} {code}" for name, code in pairs)


def _junction_rows(junctions: gpd.GeoDataFrame) -> Iterable[tuple[tuple[str, ...], float, float]]:
    return zip(*(junctions[name].tolist() for name in ("codes", "lon", "lat")), strict=True)
