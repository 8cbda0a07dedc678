"""Use case: the planning report of reach on foot, as Word or PDF."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from civgeo.analysis.coverage import UnitLevel
from civgeo.domain.quantity import fixed
from civgeo.domain.reach_reason import ReachReason
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
from civgeo.services.indicator_products import goal_zh
from civgeo.services.indicator_reach import reach_of
from civgeo.services.indicators import evaluate_indicators
from civgeo.services.planning import exact_figures, floor_area_coverage
from civgeo.services.reach import Reach
from civgeo.services.reach_maps import (
    ReachQuestion,
    area_names,
    reach_answer,
    reach_counties,
    reach_drawing,
    speed_text,
)
from civgeo.services.reach_views import uncovered

__all__ = ["ReportForm", "reach_report"]

LISTED = 50


class ReportForm(StrEnum):
    """Form of the report."""

    DOCX = "docx"
    PDF = "pdf"


def reach_report(
    city: City, asked: ReachQuestion, form: ReportForm, *, public_number: str = ""
) -> bytes:
    """The report: question, method, figures by unit, reasons, maps, the uncovered, indicators.

    Raises
    ------
    NotFound
        ``no_streets`` without a walk network.
    """
    found = reach_answer(city, asked)
    with city.store.read() as reading:
        register = reading.register()
    report = PlanningReport(
        title=f"{register.name}养老服务设施步行可达分析",
        subtitle=f"{_terms(found)}　{found.ground.on.year} 年 {found.ground.on.month} 月",
        facts=_facts(city, asked, found, public_number),
        blocks=tuple(_blocks(city, asked, found, public_number)),
        simulated=found.ground.simulated,
    )
    return planning_docx(report) if form is ReportForm.DOCX else planning_pdf(report)


def _terms(found: Reach) -> str:
    return f"{found.terms.minutes} 分钟、{speed_text(found.terms.speed_m_per_s)} m/s"


def _facts(
    city: City, asked: ReachQuestion, found: Reach, public_number: str
) -> tuple[tuple[str, str], ...]:
    meta = found.ground.meta
    names = area_names(city)
    return (
        ("设施种类", "、".join(kind.label_zh for kind in found.kinds)),
        ("步行", f"{_terms(found)}，沿街道不超过 {found.terms.limit_dm / 10:,.1f} m"),
        ("计数", f"{found.people.label_zh}，按{found.level.label_zh}汇总"),
        ("区域", names.get(asked.division or "", asked.division or "全市")),
        ("目标", "没有给出" if asked.target is None else f"{asked.target}%"),
        ("评价日", found.ground.on.isoformat()),
        ("数据版本", f"登记库 {found.ground.data_version}，步行网 {meta.version}"),
        ("步行网来源", f"{meta.source}{meta.attribution and f'（{meta.attribution}）'}"),
        (
            "使用范围",
            f"审图号：{public_number}" if public_number else "内部工作用图，不作为划界依据",
        ),
    )


def _blocks(city: City, asked: ReachQuestion, found: Reach, public_number: str) -> list[Block]:
    form = PictureFormat.PNG
    maps = reach_drawing(city, asked, form, public_number=public_number)
    sheet = reach_counties(city, asked, form, public_number=public_number)
    return [
        Heading("一、结论"),
        *map(Text, _findings(found)),
        _unit_table(found),
        Heading("二、未覆盖的原因"),
        Text("每个小区只有一个原因，各原因之和等于未覆盖的人数。"),
        _reason_table(found),
        Heading("三、可达图"),
        Picture("图 1　步行可达：各县区可达率与小区", maps),
        Picture("图 2　各县区的小区与可达率（同一比例尺、同一分级）", sheet),
        *_missed(city, found),
        *_floor_area(city, asked, found),
        *_indicators(city),
        Heading("七、方法与限制"),
        *map(Text, _method(found)),
    ]


def _findings(found: Reach) -> Sequence[str]:
    total, who = found.total, found.people.label_zh
    if not total:
        return ["所选区域没有可计入的小区，无法计算。"]
    band = found.band
    return [
        f"{who}合计 {total:,}，步行可达 {found.reached:,}，可达率"
        f" {_percent(found.reached, total)}；未覆盖 {total - found.reached:,}。",
        f"直线距离圈内 {found.straight_reached:,}（{_percent(found.straight_reached, total)}），"
        f"比步行可达多 {found.straight_reached - found.reached:,}：直线圈看不到绕行，仅作对照。",
        f"不确定范围：步速 0.8 m/s 时可达率 {_percent(band.at_0_8, total)}，1.2 m/s 时"
        f" {_percent(band.at_1_2, total)}；不计小区、设施到街道的直线路程时"
        f" {_percent(band.without_access, total)}。",
        *(
            [f"另有 {len(found.uncounted)} 个小区没有位置或{who}，不计入。"]
            if found.uncounted
            else []
        ),
    ]


def _unit_table(found: Reach) -> Table:
    rows = [
        (
            str(row["name"]),
            f"{row['people']:,}",
            f"{row['reached']:,}",
            _percent(int(row["reached"]), int(row["people"])),
            f"{row['people'] - row['reached']:,}",
            _percent(int(row["straight_reached"]), int(row["people"])),
        )
        for row in found.units.to_dict("records")
    ]
    return Table(
        f"表 1　各{found.level.label_zh}步行可达（{found.people.label_zh}）",
        ("单位", "合计", "步行可达", "可达率", "未覆盖", "直线圈内（对照）"),
        (40, 23, 23, 22, 23, 25),
        tuple(rows),
        (1, 2, 3, 4, 5),
    )


def _reason_table(found: Reach) -> Table:
    missed = found.total - found.reached
    counts = found.estates.loc[~found.estates["reached"].astype(bool), "reason"].value_counts()
    rows = [
        (reason.label_zh, f"{people:,}", _percent(people, missed), f"{counts[reason.value]:,}")
        for reason, people in sorted(found.reasons.items(), key=lambda item: -item[1])
        if counts.get(reason.value)
    ]
    return Table(
        f"表 2　未覆盖的原因（{found.people.label_zh}）",
        ("原因", found.people.label_zh, "占未覆盖", "小区数"),
        (72, 28, 28, 28),
        tuple(rows) or (("没有未覆盖的小区", "—", "—", "—"),),
        (1, 2, 3),
    )


def _missed(city: City, found: Reach) -> list[Block]:
    missed = uncovered(found)
    names, sites = area_names(city), found.served.facilities["name"]
    rows = [
        (
            str(number),
            str(row["name"] or "（未命名小区）"),
            names.get(str(row["division"] or "")[:9], names.get(str(row["division"])[:6], "—")),
            f"{row['people']:,}",
            ReachReason(row["reason"]).label_zh,
            str(sites.get(row["facility"], "—")),
            _metres(row["distance_m"]),
        )
        for number, row in enumerate(missed.head(LISTED).to_dict("records"), 1)
    ]
    more = len(missed) - len(rows)
    told = (
        f"人数从多到少，列前 {LISTED} 个；另有 {more} 个见 Excel。"
        if more > 0
        else "人数从多到少。"
    )
    if not rows:
        return [Heading("四、未覆盖的小区"), Text("没有未覆盖的小区。")]
    table = Table(
        "表 3　未覆盖的小区",
        ("序", "小区", "所在", found.people.label_zh, "原因", "最近设施（步行）", "步行（m）"),
        (8, 22, 20, 14, 45, 32, 15),
        tuple(rows),
        (3, 6),
    )
    return [Heading("四、未覆盖的小区"), Text(told), table]


def _floor_area(city: City, asked: ReachQuestion, found: Reach) -> list[Block]:
    covered = floor_area_coverage(city, level=UnitLevel.COUNTY, division=asked.division)
    shares = dict(zip(found.units.index, found.units["share"], strict=True))
    rows = [
        (
            str(unit["name"]),
            _figure(unit["m2_per_100_households"]),
            _figure(unit["gap_m2"]),
            "—" if (share := shares.get(unit["code"])) is None else f"{fixed(100 * share)}%",
        )
        for unit in exact_figures(covered)
    ]
    return [
        Heading("五、与每百户面积对照"),
        Text(
            "覆盖有三种含义，各自成项，互不相加：有设施的单元占比（有无）、每百户养老服务用房面积"
            "（够不够）、步行可达（走不走得到）。下表只把后两项并列，不相互换算。"
        ),
        Table(
            "表 4　每百户养老服务用房面积与步行可达",
            ("县区", "每百户面积（m²）", "面积缺口（m²）", "可达率"),
            (48, 38, 38, 32),
            tuple(rows),
            (1, 2, 3),
        ),
    ]


def _indicators(city: City) -> list[Block]:
    results = evaluate_indicators(city, reach=reach_of(city)).results
    rows = [
        (
            result.definition.name,
            goal_zh(result.definition) or "—",
            "—" if result.value is None else fixed(result.value),
            result.standing.label_zh,
            str(result.definition.year or "—"),
        )
        for result in results
    ]
    if not rows:
        return [Heading("六、规划指标"), Text("目录中没有本市的规划指标。")]
    table = Table(
        "表 5　规划指标",
        ("指标", "目标", "现值", "结论", "年份"),
        (72, 26, 22, 22, 14),
        tuple(rows),
        (2, 4),
    )
    return [
        Heading("六、规划指标"),
        Text("目标取自规划目录，数值由登记库算出或取自上报数；没有数据的写“未评价”，不作推算。"),
        table,
    ]


def _method(found: Reach) -> Sequence[str]:
    meta, terms = found.ground.meta, found.terms
    off = int((~found.served.places.is_on_network).sum())
    return [
        f"步行网有 {meta.nodes:,} 个节点、{meta.edges:,} 条边、{meta.length_km:,.0f} km；"
        "长度以分米取整，街道按公共节点相接，立体交叉处桥上与桥下不相通。",
        f"人从小区内一点直线走到最近的街道，沿街道走到设施，两端路程计入；"
        f"恰好等于限值 {terms.limit_dm / 10:,.1f} m 的算可达，距离相等时取编号在前的设施。",
        f"离街道超过 {terms.snap_limit_m:g} m 的小区不在步行网上，"
        "计为“附近没有步行路”，不拖到路上。",
        f"“成人可达”以 {terms.adult_speed_m_per_s} m/s 判断。设施只计运营中的，"
        f"共 {len(found.served.facilities):,} 处，其中 {off} 处不在步行网上。",
        "步行圈轮廓仅供查看，人数在步行网上逐点清点，不由轮廓推算。",
        "没有评价：设施的服务能力、路况与照明、过街等候、楼内路程、坡度（步行网没有高程时）。",
        f"步行网来源：{meta.source}{meta.attribution and f'（{meta.attribution}）'}。",
    ]


def _percent(part: int, whole: int) -> str:
    return f"{fixed(Fraction(100 * part, whole))}%" if whole else "—"


def _metres(value: float) -> str:
    return "—" if value != value else f"{value:,.1f}"


def _figure(value: object) -> str:
    return "—" if value is None else f"{Decimal(fixed(Fraction(str(value)))):,}"
