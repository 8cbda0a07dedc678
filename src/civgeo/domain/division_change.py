"""A change of divisions as a draft: what follows whom, which lines end or begin, the clocks.

行政区划管理条例 (国务院令第 704 号) article 15: completed within twelve months of the approval,
which may be extended by six. 行政区域界线管理条例 (国务院令第 353 号) article 9: a changed line is
surveyed, marked and agreed anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from civgeo.domain.division import DivisionCode, class_label, range_problems
from civgeo.domain.round_forms import ChangeKind
from civgeo.domain.round_terms import Term, Terms, term_end
from civgeo.errors import InvalidInput

__all__ = [
    "ChangeClock",
    "ChangeDraft",
    "NewDivision",
    "checked_draft",
    "clocks",
    "code_notes",
    "ended_pairs",
    "names_told",
    "new_pairs",
    "successors",
]

_COUNTS = {
    ChangeKind.MERGE: ((2, 40), (1, 1)),
    ChangeKind.SPLIT: ((1, 1), (2, 40)),
    ChangeKind.TO_TOWN: ((1, 40), (1, 40)),
    ChangeKind.TO_SUBDISTRICT: ((1, 40), (1, 40)),
    ChangeKind.ADJUST: ((2, 40), (2, 40)),
    ChangeKind.RENAME: ((1, 1), (1, 1)),
}
_CLASSES = {ChangeKind.TO_TOWN: "镇", ChangeKind.TO_SUBDISTRICT: "街道"}


@dataclass(frozen=True, slots=True)
class NewDivision:
    """A division after the change: its name, and its code where it is issued already."""

    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """What becomes of which divisions.

    Parameters
    ----------
    kind
        How they change.
    before
        Division codes, of one level.
    after
        Divisions after it; one that stays keeps its code.
    """

    kind: ChangeKind
    before: tuple[str, ...]
    after: tuple[NewDivision, ...]


@dataclass(frozen=True, slots=True)
class ChangeClock:
    """A term that runs from the approval.

    Parameters
    ----------
    title
        What is to be done, in Chinese.
    months
        Months from the approval.
    due
        Last day; None before the approval.
    days
        Days past it on the day of the question, negative before; None before the approval.
    basis, evidence
        Regulation and article, and how well attested.
    """

    title: str
    months: int
    due: date | None
    days: int | None
    basis: str
    evidence: str


def checked_draft(draft: ChangeDraft) -> ChangeDraft:
    """The draft with its codes in full.

    Raises
    ------
    InvalidInput
        ``bad_value`` when a kind of change has too few or too many divisions on a side, a name is
        missing, a division comes twice, or the levels differ; ``bad_code`` for what is no code.
    """
    parsed = [DivisionCode.parse(code) for code in draft.before]
    before = tuple(code.text for code in parsed)
    after = tuple(
        NewDivision(
            item.name.strip(), None if item.code is None else DivisionCode.parse(item.code).text
        )
        for item in draft.after
    )
    for title, count, (least, most) in zip(
        ("变更前", "变更后"), (len(before), len(after)), _COUNTS[draft.kind], strict=True
    ):
        if not least <= count <= most:
            wanted = f"{least} 个" if least == most else f"至少 {least} 个"
            text = f"{draft.kind.label_zh}：{title}区划应为{wanted}，收到 {count} 个"
            raise InvalidInput(text, code="bad_value")
    if any(not item.name for item in after):
        raise InvalidInput("变更后的每个区划都要写名称（name）", code="missing_key")
    known = [item.code for item in after if item.code is not None]
    names = [item.name for item in after]
    if any(len(set(group)) != len(group) for group in (before, known, names)):
        raise InvalidInput("变更前后的区划各不能重复", code="bad_value")
    levels = {DivisionCode.parse(code).level for code in (*before, *known)}
    if len(levels) > 1:
        raise InvalidInput("变更前后的区划应为同一级", code="bad_value")
    return ChangeDraft(draft.kind, before, after)


def successors(draft: ChangeDraft) -> dict[str, tuple[NewDivision, ...]]:
    """What follows each division; empty where the draft does not tell.

    One that keeps its code follows itself. In a merger all go to the one, in a split the one goes
    to all; where several change into several, the others are not told.
    """
    by_code = {item.code: item for item in draft.after if item.code is not None}
    found: dict[str, tuple[NewDivision, ...]] = {}
    for code in draft.before:
        if len(draft.before) == 1 or len(draft.after) == 1:
            found[code] = draft.after
        else:
            found[code] = (by_code[code],) if code in by_code else ()
    return found


def ended_pairs(draft: ChangeDraft) -> tuple[tuple[str, str], ...]:
    """Pairs of divisions whose common line ends because both become one."""
    return tuple(combinations(sorted(draft.before), 2)) if len(draft.after) == 1 else ()


def new_pairs(draft: ChangeDraft) -> tuple[tuple[NewDivision, NewDivision], ...]:
    """Pairs of divisions between which a line begins, where they are neighbours.

    Two that both existed before have their line already; an adjustment moves it.
    """
    return tuple(
        pair
        for pair in combinations(draft.after, 2)
        if draft.kind is ChangeKind.ADJUST or not all(item.code in draft.before for item in pair)
    )


def code_notes(draft: ChangeDraft) -> list[str]:
    """What an officer should know of the codes after the change; empty when nothing."""
    notes = []
    wanted = _CLASSES.get(draft.kind)
    for item in draft.after:
        if item.code is None:
            notes.append(f"{item.name}的新代码尚未编定：由民政部门确定后补填")
            continue
        code = DivisionCode.parse(item.code)
        label = class_label(code)
        if wanted and item.code not in draft.before and label != wanted:
            notes.append(f"{item.name}的代码 {item.code} 属“{label}”区段，与{wanted}不符")
        notes += range_problems(code)
    return notes


def clocks(
    approved_on: date | None, terms: Terms, today: date, *, demarcates: bool
) -> tuple[ChangeClock, ...]:
    """The terms of a change, in the order of their last days.

    Parameters
    ----------
    approved_on
        Day of the approval, None before it.
    terms, today
        Terms of the law; day of the question.
    demarcates
        Whether a line is to be demarcated.
    """
    whole = terms.change_completion
    longest = Term(
        whole.months + terms.change_extension.months,
        terms.change_extension.regulation,
        terms.change_extension.article,
        terms.change_extension.evidence,
        terms.change_extension.note,
    )
    found = [
        ("确定区划代码", terms.code_issue),
        ("完成变更", whole),
        ("完成变更（经批准延长）", longest),
        *([("勘定变更的界线", terms.demarcation_limit)] if demarcates else []),
    ]
    made = [_clock(title, term, approved_on, today) for title, term in found]
    return tuple(sorted(made, key=lambda item: item.months))


def _clock(title: str, term: Term, approved_on: date | None, today: date) -> ChangeClock:
    due = None if approved_on is None else term_end(approved_on, term)
    days = None if due is None else (today - due).days
    return ChangeClock(title, term.months, due, days, term.citation, term.evidence)


def names_told(items: Sequence[NewDivision]) -> str:
    """Names of divisions for a reader, with the codes that are issued."""
    return "、".join(f"{item.name}（{item.code or '代码待定'}）" for item in items)
