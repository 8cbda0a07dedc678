"""Reach as page data, GeoJSON and a workbook."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from civgeo.analysis.reach import ReachTerms
from civgeo.domain.quantity import decimal_text, fixed, has_finite_decimal
from civgeo.domain.reach_reason import ReachReason
from civgeo.reports.reach import ReachSheets, reach_workbook
from civgeo.services.reach import Reach
from civgeo.services.service_areas import ServiceAreas
from civgeo.services.walk_ground import Ground
from civgeo.services.walk_registers import STALE
from civgeo.services.why import MendingCrossing, NearFacility, Why

__all__ = [
    "areas_geojson",
    "provenance",
    "reach_document",
    "reach_spreadsheet",
    "terms_document",
    "uncovered",
    "uncovered_geojson",
    "why_document",
]

_ESTATE = (
    "name",
    "division",
    "community",
    "people",
    "missed_people",
    "reason",
    "distance_m",
    "minutes",
)
_MORE = ("beyond_m", "straight_m", "street_m", "barrier", "facility", "straight_facility")


def provenance(ground: Ground) -> dict[str, object]:
    """What an answer rests on: versions of data and streets, day, sources, simulated or not."""
    meta = ground.meta
    return {
        "on": ground.on.isoformat(),
        "data_version": ground.data_version,
        "streets_version": meta.version,
        "streets": {
            "source": meta.source,
            "attribution": meta.attribution,
            "nodes": meta.nodes,
            "edges": meta.edges,
            "parts": meta.parts,
            "simulated": meta.simulated,
        },
        "barriers": len(ground.barriers),
        "warnings": [STALE] if ground.is_stale else [],
        "simulated": ground.simulated,
    }


def terms_document(terms: ReachTerms) -> dict[str, object]:
    """Terms of a question as JSON."""
    return {
        "minutes": decimal_text(terms.minutes),
        "speed_m_per_s": decimal_text(terms.speed_m_per_s),
        "limit_m": terms.limit_dm / 10,
        "adult_speed_m_per_s": decimal_text(terms.adult_speed_m_per_s),
        "snap_limit_m": terms.snap_limit_m,
    }


def _share(part: int, whole: int) -> dict[str, object]:
    """Percentage with its numerator and denominator."""
    if not whole:
        return {"numerator": part, "denominator": 0, "percent": None, "display": None}
    value = 100 * Fraction(part, whole)
    answer: dict[str, object] = {
        "numerator": part,
        "denominator": whole,
        "percent": decimal_text(value),
        "display": fixed(value),
    }
    return answer if has_finite_decimal(value) else answer | {"ratio": f"{part}/{whole}"}


def reach_document(found: Reach) -> dict[str, object]:
    """Reach as JSON: totals, band, reasons, units; the estates stand in the GeoJSON."""
    return {
        "status": "ok" if found.total else "undefined",
        "area": found.area,
        "level": found.level.value,
        "kinds": [kind.value for kind in found.kinds],
        "kinds_zh": [kind.label_zh for kind in found.kinds],
        "people": found.people.value,
        "people_zh": found.people.label_zh,
        **terms_document(found.terms),
        **_share(found.reached, found.total),
        "within_beds": found.within_beds,
        "straight_line": _share(found.straight_reached, found.total),
        "straight_line_zh": "直线距离圈，不是步行可达，仅作对照",
        "overstated_by_straight_line": found.straight_reached - found.reached,
        "band": {
            "at_0_8_m_per_s": found.band.at_0_8,
            "at_1_2_m_per_s": found.band.at_1_2,
            "without_access_legs": found.band.without_access,
        },
        "reasons": {reason.value: count for reason, count in found.reasons.items()},
        "facilities": len(found.served.facilities),
        "facilities_off_network": int((~found.served.places.is_on_network).sum()),
        "facilities_without_place": len(found.served.unplaced),
        "estates": len(found.estates),
        "estates_uncounted": list(found.uncounted),
        "units": _units(found),
        **provenance(found.ground),
    }


def _units(found: Reach) -> list[dict[str, object]]:
    return [
        {
            "code": code,
            "name": row["name"],
            **_share(int(row["reached"]), int(row["people"])),
            "straight_line_reached": int(row["straight_reached"]),
            "reasons": {reason.value: int(row[reason.value]) for reason in ReachReason},
        }
        for code, row in zip(found.units.index, found.units.to_dict("records"), strict=True)
    ]


def uncovered(found: Reach) -> gpd.GeoDataFrame:
    """Estates that are not reached, those with most people first."""
    missed = found.estates[~found.estates["reached"].astype(bool)]
    missed = missed.assign(missed_people=missed["people"] - missed["reached_people"])
    return missed.sort_values(["missed_people", "name"], ascending=[False, True], kind="stable")


def uncovered_geojson(found: Reach) -> bytes:
    """Estates not reached as GeoJSON, those with most people first."""
    missed = uncovered(found)
    shapes = shapely.to_geojson(missed.geometry.to_numpy())
    features = [
        {
            "type": "Feature",
            "id": id,
            "geometry": orjson.Fragment(shape),
            "properties": {name: _plain(row[name]) for name in (*_ESTATE, *_MORE)},
        }
        for id, shape, row in zip(missed.index, shapes, missed.to_dict("records"), strict=True)
    ]
    about = {
        "people": found.people.value,
        **terms_document(found.terms),
        **provenance(found.ground),
    }
    return orjson.dumps({"type": "FeatureCollection", "features": features, "about": about})


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value is pd.NA or value != value else value


def reach_spreadsheet(found: Reach) -> bytes:
    """Workbook: sums by unit, the uncovered estates by people, the method."""
    names = found.served.facilities["name"]
    missed = pd.DataFrame(uncovered(found).drop(columns="geometry")).replace(np.inf, np.nan)
    missed["reason_zh"] = [ReachReason(reason).label_zh for reason in missed["reason"]]
    for column in ("facility", "straight_facility"):
        missed[column] = missed[column].map(names)
    units = found.units.copy()
    units["percent"] = [None if share is None else float(100 * share) for share in units["share"]]
    units["code"] = units.index
    band = found.band
    return reach_workbook(
        ReachSheets(
            units=units,
            missed=missed,
            people_zh=found.people.label_zh,
            level_zh=found.level.label_zh,
            notes=(
                f"设施：{'、'.join(kind.label_zh for kind in found.kinds)}，{len(names)} 处",
                f"{found.terms.minutes} 分钟 × {found.terms.speed_m_per_s} m/s，"
                f"步行不超过 {found.terms.limit_dm / 10:g} m；"
                f"离路上限 {found.terms.snap_limit_m:g} m",
                f"{found.people.label_zh} {found.reached} ÷ {found.total}；"
                f"直线距离圈（对照）{found.straight_reached}",
                f"0.8 m/s 时 {band.at_0_8}，1.2 m/s 时 {band.at_1_2}，"
                f"不计两端直线路程 {band.without_access}",
                f"评价日 {found.ground.on.isoformat()}，数据版本 {found.ground.data_version}，"
                f"步行网版本 {found.ground.meta.version}",
                f"步行网：{found.ground.meta.source} {found.ground.meta.attribution}".strip(),
            ),
            simulated=found.ground.simulated,
        )
    )


def why_document(found: Why) -> dict[str, Any]:
    """Why of one place as JSON; lines as GeoJSON geometries."""
    return {
        "name": found.name,
        "lon": found.lon,
        "lat": found.lat,
        "reached": found.reached,
        "reason": None if found.reason is None else found.reason.value,
        "reason_zh": None if found.reason is None else found.reason.label_zh,
        "message": found.message,
        **terms_document(found.terms),
        "nearest": _near(found.nearest),
        "nearest_straight_line": _near(found.straight),
        "minutes_walk": found.minutes,
        "beyond_m": found.beyond_m,
        "street_m": found.street_m,
        "barrier": None
        if found.barrier is None
        else {"name": found.barrier[0], "kind": found.barrier[1]},
        "crossing": _crossing(found.crossing),
        "route": None if found.route is None else orjson.Fragment(shapely.to_geojson(found.route)),
        "speeds": {decimal_text(speed): reached for speed, reached in found.speeds.items()},
        **provenance(found.ground),
    }


def _near(facility: NearFacility | None) -> Mapping[str, object] | None:
    if facility is None:
        return None
    return {
        "id": facility.id,
        "name": facility.name,
        "kind": facility.kind.value,
        "kind_zh": facility.kind.label_zh,
        "distance_m": facility.distance_m,
    }


def _crossing(crossing: MendingCrossing | None) -> Mapping[str, object] | None:
    if crossing is None:
        return None
    return {
        "line": orjson.Fragment(shapely.to_geojson(crossing.line)),
        "length_m": round(crossing.length_m, 1),
        "walk_m": crossing.walk_m,
    }


def areas_geojson(found: ServiceAreas) -> bytes:
    """Outlines of walking circles as GeoJSON, the longest walk first."""
    rows = found.areas.sort_values("minutes", ascending=False, kind="stable")
    features = [
        {
            "type": "Feature",
            "geometry": None if text is None else orjson.Fragment(text),
            "properties": {
                "facility": row["facility"],
                "name": row["name"],
                "minutes": float(row["minutes"]),
                "speed_m_per_s": float(row["speed_m_per_s"]),
                "area_m2": float(row["area_m2"]),
                "finding": row["finding"],
            },
        }
        for text, row in zip(
            shapely.to_geojson(rows.geometry.to_numpy()), rows.to_dict("records"), strict=True
        )
    ]
    about = {"note": "轮廓仅供查看；人数在路网上逐点清点", **provenance(found.ground)}
    return orjson.dumps({"type": "FeatureCollection", "features": features, "about": about})
