"""Findings of the word lists: leaders, persons, foreign names, enterprises, famous entities.

地名管理条例 article 9, items 1, 2, 4-6 and 9; 地名管理条例实施办法 articles 3 and 4 on the
specific link without which a person's or an enterprise's name may stand.
"""

from dataclasses import dataclass, field

from civgeo.domain.naming_findings import Finding, FindingCode, Severity
from civgeo.domain.naming_lists import Match, NameLists, Term
from civgeo.domain.naming_place import NamedPlace
from civgeo.domain.naming_rules import RulesInForce
from civgeo.domain.place_kind import PlaceClass

__all__ = ["Links", "WordFindings", "word_findings"]

CATEGORY_ZH = {
    "exaggerated": "刻意夸大",
    "feudal": "带有封建色彩",
    "vulgar": "低俗、不雅",
    "superstitious": "带有迷信色彩",
    "sovereignty": "有损国家主权和民族尊严",
    "discriminating": "带有民族歧视性质",
    "foreign_style": "崇洋媚外",
    "odd": "怪异难懂",
    "discord": "不利于团结",
}


@dataclass(frozen=True, slots=True)
class Links:
    """An officer's word on whether a name is tied to a person or an enterprise; None: not said."""

    person: bool | None = None
    enterprise: bool | None = None
    reason: str = ""

    def denies(self, link: bool | None) -> bool:
        """Whether the link is denied with a reason."""
        return link is False and bool(self.reason.strip())


@dataclass(frozen=True, slots=True)
class WordFindings:
    """What the lists say: findings, remarks, and the names of the lists consulted."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    consulted: tuple[str, ...]


def word_findings(
    place: NamedPlace, lists: NameLists, links: Links, rules: RulesInForce
) -> WordFindings:
    """Findings of every list that the kind of `place` is held against."""
    check = _WordCheck(place, lists, links, rules)
    check.leaders()
    check.persons()
    check.foreign()
    check.enterprises()
    check.famous_entities()
    check.unfit_words()
    return WordFindings(tuple(check.findings), tuple(check.notes), tuple(check.consulted))


@dataclass(slots=True)
class _WordCheck:
    """One name on its way through the lists."""

    place: NamedPlace
    lists: NameLists
    links: Links
    rules: RulesInForce
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    consulted: list[str] = field(default_factory=list)

    def leaders(self) -> None:
        """A leader's name that is an ordinary word counts once the officer says it is meant."""
        for term in self._hits("state_leaders"):
            text = f"“{term.text}”是国家领导人（{_meant(term)}）的姓名、称谓，不得用作地名。"
            self._add(FindingCode.LEADER_NAME, text)
        for term in self.lists.terms["state_leaders"].named(self.place.stem):
            if term.match is Match.NOTE and self.links.person:
                text = f"“{term.text}”与国家领导人{_meant(term)}有特定联系，不得用作地名。"
                self._add(FindingCode.LEADER_NAME, text)

    def persons(self) -> None:
        """Names of persons and figures; an officer may deny the specific link with a reason."""
        texts = [_person_text(term) for term in self._hits("persons")]
        self.consulted += ["surnames", "given_names"]
        if not texts and not self.findings:
            texts = self._unlisted_person()
        if texts and self.links.denies(self.links.person):
            self.notes.append(f"已说明与人名无特定联系：{self.links.reason.strip()}")
            return
        for text in texts:
            end = "一般不以人名作地名；确无特定联系的，请填 person_link 为 false 并写明理由。"
            self._add(FindingCode.PERSON_NAME, text + end)

    def _unlisted_person(self) -> list[str]:
        for text in (self.place.specific, self.place.stem):
            if _is_full_name(text, self.lists):
                return [f"“{text}”像是人的姓名。"]
        return ["已注明与人名有特定联系。"] if self.links.person else []

    def foreign(self) -> None:
        """Foreign places and persons."""
        for name in ("foreign_places", "foreign_names"):
            for term in self._hits(name):
                what = "外国人名" if term.category == "person" else "外国地名"
                self._add(FindingCode.FOREIGN_NAME, f"“{term.text}”是{what}，不得用作地名。")

    def enterprises(self) -> None:
        """Enterprises and trademarks: the officer's word on the link decides."""
        terms = self._hits("enterprises_and_trademarks")
        texts = [f"“{term.text}”是企业名称或商标名称。" for term in terms]
        if self.links.enterprise:
            text = "".join(texts) + "已注明与企业、商标有特定联系，不得用作地名。"
            self._add(FindingCode.ENTERPRISE_NAME, text, Severity.BLOCK)
        elif texts and self.links.denies(self.links.enterprise):
            self.notes.append(f"已说明与企业、商标无特定联系：{self.links.reason.strip()}")
        else:
            for text in texts:
                end = "确无特定联系的，请填 enterprise_link 为 false 并写明理由。"
                self._add(FindingCode.ENTERPRISE_NAME, text + end)

    def famous_entities(self) -> None:
        """Famous natural entities and heritage as the specific part of a division."""
        if self.place.kind.place_class is PlaceClass.NATURAL and not self.place.famous:
            self._maybe_famous()
        if self.rules.about(FindingCode.FAMOUS_ENTITY) is None:
            return
        for term in self._hits("famous_entities"):
            text = f"“{term.text}”是著名自然地理实体或历史文化遗产，不得作行政区划专名。"
            self._add(FindingCode.FAMOUS_ENTITY, text)

    def _maybe_famous(self) -> None:
        for term in self.lists.terms["famous_entities"].named(self.place.whole):
            self.notes.append(
                f"“{term.text}”在著名实体名单之内；若即该实体，请注明 famous，按全国范围比对重名。"
            )

    def unfit_words(self) -> None:
        """Words that claim too much, belittle, or offend."""
        for term in self._hits("unfit_words"):
            label = CATEGORY_ZH.get(term.category, term.category)
            text = f"“{term.text}”可能属于{label}的用词，请说明与实体的范围、规模、性质是否相符。"
            self._add(FindingCode.UNFIT_MEANING, text, category=term.category)

    def _hits(self, name: str) -> list[Term]:
        """Entries of a list that count; those that are ordinary words too become remarks."""
        self.consulted.append(name)
        listed = self.lists.terms[name]
        place = self.place
        texts = dict.fromkeys((place.specific, place.stem, place.written_specific))
        found = {
            term.text: term
            for text in texts
            for term in listed.hits(text, place.kind, self.lists.ordinary(text))
        }
        for term in found.values():
            if term.match is Match.NOTE:
                self.notes.append(
                    f"“{term.text}”也见于《{listed.info.title}》，按通常词义未计为发现；"
                    "有特定联系时请注明。"
                )
        return [term for term in found.values() if term.match is not Match.NOTE]

    def _add(
        self,
        code: FindingCode,
        message: str,
        severity: Severity | None = None,
        *,
        category: str = "",
    ) -> None:
        """Add a finding, where a rule is in force."""
        rule = self.rules.about(code, category)
        if rule is not None:
            text = f"{message}依据{rule.cites.text}。"
            self.findings.append(Finding(code, severity or code.severity, rule.cites, text))


def _meant(term: Term) -> str:
    return term.refers_to or term.text


def _person_text(term: Term) -> str:
    whom = "" if _meant(term) == term.text else f"（{term.refers_to}）"
    what = "传说或文艺作品人物" if term.category == "fictional" else "人名"
    return f"“{term.text}”{whom}是{what}。"


def _is_full_name(text: str, lists: NameLists) -> bool:
    """Whether a text is a surname and a common given name and nothing else."""
    surnames, given_names = lists.terms["surnames"], lists.terms["given_names"]
    return any(text[:length] in surnames and text[length:] in given_names for length in (1, 2))
