"""The field package of a simulated line with 24 markers over 40 km: time and size."""

import os
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measurement import Measured, report, versions

# the line is the specimen of the tests
sys.path.append(str(Path(__file__).parents[1] / "tests"))
from civgeo.services.field_package import field_package, packed
from field_specimens import LINE_CODE, boundary_city

__all__ = ["run"]

RUNS = 5


def run() -> None:
    """Build the package several times and report the median, and the size of each part."""
    seconds = []
    with TemporaryDirectory(prefix="civgeo-benchmark-") as folder:
        city = boundary_city(Path(folder) / "store")
        with city.store:
            for _ in range(RUNS + 1):
                start = time.perf_counter()
                package = field_package(city, LINE_CODE)
                zipped = packed(package)
                seconds.append(time.perf_counter() - start)
    sizes = {path: len(content) for path, content in package.files.items() if "/" not in path}
    told = ", ".join(f"{path} {size / 1e3:.0f} kB" for path, size in sizes.items())
    taken = statistics.median(seconds[1:])
    line = Measured("24 markers, 40 km, zip", "civgeo", taken, 1.0, "by the tests")
    notes = [
        f"zip {len(zipped) / 1e6:.1f} MB; {told}",
        f"first run {seconds[0]:.1f} s",
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        versions("matplotlib", "fpdf2", "xlsxwriter"),
    ]
    report("field_package", [line], notes)
