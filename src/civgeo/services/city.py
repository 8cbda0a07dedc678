"""What every use case works on."""

from dataclasses import dataclass
from datetime import date

from civgeo.store.store import Store

__all__ = ["City"]


@dataclass(frozen=True, slots=True)
class City:
    """One city: its store, and the day on which the question is asked."""

    store: Store
    today: date
