"""Results from the field, read in the jail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from civgeo.errors import ImportRejected
from civgeo.formats import jail
from civgeo.formats.confinement import Limits
from civgeo.formats.results_reader import RESULTS_FILE

__all__ = ["MOST_RESULT_BYTES", "RawResults", "read_results"]

MOST_RESULT_BYTES = 20 * 1024**2


@dataclass(frozen=True, slots=True)
class RawResults:
    """What a file holds: its carrier, and its plain values as ``civgeo-results/1``."""

    carrier: str
    values: Mapping[str, object]


def read_results(source: Path, staging: Path, limits: Limits = jail.LIMITS) -> RawResults:
    """Read a file from the field in the jail.

    Parameters
    ----------
    source
        As it came: the phone page's JSON, the checklist (.xlsx) or the package's GeoPackage.
    staging
        Folder for what the jail writes; what an earlier reading left there is replaced.
    limits
        Memory and time for a small file.

    Raises
    ------
    ImportRejected
        When it is none of them, holds no results, or is hostile, damaged or too large.
    NotFound, StoreUnavailable
        When there is no such file; when the disk is full.
    """
    if source.is_file() and source.stat().st_size > MOST_RESULT_BYTES:
        text = f"结果文件最多 {MOST_RESULT_BYTES // 1024**2} MB：照片请另行留存，文件里只写文件名"
        raise ImportRejected(text, code="file_too_large")
    folder = jail.run_operation("results", source, staging, limits)
    found = json.loads((folder / RESULTS_FILE).read_text(encoding="utf-8"))
    return RawResults(found["carrier"], found["results"])
