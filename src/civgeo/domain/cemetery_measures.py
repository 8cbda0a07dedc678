"""What each rule says of the size of a cemetery, of its plots and of its shares."""

from collections.abc import Iterator

from civgeo.domain.cemetery_findings import Finding, Site, finding
from civgeo.domain.cemetery_rules import CemeteryLevel, CemeteryRule, PlotClass, Share, Topic
from civgeo.domain.quantity import decimal_text

__all__ = ["measure_findings"]


def measure_findings(rule: CemeteryRule, site: Site) -> Iterator[Finding]:
    """Findings of `rule`, which is about area, plots or shares, on `site`."""
    if rule.topic is Topic.MIN_AREA:
        yield from _area(rule, site)
    elif rule.topic is Topic.PLOT_SIZE:
        for word in rule.subjects:
            yield from _plots(rule, PlotClass(word), site)
    else:
        for word in rule.subjects:
            yield from _share(rule, Share(word), site)


def _without_level(rule: CemeteryRule, site: Site) -> str:
    """Why a rule for certain levels cannot be held against a site whose level is not given."""
    if site.level is not None or not rule.levels:
        return ""
    levels = "、".join(level.label_zh for level in CemeteryLevel if level in rule.levels)
    return f"{rule.citation}只对{levels}公墓作了规定，请给出公墓的级别（level）"


def _area(rule: CemeteryRule, site: Site) -> Iterator[Finding]:
    area = site.compared_mu
    if area is None:
        return
    unclear = _without_level(rule, site)
    if unclear:
        yield finding(rule, None, "", area, unclear)
        return
    missing = rule.limit - area
    short = f"，还差 {decimal_text(missing)} 亩" if missing > 0 else ""
    text = f"占地 {decimal_text(area)} 亩，{_bound(rule, '亩')}{short}"
    yield finding(rule, rule.accepts(area), "", area, text)


def _plots(rule: CemeteryRule, plot_class: PlotClass, site: Site) -> Iterator[Finding]:
    sizes = [
        (index, plot.m2) for index, plot in enumerate(site.plots) if plot.plot_class is plot_class
    ]
    if not sizes:
        return
    largest = max(m2 for _, m2 in sizes)
    unclear = _without_level(rule, site)
    if unclear:
        yield finding(rule, None, plot_class.value, largest, unclear)
        return
    beyond = tuple(index for index, m2 in sizes if not rule.accepts(m2))
    over = f"，{len(beyond)} 处超过" if beyond else ""
    told = f"{plot_class.label_zh}最大 {decimal_text(largest)} 平方米"
    text = f"{told}，{_bound(rule, '平方米')}{over}"
    yield finding(rule, not beyond, plot_class.value, largest, text, plots=beyond)


def _share(rule: CemeteryRule, share: Share, site: Site) -> Iterator[Finding]:
    percent = site.shares.get(share)
    if percent is None:
        return
    unclear = _without_level(rule, site)
    if unclear:
        yield finding(rule, None, share.value, percent, unclear)
        return
    text = f"{share.label_zh} {decimal_text(percent)}%，{_bound(rule, '%')}"
    yield finding(rule, rule.accepts(percent), share.value, percent, text)


def _bound(rule: CemeteryRule, unit: str) -> str:
    words = {">=": "不少于", ">": "大于", "<=": "不超过", "<": "小于"}[rule.operator.value]
    space = "" if unit == "%" else " "
    return f"{rule.citation}（{rule.quantity}）要求{words} {decimal_text(rule.limit)}{space}{unit}"
