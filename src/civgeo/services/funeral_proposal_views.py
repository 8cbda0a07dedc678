"""Proposals of funeral facilities as JSON, GeoJSON and rows of tables."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from civgeo.analysis.layout_problem import LayoutFinding
from civgeo.domain.funeral_layout import FuneralSite
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.services.city import City
from civgeo.services.funeral_people import Town
from civgeo.services.funeral_proposal import PlaceProposal, propose_places
from civgeo.services.funeral_question import FuneralProposal, Proposed
from civgeo.services.funeral_station_proposal import (
    CountyProposal,
    StationProposal,
    propose_stations,
)
from civgeo.services.funeral_views import (
    MODEL_ZH,
    collection,
    figure,
    ground_document,
    point,
    provenance,
    spread_document,
    terms_document,
)

__all__ = ["Proposal", "proposal_document", "proposal_geojson", "proposed", "served_rows"]

Proposal = StationProposal | PlaceProposal
DM_A_METRE = 10
PARTS = 1_000


@dataclass(frozen=True, slots=True)
class _Share:
    """A township, what serves it, how many of its people, and how far it is."""

    town: Town
    site: str | None
    people: float | None
    metres: float | None


def proposed(city: City, asked: FuneralProposal) -> Proposal:
    """The proposal, of whichever kind is asked for."""
    if asked.what is Proposed.STATIONS:
        return propose_stations(city, asked)
    return propose_places(city, asked)


def proposal_document(found: Proposal) -> dict[str, object]:
    """The proposal with its proof, its parameters and who is served by what."""
    asked = found.asked
    head: dict[str, object] = {
        **provenance(found.data),
        "propose": asked.what.value,
        "propose_zh": asked.what.label_zh,
        "p": asked.p,
        "division": asked.terms.division or None,
        "parameters": terms_document(asked.terms),
    }
    if isinstance(found, StationProposal):
        told = [_county(county, asked.terms.weight.counted) for county in found.counties]
        return head | {"model_zh": MODEL_ZH, "counties": told}
    return head | _places(found)


def _county(found: CountyProposal, counted: str) -> dict[str, object]:
    choice = found.choice
    cost = None if choice is None or choice.cost is None else choice.cost
    return {
        **ground_document(found.ground),
        "existing": [site.name for site in found.ground.stations],
        "status": found.status.value,
        "status_zh": found.status.label_zh,
        "reason": found.reason or None,
        "chosen": [_town(town) for town in found.chosen],
        "objective": None if cost is None else _metres(cost.distance),
        "bound": None if cost is None else _metres(cost.distance),
        "gap": None if cost is None else "0",
        "unit": f"{counted}·米",
        "choices_tried": None if choice is None else choice.tried,
        "choices_allowed": None if choice is None else choice.allowed,
        "without_rules": None
        if choice is None
        else {
            "chosen": [town.unit.name for town in found.free],
            "objective": _metres(choice.free_cost.distance),
        },
        "before": None if found.before is None else spread_document(found.before),
        "after": None if found.after is None else spread_document(found.after),
        "served": [
            {
                "code": each.town.unit.code,
                "name": each.town.unit.name,
                "station": each.station,
                "distance_m": None if each.distance_dm is None else each.distance_dm / DM_A_METRE,
            }
            for each in found.served
        ],
    }


def _metres(distance: int) -> str:
    return decimal_text(Fraction(distance, DM_A_METRE * PARTS))


def _town(town: Town) -> dict[str, object]:
    lon, lat = town.place or (None, None)
    basis = town.basis
    return {
        "code": town.unit.code,
        "name": town.unit.name,
        "lon": lon,
        "lat": lat,
        "place_basis": None if basis is None else basis.value,
        "place_basis_zh": None if basis is None else basis.label_zh,
    }


def _places(found: PlaceProposal) -> dict[str, object]:
    answer, asked = found.answer, found.asked
    capacity, mean = asked.capacity_of_new, answer.mean_distance_m
    return {
        "model": answer.model.value,
        "model_zh": answer.model.label_zh,
        "max_km": None if asked.max_km is None else decimal_text(asked.max_km),
        "capacity_of_new": None if capacity is None else decimal_text(capacity),
        "level": None if asked.level is None else asked.level.value,
        "status": answer.status.value,
        "status_zh": answer.status.label_zh,
        "reasons": list(answer.reasons),
        "objective": figure(answer.objective),
        "bound": figure(answer.bound),
        "gap": figure(answer.gap),
        "sense": answer.sense,
        "unit": answer.unit,
        "people": figure(answer.people),
        "people_served": figure(answer.served),
        "mean_distance_m": None if mean is None else fixed(mean, 1),
        **_open(found),
        **_left_out(found),
        "solver": answer.method,
    }


def _open(found: PlaceProposal) -> dict[str, object]:
    """Sites that are open then, and who goes to which."""
    answer, count = found.answer, len(found.existing)
    shares = _assigned(found)
    farthest = max(shares, key=lambda each: each.metres or 0, default=None)
    return {
        "chosen": [_town(found.candidates[at - count]) for at in answer.chosen],
        "sites": [
            {
                "name": _name(found, share.candidate),
                "role": "existing" if share.candidate < count else "chosen",
                "assigned": figure(share.assigned),
                "gained": figure(share.gained),
                "saved": figure(share.saved_m),
                "capacity": figure(share.capacity),
                "full": share.is_full,
            }
            for share in answer.sites
        ],
        "served": [_served(each) | {"people": each.people} for each in shares],
        "farthest": None if farthest is None else _served(farthest),
        "unreached": [found.demand.towns[at].unit.name for at in answer.unreached],
        "binding": [each.message for each in answer.binding],
    }


def _served(each: _Share) -> dict[str, object]:
    return {
        "code": each.town.unit.code,
        "name": each.town.unit.name,
        "site": each.site,
        "distance_m": each.metres,
    }


def _left_out(found: PlaceProposal) -> dict[str, object]:
    """What does not count, and why."""
    ways, demand = found.ways, found.demand
    return {
        "findings": [
            {"code": each.code, "message": each.message, "subjects": _subjects(found, each)}
            for each in found.answer.findings
        ],
        "off_streets": list(
            dict.fromkeys(
                [
                    *(_name(found, at) for at in ways.off_sites),
                    *(demand.towns[at].unit.name for at in ways.off_demand),
                ]
            )
        ),
        "existing_without_place": [site.name for site in found.no_place],
        "townships_without_place": [town.unit.name for town in demand.no_place],
        "townships_without_people": [town.unit.name for town in demand.no_weight],
    }


def _name(found: PlaceProposal, position: int) -> str:
    site = found.site(position)
    return site.unit.name if isinstance(site, Town) else site.name


def _subjects(found: PlaceProposal, finding: LayoutFinding) -> list[str]:
    if finding.subject == "demand":
        return [found.demand.towns[row].unit.name for row in finding.rows]
    return [_name(found, row) for row in finding.rows]


def _assigned(found: PlaceProposal) -> list[_Share]:
    sent = found.answer.assignment
    columns = zip(
        *(sent.demand.tolist(), sent.candidate.tolist(), sent.people.tolist()),
        sent.distance_dm.tolist(),
        strict=True,
    )
    return [
        _Share(found.demand.towns[place], _name(found, site), people, distance / DM_A_METRE)
        for place, site, people, distance in columns
    ]


def _shares(found: Proposal) -> list[_Share]:
    """Every township with what serves it."""
    if isinstance(found, PlaceProposal):
        return _assigned(found)
    return [
        _Share(
            each.town,
            each.station,
            None,
            None if each.distance_dm is None else each.distance_dm / DM_A_METRE,
        )
        for county in found.counties
        for each in county.served
    ]


def served_rows(found: Proposal) -> list[list[str]]:
    """A row for each township: code, name, what serves it, how far in metres."""
    return [
        [
            each.town.unit.code,
            each.town.unit.name,
            each.site or "—",
            "—" if each.metres is None else f"{each.metres:.1f}",
        ]
        for each in _shares(found)
    ]


def proposal_geojson(found: Proposal) -> bytes:
    """New sites, existing ones, and the townships with what serves them."""
    if isinstance(found, StationProposal):
        chosen = [town for county in found.counties for town in county.chosen]
        there = [site for county in found.counties for site in county.ground.stations]
    else:
        count = len(found.existing)
        chosen = [found.candidates[at - count] for at in found.answer.chosen]
        there = list(found.existing)
    features = [_new(town, found.asked.what) for town in chosen]
    features += [_old(site) for site in there if site.place is not None]
    return collection([*features, *_towns(found)], simulated=found.data.register.simulated)


def _towns(found: Proposal) -> list[dict[str, object]]:
    named: dict[str, Town] = {}
    served: dict[str, list[dict[str, object]]] = defaultdict(list)
    for each in _shares(found):
        named[each.town.unit.code] = each.town
        served[each.town.unit.code].append(
            {"site": each.site, "people": each.people, "distance_m": each.metres}
        )
    return [
        _point(town, code, {"role": "township", "name": town.unit.name, "served": served[code]})
        for code, town in sorted(named.items())
    ]


def _new(town: Town, what: Proposed) -> dict[str, object]:
    name = f"拟建{what.label_zh}（{town.unit.name}）"
    told = {"role": "chosen", "name": name, "township": town.unit.code}
    return _point(town, f"new/{town.unit.code}", told)


def _old(site: FuneralSite) -> dict[str, object]:
    return _point(site, f"{site.register}/{site.id}", {"role": "existing", "name": site.name})


def _point(
    here: Town | FuneralSite, id: str, properties: Mapping[str, object]
) -> dict[str, object]:
    assert here.place is not None  # noqa: S101 - only what has a place is chosen, kept or served
    return point(here.place, id, properties)
