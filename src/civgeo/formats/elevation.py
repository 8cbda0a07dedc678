"""Elevation models from outside, as the jail left them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from civgeo.formats import jail
from civgeo.formats.confinement import Limits

__all__ = ["ElevationFacts", "ElevationFile", "read_elevation_file"]


@dataclass(frozen=True, slots=True)
class ElevationFacts:
    """What was found in an elevation file.

    Parameters
    ----------
    format
        ``GeoTIFF`` or ``Esri ASCII``.
    crs
        ``EPSG:n``; None when the file does not say.
    affine
        As of `civgeo.analysis.slope.Elevation`.
    rows, columns, unknown, beyond
        Size; cells without a height; of these, cells whose number is no height of the ground.
    lowest_m, highest_m
        Range of the heights.
    notes
        What was done on reading, in Chinese.
    """

    format: str
    crs: str | None
    affine: tuple[float, float, float, float, float, float]
    rows: int
    columns: int
    unknown: int
    beyond: int
    lowest_m: float
    highest_m: float
    notes: tuple[str, ...]

    @property
    def unknown_share(self) -> float:
        """Share of the cells without a height."""
        return self.unknown / (self.rows * self.columns)


@dataclass(frozen=True, slots=True)
class ElevationFile:
    """A checked elevation model: its heights (``.npy``, float32 metres) and what it is."""

    heights: Path
    facts: ElevationFacts


def read_elevation_file(
    source: Path, staging: Path, *, limits: Limits = jail.LIMITS
) -> ElevationFile:
    """Read an elevation model in the jail into `staging`; raises as `jail.read_file` does."""
    folder = jail.run_operation("elevation", source, staging, limits)
    raw: dict[str, Any] = json.loads((folder / "elevation.json").read_text(encoding="utf-8"))
    facts = ElevationFacts(**raw | {"affine": tuple(raw["affine"]), "notes": tuple(raw["notes"])})
    return ElevationFile(folder / "heights.npy", facts)
