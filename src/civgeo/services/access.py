"""Use case: beds a person within a walk, facilities being shared, and how evenly they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd
import shapely

from civgeo.analysis.accessibility import (
    LUO_QI_WEIGHTS,
    Access,
    access_by_unit,
    enhanced_two_step,
    gaussian_decay,
    gini,
    lorenz_curve,
    stepwise_decay,
)
from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.analysis.walk_arcs import MOST_PAIRS_SERVED, reachable_demand
from civgeo.domain.division import DivisionCode
from civgeo.domain.facility import FacilityKind
from civgeo.domain.quantity import decimal_text
from civgeo.errors import InvalidInput
from civgeo.services.city import City
from civgeo.services.reach import People, estates_in, unit_codes, unit_names
from civgeo.services.reach_views import provenance, terms_document
from civgeo.services.walk_ground import Ground, Served, served_by, walk_ground

__all__ = ["CityAccess", "DecayKind", "Supply", "access_document", "access_geojson", "city_access"]

PER = 1_000

LORENZ_POINTS = 21


class Supply(StrEnum):
    """What a facility offers; a column of facilities, or each as one."""

    BEDS = "beds"
    FLOOR_AREA = "floor_area_m2"
    SITES = "sites"

    @property
    def unit_zh(self) -> str:
        """Unit of the figure, for a thousand people."""
        units = {"beds": "张床位/千人", "floor_area_m2": "m²/千人"}
        return units.get(self.value, "处/千人")


class DecayKind(StrEnum):
    """How a longer walk counts less."""

    STEPS = "steps"
    GAUSSIAN = "gaussian"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class CityAccess:
    """Access of an area.

    Parameters
    ----------
    access
        As `enhanced_two_step` gives it, for `estates` and the facilities of `served`.
    estates
        Demand, EPSG:4490, index id: name, division, community, people, access (supply for a
        thousand people).
    units
        Index code: name, people, access, share_without, share_below_half.
    gini, lorenz
        Inequality over people; None where nobody has access.
    supply, decay, people, kinds, terms, level
        What was asked.
    ground, served
        Streets, data and facilities.
    """

    access: Access
    estates: gpd.GeoDataFrame
    units: pd.DataFrame
    gini: float | None
    lorenz: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None
    supply: Supply
    decay: DecayKind
    people: People
    kinds: tuple[FacilityKind, ...]
    terms: ReachTerms
    level: UnitLevel
    ground: Ground
    served: Served


def city_access(
    city: City,
    kinds: Sequence[FacilityKind],
    *,
    terms: ReachTerms | None = None,
    people: People = People.ELDERS,
    supply: Supply = Supply.BEDS,
    decay: DecayKind = DecayKind.STEPS,
    level: UnitLevel = UnitLevel.COUNTY,
    division: str | None = None,
) -> CityAccess:
    """Supply a person on the walk network, shared with all who reach the same facilities.

    People from the whole city compete for the facilities; `division` only bounds what is shown.

    Raises
    ------
    InvalidInput
        When no kind is given, or the level is that of reporting areas.
    NotFound
        ``no_streets`` without a walk network.
    """
    if not kinds:
        raise InvalidInput("请写明设施种类（kind）", code="no_kind")
    if level is UnitLevel.REPORTING_AREA:
        raise InvalidInput("可达性按区划汇总，不按统计范围", code="bad_level")
    terms = terms or ReachTerms()
    ground = walk_ground(city)
    served = served_by(city, ground, kinds)
    known = ground.estates[people.value].notna().to_numpy()
    rows = np.flatnonzero(known)
    limit = terms.limit_dm
    places = ground.people.take(rows)
    arcs = reachable_demand(
        ground.network, served.places, places, limit, most_pairs=MOST_PAIRS_SERVED
    )
    counted = ground.estates[people.value].to_numpy()[rows].astype(np.float64)
    weigh = {
        DecayKind.STEPS: stepwise_decay(
            [(limit * (third + 1) // 3, weight) for third, weight in enumerate(LUO_QI_WEIGHTS)]
        ),
        DecayKind.GAUSSIAN: gaussian_decay(limit),
        DecayKind.NONE: stepwise_decay([(limit, 1.0)]),
    }[decay]
    found = enhanced_two_step(arcs, _supply(served, supply), counted, weigh)
    chosen = ground.estates.iloc[rows]
    estates = chosen[["name", "division", "community", "geometry"]].copy()
    estates["people"] = counted.astype(np.int64)
    estates["access"] = found.access * PER
    shown = estates_in(estates, DivisionCode.parse(division or ground.register.city))
    inside = estates[shown]
    codes = unit_codes(inside, level, ground.register.city)
    units = access_by_unit(inside["access"].to_numpy(), inside["people"].to_numpy(), codes.tolist())
    units.insert(0, "name", unit_names(city, inside, units.index, level))
    per_head, heads = found.access[shown], counted[shown]
    fair = bool((per_head * heads).sum() > 0)
    return CityAccess(
        access=found,
        estates=inside,
        units=units,
        gini=gini(per_head, heads) if fair else None,
        lorenz=lorenz_curve(per_head, heads) if fair else None,
        supply=supply,
        decay=decay,
        people=people,
        kinds=tuple(dict.fromkeys(kinds)),
        terms=terms,
        level=level,
        ground=ground,
        served=served,
    )


def _supply(served: Served, supply: Supply) -> npt.NDArray[np.float64]:
    if supply is Supply.SITES:
        return np.ones(len(served.facilities))
    return served.facilities[supply.value].to_numpy(dtype=np.float64, na_value=np.nan)


def access_document(found: CityAccess) -> dict[str, object]:
    """Access as JSON: by unit, Gini, the Lorenz curve at 21 places, what was left aside."""
    access = found.access
    people = int(found.estates["people"].sum())
    total = float((found.estates["people"] * found.estates["access"]).sum())
    return {
        "status": "ok" if people else "undefined",
        "kinds": [kind.value for kind in found.kinds],
        "people": found.people.value,
        "people_total": people,
        "supply": found.supply.value,
        "unit": found.supply.unit_zh,
        "decay": found.decay.value,
        "decay_weights": list(LUO_QI_WEIGHTS) if found.decay is DecayKind.STEPS else None,
        "method": "E2SFCA（Luo、Qi 2009），步行网距离",
        **terms_document(found.terms),
        "mean": None if not people else total / people,
        "supply_total": float(np.nansum(_supply(found.served, found.supply))),
        "supply_reached": access.reached_supply,
        "gini": found.gini,
        "lorenz": None if found.lorenz is None else _curve(found.lorenz),
        "level": found.level.value,
        "units": [
            {"code": str(code), **{name: _plain(value) for name, value in row.items()}}
            for code, row in zip(found.units.index, found.units.to_dict("records"), strict=True)
        ],
        "findings": [
            {"code": doubt.code, "message": doubt.message, "rows": len(doubt.rows)}
            for doubt in access.doubts
        ],
        **provenance(found.ground),
    }


def _curve(
    lorenz: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> list[dict[str, object]]:
    shares = np.linspace(0, 1, LORENZ_POINTS)
    held = np.interp(shares, *lorenz)
    return [
        {"people_share": round(float(share), 2), "access_share": float(part)}
        for share, part in zip(shares, held, strict=True)
    ]


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value != value else value


def access_geojson(found: CityAccess) -> bytes:
    """Estates with their access, those with least first."""
    rows = found.estates.sort_values(["access", "name"], kind="stable")
    shapes = shapely.to_geojson(rows.geometry.to_numpy())
    features = [
        {
            "type": "Feature",
            "id": id,
            "geometry": orjson.Fragment(shape),
            "properties": {
                "name": row["name"],
                "division": row["division"],
                "people": int(row["people"]),
                "access": float(row["access"]),
                "unit": found.supply.unit_zh,
            },
        }
        for id, shape, row in zip(rows.index, shapes, rows.to_dict("records"), strict=True)
    ]
    about: Mapping[str, object] = {
        "minutes": decimal_text(found.terms.minutes),
        **provenance(found.ground),
    }
    return orjson.dumps({"type": "FeatureCollection", "features": features, "about": about})
