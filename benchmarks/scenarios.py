"""Scenarios over HTTP after a restart, with two workers: 300 random edits, delta table included."""

import http.client
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import orjson

from benchmarks.measurement import Measured, report, versions
from benchmarks.served import served
from civgeo.analysis.reach import ReachTerms
from civgeo.analysis.snapping import SNAP_LIMIT_M
from civgeo.analysis.walk_search import distance_from_field, nearest_facility
from civgeo.domain.clock import BEIJING
from civgeo.domain.facility import FacilityKind
from civgeo.domain.scenario_edits import (
    AddEstate,
    AddFacility,
    CloseFacility,
    MoveFacility,
    parsed_edits,
)
from civgeo.services.city import City
from civgeo.services.demo import build_demo_city
from civgeo.services.scenario_answer import ScenarioQuestion, answer_scenario
from civgeo.services.scenario_ground import PlanningGround, planning_ground
from civgeo.services.walk_ground import served_by
from civgeo.store.store import Store

__all__ = ["run"]

KIND = FacilityKind.MEAL_POINT
ESTATES = 3_000
SCENARIOS, EDITS = 30, 10
TOKEN = "a-token-of-the-benchmark"  # noqa: S105 it guards nothing
WARM_S = 20.0
Edits = list[dict[str, object]]


def run() -> None:
    """Measure and report; a folder named by CIVGEO_BENCHMARK_STORE is used instead of a new one."""
    given = os.environ.get("CIVGEO_BENCHMARK_STORE")
    if given:
        _measure(Path(given))
        return
    with TemporaryDirectory(prefix="civgeo-benchmark-") as folder:
        store = Path(folder) / "store"
        build_demo_city(
            store, "990100", today=datetime.now(UTC), estates=ESTATES, progress=lambda *step: None
        ).close()
        _measure(store)


def _measure(folder: Path) -> None:
    with Store.open(folder) as store:
        city = City(store, datetime.now(BEIJING).date())
        planning = planning_ground(city)
        lists = list(islice(_random_edits(planning), SCENARIOS))
        whole = _from_scratch(city, planning, lists)
    with served(folder, workers=2, token=TOKEN) as port:
        _post(port, "/scenarios/answer", {"edits": lists[0]})
    with served(folder, workers=2, token=TOKEN) as port:
        first = _seconds(lambda: _post(port, "/scenarios/answer", {"edits": lists[0]}))
        _await_warm(port, lists[0])
        load = os.getloadavg()[0]
        asked, reached = _answered(port, lists)
        saved = _appended(port, lists)
    if reached != [part[1] for part in whole]:
        raise RuntimeError("people in reach differ from a search from the beginning")
    recomputed = statistics.median(part[0] for part in whole)
    notes = [
        f"{planning.ground.network.nodes:,} nodes, {len(planning.ground.estates):,} estates, "
        f"{len(planning.facilities):,} facilities; load before: {load:.1f}",
        f"first answer after the restart: {first * 1e3:.0f} ms; measured {WARM_S:.0f} s later",
        f"answer: {_quantiles(asked)}",
        f"append, saved: {_quantiles(saved)}",
        versions("numba", "scipy", "fastapi", "uvicorn"),
    ]
    checked = "people in reach equal a search from the beginning"
    p95 = statistics.quantiles(asked, n=20, method="inclusive")[18]
    lines = [
        Measured("300 edits, delta table, HTTP", "civgeo p95", p95, 1.0, checked),
        Measured("one edit, search from the beginning, no HTTP", "civgeo", recomputed,
                 recomputed / p95, checked),
    ]  # fmt: skip
    report("scenarios", lines, notes)


def _random_edits(planning: PlanningGround) -> Iterator[Edits]:
    """Lists of edits near estates: facilities added, moved and closed, resized, new estates."""
    rng = random.Random(20)  # noqa: S311 a benchmark
    points = planning.ground.estates.geometry.representative_point()
    places = list(zip(points.x.tolist(), points.y.tolist(), strict=True))
    known = planning.facilities.items()
    operating = [id for id, site in known if site.kind is KIND and site.is_operating]
    while True:
        left = list(operating)
        yield [_edit(rng, places, left) for _ in range(EDITS)]


def _edit(
    rng: random.Random, places: Sequence[tuple[float, float]], left: list[str]
) -> dict[str, object]:
    lon, lat = (round(at + rng.uniform(-0.004, 0.004), 6) for at in rng.choice(places))
    place: dict[str, object] = {"lon": lon, "lat": lat}
    match rng.choices(range(5), (40, 30, 15, 7, 8))[0]:
        case 0:
            new: dict[str, object] = {"action": "add", "kind": KIND.value, "name": "新助餐点"}
            return new | place | {"floor_area_m2": 220, "cost_yuan": 350_000}
        case 1:
            return {"action": "move", "facility": rng.choice(left)} | place
        case 2:
            return {"action": "close", "facility": left.pop(rng.randrange(len(left)))}
        case 3:
            return {"action": "resize", "facility": rng.choice(left), "floor_area_m2": 300}
    new = {"action": "add_estate", "name": "新小区", "estate_class": "new"}
    return new | place | {"households": 500, "elders": 100}


def _from_scratch(
    city: City, planning: PlanningGround, lists: Sequence[Edits]
) -> list[tuple[float, int]]:
    """Seconds of a search from the beginning after each list, and the people in reach."""
    ground, terms = planning.ground, ReachTerms()
    facilities = served_by(city, ground, (KIND,)).facilities
    found = []
    for listed in lists:
        edits = parsed_edits(listed)
        question = ScenarioQuestion((KIND,), terms)
        people = answer_scenario(city, edits, question).people
        points = facilities.geometry
        at = dict(zip(facilities.index, zip(points.x, points.y, strict=True), strict=True))
        for number, edit in enumerate(edits):
            match edit:
                case AddFacility():
                    at[f"new {number}"] = edit.lon, edit.lat
                case MoveFacility():
                    at[edit.facility] = edit.lon, edit.lat
                case CloseFacility():
                    del at[edit.facility]
        homes = [(edit.lon, edit.lat) for edit in edits if isinstance(edit, AddEstate)]
        begun = time.perf_counter()
        places = ground.index.snap(*planning.metres(*np.array(list(at.values())).T), SNAP_LIMIT_M)
        estates = ground.estates.geometry.representative_point()
        xy = np.column_stack([estates.x, estates.y])
        xy = np.vstack([xy, np.array(homes).reshape(-1, 2)])
        demand = ground.index.snap(*planning.metres(xy[:, 0], xy[:, 1]), SNAP_LIMIT_M)
        field = nearest_facility(ground.network, places)
        distance, _ = distance_from_field(ground.network, field, places, demand)
        total = int(people[distance <= terms.limit_dm].sum())
        found.append((time.perf_counter() - begun, total))
    return found


def _answered(port: int, lists: Sequence[Edits]) -> tuple[list[float], list[int]]:
    """Seconds of an answer after each edit, every one on a connection of its own."""
    taken, reached = [], []
    for edits in lists:
        answer: dict[str, object] = {}
        for count in range(1, len(edits) + 1):
            asked = {"edits": edits[:count], "kinds": [KIND.value]}
            begun = time.perf_counter()
            answer = _post(port, "/scenarios/answer", asked)
            taken.append(time.perf_counter() - begun)
        reached += [int(part["reached_after"]) for part in _listed(answer["reach"])]
    return taken, reached


def _appended(port: int, lists: Sequence[Edits]) -> list[float]:
    """Seconds of saving one more edit and answering."""
    taken = []
    for number, edits in enumerate(lists):
        saved = _post(port, "/scenarios", {"name": f"方案{number}"})
        for edit in edits:
            asked = {"add": edit, "kinds": [KIND.value], "edit": {"version": saved["version"]}}
            begun = time.perf_counter()
            answer = _post(port, f"/scenarios/{saved['id']}/edits", asked)
            taken.append(time.perf_counter() - begun)
            scenario = answer["scenario"]
            saved = scenario if isinstance(scenario, dict) else saved
    return taken


def _await_warm(port: int, edits: Edits) -> None:
    """Ask for as long as the workers need to warm up in the background."""
    deadline = time.monotonic() + WARM_S
    while time.monotonic() < deadline:
        _post(port, "/scenarios/answer", {"edits": edits})
        time.sleep(0.5)


def _post(port: int, path: str, body: object) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    connection.request("POST", path, orjson.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status not in (200, 201):
        raise RuntimeError(path, answer.status, content[:500])
    found: dict[str, object] = orjson.loads(content)
    return found


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _listed(value: object) -> list[dict[str, str]]:
    return value if isinstance(value, list) else []


def _quantiles(seconds: Sequence[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    p50, p95, p99 = (1e3 * cuts[at - 1] for at in (50, 95, 99))
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms of {len(seconds)}"
