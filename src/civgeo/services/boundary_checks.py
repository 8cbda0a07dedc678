"""Disputes and yearly checks (平安边界) of lines: entered, answered, settled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

import geopandas as gpd

from civgeo.domain.boundary_forms import LineStatus
from civgeo.domain.history import Edit
from civgeo.domain.yearly_check import fresh_items, tally
from civgeo.errors import InvalidInput, RuleViolation
from civgeo.formats.boundary_rules import yearly_check_items
from civgeo.services import editing
from civgeo.services.boundary_records import (
    json_text,
    line_entries,
    parsed_sides,
    record_rows,
    structure,
)
from civgeo.services.city import City
from civgeo.services.editing import Saved
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.line_asked import one_line
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection

__all__ = ["answer_check", "correct_dispute", "enter_dispute", "start_checks"]

_DISPUTES, _CHECKS = Collection.BOUNDARY_DISPUTES, Collection.YEARLY_CHECKS
_SETTLED = "settled"


def enter_dispute(city: City, properties: Mapping[str, ChangedValue], edit: Edit) -> Saved:
    """Enter a contested stretch of a line that is registered; sides are by default the line's.

    The line is given by code, name or id.

    Raises
    ------
    NotFound
        ``unknown_line`` when the line is not registered.
    RuleViolation
        As `correct_dispute`.
    FieldFaults, InvalidInput
        As `editing.create`; ``ambiguous_line`` when several lines are called so.
    """
    with city.store.read() as reading:
        line = one_line(reading, str(properties.get("line") or ""), public=False)
        values: dict[str, ChangedValue] = {
            "division": line.division,
            "sides": json_text(list(line.facts.sides)),
            "state": "open",
            "simulated": reading.register().simulated,
            **{name: value for name, value in properties.items() if value is not None},
            "line": line.facts.code,
        }
    values["sides"] = json_text(list(parsed_sides(values["sides"])))
    _require_course(values, city.today)
    return editing.create(city, _DISPUTES, values, edit)


def correct_dispute(
    city: City,
    id: str,
    changes: Mapping[str, ChangedValue],
    edit: Edit,
    expected_version: int | None,
) -> Saved:
    """Change a dispute; a settled one must say when and how, and no other may.

    Raises
    ------
    RuleViolation
        ``outcome_missing`` when it would be settled without a day or an outcome;
        ``outcome_stands`` when it would be open again with them; ``future`` and
        ``before_last_step`` for days that lie ahead, or before it began.
    NotFound, VersionRequired, StaleVersion, FieldFaults
        As `editing.correct`.
    """
    frame = editing.record(city, _DISPUTES, id)
    after = {**record_rows(frame, _DISPUTES)[0][1], **changes}
    _require_course(after, city.today)
    return editing.correct(city, _DISPUTES, id, changes, edit, expected_version)


def _require_course(dispute: Mapping[str, object], today: date) -> None:
    """Refuse a dispute whose state, days and outcome contradict each other."""
    began, settled = (str(dispute.get(name) or "") for name in ("began_on", "settled_on"))
    outcome = dispute.get("outcome")
    if dispute.get("state") == _SETTLED:
        if not (settled and outcome):
            text = "争议记为“已解决”时，须填写解决日期（settled_on）和处理结果（outcome）"
            raise RuleViolation(text, code="outcome_missing")
    elif settled or outcome:
        text = (
            "争议未解决时不能有解决日期（settled_on）和处理结果（outcome）："
            "重新提起的，请一并清空，原来的内容留在历史中"
        )
        raise RuleViolation(text, code="outcome_stands")
    for title, day in (("发生日期", began), ("解决日期", settled)):
        if day > today.isoformat():
            raise RuleViolation(f"{title} {day} 在今天之后", code="future")
    if settled and settled < began:
        text = f"解决日期 {settled} 早于发生日期 {began}，请核对"
        raise RuleViolation(text, code="before_last_step")


def start_checks(city: City, year: int, edit: Edit) -> tuple[int, int]:
    """Enter the yearly check of every line that has none for `year`.

    Returns
    -------
    tuple of int
        How many were entered, and how many stood there already.

    Raises
    ------
    InvalidInput
        For a year that lies ahead or before 2000.
    """
    if not 2000 <= year <= city.today.year:
        text = f"年度应在 2000 至 {city.today.year} 之间，收到 {year}"
        raise InvalidInput(text, code="bad_year")
    items = json_text(fresh_items(yearly_check_items()))
    with city.store.write() as writing:
        frame = writing.features(_CHECKS, where={"year": year})
        known = set(frame["line"].tolist())
        lines = [item for item in line_entries(writing) if _is_checked(item.facts.status)]
        rows = [
            {
                "id": str(uuid4()),
                "version": 1,
                **dict.fromkeys(item.name for item in COLLECTIONS[_CHECKS.value].entered),
                "name": line.facts.name,
                "line": line.facts.code,
                "year": year,
                "division": line.division,
                "items": items,
                "source": edit.document,
                "simulated": line.simulated,
                "geometry": None,
            }
            for line in lines
            if line.facts.code not in known
        ]
        if rows:
            made = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490").set_index("id")
            writing.create(_CHECKS, made, replace(edit, valid_from=None, valid_to=None))
    return len(rows), len(known)


def _is_checked(status: LineStatus) -> bool:
    return status is not LineStatus.ENDED


def answer_check(
    city: City,
    id: str,
    items: Sequence[Mapping[str, object]],
    edit: Edit,
    expected_version: int | None,
    *,
    checked_on: date,
    checked_by: str = "",
    remark: str = "",
) -> Saved:
    """Record the answers of a yearly check; items that are not named keep theirs.

    Parameters
    ----------
    city, id
        The check.
    items
        id of the item with ok (true, false, null) and note; one with an unknown id and a title
        is added, because the list is the bureau's own.
    edit, expected_version
        Who records it; version that was seen.
    checked_on, checked_by, remark
        When and by whom the line was checked.

    Raises
    ------
    InvalidInput
        For an item without a title, or an answer of another kind.
    RuleViolation
        When the day lies ahead.
    NotFound, VersionRequired, StaleVersion
        As `editing.correct`.
    """
    if checked_on > city.today:
        raise RuleViolation(f"检查日期 {checked_on} 在今天之后", code="future")
    frame = editing.record(city, _CHECKS, id)
    held = structure(record_rows(frame, _CHECKS)[0][1]["items"])
    merged = {str(item["id"]): dict(item) for item in held} if isinstance(held, list) else {}
    for item in items:
        key = str(item.get("id") or "")
        if not key:
            raise InvalidInput("每个检查项目要有 id", code="missing_key")
        merged[key] = {"ok": None, "note": None, **merged.get(key, {}), **item}
    answered = list(merged.values())
    tally(answered)
    changes: dict[str, ChangedValue] = {
        "items": json_text(answered),
        "checked_on": checked_on.isoformat(),
        "checked_by": checked_by.strip() or None,
        "remark": remark.strip() or None,
    }
    return editing.correct(city, _CHECKS, id, changes, edit, expected_version)
