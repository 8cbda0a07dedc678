"""Entries of the gazetteer: completed, corrected, reverted, and what changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import orjson

from civgeo.domain.division import DivisionCode
from civgeo.domain.history import Action, Edit
from civgeo.domain.name_forms import PLACE_NAMES, NameStatus, OtherNameKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.romanisation import ReadingSource
from civgeo.domain.secrecy import Secrecy
from civgeo.errors import InvalidInput, NotPermitted
from civgeo.services.city import City
from civgeo.services.editing import Saved, correct, record
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.geojson import feature_members
from civgeo.services.romanising import romanise
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection

__all__ = [
    "NameChange",
    "completed",
    "correct_entry",
    "entry",
    "entry_document",
    "name_changes",
    "with_former_name",
]

_BY_CASE = frozenset({"name", "specific", "generic", "kind"})
"""What only a case may change."""

_SPELLING = ("specific", "generic", "toned", "plain", "reading", "reading_source", "confirmed")


@dataclass(frozen=True, slots=True)
class NameChange:
    """One entry of the feed of changes.

    Parameters
    ----------
    sequence
        Place in the history of the store; the next question goes on after it.
    id, version, action
        The entry of the gazetteer, its version after the change, and what was done.
    name, public
        Its name then, and whether anybody may read it; None where it no longer existed.
    recorded_at
        When, UTC.
    """

    sequence: int
    id: str
    version: int
    action: Action
    name: str | None
    public: bool | None
    recorded_at: datetime


def completed(given: Mapping[str, ChangedValue]) -> dict[str, ChangedValue]:
    """Properties of an entry with what the name and kind say of it, and the usual defaults.

    Parameters
    ----------
    given
        At least name, kind and division. ``reading`` (syllables by spaces) is taken as confirmed
        by ``confirmed_by``, when that is given.

    Raises
    ------
    InvalidInput
        When name, kind or division is missing or cannot be read, or the name cannot be spelled.
    """
    values: dict[str, ChangedValue] = {
        "status": NameStatus.STANDARD.value,
        "secrecy": Secrecy.PUBLIC.value,
        "public": True,
        "famous": False,
        **{name: value for name, value in given.items() if value is not None},
    }
    return values | spelling_of(values)


def spelling_of(values: Mapping[str, ChangedValue]) -> dict[str, ChangedValue]:
    """Parts, spelling and reading of an entry's name.

    Raises
    ------
    InvalidInput
        As `completed`.
    """
    name, kind, division = (_text(values, key) for key in ("name", "kind", "division"))
    ours = values.get("reading_source") not in (None, ReadingSource.GIVEN.value)
    reading = None if ours else values.get("reading")
    spelled = romanise(
        name,
        PlaceKind.named(kind, "kind"),
        reading=reading if isinstance(reading, str) else None,
        division=DivisionCode.parse(division).text,
    )
    by_officer = isinstance(reading, str) and bool(values.get("confirmed_by"))
    found = (
        spelled.specific.hanzi,
        None if spelled.generic is None else spelled.generic.hanzi,
        spelled.toned,
        spelled.plain,
        " ".join(spelled.syllables),
        spelled.source.value,
        spelled.confirmed or by_officer,
    )
    return dict(zip(_SPELLING, found, strict=True))


def _text(values: Mapping[str, ChangedValue], name: str) -> str:
    value = values.get(name)
    if isinstance(value, str) and value.strip():
        return value.strip()
    field = PLACE_NAMES.field(name)
    title = field.title if field else name
    raise InvalidInput(f"缺少{title}（{name}）：请填写", code="missing_key")


def entry(city: City, id: str) -> gpd.GeoDataFrame:
    """Frame of one entry as it is today, or as it was last; raises NotFound."""
    return record(city, Collection.PLACE_NAMES, id)


def entry_document(city: City, id: str) -> str:
    """The entry as a GeoJSON feature, indented; raises NotFound."""
    found = feature_members(entry(city, id), COLLECTIONS[Collection.PLACE_NAMES.value])[0]
    return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()


def correct_entry(
    city: City,
    id: str,
    changes: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
) -> Saved:
    """Correct what is recorded of a place; its name and kind change by a case only.

    A new reading renews the spelling.

    Raises
    ------
    NotPermitted
        When the name or the kind is among the changes.
    NotFound, VersionRequired, StaleVersion, FieldFaults, InvalidInput, RuleViolation
        As `editing.correct`.
    """
    barred = sorted(_BY_CASE & set(changes))
    if barred:
        told = "请办理更名案卷（renamings，civgeo names case rename）"
        text = f"{'、'.join(barred)} 不能直接更正：{told}"
        raise NotPermitted(text, code="other_use_case")
    if "reading" in changes:
        frame = entry(city, id)
        known = {name: frame[name].iloc[0] for name in ("name", "kind", "division")}
        spelled = spelling_of({**known, **changes})
        changes = {**changes, **{name: spelled[name] for name in spelled if name not in _BY_CASE}}
    return correct(city, Collection.PLACE_NAMES, id, changes, edit, expected_version)


def with_former_name(others: object, former: str, until: str | None) -> str:
    """JSON of an entry's other names with the name that it no longer bears."""
    listed = orjson.loads(others) if isinstance(others, str) else []
    ended = {"name": former, "kind": OtherNameKind.FORMER.value, "valid_to": until}
    return orjson.dumps([*listed, ended]).decode()


def name_changes(city: City, since: int = 0, limit: int = 100) -> list[NameChange]:
    """Changes of the gazetteer after the entry `since` of the history, the oldest first.

    Parameters
    ----------
    city
        The city.
    since
        ``sequence`` of the last change that is known.
    limit
        At most so many.
    """
    with city.store.read() as reading:
        entries = reading.changes(Collection.PLACE_NAMES, since, limit)
    return [
        NameChange(
            item.sequence,
            item.id,
            item.version,
            item.action,
            None if item.state is None else str(item.state["name"]),
            None if item.state is None else bool(item.state["public"]),
            item.recorded_at,
        )
        for item in entries
    ]
