"""What the page of cemeteries shows, for the eye."""

from collections.abc import Iterator
from dataclasses import dataclass

from civgeo.domain.quantity import fixed
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.services.cemetery_store_answers import years_left_text
from civgeo.services.cemetery_store_demand import RegisteredDemand, StoreDemand
from civgeo.services.siting_answer import SitingAnswer
from civgeo.services.siting_maps import shortened
from civgeo.services.siting_tables import candidate_table, exclusion_table

__all__ = ["DemandRow", "LayerRow", "SitingRows", "demand_rows", "layer_rows", "siting_rows"]

LONGEST = 400


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A constraint layer."""

    title: str
    kinds: tuple[str, ...]
    day: str
    source: str
    features: str
    has_extent: bool
    simulated: bool


def layer_rows(layers: tuple[SiteLayerMeta, ...]) -> list[LayerRow]:
    """Layers, the newest first; long titles cut."""
    return [
        LayerRow(
            shortened(meta.title),
            tuple(feature.label_zh for feature in meta.covers),
            meta.layer_date.isoformat(),
            shortened(meta.source),
            f"{meta.features:,}",
            meta.has_extent,
            meta.simulated,
        )
        for meta in layers
    ]


@dataclass(frozen=True, slots=True)
class DemandRow:
    """What a division needs; dashes for what is not known."""

    name: str
    is_county: bool
    ashes: str
    free: str
    lacking: str
    years_left: str
    reason: str


def demand_rows(found: StoreDemand) -> list[DemandRow]:
    """The city, its counties, then its townships."""
    return list(_demand(found))


def _demand(found: StoreDemand) -> Iterator[DemandRow]:
    for row in found.rows[:LONGEST]:
        ashes = sum(row.demand.ashes) if row.demand else None
        yield DemandRow(
            row.name,
            row.level != "township",
            "—" if ashes is None else f"{round(ashes):,}",
            f"{row.places.free:,}" if row.places.sites else "—",
            _lacking(row),
            years_left_text(row),
            row.reason or row.years_reason,
        )


def _lacking(row: RegisteredDemand) -> str:
    if row.demand is None or row.demand.capacity is None:
        return "—"
    return fixed(row.demand.capacity.shortfall, 0)


@dataclass(frozen=True, slots=True)
class SitingRows:
    """Candidates and exclusions as the tables of the report have them."""

    candidates: tuple[tuple[str, ...], ...]
    exclusions: tuple[tuple[str, ...], ...]


def siting_rows(answer: SitingAnswer) -> SitingRows:
    """Rows for the page; none where there are none."""
    listed = candidate_table(answer).rows if len(answer.candidates) else ()
    excluded = exclusion_table(answer).rows if answer.constraints else ()
    return SitingRows(listed, excluded)
