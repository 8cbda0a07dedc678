"""Coverage of funeral facilities and their stations as JSON, GeoJSON and rows of tables."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import orjson

from civgeo.domain.funeral_layout import AskMeasure, FuneralSite, SiteState, Standing, UnitStanding
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.standard import EVIDENCE_ZH
from civgeo.services.funeral_counties import CountyGround
from civgeo.services.funeral_coverage import (
    COUNTY_COLUMNS,
    TOWNSHIP_COLUMNS,
    AskResult,
    Column,
    FuneralCoverage,
    UnitRow,
)
from civgeo.services.funeral_distances import DistanceKind
from civgeo.services.funeral_question import FuneralTerms
from civgeo.services.funeral_stations import CountyStations, Spread
from civgeo.services.indicator_data import DayData

__all__ = [
    "MODEL_ZH",
    "collection",
    "coverage_document",
    "coverage_geojson",
    "figure",
    "ground_document",
]
__all__ += ["point", "provenance", "spread_document", "terms_document"]

MODEL_ZH = (
    "“不同的方向”按八个方位、从县城（或人口重心）看：两站方位不同且夹角不小于所给的度数。"
    "这是本软件的模型，不是规划的规定。"
)
_PLACES = 6


def coverage_document(
    found: FuneralCoverage, stations: Sequence[CountyStations], terms: FuneralTerms
) -> dict[str, object]:
    """Everything about the coverage of a city, exact figures as text."""
    return {
        **provenance(found.data),
        "division": found.division or None,
        "asks": [_ask(result) for result in found.asks],
        "without_asks": None
        if found.asks
        else f"随带的规划要求中没有{found.data.register.name}的，只列有无",
        "registered_twice": len(found.data.burials.twins),
        "counties": _table(found.counties, COUNTY_COLUMNS),
        "townships": _table(found.townships, TOWNSHIP_COLUMNS),
        "stations": {
            "model_zh": MODEL_ZH,
            "parameters": terms_document(terms),
            "counties": [_county(found, each) for each in stations],
        },
    }


def provenance(data: DayData) -> dict[str, object]:
    """What an answer rests on."""
    return {
        "city": data.register.city,
        "place": data.register.name,
        "on": data.on.isoformat(),
        "data_version": data.data_version,
        "simulated": data.register.simulated,
    }


def terms_document(terms: FuneralTerms) -> dict[str, object]:
    """Terms of measuring, the defaults among them."""
    on_streets = terms.distance is DistanceKind.STREET
    return {
        "distance": terms.distance.value,
        "distance_zh": terms.distance.label_zh,
        "snap_m": terms.snap_m if on_streets else None,
        "weight": terms.weight.value,
        "weight_zh": terms.weight.label_zh,
        "years": terms.deaths.years,
        "death_rate_per_mille": _given(terms.deaths.death_rate_per_mille),
        "share": _given(terms.deaths.share),
        "centre": terms.centre.value,
        "centre_zh": terms.centre.label_zh,
        "min_angle_deg": decimal_text(terms.min_angle_deg),
    }


def _given(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _ask(result: AskResult) -> dict[str, object]:
    ask = result.ask
    value = None if result.coverage is None else result.coverage.value
    return {
        "id": ask.id,
        "name": ask.name,
        "measure": ask.measure.value,
        "measure_zh": ask.measure.label_zh,
        "written": ask.written or None,
        "low": decimal_text(ask.low),
        "high": None if ask.high is None else decimal_text(ask.high),
        "force": ask.force.value,
        "force_zh": ask.force.label_zh,
        "confirm": ask.confirm or None,
        "rule": ask.rule,
        "status": result.status.value,
        "reason": result.reason or None,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "numerator_with_served": None
        if result.coverage is None
        else result.coverage.count(Standing.HAS) + result.coverage.count(Standing.SERVED),
        "value": None if value is None else decimal_text(value),
        "display": None if value is None else fixed(value),
        "meets": result.meets,
        "missing": _listed(result, Standing.HAS_NOT),
        "served": _listed(result, Standing.SERVED),
        "unknown": _listed(result, Standing.UNKNOWN),
        "counts": _counts(result),
        "perhaps": [_site(site) for site in result.perhaps],
        "notes": list(result.notes),
        "indicator": ask.indicator or None,
        "year": ask.year or None,
        "source": {
            "document": ask.document,
            "day": ask.document_day,
            "article": ask.article,
            "passage": ask.passage,
            "evidence": ask.evidence,
            "evidence_zh": EVIDENCE_ZH[ask.evidence],
        },
    }


def _listed(result: AskResult, standing: Standing) -> list[dict[str, object]]:
    if result.coverage is None:
        return []
    named = {unit.code: unit.name for unit in result.units}
    return [
        {"code": each.code, "name": named[each.code], **_cell(each)}
        for each in result.coverage.units
        if each.standing is standing
    ]


def _counts(result: AskResult) -> list[dict[str, object]] | dict[str, object] | None:
    """Numbers of units with their reading, or of registers; None for coverages."""
    ask = result.ask
    if ask.measure is AskMeasure.COUNT:
        return dict(result.counts)
    if ask.measure is AskMeasure.COVERAGE:
        return None
    rows: list[dict[str, object]] = []
    for unit in result.units:
        count = result.counts[unit.code]
        over = ask.high is not None and count > ask.high
        reading = "below" if count < ask.low else "above" if over else "within"
        rows.append({"code": unit.code, "name": unit.name, "count": count, "reading": reading})
    return rows


def _table(rows: Sequence[UnitRow], columns: Sequence[Column]) -> dict[str, object]:
    return {
        "columns": [{"id": column.id, "title": column.title} for column in columns],
        "rows": [
            {
                "code": row.unit.code,
                "name": row.unit.name,
                "county": row.unit.county,
                **{column.id: _cell(cell) for column, cell in zip(columns, row.cells, strict=True)},
            }
            for row in rows
        ],
    }


def _cell(each: UnitStanding) -> dict[str, object]:
    return {
        "standing": each.standing.value,
        "standing_zh": each.standing.label_zh,
        "sites": [_site(site) for site in each.sites],
        "coming": [_site(site) for site in each.coming],
    }


def _site(site: FuneralSite) -> dict[str, object]:
    return {"id": site.id, "register": site.register, "name": site.name}


def _county(found: FuneralCoverage, each: CountyStations) -> dict[str, object]:
    reading = next(
        (
            row["reading"]
            for result in found.asks
            if result.ask.measure is AskMeasure.EACH
            for row in _counts(result) or []
            if isinstance(row, dict) and row["code"] == each.ground.unit.code
        ),
        None,
    )
    return {
        **ground_document(each.ground),
        "number": len(each.stations),
        "reading": reading,
        "townships_differ": each.townships_differ,
        "directions_differ": each.directions_differ,
        "stations": [
            {
                **_site(station.site),
                "township": station.township,
                "metres": None if station.metres is None else round(station.metres, 1),
                "bearing_deg": None
                if station.bearing_deg is None
                else round(station.bearing_deg, _PLACES),
                "direction": station.direction,
                "direction_zh": None if station.direction is None else station.direction.label_zh,
            }
            for station in each.stations
        ],
        "pairs": [
            {
                "stations": [pair.one, pair.other],
                "angle_deg": None if pair.angle_deg is None else round(pair.angle_deg, _PLACES),
                "townships_differ": pair.townships_differ,
                "directions_differ": pair.directions_differ,
            }
            for pair in each.pairs
        ],
        "spread": None if each.spread is None else spread_document(each.spread),
        "off_streets": list(each.off_streets),
    }


def ground_document(ground: CountyGround) -> dict[str, object]:
    """The county, its middle, and the townships that do not count."""
    middle = ground.middle
    return {
        "code": ground.unit.code,
        "name": ground.unit.name,
        "plan_speaks_of_it": ground.is_rural,
        "middle": None
        if middle is None
        else {"basis": middle.basis, "lon": middle.place[0], "lat": middle.place[1]},
        "people": figure(ground.demand.total),
        "townships_without_place": [town.unit.name for town in ground.demand.no_place],
        "townships_without_people": [town.unit.name for town in ground.demand.no_weight],
    }


def spread_document(spread: Spread) -> dict[str, object]:
    """How near people are to stations."""
    nearer = spread.nearer
    share = None if nearer is None or not spread.people else 100 * nearer / spread.people
    farthest = spread.farthest
    return {
        "people": figure(spread.people),
        "nearer_than_middle": figure(nearer),
        "nearer_percent": figure(share),
        "unreached": figure(spread.unreached),
        "mean_m": None if spread.mean_m is None else fixed(spread.mean_m, 1),
        "farthest": None if farthest is None else farthest.unit.name,
        "farthest_m": figure(spread.farthest_m),
    }


def figure(value: Fraction | None) -> str | None:
    """An exact figure as text."""
    return None if value is None else decimal_text(value)


def coverage_geojson(found: FuneralCoverage) -> bytes:
    """The funeral facilities that have a place, longitude and latitude."""
    features = [
        point(
            site.place,
            f"{site.register}/{site.id}",
            {
                "name": site.name,
                "kind": site.kind.value,
                "kind_zh": site.kind.label_zh,
                "level": None if site.level is None else site.level.value,
                "public": site.is_public,
                "state": site.state.value,
                "state_zh": site.state.label_zh,
                "operating": site.state is SiteState.OPERATING,
                "division": site.division,
                "register": site.register,
            },
        )
        for site in found.sites
        if site.place is not None
    ]
    return collection(features, simulated=found.data.register.simulated)


def point(
    place: tuple[float, float], id: str, properties: Mapping[str, object]
) -> dict[str, object]:
    """A feature of GeoJSON at a place."""
    shape = {"type": "Point", "coordinates": list(place)}
    return {"type": "Feature", "id": id, "geometry": shape, "properties": properties}


def collection(features: Sequence[dict[str, object]], *, simulated: bool) -> bytes:
    """Features as a document that says whether it is simulated."""
    told = {"type": "FeatureCollection", "simulated": simulated, "features": list(features)}
    return orjson.dumps(told)
