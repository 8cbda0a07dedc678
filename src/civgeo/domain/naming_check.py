"""The check of one proposed name against every rule at hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from civgeo.domain.naming_findings import Finding, FindingCode, Severity
from civgeo.domain.naming_forms import form_findings, is_han
from civgeo.domain.naming_lists import ListInfo, NameLists
from civgeo.domain.naming_neighbours import conflicts
from civgeo.domain.naming_place import NamedPlace, Scope
from civgeo.domain.naming_rules import NamingRules, RulesInForce
from civgeo.domain.naming_words import Links, word_findings
from civgeo.domain.place_kind import PlaceClass, PlaceKind

__all__ = ["Guide", "NameCheck", "check_name"]

_DIVISIONS_NOTE = (
    "专名是否取自超出本行政区域范围的地理实体（第9条第9项后半句），没有图形不能判断，请人工核对。"
)
_LISTS_NOTE = "名单不齐全：没有命中不等于没有问题，只说明不在所列名单之内。"


@dataclass(frozen=True, slots=True)
class Guide:
    """The rules and lists that a check goes by."""

    rules: NamingRules
    lists: NameLists


@dataclass(frozen=True, slots=True)
class NameCheck:
    """What a check found.

    Parameters
    ----------
    findings
        Findings, the gravest first.
    notes
        What an officer should know beside them: what could not be judged, and why.
    consulted
        Lists that the name was held against.
    assessed
        Whether any rule was in force on the day.
    syllables
        Reading that homophones were compared by; None when none is known.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    consulted: tuple[ListInfo, ...]
    assessed: bool = True
    syllables: tuple[str, ...] | None = None

    @property
    def blocked(self) -> bool:
        """Whether a finding forbids the name."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)


def check_name(
    place: NamedPlace,
    existing: Iterable[NamedPlace],
    guide: Guide,
    *,
    on: date,
    links: Links | None = None,
) -> NameCheck:
    """Findings of a proposed name: duplicates, homophones, lists, characters and form.

    地名管理条例 article 9, with the stricter rules of the place that it lies in.

    Parameters
    ----------
    place
        The proposed name with its parts, areas and readings.
    existing
        Names in use; only those near in sound or writing are needed.
    guide
        Rules and lists of one edition.
    on
        Day on which the rules must be in force.
    links
        The officer's word on persons and enterprises.
    """
    lists = guide.lists
    rules = guide.rules.at(place.kind, place.areas.code, on)
    words = word_findings(place, lists, links or Links(), rules)
    findings = [
        *conflicts(place, existing, rules.scoped(famous=place.famous)),
        *words.findings,
        *form_findings(place, lists, rules),
    ]
    order = list(Severity)
    findings.sort(key=lambda finding: order.index(finding.severity))
    infos = [lists.terms[name].info for name in words.consulted]
    infos += [lists.characters_info, lists.variants_info, lists.terms["stacked_generics"].info]
    notes = [*_scope_notes(place, rules, findings), *words.notes, _LISTS_NOTE]
    assessed = rules.about(FindingCode.PERSON_NAME) is not None
    return NameCheck(tuple(findings), tuple(notes), tuple(infos), assessed, _spoken(place))


def _spoken(place: NamedPlace) -> tuple[str, ...] | None:
    """Syllables of the Chinese characters alone."""
    if place.syllables is None:
        return None
    sounds = zip(place.whole, place.syllables, strict=False)
    return tuple(syllable for char, syllable in sounds if is_han(char))


def _scope_notes(place: NamedPlace, rules: RulesInForce, findings: list[Finding]) -> list[str]:
    """What could not be judged about duplicates, and why."""
    notes = []
    scoped = rules.scoped(famous=place.famous)
    if not scoped:
        notes.append(_no_scope(place.kind))
    told = any(finding.code is FindingCode.SCOPE_UNKNOWN for finding in findings)
    scopes = {rule.scope for rule in scoped if rule.scope and rule.scope is not Scope.NATION}
    unknown = {scope for scope in scopes if place.areas.get(scope) is None}
    if unknown and not told:
        areas = "、".join(f"{scope.label_zh}（{scope.value}）" for scope in sorted(unknown))
        notes.append(f"没有写明所在{areas}，重名只能与同样缺项或上级区划相同的地名比对，请补上。")
    if scoped and place.syllables is None:
        notes.append("读音不明，没有比对同音；请填 reading。")
    if place.areas.code is None:
        notes.append("没有写明所在政区的代码，省、市的地方规定没有评估。")
    if place.kind.place_class is PlaceClass.DIVISION:
        notes.append(_DIVISIONS_NOTE)
    notes += [f"{rule.place}：{rule.cites.text}，{rule.note}。" for rule in rules.with_notes()]
    return notes


def _no_scope(kind: PlaceKind) -> str:
    if kind.place_class is PlaceClass.NATURAL:
        return (
            "自然地理实体只有著名的在全国不得重名；未注明 famous，没有比对重名。"
            "是否著名由审批机关认定。"
        )
    return f"手头的规定没有给出“{kind.label_zh}”不得重名的范围，没有比对重名。"
