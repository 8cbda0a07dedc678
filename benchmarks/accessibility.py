"""Beds an elder by E2SFCA: 15,000, 149,000 and 1,490,000 pairs of facility and demand.

Peer: PySAL access in an environment of its own, named by ``CIVGEO_ACCESS_PYTHON``; it gets the
pairs as a table, civgeo as arrays; reading them is timed for neither.
"""

import os
import statistics
import time

import numpy as np

from benchmarks.measurement import Measured, exponent, report, versions
from benchmarks.peer_process import peer_answers
from civgeo.analysis.accessibility import LUO_QI_WEIGHTS, enhanced_two_step, stepwise_decay
from civgeo.analysis.walk_arcs import Arcs

__all__ = ["run"]

SIZES = {15_000: "county", 149_000: "prefecture", 1_490_000: "province"}
ROUNDS = 7
ZONES_DM = (3_000, 6_000, 9_000)
CLOSEST = 1e-9
PEER = """
import json, logging, statistics, time
import numpy as np, pandas as pd
import access
from access import Access, weights
logging.disable(logging.CRITICAL)
held = np.load("in.npz")
costs = pd.DataFrame({"origin": held["demand"], "dest": held["facility"], "cost": held["cost"]})
people = pd.DataFrame({"id": range(len(held["people"])), "p": held["people"]})
beds = pd.DataFrame({"id": range(len(held["beds"])), "s": held["beds"]})
decay = weights.step_fn(dict(zip(held["zones"].tolist(), held["weights"].tolist())))
asked = Access(demand_df=people, demand_index="id", demand_value="p", supply_df=beds,
    supply_index="id", supply_value="s", cost_df=costs, cost_origin="origin", cost_dest="dest",
    cost_name="cost")
taken = []
for _ in range(int(held["rounds"]) + 1):
    start = time.perf_counter()
    found = asked.enhanced_two_stage_fca(name="e", weight_fn=decay, max_cost=held["zones"][-1])
    taken.append(time.perf_counter() - start)
np.savez("out.npz", access=found["e_s"].reindex(range(len(people))).fillna(0).to_numpy())
print(json.dumps({"seconds": statistics.median(taken[1:]), "version": access.__version__}))
"""


def run() -> None:
    """Measure at three sizes, compare every access and report."""
    lines: list[Measured] = []
    growth: dict[str, list[float]] = {}
    notes = [f"load when begun: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"]
    for pairs, name in SIZES.items():
        arcs, beds, people = _pairs(pairs)
        decay = stepwise_decay(list(zip(ZONES_DM, LUO_QI_WEIGHTS, strict=True)))
        taken = []
        for _ in range(4 * ROUNDS):
            start = time.perf_counter()
            ours = enhanced_two_step(arcs, beds, people, decay)
            taken.append(time.perf_counter() - start)
        kept = abs(float((ours.access * people).sum()) / ours.reached_supply - 1)
        found = {
            f"civgeo ({versions('numpy')})": (
                statistics.median(taken),
                f"supply kept to {kept:.0e}",
            )
        }
        peer = peer_answers(
            "CIVGEO_ACCESS_PYTHON",
            PEER,
            {
                "demand": arcs.demand,
                "facility": arcs.facility,
                "cost": arcs.distance_dm.astype(np.float64),
                "people": people,
                "beds": beds,
                "zones": np.array(ZONES_DM),
                "weights": np.array(LUO_QI_WEIGHTS),
                "rounds": np.array(ROUNDS),
            },
        )
        if peer is not None:
            told, answers = peer
            apart = float(np.abs(answers["access"] - ours.access).max())
            verdict = f"greatest difference {apart:.1e}" + (" TOO FAR" if apart >= CLOSEST else "")
            found[f"access {told['version']}"] = (float(str(told["seconds"])), verdict)
        base = statistics.median(taken)
        for label, (seconds, checked) in found.items():
            lines.append(
                Measured(f"{len(arcs):,} pairs ({name})", label, seconds, seconds / base, checked)
            )
            growth.setdefault(label, []).append(seconds)
    notes += [
        f"{label}: pairs to the power {exponent(list(SIZES), seconds):.2f}"
        for label, seconds in growth.items()
    ]
    report("accessibility", lines, notes)


def _pairs(count: int) -> tuple[Arcs, np.ndarray, np.ndarray]:
    """Seeded pairs: some 75 places around each facility."""
    rng = np.random.default_rng(count)
    facilities, places = count // 75, count // 6
    drawn = np.unique(rng.integers(0, facilities * places, count))
    facility, demand = (part.astype(np.int32) for part in np.divmod(drawn, places))
    arcs = Arcs(facility, demand, rng.integers(0, 9_001, len(drawn)).astype(np.int32))
    beds = rng.integers(1, 200, facilities).astype(np.float64)
    return arcs, beds, rng.integers(1, 900, places).astype(np.float64)
