"""Results that come back from the field, as values; and what can be wrong with them.

A result is one marker or one segment as one side saw it on one day. Coordinates are as they were
recorded, longitude first, in the system that the file names.
"""

from dataclasses import dataclass
from datetime import date

from civgeo.domain.boundary_forms import MarkerState
from civgeo.domain.labelled import Labelled
from civgeo.domain.round_forms import MarkerAction

__all__ = [
    "FieldFile",
    "FileHead",
    "MarkerResult",
    "Photo",
    "ResultFault",
    "ResultFinding",
    "SegmentResult",
    "WitnessCheck",
]

LONGEST_RAW = 200
"""Characters of a cell that a finding repeats; the file itself is kept whole."""


class ResultFault(Labelled):
    """What an officer should look at in results from the field."""

    UNREADABLE = "unreadable", "认不出"
    UNKNOWN_KEY = "unknown_key", "多出的内容"
    DATE_ONLY = "date_only", "只有日期"
    NO_DATE = "no_date", "没有检查日期"
    NO_SUBJECT = "no_subject", "没有写明对象"
    UNKNOWN_MARKER = "unknown_marker", "未登记的界桩"
    UNKNOWN_SEGMENT = "unknown_segment", "认不出的界线段"
    WRONG_LINE = "wrong_line", "不在这条界线上"
    NUMBER_DIFFERS = "number_differs", "编号不符"
    DOUBLED = "doubled", "一个文件里重复"
    REPEATED = "repeated", "已导入过"
    CORRECTS = "corrects", "与先前记录不同"
    DATE_OUTSIDE = "date_outside", "日期在本轮之外"
    NO_ROUND = "no_round", "没有联检计划"
    NO_DATUM = "no_datum", "没有写明坐标系"
    INCOMPLETE_PLACE = "incomplete_place", "坐标不全"
    SHIFTED = "shifted", "坐标系不符"
    SWAPPED = "swapped", "经纬度颠倒"
    FAR_AWAY = "far_away", "位置过远"
    STRANGE_HEIGHT = "strange_height", "高程可疑"
    MOVED_SHAPE = "moved_shape", "图形被移动"
    DISPLACED = "displaced", "位移超过限差"
    WITNESS_MISSING = "witness_missing", "方位物缺失"
    WITNESS_DISPLACED = "witness_displaced", "方位物读数不符"
    WITNESS_UNKNOWN = "witness_unknown", "方位物未登记"
    NOT_INTACT = "not_intact", "界桩不完好"
    STATE_CONTRADICTS = "state_contradicts", "状况与实测不符"


@dataclass(frozen=True, slots=True)
class ResultFinding:
    """Something that an officer should look at.

    Parameters
    ----------
    fault
        What kind of thing.
    place
        Where in the file: ``markers[3].state`` or a sheet, row and column.
    subject
        Number of the marker or name of the segment; empty for the file.
    raw
        The text as it stands there, at most 200 characters.
    message
        In Chinese: what is wrong and what to do.
    """

    fault: ResultFault
    place: str
    subject: str
    raw: str
    message: str

    @classmethod
    def of(
        cls, fault: ResultFault, place: str, subject: str, raw: object, message: str
    ) -> "ResultFinding":
        """A finding with the raw text shortened."""
        text = "" if raw is None else str(raw)
        return cls(fault, place, subject[:LONGEST_RAW], text[:LONGEST_RAW], message)


@dataclass(frozen=True, slots=True)
class WitnessCheck:
    """What was seen of one witness mark; None where it was not checked."""

    name: str
    found: bool | None = None
    grid_azimuth: str | None = None
    distance_m: str | None = None

    @property
    def is_filled(self) -> bool:
        """Whether anything was entered."""
        return (self.found, self.grid_azimuth, self.distance_m) != (None, None, None)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was taken: its slot and file name."""

    slot: str
    name: str


@dataclass(frozen=True, slots=True)
class MarkerResult:
    """A marker as one side saw it.

    Parameters
    ----------
    place
        Where in the file.
    marker, number
        Register id and number; empty where the file does not say.
    inspected_on
        Day of the inspection.
    state, actions
        What was found and done.
    longitude, latitude, height_m
        Reading in degrees and metres, as recorded.
    witnesses
        In the order of the registration form.
    photos, remark
        Photos taken; remark.
    shape
        Longitude and latitude of the feature itself, where the carrier has features.
    """

    place: str
    marker: str = ""
    number: str = ""
    inspected_on: date | None = None
    state: MarkerState | None = None
    actions: tuple[MarkerAction, ...] = ()
    longitude: float | None = None
    latitude: float | None = None
    height_m: float | None = None
    witnesses: tuple[WitnessCheck, ...] = ()
    photos: tuple[Photo, ...] = ()
    remark: str | None = None
    shape: tuple[float, float] | None = None

    @property
    def subject(self) -> str:
        """How messages call it."""
        return self.number or self.marker

    @property
    def is_filled(self) -> bool:
        """Whether anything but the day was entered."""
        readings = (self.state, self.longitude, self.latitude, self.height_m, self.remark)
        return (
            any(value is not None for value in readings)
            or bool(self.actions or self.photos)
            or any(witness.is_filled for witness in self.witnesses)
        )


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """A segment as one side saw it.

    Parameters
    ----------
    place
        Where in the file.
    segment, name
        Register ids of both ends with a slash between; numbers with a dash between.
    inspected_on
        Day of the inspection.
    answers
        Question and answer, True for yes.
    note, remark
        Particulars; remark.
    """

    place: str
    segment: str = ""
    name: str = ""
    inspected_on: date | None = None
    answers: tuple[tuple[str, bool | None], ...] = ()
    note: str | None = None
    remark: str | None = None

    @property
    def subject(self) -> str:
        """How messages call it."""
        return self.name or self.segment

    @property
    def is_filled(self) -> bool:
        """Whether anything but the day was entered."""
        answered = any(answer is not None for _, answer in self.answers)
        return answered or self.note is not None or self.remark is not None


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a file says of itself; empty or None where it says nothing.

    Parameters
    ----------
    package
        UUID of the package that it belongs to.
    line, round, side
        Code of the line, number of the round, division code of the side that filled it in.
    inspector, datum
        Who; system of the readings.
    saved_on
        Day on which it was saved.
    """

    package: str = ""
    line: str = ""
    round: int | None = None
    side: str = ""
    inspector: str = ""
    datum: str = ""
    saved_on: date | None = None


@dataclass(frozen=True, slots=True)
class FieldFile:
    """Results of one file: what it says of itself, its filled items, and what could not be read.

    Parameters
    ----------
    head
        What it says of itself.
    markers, segments
        Filled items, in the order of the file.
    empty
        How many items nobody filled in.
    findings
        What could not be read.
    """

    head: FileHead
    markers: tuple[MarkerResult, ...] = ()
    segments: tuple[SegmentResult, ...] = ()
    empty: int = 0
    findings: tuple[ResultFinding, ...] = ()
