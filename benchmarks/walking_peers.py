"""What pandana is asked, in its own process."""

__all__ = ["PANDANA"]

PANDANA = """
import json, statistics, time
import numpy as np, pandas as pd, pandana
held = np.load("in.npz")
start = time.perf_counter()
net = pandana.Network(
    pd.Series(held["x"]), pd.Series(held["y"]), pd.Series(held["start"]), pd.Series(held["end"]),
    pd.DataFrame({"dm": held["dm"].astype(float)}), twoway=True)
built = time.perf_counter() - start
limit = float(held["limit"])
start = time.perf_counter()
at = held["facility"]
net.set_pois("f", limit, 1, pd.Series(held["x"][at]), pd.Series(held["y"][at]))
net.precompute(limit)
prepared = time.perf_counter() - start
def timed(work, rounds):
    taken = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:]), answer
rounds = int(held["rounds"])
nearest, table = timed(lambda: net.nearest_pois(limit, "f", num_pois=1), rounds)
sheds, rows = timed(lambda: net.nodes_in_range(at.tolist(), limit), rounds)
np.savez("out.npz", nearest=table[1].to_numpy(), counts=rows.groupby("source").size()
    .reindex(at).to_numpy())
print(json.dumps({"built": built, "prepared": prepared, "nearest": nearest, "sheds": sheds,
    "version": pandana.__version__}))
"""
