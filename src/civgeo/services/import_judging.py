"""Rows of a file judged against the store: what each would do, and what is wrong with it."""

from collections.abc import Collection as Listing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from civgeo.errors import CrsError, InvalidInput
from civgeo.formats.checked import CheckedFile
from civgeo.formats.facts import Facts
from civgeo.formats.findings import Finding, Severity
from civgeo.formats.headers import ColumnMapping
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.services.attachment_references import unknown_references
from civgeo.services.import_batches import Batch, profile_file
from civgeo.services.import_boundaries import boundary_plan
from civgeo.services.import_graves import with_cemeteries
from civgeo.services.import_kinds import ImportKind, kind_named
from civgeo.services.import_name_rows import known_rows
from civgeo.services.import_places import Surroundings, fitting_shapes, outside_rows
from civgeo.services.import_plan import Plan, Present, identity_keys, plan_rows
from civgeo.services.import_present import Directory
from civgeo.services.import_resolving import Assuming, assumed, resolved
from civgeo.services.import_rows import Part, Rows, mapping_of, read_rows, with_constants
from civgeo.services.import_rules import faults_of
from civgeo.services.import_tally import wrong_rows
from civgeo.store.reading import Reading
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = ["Judge", "Judged"]

STREAMED = (Collection.ESTATES, Collection.FACILITIES)
"""Collections whose rows say nothing about each other but that two are one record: a long file of
them is read part by part, and what it needs of the store with each part."""

PART_ROWS = 50_000


@dataclass(slots=True)
class Judged:
    """A part of a file, judged.

    Parameters
    ----------
    places
        Places of the rows in the file.
    frame
        The rows in EPSG:4490, codes in place of names.
    system
        System that the coordinates were read in, empty without any.
    rows
        The rows as they were read.
    present, plan
        What the store holds of them, and what they would do.
    findings, outside, notes
        What is wrong with the rows; rows that lie outside the division they name; what was
        assumed.
    """

    places: NDArray[np.int64]
    frame: gpd.GeoDataFrame
    system: str
    rows: Rows
    present: Present
    plan: Plan
    findings: list[Finding] = field(default_factory=list)
    outside: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Judge:
    """Judges the parts of one file against the store at one moment.

    Parameters
    ----------
    store
        Whose folder holds the saved mappings.
    reading
        A read, or the write transaction that is going to confirm.
    batch, facts
        The batch, and what the jail found out about its file.
    today
        Day on which rules are asked.
    """

    def __init__(
        self, store: Store, reading: Reading, batch: Batch, facts: Facts, today: date
    ) -> None:
        self.store, self.reading, self.batch = store, reading, batch
        self.facts, self.today = facts, today
        self.kind: ImportKind = kind_named(batch.kind)
        self.is_streamed = self.kind.collection in STREAMED
        self.rows: Rows | None = None
        self._witnesses: NDArray[np.object_] | None = None

    def parts(self) -> list[Part]:
        """The parts of the file, in order."""
        if not self.is_streamed or self.facts.rows <= PART_ROWS:
            return [Part()]
        return [Part(skip, PART_ROWS) for skip in range(0, self.facts.rows, PART_ROWS)]

    @cached_property
    def checked(self) -> CheckedFile:
        """The file as the jail left it."""
        return CheckedFile(self.batch.folder / "checked", self.facts)

    @cached_property
    def mapping(self) -> ColumnMapping:
        """Which column is which property; raises InvalidInput where nobody can tell."""
        profile = None
        file = profile_file(self.store, self.kind.collection.value, self.batch.request.profile)
        if file.is_file():
            profile = file.read_text(encoding="utf-8")
        elif self.batch.request.profile is not None:
            text = f"没有保存过方案“{self.batch.request.profile}”：请先导入一次并保存列对应"
            raise InvalidInput(text, code="profile_missing")
        if self.facts.must_choose:
            self.checked.frame()
        return mapping_of(self.facts.headers, self.kind, self.batch.request, profile)

    @property
    def headers(self) -> Mapping[str, str]:
        """Header of the file by property."""
        return {name: header for header, name in self.mapping.columns.items()}

    @cached_property
    def around(self) -> Surroundings:
        """The city."""
        city = self.reading.register().city
        return Surroundings(city, self.reading.features(Collection.DIVISIONS))

    @cached_property
    def _records(self) -> Directory:
        return Directory(self.reading, self.kind.collection, self.kind.identity)

    @cached_property
    def _estates(self) -> Directory:
        return Directory(self.reading, Collection.ESTATES, ("name",))

    @cached_property
    def _assuming(self) -> Assuming:
        return Assuming(
            kind=self.kind,
            book=self.reading.standards(),
            today=self.today,
            source=f"导入文件 {self.batch.file_name}",
        )

    @cached_property
    def _may_be_simulated(self) -> bool:
        return self.reading.register().simulated

    def judge(self, part: Part, candidates: Listing[str] | None = None) -> Judged:
        """Everything that can be said of the rows of a part by themselves.

        Parameters
        ----------
        part
            The rows.
        candidates
            Ids of the only records that they may be, where that is known.

        Raises
        ------
        CrsError
            When the coordinates cannot be read as degrees of CGCS2000.
        InvalidInput
            When the columns, or what was asked, do not fit.
        """
        rows = self.rows = self._rows(part)
        places = part.places_of(len(rows.frame))
        placed, system, findings, notes = self._placed(rows)
        findings = [*rows.findings, *findings]
        named = self._named_estates(placed)
        found = resolved(placed, self.kind, self.around, named, self.headers)
        keys = identity_keys(found.frame, self.kind.identity) if self.is_streamed else None
        moved, strange = with_cemeteries(found.frame, self.kind, self.reading, self.headers)
        frame, present, more = self._matched(moved, keys, candidates)
        findings += [
            *found.findings,
            *strange,
            *more,
            *unknown_references(self.reading, frame, self.headers),
        ]
        outside = outside_rows(frame, self.kind, self.around, self.headers)
        plan = plan_rows(frame, self.kind, present, self.headers, self.batch.id, keys)
        findings += plan.findings
        told = [*self.facts.findings, *findings, *outside]
        plan, assumptions, wrong = self._ruled(plan, present, told)
        findings += [*wrong, *self._simulated(plan)]
        notes = [*notes, *found.notes, *assumptions]
        return Judged(
            *(places, frame, system, rows, present, plan),
            *(findings, outside, notes),
        )

    def _rows(self, part: Part) -> Rows:
        rows = read_rows(self.checked, self.mapping, self.kind, part)
        frame = with_constants(rows, self.kind, self.batch.request.constants)
        named = {*self.kind.identity} - {*self.kind.may_lack}
        missing = [name for name in self.kind.identity if name in named - {*frame.columns}]
        if missing and "id" not in frame.columns:
            titles = "、".join(f"“{self.kind.title_of(name)}”" for name in missing)
            there = "、".join(self.facts.headers) or "（没有）"
            raise InvalidInput(
                f"认不出{titles}列。文件里的列：{there}。请改列名，或用 --map 列=属性 写明对应",
                code="columns_unknown",
            )
        return replace(rows, frame=frame)

    def _placed(self, rows: Rows) -> tuple[gpd.GeoDataFrame, str, list[Finding], list[str]]:
        """Rows in EPSG:4490, the system they were in, what is wrong, what was done."""
        if not rows.located:
            return rows.frame, "", [], ["文件没有坐标：已有记录沿用登记的位置"]
        if rows.frame.geometry.isna().all():
            notes = ["坐标列全部为空：已有记录沿用登记的位置"] if len(self.parts()) == 1 else []
            return rows.frame.set_crs("EPSG:4490", allow_override=True), "", [], notes
        moved, system = self._in_cgcs2000(rows.frame)
        notes = []
        if system in ("GCJ-02", "BD-09"):
            notes.append(f"坐标已由 {system} 精确换算为 CGCS2000")
        fitted, wrong = fitting_shapes(moved, self.kind)
        return fitted, system, wrong, notes

    def _in_cgcs2000(self, frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, str]:
        """Rows in EPSG:4490; that latitude stands first is said of the whole file only."""
        try:
            return self._converted(frame)
        except CrsError as error:
            if error.code != "axes_swapped" or self._witnesses is not None:
                raise
            if len(self.parts()) == 1:
                raise
        self._witnesses = np.concatenate([*self._outermost()])
        return self._converted(frame)

    def _converted(self, frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, str]:
        asked, lon = self.batch.request.crs, self.around.lon
        if self._witnesses is None:
            return in_cgcs2000(frame, asked, lon=lon)
        shapes = np.concatenate([frame.geometry.to_numpy(), self._witnesses])
        moved, system = in_cgcs2000(
            gpd.GeoDataFrame(geometry=shapes, crs=frame.crs), asked, lon=lon
        )
        own = moved.geometry.to_numpy()[: len(frame)]
        return frame.set_geometry(gpd.GeoSeries(own, index=frame.index, crs=moved.crs)), system

    def _outermost(self) -> Iterator[NDArray[np.object_]]:
        """Geometries of each part that lie farthest to the west, south, east and north."""
        for part in self.parts():
            shapes = self._rows(part).frame.geometry.to_numpy()
            bounds = shapely.bounds(shapes)
            known = np.flatnonzero(~np.isnan(bounds).any(axis=1))
            if known.size:
                least, most = bounds[known].argmin(axis=0)[:2], bounds[known].argmax(axis=0)[2:]
                yield np.asarray(shapes[known[[*least, *most]]], dtype=object)

    @property
    def names_estates(self) -> bool:
        """Whether rows may name estates that facilities belong to."""
        named = {*self.mapping.columns.values(), *self.batch.request.constants}
        return self.kind.collection is Collection.FACILITIES and bool(
            named & {"estate", "所属小区"}
        )

    def _named_estates(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
        """Estates that facilities may mean by what they say; None where they say nothing."""
        if self.kind.collection is not Collection.FACILITIES or "estate" not in frame.columns:
            return None
        texts = frame["estate"].dropna().astype(str)
        keys = identity_keys(pd.DataFrame({"name": texts}), ("name",))
        return self._estates.like(keys.unique(), texts.unique())

    def _matched(
        self, frame: gpd.GeoDataFrame, keys: pd.Series | None, candidates: Listing[str] | None
    ) -> tuple[gpd.GeoDataFrame, Present, list[Finding]]:
        """The rows, and the records of the store that they may be."""
        collection = self.kind.collection
        if candidates is not None:
            records = self.reading.features(collection, ids=candidates)
        elif keys is not None:
            given = frame["id"].dropna().astype(str).tolist() if "id" in frame.columns else []
            records = self._records.like(keys, given)
        else:
            records = self.reading.features(collection)
        frame, renamed = known_rows(frame, self.kind, records, self.headers)
        ended: dict[str, str] = {}
        if "id" in frame.columns:
            strange = [id for id in frame["id"].dropna() if id not in records.index]
            past = self.reading.features(collection, ids=strange, include_closed=True)
            days = past["valid_to"].fillna("").astype(str).tolist()
            ended = dict(zip(past.index.astype(str), days, strict=True))
        return frame, Present(records, ended), renamed

    def _ruled(
        self, plan: Plan, present: Present, told: list[Finding]
    ) -> tuple[Plan, list[str], list[Finding]]:
        """The plan with assumed values of new rows, what was assumed, and rules that rows break."""
        whole, notes = assumed(plan.whole, plan.actions, self._assuming, self.headers)
        plan, broken = boundary_plan(
            replace(plan, whole=whole), self.kind, present.frame, self.reading, wrong_rows(told)
        )
        whole, told = plan.whole, [*told, *broken]
        touched = plan.actions.isin(["new", "changed"])
        cells = {(item.row, item.column) for item in told if item.severity is Severity.ERROR}
        wrong = faults_of(whole[touched], self.kind, self.headers)
        entered = whole.drop(columns="is_new").set_index("id").assign(version=1)
        new, revived = entered.loc[plan.new.index], entered.loc[plan.revived.index]
        plan = replace(plan, new=new, revived=revived)
        return plan, notes, broken + [i for i in wrong if (i.row, i.column) not in cells]

    def _simulated(self, plan: Plan) -> list[Finding]:
        """Simulated rows, which a production store does not take."""
        if self._may_be_simulated:
            return []
        flagged = plan.whole["simulated"].fillna(False).astype(bool)
        flagged &= plan.actions.isin(["new", "changed"])
        text = "正式登记库不接收模拟数据：此行标为模拟"
        header = self.headers.get("simulated", "")
        return [Finding(int(row), header, "是", text) for row in plan.whole.index[flagged]]
