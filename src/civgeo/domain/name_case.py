"""One name on its way from proposal to publication: what is known of it, independent of the store.

Who recorded each step and when stands in the store's history; the case holds days and numbers.
"""

from dataclasses import dataclass
from datetime import date

from civgeo.domain.division import DivisionCode
from civgeo.domain.labelled import Labelled
from civgeo.domain.naming_procedure import Question
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.domain.procedure_rule import Action, Body, Circumstances, Level, Step

__all__ = ["CaseDocument", "CaseState", "FindingsSummary", "NameCase"]


class CaseState(Labelled):
    """Where a case stands."""

    DRAFT = "draft", "草拟"
    CHECKED = "checked", "已审核"
    CONSULTING = "consulting", "征求意见中"
    SUBMITTED = "submitted", "已报批"
    APPROVED = "approved", "已批准"
    RETURNED = "returned", "已退回"
    FILED = "filed", "已备案"
    ANNOUNCED = "announced", "已公告"
    PUBLISHED = "published", "已发布"


@dataclass(frozen=True, slots=True)
class FindingsSummary:
    """How many findings of each severity the check of the name gave."""

    block: int = 0
    justify: int = 0
    advise: int = 0


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """The document of one step: title, number (文号) and date."""

    step: Step
    number: str
    dated: date
    title: str = ""


@dataclass(frozen=True, slots=True)
class NameCase:
    """A proposal to give, change or retire a name, and what has been done with it.

    Parameters
    ----------
    name
        Name proposed; for retiring, the name that ends.
    action, kind
        What is done, with the name of what.
    state
        Where the case stands; changed by `name_life.advance` only.
    former_name
        Standard name so far, for renaming.
    level, famous, division, sector
        What decides the approver; `sector` names a sector department (交通运输).
    protected
        Whether the name so far is on the protection list (保护名录).
    materials
        Codes of the materials that are there.
    findings
        Outcome of the check; None before the name was checked.
    justification
        Written reason for findings that ask for one.
    return_reason
        Why the approver sent the case back.
    approver
        Body that approved.
    submitted_on, approved_on, filed_on, announced_on, published_on
        Days of the steps.
    code_issued_on, completed_on, extended
        For divisions: the code was published, the change completed, more time was granted.
    documents
        Documents of the steps, in the order in which they were recorded.
    """

    name: str
    action: Action
    kind: PlaceKind
    state: CaseState = CaseState.DRAFT
    former_name: str = ""
    level: Level | None = None
    famous: bool = False
    division: DivisionCode | None = None
    sector: str = ""
    protected: bool = False
    materials: frozenset[str] = frozenset()
    findings: FindingsSummary | None = None
    justification: str = ""
    return_reason: str = ""
    approver: Body | None = None
    submitted_on: date | None = None
    approved_on: date | None = None
    filed_on: date | None = None
    announced_on: date | None = None
    published_on: date | None = None
    code_issued_on: date | None = None
    completed_on: date | None = None
    extended: bool = False
    documents: tuple[CaseDocument, ...] = ()

    @property
    def is_division(self) -> bool:
        """Whether the case changes a division."""
        return self.kind.place_class is PlaceClass.DIVISION

    def circumstances(self, today: date) -> Circumstances:
        """What decides which rules hold: those of the day of approval, else of `today`."""
        return Circumstances(
            kind=self.kind,
            action=self.action,
            on=self.approved_on or today,
            level=self.level,
            famous=self.famous,
            division=self.division,
        )

    def question(self, today: date) -> Question:
        """The case as a question about its procedure on `today`."""
        return Question(
            kind=self.kind,
            action=self.action,
            today=today,
            level=self.level,
            famous=self.famous,
            division=self.division,
            approved_by=self.approver,
            approved_on=self.approved_on,
            filed_on=self.filed_on,
            announced_on=self.announced_on,
        )
