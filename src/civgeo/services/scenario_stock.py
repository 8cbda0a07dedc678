"""Facilities of a scenario: how many of each kind operate, with which beds and floor area."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from civgeo.domain.facility import FacilityKind

__all__ = ["Known", "Stock", "stocks"]


@dataclass(frozen=True, slots=True)
class Known:
    """A facility as a scenario finds it, or leaves it.

    Parameters
    ----------
    name, kind
        Those.
    county
        Six digits of the county whose floor area it counts for; empty outside the city.
    area
        Floor area in steps of 0.0001 m2, None when it is not known.
    beds
        None when not known.
    is_operating
        Whether it serves.
    is_doubtful
        Whether it seems to be registered twice: its floor area is not counted.
    """

    name: str
    kind: FacilityKind
    county: str
    area: int | None
    beds: int | None
    is_operating: bool
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """Facilities of one kind that operate.

    Parameters
    ----------
    facilities
        How many.
    area
        Floor area in steps of 0.0001 m2, of those where it is known.
    beds
        Beds, of those where they are known.
    unknown_area, unknown_beds
        How many of them do not tell.
    """

    facilities: int = 0
    area: int = 0
    beds: int = 0
    unknown_area: int = 0
    unknown_beds: int = 0

    def with_site(self, site: Known, times: int) -> "Stock":
        """With a facility more (1) or less (-1), where it operates."""
        if not site.is_operating:
            return self
        return replace(
            self,
            facilities=self.facilities + times,
            area=self.area + times * (site.area or 0),
            beds=self.beds + times * (site.beds or 0),
            unknown_area=self.unknown_area + times * (site.area is None),
            unknown_beds=self.unknown_beds + times * (site.beds is None),
        )


def stocks(facilities: Mapping[str, Known]) -> Mapping[FacilityKind, Stock]:
    """Facilities by kind."""
    found: dict[FacilityKind, Stock] = {}
    for site in facilities.values():
        found[site.kind] = found.get(site.kind, Stock()).with_site(site, 1)
    return found
