"""Word lists and naming rules that a bureau adds to the packaged ones.

A row of the bureau is added; with the word or id of a packaged row it takes that one's place, and
with 启用 (enabled) false it strikes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Generic, TypeVar

from civgeo.domain.naming_check import Guide
from civgeo.domain.naming_findings import Citation, FindingCode
from civgeo.domain.naming_lists import ListInfo, Match, OwnPart, Term, TermList
from civgeo.domain.naming_place import Comparator, Scope
from civgeo.domain.naming_rules import NATION, NamingRule, NamingRules
from civgeo.domain.naming_words import CATEGORY_ZH
from civgeo.domain.place_kind import PlaceClass, PlaceKind
from civgeo.domain.standard import EVIDENCE_ZH, first_day
from civgeo.errors import InvalidInput
from civgeo.services.own_tables import Layout, OwnRows, own_rows
from civgeo.services.table_cells import Cells, TableFault
from civgeo.store.own_files import OwnFile

__all__ = ["OWN_LISTS", "RULE_LAYOUT", "Read", "layout_of", "with_own_list", "with_own_rules"]

VARIANTS = "variant_characters"
OWN_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "state_leaders": "国家领导人的姓名、称谓",
        "persons": "其他人名、人物",
        "surnames": "姓氏",
        "given_names": "常见的名",
        "foreign_places": "外国地名",
        "foreign_names": "外国人名、地名",
        "enterprises_and_trademarks": "企业名称、商标名称",
        "famous_entities": "著名自然地理实体、历史文化遗产",
        "unfit_words": "含义不妥的用词",
        "ordinary_words": "普通词语（不按上列名单计）",
        VARIANTS: "异体字、繁体字与规范字",
    }
)
"""Lists to which a bureau may add, with what each holds."""

LONGEST_TERM = 40
_UNFIT, _FOREIGN = "unfit_words", "foreign_names"
_FOREIGN_ZH = MappingProxyType({"place": "地名", "person": "人名"})
_WHOLE = frozenset({"famous_entities"})
_MATCHES = MappingProxyType(
    {"任意": Match.ANYWHERE, "开头": Match.START, "整个": Match.WHOLE, "提示": Match.NOTE}
)
_ENDING = MappingProxyType({"source": "来源", "added_on": "录入日期", "enabled": "启用"})
_TERMS = Layout(
    {
        "term": "词语",
        "category": "类别",
        "refers_to": "所指",
        "match": "位置",
        "classes": "适用",
        **_ENDING,
    },
    ("term", "source", "added_on"),
)
_CHARACTERS = Layout(
    {"char": "异体字", "standard": "规范字", **_ENDING},
    ("char", "standard", "source", "added_on"),
)
_RULE_COLUMNS = (
    *("id", "place", "adcode", "code", "categories", "kinds", "famous", "scope", "comparator"),
    *("regulation", "article", "item", "valid_from", "valid_to", "value", "evidence", "note"),
    "enabled",
)
RULE_LAYOUT = Layout({name: name for name in _RULE_COLUMNS}, _RULE_COLUMNS)

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Read:
    """A guide with what a file of the bureau adds, and what is wrong with the file."""

    guide: Guide
    faults: tuple[TableFault, ...]


@dataclass(frozen=True, slots=True)
class _Row(Generic[Entry]):
    """An entry of a list with the bureau's word on it."""

    key: str
    entry: Entry
    added_on: str
    enabled: bool
    cells: Cells


def layout_of(name: str) -> Layout:
    """Columns of the bureau's list `name`."""
    return _CHARACTERS if name == VARIANTS else _TERMS


def with_own_list(guide: Guide, name: str, file: OwnFile) -> Read:
    """`guide` with the rows that `file` adds to the list `name`."""
    lists = guide.lists
    if name == VARIANTS:
        read = _rows(file, _CHARACTERS, lambda row: _variant(row, lists.levels))
        kept, own, faults = _merged(lists.variants, read, "char")
        info = _with_own(lists.variants_info, len(kept), own)
        return Read(replace(guide, lists=replace(lists, variants=kept, variants_info=info)), faults)
    listed = lists.terms[name]
    terms = {term.text: term for term in listed.terms}
    read_terms = _rows(file, _TERMS, lambda row: _term(row, name))
    kept_terms, own, faults = _merged(terms, read_terms, "term")
    info = _with_own(listed.info, len(kept_terms), own)
    renewed = {**lists.terms, name: TermList(info, tuple(kept_terms.values()))}
    return Read(replace(guide, lists=replace(lists, terms=renewed)), faults)


def with_own_rules(guide: Guide, file: OwnFile) -> Read:
    """`guide` with the naming rules of `file`; its edition names them by their checksum."""
    read = own_rows(file, RULE_LAYOUT, _rule, lambda pair: pair[0].id)
    rules = {rule.id: rule for rule in guide.rules.rules}
    faults = list(read.faults)
    for rule, cells in read.entries:
        packaged = rules.get(rule.id)
        if not rule.enabled and packaged is None:
            faults.append(cells.wrong("id", "随带的规定里没有这个编号，无可停用；请核对编号"))
        elif packaged is not None and packaged.code is not rule.code:
            hint = f"与随带的规定 {packaged.code.value} 编号相同而事项不同；请另用一个编号"
            faults.append(cells.wrong("code", hint))
    own = {rule.id: rule for rule, _ in read.entries}
    if not own:
        return Read(guide, tuple(faults))
    edition = f"{guide.rules.edition}（本局修订 {sha256(file.path.read_bytes()).hexdigest()[:8]}）"
    renewed = NamingRules.of((rules | own).values(), edition)
    return Read(replace(guide, rules=renewed), tuple(faults))


def _rows(
    file: OwnFile, layout: Layout, make: Callable[[Cells], tuple[str, Entry]]
) -> OwnRows[_Row[Entry]]:
    def entry(row: Cells) -> _Row[Entry]:
        key, made = make(row)
        row.required("source")
        day = row.day("added_on")
        if day is None:
            raise row.wrong("added_on", "不能为空，应为 YYYY-MM-DD 形式的日期")
        return _Row(key, made, day.isoformat(), bool(row.flag("enabled", True)), row)

    return own_rows(file, layout, entry, lambda row: row.key)


def _merged(
    packaged: Mapping[str, Entry], read: OwnRows[_Row[Entry]], column: str
) -> tuple[dict[str, Entry], OwnPart | None, tuple[TableFault, ...]]:
    """The list with its changes, what the bureau changed, and faults."""
    kept, faults = dict(packaged), list(read.faults)
    for row in read.entries:
        if row.enabled:
            kept[row.key] = row.entry
        elif kept.pop(row.key, None) is None:
            faults.append(row.cells.wrong(column, "随带的名单里没有，无可停用；请核对或删去这一行"))
    if not read.entries:
        return kept, None, tuple(faults)
    added = sum(row.enabled for row in read.entries)
    as_of = max(row.added_on for row in read.entries)
    return kept, OwnPart(added, len(read.entries) - added, as_of), tuple(faults)


def _with_own(info: ListInfo, entries: int, own: OwnPart | None) -> ListInfo:
    return replace(info, entries=entries, own=own)


def _term(row: Cells, name: str) -> tuple[str, Term]:
    text = row.required("term")
    if len(text) > LONGEST_TERM or not text.isprintable() or " " in text:
        raise row.wrong("term", f"应为不超过 {LONGEST_TERM} 个字的词语，中间没有空格")
    default = Match.WHOLE if name in _WHOLE else Match.ANYWHERE
    term = Term(
        text,
        _category(row, name),
        row.text("refers_to"),
        _match(row, default),
        frozenset(row.members("classes", PlaceClass)),
        "E",
    )
    return text, term


def _category(row: Cells, name: str) -> str:
    """Category of a term; those of two lists decide what a finding says and rests on."""
    word = row.text("category")
    known = {_UNFIT: CATEGORY_ZH, _FOREIGN: _FOREIGN_ZH}.get(name)
    if known is None:
        return word
    found = {label: value for value, label in known.items()} | {value: value for value in known}
    if word not in found:
        raise row.wrong("category", f"应为 {'、'.join(known.values())} 之一")
    return found[word]


def _match(row: Cells, default: Match) -> Match:
    word = row.text("match")
    found = dict(_MATCHES) | {match.value: match for match in Match} | {"": default}
    if word not in found:
        raise row.wrong("match", f"应为 {'、'.join(_MATCHES)} 之一")
    return found[word]


def _variant(row: Cells, levels: Mapping[str, int]) -> tuple[str, str]:
    char, standard = row.required("char"), row.required("standard")
    if len(char) != 1 or char in levels:
        raise row.wrong("char", "应为一个不在《通用规范汉字表》内的字")
    if standard not in levels:
        raise row.wrong("standard", "应为一个《通用规范汉字表》内的字")
    return char, standard


def _rule(row: Cells) -> tuple[NamingRule, Cells]:
    evidence = row.text("evidence")
    if evidence not in EVIDENCE_ZH:
        raise row.wrong("evidence", f"应为 {'、'.join(EVIDENCE_ZH)} 之一")
    code = row.member("code", FindingCode)
    scope = row.member("scope", Scope) if row.text("scope") else None
    if (code is FindingCode.DUPLICATE) is (scope is None) and bool(row.flag("enabled", True)):
        raise row.wrong("scope", "duplicate 的规定须写明重名的范围，其他规定不写")
    rule = NamingRule(
        id=row.required("id"),
        place=row.required("place"),
        adcode=row.division("adcode", NATION),
        code=code,
        cites=Citation(row.required("regulation"), row.text("article"), row.text("item")),
        kinds=frozenset(row.members("kinds", PlaceKind)),
        categories=frozenset(row.text("categories").split()),
        famous=bool(row.flag("famous", False)),
        scope=scope,
        comparator=(
            row.member("comparator", Comparator) if row.text("comparator") else Comparator.FULL
        ),
        valid_from=_first_day(row),
        valid_to=row.text("valid_to") if row.day("valid_to") else "",
        limit=row.count("value"),
        evidence=evidence,
        note=row.text("note"),
        enabled=bool(row.flag("enabled", True)),
    )
    return rule, row


def _first_day(row: Cells) -> str:
    """First day in force; a year or a month alone will do."""
    word = row.text("valid_from")
    try:
        first_day(word)
    except (InvalidInput, ValueError):
        raise row.wrong("valid_from", "应为 YYYY-MM-DD 形式的日期，或只写年、年月") from None
    return word
