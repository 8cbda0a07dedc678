"""Standards: legal and planning numbers as dated, scoped records with their evidence."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from types import MappingProxyType

from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.errors import InvalidInput

__all__ = ["EVIDENCE_ZH", "TOPIC_CLASS_FROM", "TOPIC_FLOOR_AREA", "TOPIC_SINGLE_SITE"]
__all__ += ["Standard", "StandardBook", "first_day", "parse_day"]

TOPIC_FLOOR_AREA = "elder_area_per_100hh"
TOPIC_SINGLE_SITE = "elder_single_min_area"
TOPIC_CLASS_FROM = "estate_class_from"


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


EVIDENCE_ZH = MappingProxyType(
    {
        "S": _("已核法规全文"),
        "E": _("见摘录或二手材料"),
        "C": _("推算"),
        "M": _("凭记忆，待市局确认"),
        "-": _("无出处"),
    }
)
NATION = "100000"


def parse_day(text: str, name: str = "on") -> date:
    """Calendar day written YYYY-MM-DD.

    Raises
    ------
    InvalidInput
        For any other form, and for days that do not exist.
    """
    if not isinstance(text, str) or len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise InvalidInput(f"{name} 应为 YYYY-MM-DD 形式的日期，收到 {text!r}", code="bad_date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{name} 不是有效日期：{text!r}", code="bad_date") from None


def first_day(text: str) -> date | None:
    """First day on which a rule is certainly in force; None where no day is recorded.

    A year or a month alone counts from its last day, so that no rule is applied too early.

    Examples
    --------
    >>> first_day("2017"), first_day("2020-02"), first_day("")
    (datetime.date(2017, 12, 31), datetime.date(2020, 2, 29), None)
    """
    return _last_day(text) if text else None


def _last_day(text: str) -> date:
    """Last day of a year, of a month, or the day itself."""
    if len(text) == 4 and text.isdigit():
        return date(int(text), 12, 31)
    if len(text) == 7:
        year, month = int(text[:4]), int(text[5:])
        return date(year, month, monthrange(year, month)[1])
    return parse_day(text, "valid_from")


@dataclass(frozen=True, slots=True)
class Standard:
    """One rule record: a number, where and when it holds, and how well it is attested.

    Parameters
    ----------
    id, topic
        Stable identifier; what the number is about.
    place, adcode
        Where it holds; six-digit division code, ``100000`` for the nation.
    regulation, document_no, article
        Source, as cited.
    valid_from, valid_to
        First and last day in force as the source gives them: YYYY-MM-DD, a month, a year, or
        empty where they are not recorded.
    quantity, operator, value, unit
        What is measured; how it is compared; the threshold, None where the text holds no number.
    estate_class
        ``new``, ``existing``, ``both`` or empty.
    area_basis
        ``gross``, ``net`` or ``unspecified`` floor area.
    applies_to, note
        The record's own words.
    evidence
        S (full text read), E (excerpt), C (computed), M (from memory), - (none).
    enabled
        False for drafts and unconfirmed figures: kept for the bureau to see, never applied.
    repeats
        Id of the record whose figure this one repeats; empty otherwise. Never cited itself.
    """

    id: str
    topic: str
    place: str
    adcode: str
    regulation: str
    valid_from: str
    quantity: str
    operator: str
    value: Decimal | None
    unit: str
    applies_to: str
    evidence: str
    document_no: str = ""
    article: str = ""
    valid_to: str = ""
    estate_class: str = ""
    area_basis: str = ""
    note: str = ""
    enabled: bool = True
    repeats: str = ""

    @property
    def source(self) -> str:
        """Regulation with its article, as it is cited."""
        return f"{self.regulation}第{self.article}条" if self.article.isdigit() else self.regulation

    @property
    def citation(self) -> str:
        """Source as it is printed: 《regulation》第N条."""
        article = f"第{self.article}条" if self.article.isdigit() else ""
        return f"《{self.regulation}》{article}"

    def applies(self, estate_class: EstateClass | None) -> bool:
        """Whether the record is about estates of that class."""
        return estate_class is None or self.estate_class in (estate_class.value, "both")

    def in_force(self, on: date) -> bool:
        """Whether it is in force on that day; a record without a first day is taken as in force."""
        first = first_day(self.valid_from)
        last = _last_day(self.valid_to) if self.valid_to else None
        return (first is None or first <= on) and (last is None or on <= last)


@dataclass(frozen=True)
class StandardBook:
    """All standard records of one edition.

    Parameters
    ----------
    standards
        Records in any order.
    edition
        Name of the edition, printed with every verdict.
    """

    standards: tuple[Standard, ...]
    edition: str

    @cached_property
    def _by_topic(self) -> Mapping[str, tuple[Standard, ...]]:
        topics: dict[str, list[Standard]] = {}
        for standard in self.standards:
            topics.setdefault(standard.topic, []).append(standard)
        return {topic: tuple(records) for topic, records in topics.items()}

    def about(self, topic: str) -> tuple[Standard, ...]:
        """Records of `topic`, enabled or not."""
        return self._by_topic.get(topic, ())

    def in_scope(
        self, topic: str, division: DivisionCode, on: date, estate_class: EstateClass | None = None
    ) -> tuple[Standard, ...]:
        """Enabled records of `topic` in force on `on` where `division` lies, best first.

        The most local place comes first, then the newest record: a city's own figure goes before
        its province's. Records that only repeat another are left out.
        """
        found = [
            standard
            for standard in self.about(topic)
            if standard.enabled
            and not standard.repeats
            and standard.applies(estate_class)
            and (standard.adcode == NATION or _covers(standard.adcode, division))
            and standard.in_force(on)
        ]
        return tuple(sorted(found, key=_locality_and_age, reverse=True))

    def choose(
        self, topic: str, division: DivisionCode, on: date, estate_class: EstateClass | None = None
    ) -> Standard | None:
        """The record with a number that decides, or None when none is at hand (not assessed)."""
        scope = self.in_scope(topic, division, on, estate_class)
        return next((standard for standard in scope if standard.value is not None), None)

    def new_estates_from(self, division: DivisionCode, on: date) -> Standard | None:
        """Record that says from which day an estate counts as new there, or None."""
        scope = self.in_scope(TOPIC_CLASS_FROM, division, on)
        return scope[0] if scope else None


@cache
def _place(adcode: str) -> DivisionCode:
    return DivisionCode.parse(adcode)


def _covers(adcode: str, division: DivisionCode) -> bool:
    return _place(adcode).covers(division)


def _locality_and_age(standard: Standard) -> tuple[int, date]:
    digits = 0 if standard.adcode == NATION else len(_place(standard.adcode).digits)
    return digits, first_day(standard.valid_from) or date.min
