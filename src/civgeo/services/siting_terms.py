"""Parameters of a question of siting in words: which were given, and which are defaults."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from civgeo.domain.quantity import decimal_text
from civgeo.services.siting_answer import SitingAnswer
from civgeo.services.siting_question import Criterion, SitingQuestion

__all__ = ["Term", "siting_terms"]


@dataclass(frozen=True, slots=True)
class Term:
    """A parameter: label, value, and whether the question gave it or left it to the default.

    `given` is None for the size of cells, which maps and pages choose where nobody gives it.
    """

    label: str
    value: str
    given: bool | None

    @property
    def origin(self) -> str:
        """Who set it."""
        if self.given is None:
            return "给出或自动取"
        return "提问给出" if self.given else "默认"


def siting_terms(answer: SitingAnswer) -> tuple[Term, ...]:
    """Every parameter of the answer's question, with what the defaults came to."""
    return tuple(_terms(answer))


def _terms(answer: SitingAnswer) -> Iterator[Term]:
    asked = answer.question
    usual = SitingQuestion(asked.division, asked.level)
    given = {
        field.name: getattr(asked, field.name) != getattr(usual, field.name)
        for field in fields(asked)
    }
    view = asked.view
    yield Term("区域", f"{answer.region_name}（{asked.division}）", True)
    yield Term("公墓级别", asked.level.label_zh, True)
    yield Term("经营性质", asked.operation.label_zh, given["operation"])
    yield Term("评价日", answer.on.isoformat(), given["on"])
    yield Term("最小面积", _least_area(answer), given["min_area_mu"])
    yield Term("格子边长", f"{answer.marks.grid.cell_m:g} m", None if given["cell_m"] else False)
    slope = _degrees(asked.slope_deg) or "没有给出，不按坡度排除"
    yield Term("坡度上限", slope, given["slope_deg"])
    yield Term("图层", f"{len(answer.layers)} 个，见图层表", given["layers"])
    elevation = answer.elevation
    yield Term("高程", "没有用" if elevation is None else elevation.source, given["elevation"])
    unknown = "可以划入候选地" if asked.admit_unknown else "不划入候选地"
    yield Term("没有评价的格子", unknown, given["admit_unknown"])
    yield Term("权重", _weights(asked), given["weights"])
    yield Term("列出的候选地", f"前 {asked.top} 片", given["top"])
    yield Term(
        "排名的前列占比",
        f"权重在 ±{decimal_text(100 * asked.spread)}% 内随机取 {asked.draws} 次"
        f"（种子 {asked.seed}），计入前 {asked.firm_top} 名的次数",
        any(given[name] for name in ("firm_top", "spread", "draws", "seed")),
    )
    yield Term("容量", _capacity(asked), given["burial_share"])
    yield Term(
        "公路可视",
        f"视点高 {decimal_text(view.observer_m)} m，每 {decimal_text(view.every_m)} m 一个，"
        f"看到 {decimal_text(view.max_distance_m)} m",
        given["view"],
    )


def _least_area(answer: SitingAnswer) -> str:
    area = f"{decimal_text(answer.min_area_mu)} 亩"
    rule = answer.min_area_rule
    return f"{area}，规划人员给出" if rule is None else f"{area}，{rule.citation}（{rule.id}）"


def _degrees(value: Decimal | None) -> str:
    return "" if value is None else f"{decimal_text(value)} 度，规划人员给出，不是规定"


def _weights(asked: SitingQuestion) -> str:
    used = [(each, asked.weights[each]) for each in Criterion if asked.weights.get(each)]
    return "、".join(f"{each.label_zh} {decimal_text(weight)}" for each, weight in used)


def _capacity(asked: SitingQuestion) -> str:
    share, path, plot = asked.burial_share, asked.path_m2, asked.plot_m2
    if share is None or path is None or plot is None:
        return "没有给出墓区比例、墓间路和墓穴面积，不计算"
    return (
        f"墓区占 {decimal_text(100 * share)}%，每穴 {decimal_text(plot)} m²，"
        f"墓间路 {decimal_text(path)} m²"
    )
