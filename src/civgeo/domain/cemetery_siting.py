"""What each rule says of the place of a cemetery: land, zones, distances, legal corridors.

A distance of 0 is inside. A site at exactly the required distance keeps it. Where a rule says only
“附近” or “两侧”, the largest distance that the law in force there gives for the same feature is
read into it; without one it is not decided, however far the site.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from civgeo.domain.cemetery_findings import AskedLand, Finding, Site, finding
from civgeo.domain.cemetery_rules import CemeteryRule, Comparison, Force, Topic
from civgeo.domain.quantity import decimal_text
from civgeo.domain.site_features import SiteFeature

__all__ = ["features_of", "holds_on", "siting_findings"]


def siting_findings(
    rule: CemeteryRule, site: Site, scope: Sequence[CemeteryRule]
) -> Iterator[Finding]:
    """Findings of `rule`, which is about land, distances or corridors, on `site`.

    Parameters
    ----------
    rule
        One of `scope`.
    site
        The site.
    scope
        Rules in force there; a distance that one leaves open is taken from the others.
    """
    if not holds_on(rule, site):
        return
    if site.land is not None and rule.topic is Topic.FORBIDDEN_LAND:
        yield from _on_cover(rule, site.land)
    for feature, distance in site.near.items():
        if rule.topic is Topic.FORBIDDEN_LAND:
            yield from _in_zone(rule, feature, distance)
        elif rule.operator is Comparison.NEAR:
            yield from _beside(rule, feature, distance, site, scope)
        else:
            yield from _at_distance(rule, feature, distance)


def features_of(rule: CemeteryRule) -> tuple[SiteFeature, ...]:
    """Features of a site that a rule on its place speaks of."""
    return tuple(SiteFeature(word) for word in rule.subjects)


def holds_on(rule: CemeteryRule, site: Site) -> bool:
    """Whether `rule` holds on the land of `site`; some hold on hills only."""
    land = site.land.feature if site.land else None
    return not rule.only_on or (
        land is not None and any(land.lies_in(required) for required in rule.only_on)
    )


def _on_cover(rule: CemeteryRule, land: AskedLand) -> Iterator[Finding]:
    covers = [feature for feature in features_of(rule) if feature.is_land_cover]
    if not covers or (land.feature is not None and not land.feature.is_land_cover):
        return
    forbidden = "、".join(feature.label_zh for feature in covers)
    told = f"地类为{land.label_zh}"
    if land.feature is None:
        text = f"不认识地类“{land.word[:40]}”，不能判断是否属于{rule.citation}所列的{forbidden}"
        yield finding(rule, None, "land_class", land.word, f"{text}；请改用国家地类名称或代码")
    elif any(land.feature.lies_in(cover) for cover in covers):
        yield _inside(rule, land.feature, told, land.feature.value)
    elif any(cover.lies_in(land.feature) for cover in covers):
        text = f"{told}，是否为{forbidden}不明，请查明后再判断。依据{rule.citation}"
        yield finding(rule, None, "land_class", land.feature.value, text)
    elif rule.operator is Comparison.FORBIDDEN:
        text = f"{told}，不属于{rule.citation}所列的{forbidden}"
        yield finding(rule, True, "land_class", land.feature.value, text)


def _inside(rule: CemeteryRule, feature: SiteFeature, told: str, actual: str) -> Finding:
    subject = "land_class" if feature.is_land_cover else feature.value
    if rule.operator is Comparison.APPROVAL:
        text = f"{told}，{rule.citation}规定须经批准，请核对批准文件"
        return finding(rule, None, subject, actual, text)
    return finding(rule, False, subject, actual, f"{told}，{rule.citation}规定不得建造，请另选址")


def _in_zone(rule: CemeteryRule, feature: SiteFeature, distance: Decimal) -> Iterator[Finding]:
    zones = [zone for zone in features_of(rule) if not zone.is_land_cover]
    if any(feature.lies_in(zone) for zone in zones):
        if distance == 0:
            yield _inside(rule, feature, f"在{feature.label_zh}内", "0")
        elif rule.operator is Comparison.FORBIDDEN:
            text = f"在{feature.label_zh}外 {decimal_text(distance)} 米，符合{rule.citation}"
            yield finding(rule, True, feature.value, distance, text)
    elif distance == 0 and any(zone.lies_in(feature) for zone in zones):
        narrower = "、".join(zone.label_zh for zone in zones if zone.lies_in(feature))
        text = f"在{feature.label_zh}内，是否为{narrower}不明，请查明后再判断。依据{rule.citation}"
        yield finding(rule, None, feature.value, distance, text)


def _at_distance(rule: CemeteryRule, feature: SiteFeature, distance: Decimal) -> Iterator[Finding]:
    named = [item for item in features_of(rule) if feature.lies_in(item)]
    narrower = [item for item in features_of(rule) if item.lies_in(feature) and item not in named]
    kept = rule.accepts(distance)
    told = f"距{feature.label_zh} {decimal_text(distance)} 米"
    if named:
        yield finding(rule, kept, feature.value, distance, f"{told}，{_asked(rule, distance)}")
    elif narrower and not kept:
        labels = "、".join(item.label_zh for item in narrower)
        text = f"{told}，如为{labels}则不够：{_asked(rule, distance)}；请查明后再判断"
        yield finding(rule, None, feature.value, distance, text)


def _asked(rule: CemeteryRule, distance: Decimal, by: CemeteryRule | None = None) -> str:
    source = rule if by is None else by
    words = "大于" if source.operator is Comparison.MORE_THAN else "不小于"
    text = f"{source.citation}（{source.quantity}）要求{words} {decimal_text(source.limit)} 米"
    missing = source.limit - distance
    return f"{text}，还差 {decimal_text(missing)} 米" if missing > 0 else text


def _beside(
    rule: CemeteryRule,
    feature: SiteFeature,
    distance: Decimal,
    site: Site,
    scope: Sequence[CemeteryRule],
) -> Iterator[Finding]:
    if not any(feature.lies_in(item) for item in features_of(rule)):
        return
    told = f"距{feature.label_zh} {decimal_text(distance)} 米"
    reading = _reading(feature, site, scope)
    if distance == 0:
        text = f"在{feature.label_zh}上，{rule.citation}（{rule.quantity}）规定不得建造，请另选址"
        yield finding(rule, False, feature.value, distance, text)
    elif reading is not None:
        text = f"{told}，{rule.citation}没有米数，比照{_asked(rule, distance, reading)}"
        kept = reading.accepts(distance)
        yield finding(rule, kept, feature.value, distance, text, required=reading.limit)
    else:
        text = (
            f"{told}，{rule.citation}只写“{rule.quantity}”，没有米数，是否合规须由市局认定；"
            "有具体距离的请录入本局规则"
        )
        yield finding(rule, None, feature.value, distance, text)


def _reading(
    feature: SiteFeature, site: Site, scope: Sequence[CemeteryRule]
) -> CemeteryRule | None:
    """The strictest distance that the law in `scope` gives for `feature`."""
    found = [
        other
        for other in scope
        if other.topic is Topic.DISTANCE
        and other.operator.has_number
        and other.force is Force.LEGAL
        and holds_on(other, site)
        and any(feature.lies_in(item) for item in features_of(other))
    ]
    return max(found, key=lambda other: other.limit, default=None)
