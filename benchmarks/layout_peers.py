"""What the peers answer for one problem; run by `benchmarks.layout` with the python that has them.

Arguments: ``mclp`` or ``pmedian``, a file of arrays, seconds that the solver may take.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy as np
import pulp
from spopt.locate import MCLP, PMedian


def main() -> None:
    """Solve the problem with spopt and CBC, model building included, and print figures."""
    model, file, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    given = np.load(file)
    solver = pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=seconds)
    start = time.perf_counter()
    if model == "mclp":
        radius, number = float(given["radius"]), int(given["number"])
        problem = MCLP.from_cost_matrix(given["cost"], given["weight"], radius, p_facilities=number)
    else:
        problem = PMedian.from_cost_matrix(
            given["cost"], given["weight"], p_facilities=int(given["number"])
        )
    built = time.perf_counter()
    problem.problem.solve(solver)
    ended = time.perf_counter()
    objective = pulp.value(problem.problem.objective)
    proven = problem.problem.sol_status == pulp.LpSolutionOptimal
    answer = {
        "objective": objective,
        "proven": proven and ended - built < seconds,
        "build": built - start,
        "solve": ended - built,
        "versions": f"spopt {version('spopt')}, pulp {version('pulp')} with its CBC",
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
