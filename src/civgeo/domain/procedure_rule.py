"""Rules of procedure for place names: who approves, whom to consult, where to file, by when.

Each rule is a dated, scoped record with its source and evidence (data/gazetteer/
naming_procedures.csv). A province or city adds records of its own; the most local record decides.
An approver that the national regulation leaves to the province is a record without an answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.domain.place_kind import PlaceKind

__all__ = ["NATION", "Action", "Body", "Circumstances", "Level", "ProcedureBook", "ProcedureRule"]
__all__ += ["Step", "Topic", "Unit"]

NATION = "100000"


class Action(Labelled):
    """What is done with a name."""

    NAMING = "naming", "命名"
    RENAMING = "renaming", "更名"
    RETIRING = "retiring", "注销"


class Level(Labelled):
    """Level of the place, and of the authorities that deal with its name."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡级"


class Body(Labelled):
    """Authorities that approve, are consulted, are filed with, or announce."""

    NATIONAL_PEOPLES_CONGRESS = "national_peoples_congress", "全国人民代表大会"
    STATE_COUNCIL = "state_council", "国务院"
    NATURAL_RESOURCES_MINISTRY = "natural_resources_ministry", "国务院自然资源主管部门"
    PROVINCIAL_GOVERNMENT = "provincial_government", "省级人民政府"
    MUNICIPAL_GOVERNMENT = "municipal_government", "市级人民政府"
    COUNTY_GOVERNMENT = "county_government", "县级人民政府"
    CIVIL_AFFAIRS = "civil_affairs", "民政部门（地名主管部门）"
    CIVIL_AFFAIRS_HIGHER = "civil_affairs_higher", "上一级人民政府民政部门"
    CIVIL_AFFAIRS_SAME = "civil_affairs_same", "同级人民政府民政部门"
    HOUSING_DEPARTMENT = "housing_department", "住房和城乡建设主管部门"
    SECTOR_DEPARTMENT = "sector_department", "行业主管部门"


class Step(Labelled):
    """Steps in the life of a name, and the clocks of a division change."""

    CHECKING = "checking", "审核"
    CONSULTING = "consulting", "征求意见"
    SUBMISSION = "submission", "报批"
    APPROVAL = "approval", "批准"
    RETURN = "return", "退回"
    REVISION = "revision", "修改"
    FILING = "filing", "备案"
    ANNOUNCEMENT = "announcement", "公告"
    PUBLICATION = "publication", "发布"
    CODE_ISSUE = "code_issue", "确定公布区划代码"
    EXTENSION = "extension", "批准延期"
    COMPLETION = "completion", "完成区划变更"
    EXTENDED_COMPLETION = "extended_completion", "延期后完成区划变更"


class Topic(Labelled):
    """What a rule of procedure decides."""

    APPROVER = "approver", "批准机关"
    AS_NAMING = "as_naming", "参照命名办理"
    CONSULT = "consult", "征求意见"
    FILING = "filing", "备案"
    ANNOUNCEMENT = "announcement", "公告"
    CHANGE = "change", "区划变更期限"
    MATERIAL = "material", "申请材料"
    PROTECTION = "protection", "保护措施"
    FILING_MATERIAL = "filing_material", "备案材料"


class Unit(Labelled):
    """Unit of a term."""

    DAYS = "days", "日"
    MONTHS = "months", "个月"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides which rules hold.

    Parameters
    ----------
    kind, action
        The place and what is done with its name.
    on
        Day whose rules hold.
    level
        Level of the place; None where it is not known, which fits the rules of every level.
    famous
        Whether it is a famous, inter-provincial or border natural entity.
    division
        Division it lies in; without one only the nation's rules hold.
    approved_by
        Body that approves; None fits every rule.
    """

    kind: PlaceKind
    action: Action
    on: date
    level: Level | None = None
    famous: bool = False
    division: DivisionCode | None = None
    approved_by: Body | None = None


@dataclass(frozen=True, slots=True)
class ProcedureRule:
    """One rule of procedure, as the bureau's table holds it.

    Parameters
    ----------
    id, topic
        Stable identifier; what it decides.
    place, adcode
        Where it holds; six-digit division code, ``100000`` for the nation.
    regulation, document_no, article, item
        Source, as cited.
    actions, kinds, levels, approved_by, famous
        When it holds; empty (None for `famous`) where it makes no difference.
    answer
        A body, a step or a material; empty where the text is still to be entered.
    label_zh
        Name of a material.
    required
        Whether a material must be there; otherwise it is handed in as the case asks for it.
    amount, unit, counted_from
        Term, and the step whose day it is counted from.
    valid_from, valid_to
        First and last day in force; None without bound.
    evidence, note
        S, E, C or M as for standards; words for the officer.
    enabled
        False for drafts: kept for the bureau to see, never applied.
    """

    id: str
    topic: Topic
    place: str
    adcode: str
    regulation: str
    document_no: str = ""
    article: str = ""
    item: str = ""
    actions: frozenset[Action] = frozenset()
    kinds: frozenset[PlaceKind] = frozenset()
    levels: frozenset[Level] = frozenset()
    approved_by: frozenset[Body] = frozenset()
    famous: bool | None = None
    answer: str = ""
    label_zh: str = ""
    required: bool = False
    amount: int | None = None
    unit: Unit = Unit.DAYS
    counted_from: Step | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    evidence: str = ""
    note: str = ""
    enabled: bool = True

    @property
    def citation(self) -> str:
        """Source as it is printed: 《regulation》第N条第M项."""
        article = f"第{self.article}条" if self.article else ""
        item = f"第{self.item}项" if self.item else ""
        return f"《{self.regulation}》{article}{item}"

    def holds(self, case: Circumstances) -> bool:
        """Whether the rule is in force for `case`."""
        return self.enabled and self._in_force(case) and self._fits(case)

    def _in_force(self, case: Circumstances) -> bool:
        begun = self.valid_from is None or self.valid_from <= case.on
        ended = self.valid_to is not None and self.valid_to < case.on
        return begun and not ended and self._covers(case.division)

    def _covers(self, division: DivisionCode | None) -> bool:
        if self.adcode == NATION:
            return True
        return division is not None and DivisionCode.parse(self.adcode).covers(division)

    def _fits(self, case: Circumstances) -> bool:
        pairs = (
            (case.kind, self.kinds),
            (case.action, self.actions),
            (case.level, self.levels),
            (case.approved_by, self.approved_by),
        )
        fits = all(value is None or not allowed or value in allowed for value, allowed in pairs)
        return fits and self.famous in (None, case.famous)

    @property
    def rank(self) -> tuple[int, date]:
        """How local the rule is, then how new: the highest rank decides."""
        digits = 0 if self.adcode == NATION else len(DivisionCode.parse(self.adcode).digits)
        return digits, self.valid_from or date.min


@dataclass(frozen=True)
class ProcedureBook:
    """All rules of procedure of one edition.

    Parameters
    ----------
    rules
        Records in any order.
    edition
        Name of the edition, printed with every answer.
    """

    rules: tuple[ProcedureRule, ...]
    edition: str

    @cached_property
    def _by_topic(self) -> Mapping[Topic, tuple[ProcedureRule, ...]]:
        topics: dict[Topic, list[ProcedureRule]] = {}
        for rule in self.rules:
            topics.setdefault(rule.topic, []).append(rule)
        return {topic: tuple(rules) for topic, rules in topics.items()}

    def about(self, topic: Topic, case: Circumstances) -> tuple[ProcedureRule, ...]:
        """Every rule of `topic` that holds for `case`, of all places."""
        return tuple(rule for rule in self._by_topic.get(topic, ()) if rule.holds(case))

    def decisive(self, topic: Topic, case: Circumstances) -> tuple[ProcedureRule, ...]:
        """The rules of `topic` that decide: of the most local place, the newest.

        Several stay when the level or the approver is not known, one for each.
        """
        found = self.about(topic, case)
        highest = max((rule.rank for rule in found), default=None)
        return tuple(rule for rule in found if rule.rank == highest)

    def with_own(self, own: Iterable[ProcedureRule]) -> "ProcedureBook":
        """The book with further rules; one with the id of an old rule takes its place."""
        rules = {rule.id: rule for rule in (*self.rules, *own)}
        return ProcedureBook(tuple(rules.values()), self.edition)
