"""Features as they were on a day or during a period, with the bounds of their existence."""

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd

from civgeo.domain.history import Entry
from civgeo.domain.period import Period as Span
from civgeo.domain.period import run_around, timeline
from civgeo.store.reading import Reading
from civgeo.store.tables import VALIDITY, Collection

__all__ = ["Period", "existing_during", "with_existence"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; None is open. An instant has both equal."""

    first: date | None
    last: date | None

    @property
    def day(self) -> date | None:
        """The one day of an instant, else None."""
        return self.first if self.first == self.last else None


def with_existence(
    reading: Reading, collection: Collection, frame: gpd.GeoDataFrame, day: date | None = None
) -> gpd.GeoDataFrame:
    """`frame` with ``valid_from`` and ``valid_to`` of each record's existence (date text or null).

    Parameters
    ----------
    reading
        The read that gave the frame.
    collection
        What it holds.
    frame
        Features of the collection, index id.
    day
        Day on which they exist; today by default.
    """
    if frame.empty or set(VALIDITY) <= set(frame.columns):
        return frame
    around = reading.features(collection, ids=frame.index.tolist(), include_closed=True)
    bounds = around[list(VALIDITY)].reindex(frame.index)
    for id in bounds.index[~_holds(bounds, Period(day, day))] if day is not None else ():
        bounds.loc[id, list(VALIDITY)] = _bounds(reading.history(collection, id), day)
    return frame.assign(valid_from=bounds["valid_from"], valid_to=bounds["valid_to"])


def existing_during(
    reading: Reading,
    collection: Collection,
    during: Period,
    today: date,
    *,
    open_only: bool = False,
) -> gpd.GeoDataFrame:
    """Features that exist on some day of the period, in the order in which they were entered.

    Each is shown as it was on the last day of the period; one that had ended by then as it was
    last, else as it was on the first day. Columns as in `with_existence`; `open_only` as for
    `Reading.features`.
    """
    everything = reading.features(collection, include_closed=True, open_only=open_only)
    shown = []
    if during.last is not None and during.last < today:
        shown.append(_on(reading, collection, during.last, open_only=open_only))
    shown.append(everything[_holds(everything, during)])
    if during.first is not None and during.first < today:
        shown.append(_on(reading, collection, during.first, open_only=open_only))
    found = pd.concat([frame for frame in shown if len(frame)] or shown[:1])
    found = found[~found.index.duplicated()]
    order = everything.index[everything.index.isin(found.index)]
    return gpd.GeoDataFrame(found.reindex(order), geometry="geometry", crs=everything.crs)


def _on(
    reading: Reading, collection: Collection, day: date, *, open_only: bool
) -> gpd.GeoDataFrame:
    frame = reading.features(collection, valid_on=day, open_only=open_only)
    return with_existence(reading, collection, frame, day)


def _holds(frame: pd.DataFrame, during: Period) -> "pd.Series[bool]":
    """Which records exist on some day of the period; the day in ``valid_to`` is out already."""
    start, end = frame["valid_from"], frame["valid_to"]
    keep = pd.Series(data=True, index=frame.index)
    if during.last is not None:
        keep &= start.isna() | (start <= during.last.isoformat()).fillna(value=False)
    if during.first is not None:
        keep &= end.isna() | (end > during.first.isoformat()).fillna(value=False)
    return keep


def _bounds(entries: tuple[Entry, ...], day: date | None) -> list[str | None]:
    spans = [
        Span(entry.valid_from, entry.valid_to, None if entry.state is None else True)
        for entry in entries
    ]
    run = None if day is None else run_around(timeline(spans), day)
    if run is None:
        return [None, None]
    return [None if bound is None else bound.isoformat() for bound in (run.start, run.end)]
