"""The markers of one line as a series: what is missing, doubled or out of the numbering."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from civgeo.domain.labelled import Labelled
from civgeo.domain.marker_number import (
    MarkerNumber,
    MarkerSetting,
    MarkerSuffix,
    explain_marker_number,
)

__all__ = ["SeriesFault", "SeriesFinding", "series_findings"]


class SeriesFault(Labelled):
    """What is wrong with the numbers of a line."""

    UNREADABLE = "unreadable", "编号不合格式"
    DOUBTFUL = "doubtful", "编号与规则不符"
    OTHER_LINE = "other_line", "界线号与多数不同"
    DUPLICATE = "duplicate", "编号重复"
    MIXED_SETTING = "mixed_setting", "同号界桩的字母不成套"
    MISSING_TWIN = "missing_twin", "同号界桩缺失"
    NOT_FROM_001 = "not_from_001", "序号不从 001 起"
    GAP = "gap", "序号缺号"


@dataclass(frozen=True, slots=True)
class SeriesFinding:
    """One fault.

    Parameters
    ----------
    fault
        What is wrong.
    numbers
        The engraved numbers concerned.
    rows
        Their places in the list given, from 0.
    missing
        Numbers that ought to be there.
    message
        In Chinese.
    """

    fault: SeriesFault
    numbers: tuple[str, ...]
    rows: tuple[int, ...]
    missing: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A number with its place in the list."""

    row: int
    number: MarkerNumber

    @property
    def key(self) -> tuple[object, ...]:
        """What two markers must not share."""
        each = self.number
        return (each.areas, each.serial, each.suffix)


def series_findings(
    numbers: Sequence[str], suffixes: Mapping[str, MarkerSuffix], sides: Sequence[str] = ()
) -> list[SeriesFinding]:
    """What is wrong with the numbers of the markers of one line.

    A letter that is unknown, and numbers of three codes, are kept out of the twins but not out of
    the sequence. The serials up to the highest one are wanted; whether markers are missing beyond
    it cannot be told. The line's number is that of most markers.

    Parameters
    ----------
    numbers
        Engraved numbers, one a marker, in any order.
    suffixes
        Letters that are known.
    sides
        Codes of the line's two sides, as in `explain_marker_number`.

    Raises
    ------
    InvalidInput
        For wrong `sides`.
    """
    read = [
        _Read(row, explain_marker_number(text, suffixes, sides)) for row, text in enumerate(numbers)
    ]
    formed = [each for each in read if each.number.well_formed]
    on_line = [each for each in formed if each.number.line is not None]
    line = _usual_line(on_line)
    own = [each for each in on_line if each.number.line == line]
    return [
        *_unreadable(read),
        *_other_lines(on_line, line),
        *_duplicates(formed),
        *_incomplete_sets(own, suffixes),
        *_gaps(own, line),
    ]


def _usual_line(on_line: list[_Read]) -> str:
    """The line's number that most markers bear; of equals the one that comes first."""
    lines = [each.number.line or "" for each in on_line]
    return max(lines, key=lines.count, default="")


def _found(
    fault: SeriesFault, those: Iterable[_Read], message: str, missing: Iterable[str] = ()
) -> SeriesFinding:
    reads = tuple(those)
    engraved = tuple(each.number.engraved for each in reads)
    return SeriesFinding(
        fault, engraved, tuple(each.row for each in reads), tuple(missing), message
    )


def _unreadable(read: list[_Read]) -> Iterable[SeriesFinding]:
    for each in read:
        if each.number.problems:
            formed = each.number.well_formed
            fault = SeriesFault.DOUBTFUL if formed else SeriesFault.UNREADABLE
            told = f"“{each.number.engraved[:40]}”：{'；'.join(each.number.problems)}"
            yield _found(fault, [each], told)


def _other_lines(on_line: list[_Read], line: str) -> Iterable[SeriesFinding]:
    for each in on_line:
        if each.number.line != line:
            told = f"{each.number.engraved} 的界线号不是本线多数界桩的 {line}"
            yield _found(SeriesFault.OTHER_LINE, [each], told)


def _duplicates(formed: list[_Read]) -> Iterable[SeriesFinding]:
    groups: dict[tuple[object, ...], list[_Read]] = defaultdict(list)
    for each in formed:
        groups[each.key].append(each)
    for those in groups.values():
        if len(those) > 1:
            told = f"编号 {those[0].number.engraved} 出现 {len(those)} 次"
            yield _found(SeriesFault.DUPLICATE, those, told)


def _incomplete_sets(
    own: list[_Read], suffixes: Mapping[str, MarkerSuffix]
) -> Iterable[SeriesFinding]:
    """Doubles and triples without all their letters, and letters of two settings on one serial."""
    by_serial: dict[int, list[_Read]] = defaultdict(list)
    for each in own:
        if each.number.setting is not None and each.number.serial is not None:
            by_serial[each.number.serial].append(each)
    for serial, those in sorted(by_serial.items()):
        settings = {each.number.setting for each in those}
        letters = {each.number.suffix for each in those}
        if len(settings) > 1:
            told = f"序号 {serial:03d} 的字母 {'、'.join(sorted(map(str, letters)))} 不属同一种设置"
            yield _found(SeriesFault.MIXED_SETTING, those, told)
        elif settings & {MarkerSetting.DOUBLE, MarkerSetting.TRIPLE}:
            wanted = {key for key, each in suffixes.items() if each.setting in settings}
            stem = f"{those[0].number.line}{serial:03d}"
            missing = [stem + letter for letter in sorted(wanted - letters)]
            if missing:
                setting = those[0].number.setting
                label = setting.label_zh if setting else ""
                told = f"{label}的 {stem} 缺 {'、'.join(missing)}"
                yield _found(SeriesFault.MISSING_TWIN, those, told, missing)


def _gaps(own: list[_Read], line: str) -> Iterable[SeriesFinding]:
    serials = sorted({each.number.serial for each in own if each.number.serial is not None})
    if not serials:
        return
    first = [each for each in own if each.number.serial == serials[0]]
    if serials[0] != 1:
        missing = [f"{line}{serial:03d}" for serial in range(1, serials[0])]
        told = f"序号从 {serials[0]:03d} 开始，应从 001 起"
        yield _found(SeriesFault.NOT_FROM_001, first, told, missing)
    for before, after in pairwise(serials):
        if after - before > 1:
            missing = [f"{line}{serial:03d}" for serial in range(before + 1, after)]
            beside = [each for each in own if each.number.serial in (before, after)]
            span = missing[0] if len(missing) == 1 else f"{missing[0]} 至 {missing[-1]}"
            told = f"序号 {before:03d} 与 {after:03d} 之间缺 {span}"
            yield _found(SeriesFault.GAP, beside, told, missing)
