"""Rules on cemeteries as dated, scoped records: where none may lie, how large they and plots are.

A rule is law (``legal``) or the target of a plan (``plan``). One whose text is in force but not at
hand is a record too: what depends on it is not assessed until the bureau enters it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property

from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.standard import first_day

__all__ = ["NATION", "CemeteryLevel", "CemeteryRule", "CemeteryRuleBook", "Comparison", "Force"]
__all__ += ["Operation", "PlotClass", "PlotKind", "Remains", "Share", "Topic"]

NATION = "100000"


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class Topic(Labelled):
    """What a rule is about; the code of the findings that rest on it."""

    FORBIDDEN_LAND = "forbidden_land", _("禁止区域")
    DISTANCE = "distance", _("距离")
    CORRIDOR = "corridor", _("法定控制区")
    MIN_AREA = "min_area", _("最小面积")
    PLOT_SIZE = "plot_size", _("墓穴面积")
    ECOLOGICAL_SHARE = "ecological_share", _("节地生态安葬")
    GREEN_COVER = "green_cover", _("绿化")
    PUBLIC_SHARE = "public_share", _("公益性墓位占比")
    TEXT_MISSING = "text_missing", _("条文待录入")


class Force(Labelled):
    """Whether a rule is law or the target of a plan."""

    LEGAL = "legal", _("法规")
    PLAN = "plan", _("规划")


class Operation(Labelled):
    """Who runs a cemetery, and for what."""

    PUBLIC = "public", _("公益性")
    COMMERCIAL = "commercial", _("经营性")


class CemeteryLevel(Labelled):
    """Whom a public-welfare cemetery serves."""

    TOWNSHIP = "township", _("乡镇级")
    COUNTY = "county", _("县级")
    CITY = "city", _("市级")


class PlotKind(Labelled):
    """For how many a plot is."""

    SINGLE = "single", _("单人")
    JOINT = "joint", _("合葬")


class Remains(Labelled):
    """What is buried."""

    ASH = "ash", _("骨灰")
    BODY = "body", _("遗体")


class PlotClass(Labelled):
    """Plots as rules name them: what is buried, and for how many."""

    ASH_SINGLE = "ash_single", _("骨灰单人墓穴")
    ASH_JOINT = "ash_joint", _("骨灰合葬墓穴")
    BODY_SINGLE = "body_single", _("遗体单人墓穴")
    BODY_JOINT = "body_joint", _("遗体合葬墓穴")


class Share(Labelled):
    """Shares of a cemetery, in percent."""

    ECOLOGICAL_BURIALS = "ecological_burials", _("节地生态安葬数占安葬数")
    ECOLOGICAL_AREA = "ecological_area", _("节地生态安葬区域占面积")
    ECOLOGICAL_PLOTS = "ecological_plots", _("生态墓穴占墓穴数")
    GREEN_COVER = "green_cover", _("绿化覆盖率")
    GREEN_LAND = "green_land", _("绿地率")
    TREE_COVER = "tree_cover", _("林木覆盖率")
    PUBLIC_SHARE_OF_UNSOLD = "public_share_of_unsold", _("未开发、未销售面积中公益性墓位占比")


class Comparison(StrEnum):
    """How a rule is held against a site.

    ``near`` is the law's “附近” or “两侧” without metres; ``approval`` leaves it to an authority;
    ``missing`` marks a text that is not at hand.
    """

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    FORBIDDEN = "forbidden"
    APPROVAL = "approval"
    NEAR = "near"
    MISSING = "missing"

    @property
    def has_number(self) -> bool:
        """Whether it compares with a number."""
        return self in (self.AT_LEAST, self.MORE_THAN, self.AT_MOST, self.LESS_THAN)


@dataclass(frozen=True, slots=True)
class CemeteryRule:
    """One rule record: what it asks, where and when, with what force and how well attested.

    Parameters
    ----------
    id, topic
        Stable identifier; what the rule is about.
    subjects
        Words of what it speaks of: features of the site, classes of plots, shares, or for a
        missing text the topics that wait for it. Empty for the area of a cemetery.
    levels, operation
        Cemeteries it holds for; empty and None for all.
    only_on
        Land that the site must lie on for the rule to hold; empty for any.
    choice
        Rules of one place with the same word are alternatives: one of them is enough.
    place, adcode
        Where it holds; six digits, ``100000`` for the nation.
    regulation, document_no, article
        Source, as cited.
    valid_from, valid_to
        First and last day in force: YYYY-MM-DD, a month, a year, or empty.
    quantity
        What is measured, in the words of the source.
    operator, value, unit
        How it is compared; the threshold, None where the text holds no number; m, mu, m2 or %.
    applies_to, note
        The record's own words.
    force, evidence
        Law or plan; S (full text read), E (excerpt), C (computed), M (from memory), - (none).
    enabled
        False for drafts and unconfirmed figures: shown, never applied.
    standard
        Id of the record of the standards that it was taken from; empty otherwise.
    """

    id: str
    topic: Topic
    subjects: tuple[str, ...]
    levels: frozenset[CemeteryLevel]
    operation: Operation | None
    only_on: tuple[SiteFeature, ...]
    choice: str
    place: str
    adcode: str
    regulation: str
    document_no: str
    article: str
    valid_from: str
    valid_to: str
    quantity: str
    operator: Comparison
    value: Decimal | None
    unit: str
    applies_to: str
    force: Force
    evidence: str
    note: str
    enabled: bool
    standard: str

    @property
    def citation(self) -> str:
        """Source as it is printed: 《regulation》第N条."""
        article = f"第{self.article}条" if self.article[:1].isdigit() else self.article
        return f"《{self.regulation}》{article}"

    @property
    def limit(self) -> Decimal:
        """The threshold of a rule that compares with a number."""
        return self.value or Decimal(0)

    def covers(self, division: DivisionCode) -> bool:
        """Whether it holds where `division` lies."""
        return self.adcode == NATION or _place(self.adcode).covers(division)

    def in_force(self, on: date) -> bool:
        """Whether it is in force on that day; without a first day it is taken as in force."""
        first = first_day(self.valid_from)
        last = first_day(self.valid_to)
        return (first is None or first <= on) and (last is None or on <= last)

    def accepts(self, value: Decimal) -> bool:
        """Whether `value` keeps the threshold."""
        limit = self.limit
        match self.operator:
            case Comparison.AT_LEAST:
                return value >= limit
            case Comparison.MORE_THAN:
                return value > limit
            case Comparison.AT_MOST:
                return value <= limit
            case _:
                return value < limit


@dataclass(frozen=True)
class CemeteryRuleBook:
    """All rules of one edition.

    Parameters
    ----------
    rules
        In any order; ids are unique.
    edition
        Name of the edition, printed with every verdict.
    """

    rules: tuple[CemeteryRule, ...]
    edition: str

    @cached_property
    def _by_id(self) -> Mapping[str, CemeteryRule]:
        return {rule.id: rule for rule in self.rules}

    def find(self, id: str) -> CemeteryRule | None:
        """Rule of that id, None without one."""
        return self._by_id.get(id)

    def in_scope(self, division: DivisionCode, on: date) -> tuple[CemeteryRule, ...]:
        """Enabled rules in force on `on` where `division` lies, the most local first."""
        found = [
            rule
            for rule in self.rules
            if rule.enabled and rule.covers(division) and rule.in_force(on)
        ]
        return tuple(sorted(found, key=_locality, reverse=True))

    def with_own(self, own: Iterable[CemeteryRule], edition: str) -> "CemeteryRuleBook":
        """Book in which rules of `own` are added or take the place of those with their ids."""
        return CemeteryRuleBook(
            tuple((dict(self._by_id) | {rule.id: rule for rule in own}).values()), edition
        )


@cache
def _place(adcode: str) -> DivisionCode:
    return DivisionCode.parse(adcode)


def _locality(rule: CemeteryRule) -> int:
    return 0 if rule.adcode == NATION else len(_place(rule.adcode).digits)
