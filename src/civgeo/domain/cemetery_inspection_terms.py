"""Words of the inspection list: a burial place, what layers tell of its ground, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from civgeo.domain.cemetery_findings import AskedLand
from civgeo.domain.cemetery_forms import BurialPlaceKind, BurialPlaceLevel, BurialPlaceStatus
from civgeo.domain.cemetery_rules import CemeteryRule, Force, Operation
from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.domain.site_features import SiteFeature
from civgeo.domain.standard import first_day

__all__ = ["BurialPlace", "Ground", "Inspected", "InspectionBasis", "InspectionCode"]
__all__ += ["InspectionFinding", "LandShare"]


class InspectionCode(Labelled):
    """What a finding is about."""

    NO_APPROVAL = "no_approval", "没有登记审批文号"
    OVER_APPROVED = "over_approved", "超出批准面积"
    FORBIDDEN_LAND = "forbidden_land", "在禁止区域内"
    DISTANCE = "distance", "距离不够"
    CORRIDOR = "corridor", "在法定控制区内"
    PLOT_SIZE = "plot_size", "墓穴超面积"
    GRAVES_OVER_LIMIT = "graves_over_limit", "有超面积墓穴"
    MIN_AREA = "min_area", "面积不足"
    OVER_CAPACITY = "over_capacity", "已用数超过总数"
    TEXT_MISSING = "text_missing", "条文待录入"
    NOT_GIVEN = "not_given", "没有资料"


@dataclass(frozen=True, slots=True)
class InspectionBasis:
    """Source of an inspection that is no rule on a site: approvals, bands of a yearly check.

    Parameters
    ----------
    id, code
        Stable identifier; ``no_approval`` or ``oversize_band``.
    place, adcode, regulation, document_no, article, valid_from, valid_to, quantity, evidence, note
        As in `CemeteryRule`. Without an article the text is not at hand.
    above_percent
        Percentages beyond the limit at which a band ends.
    """

    id: str
    code: str
    place: str
    adcode: str
    regulation: str
    document_no: str
    article: str
    valid_from: str
    valid_to: str
    quantity: str
    above_percent: tuple[Decimal, ...]
    evidence: str
    note: str

    @property
    def citation(self) -> str:
        """Source as it is printed."""
        return f"《{self.regulation}》" + (f"第{self.article}条" if self.article else "")

    def in_force(self, on: date) -> bool:
        """Whether it is in force on that day."""
        first, last = first_day(self.valid_from), first_day(self.valid_to)
        return (first is None or first <= on) and (last is None or on <= last)


@dataclass(frozen=True, slots=True)
class BurialPlace:
    """A burial place as it is registered; what is not known is None. Areas in mu and m2."""

    id: str
    name: str
    kind: BurialPlaceKind
    operation: Operation
    division: DivisionCode
    status: BurialPlaceStatus
    level: BurialPlaceLevel | None = None
    area_mu: Decimal | None = None
    approval: str | None = None
    approved_mu: Decimal | None = None
    capacity: int | None = None
    used: int | None = None
    plot_single_m2: Decimal | None = None
    plot_joint_m2: Decimal | None = None
    graves_over_limit: int | None = None
    graves_counted: int | None = None


@dataclass(frozen=True, slots=True)
class LandShare:
    """Part of a place that is land of one class.

    Parameters
    ----------
    land
        The class, by the word of its layer.
    percent
        Share of the place.
    m2
        Area on the ground; None for a place that is a point.
    """

    land: AskedLand
    percent: Decimal
    m2: Decimal | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the layers tell of the ground of a place.

    Parameters
    ----------
    distances_m
        As in `Site`.
    reach_m
        How far around the place the layers tell of a feature, for layers that end somewhere; below
        0 where they do not tell of the place itself.
    lands
        Classes of its land, the largest first.
    layers
        Digest of the layer that tells of a feature, by its word; ``land_class`` for the land.
    """

    distances_m: Mapping[SiteFeature, Decimal] = field(default_factory=dict)
    reach_m: Mapping[SiteFeature, Decimal] = field(default_factory=dict)
    lands: tuple[LandShare, ...] = ()
    layers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InspectionFinding:
    """One thing that is wrong, or that cannot be told.

    Parameters
    ----------
    code
        What it is about.
    force
        Law or plan; None for what the register itself shows.
    message
        In an officer's words, with the source.
    subject
        Feature, class of plots, or ``land_class``; empty for the place as a whole.
    rule_id, citation, place, valid_from, evidence
        The rule and where it holds; empty without one.
    required, actual, unit
        Threshold, and what is held against it, as exact text; None without.
    layer
        Digest of the layer that it rests on; empty without one.
    """

    code: InspectionCode
    force: Force | None
    message: str
    subject: str = ""
    rule_id: str = ""
    citation: str = ""
    place: str = ""
    valid_from: str = ""
    evidence: str = ""
    required: str | None = None
    actual: str | None = None
    unit: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Inspected:
    """Outcome for one place.

    Parameters
    ----------
    place
        The place.
    legal, plan
        Whether all that is known keeps the law, and the plan; None when that cannot be told.
    findings
        What is broken: law, register, plan.
    open
        What cannot be told, and why.
    named_areas
        Rules on areas that a text names: to be looked up on the map.
    """

    place: BurialPlace
    legal: bool | None
    plan: bool | None
    findings: tuple[InspectionFinding, ...]
    open: tuple[InspectionFinding, ...]
    named_areas: tuple[CemeteryRule, ...]

    @property
    def gravity(self) -> tuple[int, int, int]:
        """How many things break the law, the register and the plan, whatever number of rules."""
        things = {(item.force, item.code, item.subject) for item in self.findings}
        forces = [force for force, _, _ in things]
        return forces.count(Force.LEGAL), forces.count(None), forces.count(Force.PLAN)
