"""What the gazetteer becomes when a naming case is published."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from uuid import uuid4

import geopandas as gpd
import orjson
import shapely

from civgeo.domain.history import Edit
from civgeo.domain.name_case import NameCase
from civgeo.domain.procedure_rule import Action, Step
from civgeo.errors import RuleViolation
from civgeo.services.case_records import CaseFile
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.name_entries import with_former_name
from civgeo.store import geopackage
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection
from civgeo.store.writing import Writing

__all__ = ["publish"]

_NAMES = Collection.PLACE_NAMES


def publish(writing: Writing, file: CaseFile, edit: Edit, entry_version: int | None = None) -> str:
    """Enter, rename or close the place that the case is about; it holds from the approval on.

    Parameters
    ----------
    writing
        The transaction that also records the case.
    file
        The case, published.
    edit
        Who publishes; the entry's document is that of the approval.
    entry_version
        Version of the entry to lay the case over; by default that at which it was opened.

    Returns
    -------
    str
        Id of the entry.

    Raises
    ------
    StaleVersion
        When the entry has another version.
    RuleViolation
        ``name_changed`` when the entry bears another name than the one that the case is about.
    """
    since = replace(_by_approval(file.case, edit), valid_from=file.case.approved_on)
    if file.case.action is Action.NAMING or file.place is None:
        return _entered(writing, file, since)
    seen = file.place_version if entry_version is None else entry_version
    changes = _renamed(writing, file, merged=seen != file.place_version)
    if file.case.action is Action.RETIRING:
        writing.close(_NAMES, file.place, since, seen)
    else:
        writing.correct(_NAMES, file.place, changes, since, seen)
    return file.place


def _by_approval(case: NameCase, edit: Edit) -> Edit:
    approval = next((item for item in case.documents if item.step is Step.APPROVAL), None)
    if approval is None:
        return edit
    title = " ".join(part for part in (approval.title, approval.number) if part)
    return replace(edit, document=title, document_date=approval.dated)


def _entered(writing: Writing, file: CaseFile, edit: Edit) -> str:
    id = str(uuid4())
    names = [item.name for item in COLLECTIONS[_NAMES.value].entered]
    row = {
        "id": id,
        "version": 1,
        **dict.fromkeys(names),
        "source": edit.document,
        **file.proposal,
        "named_on": _text(file.case.approved_on),
        "simulated": file.simulated,
        "geometry": file.geometry,
        "documents": _with_papers(None, file.case),
    }
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:4490").set_index("id")
    writing.create(_NAMES, frame, edit)
    return id


def _renamed(writing: Writing, file: CaseFile, *, merged: bool) -> dict[str, ChangedValue]:
    """What the entry becomes: the proposal, with the name so far among its former names.

    `merged`: only what the case itself changes, over what was corrected since it was opened.
    """
    known = writing.features(_NAMES, ids=[str(file.place)], include_closed=True)
    former, changes = file.case.former_name, dict(file.proposal)
    if file.geometry is not None:
        changes["geometry"] = file.geometry
    if merged:
        if not known.empty and known["name"].iloc[0] != former:
            text = f"条目现名“{known['name'].iloc[0]}”，本案卷针对的是“{former}”：不能据此发布"
            raise RuleViolation(text, code="name_changed")
        changes = _own_changes(writing, file, changes)
    held = None if known.empty else known["other_names"].iloc[0]
    listed = None if known.empty else known["documents"].iloc[0]
    return {
        **changes,
        "other_names": with_former_name(held, former, _text(file.case.approved_on)),
        "named_on": _text(file.case.approved_on),
        "documents": _with_papers(listed, file.case),
    }


def _with_papers(listed: object, case: NameCase) -> str | None:
    """JSON of the documents of an entry, with what the case was approved and announced by."""
    papers = [
        {
            "title": item.title or f"{item.step.label_zh}文件",
            "number": item.number,
            "date": item.dated.isoformat(),
        }
        for item in case.documents
        if item.step in (Step.APPROVAL, Step.ANNOUNCEMENT)
    ]
    held = orjson.loads(listed) if isinstance(listed, str) else []
    found = [*held, *(paper for paper in papers if paper not in held)]
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode() if found else None


def _own_changes(
    writing: Writing, file: CaseFile, proposed: dict[str, ChangedValue]
) -> dict[str, ChangedValue]:
    """Those of the `proposed` properties that differ from the entry as the case found it."""
    found = [
        entry
        for entry in writing.history(_NAMES, str(file.place))
        if entry.version <= (file.place_version or 0) and entry.state is not None
    ]
    before, shape = (found[-1].state, found[-1].shape) if found else ({}, None)
    return {
        name: value
        for name, value in proposed.items()
        if (_seal(value) != shape if name == "geometry" else (before or {}).get(name) != value)
    }


def _seal(value: ChangedValue) -> str | None:
    shape = value if isinstance(value, shapely.Geometry) else None
    [blob] = geopackage.encode([shape])
    return None if blob is None else sha256(blob).hexdigest()


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
