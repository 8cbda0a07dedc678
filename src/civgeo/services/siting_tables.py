"""Tables of the siting report: rules, layers, parameters, exclusions, candidates."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.cemetery_rules import CemeteryRule, Comparison
from civgeo.domain.quantity import decimal_text
from civgeo.maps.siting_view import KIND_LOOKS, hectares
from civgeo.reports.planning_report import Table
from civgeo.services.siting_answer import SitingAnswer, SitingConstraint
from civgeo.services.siting_maps import named, shortened
from civgeo.services.siting_terms import siting_terms

__all__ = ["candidate_table", "exclusion_table", "layer_table", "rule_table", "term_table"]
__all__ += ["missing_names", "missing_table", "used_rules"]


def used_rules(answer: SitingAnswer) -> list[CemeteryRule]:
    """Rules that were held against a layer, each once."""
    held = [each.rule for each in answer.constraints if each.rule is not None]
    held += [each.reads_as for each in answer.constraints if each.reads_as is not None]
    if answer.min_area_rule is not None:
        held.append(answer.min_area_rule)
    return list({rule.id: rule for rule in held}.values())


def rule_table(caption: str, rules: Iterable[CemeteryRule], edition: str) -> Table:
    """Rules with source, article, force, evidence, period, and the edition that they are of."""
    rows = [
        (
            rule.id,
            f"{rule.place} {rule.citation}" + (f"，{rule.document_no}" if rule.document_no else ""),
            _asks(rule),
            f"{rule.force.label_zh}，{rule.evidence}",
            f"{rule.valid_from or '未录入'} 起{f'，至 {rule.valid_to}' if rule.valid_to else ''}",
        )
        for rule in rules
    ]
    return Table(
        f"{caption}（规定版本 {edition}）",
        ("编号", "出处", "要求", "效力、证据", "施行"),
        (48, 42, 28, 15, 23),
        tuple(rows) or (("没有", "—", "—", "—", "—"),),
    )


def _asks(rule: CemeteryRule) -> str:
    if rule.value is None or rule.operator not in _COMPARED:
        return rule.quantity
    unit = _UNITS.get(rule.unit, rule.unit)
    return f"{rule.quantity}：{_COMPARED[rule.operator]} {decimal_text(rule.limit)} {unit}"


_UNITS = {"m": "米", "mu": "亩", "m2": "平方米"}
_COMPARED = {
    Comparison.AT_LEAST: "不小于",
    Comparison.MORE_THAN: "大于",
    Comparison.AT_MOST: "不超过",
    Comparison.LESS_THAN: "小于",
}


def layer_table(answer: SitingAnswer) -> Table:
    """Layers with kind, day, source, digest and extent, and the elevation model."""
    rows = [
        (
            shortened(layer.title, 80),
            shortened("、".join(each.label_zh for each in layer.covers) or "本局图层", 60),
            layer.layer_date.isoformat(),
            shortened(layer.source, 60),
            f"{layer.features:,}",
            "有" if layer.has_extent else "无，视为全域",
            layer.digest,
        )
        for layer in answer.layers
    ]
    elevation = answer.elevation
    if elevation is not None:
        size = f"{elevation.rows:,} × {elevation.columns:,}"
        known = f"缺 {elevation.unknown_share:.1%}"
        saved = elevation.saved_at[:10]
        source = shortened(elevation.source, 60)
        rows.append(("高程模型", "高程", f"{saved} 存入", source, size, known, elevation.digest))
    return Table(
        "表 3　图层",
        ("名称", "种类", "日期", "来源", "要素", "范围", "编号"),
        (28, 27, 20, 26, 14, 15, 26),
        tuple(rows) or (("没有图层", *("—",) * 6),),
    )


def term_table(answer: SitingAnswer) -> Table:
    """Parameters, defaults marked."""
    rows = [(term.label, term.value, term.origin) for term in siting_terms(answer)]
    return Table("表 4　参数", ("参数", "取值", "来自"), (34, 98, 24), tuple(rows))


def exclusion_table(answer: SitingAnswer) -> Table:
    """What marks the cells, a row for all rules that mark the same ones, with its areas."""
    held = sorted(answer.constraints, key=lambda each: (_order(each), -each.area_m2, each.number))
    rows = []
    for _, group in groupby(held, key=lambda each: each.number):
        rules = list(group)
        one = rules[0]
        ids = dict.fromkeys(
            "规划人员的要求" if each.rule is None else each.rule.id for each in rules
        )
        rows.append(
            (
                _exclusion(one),
                "\n".join(ids),
                "—" if one.layer is None else one.layer.layer_date.isoformat(),
                hectares(one.area_m2).removesuffix(" 公顷"),
                f"{one.share:.2%}",
                hectares(one.alone_m2).removesuffix(" 公顷"),
            )
        )
    return Table(
        "表 5　各项禁止情形与没有评价的范围（公顷）",
        ("情形", "规则编号", "图层日期", "面积", "占全域", "仅此一项"),
        (37, 50, 21, 16, 15, 17),
        tuple(rows) or (("没有可核对的图层", *("—",) * 5),),
        (3, 4, 5),
    )


def _order(constraint: SitingConstraint) -> int:
    return list(PlaneKind).index(constraint.kind)


def _exclusion(constraint: SitingConstraint) -> str:
    name = shortened(named(constraint))
    if constraint.kind is PlaneKind.EXCLUDED:
        return name
    return f"{KIND_LOOKS[constraint.kind][0]}：{name}"


def candidate_table(answer: SitingAnswer) -> Table:
    """Candidates by rank with the figures that they are compared by."""
    rows = [
        (
            str(number),
            f"{row['area_mu']:,.1f}",
            _figure(row["compactness"], "{:.2f}"),
            _figure(row["mean_slope_deg"], "{:.1f}"),
            _text(row["land_class"]),
            _figure(row["road_m"], "{:,.0f}"),
            _text(row["township"]),
            _figure(row["visible_share"], "{:.0%}"),
            _figure(row["score"], "{:.3f}"),
            _figure(row["top_share"], "{:.0%}"),
        )
        for number, row in zip(
            answer.candidates.index,
            answer.candidates.drop(columns="geometry").to_dict("records"),
            strict=True,
        )
    ]
    return Table(
        "表 6　候选地",
        (
            "名次",
            "面积（亩）",
            "紧凑度",
            "坡度（度）",
            "主要地类",
            "道路（m）",
            "乡镇",
            "可见",
            "得分",
            "前列占比",
        ),
        (11, 18, 14, 15, 21, 16, 22, 12, 13, 14),
        tuple(rows) or (("—", "没有达到最小面积的候选地", *("—",) * 8),),
        (0, 1, 2, 3, 5, 7, 8, 9),
    )


def _figure(value: float | None, form: str) -> str:
    return "—" if value is None or value != value else form.format(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) and value else "—"


def missing_table(answer: SitingAnswer) -> Table:
    """Layers that rules ask for and that are not there, or end before the region does."""
    rows = [(each.feature.label_zh, each.text, _ids(each.rules)) for each in answer.missing]
    rows += [
        (shortened(named(each)), each.text, each.rule.id if each.rule else "—")
        for each in _ending(answer)
    ]
    return Table(
        "表 7　缺少的图层（没有评价）",
        ("缺少", "说明", "等它的规则"),
        (28, 78, 50),
        tuple(rows) or (("没有", "规定所涉及的地类和地物都有图层", "—"),),
    )


def missing_names(answer: SitingAnswer) -> str:
    """Names of the layers of `missing_table`, each once."""
    names = [each.feature.label_zh for each in answer.missing]
    names += [f"{_whose(each)}（没有覆盖全域）" for each in _ending(answer)]
    return "、".join(dict.fromkeys(names)) or "无"


def _whose(each: SitingConstraint) -> str:
    if each.feature is not None:
        return each.feature.label_zh
    return "" if each.layer is None else shortened(each.layer.title)


def _ending(answer: SitingAnswer) -> Iterator[SitingConstraint]:
    """What land stays unjudged by, because a layer ends before it."""
    for each in answer.constraints:
        if each.kind is PlaneKind.MISSING and each.alone_m2:
            yield each


def _ids(rules: Sequence[CemeteryRule]) -> str:
    return "\n".join(rule.id for rule in rules)
