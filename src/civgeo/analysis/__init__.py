"""Pure measures: frames and values in, frames out. No files, clock, randomness or environment."""

from civgeo.analysis.coverage import UnitLevel, floor_area_per_100_households
from civgeo.analysis.double_registration import double_registrations

__all__ = ["UnitLevel", "double_registrations", "floor_area_per_100_households"]
