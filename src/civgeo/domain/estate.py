"""Housing estates (小区): new or existing, and how far their elder-care rooms have come."""

from datetime import date
from enum import StrEnum

__all__ = ["EstateClass", "HandoverStage", "class_by_completion"]


class EstateClass(StrEnum):
    """Which floor-area standard an estate falls under; ``mixed`` holds homes of both."""

    NEW = "new"
    EXISTING = "existing"
    MIXED = "mixed"

    @property
    def label_zh(self) -> str:
        """Class in Chinese."""
        return {"new": "新建", "existing": "已建成", "mixed": "新旧混合"}[self.value]


class HandoverStage(StrEnum):
    """Stage of an estate's elder-care rooms (四同步: planned, built, accepted, handed over)."""

    PLANNED = "planned"
    BUILT = "built"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed_over"

    @property
    def label_zh(self) -> str:
        """Stage in Chinese."""
        labels = {"planned": "规划", "built": "建成", "accepted": "验收", "handed_over": "移交"}
        return labels[self.value]


def class_by_completion(completed_year: int | None, new_from: date | None) -> EstateClass | None:
    """Class that the year of completion gives, against the day from which estates count as new.

    Parameters
    ----------
    completed_year
        Calendar year of completion; None when it is not recorded.
    new_from
        First day of the rule that asks more of new estates (standard record
        ``estate_class_from``); None where no such rule is at hand.

    Returns
    -------
    EstateClass or None
        None when either is unknown, and when the rule begins in the middle of that very year:
        the year alone does not decide then.

    Examples
    --------
    >>> class_by_completion(2019, date(2019, 1, 1)), class_by_completion(2022, date(2022, 10, 1))
    (<EstateClass.NEW: 'new'>, None)
    """
    if completed_year is None or new_from is None:
        return None
    if completed_year == new_from.year and new_from > date(new_from.year, 1, 1):
        return None
    return EstateClass.NEW if completed_year >= new_from.year else EstateClass.EXISTING
