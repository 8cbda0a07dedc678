"""Results from the field against the register: which become records, and what to look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from civgeo.domain.bearings import direction16
from civgeo.domain.field_form import DATUMS, LINE_END, LINE_START
from civgeo.domain.field_results import (
    FieldFile,
    MarkerResult,
    ResultFault,
    ResultFinding,
    SegmentResult,
    WitnessCheck,
)
from civgeo.domain.inspection_comparison import Inspection, contradictions
from civgeo.domain.round_forms import InspectionSubject, MarkerAction
from civgeo.geo.reading_places import Doubt, ReadingPlace, reading_places
from civgeo.services.inspection_records import LineRegister, RegisteredMarker
from civgeo.services.witness_judging import witness_findings

__all__ = ["DEFAULT_DATUM", "Judged", "judged"]

DEFAULT_DATUM = "EPSG:4490"
LOWEST_M, HIGHEST_M = -160.0, 8_900.0
"""No land of China lies lower or higher."""

HEIGHTS_APART_M = 50.0
"""More than ellipsoidal and normal heights are apart in most of China: a slip of the pen."""

_FAULT_OF_DOUBT = {
    Doubt.INCOMPLETE: ResultFault.INCOMPLETE_PLACE,
    Doubt.SWAPPED: ResultFault.SWAPPED,
    Doubt.SHIFTED: ResultFault.SHIFTED,
    Doubt.OUTSIDE: ResultFault.FAR_AWAY,
    Doubt.FAR: ResultFault.FAR_AWAY,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file comes to: new records, how many were there already, and findings."""

    records: tuple[Inspection, ...]
    repeated: int
    findings: tuple[ResultFinding, ...]


def judged(
    register: LineRegister,
    file: FieldFile,
    elsewhere: dict[str, tuple[str, str]],
    *,
    tolerance_m: float,
    today: date,
) -> Judged:
    """Compare each result of a file with the register and with what was recorded before.

    Parameters
    ----------
    register
        The line that the file is of; what it has recorded decides what is new.
    file
        Its head names side, inspector and datum.
    elsewhere
        Number and line of markers of other lines that the file names.
    tolerance_m
        Displacement up to which a marker has not moved.
    today
        Days after it are outside the round.
    """
    judge = _Judge(register, file, elsewhere, tolerance_m, today)
    judge.markers()
    judge.segments()
    return Judged(tuple(judge.records), judge.repeated, (*file.findings, *judge.findings))


class _Judge:
    def __init__(
        self,
        register: LineRegister,
        file: FieldFile,
        elsewhere: dict[str, tuple[str, str]],
        tolerance_m: float,
        today: date,
    ) -> None:
        self.register, self.file, self.elsewhere = register, file, elsewhere
        self.tolerance_m, self.today = tolerance_m, today
        self.records: list[Inspection] = []
        self.findings: list[ResultFinding] = []
        self.repeated = 0
        self._numbers = {marker.number: marker for marker in register.markers.values()}
        self._own: list[ResultFinding] = []
        self._seen: dict[tuple[InspectionSubject, str], str] = {}

    def _tell(
        self, fault: ResultFault, item: MarkerResult | SegmentResult, raw: object, text: str
    ) -> None:
        """Keep a finding, of the file and of the record that is being made."""
        found = ResultFinding.of(fault, item.place, item.subject, raw, text)
        self.findings.append(found)
        self._own.append(found)

    def markers(self) -> None:
        """Records of markers."""
        results = self.file.markers
        known = [self._known(result) for result in results]
        datum = self._datum()
        places = reading_places(
            [(result.longitude, result.latitude) for result in results],
            [None if marker is None else marker.place for marker in known],
            datum or DEFAULT_DATUM,
        )
        for result, marker, place in zip(results, known, places, strict=True):
            self._own = []
            if result.subject:
                self._marker(result, marker, place, datum)
            else:
                text = "没有登记编号，也没有界桩编号，无法成为记录；原文件已留存"
                self._tell(ResultFault.NO_SUBJECT, result, "", text)

    def _known(self, result: MarkerResult) -> RegisteredMarker | None:
        """The marker of the register: by its id, else by its number."""
        return self.register.markers.get(result.marker) or self._numbers.get(result.number)

    def _datum(self) -> str | None:
        """System of the readings that the file names; None, with a finding, where it does not."""
        given = self.file.head.datum
        systems = {value for value, _ in DATUMS}
        measured = any(result.longitude is not None for result in self.file.markers)
        if given in systems or not measured:
            return given if given in systems else None
        if given:
            text = f"坐标系“{given[:40]}”认不出，应为 {'、'.join(sorted(systems))}"
        else:
            text = "文件没有写明实测坐标的坐标系"
        text += "；按 CGCS2000 核对。请查明后用 --datum 写明，重新导入即成更正"
        self.findings.append(ResultFinding.of(ResultFault.NO_DATUM, "datum", "", given, text))
        return None

    def _marker(
        self,
        result: MarkerResult,
        marker: RegisteredMarker | None,
        place: ReadingPlace,
        datum: str | None,
    ) -> None:
        self._identity(result, marker)
        self._place(result, place, datum)
        self._height(result, marker)
        self._shape(result, marker)
        measured = result.longitude is not None or result.latitude is not None
        names = [mark.name for mark in marker.witnesses] if marker else []
        record = Inspection(
            id=str(uuid4()),
            subject=InspectionSubject.MARKER,
            key=marker.id if marker else result.marker or result.number,
            name=marker.number if marker else result.number or result.marker,
            side=self.file.head.side,
            inspected_on=self.today,
            inspector=self.file.head.inspector or None,
            state=result.state,
            actions=result.actions,
            longitude=result.longitude,
            latitude=result.latitude,
            height_m=result.height_m,
            datum=datum if measured else None,
            place=place.place,
            displacement_m=None if place.distance_m is None else round(place.distance_m, 3),
            towards=_direction(place),
            witnesses=tuple(_named(result.witnesses, names)),
            photos=tuple((photo.slot, photo.name) for photo in result.photos),
            remark=result.remark,
        )
        for fault, text in contradictions(record, self.tolerance_m):
            self._tell(fault, result, "", text)
        self._witnesses(record, result, marker)
        self._enter(record, result)

    def _identity(self, result: MarkerResult, marker: RegisteredMarker | None) -> None:
        if marker is None and result.marker in self.elsewhere:
            number, line = self.elsewhere[result.marker]
            text = (
                f"登记编号是界线 {line} 的界桩 {number}，不在本界线上；"
                "已按原样留作记录，请核对是否记错了界线"
            )
            self._tell(ResultFault.WRONG_LINE, result, result.marker, text)
        elif marker is None:
            text = "登记中没有这个界桩；已按所写编号留作记录。请核对编号，或按步骤办理增设"
            self._tell(ResultFault.UNKNOWN_MARKER, result, result.marker, text)
        elif result.number and result.number != marker.number:
            text = (
                f"编号写作 {result.number}，登记编号对应的是 {marker.number}：按登记编号记，请核对"
            )
            self._tell(ResultFault.NUMBER_DIFFERS, result, result.number, text)
        elif result.marker and result.marker != marker.id:
            text = f"登记编号不存在，按界桩编号 {marker.number} 对上：请核对"
            self._tell(ResultFault.NUMBER_DIFFERS, result, result.marker, text)

    def _place(self, result: MarkerResult, place: ReadingPlace, datum: str | None) -> None:
        if place.doubt is not None:
            raw = f"{result.longitude}，{result.latitude}"
            text = _doubt_told(place, datum or DEFAULT_DATUM)
            self._tell(_FAULT_OF_DOUBT[place.doubt], result, raw, text)

    def _height(self, result: MarkerResult, marker: RegisteredMarker | None) -> None:
        height, known = result.height_m, marker.height_m if marker else None
        if height is None:
            return
        if not LOWEST_M <= height <= HIGHEST_M:
            text = f"高程 {height:g} 米不在 {LOWEST_M:g} 至 {HIGHEST_M:g} 米之间：请核对"
            self._tell(ResultFault.STRANGE_HEIGHT, result, height, text)
        elif known is not None and abs(height - known) > HEIGHTS_APART_M:
            text = (
                f"高程 {height:g} 米与登记的 {known:g} 米相差 {abs(height - known):.1f} 米："
                "请核对，并查明是否为大地高"
            )
            self._tell(ResultFault.STRANGE_HEIGHT, result, height, text)

    def _witnesses(
        self, record: Inspection, result: MarkerResult, marker: RegisteredMarker | None
    ) -> None:
        if marker is None:
            return
        added = MarkerAction.WITNESS_ADDED in record.actions
        for told in witness_findings(
            record.witnesses, marker.witnesses, self.tolerance_m, added=added
        ):
            self._tell(told.fault, result, told.raw, told.message)

    def _shape(self, result: MarkerResult, marker: RegisteredMarker | None) -> None:
        at, known = result.shape, marker.place if marker else None
        if at is None or known is None or result.longitude is not None:
            return
        if max(abs(at[0] - known[0]), abs(at[1] - known[1])) > 1e-6:
            text = "界桩的图形被移动过，实测经纬度两栏却空着：图形不作为实测坐标，请填写两栏"
            self._tell(ResultFault.MOVED_SHAPE, result, f"{at[0]:.7f}，{at[1]:.7f}", text)

    def segments(self) -> None:
        """Records of segments."""
        known = {*self.register.markers, LINE_START, LINE_END}
        for result in self.file.segments:
            self._own = []
            if not result.subject:
                text = "没有写明界线段，无法成为记录；原文件已留存"
                self._tell(ResultFault.NO_SUBJECT, result, "", text)
                continue
            ends = result.segment.split("/") if result.segment else []
            if ends and not (len(ends) == 2 and set(ends) <= known):
                text = "界线段两端的登记编号不在本界线上；已按所写名称留作记录，请核对"
                self._tell(ResultFault.UNKNOWN_SEGMENT, result, result.segment, text)
            record = Inspection(
                id=str(uuid4()),
                subject=InspectionSubject.SEGMENT,
                key=self._segment_name(result, ends),
                name=self._segment_name(result, ends),
                side=self.file.head.side,
                inspected_on=self.today,
                inspector=self.file.head.inspector or None,
                answers=result.answers,
                note=result.note,
                remark=result.remark,
            )
            self._enter(record, result)

    def _segment_name(self, result: SegmentResult, ends: Sequence[str]) -> str:
        """Numbers of both ends where the register knows them, else as the file names it."""
        words = {LINE_START: "起点", LINE_END: "终点"}
        words |= {id: marker.number for id, marker in self.register.markers.items()}
        known = len(ends) == 2 and all(end in words for end in ends)
        return "—".join(words[end] for end in ends) if known else result.name or result.segment

    def _enter(self, record: Inspection, item: MarkerResult | SegmentResult) -> None:
        """Keep the record with its day and findings, unless it is there already."""
        day = item.inspected_on or self.file.head.saved_on
        if day is None:
            text = "没有检查日期，无法成为记录；原文件已留存。请补上日期后再导入"
            self._tell(ResultFault.NO_DATE, item, "", text)
            return
        if item.inspected_on is None:
            text = f"没有检查日期，按文件的保存日 {day} 记：请核对"
            self._tell(ResultFault.NO_DATE, item, "", text)
        if day > self.today:
            text = (
                f"检查日期 {day} 在今天（{self.today}）之后，无法成为记录；原文件已留存。"
                "请改正日期后再导入"
            )
            self._tell(ResultFault.DATE_OUTSIDE, item, day, text)
            return
        self._dated(day, item)
        record = replace(record, inspected_on=day)
        same = [each for each in self._before(record) if each.inspected_on == day]
        again = next((each for each in same if each.content == record.content), None)
        place = self._seen.setdefault((record.subject, record.key), item.place)
        if place != item.place:
            text = f"{item.place} 与 {place} 记的是同一对象：" + (
                "内容相同，只记一次" if again else "内容不同，两条都已留存，以后一条为准，请核对"
            )
            self._tell(ResultFault.DOUBLED, item, "", text)
        if again is not None:
            self.repeated += 1
            text = f"与已有记录 {again.id} 内容相同，没有再记"
            self._tell(ResultFault.REPEATED, item, "", text)
            return
        if same and place == item.place:
            text = (
                f"同一方同一天已有内容不同的记录 {same[-1].id}；两条都保留，"
                "以这一条为准。请核对是否为更正"
            )
            self._tell(ResultFault.CORRECTS, item, "", text)
        told = tuple((found.fault, found.message) for found in self._own)
        order = len(self.register.recorded) + len(self.records) + 1
        self.records.append(replace(record, findings=told, recorded=order))

    def _before(self, record: Inspection) -> Iterable[Inspection]:
        for each in (*self.register.recorded, *self.records):
            if (each.subject, each.key, each.side) == (record.subject, record.key, record.side):
                yield each

    def _dated(self, day: date, item: MarkerResult | SegmentResult) -> None:
        plan = self.register.round
        first = None if plan is None else plan.days["started_on"] or date(plan.facts.year, 1, 1)
        last = None if plan is None else plan.days["finished_on"] or plan.facts.due
        if first is not None and last is not None and not first <= day <= last:
            text = f"检查日期 {day} 不在本轮联检期间（{first} 至 {last}）：请核对日期或轮次"
            self._tell(ResultFault.DATE_OUTSIDE, item, day, text)


def _direction(place: ReadingPlace) -> str | None:
    """Direction of a displacement; none of what is not measurable."""
    if place.azimuth_deg is None or round(place.distance_m or 0, 3) == 0:
        return None
    return direction16(place.azimuth_deg).label_zh


def _named(checks: Sequence[WitnessCheck], names: Sequence[str]) -> Iterable[WitnessCheck]:
    """Checks up to the last that says anything, with registered names where none are given."""
    told = [
        place
        for place, check in enumerate(checks, 1)
        if check.is_filled or (place > len(names) and check.name)
    ]
    last = max(told, default=0)
    for place, check in enumerate(checks[:last]):
        known = names[place] if place < len(names) else ""
        yield check if check.name else replace(check, name=known)


def _doubt_told(place: ReadingPlace, datum: str) -> str:
    kept = "坐标按原样留存，不计位移"
    if place.doubt is Doubt.INCOMPLETE:
        return f"经度、纬度只写了一个：{kept}"
    if place.doubt is Doubt.SWAPPED:
        left = "" if place.left_m is None else f"（对调后距登记位置 {place.left_m:.1f} 米）"
        return f"经度和纬度写反了{left}：{kept}。请改正后重新导入"
    if place.doubt is Doubt.SHIFTED:
        return (
            f"按 {datum} 距登记位置 {place.seen_m or 0:.0f} 米，按 {place.guess} 只有"
            f" {place.left_m or 0:.1f} 米，应是 {place.guess} 坐标：{kept}。"
            f"请用 --datum {place.guess} 重新导入，即成更正"
        )
    if place.doubt is Doubt.FAR:
        return f"距登记位置 {(place.seen_m or 0) / 1000:.1f} 千米：{kept}。请核对坐标和界桩编号"
    return f"坐标不在中国范围内：{kept}。请核对"
