"""Use case: the siting report of one answer, as Word or PDF."""

from collections.abc import Iterator, Sequence

from civgeo.domain.cemetery_rules import CemeteryRule
from civgeo.maps.siting_sheet import siting_panels, siting_picture
from civgeo.maps.siting_view import hectares
from civgeo.maps.static import PictureFormat
from civgeo.reports.planning_report import (
    Block,
    Heading,
    Picture,
    PlanningReport,
    Table,
    Text,
    planning_docx,
    planning_pdf,
)
from civgeo.services.city import City
from civgeo.services.reach_report import ReportForm
from civgeo.services.siting_answer import SitingAnswer
from civgeo.services.siting_maps import candidate_facts, siting_note, siting_view
from civgeo.services.siting_tables import (
    candidate_table,
    exclusion_table,
    layer_table,
    missing_names,
    missing_table,
    rule_table,
    term_table,
    used_rules,
)

__all__ = ["CARDS", "siting_report"]

CARDS = 10
_EVIDENCE = "证据：S 全文核对，E 摘录，C 推算，M 凭记忆，- 无出处。没有施行日期的，待市局确认。"


def siting_report(
    city: City, answer: SitingAnswer, form: ReportForm, *, public_number: str = ""
) -> bytes:
    """The report: result, rules, layers, parameters, exclusions, candidates, gaps, limits."""
    kind = f"{answer.question.level.label_zh}{answer.question.operation.label_zh}公墓"
    report = PlanningReport(
        title=f"{answer.region_name}公墓选址分析",
        subtitle=f"{kind}　{answer.on.year} 年 {answer.on.month} 月",
        facts=_facts(answer, kind, public_number),
        blocks=tuple(_blocks(city, answer, public_number)),
        simulated=answer.simulated,
    )
    return planning_docx(report) if form is ReportForm.DOCX else planning_pdf(report)


def _facts(answer: SitingAnswer, kind: str, public_number: str) -> tuple[tuple[str, str], ...]:
    days = sorted({layer.layer_date.isoformat() for layer in answer.layers})
    return (
        ("问题", f"{answer.region_name}何处有可供{kind}选址、没有发现禁止情形的土地"),
        ("规定", f"{answer.on.isoformat()} 施行的，版本 {answer.edition}"),
        ("图层", f"{len(answer.layers)} 个，{' 至 '.join(dict.fromkeys((days[0], days[-1])))}")
        if days
        else ("图层", "没有"),
        ("缺少图层", missing_names(answer)),
        ("待录入条文", f"{len(answer.waiting)} 条"),
        ("格子", f"边长 {answer.marks.grid.cell_m:g} m"),
        ("数据版本", str(answer.data_version)),
        (
            "使用范围",
            f"审图号：{public_number}" if public_number else "内部工作用图，不作为划界依据",
        ),
    )


def _blocks(city: City, answer: SitingAnswer, public_number: str) -> Iterator[Block]:
    yield Heading("一、结论")
    yield from map(Text, _findings(answer))
    yield Heading("二、所用规定")
    yield Text("下列规定逐条核对，一条不符即排除；“附近”“两侧”没有米数的，比照同地有米数的法规。")
    yield rule_table("表 1　已核对的规定", used_rules(answer), answer.edition)
    yield rule_table("表 2　没有核对的规定", _unheld(answer), answer.edition)
    yield Text(_EVIDENCE, small=True)
    yield Heading("三、图层与参数")
    yield layer_table(answer)
    yield term_table(answer)
    yield Heading("四、禁止情形")
    yield Text("面积按格子中心计，各项有重叠，不能相加；“仅此一项”是别的情形都没有的面积。")
    yield exclusion_table(answer)
    yield from _pictures(city, answer, public_number)
    yield from _candidates(answer)
    yield Heading("六、缺少的图层与待录入的条文")
    yield missing_table(answer)
    yield from map(Text, _waiting(answer))
    yield Heading("七、方法与限制")
    yield from map(Text, _method(answer))


def _findings(answer: SitingAnswer) -> Sequence[str]:
    listed = len(answer.candidates)
    least = answer.min_area_mu
    return [
        f"{answer.headline}。",
        f"{answer.region_name}共 {hectares(answer.region_m2)}。达到最小面积 {least:f} 亩的候选地"
        f" {answer.candidates_found} 片{f'，列前 {listed} 片' if listed else ''}。",
        "“没有发现”只就已有图层和已录入的规定而言，不等于可以建设；候选地须现场踏勘，"
        "并由自然资源、水利、生态环境等部门核对。",
    ]


def _unheld(answer: SitingAnswer) -> list[CemeteryRule]:
    rules = [rule for each in answer.missing for rule in each.rules]
    rules += [*answer.waiting, *answer.to_look_up]
    held = {rule.id for rule in used_rules(answer)}
    return [rule for rule in {each.id: each for each in rules}.values() if rule.id not in held]


def _pictures(city: City, answer: SitingAnswer, public_number: str) -> Iterator[Block]:
    view = siting_view(city, answer)
    about = siting_note(city, answer, public_number)
    form = PictureFormat.PNG
    whole = siting_picture(view, about=about, form=form)
    yield Picture("图 1　禁止情形（各项合计）与候选地", whole)
    for number, sheet in enumerate(siting_panels(view, about=about, form=form), 2):
        yield Picture(f"图 {number}　各项禁止情形（每幅一项）", sheet)


def _candidates(answer: SitingAnswer) -> Iterator[Block]:
    yield Heading("五、候选地")
    asked = answer.question
    yield Text(
        f"名次按表 4 的权重排定；“前列占比”是权重浮动时仍在前 {asked.firm_top} 名的比例，"
        "低的说明名次取决于权重，不宜据以取舍。"
    )
    yield candidate_table(answer)
    rows = answer.candidates.drop(columns="geometry").head(CARDS).to_dict("records")
    for number, row in enumerate(rows, 1):
        yield _card(number, list(candidate_facts(row)))
        yield Text(f"{row['text']}。", small=True)


def _card(number: int, facts: list[tuple[str, str]]) -> Table:
    """Figures of one candidate, two a line."""
    facts += [("", "")] * (len(facts) % 2)
    paired = tuple((*left, *right) for left, right in zip(facts[::2], facts[1::2], strict=True))
    return Table(f"候选地 {number}", (), (34, 44, 34, 44), paired)


def _waiting(answer: SitingAnswer) -> Sequence[str]:
    told = [f"待录入：{rule.citation}（{rule.id}），{rule.quantity}。" for rule in answer.waiting]
    told += [
        f"须对照地图：{rule.citation}（{rule.id}），{rule.quantity}。" for rule in answer.to_look_up
    ]
    return told or ["没有待录入的条文。"]


def _method(answer: SitingAnswer) -> Sequence[str]:
    grid = answer.marks.grid
    return [
        f"全域划为边长 {grid.cell_m:g} m 的格子（{grid.rows:,} 行、{grid.columns:,} 列，"
        f"EPSG:{grid.epsg}），以格子中心判断；恰好等于规定距离的算符合。",
        "相邻（共边）的未排除格子连成片，达到最小面积的为候选地；紧凑度为 4πA÷P²，圆约为 0.9。",
        "面积为平面投影面积；到道路、乡镇的距离为直线距离，不是路程。",
        *(f"{note}。" for note in answer.notes),
        "没有评价：土地权属、征收补偿、地下水与土质、现状房屋与管线、群众意见、图层之外的变化。",
        "同样的图层（编号见表 3）、规定版本和参数，得到同样的结果。",
    ]
