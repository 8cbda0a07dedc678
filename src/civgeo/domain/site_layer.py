"""A constraint layer of siting as it is kept: what it shows, of which day, from whom, how far."""

from dataclasses import dataclass
from datetime import date

from civgeo.domain.site_features import LAND_COVERS, SiteFeature

__all__ = ["SiteLayerMeta"]


@dataclass(frozen=True, slots=True)
class SiteLayerMeta:
    """What is known of a layer; the layer itself never changes, a newer state is another layer.

    Parameters
    ----------
    digest
        First 16 digits of the SHA-256 of what was imported; names the layer for ever.
    title
        Chinese title, such as 耕地（2025 年变更调查）.
    covers
        What the layer tells of: where it shows none of these inside its extent, there is none.
        Empty for a layer of the bureau's own, which no rule speaks of.
    layer_date
        State of the layer.
    source
        Who made it, or which survey it is from.
    saved_at
        Moment of import, UTC.
    features
        How many it has.
    crs
        Coordinate system of the file; what is kept is EPSG:4490.
    has_extent
        Whether the layer says where it ends; one that does not counts as complete everywhere.
    own_distance_m
        Distance that the bureau wants to be kept from a layer of its own; None for other layers.
    simulated
        Whether it is simulated data.
    notes
        What the import found: repaired shapes, unknown land classes.
    """

    digest: str
    title: str
    covers: tuple[SiteFeature, ...]
    layer_date: date
    source: str
    saved_at: str
    features: int
    crs: str
    has_extent: bool
    own_distance_m: float | None = None
    simulated: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is a layer of the bureau's own, which excludes by the planner's wish."""
        return not self.covers

    @property
    def is_land_use(self) -> bool:
        """Whether it tells the land class of every place in its extent."""
        return set(self.covers) >= LAND_COVERS
