"""What every use case works on."""

from dataclasses import dataclass, field
from datetime import date

from civgeo.formats.confinement import Limits
from civgeo.store.store import Store

__all__ = ["City"]


@dataclass(frozen=True, slots=True)
class City:
    """One city: its store, and the day on which the question is asked.

    Parameters
    ----------
    store, today
        Those.
    reading
        Limits of the process that reads a file from outside.
    """

    store: Store
    today: date
    reading: Limits = field(default_factory=Limits)
