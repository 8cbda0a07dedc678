"""Verdict on a cemetery by the rules in force on a day: by law, and by the plan.

Every rule in scope counts, so the strictest of nation, province, city and corridor decides. What
was not given is not judged: the verdict names it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from civgeo.domain.cemetery_findings import Finding, Site, finding
from civgeo.domain.cemetery_measures import measure_findings
from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook, Comparison, Force, Topic
from civgeo.domain.cemetery_siting import features_of, siting_findings
from civgeo.domain.floor_area import VerdictStatus
from civgeo.domain.site_features import DISTANCE_FEATURES, SiteFeature

__all__ = ["CemeteryVerdict", "check_cemetery"]

_SITING = frozenset({Topic.FORBIDDEN_LAND, Topic.DISTANCE, Topic.CORRIDOR})
_OF_SHARES = frozenset({Topic.ECOLOGICAL_SHARE, Topic.GREEN_COVER, Topic.PUBLIC_SHARE})


@dataclass(frozen=True, slots=True)
class CemeteryVerdict:
    """Verdict on one site.

    Parameters
    ----------
    status, reason
        How far the answer goes; other than ok with a reason.
    legal, plan
        Whether all that was given keeps the law, and the plan; None when that cannot be told.
    findings
        One for each rule and what it is about; law before plan, the most local first.
    not_given
        Features that rules in force speak of and the question does not.
    named_areas
        Rules on areas that a text names: to be looked up on the map.
    without_rule
        What was given and no rule in force speaks of.
    """

    status: VerdictStatus
    reason: str | None
    legal: bool | None
    plan: bool | None
    findings: tuple[Finding, ...]
    not_given: tuple[str, ...]
    named_areas: tuple[CemeteryRule, ...]
    without_rule: tuple[str, ...]


def check_cemetery(site: Site, book: CemeteryRuleBook) -> CemeteryVerdict:
    """Hold `site` against the rules of `book` in force where and when it is asked about.

    Parameters
    ----------
    site
        What is known of it; areas in mu and m2, distances in metres on the ground.
    book
        Edition of the rules.

    Examples
    --------
    >>> from datetime import date
    >>> from civgeo.domain.division import DivisionCode
    >>> nowhere = Site(DivisionCode("4117"), date(2026, 1, 1))
    >>> check_cemetery(nowhere, CemeteryRuleBook((), "empty")).legal is None
    True
    """
    scope = [rule for rule in book.in_scope(site.division, site.on) if _for_its_kind(rule, site)]
    found = tuple(_ordered(_alternatives([*_findings(site, scope), *_missing_texts(site, scope)])))
    without = tuple(_without_rule(site, found))
    legal = _together(found, Force.LEGAL)
    unruled = bool(site.plots) and _plots_without_law(site, found)
    if legal and unruled:
        legal = None
    plan = _together(found, Force.PLAN)
    status, reason = _status(found, legal, plan, unruled=unruled)
    return CemeteryVerdict(
        status,
        reason,
        legal,
        plan,
        found,
        tuple(_not_given(site, scope)) if site.is_sited else (),
        tuple(rule for rule in scope if _is_named(rule)) if site.is_sited else (),
        without,
    )


def _for_its_kind(rule: CemeteryRule, site: Site) -> bool:
    right_operation = rule.operation in (None, site.operation)
    return right_operation and (not rule.levels or site.level is None or site.level in rule.levels)


def _is_named(rule: CemeteryRule) -> bool:
    return SiteFeature.NAMED_AREA.value in rule.subjects


def _findings(site: Site, scope: Sequence[CemeteryRule]) -> Iterator[Finding]:
    for rule in scope:
        if rule.topic in _SITING:
            yield from siting_findings(rule, site, scope)
        elif rule.topic is not Topic.TEXT_MISSING:
            yield from measure_findings(rule, site)


def _asked_topics(site: Site) -> frozenset[Topic]:
    asked: set[Topic] = set()
    asked |= _SITING if site.is_sited else set()
    asked |= {Topic.MIN_AREA} if site.area_mu is not None else set()
    asked |= {Topic.PLOT_SIZE} if site.plots else set()
    asked |= _OF_SHARES if site.shares else set()
    return frozenset(asked)


def _missing_texts(site: Site, scope: Sequence[CemeteryRule]) -> Iterator[Finding]:
    asked = _asked_topics(site)
    for rule in scope:
        if rule.topic is not Topic.TEXT_MISSING:
            continue
        waiting = [Topic(word) for word in rule.subjects if Topic(word) in asked]
        if waiting:
            what = "、".join(topic.label_zh for topic in waiting)
            since = f"自 {rule.valid_from} 起施行，" if rule.valid_from else ""
            text = f"{rule.citation}{since}条文未录入：{what}的合法性待市局录入条文后才能判断"
            yield finding(rule, None, " ".join(waiting), None, text)


def _alternatives(found: Sequence[Finding]) -> Iterator[Finding]:
    """Findings in which one alternative that is kept excuses the others, and one open may."""
    for item in found:
        rule = item.rule
        if not rule.choice or item.meets:
            yield item
            continue
        others = [
            other
            for other in found
            if other is not item
            and (other.rule.adcode, other.rule.choice) == (rule.adcode, rule.choice)
        ]
        if any(other.meets for other in others):
            yield replace(item, meets=True, message=f"{item.message}；另一项已达到，符合要求")
        elif not others:
            yield replace(item, meets=None, message=f"{item.message}；另一项没有给出，不能判断")
        else:
            yield item


def _ordered(found: Iterator[Finding]) -> list[Finding]:
    topics = list(Topic)
    return sorted(found, key=lambda item: (item.rule.force.value, topics.index(item.code)))


def _together(found: Sequence[Finding], force: Force) -> bool | None:
    verdicts = [item.meets for item in found if item.rule.force is force]
    if False in verdicts:
        return False
    return None if None in verdicts or not verdicts else True


def _plots_without_law(site: Site, found: Sequence[Finding]) -> bool:
    ruled = {item.subject for item in found if item.rule.force is Force.LEGAL}
    return any(plot.plot_class.value not in ruled for plot in site.plots)


def _without_rule(site: Site, found: Sequence[Finding]) -> Iterator[str]:
    ruled = {item.subject for item in found if item.code is not Topic.TEXT_MISSING}
    if site.area_mu is not None and not any(item.code is Topic.MIN_AREA for item in found):
        yield "area"
    given = [
        *dict.fromkeys(plot.plot_class.value for plot in site.plots),
        *(feature.value for feature in site.near),
        *(share.value for share in site.shares),
    ]
    yield from (word for word in given if word not in ruled)


def _not_given(site: Site, scope: Sequence[CemeteryRule]) -> Iterator[str]:
    """What rules on land and distance speak of; corridors of minor roads and works are left out."""
    asked = {
        feature
        for rule in scope
        if rule.topic in (Topic.FORBIDDEN_LAND, Topic.DISTANCE)
        for feature in features_of(rule)
    }
    land = site.land.feature if site.land else None
    cover_is_known = site.land is not None and (land is None or land.is_land_cover)
    if not cover_is_known and any(feature.is_land_cover for feature in asked):
        yield "land_class"
    for feature in DISTANCE_FEATURES:
        wider = any(feature.lies_in(other) for other in asked - {feature})
        given = any(one.lies_in(feature) or feature.lies_in(one) for one in site.near)
        if feature in asked and not wider and not given:
            yield feature.value


def _status(
    found: Sequence[Finding], legal: bool | None, plan: bool | None, *, unruled: bool
) -> tuple[VerdictStatus, str | None]:
    verdicts = {Force.LEGAL: legal, Force.PLAN: plan}
    for force, verdict in verdicts.items():
        waiting = [item for item in found if item.rule.force is force and item.meets is None]
        if verdict is None and waiting:
            return VerdictStatus.NOT_ASSESSED, _first(waiting).message
    if unruled and legal is None:
        text = "有的墓穴没有可用的法规规定，请市局录入本地规定后再判断"
        return VerdictStatus.NOT_ASSESSED, text
    if legal is None and plan is None:
        return VerdictStatus.NOT_ASSESSED, "所问事项没有可用的规定，或没有给出可核对的内容"
    undated = [item for item in found if not item.rule.valid_from and item.meets is not None]
    if undated:
        text = f"{undated[0].rule.citation}的施行日期未录入，待市局确认"
        return VerdictStatus.UNVERIFIED, text
    return VerdictStatus.OK, None


def _first(waiting: Sequence[Finding]) -> Finding:
    """The finding that explains best why nothing is decided: a text that is missing."""
    missing = [item for item in waiting if item.rule.operator is Comparison.MISSING]
    return (missing or list(waiting))[0]
