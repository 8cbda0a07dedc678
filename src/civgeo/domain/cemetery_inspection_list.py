"""What is wrong with a burial place as it is registered: approval, area, plots, land, distances.

Only what is broken is a finding; what cannot be told is listed beside it, never left out. A finding
of the register itself, such as more graves used than there are, has no force of law.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from civgeo.domain.cemetery_check import CemeteryVerdict, check_cemetery
from civgeo.domain.cemetery_findings import AskedLand, Finding, Plot, Site
from civgeo.domain.cemetery_forms import BurialPlaceKind, BurialPlaceLevel, BurialPlaceStatus
from civgeo.domain.cemetery_inspection_terms import (
    BurialPlace,
    Ground,
    Inspected,
    InspectionBasis,
    InspectionCode,
    InspectionFinding,
)
from civgeo.domain.cemetery_rules import (
    CemeteryRule,
    CemeteryRuleBook,
    Force,
    PlotClass,
    PlotKind,
    Remains,
    Topic,
)
from civgeo.domain.quantity import decimal_text, fixed
from civgeo.domain.site_features import SiteFeature

__all__ = ["inspect_place"]

LEAST_PERCENT = Decimal(1)
"""Of a class of land that is not the main one, less than this share is taken for drawing error."""

WHOLE = Decimal(100)
LAND = "land_class"
_ELSEWHERE = "，请另选址"
"""Advice on a site that is still to be built on."""

_HILLS = (SiteFeature.KEY_HILL, SiteFeature.HILL)
_SITING = (Topic.FORBIDDEN_LAND, Topic.DISTANCE, Topic.CORRIDOR)
_FORCES = (Force.LEGAL, None, Force.PLAN)


def inspect_place(
    place: BurialPlace,
    ground: Ground | None,
    book: CemeteryRuleBook,
    bases: Sequence[InspectionBasis],
    on: date,
) -> Inspected:
    """Hold a registered burial place against the rules in force on a day.

    Plots are taken for plots of ash. Rules on the area and plots of cemeteries are not applied to
    columbaria, nor those on where graves may lie.

    Parameters
    ----------
    place
        The place.
    ground
        What layers tell of its ground; None for a place without a shape.
    book
        Edition of the rules.
    bases
        Sources on approvals, and bands of excess.
    on
        Day whose rules count.
    """
    verdict = check_cemetery(_site(place, ground, on), book)
    checked = [*verdict.findings, *_of_other_land(place, ground, on, book)]
    checked += _of_hills(place, ground, on, book)
    told = [_told(item, ground) for item in checked if _holds(item.rule, place)]
    judged = [*_approval(place, bases, on), *told, *_graves(place, _limits(place, book, on))]
    kept = {force for meets, item in judged if meets for force in [item.force]}
    broken = [_with_band(item, bases) for meets, item in judged if meets is False]
    broken += [*_of_register(place)]
    unclear = [item for meets, item in judged if meets is None]
    unclear += _not_given(place, ground, verdict)
    return Inspected(
        place,
        _together(Force.LEGAL, kept, broken, unclear),
        _together(Force.PLAN, kept, broken, unclear),
        tuple(sorted(broken, key=_order)),
        tuple(sorted(unclear, key=_order)),
        verdict.named_areas,
    )


_Judged = tuple[bool | None, InspectionFinding]


def _order(item: InspectionFinding) -> tuple[int, int]:
    return _FORCES.index(item.force), [*InspectionCode].index(item.code)


def _together(
    force: Force,
    kept: set[Force | None],
    broken: Sequence[InspectionFinding],
    unclear: Sequence[InspectionFinding],
) -> bool | None:
    if any(item.force is force for item in broken):
        return False
    if any(item.force is force or item.force is None for item in unclear):
        return None
    return True if force in kept else None


def _is_sited(place: BurialPlace) -> bool:
    return place.kind is not BurialPlaceKind.COLUMBARIUM


def _site(place: BurialPlace, ground: Ground | None, on: date) -> Site:
    sized = place.kind is BurialPlaceKind.CEMETERY
    plots = {PlotKind.SINGLE: place.plot_single_m2, PlotKind.JOINT: place.plot_joint_m2}
    known = ground if ground is not None and _is_sited(place) else Ground()
    return Site(
        division=place.division,
        on=on,
        level=place.level.in_rules if place.level else None,
        operation=place.operation,
        area_mu=Fraction(place.area_mu) if sized and place.area_mu is not None else None,
        plots=tuple(
            Plot(kind, Remains.ASH, m2)
            for kind, m2 in plots.items()
            if m2 is not None and _is_sited(place)
        ),
        distances_m=known.distances_m,
        land=known.lands[0].land if known.lands else None,
    )


def _holds(rule: CemeteryRule, place: BurialPlace) -> bool:
    """Rules for certain levels do not hold for villages, which they do not name."""
    return not (rule.levels and place.level is BurialPlaceLevel.VILLAGE)


def _of_other_land(
    place: BurialPlace, ground: Ground | None, on: date, book: CemeteryRuleBook
) -> Iterator[Finding]:
    """Findings on parts of a place that are not of its main class of land."""
    lands = ground.lands if ground is not None and _is_sited(place) else ()
    for share in lands[1:]:
        if share.percent < LEAST_PERCENT:
            continue
        site = Site(place.division, on, _site(place, None, on).level, place.operation)
        for item in check_cemetery(replace(site, land=share.land), book).findings:
            if item.subject == LAND and not item.meets:
                part = f"其中 {decimal_text(share.percent)}%"
                area = "" if share.m2 is None else f"（{decimal_text(share.m2)} 平方米）"
                yield replace(item, message=f"{part}{area}{item.message}")


def _of_hills(
    place: BurialPlace, ground: Ground | None, on: date, book: CemeteryRuleBook
) -> Iterator[Finding]:
    """Findings of rules that hold on hills only, for a place that lies on one."""
    if ground is None or not _is_sited(place):
        return
    hill = next((feature for feature in _HILLS if ground.distances_m.get(feature) == 0), None)
    if hill is not None:
        site = replace(_site(place, ground, on), land=AskedLand(hill.label_zh, hill))
        yield from (item for item in check_cemetery(site, book).findings if item.rule.only_on)


def _told(item: Finding, ground: Ground | None) -> _Judged:
    """A finding of the rules with its layer; one that the layer's end leaves open is open."""
    rule, meets, message = item.rule, item.meets, item.message.removesuffix(_ELSEWHERE)
    if meets and ground is not None and item.code in _SITING and item.subject != LAND:
        reach = ground.reach_m.get(SiteFeature(item.subject))
        if reach is not None and Decimal(item.required or 0) > reach:
            ends = f"只到 {decimal_text(reach)} 米以内" if reach >= 0 else "没有覆盖到这里"
            meets, message = None, f"{message}；但图层{ends}，以外有没有不知道"
    return meets, InspectionFinding(
        InspectionCode(item.code.value),
        rule.force,
        message,
        subject=item.subject,
        rule_id=rule.id,
        citation=rule.citation,
        place=rule.place,
        valid_from=rule.valid_from,
        evidence=rule.evidence,
        required=item.required,
        actual=item.actual,
        unit=rule.unit,
        layer="" if ground is None else ground.layers.get(item.subject, ""),
    )


def _approval(place: BurialPlace, bases: Sequence[InspectionBasis], on: date) -> Iterator[_Judged]:
    """Whether it is approved, and no larger than that; a planned place need not be yet."""
    if place.status is not BurialPlaceStatus.PLANNED:
        yield from _approved(place, bases, on)
    if place.area_mu is None or place.approved_mu is None:
        return
    over = place.area_mu - place.approved_mu
    text = f"占地 {decimal_text(place.area_mu)} 亩，批准 {decimal_text(place.approved_mu)} 亩"
    item = InspectionFinding(
        InspectionCode.OVER_APPROVED,
        None,
        f"{text}，超出 {decimal_text(over)} 亩。依据批准文件{place.approval or '（文号未登记）'}",
        required=decimal_text(place.approved_mu),
        actual=decimal_text(place.area_mu),
        unit="mu",
    )
    yield over <= 0, item


def _approved(place: BurialPlace, bases: Sequence[InspectionBasis], on: date) -> Iterator[_Judged]:
    code = InspectionCode.NO_APPROVAL
    basis = next((each for each in bases if each.code == code.value and each.in_force(on)), None)
    if basis is None:
        yield bool(place.approval), InspectionFinding(code, None, "没有登记审批文号")
        return
    cited = InspectionFinding(
        code,
        Force.LEGAL,
        f"没有登记审批文号，{basis.citation}：{basis.quantity}。确已批准的请补登文号",
        rule_id=basis.id,
        citation=basis.citation,
        place=basis.place,
        valid_from=basis.valid_from,
        evidence=basis.evidence,
    )
    if basis.article:
        yield bool(place.approval), cited
        return
    yield bool(place.approval), replace(cited, force=None, message="没有登记审批文号")
    text = f"{basis.citation}自 {basis.valid_from} 起施行，条文未录入：审批是否合法待市局录入后判断"
    yield None, replace(cited, message=text)


def _limits(place: BurialPlace, book: CemeteryRuleBook, on: date) -> list[CemeteryRule]:
    """Laws on the size of plots of ash that hold for the place, the strictest first."""
    ash = (PlotClass.ASH_SINGLE.value, PlotClass.ASH_JOINT.value)
    found = [
        rule
        for rule in book.in_scope(place.division, on)
        if rule.topic is Topic.PLOT_SIZE
        and rule.force is Force.LEGAL
        and rule.operation in (None, place.operation)
        and any(word in ash for word in rule.subjects)
        and _holds(rule, place)
    ]
    return sorted(found, key=lambda rule: rule.limit)


def _graves(place: BurialPlace, limits: Sequence[CemeteryRule]) -> Iterator[_Judged]:
    """Graves that a check on the spot found too large."""
    over, counted = place.graves_over_limit, place.graves_counted
    if over is None:
        return
    share = ""
    if counted:
        percent = fixed(Fraction(100 * over, counted), 2)
        share = f"，占已查 {counted} 座的 {percent}%"
    rule = limits[0] if limits else None
    asks = "" if rule is None else f"。{rule.citation}要求不超过 {decimal_text(rule.limit)} 平方米"
    yield (
        over == 0,
        InspectionFinding(
            InspectionCode.GRAVES_OVER_LIMIT,
            None if rule is None else rule.force,
            f"登记有 {over} 座墓穴超面积{share}{asks}",
            rule_id="" if rule is None else rule.id,
            citation="" if rule is None else rule.citation,
            place="" if rule is None else rule.place,
            valid_from="" if rule is None else rule.valid_from,
            evidence="" if rule is None else rule.evidence,
            required="0",
            actual=str(over),
            unit="座",
        ),
    )


def _with_band(item: InspectionFinding, bases: Sequence[InspectionBasis]) -> InspectionFinding:
    """A finding on plots with how far they exceed the limit, and for a law the band that it is."""
    if item.code is not InspectionCode.PLOT_SIZE or not item.required or not item.actual:
        return item
    limit = Fraction(item.required)
    excess = 100 * (Fraction(item.actual) - limit) / limit
    text = f"{item.message}，超出限额 {fixed(excess, 1)}%"
    bands = next((each for each in bases if each.code == "oversize_band"), None)
    if bands is None or item.force is not Force.LEGAL:
        return replace(item, message=text)
    edges = [Decimal(0), *bands.above_percent]
    low = max((edge for edge in edges if edge < excess), default=edges[0])
    high = next((edge for edge in edges if edge >= excess), None)
    band = f"{decimal_text(low)}%—{decimal_text(high)}%" if high else f"{decimal_text(low)}% 以上"
    source = f"{bands.place}{bands.citation}（{bands.valid_from}，证据 {bands.evidence}）"
    return replace(item, message=f"{text}，参照{source}属“{band}”一档")


def _of_register(place: BurialPlace) -> Iterator[InspectionFinding]:
    if place.used is not None and place.capacity is not None and place.used > place.capacity:
        yield InspectionFinding(
            InspectionCode.OVER_CAPACITY,
            None,
            f"已用 {place.used} 个，多于总数 {place.capacity} 个，请核对登记或是否超建",
            required=str(place.capacity),
            actual=str(place.used),
            unit="个",
        )


def _not_given(
    place: BurialPlace, ground: Ground | None, verdict: CemeteryVerdict
) -> Iterator[InspectionFinding]:
    """What rules speak of and nobody told."""
    if not _is_sited(place):
        text = "骨灰堂不是坟墓，坟墓的选址规定是否适用由市局认定，没有核对选址"
        yield _silent(text)
    elif ground is None:
        yield _silent("没有登记位置，没有核对选址")
    else:
        words = verdict.not_given if ground.layers else ()
        names = [_label(word) for word in words]
        if names:
            yield _silent(f"没有图层或图层没有覆盖，没有核对：{'、'.join(names)}")
        if not ground.layers:
            yield _silent("没有任何图层覆盖这里，没有核对选址")
        covered = sum(share.percent for share in ground.lands)
        if ground.lands and covered < WHOLE - LEAST_PERCENT:
            yield _silent(f"地类图层只覆盖其 {decimal_text(covered)}%，其余没有核对地类")
    for name, value in _unknown(place):
        if value is None:
            yield InspectionFinding(InspectionCode.NOT_GIVEN, Force.PLAN, f"没有登记{name}")


def _silent(text: str) -> InspectionFinding:
    return InspectionFinding(InspectionCode.NOT_GIVEN, Force.LEGAL, text)


def _label(word: str) -> str:
    return "地类" if word == LAND else SiteFeature(word).label_zh


def _unknown(place: BurialPlace) -> Iterator[tuple[str, object]]:
    if place.kind is BurialPlaceKind.CEMETERY:
        yield "占地面积", place.area_mu
        yield "单人墓穴面积", place.plot_single_m2
        yield "服务级别", place.level
