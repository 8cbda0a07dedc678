"""civgeo: place names, boundaries and coverage for city civil-affairs bureaus."""

__version__ = "0.1.0"
