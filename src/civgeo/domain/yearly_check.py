"""The yearly check of a line (平安边界): its items and what they come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from civgeo.errors import InvalidInput

__all__ = ["CheckItem", "CheckTally", "fresh_items", "tally"]


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One item of the list.

    Parameters
    ----------
    id, title
        Machine word, and what is asked, in Chinese.
    source, evidence, note
        Where it comes from, how well that is attested, and what to know of it.
    """

    id: str
    title: str
    source: str
    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class CheckTally:
    """How many items are as they should be, are not, and are still open."""

    good: int
    bad: int
    open: int

    @property
    def complete(self) -> bool:
        """Whether every item was answered."""
        return self.open == 0


def fresh_items(items: Iterable[CheckItem]) -> list[dict[str, object]]:
    """The items of a new list, none answered."""
    return [{"id": item.id, "title": item.title, "ok": None, "note": None} for item in items]


def tally(items: Sequence[Mapping[str, object]]) -> CheckTally:
    """Count of the answers of one list.

    Parameters
    ----------
    items
        Each with title and ok (true, false or null).

    Raises
    ------
    InvalidInput
        ``bad_value`` for another answer, or an item without a title.
    """
    for item in items:
        title, answer = item.get("title"), item.get("ok")
        if not isinstance(title, str) or not title.strip():
            raise InvalidInput("检查项目缺少名称（title）", code="bad_value")
        if answer is not None and not isinstance(answer, bool):
            text = f"检查项目“{title[:40]}”的 ok 应为 true、false 或 null"
            raise InvalidInput(text, code="bad_value")
    answers = [item.get("ok") for item in items]
    return CheckTally(answers.count(True), answers.count(False), answers.count(None))
