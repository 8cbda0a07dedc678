"""Coordinate systems, shifted datums, checked frames, and the index of placed areas."""
