"""History of a register: who recorded what, from when it holds, and the chain that seals it.

A fact has two times. It *holds* from ``valid_from`` until ``valid_to`` (half open; None is without
bound), and it was *recorded* at one moment. Every entry asserts one state over one period and
supersedes what earlier entries asserted there; nothing is taken back. So the state on any day, as
known at any moment, is that of the last entry recorded by then whose period holds the day.

One chain of hashes runs through the entries of each register and county.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256

from civgeo.domain.registers import form_of
from civgeo.errors import InvalidInput, StaleEdit

__all__ = [
    "Action",
    "Edit",
    "Entry",
    "Fault",
    "Finding",
    "Head",
    "Link",
    "StaleVersion",
    "Value",
    "broken_links",
    "canonical",
    "entry_hash",
    "moment_text",
]

Value = str | int | float | bool | None


class Action(StrEnum):
    """What an entry did to the record."""

    CREATE = "create"
    CORRECT = "correct"
    CLOSE = "close"
    RESTORE = "restore"
    IMPORT = "import"
    ADOPT = "adopt"
    REVERT = "revert"

    @property
    def label_zh(self) -> str:
        """Action in Chinese."""
        labels = {"create": "新增", "correct": "更改", "close": "注销", "restore": "恢复"}
        later = {"import": "导入", "adopt": "采纳外部修改", "revert": "还原外部修改"}
        return (labels | later)[self.value]


@dataclass(frozen=True, slots=True)
class Edit:
    """Who records a change, on the strength of what, and when it holds.

    Parameters
    ----------
    actor
        Account or name of the officer.
    document
        Document that the change rests on: its title or number.
    document_date
        Date of the document.
    valid_from, valid_to
        Days from which, and before which, the change holds; None is without bound.
    batch
        Import that the change belongs to.

    Raises
    ------
    InvalidInput
        When actor or document is empty, or the period has no day.
    """

    actor: str
    document: str
    document_date: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    batch: str | None = None

    def __post_init__(self) -> None:
        if not self.actor.strip() or not self.document.strip():
            raise InvalidInput("每次修改都要有经办人和依据文件", code="edit_incomplete")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            text = f"生效日 {self.valid_from} 应早于失效日 {self.valid_to}"
            raise InvalidInput(text, code="bad_period")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the history.

    Parameters
    ----------
    sequence
        Place in the history of the store; grows with each entry.
    register, county
        Chain that it stands in: the collection, and six digits.
    id, version
        The record, and its version after this entry; several entries of one edit share it.
    action
        What it did.
    valid_from, valid_to
        Period over which it asserts `state`.
    recorded_at
        When it was recorded, UTC.
    actor, document, document_date, batch
        As in `Edit`.
    state
        Properties, or None where the record does not exist in that period.
    shape
        SHA-256 of the geometry, None without one.
    hash
        Its seal, over its content and the seal before it.
    """

    sequence: int
    register: str
    county: str
    id: str
    version: int
    action: Action
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    actor: str
    document: str
    document_date: date | None
    batch: str | None
    state: Mapping[str, Value] | None
    shape: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Last link of a chain, to be filed outside: it proves all that stands before it.

    Parameters
    ----------
    register, county
        The chain.
    entries
        How many entries it has.
    sequence, recorded_at, hash
        Of its last entry.
    """

    register: str
    county: str
    entries: int
    sequence: int
    recorded_at: datetime
    hash: str


class Fault(StrEnum):
    """What can be wrong with a history."""

    LINK = "link"
    SEAL = "seal"
    SHAPE = "shape"
    PRESENT = "present"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a history, with its place.

    Parameters
    ----------
    fault
        LINK: does not follow on the entry before it. SEAL: content and seal differ. SHAPE: the
        geometry was changed. PRESENT: the current record is not what its history gives.
        ATTACHMENT: an attached file was changed, or is not there.
    register, county, id
        Where.
    sequence
        Entry, None for PRESENT and ATTACHMENT.
    """

    fault: Fault
    register: str
    county: str
    id: str
    sequence: int | None

    @property
    def message(self) -> str:
        """The finding in an officer's words."""
        place = f"{self.register}（{self.county}）记录 {self.id}"
        texts = {
            Fault.LINK: "与前一条不衔接：其间有历史被删除或改写",
            Fault.SEAL: "内容与封印不符：这条历史被改写过",
            Fault.SHAPE: "图形与封印不符：历史图形被改写过",
            Fault.PRESENT: "当前内容与历史推得的不一致",
            Fault.ATTACHMENT: "附件的内容与校验值不符，或附件不在库中",
        }
        number = "" if self.sequence is None else f"第 {self.sequence} 条历史，"
        return f"{number}{place}：{texts[self.fault]}。请用最近的备份核对"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the chain sees it.

    Parameters
    ----------
    register, county, entity, sequence
        Its chain, record and place.
    content
        What its hash is taken over, in the order of the store.
    previous, hash
        Seal of the entry before it in the chain (empty for the first), and its own.
    """

    register: str
    county: str
    entity: str
    sequence: int
    content: Sequence[Value]
    previous: str
    hash: str


class StaleVersion(StaleEdit):
    """The record has another version than the edit was made from.

    Parameters
    ----------
    collection, id
        The record.
    expected, current
        Version that the edit was made from, and the one that stands.
    expected_fields, current_fields
        Properties of both; the first is None when there never was such a version.
    """

    def __init__(
        self,
        collection: str,
        id: str,
        *,
        expected: int,
        current: int,
        expected_fields: Mapping[str, Value] | None,
        current_fields: Mapping[str, Value],
    ) -> None:
        form = form_of(collection)
        text = (
            f"{form.title if form else collection} 的记录 {id} 已被他人改到第 {current} 版"
            f"（你依据的是第 {expected} 版）：请对照两版后重新提交"
        )
        super().__init__(text)
        self.collection = collection
        self.expected, self.current = expected, current
        self.expected_fields, self.current_fields = expected_fields, current_fields


def canonical(state: Mapping[str, Value]) -> str:
    """The state as one text: JSON with sorted keys, no spaces, unescaped.

    Examples
    --------
    >>> canonical({"name": "老街", "beds": None})
    '{"beds":null,"name":"老街"}'
    """
    return _json_of_state(state)


_json_of_state = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":")
).encode
_json_of_entry = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def entry_hash(previous: str, content: Sequence[Value]) -> str:
    """SHA-256, in hexadecimal, over the hash of the entry before and this entry's content."""
    return sha256(f"{previous}\n{_json_of_entry(content)}".encode()).hexdigest()


def moment_text(moment: datetime) -> str:
    """The moment in UTC to the millisecond, as the store writes it.

    Examples
    --------
    >>> moment_text(datetime(2026, 3, 1, 8, 30, tzinfo=UTC))
    '2026-03-01T08:30:00.000Z'
    """
    if moment.tzinfo is None:
        raise InvalidInput(f"时间 {moment} 应带时区", code="bad_date")
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def broken_links(links: Iterable[Link]) -> Iterator[Finding]:
    """The first fault of each chain among `links`, which come in the order of `sequence`."""
    heads: dict[tuple[str, str], str] = {}
    broken: set[tuple[str, str]] = set()
    for link in links:
        chain = link.register, link.county
        if chain in broken:
            continue
        follows = link.previous == heads.get(chain, "")
        if not follows or link.hash != entry_hash(link.previous, link.content):
            broken.add(chain)
            fault = Fault.SEAL if follows else Fault.LINK
            yield Finding(fault, link.register, link.county, link.entity, link.sequence)
        heads[chain] = link.hash
