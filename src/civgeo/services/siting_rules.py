"""What the rules in force ask of the land, held against the layers at hand.

A rule on land excludes what lies inside, one on distances what lies nearer; at exactly the
distance it is kept, unless the text says more than. Where a rule says only “附近” or “两侧”, the
largest distance that the law there gives for the same feature is read into it, as
`civgeo.domain.cemetery_siting` does; without one only the inside is excluded. What no layer tells
is named, never taken for absent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.cemetery_rules import (
    CemeteryLevel,
    CemeteryRule,
    Comparison,
    Force,
    Operation,
    Topic,
)
from civgeo.domain.cemetery_siting import features_of
from civgeo.domain.site_features import SiteFeature
from civgeo.services.siting_ground import GroundLayer

__all__ = ["UNKNOWN", "Claim", "Gap", "SitingRules", "rules_of_siting"]

UNKNOWN = ""
"""Kind of a feature whose land class is not known."""

_SITING = frozenset({Topic.FORBIDDEN_LAND, Topic.DISTANCE, Topic.CORRIDOR})
_WAITING = _SITING | {Topic.MIN_AREA}


@dataclass(frozen=True, slots=True)
class Claim:
    """A rule, or a wish of the planner, on what one layer shows.

    Parameters
    ----------
    rule
        The rule; None for a layer of the bureau's own.
    feature
        What it keeps away from; None for a layer of the bureau's own.
    layer
        The layer.
    kinds
        Kinds of its features that count; `UNKNOWN` for those of no known land class.
    distance_m
        Metres; 0 for the inside.
    at_limit
        Whether a place at exactly the distance is marked too.
    mark
        What the mark says.
    reads_as
        Rule whose metres are read into this one.
    only_on
        Land on which alone it holds; empty for any.
    """

    rule: CemeteryRule | None
    feature: SiteFeature | None
    layer: GroundLayer
    kinds: frozenset[str]
    distance_m: float
    at_limit: bool
    mark: PlaneKind
    reads_as: CemeteryRule | None = None
    only_on: tuple[SiteFeature, ...] = ()

    @property
    def without_metres(self) -> bool:
        """Whether the text asks for a distance that nothing gives."""
        near = self.rule is not None and self.rule.operator is Comparison.NEAR
        return near and self.reads_as is None


@dataclass(frozen=True, slots=True)
class Gap:
    """A feature that no layer tells whole, and the rules that wait for it.

    Parameters
    ----------
    feature, rules
        Those.
    wider, narrower
        Layers that tell of it among other things, or of a part of it.
    """

    feature: SiteFeature
    rules: tuple[CemeteryRule, ...]
    wider: tuple[GroundLayer, ...]
    narrower: tuple[GroundLayer, ...]

    @property
    def is_corridor(self) -> bool:
        """Whether only rules on corridors speak of it: minor roads, canals, dykes."""
        return all(rule.topic is Topic.CORRIDOR for rule in self.rules)


@dataclass(frozen=True, slots=True)
class SitingRules:
    """Rules in force on a siting, as far as the layers let them be held against the land.

    Parameters
    ----------
    claims
        What can be held against layers.
    gaps
        What no layer tells.
    waiting
        Texts in force that are not at hand.
    to_look_up
        Rules on areas that a text names.
    smallest
        Rule with the largest smallest area; None where none is in force.
    """

    claims: tuple[Claim, ...]
    gaps: tuple[Gap, ...]
    waiting: tuple[CemeteryRule, ...]
    to_look_up: tuple[CemeteryRule, ...]
    smallest: CemeteryRule | None


def rules_of_siting(
    scope: Iterable[CemeteryRule],
    layers: Sequence[GroundLayer],
    *,
    level: CemeteryLevel,
    operation: Operation,
) -> SitingRules:
    """Hold the rules in force against the layers.

    Parameters
    ----------
    scope
        Rules in force in the division on the day, as `CemeteryRuleBook.in_scope` gives them.
    layers
        Layers at hand.
    level, operation
        Cemetery that is asked about.
    """
    own = [
        rule
        for rule in scope
        if rule.operation in (None, operation) and (not rule.levels or level in rule.levels)
    ]
    siting = [rule for rule in own if rule.topic in _SITING]
    held = [rule for rule in siting if _is_known(rule.only_on, layers) and not _is_idle(rule)]
    claims = [claim for rule in held for claim in _claims(rule, layers, held)]
    claims = [claim for claim in claims if not _is_idle_doubt(claim, claims)]
    claims += [claim for layer in layers for claim in _wishes(layer)]
    areas = [rule for rule in own if rule.topic is Topic.MIN_AREA]
    return SitingRules(
        tuple(claims),
        tuple(_gaps(siting, layers)),
        tuple(
            rule
            for rule in own
            if rule.topic is Topic.TEXT_MISSING and {*map(Topic, rule.subjects)} & _WAITING
        ),
        tuple(rule for rule in siting if SiteFeature.NAMED_AREA in features_of(rule)),
        max(areas, key=lambda rule: rule.limit, default=None),
    )


def _wishes(layer: GroundLayer) -> Iterator[Claim]:
    meta = layer.meta
    if meta.is_own:
        distance, every = meta.own_distance_m or 0.0, frozenset(layer.words["kind"])
        yield Claim(None, None, layer, every, distance, distance == 0, PlaneKind.EXCLUDED)


def _subjects(rule: CemeteryRule) -> list[SiteFeature]:
    return [feature for feature in features_of(rule) if feature is not SiteFeature.NAMED_AREA]


def _claims(
    rule: CemeteryRule, layers: Sequence[GroundLayer], scope: Sequence[CemeteryRule]
) -> Iterator[Claim]:
    for feature in _subjects(rule):
        for layer in layers:
            kinds = [kind for kind in layer.kinds if kind.lies_in(feature)]
            if kinds and rule.operator is Comparison.NEAR:
                yield from _beside(rule, layer, kinds, feature, scope)
            elif kinds:
                yield _claim(rule, feature, layer, kinds, _mark_of(rule))
            if feature.is_land_cover and layer.has_unknown:
                yield _claim(rule, feature, layer, [UNKNOWN], PlaneKind.UNCLEAR)
        if rule.operator is not Comparison.NEAR:
            yield from _unclear(rule, feature, layers)


def _is_idle_doubt(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether a doubt is only about ground that another rule excludes for certain."""
    return claim.mark is PlaneKind.UNCLEAR and any(
        other.mark is PlaneKind.EXCLUDED
        and not other.only_on
        and other.layer is claim.layer
        and claim.kinds <= other.kinds
        and claim.distance_m <= other.distance_m
        for other in claims
    )


def _is_known(lands: Sequence[SiteFeature], layers: Sequence[GroundLayer]) -> bool:
    """Whether a layer tells where a rule holds that holds on some land only."""
    return not lands or any(
        kind.lies_in(land) for land in lands for layer in layers for kind in layer.kinds
    )


def _is_idle(rule: CemeteryRule) -> bool:
    """Whether it asks for no less than 0 metres, which every place keeps."""
    return rule.operator is Comparison.AT_LEAST and rule.limit == 0


def _mark_of(rule: CemeteryRule) -> PlaneKind:
    asks = rule.operator is Comparison.APPROVAL
    return PlaneKind.APPROVAL if asks else PlaneKind.EXCLUDED


def _claim(
    rule: CemeteryRule,
    feature: SiteFeature,
    layer: GroundLayer,
    kinds: Iterable[str],
    mark: PlaneKind,
) -> Claim:
    own = frozenset(kinds)
    if rule.operator.has_number:
        return Claim(rule, feature, layer, own, *_reach(rule), mark, None, rule.only_on)
    return Claim(rule, feature, layer, own, 0.0, True, mark, None, rule.only_on)


def _reach(rule: CemeteryRule) -> tuple[float, bool]:
    """Metres of a rule with a number, and whether a place at exactly so many breaks it."""
    return float(rule.limit), rule.operator is Comparison.MORE_THAN


def _unclear(
    rule: CemeteryRule, feature: SiteFeature, layers: Sequence[GroundLayer]
) -> Iterator[Claim]:
    """Where only a layer of a wider kind is at hand: what it shows may be what the rule means."""
    if any(feature in layer.kinds for layer in layers):
        return
    for layer in layers:
        wide = [kind for kind in layer.kinds if feature.lies_in(kind)]
        if wide:
            yield _claim(rule, feature, layer, wide, PlaneKind.UNCLEAR)


def _beside(
    rule: CemeteryRule,
    layer: GroundLayer,
    kinds: Sequence[SiteFeature],
    feature: SiteFeature,
    scope: Sequence[CemeteryRule],
) -> Iterator[Claim]:
    """Claims of a rule without metres: by the metres of others, or on the inside alone."""
    readings = {kind: _readings(kind, scope) for kind in sorted(kinds)}
    for reading in dict.fromkeys(each for found in readings.values() for each in found):
        same = frozenset(kind for kind, found in readings.items() if reading in found)
        lands = reading.only_on or rule.only_on
        mark = PlaneKind.EXCLUDED
        yield Claim(rule, feature, layer, same, *_reach(reading), mark, reading, lands)
    without = [kind for kind, found in readings.items() if all(each.only_on for each in found)]
    if without:
        yield _claim(rule, feature, layer, without, PlaneKind.EXCLUDED)


def _readings(feature: SiteFeature, scope: Sequence[CemeteryRule]) -> tuple[CemeteryRule, ...]:
    """Rules that give the strictest distance for `feature`: everywhere, and on some land more."""
    found = [
        rule
        for rule in scope
        if rule.topic is Topic.DISTANCE
        and rule.operator.has_number
        and rule.force is Force.LEGAL
        and any(feature.lies_in(item) for item in _subjects(rule))
    ]
    everywhere = [rule for rule in found if not rule.only_on]
    best = max(everywhere, key=lambda rule: rule.limit, default=None)
    least = best.limit if best else -1
    more = [rule for rule in found if rule.only_on and rule.limit > least]
    return (*([best] if best else []), *more)


def _gaps(rules: Sequence[CemeteryRule], layers: Sequence[GroundLayer]) -> Iterator[Gap]:
    asked: dict[SiteFeature, list[CemeteryRule]] = {}
    for rule in rules:
        for feature in (*_subjects(rule), *rule.only_on):
            asked.setdefault(feature, []).append(rule)
    for feature in SiteFeature:
        if feature not in asked or any(feature in layer.kinds for layer in layers):
            continue
        wider = [layer for layer in layers if any(feature.lies_in(kind) for kind in layer.kinds)]
        part = [layer for layer in layers if any(kind.lies_in(feature) for kind in layer.kinds)]
        rules_here = tuple(dict.fromkeys(asked[feature]))
        yield Gap(feature, rules_here, tuple(wider), tuple(part))
