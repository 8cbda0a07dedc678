"""What a check of boundary lines found, as a summary, as GeoJSON and as rows of tables."""

import math
from collections.abc import Iterable

import orjson
import shapely

from civgeo.geo.line_comparison import LineComparison, StretchKind
from civgeo.geo.line_findings import LineFault
from civgeo.geo.line_junctions import NamedRoute
from civgeo.services.boundary_check import LinesCheck

__all__ = ["LINE_NOT_COVERED", "findings_text", "line_figures", "line_finding_rows"]
__all__ += ["line_findings_geojson", "line_summary"]

LINE_NOT_COVERED = (
    "界线本身对不对：法定界线以协议书、附图和界桩为准，这里只比较给出的数据",
    "各项限差不是法定数值：GB/T 17796-2009 的精度指标手头没有，由本局确定",
)
"""What a check without findings does not say."""

Record = dict[str, object]


def line_summary(check: LinesCheck) -> Record:
    """The check as a JSON object, as ``civgeo boundaries check --summary`` writes it.

    ``lines`` (name, sides, ``left``, ``right``, lengths, zone, gaps), ``markers`` (chainage,
    offset, side, order), ``comparisons`` (by line: shared and apart lengths, area, stretches,
    crossings), ``tri_junctions``, ``findings`` (by kind: count and places), ``limits``,
    ``left_out`` and ``not_covered``.
    """
    kinds = {fault.value: _places(check, fault) for fault in LineFault}
    return {
        "file": check.source,
        "crs": check.crs,
        "left_out": list(check.left_out),
        "not_covered": list(LINE_NOT_COVERED),
        "limits": {
            name: getattr(check.limits, name)
            for name in ("off_line_m", "twin_reach_m", "apart_m", "junction_m", "outline_m")
        },
        "lines": [_line(check, each) for each in check.lines],
        "markers": _markers(check),
        "comparisons": [_compared(name, found) for name, found in check.comparisons.items()],
        "tri_junctions": _junctions(check),
        "findings": {
            kind: {"count": len(places), "places": places} for kind, places in kinds.items()
        },
    }


def _line(check: LinesCheck, line: NamedRoute) -> Record:
    route, sides = line.route, check.sides.get(line.name)
    return {
        "name": line.name,
        "sides": list(line.sides),
        "left": sides.left if sides else None,
        "right": sides.right if sides else None,
        "length_m": round(route.length_m, 3),
        "grid_length_m": round(route.grid_length_m, 3),
        "scale_error_ppm": round(route.scale_error * 1e6, 1),
        "zone": route.zone.number,
        "closed": route.closed,
        "start": list(route.start),
        "end": list(route.end),
        "gaps": [
            {"chainage_m": round(gap.chainage_m, 3), "length_m": round(gap.length_m, 3)}
            for gap in route.gaps
        ],
    }


def _markers(check: LinesCheck) -> list[Record]:
    numbers = ("chainage_m", "offset_m")
    return [
        {str(key): _rounded(value) if key in numbers else value for key, value in row.items()}
        for row in check.positions.drop(columns=["foot_lon", "foot_lat"], errors="ignore")
        .astype(object)
        .to_dict("records")
    ]


def _compared(name: str, found: LineComparison) -> Record:
    rows = found.stretches.drop(columns=["geometry", "other"]).to_dict("records")
    numbers = [column for column in found.stretches.columns if str(column).endswith(("_m", "_m2"))]
    claims = found.apart.groupby("claim")["area_m2"].sum()
    return {
        "line": name,
        "shared_m": _rounded(found.shared_m),
        "apart_m": _rounded(float(found.apart["length_m"].sum())),
        "greatest_m": _rounded(found.greatest_m),
        "area_m2": _rounded(found.area_m2),
        "claimed_m2": {str(claim): _rounded(float(area)) for claim, area in claims.items()},
        "stretches": [
            {
                str(key): _rounded(value) if key in numbers else value
                for key, value in row.items()
                if value is not None
            }
            for row in rows
            if row["kind"] == StretchKind.APART.value
        ],
        "crossings": [
            {"chainage_m": round(metres, 3), "lon": lon, "lat": lat}
            for metres, lon, lat in zip(
                found.crossings["chainage_m"].tolist(),
                found.crossings.geometry.x.tolist(),
                found.crossings.geometry.y.tolist(),
                strict=True,
            )
        ],
    }


def _junctions(check: LinesCheck) -> list[Record]:
    rows = check.junctions
    return [
        {
            "lines": list(lines),
            "sides": list(sides),
            "greatest_m": round(greatest, 3),
            "equal": bool(equal),
            "lon": point.x,
            "lat": point.y,
        }
        for lines, sides, greatest, equal, point in zip(
            *(rows[name].tolist() for name in ("lines", "sides", "greatest_m", "equal")),
            rows.geometry.tolist(),
            strict=True,
        )
    ]


def _places(check: LinesCheck, fault: LineFault) -> list[Record]:
    rows = check.findings[check.findings["kind"] == fault.value].drop(columns="geometry")
    return [_place(row) for row in rows.to_dict("records")]


def _place(row: dict[object, object]) -> Record:
    metres = ("chainage_m", "length_m", "greatest_m", "mean_m", "area_m2")
    refs = row["refs"]
    return {
        "kind": row["kind"],
        "line": row["line"],
        "message": row["message"],
        "refs": list(refs) if isinstance(refs, tuple) else [],
        **{name: _rounded(row[name]) for name in metres},
        "lon": _rounded(row["lon"], 8),
        "lat": _rounded(row["lat"], 8),
    }


def _rounded(value: object, digits: int = 3) -> float | None:
    """The number to so many decimals; None where there is none, which JSON calls null."""
    if not isinstance(value, float | int) or not math.isfinite(value):
        return None
    return round(float(value), digits)


def line_findings_geojson(check: LinesCheck) -> bytes:
    """Findings and tri-junctions as a GeoJSON FeatureCollection (RFC 7946).

    Properties: ``kind`` (`LineFault`, or ``tri_junction``), ``line``, ``message``, ``refs``,
    lengths, ``lon``, ``lat``. Names are given as they are in the file; whoever shows them has to
    escape them.
    """
    rows = check.findings.drop(columns="geometry").to_dict("records")
    shapes = shapely.to_geojson(check.findings.geometry.to_numpy())
    found = [(shape, _place(row)) for shape, row in zip(shapes, rows, strict=True)]
    points = shapely.to_geojson(check.junctions.geometry.to_numpy())
    found += [
        (shape, {"kind": "tri_junction", **row})
        for shape, row in zip(points, _junctions(check), strict=True)
    ]
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": None if shape is None else orjson.Fragment(shape),
            "properties": properties,
        }
        for number, (shape, properties) in enumerate(found, 1)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def line_figures(check: LinesCheck) -> list[tuple[str, ...]]:
    """Rows of the report's first table: line, km, markers, scale error, sides, other drawing."""
    counts = check.positions["line"].value_counts()
    rows: list[tuple[str, ...]] = []
    for each in check.lines:
        found, sides = check.comparisons.get(each.name), check.sides.get(each.name)
        told = "" if found is None else f"共用 {found.shared_m / 1000:,.3f} 千米"
        rows.append(
            (
                each.name,
                f"{each.route.length_m / 1000:,.3f}",
                str(int(counts.get(each.name, 0))),
                f"{each.route.scale_error * 1e6:+.0f}",
                f"左 {sides.left} 右 {sides.right}" if sides else "、".join(each.sides),
                told,
            )
        )
    return rows


def line_finding_rows(check: LinesCheck) -> list[tuple[str, ...]]:
    """Rows of the report's second table: one finding each, in the report's order."""
    names = ("kind", "line", "message", "lon", "lat")
    columns = [check.findings[name].tolist() for name in names]
    return [
        (LineFault(kind).label_zh, line, message, _degrees(lon), _degrees(lat))
        for kind, line, message, lon, lat in zip(*columns, strict=True)
    ]


def _degrees(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"


def findings_text(check: LinesCheck) -> Iterable[str]:
    """What is said below the tables: tri-junctions, and what was not checked."""
    equal = int(check.junctions["equal"].sum())
    limit = f"（限差 {check.limits.junction_m:g} 米）"
    yield f"三交点 {len(check.junctions)} 处，{equal} 处端点重合{limit}"
    for reason in (*check.left_out, *LINE_NOT_COVERED):
        yield f"未检查: {reason}"
