"""The pre-check of a batch: from the checked copy of a file to a plan, or to what hinders it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd

from civgeo.domain.clock import BEIJING
from civgeo.errors import CivgeoError, CrsError, ImportRejected, InvalidInput, StoreUnavailable
from civgeo.formats.facts import Facts
from civgeo.formats.findings import Finding, Severity
from civgeo.geo.placement import Placement, Verdict
from civgeo.services.import_batches import Batch, BatchState, PreCheck
from civgeo.services.import_judging import Judge, Judged
from civgeo.services.import_name_findings import name_findings
from civgeo.services.import_places import layer_place, paired_records
from civgeo.services.import_plan import key_text
from civgeo.services.import_resolving import near_names
from civgeo.services.import_rows import Rows
from civgeo.services.import_tally import Repeats, Tally
from civgeo.services.import_topology import topology_notes
from civgeo.store.batches import batches_like
from civgeo.store.bulk import revival_rows
from civgeo.store.plans import PlanBook, PlannedRow
from civgeo.store.reading import Reading
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = ["check", "enter_plan"]

SHIFT_REFUSED_M = 200.0
"""A shift that no known datum explains is refused from here on, and noted below."""

MOST_PLACED = 20_000
"""So many rows of a long file, evenly taken, tell where it lies."""

_QUESTIONS = ("choose_layer", "crs_unknown", "columns_unknown", "profile_unfit")
Progress = Callable[[str, int, int], None]


def check(
    store: Store,
    reading: Reading,
    batch: Batch,
    facts: Facts,
    today: date,
    *,
    book: PlanBook,
    progress: Progress,
) -> PreCheck:
    """Pre-check a batch against the store as `reading` sees it; nothing is written to it.

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
    book
        Empty; holds the plan afterwards when the file can be imported.
    progress
        Called with the step, how many rows are done, and how many there are.
    """
    start = _start(facts, reading)
    earlier = [
        found for found in batches_like(reading, f"%:{batch.fingerprint}") if not found.undone
    ]
    if earlier:
        first = earlier[-1]
        day = first.recorded_at.astimezone(BEIJING)
        text = (
            f"同一文件已于 {day:%Y-%m-%d %H:%M} 由 {first.actor} 导入"
            f"（批次 {first.name.partition(':')[0]}），不会重复导入"
        )
        state, code = BatchState.UNCHANGED, "already_imported"
        return replace(start, state=state, code=code, message=text)
    try:
        judge = Judge(store, reading, batch, facts, today)
        return _Check(judge, book, progress).run(start)
    except StoreUnavailable:
        raise
    except (CrsError, ImportRejected, InvalidInput) as error:
        return _hindered(start, error)


def _start(facts: Facts, reading: Reading) -> PreCheck:
    return PreCheck(
        state=BatchState.READY,
        rows=facts.rows,
        findings=facts.findings,
        format=facts.format.value,
        layer=facts.layer,
        layers=tuple(layer.name for layer in facts.layers if not layer.hidden),
        encoding=facts.encoding,
        encoding_basis=facts.encoding_basis.label_zh if facts.encoding else "",
        preview=facts.preview,
        crs=facts.crs,
        crs_basis=facts.crs_basis.label_zh,
        notes=facts.notes,
        data_version=reading.data_version(),
    )


def _hindered(start: PreCheck, error: CivgeoError) -> PreCheck:
    asked = error.code in _QUESTIONS
    state = BatchState.QUESTION if asked else BatchState.REFUSED
    return replace(start, state=state, code=error.code, message=error.message)


class _Check:
    """One pre-check under way."""

    def __init__(self, judge: Judge, book: PlanBook, progress: Progress) -> None:
        self.judge, self.book, self.progress = judge, book, progress
        self.kind = judge.kind
        self.tally, self.repeats = Tally(self.kind), Repeats()
        self.sampled: list[gpd.GeoDataFrame] = []
        self.known: list[gpd.GeoDataFrame] = []

    def run(self, start: PreCheck) -> PreCheck:
        """Part by part, and then the file as a whole."""
        facts, parts = self.judge.facts, self.judge.parts()
        self.tally.note(facts.notes)
        self.tally.find(facts.findings)
        placement, displaced = Placement(Verdict.UNKNOWN, ""), False
        for part in parts:
            try:
                judged = self.judge.judge(part)
            except CrsError as error:
                return self._unplaced(start, error)
            start = self._read(start, judged.rows, judged.system)
            self._find_repeats(judged)
            if len(parts) == 1:
                around, records = self.judge.around, judged.present.frame
                placement = layer_place(judged.frame, self.kind, around, records)
                displaced = self._place(placement)
                self._look_at_whole(judged, placement, displaced=displaced)
            else:
                self._sample(judged, len(parts))
            self._add(judged)
            self.progress("预检", min(self.tally.rows, facts.rows - 1), facts.rows)
        if len(parts) > 1:
            placement = self._sampled_place()
            displaced = self._place(placement)
        return self.tally.result(_with_place(start, placement), placement, displaced=displaced)

    def _unplaced(self, start: PreCheck, error: CrsError) -> PreCheck:
        """The file cannot be taken before somebody says how its coordinates are to be read."""
        rows = self.judge.rows
        start = self._read(start, rows, "") if rows is not None else start
        findings = [*self.judge.facts.findings, *(rows.findings if rows is not None else ())]
        hindered = replace(start, crs=self.judge.facts.crs, findings=tuple(findings))
        return _hindered(replace(hindered, notes=self.tally.notes), error)

    def _read(self, start: PreCheck, rows: Rows, system: str) -> PreCheck:
        """What the reading of a part tells of the file."""
        mapping = rows.mapping
        for header in self.judge.mapping.contested:
            self.tally.note([f"“{header}”列没有导入：所表示的属性已有另一列"])
        coordinates = start.coordinates
        if mapping.coordinates is not None:
            own = mapping.coordinates
            coordinates = (own.both,) if own.both else (own.lon, own.lat)
        return replace(
            start,
            mapping=dict(mapping.columns),
            unmatched=mapping.unmatched,
            coordinates=coordinates,
            crs=(system or start.crs) if rows.located else None,
        )

    def _find_repeats(self, judged: Judged) -> None:
        """Rows that are the same record as a row of an earlier part."""
        plan = judged.plan
        found = self.repeats.add(plan.own, judged.places)
        if not found or not self.tally.is_sound:
            return
        earlier = self.book.names([*found.values()])
        numbers = dict(zip(judged.places.tolist(), plan.whole.index.tolist(), strict=True))
        own = dict(zip(judged.places.tolist(), plan.own.tolist(), strict=True))
        for place, before in found.items():
            id, key, number = earlier[before]
            if own[place] == id or (key is not None and key_text(own[place]) == key):
                text = f"与第 {number} 行是同一条记录：请合并，或把名称写得能区分"
                judged.findings.append(Finding(int(numbers[place]), "", "", text))

    def _place(self, placement: Placement) -> bool:
        """Whether the layer is refused for where it lies; says so."""
        far = (placement.distance_m or 0.0) >= SHIFT_REFUSED_M
        refused = placement.verdict is Verdict.DISPLACED
        refused |= placement.verdict is Verdict.SHIFTED and (placement.guess is not None or far)
        if refused:
            self.tally.find([Finding(0, "", "", self._refusal(placement))])
        elif placement.verdict is Verdict.SHIFTED:
            self.tally.find([Finding(0, "", "", placement.reason, Severity.NOTE)])
        return refused

    def _refusal(self, placement: Placement) -> str:
        asked = self.judge.batch.request.crs
        if asked in ("GCJ-02", "BD-09"):
            return (
                f"{placement.reason}这是按 {asked} 换算之后的结果：文件可能本来就是 CGCS2000，"
                "请不加 --crs 或改用 --crs EPSG:4490 再试。"
            )
        return placement.reason

    def _look_at_whole(self, judged: Judged, placement: Placement, *, displaced: bool) -> None:
        """What can only be said of all rows of a file together."""
        plan, present, around = judged.plan, judged.present.frame, self.judge.around
        headers, kind = self.judge.headers, self.kind
        findings = judged.findings
        findings += near_names(plan.whole, plan.actions, kind, present, headers)
        findings += name_findings(plan.whole, plan.actions, kind, present, headers, around.zone)
        of_file = any(not item.row and item.severity is Severity.ERROR for item in findings)
        if kind.collection is Collection.DIVISIONS and not displaced and not of_file:
            findings += topology_notes(plan, present, around.zone)
        if placement.strays:
            text = "轮廓与登记的轮廓相距 3 公里以上，其余政区则相符：请核对代码与图形"
            header, codes = headers.get("code", ""), judged.frame["code"]
            findings += [
                Finding(int(str(row)), header, str(code), text)
                for row, code in codes[codes.isin(placement.strays)].items()
            ]

    def _sample(self, judged: Judged, parts: int) -> None:
        """Keep some rows of a part, evenly taken, for the place of the whole."""
        rows = judged.frame.iloc[:: max(1, self.judge.facts.rows // MOST_PLACED)].copy()
        _, known = paired_records(rows, self.kind, judged.present.frame)
        self.sampled.append(rows)
        self.known.append(known)

    def _sampled_place(self) -> Placement:
        rows = gpd.GeoDataFrame(pd.concat(self.sampled))
        known = gpd.GeoDataFrame(pd.concat(self.known))
        known = known[~known.index.duplicated()]
        told = f"位置按 {self.tally.rows:,} 行中均匀抽取的 {len(rows):,} 行判断，出界逐行核对"
        self.tally.note([told])
        return layer_place(rows, self.kind, self.judge.around, known)

    def _add(self, judged: Judged) -> None:
        plan = judged.plan
        findings = [*dict.fromkeys(judged.findings)]
        mapping = judged.rows.mapping.columns
        self.tally.note(judged.notes)
        self.tally.add(plan.whole, plan.actions, findings, judged.outside, mapping)
        if self.tally.is_sound:
            enter_plan(self.book, judged)


def enter_plan(book: PlanBook, judged: Judged) -> None:
    """Put rows into the plan, ready to be written."""
    plan, collection = judged.plan, book.collection
    ids = plan.whole["id"].astype(str).tolist()
    places = dict(zip(ids, judged.places.tolist(), strict=True))
    again = {str(id) for id in plan.revived.index}
    cells = zip(ids, plan.actions, plan.keys, plan.whole.index.tolist(), strict=True)
    book.plan(
        PlannedRow(places[id], number, "again" if id in again else action, id, key_text(key))
        for id, action, key, number in cells
    )
    if len(plan.new):
        book.add_new(plan.new, [places[str(id)] for id in plan.new.index])
    if len(plan.revived):
        book.add_revivals(places, revival_rows(collection, plan.revived))
    book.add_changes(places, plan.changes, plan.versions)


def _with_place(start: PreCheck, placement: Placement) -> PreCheck:
    return replace(
        start,
        verdict=placement.verdict.value,
        placement=placement.reason,
        east_m=placement.east_m,
        north_m=placement.north_m,
        guess=placement.guess,
    )
