"""Documents in the life of a name: application, filing report, announcement.

What each must hold: 地名管理条例 (国务院令第 753 号) article 11 for the application;
地名管理条例实施办法 (民政部令第 71 号) article 6 for the filing; 地名备案公告管理办法（试行）
(民政部, 2023-06-13) for the announcement: standard name, romanisation, division, position,
approver and date of approval. Word and PDF print the words of `name_wording`.
"""

from dataclasses import dataclass
from datetime import date

from civgeo.domain.procedure_rule import Action

__all__ = ["Announcement", "ApplicationForm", "FilingReport", "NamedPlace"]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """One name with what documents say of it.

    Parameters
    ----------
    name, romanised
        The name (for retiring, the one that ends) and its romanisation with tones.
    kind, division, position
        Kind and division in Chinese words; where it lies.
    confirmed
        Whether the reading is confirmed; otherwise the romanisation is marked so.
    former_name
        Standard name so far, for renaming.
    size, nature, meaning
        Extent; what it is; meaning and origin of the name.
    plan, reason
        What is planned, and why.
    """

    name: str
    romanised: str
    kind: str
    division: str
    position: str
    confirmed: bool = True
    former_name: str = ""
    size: str = ""
    nature: str = ""
    meaning: str = ""
    plan: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """地名命名（更名、注销）申请表 for one name.

    Parameters
    ----------
    action, place
        What is applied for.
    applicant, contact, phone, applied_on
        Who applies, and when.
    materials
        Label of each material, with whether it is there.
    findings
        What the check of the name found, in words; None when it was not checked.
    consulted
        Bodies whose opinion is asked, in Chinese; empty for none.
    simulated
        Whether any of it is simulated.
    """

    action: Action
    place: NamedPlace
    applicant: str
    contact: str
    phone: str
    applied_on: date | None
    materials: tuple[tuple[str, bool], ...]
    findings: tuple[str, ...] | None
    consulted: tuple[str, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class FilingReport:
    """地名备案报告: what was approved, to the authority that keeps the file.

    Parameters
    ----------
    action, places
        What was approved; at least one name.
    office, number, signer, dated
        Issuing office, its number (文号), who signed, the report's date.
    addressee
        Authority filed with.
    approver, approval_number, approved_on
        The approval.
    attachments
        Titles of what goes along.
    contact, phone, simulated
        Whom to ask; whether any of it is simulated.
    """

    action: Action
    places: tuple[NamedPlace, ...]
    office: str
    number: str
    signer: str
    dated: date | None
    addressee: str
    approver: str
    approval_number: str
    approved_on: date | None
    attachments: tuple[str, ...]
    contact: str
    phone: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Announcement:
    """地名公告: the names and what the public must know of them.

    Parameters
    ----------
    action, places
        What was approved; at least one name.
    office, number, dated
        Issuing office, number and date of the announcement.
    approver, approval_number, approved_on
        The approval.
    simulated
        Whether any of it is simulated.
    """

    action: Action
    places: tuple[NamedPlace, ...]
    office: str
    number: str
    dated: date | None
    approver: str
    approval_number: str
    approved_on: date | None
    simulated: bool
