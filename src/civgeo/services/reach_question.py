"""Questions of reach, from the words of an address or of the command line."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.domain.facility import FacilityKind
from civgeo.errors import InvalidInput
from civgeo.services.reach import People
from civgeo.services.reach_maps import DEFAULT_KINDS, ReachQuestion

__all__ = ["ASKED", "kinds_asked", "percent_asked", "question_asked"]

MOST_KINDS = 10
ASKED = ("kind", "minutes", "speed", "people", "level", "division", "target")
"""Parameters of such a question."""


def question_asked(
    kinds: list[str],
    minutes: str,
    speed: str,
    people: People,
    level: UnitLevel,
    division: str | None,
    target: str | None,
) -> ReachQuestion:
    """The question; without kinds those whose floor area counts as estate elder care.

    Parameters
    ----------
    kinds
        Kinds of facility, each part perhaps several with commas between them.
    minutes, speed, target
        Numbers as text; an empty target is none.
    people, level, division
        As for `civgeo.services.reach.reach_coverage`; an empty division is the whole city.

    Raises
    ------
    InvalidInput
        ``bad_kind`` or ``bad_number``.
    """
    asked = ReachQuestion(
        terms=ReachTerms(_number(minutes, "minutes"), _number(speed, "speed")),
        people=people,
        level=level,
        division=division or None,
        target=percent_asked(target),
    )
    chosen = kinds_asked(",".join(kinds)) if any(kinds) else DEFAULT_KINDS
    return replace(asked, kinds=chosen)


def kinds_asked(text: str) -> tuple[FacilityKind, ...]:
    """Kinds with commas between them, each once.

    Raises
    ------
    InvalidInput
        ``bad_kind`` for none, more than ten, or an unknown one.
    """
    names = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not 0 < len(names) <= MOST_KINDS:
        raise InvalidInput(f"参数 kind 应为 1 至 {MOST_KINDS} 种设施", code="bad_kind")
    known = {kind.value: kind for kind in FacilityKind}
    for name in names:
        if name not in known:
            choices = "、".join(f"{kind.value}（{kind.label_zh}）" for kind in FacilityKind)
            raise InvalidInput(f"没有设施种类“{name[:40]}”；可用：{choices}", code="bad_kind")
    return tuple(known[name] for name in names)


def _number(text: str, name: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise InvalidInput(f"参数 {name} 的“{text[:40]}”不是数", code="bad_number") from None
    if not number.is_finite() or not 0 < number <= 1000:
        raise InvalidInput(f"参数 {name} 应大于 0、不超过 1000：{text[:40]}", code="bad_number")
    return number


def percent_asked(text: str | None) -> Decimal | None:
    """Percentage above 0 and up to 100; None for an empty one.

    Raises
    ------
    InvalidInput
        ``bad_number``.
    """
    if not text:
        return None
    number = _number(text, "target")
    if number > 100:
        raise InvalidInput(f"参数 target 应不超过 100：{text[:40]}", code="bad_number")
    return number
