"""The words of a siting. A free cell is one where nothing at hand forbids; never more than that."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from civgeo.analysis.site_marks import PlaneKind
from civgeo.domain.cemetery_rules import CemeteryRule
from civgeo.domain.quantity import decimal_text
from civgeo.domain.site_features import SiteFeature
from civgeo.services.siting_answer import SitingConstraint
from civgeo.services.siting_ground import GroundLayers
from civgeo.services.siting_question import SitingQuestion
from civgeo.services.siting_rules import UNKNOWN, Claim, Gap
from civgeo.store.elevations import ElevationMeta

__all__ = ["candidate_text", "claim_text", "gap_text", "headline", "hectares", "notes_of"]
__all__ += ["parcels_headline", "spot_headline", "steep_text", "waiting_text"]

_NO_SLOPE = "坡度没有法定数值，没有给出上限，没有评价"
_NO_HAZARD = "地质灾害、洪水淹没没有作为本局自有图层导入，没有评价"


def hectares(m2: float) -> str:
    """Area in hectares to two decimals."""
    return f"{m2 / 10_000:,.2f} 公顷"


def claim_text(claim: Claim, kind: PlaneKind, edition: str) -> str:
    """What a mark of a claim says, with rule, edition, layer and its date."""
    meta = claim.layer.meta
    layer = f"图层“{meta.title}”（{meta.layer_date.isoformat()}）"
    rule = claim.rule
    if rule is None:
        wish = "规划人员的要求，不是法规"
        ends = f"{layer}没有覆盖到这里，没有评价：{wish}"
        return ends if kind is _MISSING else f"{_where(claim, layer)}：{wish}"
    cited = f"{rule.citation}（规则 {rule.id}，{rule.force.label_zh}，版次 {edition}）"
    dated = "" if rule.valid_from else "；施行日期未录入，待市局确认"
    what = claim.feature.label_zh if claim.feature is not None else ""
    if kind is _MISSING:
        lands = f"，或是否为{_named(claim.only_on)}不明" if claim.only_on else ""
        return f"{layer}没有覆盖到这里{lands}，{what}没有评价：{cited}{dated}"
    if kind is PlaneKind.UNCLEAR:
        return f"{_unclear(claim, what)}，须查明：{cited}；{layer}{dated}"
    return f"{_where(claim, what)}：{_says(claim, kind, cited)}；{layer}{dated}"


_MISSING = PlaneKind.MISSING


def _where(claim: Claim, what: str) -> str:
    if not claim.distance_m:
        return f"在{what}内"
    return f"距{what}{'不超过' if claim.at_limit else '不足'} {claim.distance_m:g} 米"


def _unclear(claim: Claim, what: str) -> str:
    if UNKNOWN in claim.kinds:
        return f"在地类不认识的图斑内，是否为{what}不明"
    wider = _named(sorted(SiteFeature(kind) for kind in claim.kinds))
    return f"{_where(claim, wider)}，是否为{what}不明"


def _says(claim: Claim, kind: PlaneKind, cited: str) -> str:
    rule = claim.rule
    asks = f"“{rule.quantity}”" if rule is not None else ""
    if kind is PlaneKind.APPROVAL:
        return f"须经批准，{cited}"
    if claim.reads_as is not None:
        other = claim.reads_as
        return f"{cited}{asks}没有米数，比照{other.citation}（规则 {other.id}）{_metres(other)}"
    if claim.without_metres:
        return f"{cited}{asks}没有米数，只排除其内，以外没有评价"
    lands = f"，在{_named(claim.only_on)}上适用" if claim.only_on else ""
    return f"不得建造，{cited}{asks}{lands}"


def _metres(rule: CemeteryRule) -> str:
    return f"{decimal_text(rule.limit)} 米"


def _named(features: Iterable[SiteFeature]) -> str:
    return "、".join(feature.label_zh for feature in features)


def gap_text(gap: Gap) -> str:
    """Why a feature is not known, and which rules wait for it."""
    rules = "、".join(dict.fromkeys(rule.citation for rule in gap.rules))
    name = gap.feature.label_zh
    if gap.wider:
        titles = "、".join(f"“{layer.meta.title}”" for layer in gap.wider)
        return f"没有{name}图层，{titles}没有分出{name}，是否为{name}不明：{rules}"
    if gap.narrower:
        titles = "、".join(f"“{layer.meta.title}”" for layer in gap.narrower)
        return f"{name}只有{titles}，其余{name}没有图层，没有评价：{rules}"
    return f"没有{name}图层，没有评价：{rules}"


def waiting_text(rules: Sequence[CemeteryRule]) -> str:
    """Texts in force that are not at hand."""
    names = [f"《{rule.regulation}》" for rule in rules]
    numbers = [rule.document_no for rule in rules]
    told = [
        f"{name}（{number}）" if number else name
        for name, number in zip(names, numbers, strict=True)
    ]
    return "、".join(dict.fromkeys(told)) or "无"


def headline(
    free_m2: float,
    layers: int,
    gaps: Sequence[Gap],
    waiting: Sequence[CemeteryRule],
    *,
    cell_m: float,
    unknown: Sequence[SitingConstraint] = (),
    simulated: bool = False,
) -> str:
    """The result in words: never without what was not known.

    Parameters
    ----------
    free_m2
        Land on which nothing forbids, m2.
    layers
        How many layers rules or wishes were held against.
    gaps
        What no layer tells.
    waiting
        Texts that are not at hand.
    cell_m
        Side of the cells that were judged, metres.
    unknown
        Marks: of land that a layer or the elevation model does not reach, and of land that counts
        as free but needs an approval or must be looked into.
    simulated
        Whether anything is simulated.
    """
    missing = _missing_text(gaps) + _ends_text(unknown)
    if not layers:
        found = "没有提供现行规定所涉及的图层，没有核对任何规定，不给出候选地"
    else:
        free = f"没有发现禁止情形的土地共 {hectares(free_m2)}（按 {cell_m:g} 米格子）"
        found = f"在已提供的 {layers} 个图层中，{free}{_conditions_text(unknown)}"
    told = f"{found}；缺少图层：{missing}；条文待录入：{waiting_text(waiting)}"
    return f"【模拟数据】{told}" if simulated else told


def parcels_headline(
    count: int,
    verdicts: Mapping[str, int],
    gaps: Sequence[Gap],
    waiting: Sequence[CemeteryRule],
    *,
    simulated: bool = False,
) -> str:
    """The result for some parcels in words, with how many have each verdict."""
    found = "，".join(f"{number} 块{words}" for words, number in verdicts.items())
    told = f"共 {count} 块地：{found or '没有地块'}"
    told += f"；缺少图层：{_missing_text(gaps)}；条文待录入：{waiting_text(waiting)}"
    return f"【模拟数据】{told}" if simulated else told


def spot_headline(
    kinds: Sequence[PlaneKind] | None,
    gaps: Sequence[Gap],
    waiting: Sequence[CemeteryRule],
    *,
    simulated: bool = False,
) -> str:
    """What was found at one place, in words; `kinds` of its marks, None where nothing was held."""
    if kinds is None:
        found = "没有提供现行规定所涉及的图层，没有核对任何规定"
    elif PlaneKind.EXCLUDED in kinds:
        found = f"有 {kinds.count(PlaneKind.EXCLUDED)} 项规定或要求排除此处"
    else:
        found = "在已提供的图层中，此处没有发现禁止情形"
    for kind, words in _HERE.items():
        found += f"；{words}" if kinds and kind in kinds else ""
    told = f"{found}；缺少图层：{_missing_text(gaps)}；条文待录入：{waiting_text(waiting)}"
    return f"【模拟数据】{told}" if simulated else told


_HERE = {
    PlaneKind.APPROVAL: "此处须经批准",
    PlaneKind.UNCLEAR: "是否属于禁止范围须查明",
    PlaneKind.MISSING: "有图层没有覆盖到这里",
    PlaneKind.UNASSESSED: "没有高程，坡度没有评价",
}


def _missing_text(gaps: Sequence[Gap]) -> str:
    corridors = [gap.feature for gap in gaps if gap.is_corridor]
    others = [gap.feature for gap in gaps if not gap.is_corridor]
    if not corridors:
        return _named(others) or "无"
    told = f"{_named(others)}；另缺法定控制区的" if others else "法定控制区的"
    return told + _named(corridors)


def _conditions_text(constraints: Sequence[SitingConstraint]) -> str:
    """What some of the free land still needs."""
    kinds = {each.kind for each in constraints if each.alone_m2}
    words = [text for kind, text in _CONDITIONS.items() if kind in kinds]
    return f"，其中有{'、'.join(words)}的，见说明" if words else ""


_CONDITIONS = {PlaneKind.APPROVAL: "须经批准", PlaneKind.UNCLEAR: "须查明"}


def _ends_text(constraints: Sequence[SitingConstraint]) -> str:
    """Land that nothing forbids as far as is known, because a layer ends before it."""
    areas = {
        each.number: f"{_ending(each)}（{hectares(each.alone_m2)}）"
        for each in constraints
        if each.kind in (PlaneKind.MISSING, PlaneKind.UNASSESSED) and each.alone_m2
    }
    return f"；图层没有覆盖到、没有评价的：{'、'.join(areas.values())}" if areas else ""


def _ending(each: SitingConstraint) -> str:
    if each.feature is not None:
        return each.feature.label_zh
    return "高程模型" if each.layer is None else each.layer.title


def steep_text(kind: PlaneKind, question: SitingQuestion, elevation: ElevationMeta) -> str:
    """What a mark of the slope limit says."""
    model = f"高程模型 {elevation.source}（{elevation.digest}）"
    if kind is PlaneKind.UNASSESSED:
        return f"没有高程，坡度没有评价；{model}"
    limit = decimal_text(question.slope_deg or 0)
    return f"坡度大于 {limit} 度：规划人员的要求，不是法规；{model}"


_KIND_WORDS = {
    PlaneKind.APPROVAL: "未被其他规定排除、但须经批准的土地",
    PlaneKind.UNCLEAR: "图层分不清是否属于禁止范围、须查明的土地",
    PlaneKind.MISSING: "图层没有覆盖到、没有评价的土地",
    PlaneKind.UNASSESSED: "没有高程、坡度没有评价的土地",
}


def notes_of(
    ground: GroundLayers, constraints: Sequence[SitingConstraint], question: SitingQuestion
) -> tuple[str, ...]:
    """What must be said beside the headline."""
    unknown = "计入" if question.admit_unknown else "没有计入"
    notes = []
    for kind, words in _KIND_WORDS.items():
        areas = {each.number: each for each in constraints if each.kind is kind and each.alone_m2}
        for each in areas.values():
            reach = f"，{each.distance_m:g} 米内" if each.distance_m else ""
            title = "" if each.layer is None else f"（图层“{each.layer.title}”{reach}）"
            counted = "计入" if kind in (PlaneKind.APPROVAL, PlaneKind.UNCLEAR) else unknown
            notes.append(f"{words}{title}：{hectares(each.alone_m2)}，{counted}候选地")
    endless = [layer.meta.title for layer in ground.layers if not layer.meta.has_extent]
    if endless:
        notes.append(f"没有写明范围、按全域完整对待的图层：{'、'.join(endless)}")
    held = {each.layer.digest for each in constraints if each.layer is not None}
    idle = [layer.meta.title for layer in ground.layers if layer.meta.digest not in held]
    if idle:
        notes.append(f"现行规定没有涉及、没有参与排除的图层：{'、'.join(idle)}")
    notes += [_NO_SLOPE] if question.slope_deg is None else []
    notes += [] if any(layer.meta.is_own for layer in ground.layers) else [_NO_HAZARD]
    return tuple(dict.fromkeys(notes))


def candidate_text(row: Mapping[Hashable, Any]) -> str:
    """A candidate in words; what is not known is left out, never guessed."""
    parts = [f"{row['area_mu']:,.1f} 亩，在已有图层中没有发现禁止情形"]
    if isinstance(row["land_class"], str):
        parts.append(f"地类以{row['land_class']}为主（{row['land_class_share']:.0%}）")
    if row["slope_known_share"] > 0:
        parts.append(f"平均坡度 {row['mean_slope_deg']:.1f} 度")
    if row["road_m"] == row["road_m"]:
        named = f"（{row['road_name']}）" if isinstance(row["road_name"], str) else ""
        parts.append(f"距最近道路{named} {row['road_m']:,.0f} 米")
    if row["towns_m"] == row["towns_m"]:
        far = f"{row['towns_m'] / 1_000:,.1f} 公里"
        parts.append(f"到所服务乡镇（乡镇级为最近的一个）平均直线 {far}")
    if row["visible_share"] == row["visible_share"]:
        parts.append(f"公路主干线上可见 {row['visible_share']:.0%}（只按地形）")
    for name, words in _SHARE_WORDS.items():
        if row[name] > 0:
            parts.append(f"其中 {row[name]:.0%} {words}")
    return "；".join(parts)


_SHARE_WORDS = {
    "approval_share": "须经批准",
    "unclear_share": "须查明是否属于禁止范围",
    "unknown_share": "有图层没有覆盖到或没有高程",
}
