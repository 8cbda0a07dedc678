"""Which facilities of an outside file a question counts: of the kinds asked, and operating."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from civgeo.domain.facility import FacilityKind, FacilityStatus
from civgeo.errors import InvalidInput
from civgeo.services.layer_files import column_of, texts_of
from civgeo.services.planning_files import PlaceFinding, Places

__all__ = ["counted_facilities"]

KIND_HEADERS = ("kind", "设施类型", "设施种类", "facility_kind", "种类", "类型", "类别")
STATUS_HEADERS = ("status", "运营状态", "状态")

_LABELS = {kind.value: kind.label_zh for kind in FacilityKind}
_STATUSES = {text: status for status in FacilityStatus for text in (status.value, status.label_zh)}
_SHOWN = 30


def counted_facilities(facilities: Places, kinds: Sequence[str]) -> Places:
    """`facilities` with only those usable that are of `kinds` and, where a column says, operating.

    Parameters
    ----------
    facilities
        A layer of facilities, as an export of the register or a table of one's own.
    kinds
        Codes or Chinese labels of kinds; none for all kinds of the layer.

    Returns
    -------
    Places
        With findings on several kinds counted as one, on a kind of which there is none, and on
        facilities that do not operate.

    Raises
    ------
    InvalidInput
        ``no_such_column`` when kinds are asked and no column holds them, ``no_such_kind`` when
        one is neither in the layer nor known.
    """
    findings: list[PlaceFinding] = []
    wanted = _of_kinds(facilities, kinds, findings)
    counted = facilities.usable & wanted & _operating(facilities, wanted, findings)
    own = [each for each in facilities.findings if not each.row or wanted[each.row - 1]]
    return replace(facilities, usable=counted, findings=(*own, *findings))


def _of_kinds(
    facilities: Places, kinds: Sequence[str], findings: list[PlaceFinding]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    frame = facilities.frame
    every = np.ones(len(frame), dtype=np.bool_)
    column = column_of(frame, KIND_HEADERS)
    if column is None:
        if kinds and len(frame):
            told = f"{facilities.file} 没有设施类型列（{KIND_HEADERS[1]} 或 kind），不能按种类选取"
            raise InvalidInput(told, code="no_such_column")
        return every
    labels = _labels(frame[column])
    there = [label for label in labels.unique() if label]
    if not kinds:
        if len(there) > 1:
            told = (
                f"图层里有 {len(there)} 种设施，合在一起计算：{'、'.join(there[:3])}等。"
                f"只算其中一种请用 --kind，如 --kind {there[0]}"
            )
            findings.append(PlaceFinding(facilities.file, 0, "several_kinds", told))
        return every
    asked = _labels(pd.Series(list(kinds), dtype=object)).tolist()
    for kind in asked:
        if kind in there:
            continue
        if kind not in _LABELS.values():
            known = "、".join(there[:_SHOWN])
            told = f"{facilities.file} 没有“{kind[:40]}”这种设施，现有：{known}"
            raise InvalidInput(told, code="no_such_kind")
        told = f"图层里一处{kind}也没有"
        findings.append(PlaceFinding(facilities.file, 0, "no_such_kind", told))
    return labels.isin(asked).to_numpy()


def _labels(cells: "pd.Series[str]") -> "pd.Series[str]":
    """Kinds by their Chinese labels, so that a code and its label are the same."""
    return texts_of(cells).map(lambda text: _LABELS.get(text, text))


def _operating(
    facilities: Places,
    wanted: np.ndarray[tuple[int], np.dtype[np.bool_]],
    findings: list[PlaceFinding],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows that no column of states says to be planned, suspended or closed."""
    column = column_of(facilities.frame, STATUS_HEADERS)
    if column is None:
        return np.ones(len(facilities.frame), dtype=np.bool_)
    known = texts_of(facilities.frame[column]).map(_STATUSES.get)
    idle = (known.notna() & (known != FacilityStatus.OPERATING)).to_numpy(dtype=np.bool_)
    left = known[idle & wanted & facilities.usable]
    if len(left):
        counts = "、".join(
            f"{status.label_zh} {int((left == status).sum())}"
            for status in FacilityStatus
            if (left == status).any()
        )
        told = f"{len(left)} 处设施不在运营（{counts}），没有计入"
        findings.append(PlaceFinding(facilities.file, 0, "not_operating", told))
    return ~idle
