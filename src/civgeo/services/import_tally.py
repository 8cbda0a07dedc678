"""What the parts of a file add up to, when the pre-check goes through it part by part."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civgeo.formats.findings import Finding, Severity
from civgeo.geo.placement import Placement, Verdict
from civgeo.services.import_batches import BatchState, Counts, PreCheck, Sample
from civgeo.services.import_kinds import ImportKind

__all__ = ["Counted", "Repeats", "Tally", "wrong_rows"]

MOST_FINDINGS = 20_000
"""So many errors, and so many notes, are listed; of the others only the number."""

MOST_SAMPLES = 5


class Counted(str):
    """A note on a number of rows; those of several parts of a file become one.

    Parameters
    ----------
    template
        The note with ``{}`` for the number.
    rows
        The number.
    """

    template: str
    rows: int

    def __new__(cls, template: str, rows: int) -> "Counted":
        """The note as text."""
        made = super().__new__(cls, template.format(rows))
        made.template, made.rows = template, rows
        return made


def wrong_rows(findings: Iterable[Finding]) -> set[int]:
    """Rows that an error stands against."""
    return {item.row for item in findings if item.severity is Severity.ERROR}


@dataclass(slots=True)
class _Findings:
    """Errors and notes up to a number each, and how many there are besides."""

    errors: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    left_out: Counter[Severity] = field(default_factory=Counter)

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings of one part."""
        for item in findings:
            kept = self.errors if item.severity is Severity.ERROR else self.notes
            if len(kept) < MOST_FINDINGS:
                kept.append(item)
            else:
                self.left_out[item.severity] += 1

    def listed(self) -> list[Finding]:
        """By row and column; the last one says how many are not listed."""
        found = sorted({*self.errors, *self.notes}, key=lambda item: (item.row, item.column))
        for severity, count in self.left_out.items():
            text = f"另有 {count} 处{severity.label_zh}没有列出"
            found.append(Finding(0, "", "", text, Severity.NOTE))
        return found


class Repeats:
    """Rows of earlier parts that are the same record; twenty-four bytes a row."""

    def __init__(self) -> None:
        self._marks, self._places = [_NONE], [_NONE]

    def add(self, own: pd.Series, places: NDArray[np.int64]) -> dict[int, int]:
        """Places of rows of this part that seem to be rows of earlier ones, and of those.

        They are told by a mark: whoever asks has to compare what the rows say.

        Parameters
        ----------
        own
            What tells the record of each row, None for nothing.
        places
            Places of the rows in the file.
        """
        given = own.notna().to_numpy()
        marks = np.array([hash(one) for one in own[given]], dtype=np.int64)
        here, before = places[given], np.concatenate(self._marks)
        order = np.argsort(before)
        spot = np.searchsorted(before, marks, sorter=order)
        known = spot < before.size
        known[known] = before[order[spot[known]]] == marks[known]
        earlier = np.concatenate(self._places)[order[spot[known]]]
        self._marks.append(marks)
        self._places.append(here)
        return dict(zip(here[known].tolist(), earlier.tolist(), strict=True))


_NONE = np.empty(0, dtype=np.int64)


class Tally:
    """The parts of a file so far.

    Parameters
    ----------
    kind
        What is imported.
    """

    def __init__(self, kind: ImportKind) -> None:
        self.kind = kind
        self.rows = 0
        self._own, self._outside = _Findings(), _Findings()
        self._wrong = self._astray = 0
        self._told: set[int] = set()
        self._actions: Counter[str] = Counter()
        self._refused: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        self._samples: dict[str, list[Sample]] = {"new": [], "changed": []}
        self._notes: dict[str, int | None] = {}

    @property
    def is_sound(self) -> bool:
        """Whether no row is wrong so far."""
        return not self._own.errors and not self._outside.errors

    def note(self, notes: Iterable[str]) -> None:
        """Add notes; the numbers of equal ones are added."""
        for note in notes:
            if isinstance(note, Counted):
                self._notes[note.template] = (self._notes.get(note.template) or 0) + note.rows
            else:
                self._notes[note] = None

    @property
    def notes(self) -> tuple[str, ...]:
        """All notes."""
        found = self._notes.items()
        return tuple(text if count is None else text.format(count) for text, count in found)

    def find(self, findings: Collection[Finding]) -> None:
        """Add findings of the file and of rows whose part is still to come."""
        self._own.add(findings)
        self._told |= wrong_rows(findings) - {0}

    def add(
        self,
        whole: gpd.GeoDataFrame,
        actions: pd.Series,
        findings: list[Finding],
        outside: list[Finding],
        mapping: Mapping[str, str],
    ) -> None:
        """Add a part.

        Parameters
        ----------
        whole, actions
            As in `import_plan.Plan`.
        findings
            Of its rows.
        outside
            Rows that lie outside the division they name: they count unless the whole layer does.
        mapping
            Property by header.
        """
        self.rows += len(actions)
        self._own.add(findings)
        self._outside.add(outside)
        wrong, astray = wrong_rows(findings) | self._told, wrong_rows(outside)
        self._wrong += len(wrong - self._told - {0})
        self._astray += len(astray - wrong)
        self._actions.update(actions)
        for both in (True, False):
            gone = wrong | astray if both else wrong
            self._refused[both].update(actions[actions.index.isin(gone)])
        sound = actions[~actions.index.isin(wrong | astray)]
        for action, samples in self._samples.items():
            rows = sound.index[sound == action][: MOST_SAMPLES - len(samples)]
            samples += [_sample(whole, int(row), action, self.kind, mapping) for row in rows]

    def result(self, start: PreCheck, placement: Placement, *, displaced: bool) -> PreCheck:
        """The pre-check of the whole file.

        Parameters
        ----------
        start
            What was known before.
        placement
            Where the layer lies.
        displaced
            Whether it is refused for that; single rows outside their division do not count then.
        """
        astray = not displaced
        if astray:
            self._own.add([*self._outside.errors, *self._outside.notes])
            self._own.left_out += self._outside.left_out
        wrong = self._wrong + len(self._told) + (self._astray if astray else 0)
        findings = self._own.listed()
        counts = self._counts(astray=astray)
        state, code, message = _outcome(findings, wrong, counts, placement)
        return replace(
            start,
            state=state,
            code=code,
            message=message,
            counts=counts,
            rows=self.rows,
            findings=tuple(findings),
            notes=self.notes,
            samples=(*self._samples["new"], *self._samples["changed"]),
        )

    def _counts(self, *, astray: bool) -> Counts:
        refused = self._refused[astray]
        left = {
            name: self._actions[name] - refused[name] for name in ("new", "changed", "unchanged")
        }
        return Counts(**left, refused=self.rows - sum(left.values()))


def _outcome(
    findings: list[Finding], wrong: int, counts: Counts, placement: Placement
) -> tuple[BatchState, str, str]:
    """State, code and message."""
    of_file = [item for item in findings if not item.row and item.severity is Severity.ERROR]
    if of_file:
        code = "displaced"
        code = "shifted" if placement.verdict is Verdict.SHIFTED else code
        code = code if placement.verdict in (Verdict.SHIFTED, Verdict.DISPLACED) else "file"
        return BatchState.REFUSED, code, of_file[0].message
    if wrong:
        text = f"{wrong} 行有错误，整个文件都没有导入：请按检查结果改正后重新上传"
        return BatchState.REFUSED, "rows_refused", text
    if not counts.new and not counts.changed:
        return BatchState.UNCHANGED, "nothing_new", "文件内容与登记库一致，没有要导入的变化"
    return BatchState.READY, "", ""


def _sample(
    whole: gpd.GeoDataFrame, row: int, action: str, kind: ImportKind, mapping: Mapping[str, str]
) -> Sample:
    asked = dict.fromkeys((*kind.identity, *mapping.values()))
    fields = {}
    for name in asked:
        if name == "id" or name not in whole.columns:
            continue
        prop, value = kind.property(name), whole.at[row, name]
        told = prop is not None and not _is_null(value)
        fields[prop.title if prop else name] = prop.label(value) if prop and told else ""
    return Sample(row, action, fields)


def _is_null(value: object) -> bool:
    return value is None or value is pd.NA or value != value
