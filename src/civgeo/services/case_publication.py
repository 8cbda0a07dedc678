"""What the gazetteer becomes when a naming case is published."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import geopandas as gpd

from civgeo.domain.history import Edit
from civgeo.domain.name_case import NameCase
from civgeo.domain.procedure_rule import Action, Step
from civgeo.services.case_records import CaseFile
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.name_entries import with_former_name
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection
from civgeo.store.writing import Writing

__all__ = ["publish"]

_NAMES = Collection.PLACE_NAMES


def publish(writing: Writing, file: CaseFile, edit: Edit) -> str:
    """Enter, rename or close the place that the case is about; it holds from the approval on.

    Parameters
    ----------
    writing
        The transaction that also records the case.
    file
        The case, published.
    edit
        Who publishes; the entry's document is that of the approval.

    Returns
    -------
    str
        Id of the entry.

    Raises
    ------
    StaleVersion
        When the entry was changed since the case was opened.
    """
    since = replace(_by_approval(file.case, edit), valid_from=file.case.approved_on)
    if file.case.action is Action.NAMING or file.place is None:
        return _entered(writing, file, since)
    if file.case.action is Action.RETIRING:
        writing.close(_NAMES, file.place, since, file.place_version)
        return file.place
    writing.correct(_NAMES, file.place, _renamed(writing, file), since, file.place_version)
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
    }
    frame = gpd.GeoDataFrame([row], geometry="geometry", crs="EPSG:4490").set_index("id")
    writing.create(_NAMES, frame, edit)
    return id


def _renamed(writing: Writing, file: CaseFile) -> dict[str, ChangedValue]:
    """What the entry becomes: the proposal, with the name so far among its former names."""
    known = writing.features(_NAMES, ids=[str(file.place)], include_closed=True)
    former = file.case.former_name
    others = with_former_name(known["other_names"].iloc[0], former, _text(file.case.approved_on))
    changes: dict[str, ChangedValue] = {**file.proposal, "other_names": others}
    changes |= {"named_on": _text(file.case.approved_on)}
    if file.geometry is not None:
        changes["geometry"] = file.geometry
    return changes


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
