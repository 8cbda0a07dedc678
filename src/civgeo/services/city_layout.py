"""Use case: where the next facilities of the city should be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from civgeo.analysis.label_grid import LabelGrid
from civgeo.analysis.layout import solve_layout
from civgeo.analysis.layout_problem import Effort, LayoutAnswer, LayoutModel, LayoutProblem
from civgeo.analysis.snapping import SNAP_LIMIT_M, Snapped, joined
from civgeo.analysis.walk_arcs import MOST_PAIRS_SERVED, reachable_demand
from civgeo.domain.quantity import decimal_text
from civgeo.errors import InvalidInput
from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.services.city import City
from civgeo.services.layout_question import LayoutQuestion, layout_question
from civgeo.services.reach import People
from civgeo.services.reach_views import provenance, terms_document
from civgeo.services.walk_ground import Ground, in_metres, served_by, walk_ground
from civgeo.store.tables import Collection

__all__ = ["CityLayout", "city_layout", "layout_document", "layout_job"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class CityLayout:
    """The answer, and what its positions stand for.

    Parameters
    ----------
    question, answer
        What was asked, and what came of it.
    sites
        Existing facilities, then candidates, EPSG:4490: id, name, county.
    existing
        How many of them exist.
    estates
        Demand: ids in the order of its positions.
    off_streets
        Ids of candidates that lie on no street.
    ground
        Streets and data.
    """

    question: LayoutQuestion
    answer: LayoutAnswer
    sites: gpd.GeoDataFrame
    existing: int
    estates: gpd.GeoDataFrame
    off_streets: tuple[str, ...]
    ground: Ground


def city_layout(
    city: City, question: LayoutQuestion, *, progress: Progress | None = None
) -> CityLayout:
    """Best sites for `question` among its candidates, over today's data and streets.

    Raises
    ------
    NotFound
        ``no_streets`` without a walk network.
    InvalidInput
        When there is no demand or no candidate, the question is too large, or the walks alone take
        the time it has, and as `civgeo.analysis.layout_input.settled`.
    """
    tell = progress or (lambda label, done, total: None)
    ground = walk_ground(city)
    served = served_by(city, ground, question.kinds)
    demand = _demand(ground, question)
    estates = ground.estates.iloc[demand]
    candidates, spots = _candidates(city, ground, question, demand)
    facilities = served.facilities[["name", "division", "beds", "geometry"]].iloc[
        : None if question.keep_existing else 0
    ]
    count = len(facilities)
    places = joined(served.places.take(np.arange(count)), spots)
    tell("步行搜索", 0, 1)
    people = ground.people.take(demand)
    end = monotonic() + question.seconds
    arcs = reachable_demand(
        *(ground.network, places, people, question.terms.limit_dm),
        most_pairs=MOST_PAIRS_SERVED,
        stopped=lambda: monotonic() > end,
    )
    tell("步行搜索", 1, 1)
    none = np.zeros(count, dtype=np.bool_)
    sites = _sites(facilities, candidates)
    problem = LayoutProblem(
        model=question.model,
        arc_candidate=arcs.facility,
        arc_demand=arcs.demand,
        distance_dm=arcs.distance_dm,
        weights=estates[question.people.value].to_numpy(dtype=np.float64),
        candidates=len(places),
        new_sites=question.new_sites,
        existing=np.concatenate([~none, np.zeros(len(candidates), dtype=np.bool_)]),
        required=np.concatenate([none, candidates["required"].to_numpy(dtype=np.bool_)]),
        forbidden=np.concatenate([none, candidates["forbidden"].to_numpy(dtype=np.bool_)]),
        group=tuple(sites["county"]),
        quotas=question.quotas,
        capacity=_capacity(facilities, candidates, question),
        labels=tuple(sites["name"]),
        counted="户" if question.people is People.HOUSEHOLDS else "人",
    )
    effort = Effort(seconds=max(0.0, end - monotonic()), progress=progress)
    answer = solve_layout(problem, effort)
    off = candidates.index[~spots.is_on_network]
    return CityLayout(question, answer, sites, count, estates, tuple(off), ground)


def _demand(ground: Ground, question: LayoutQuestion) -> npt.NDArray[np.int64]:
    """Rows of estates that count."""
    estates = ground.estates
    known = estates[question.people.value].notna().to_numpy()
    inside = estates["division"].str.startswith(question.division).to_numpy(dtype=bool)
    rows = np.flatnonzero(known & inside)
    if not len(rows):
        raise InvalidInput(f"范围内没有登记了{question.people.label_zh}的小区", code="no_demand")
    return rows


def _candidates(
    city: City, ground: Ground, question: LayoutQuestion, demand: npt.NDArray[np.int64]
) -> tuple[gpd.GeoDataFrame, Snapped]:
    """Candidates (index id; name, county, capacity, required, forbidden) and their places."""
    if question.candidates is None:
        chosen = ground.estates.iloc[demand]
        frame = gpd.GeoDataFrame(
            {
                "name": chosen["name"],
                "county": chosen["division"].str[:6],
                "capacity": np.nan,
                "required": False,
                "forbidden": False,
            },
            geometry=chosen.geometry.representative_point(),
            crs=chosen.crs,
        )
        return frame, ground.people.take(demand)
    given = question.candidates
    points = gpd.points_from_xy([site.lon for site in given], [site.lat for site in given])
    frame = gpd.GeoDataFrame(
        {
            "name": [site.name for site in given],
            "capacity": [np.nan if site.capacity is None else site.capacity for site in given],
            "required": [site.required for site in given],
            "forbidden": [site.forbidden for site in given],
        },
        index=[site.id for site in given],
        geometry=points,
        crs=CGCS2000_EPSG,
    )
    frame["county"] = _counties(city, frame)
    x, y = in_metres(frame.geometry, ground.network)
    return frame, ground.index.snap(x, y, SNAP_LIMIT_M)


def _counties(city: City, frame: gpd.GeoDataFrame) -> list[str]:
    """County that each candidate lies in, by the outlines; empty outside of all."""
    with city.store.read() as reading:
        own = reading.features(Collection.DIVISIONS, where={"role": "own", "level": "county"})
    drawn = own[own.geometry.notna()]
    x, y = (np.asarray(values, dtype=np.float64) for values in (frame.geometry.x, frame.geometry.y))
    labels = LabelGrid(drawn.geometry).label(x, y)
    codes = [*drawn["code"], ""]
    return [codes[label] for label in labels]


def _sites(facilities: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    first = facilities.assign(county=facilities["division"].str[:6])
    shapes = [*facilities.geometry, *candidates.geometry]
    return gpd.GeoDataFrame(
        {
            "id": [*facilities.index, *candidates.index],
            "name": [*first["name"], *candidates["name"]],
            "county": [*first["county"], *candidates["county"]],
        },
        geometry=gpd.GeoSeries(shapes, crs=CGCS2000_EPSG),
    )


def _capacity(
    facilities: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame, question: LayoutQuestion
) -> npt.NDArray[np.float64] | None:
    if question.model is not LayoutModel.CAPACITATED:
        return None
    beds = facilities["beds"].to_numpy(dtype=np.float64, na_value=np.nan)
    new = candidates["capacity"].to_numpy(dtype=np.float64)
    usual = np.nan if question.capacity_of_new is None else question.capacity_of_new
    return np.concatenate([beds, np.where(np.isnan(new), usual, new)])


def layout_document(found: CityLayout) -> dict[str, object]:
    """The answer as JSON, with the edits that would make it a scenario."""
    question, answer = found.question, found.answer
    chosen = [_site(found, at) for at in answer.chosen]
    kind = question.kinds[0]
    edits = [
        {
            "action": "add",
            "kind": kind.value,
            "name": f"拟建{kind.label_zh}（{site['name']}）",
            "lon": site["lon"],
            "lat": site["lat"],
        }
        for site in chosen
    ]
    return {
        "model": question.model.value,
        "model_zh": question.model.label_zh,
        "status": answer.status.value,
        "status_zh": answer.status.label_zh,
        "reasons": list(answer.reasons),
        "objective": _number(answer.objective),
        "sense": answer.sense,
        "unit": answer.unit,
        "bound": _number(answer.bound),
        "gap": _number(answer.gap),
        "kinds": [each.value for each in question.kinds],
        "people": question.people.value,
        **terms_document(question.terms),
        "p": question.new_sites,
        "people_total": _number(answer.people),
        "people_served": _number(answer.served),
        "mean_distance_m": _number(answer.mean_distance_m),
        "chosen": chosen,
        "sites": [_share(found, number) for number in range(len(answer.sites))],
        "binding": [
            {"kind": each.kind.value, "gain": _number(each.gain), "message": each.message}
            for each in answer.binding
        ],
        "unreached": [str(found.estates.index[at]) for at in answer.unreached],
        "candidates_off_streets": list(found.off_streets),
        "findings": [
            {"code": each.code, "message": each.message, "subjects": _subjects(found, each.rows)}
            for each in answer.findings
        ],
        "edits": edits,
        "solver": answer.method,
        **provenance(found.ground),
    }


def _site(found: CityLayout, at: int) -> dict[str, object]:
    row = found.sites.iloc[at]
    return {
        "id": str(row["id"]),
        "name": str(row["name"]),
        "county": str(row["county"]),
        "lon": float(row.geometry.x),
        "lat": float(row.geometry.y),
    }


def _share(found: CityLayout, number: int) -> dict[str, object]:
    share = found.answer.sites[number]
    return _site(found, share.candidate) | {
        "role": share.role.value,
        "assigned": _number(share.assigned),
        "gained": _number(share.gained),
        "saved_m": _number(share.saved_m),
        "capacity": _number(share.capacity),
        "full": share.is_full,
    }


def _subjects(found: CityLayout, rows: tuple[int, ...]) -> list[str]:
    return [str(found.sites["name"].iloc[row]) for row in rows if row < len(found.sites)]


def _number(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def layout_job(
    city: City, arguments: Mapping[str, object], progress: Progress
) -> Mapping[str, object]:
    """Answer of the question that a job holds."""
    given = arguments["question"]
    if not isinstance(given, dict):
        raise InvalidInput("任务缺少布局问题")
    return layout_document(city_layout(city, layout_question(given), progress=progress))
