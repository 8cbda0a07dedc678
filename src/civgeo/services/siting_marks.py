"""Claims on the land drawn on a grid: one mark for all claims that cover the same cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from civgeo.analysis.site_marks import Exclusions, PlaneKind
from civgeo.analysis.siting import ConstraintLayer
from civgeo.domain.site_features import SiteFeature
from civgeo.services.siting_answer import SitingConstraint
from civgeo.services.siting_ground import GroundLayers
from civgeo.services.siting_rules import Claim
from civgeo.services.siting_words import claim_text

__all__ = ["Drawing", "drawing_of", "held"]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Constraint layers of a siting, and the claims that each stands for.

    Parameters
    ----------
    layers
        To be drawn.
    claims
        Claims of each of them.
    enders
        Claims that are not known beyond the end of each of them; empty where nothing ends.
    """

    layers: tuple[ConstraintLayer, ...]
    claims: tuple[tuple[Claim, ...], ...]
    enders: tuple[tuple[Claim, ...], ...]


def drawing_of(claims: Sequence[Claim], ground: GroundLayers) -> Drawing:
    """Constraint layers in the zone of the region for `claims` on the layers of `ground`."""
    groups: dict[object, list[Claim]] = {}
    ends: dict[object, dict[object, Claim]] = {}
    for claim in claims:
        groups.setdefault(_drawn_alike(claim), []).append(claim)
        ending = ends.setdefault(_ending_alike(claim), {})
        ending.setdefault((claim.rule, claim.feature, claim.layer.subject), claim)
    layers, stands_for, enders = [], [], []
    for alike in groups.values():
        first = alike[0]
        ending = ends.pop(_ending_alike(first), {})
        drawn = _layer(alike, ground)
        extent = ground.extent(first.layer) if ending else None
        layers.append(replace(drawn, extent=extent))
        stands_for.append(tuple(alike))
        enders.append(tuple(ending.values()))
        beyond = _where_lands_end(first, drawn, ground)
        if beyond is not None:
            layers.append(beyond)
            stands_for.append(tuple(alike))
            enders.append(())
    return Drawing(tuple(layers), tuple(stands_for), tuple(enders))


def _drawn_alike(claim: Claim) -> object:
    """What claims share that mark the same cells with the same word."""
    own = (claim.layer.meta.digest, claim.kinds, claim.distance_m, claim.at_limit)
    return (*own, claim.mark, claim.only_on)


def _ending_alike(claim: Claim) -> object:
    """What claims share that are unknown in the same cells."""
    return claim.layer.subject, claim.distance_m, claim.only_on


def _layer(alike: Sequence[Claim], ground: GroundLayers) -> ConstraintLayer:
    first = alike[0]
    rules = [claim.rule.id for claim in alike if claim.rule is not None]
    lands = _lands(first.only_on, ground) if first.only_on else None
    return ConstraintLayer(
        kind=first.layer.meta.title,
        features=ground.series(first.layer.of(first.kinds)),
        distance_m=first.distance_m,
        rule=" ".join(dict.fromkeys(rules)),
        layer_date=first.layer.meta.layer_date,
        excludes_at_limit=first.at_limit,
        mark=first.mark,
        only_within=None if lands is None else ground.series(lands),
    )


def _lands(only_on: Sequence[SiteFeature], ground: GroundLayers) -> np.ndarray:
    """Land on which alone a rule holds, of all layers that show it."""
    parts = [
        layer.of(kind for kind in layer.kinds if any(kind.lies_in(land) for land in only_on))
        for layer in ground.layers
    ]
    return np.concatenate([*parts, np.empty(0, dtype=object)])


def _where_lands_end(
    claim: Claim, drawn: ConstraintLayer, ground: GroundLayers
) -> ConstraintLayer | None:
    """Cells near enough of which no layer tells whether they are land on which the rule holds."""
    telling = [
        ground.extent(layer)
        for layer in ground.layers
        if any(kind.lies_in(land) for kind in layer.kinds for land in claim.only_on)
    ]
    if not telling or any(extent is None for extent in telling):
        return None
    region = ground.region.shape
    beyond = shapely.difference(region, shapely.union_all(telling))
    if shapely.is_empty(beyond):
        return None
    return replace(drawn, mark=PlaneKind.MISSING, only_within=ground.series(np.array([beyond])))


def held(drawing: Drawing, marks: Exclusions, edition: str) -> list[SitingConstraint]:
    """Every claim with its mark and the area that it marks, law before the planner's wishes."""
    table = marks.summary()
    names = ("area_m2", "share", "alone_m2")
    areas = [{name: float(row[name]) for name in names} for row in table.to_dict("records")]
    found = []
    for number, plane in enumerate(marks.planes):
        if plane.position is None:
            continue
        is_end = plane.kind is not drawing.layers[plane.position].mark
        claims = (drawing.enders if is_end else drawing.claims)[plane.position]
        found += [_constraint(each, number, plane.kind, areas[number], edition) for each in claims]
    kinds = list(PlaneKind)
    return sorted(found, key=lambda each: (kinds.index(each.kind), each.rule is None))


def _constraint(
    claim: Claim, number: int, kind: PlaneKind, area: Mapping[str, float], edition: str
) -> SitingConstraint:
    return SitingConstraint(
        rule=claim.rule,
        feature=claim.feature,
        layer=claim.layer.meta,
        distance_m=claim.distance_m,
        reads_as=claim.reads_as,
        number=number,
        kind=kind,
        **area,
        text=claim_text(claim, kind, edition),
    )
