"""An answer on scattered graves in words: how it was found, what came of it, what lacks."""

from collections.abc import Iterator

import pandas as pd

from civgeo.analysis.layout_problem import LayoutStatus
from civgeo.analysis.viewshed import REFRACTED
from civgeo.domain.quantity import decimal_text
from civgeo.services.graves import IN_PLACE, GraveAnswer
from civgeo.services.graves_relocation import STRAIGHT_LINE
from civgeo.services.graves_visibility import NOT_BY_SIGHT
from civgeo.store.elevations import ElevationMeta

__all__ = ["amount", "elevation_text", "headline", "missing_texts", "not_known", "notes"]

NO_SOURCE = "没有法定数值，由规划人员给出"


def amount(graves: pd.DataFrame) -> str:
    """Places and graves of some rows."""
    return f"{len(graves)} 处 {int(graves['count'].sum())} 座"


def headline(found: GraveAnswer) -> str:
    """The result in words; begins with how it was found, ends with what no layer tells."""
    graves = found.graves
    going = graves[graves["to_move"]]
    said = [f"登记散坟 {amount(graves)}", _told(found), f"列入迁移清单 {amount(going)}"]
    placed = int(found.moves.rows["graves"].sum())
    said.append(f"其中安排到公墓 {placed} 座，未安排 {int(going['count'].sum()) - placed} 座")
    lacking = "。".join(missing_texts(found))
    return "；".join(said) + "。" + (f"{lacking}。" if lacking else "")


def _told(found: GraveAnswer) -> str:
    graves, terms = found.graves, found.question
    if found.elevation is None:
        width = decimal_text(terms.corridor_m or terms.max_m)
        inside = graves[graves["in_corridor"]]
        return f"{NOT_BY_SIGHT}：道路两侧 {width} 米内 {amount(inside)}"
    seen, hidden = (graves[graves["seen"].eq(answer)] for answer in (True, False))
    told = (
        f"可视分析：{decimal_text(terms.max_m)} 米内看得见 {amount(seen)}，看不见 {amount(hidden)}"
    )
    return f"{told}，不能判断 {amount(not_known(found))}"


def not_known(found: GraveAnswer) -> pd.DataFrame:
    """Graves in place of which the heights, the layers or their records do not tell."""
    graves = found.graves
    return graves[graves["seen"].isna() & graves["status"].isin(IN_PLACE)]


def missing_texts(found: GraveAnswer) -> tuple[str, ...]:
    """What no layer tells, and what waits for a text; each in words."""
    return tuple(_missing(found))


def _missing(found: GraveAnswer) -> Iterator[str]:
    if found.roads.missing:
        kinds = "、".join(kind.label_zh for kind in found.roads.missing)
        yield f"缺图层：{kinds}，其两侧的散坟没有判断"
    if found.land is None:
        return
    if found.land.missing:
        kinds = "、".join(feature.label_zh for feature in found.land.missing)
        yield f"缺图层：{kinds}，规定禁止在其上建造坟墓，没有判断"
    for rule in found.land.waiting:
        yield f"条文待录入：{rule.citation}（{rule.id}）"
    for rule in found.land.named_areas:
        yield f"须对照地图：{rule.citation}{rule.quantity}（{rule.id}）"


def notes(found: GraveAnswer, *, each_unused: bool = True) -> tuple[str, ...]:
    """How the answer was found: parameters, layers, heights, assignment, versions.

    Parameters
    ----------
    found
        The answer.
    each_unused
        Whether every cemetery that was not used is named with its reason; False for how many.
    """
    return tuple(_notes(found, each_unused=each_unused))


def _notes(found: GraveAnswer, *, each_unused: bool) -> Iterator[str]:
    terms = found.question
    kinds = "、".join(kind.label_zh for kind in terms.roads)
    yield f"道路：{kinds}（各含其下的种类），共 {len(found.roads.lines)} 段"
    yield from _sight_notes(found)
    if terms.corridor_m is not None or found.elevation is None:
        width = decimal_text(terms.corridor_m or terms.max_m)
        yield f"{NOT_BY_SIGHT}：到道路的地面直线距离不超过 {width} m；{NO_SOURCE}"
    for meta in found.layers:
        mark = "，模拟数据" if meta.simulated else ""
        yield f"图层“{meta.title}”{meta.layer_date.isoformat()}，{meta.source}，{meta.digest}{mark}"
    if found.roads.areas:
        yield f"{found.roads.areas} 条道路以面绘出，取其边线"
    if found.land is not None:
        yield f"规定版本 {found.edition}；规定禁止建造坟墓，已有的是否迁移由主管部门决定"
    yield from _moving_notes(found)
    unused = found.cemeteries[found.cemeteries["unused_because"] != ""]
    if each_unused:
        for name, reason in zip(unused["name"], unused["unused_because"], strict=True):
            yield f"没有使用的公墓：{name}，{reason}"
    elif len(unused):
        yield f"没有使用的公墓 {len(unused)} 处，原因见工作簿的“公墓空位”"
    yield f"登记资料 {found.on.isoformat()}，数据版本 {found.data_version}"


def _sight_notes(found: GraveAnswer) -> Iterator[str]:
    terms, method, model = found.question, found.method, found.elevation
    if model is None:
        yield "没有高程模型，未作可视分析"
        return
    steps = f"沿路每 {decimal_text(terms.every_m)} m 一个观察点（共 {method.observers} 个）"
    yield (
        f"可视分析：视高 {decimal_text(terms.observer_m)} m，"
        f"墓碑高 {decimal_text(terms.target_m)} m，{steps}，"
        f"最远 {decimal_text(terms.max_m)} m；{NO_SOURCE}"
    )
    yield (
        f"{elevation_text(model)}，分析格子 {method.cell_m:g} m，计地球曲率并扣除折光（系数"
        f" {REFRACTED:.3f}）；高程模型里没有的房屋、树木不算遮挡"
    )
    if method.observers_without_height:
        yield f"有散坟在旁的观察点中，{method.observers_without_height} 个没有高程"


def _moving_notes(found: GraveAnswer) -> Iterator[str]:
    moves = found.moves
    whole = "可拆分到几处公墓" if found.question.divide else "每处整处安置，不拆分"
    yield (
        f"安排公墓：先使安排的座数最多，再使各座路程之和最小（{STRAIGHT_LINE}）；{whole}；"
        f"只用使用中、有空位的公墓；登记了服务区划的只接收其内的散坟；不区分骨灰与遗体"
    )
    if moves.status is not LayoutStatus.OPTIMAL:
        bound = f"，不低于 {moves.bound_m:.0f}" if moves.bound_m else ""
        more = f"，最多可安排 {moves.most} 座" if moves.most > moves.rows["graves"].sum() else ""
        yield f"安排结果{moves.status.label_zh}：路程之和 {moves.total_m:.0f} 座·m{bound}{more}"


def elevation_text(meta: ElevationMeta) -> str:
    """An elevation model as it is cited."""
    east, north = meta.cell_m
    holes = f"，无高程的占 {meta.unknown_share:.2%}" if meta.unknown_share else ""
    return f"高程模型 {meta.source}（{meta.digest}，格子 {east:g} × {north:g} m{holes}）"
