"""Saved scenarios: named, ordered lists of edits with the version of the data behind them."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NoReturn

from civgeo.domain.history import Edit
from civgeo.domain.scenario_edits import ScenarioEdit, canonical_edits, parsed_edits
from civgeo.errors import InvalidInput, NotFound, RuleViolation
from civgeo.services import editing
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.services.scenario_answer import ScenarioAnswer, ScenarioQuestion, answer_scenario
from civgeo.services.walk_ground import planning_version
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection

__all__ = [
    "SavedScenario",
    "ScenarioEntry",
    "append_edit",
    "close_scenario",
    "compared",
    "new_scenario",
    "one_scenario",
    "revise_scenario",
    "saved_answer",
    "saved_scenarios",
    "undo_edit",
]

_SCENARIOS = Collection.SCENARIOS
MOST_COMPARED = 10


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    """What an officer says of a scenario.

    Parameters
    ----------
    name, purpose, note
        In words; the last two may be empty.
    edits
        In order.
    division
        Code of the area that it is about; the whole city when empty.
    base_on
        Day of the present that it is compared with; today when None.
    shared
        Whether everybody who reaches the service may read it.
    """

    name: str
    edits: tuple[ScenarioEdit, ...] = ()
    purpose: str = ""
    note: str = ""
    division: str = ""
    base_on: date | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A scenario as it is saved.

    Parameters
    ----------
    id, version
        Of the record.
    entry
        What it says.
    data_version
        Version of the data when its edits were last saved.
    created_by
        Who entered it.
    """

    id: str
    version: int
    entry: ScenarioEntry
    data_version: int
    created_by: str


def saved_scenarios(city: City, *, officer: bool) -> tuple[SavedScenario, ...]:
    """Scenarios of the city in the order in which they were entered.

    Parameters
    ----------
    city
        The city.
    officer
        Whether the reader may see those that are not shared.
    """
    with city.store.read() as reading:
        frame = reading.features(_SCENARIOS)
    found = (_scenario(str(id), row) for id, row in frame.to_dict("index").items())
    return tuple(one for one in found if officer or one.entry.shared)


def one_scenario(city: City, id: str, *, officer: bool) -> SavedScenario:
    """The scenario of that id.

    Raises
    ------
    NotFound
        When there is none, it is closed, or it is not shared and the reader no officer.
    """
    with city.store.read() as reading:
        frame = reading.features(_SCENARIOS, ids=[id])
    if frame.empty:
        _not_there(id)
    found = _scenario(id, frame.to_dict("index")[id])
    if not (officer or found.entry.shared):
        _not_there(id)
    return found


def _not_there(id: str) -> NoReturn:
    text = f"没有编号为“{id[:80]}”的情景方案，或它没有共享：未共享的方案须带写入令牌查看"
    raise NotFound(text)


def _scenario(id: str, row: Mapping[Hashable, object]) -> SavedScenario:
    def text(name: str) -> str:
        value = row[name]
        return value if isinstance(value, str) else ""

    entry = ScenarioEntry(
        name=text("name"),
        edits=parsed_edits(text("edits")),
        purpose=text("purpose"),
        note=text("note"),
        division=text("division"),
        base_on=date.fromisoformat(text("base_on")),
        shared=bool(row["shared"]),
    )
    numbers = {name: int(str(row[name])) for name in ("version", "data_version")}
    return SavedScenario(id, numbers["version"], entry, numbers["data_version"], text("created_by"))


def new_scenario(city: City, entry: ScenarioEntry, edit: Edit) -> Saved:
    """Save a new scenario.

    Raises
    ------
    InvalidInput
        When it has no name, or the day of its present lies ahead.
    FieldFaults
        When a text is too long or the division no code.
    """
    given = _values(city, entry) | {"created_by": edit.actor, "simulated": _is_simulated(city)}
    return editing.create(city, _SCENARIOS, given, edit)


def revise_scenario(
    city: City, id: str, entry: ScenarioEntry, edit: Edit, expected_version: int | None
) -> Saved:
    """Make a scenario what `entry` says; who entered it stays.

    Raises
    ------
    NotFound, VersionRequired, StaleVersion
        When there is none, or it is not at the version that was seen.
    InvalidInput, FieldFaults
        As `new_scenario`.
    """
    one_scenario(city, id, officer=True)
    return editing.correct(city, _SCENARIOS, id, _values(city, entry), edit, expected_version)


def append_edit(
    city: City, id: str, item: object, edit: Edit, expected_version: int | None
) -> SavedScenario:
    """Put one more edit at the end of a scenario; returns it as it is saved then.

    Parameters
    ----------
    city, id
        The scenario.
    item
        The edit as JSON has it.
    edit, expected_version
        Who saves it; version that was seen.

    Raises
    ------
    InvalidInput
        ``bad_edits`` when it is no edit, or does not go with those before it.
    NotFound, VersionRequired, StaleVersion
        As `revise_scenario`.
    """
    found = _seen(city, id, edit, expected_version)
    listed = json.loads(canonical_edits(found.entry.edits))
    edits = parsed_edits([*listed, item])
    return _with_edits(city, found, edits, edit, expected_version)


def undo_edit(city: City, id: str, edit: Edit, expected_version: int | None) -> SavedScenario:
    """Take the last edit of a scenario away; it stays in the history.

    Raises
    ------
    RuleViolation
        ``no_edits`` when it has none.
    NotFound, VersionRequired, StaleVersion
        As `revise_scenario`.
    """
    found = _seen(city, id, edit, expected_version)
    if not found.entry.edits:
        raise RuleViolation(f"方案“{found.entry.name}”没有改动可撤销", code="no_edits")
    return _with_edits(city, found, found.entry.edits[:-1], edit, expected_version)


def close_scenario(city: City, id: str, edit: Edit, expected_version: int | None) -> Saved:
    """End a scenario's existence on ``edit.valid_from``; raises as `revise_scenario`."""
    one_scenario(city, id, officer=True)
    return editing.close(city, _SCENARIOS, id, edit, expected_version)


def saved_answer(city: City, found: SavedScenario, question: ScenarioQuestion) -> ScenarioAnswer:
    """What a saved scenario changes, on the day of its present; raises as `answer_scenario`."""
    return answer_scenario(city, found.entry.edits, question, found.entry.base_on)


def compared(
    city: City, ids: Sequence[str], question: ScenarioQuestion, *, officer: bool
) -> tuple[tuple[SavedScenario, ScenarioAnswer], ...]:
    """Several scenarios with their answers to one question, in the order of `ids`.

    Kinds that the question does not name are those of all the scenarios together, so that every
    one is measured by the same.

    Raises
    ------
    InvalidInput
        When no id, one id twice, or more than ten are given.
    NotFound
        As `one_scenario`.
    """
    if not 1 <= len(ids) <= MOST_COMPARED or len(set(ids)) < len(ids):
        text = f"请给出 1 至 {MOST_COMPARED} 个互不相同的方案编号（ids），用逗号隔开"
        raise InvalidInput(text, code="bad_ids")
    scenarios = [one_scenario(city, id, officer=officer) for id in ids]
    answers = [saved_answer(city, found, question) for found in scenarios]
    if not question.kinds:
        named = dict.fromkeys(part.kind for answer in answers for part in answer.reach)
        common = replace(question, kinds=tuple(named))
        answers = [saved_answer(city, found, common) for found in scenarios]
    return tuple(zip(scenarios, answers, strict=True))


def _values(city: City, entry: ScenarioEntry) -> dict[str, ChangedValue]:
    if not entry.name.strip():
        raise InvalidInput("请给出方案名称（name）", code="missing_key")
    day = entry.base_on or city.today
    if day > city.today:
        raise InvalidInput(f"现状日期 {day} 在今天之后", code="future")
    return {
        "name": entry.name.strip(),
        "purpose": entry.purpose.strip() or None,
        "division": entry.division or _city_code(city),
        "edits": canonical_edits(entry.edits),
        "data_version": planning_version(city),
        "base_on": day.isoformat(),
        "shared": entry.shared,
        "note": entry.note.strip() or None,
    }


def _seen(city: City, id: str, edit: Edit, expected_version: int | None) -> SavedScenario:
    """The scenario, when it still is what was seen; raises VersionRequired or StaleVersion."""
    found = one_scenario(city, id, officer=True)
    if expected_version != found.version:
        with city.store.read() as reading:
            same = {"name": found.entry.name}
            reading.rehearse(_SCENARIOS, id, same, edit, expected_version)
    return found


def _with_edits(
    city: City,
    found: SavedScenario,
    edits: tuple[ScenarioEdit, ...],
    edit: Edit,
    expected_version: int | None,
) -> SavedScenario:
    data_version = planning_version(city)
    changes: dict[str, ChangedValue] = {"edits": canonical_edits(edits)}
    if data_version != found.data_version:
        changes["data_version"] = data_version
    version = city.store.correct(_SCENARIOS, found.id, changes, edit, expected_version)
    entry = replace(found.entry, edits=edits)
    return SavedScenario(found.id, version, entry, data_version, found.created_by)


def _city_code(city: City) -> str:
    with city.store.read() as reading:
        return reading.register().city


def _is_simulated(city: City) -> bool:
    with city.store.read() as reading:
        return reading.register().simulated
