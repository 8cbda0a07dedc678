"""Cemeteries that rows of scattered graves name as the place where they moved."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from civgeo.formats.findings import Finding
from civgeo.services.import_kinds import ImportKind
from civgeo.services.import_names import folded
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["with_cemeteries"]


def with_cemeteries(
    frame: gpd.GeoDataFrame, kind: ImportKind, reading: Reading, headers: Mapping[str, str]
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Rows with the ids of cemeteries in place of their names, and names that fit none or several.

    Parameters
    ----------
    frame, kind, headers
        As in `import_plan.plan_rows`; rows of other registers stay as they are.
    reading
        A read of the store.
    """
    if kind.collection is not Collection.GRAVES or "relocated_to" not in frame.columns:
        return frame, []
    cemeteries = reading.features(Collection.CEMETERIES)
    known: dict[str, list[str]] = {}
    for id, name in zip(cemeteries.index.astype(str), cemeteries["name"], strict=True):
        known.setdefault(folded(name), []).append(id)
    ids: list[str | None] = []
    findings = []
    for row, text in zip(frame.index, frame["relocated_to"], strict=True):
        if text is None or pd.isna(text) or text in cemeteries.index:
            ids.append(None if text is None or pd.isna(text) else str(text))
            continue
        named = known.get(folded(text), [])
        ids.append(named[0] if len(named) == 1 else None)
        if len(named) != 1:
            why = f"有 {len(named)} 处同名公墓" if named else "登记库中没有这处公墓"
            hint = f"{why}：请先导入公墓，或填公墓编号"
            findings.append(Finding(int(row), headers["relocated_to"], str(text)[:100], hint))
    return frame.assign(relocated_to=pd.Series(ids, index=frame.index, dtype=object)), findings
