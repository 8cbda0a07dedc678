"""Timing in turns, growth, and how a result is printed and kept."""

import gc
import json
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

__all__ = ["Measured", "exponent", "in_turns", "report", "versions"]

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of a result.

    Parameters
    ----------
    task, contestant
        What was done, and by whom at which version.
    seconds
        Median of the runs.
    ratio
        How many times longer than civgeo in the same run.
    checked
        What its answer was compared with.
    """

    task: str
    contestant: str
    seconds: float
    ratio: float
    checked: str


def in_turns(
    contestants: Mapping[str, Callable[[], object]], *, runs: int
) -> tuple[dict[str, float], dict[str, object]]:
    """Median seconds and last answer of each contestant.

    They run in turns, so that a busy machine slows all of them alike; one round before the
    measured ones warms caches.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    answers: dict[str, object] = {}
    for round_number in range(runs + 1):
        for name, work in contestants.items():
            gc.collect()
            start = time.perf_counter()
            answers[name] = work()
            if round_number:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in seconds.items()}, answers


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Slope of log(seconds) over log(size) by least squares: 1 means linear."""
    x, y = [math.log(size) for size in sizes], [math.log(value) for value in seconds]
    return statistics.linear_regression(x, y).slope


def versions(*packages: str) -> str:
    """Names and versions of `packages`, as they stand in a table."""
    return ", ".join(f"{name} {version(name)}" for name in packages)


def report(name: str, lines: Sequence[Measured], notes: Sequence[str]) -> None:
    """Print `lines` and write them with the machine and the day to ``results/NAME.json``."""
    table = Table(title=f"{name} ({platform.machine()}, {os.cpu_count()} cores)")
    for column in ("task", "contestant", "median s", "ratio to civgeo", "answer checked"):
        table.add_column(column, overflow="fold")
    for line in lines:
        ratio = "1" if math.isclose(line.ratio, 1.0) else f"{line.ratio:.1f}"
        table.add_row(line.task, line.contestant, f"{line.seconds:.4f}", ratio, line.checked)
    console = Console(width=140)
    console.print(table)
    for note in notes:
        console.print(note)
    RESULTS.mkdir(exist_ok=True)
    result = {
        "benchmark": name,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "lines": [asdict(line) for line in lines],
        "notes": list(notes),
    }
    text = json.dumps(result, ensure_ascii=False, indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
