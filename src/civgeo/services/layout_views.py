"""An answer of layout as JSON, as a table and as GeoJSON."""

from collections import defaultdict
from fractions import Fraction

import orjson

from civgeo.domain.quantity import decimal_text, fixed
from civgeo.services.layout_files import LayoutOfFiles
from civgeo.services.planning_files import Places

__all__ = ["layout_geojson", "layout_rows", "layout_summary"]

ROLES = {"existing": "现有", "required": "必开", "chosen": "新选"}


def layout_summary(found: LayoutOfFiles) -> dict[str, object]:
    """The answer in figures; sites by id, numbers exact where they are decimals."""
    answer, terms = found.answer, found.terms
    limit, minutes = terms.limit_dm, terms.walk_minutes
    return {
        "model": answer.model.value,
        "status": answer.status.value,
        "reasons": list(answer.reasons),
        "objective": _number(answer.objective),
        "sense": answer.sense,
        "unit": answer.unit,
        "bound": _number(answer.bound),
        "gap": _number(answer.gap),
        "chosen": [found.site_id(site) for site in answer.chosen],
        "method": "network" if found.on_streets else "straight line",
        "solver": answer.method,
        "kinds": list(found.kinds),
        "simulated": found.simulated,
        "attribution": found.attribution,
        "parameters": {
            "p": terms.new_sites,
            "minutes": None if minutes is None else decimal_text(minutes),
            "speed_m_per_s": decimal_text(terms.speed_m_per_s),
            "limit_m": None if limit is None else limit / 10,
            "snap_limit_m": terms.snap_limit_m if found.on_streets else None,
            "weight": found.weight,
            "quotas": {
                code: [quota.least, quota.most] for code, quota in sorted(terms.quotas.items())
            },
        },
        "demand_total": _number(answer.people),
        "demand_served": _number(answer.served),
        "distance_total": _number(answer.distance_m),
        "mean_distance_m": _number(answer.mean_distance_m),
        "may_split": answer.model.value == "capacitated",
        "sites": [
            {
                "id": found.site_id(share.candidate),
                "name": found.site_name(share.candidate),
                "role": share.role.value,
                "assigned": _number(share.assigned),
                "gained": _number(share.gained),
                "saved": _number(share.saved_m),
                "capacity": _number(share.capacity),
                "full": share.is_full,
            }
            for share in answer.sites
        ],
        "binding": [
            {
                "kind": each.kind.value,
                "subject": found.site_id(each.subject)
                if isinstance(each.subject, int)
                else each.subject,
                "gain": _number(each.gain),
                "message": each.message,
            }
            for each in answer.binding
        ],
        "unreached": [_demand_id(found, place) for place in answer.unreached],
        "findings": [
            {"file": each.file, "row": each.row, "code": each.code, "message": each.message}
            for each in found.findings
        ],
    }


def layout_rows(found: LayoutOfFiles) -> list[list[str]]:
    """A row for each open site: id, name, role, people, gained alone, capacity."""
    return [
        [
            found.site_id(share.candidate),
            found.site_name(share.candidate),
            ROLES[share.role.value],
            _short(share.assigned),
            _short(share.gained),
            _short(share.saved_m),
            _short(share.capacity) + ("（满）" if share.is_full else ""),
        ]
        for share in found.answer.sites
    ]


def layout_geojson(found: LayoutOfFiles) -> bytes:
    """Open sites, and the demand with the sites that serve it, longitude and latitude."""
    answer, features = found.answer, []
    for share in answer.sites:
        places, row = found.sites[share.candidate]
        properties: dict[str, object] = {
            "kind": "site",
            "name": found.site_name(share.candidate),
            "role": share.role.value,
            "assigned": _number(share.assigned),
            "gained": _number(share.gained),
            "capacity": _number(share.capacity),
        }
        features.append(_feature(found.site_id(share.candidate), places, row, properties))
    served: dict[int, list[dict[str, object]]] = defaultdict(list)
    sent = answer.assignment
    for place, site, people, distance in zip(
        *(sent.demand.tolist(), sent.candidate.tolist(), sent.people.tolist()),
        sent.distance_dm.tolist(),
        strict=True,
    ):
        to = {"facility": found.site_id(site), "people": people, "distance_m": distance / 10}
        served[place].append(to)
    for place, row in enumerate(found.demand_rows):
        properties = {
            "kind": "demand",
            "name": str(found.demand.frame["name"].iloc[row]),
            "weight": found.weights[place],
            "served": sum(float(str(each["people"])) for each in served[place]),
            "facilities": served[place],
        }
        features.append(_feature(_demand_id(found, place), found.demand, row, properties))
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _feature(
    identity: str, places: Places, row: int, properties: dict[str, object]
) -> dict[str, object]:
    shape = places.frame.geometry.iloc[row]
    return {
        "type": "Feature",
        "id": identity,
        "geometry": shape.__geo_interface__,
        "properties": properties,
    }


def _demand_id(found: LayoutOfFiles, place: int) -> str:
    return str(found.demand.frame["id"].iloc[found.demand_rows[place]])


def _number(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(decimal_text(value))


def _short(value: Fraction | None) -> str:
    return "—" if value is None else fixed(value, 0 if value.denominator == 1 else 1)
