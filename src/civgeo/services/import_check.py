"""The pre-check of a batch: from the checked copy of a file to a plan, or to what hinders it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import pandas as pd

from civgeo.domain.clock import BEIJING
from civgeo.errors import CivgeoError, CrsError, ImportRejected, InvalidInput, StoreUnavailable
from civgeo.formats.checked import CheckedFile
from civgeo.formats.facts import Facts
from civgeo.formats.findings import Finding, Severity
from civgeo.geo.cgcs2000 import in_cgcs2000
from civgeo.geo.placement import Placement, Verdict
from civgeo.services.import_batches import Batch, BatchState, Counts, PreCheck, Sample, profile_file
from civgeo.services.import_kinds import ImportKind, kind_named
from civgeo.services.import_name_findings import name_findings
from civgeo.services.import_name_rows import known_rows
from civgeo.services.import_places import Surroundings, check_place, fitting_shapes
from civgeo.services.import_plan import Plan, Present, plan_rows
from civgeo.services.import_resolving import Assuming, assumed, near_names, resolved
from civgeo.services.import_rows import Rows, mapping_of, read_rows, with_constants
from civgeo.services.import_rules import faults_of
from civgeo.services.import_topology import topology_notes
from civgeo.store.batches import batches_like
from civgeo.store.reading import Reading
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = ["Checked", "check"]

SHIFT_REFUSED_M = 200.0
"""A shift that no known datum explains is refused from here on, and noted below."""

MOST_SAMPLES = 5
_QUESTIONS = ("choose_layer", "crs_unknown", "columns_unknown", "profile_unfit")


@dataclass(frozen=True, slots=True)
class Checked:
    """The result for the officer, and the plan behind it; no plan where a question is open."""

    precheck: PreCheck
    plan: Plan | None


def check(store: Store, reading: Reading, batch: Batch, facts: Facts, today: date) -> Checked:
    """Pre-check a batch against the store as `reading` sees it; nothing is written.

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
        return Checked(replace(start, state=state, code=code, message=text), None)
    try:
        return _Check(store, reading, batch, facts, today).run(start)
    except StoreUnavailable:
        raise
    except (CrsError, ImportRejected, InvalidInput) as error:
        return Checked(_hindered(start, error), None)


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

    def __init__(
        self, store: Store, reading: Reading, batch: Batch, facts: Facts, today: date
    ) -> None:
        self.store, self.reading, self.batch = store, reading, batch
        self.facts, self.today = facts, today
        self.kind: ImportKind = kind_named(batch.kind)
        self.notes: list[str] = list(facts.notes)
        self.findings: list[Finding] = list(facts.findings)

    def run(self, start: PreCheck) -> Checked:
        """Everything, one step after the other."""
        rows = self._rows()
        headers = {name: header for header, name in rows.mapping.columns.items()}
        start = replace(start, mapping=dict(rows.mapping.columns), unmatched=rows.mapping.unmatched)
        if rows.mapping.coordinates is not None:
            own = rows.mapping.coordinates
            texts = (own.both,) if own.both else (own.lon, own.lat)
            start = replace(start, coordinates=texts)
        around = self._surroundings()
        try:
            frame, system = self._placed(rows, around)
        except CrsError as error:
            return Checked(replace(_hindered(start, error), findings=tuple(self.findings)), None)
        start = replace(start, crs=system if rows.located else None)
        frame, present = self._resolved(frame, around, headers)
        placement, strays = self._place(frame, around, headers, present)
        start = _with_placement(start, placement)
        plan = plan_rows(frame, self.kind, present, headers, self.batch.id)
        self.findings += plan.findings
        plan = self._ruled(plan, headers)
        self.findings += near_names(plan.whole, plan.actions, self.kind, present.frame, headers)
        self._look_at_names(plan, present, headers, around)
        self._check_topology(plan, present, around)
        self._refuse_simulated(plan, headers)
        self._add_strays(frame, strays, headers)
        return Checked(self._result(start, plan, placement), plan)

    def _rows(self) -> Rows:
        profile = None
        file = profile_file(self.store, self.kind.collection.value, self.batch.request.profile)
        if file.is_file():
            profile = file.read_text(encoding="utf-8")
        elif self.batch.request.profile is not None:
            text = f"没有保存过方案“{self.batch.request.profile}”：请先导入一次并保存列对应"
            raise InvalidInput(text, code="profile_missing")
        checked = CheckedFile(self.batch.folder / "checked", self.facts)
        if self.facts.must_choose:
            checked.frame()
        mapping = mapping_of(self.facts.headers, self.kind, self.batch.request, profile)
        for header in mapping.contested:
            self.notes.append(f"“{header}”列没有导入：所表示的属性已有另一列")
        rows = read_rows(checked, mapping, self.kind)
        self.findings += rows.findings
        frame = with_constants(rows, self.kind, self.batch.request.constants)
        self._require_identity(frame)
        return Rows(frame, rows.mapping, rows.findings, rows.located)

    def _require_identity(self, frame: gpd.GeoDataFrame) -> None:
        missing = [name for name in self.kind.identity if name not in frame.columns]
        if missing and "id" not in frame.columns:
            titles = "、".join(f"“{self.kind.title_of(name)}”" for name in missing)
            there = "、".join(self.facts.headers) or "（没有）"
            raise InvalidInput(
                f"认不出{titles}列。文件里的列：{there}。请改列名，或用 --map 列=属性 写明对应",
                code="columns_unknown",
            )

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            self.reading.register().city, self.reading.features(Collection.DIVISIONS)
        )

    def _placed(self, rows: Rows, around: Surroundings) -> tuple[gpd.GeoDataFrame, str]:
        if not rows.located:
            self.notes.append("文件没有坐标：已有记录沿用登记的位置")
            return rows.frame, ""
        if rows.frame.geometry.isna().all():
            self.notes.append("坐标列全部为空：已有记录沿用登记的位置")
            return rows.frame.set_crs("EPSG:4490", allow_override=True), ""
        moved, system = in_cgcs2000(rows.frame, self.batch.request.crs, lon=around.lon)
        if system in ("GCJ-02", "BD-09"):
            self.notes.append(f"坐标已由 {system} 精确换算为 CGCS2000")
        fitted, wrong = fitting_shapes(moved, self.kind)
        self.findings += wrong
        return fitted, system

    def _resolved(
        self, frame: gpd.GeoDataFrame, around: Surroundings, headers: Mapping[str, str]
    ) -> tuple[gpd.GeoDataFrame, Present]:
        estates = None
        if self.kind.collection is Collection.FACILITIES and "estate" in frame.columns:
            estates = self.reading.features(Collection.ESTATES)
        found = resolved(frame, self.kind, around, estates, headers)
        self.findings += found.findings
        self.notes += found.notes
        records = self.reading.features(self.kind.collection)
        known, renamed = known_rows(found.frame, self.kind, records, headers)
        found = replace(found, frame=known)
        self.findings += renamed
        ended: dict[str, str] = {}
        if "id" in found.frame.columns:
            given = [id for id in found.frame["id"].dropna() if id not in records.index]
            past = self.reading.features(self.kind.collection, ids=given, include_closed=True)
            days = past["valid_to"].fillna("").astype(str).tolist()
            ended = dict(zip(past.index.astype(str), days, strict=True))
        return found.frame, Present(records, ended)

    def _place(
        self,
        frame: gpd.GeoDataFrame,
        around: Surroundings,
        headers: Mapping[str, str],
        present: Present,
    ) -> tuple[Placement, tuple[str, ...]]:
        placement, outside = check_place(frame, self.kind, around, headers, present.frame)
        far = (placement.distance_m or 0.0) >= SHIFT_REFUSED_M
        refused = placement.verdict is Verdict.DISPLACED
        refused |= placement.verdict is Verdict.SHIFTED and (placement.guess is not None or far)
        if refused:
            self.findings.append(Finding(0, "", "", self._refusal(placement)))
        else:
            self.findings += outside
            if placement.verdict is Verdict.SHIFTED:
                self.findings.append(Finding(0, "", "", placement.reason, Severity.NOTE))
        return placement, placement.strays

    def _refusal(self, placement: Placement) -> str:
        asked = self.batch.request.crs
        if asked in ("GCJ-02", "BD-09"):
            return (
                f"{placement.reason}这是按 {asked} 换算之后的结果：文件可能本来就是 CGCS2000，"
                "请不加 --crs 或改用 --crs EPSG:4490 再试。"
            )
        return placement.reason

    def _ruled(self, plan: Plan, headers: Mapping[str, str]) -> Plan:
        """The plan with assumed values of new rows, and without the rows that break a rule."""
        whole, notes = assumed(plan.whole, plan.actions, self._assuming(), headers)
        self.notes += notes
        touched = plan.actions.isin(["new", "changed"])
        told = {
            (item.row, item.column) for item in self.findings if item.severity is Severity.ERROR
        }
        wrong = faults_of(whole[touched], self.kind, headers)
        self.findings += [item for item in wrong if (item.row, item.column) not in told]
        entered = whole.drop(columns="is_new").set_index("id").assign(version=1)
        return replace(
            plan,
            whole=whole,
            new=entered.loc[plan.new.index],
            revived=entered.loc[plan.revived.index],
        )

    def _check_topology(self, plan: Plan, present: Present, around: Surroundings) -> None:
        """Gaps and overlaps of divisions, unless the layer as a whole lies wrong."""
        whole = any(item.row == 0 and item.severity is Severity.ERROR for item in self.findings)
        if self.kind.collection is Collection.DIVISIONS and not whole:
            self.findings += topology_notes(plan, present.frame, around.zone)

    def _look_at_names(
        self, plan: Plan, present: Present, headers: Mapping[str, str], around: Surroundings
    ) -> None:
        """Misprints, double entries and spellings of place names."""
        kind, zone = self.kind, around.zone
        self.findings += name_findings(plan.whole, plan.actions, kind, present.frame, headers, zone)

    def _assuming(self) -> Assuming:
        return Assuming(
            kind=self.kind,
            book=self.reading.standards(),
            today=self.today,
            source=f"导入文件 {self.batch.file_name}",
        )

    def _refuse_simulated(self, plan: Plan, headers: Mapping[str, str]) -> None:
        if self.reading.register().simulated:
            return
        flagged = plan.whole["simulated"].fillna(False).astype(bool)
        flagged &= plan.actions.isin(["new", "changed"])
        text = "正式登记库不接收模拟数据：此行标为模拟"
        self.findings += [
            Finding(int(row), headers.get("simulated", ""), "是", text)
            for row in plan.whole.index[flagged]
        ]

    def _add_strays(
        self, frame: gpd.GeoDataFrame, strays: tuple[str, ...], headers: Mapping[str, str]
    ) -> None:
        if not strays:
            return
        rows = frame.index[frame["code"].isin(strays)]
        text = "轮廓与登记的轮廓相距 3 公里以上，其余政区则相符：请核对代码与图形"
        header = headers.get("code", "")
        self.findings += [
            Finding(int(row), header, str(frame.at[row, "code"]), text) for row in rows
        ]

    def _result(self, start: PreCheck, plan: Plan, placement: Placement) -> PreCheck:
        findings = sorted(set(self.findings), key=lambda item: (item.row, item.column))
        wrong = {item.row for item in findings if item.severity is Severity.ERROR}
        actions = plan.actions.mask(plan.actions.index.isin(wrong), "refused")
        total = actions.value_counts()
        counts = Counts(
            **{name: int(total.get(name, 0)) for name in ("new", "changed", "unchanged", "refused")}
        )
        state, code, message = BatchState.READY, "", ""
        if 0 in wrong:
            state, code = BatchState.REFUSED, "displaced"
            code = "shifted" if placement.verdict is Verdict.SHIFTED else code
            message = next(item.message for item in findings if item.severity is Severity.ERROR)
            code = code if placement.verdict in (Verdict.SHIFTED, Verdict.DISPLACED) else "file"
        elif wrong:
            state, code = BatchState.REFUSED, "rows_refused"
            message = f"{len(wrong)} 行有错误，整个文件都没有导入：请按检查结果改正后重新上传"
        elif not counts.new and not counts.changed:
            state, code = BatchState.UNCHANGED, "nothing_new"
            message = "文件内容与登记库一致，没有要导入的变化"
        return replace(
            start,
            state=state,
            code=code,
            message=message,
            counts=counts,
            rows=len(actions),
            findings=tuple(findings),
            notes=tuple(dict.fromkeys(self.notes)),
            samples=_samples(plan.whole, actions, self.kind, start.mapping),
        )


def _with_placement(start: PreCheck, placement: Placement) -> PreCheck:
    return replace(
        start,
        verdict=placement.verdict.value,
        placement=placement.reason,
        east_m=placement.east_m,
        north_m=placement.north_m,
        guess=placement.guess,
    )


def _samples(
    whole: gpd.GeoDataFrame, actions: pd.Series, kind: ImportKind, mapping: Mapping[str, str]
) -> tuple[Sample, ...]:
    asked = dict.fromkeys((*kind.identity, *mapping.values()))
    names = [name for name in asked if name != "id" and name in whole.columns]
    found = []
    for action in ("new", "changed"):
        for row in actions.index[actions == action][:MOST_SAMPLES]:
            fields = {}
            for name in names:
                prop = kind.property(name)
                value = whole.at[row, name]
                fields[prop.title if prop else name] = (
                    prop.label(value) if prop is not None and not _is_null(value) else ""
                )
            found.append(Sample(int(row), action, fields))
    return tuple(found)


def _is_null(value: object) -> bool:
    return value is None or value is pd.NA or value != value
