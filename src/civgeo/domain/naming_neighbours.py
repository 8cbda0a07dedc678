"""Names that a proposed name must differ from: duplicates and homophones within the scope.

The regulation does not say what 同音 is: an equal toned reading counts as a homophone, an equal
reading but for its tones as advice.
"""

from collections.abc import Iterable, Sequence

from civgeo.domain.naming_findings import Finding, FindingCode, Severity
from civgeo.domain.naming_place import NamedPlace, Scope
from civgeo.domain.naming_rules import NamingRule

__all__ = ["conflicts"]

_NAMED_IN_MESSAGE = 3
_WORDS = {
    FindingCode.DUPLICATE: "同名",
    FindingCode.HOMOPHONE: "读音相同",
    FindingCode.HOMOPHONE_TONELESS: "读音相近，仅声调不同",
}


def conflicts(
    proposal: NamedPlace, existing: Iterable[NamedPlace], rules: Sequence[NamingRule]
) -> list[Finding]:
    """Findings of `proposal` against the names in use.

    Every conflict is told once, at its gravest and by the first rule that finds it so; a name
    that would conflict but whose area is missing, on either side, is told as ``scope_unknown``.

    Parameters
    ----------
    proposal
        The name to check.
    existing
        Names in use, in any order; those of other class groups and areas fall away.
    rules
        Rules with a scope that hold for the proposal, the nation's first.
    """
    found: dict[tuple[FindingCode, int], list[NamedPlace]] = {}
    for place in existing:
        breaches = [
            (code, number)
            for number, rule in enumerate(rules)
            if (code := _conflict(proposal, place, rule)) is not None
        ]
        if breaches:
            found.setdefault(min(breaches, key=_gravity), []).append(place)
    return [
        _finding(code, proposal, places, rules[number])
        for (code, number), places in sorted(found.items(), key=lambda item: _rank(item[0]))
    ]


def _gravity(breach: tuple[FindingCode, int]) -> tuple[int, int]:
    return list(Severity).index(breach[0].severity), breach[1]


def _rank(key: tuple[FindingCode, int]) -> tuple[int, int]:
    return list(FindingCode).index(key[0]), key[1]


def _conflict(one: NamedPlace, other: NamedPlace, rule: NamingRule) -> FindingCode | None:
    """What `rule` calls the likeness of two names; None when it lets both stand."""
    if (rule.kinds and other.kind not in rule.kinds) or rule.scope is None:
        return None
    if rule.famous and not (one.famous and other.famous):
        return None
    code = _likeness(one, other, rule)
    if code is None:
        return None
    together = one.areas.same(other.areas, rule.scope)
    if together is None and code is not FindingCode.HOMOPHONE_TONELESS:
        return FindingCode.SCOPE_UNKNOWN
    return None if together is False else code


def _likeness(one: NamedPlace, other: NamedPlace, rule: NamingRule) -> FindingCode | None:
    comparator = rule.comparator
    if one.part(comparator) == other.part(comparator):
        return FindingCode.DUPLICATE
    mine, theirs = one.reading(comparator), other.reading(comparator)
    if mine is None or theirs is None:
        return None
    if mine == theirs:
        return FindingCode.HOMOPHONE
    if one.toneless(comparator) == other.toneless(comparator):
        return FindingCode.HOMOPHONE_TONELESS
    return None


def _finding(
    code: FindingCode, proposal: NamedPlace, places: Sequence[NamedPlace], rule: NamingRule
) -> Finding:
    shown = "、".join(f"“{place.name}”" for place in places[:_NAMED_IN_MESSAGE])
    more = f"等 {len(places)} 个" if len(places) > _NAMED_IN_MESSAGE else ""
    scope = rule.scope or Scope.NATION
    if code is FindingCode.SCOPE_UNKNOWN:
        side = "拟用地名" if proposal.areas.get(scope) is None else "已有地名"
        text = (
            f"与{shown}{more}同名或同音，{side}没有写明所在{scope.label_zh}（{scope.value}），"
            f"不能判断是否重名。请补上，或说明两者不在同一{scope.label_zh}。"
        )
    else:
        part = "专名" if rule.comparator.value == "specific" else "名称"
        within = scope.label_zh if scope is Scope.NATION else f"同一{scope.label_zh}"
        end = "请核对是否容易混淆。" if code.severity is Severity.ADVISE else "请另拟名称。"
        text = f"{part}与{within}（{scope.value}）的{shown}{more}{_WORDS[code]}，{end}"
    refs = tuple(place.ref for place in places)
    return Finding(code, code.severity, rule.cites, f"{text}依据{rule.cites.text}。", refs)
