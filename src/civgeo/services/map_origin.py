"""What a map says about where its data come from and of which day they are."""

from dataclasses import dataclass
from datetime import date

import geopandas as gpd

from civgeo.domain.clock import BEIJING
from civgeo.store.reading import Register

__all__ = ["Drawn", "edition_zh"]

LISTED_SOURCES = 3
_NOT_OF_DIVISIONS = ("县城位置", "小区、社区与设施")
_EDITIONS = {"fictional": "虚构示例标准"}


def edition_zh(edition: str) -> str:
    """Edition of the standards as maps print it; that of the fictional city says what it is."""
    return _EDITIONS.get(edition, edition)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a map draws.

    Parameters
    ----------
    register
        The city, with the sources that its store was made from.
    divisions
        All divisions of the store; communities are no part of any map's content.
    features
        Frames of estates and facilities that the map shows; none for the map of divisions.
    today
        Day on which the map is made.
    """

    register: Register
    divisions: gpd.GeoDataFrame
    features: tuple[gpd.GeoDataFrame, ...]
    today: date

    @property
    def simulated(self) -> bool:
        """Whether anything drawn is simulated."""
        return any(bool(frame["simulated"].any()) for frame in (self._listed, *self.features))

    @property
    def source(self) -> str:
        """Sources of what is drawn, as they are cited."""
        cited = {
            part: text
            for part, text in self.register.sources.items()
            if text and (self._features_simulated or part not in _NOT_OF_DIVISIONS)
        }
        parts = [f"{part}：{text}" for part, text in cited.items()]
        registered = self._registered_sources()
        if registered:
            more = " 等" if len(registered) > LISTED_SOURCES else ""
            parts.append(f"登记数据：{'、'.join(registered[:LISTED_SOURCES])}{more}")
        return "；".join(parts)

    @property
    def date(self) -> str:
        """Days of the layers drawn: outlines, list of names, register, and simulation."""
        listed = self._listed
        outlined = listed.geometry.notna().to_numpy()
        parts = [
            f"{name} {days}"
            for name, rows in (("轮廓", listed[outlined]), ("名录", listed[~outlined]))
            if (days := _days(rows))
        ]
        if any(not frame["simulated"].all() for frame in self.features):
            parts.append(f"登记截至 {self.today}")
        if self.simulated:
            parts.append(f"模拟数据生成于 {self.register.created_at.astimezone(BEIJING).date()}")
        return "，".join(parts) or "未注明"

    @property
    def _listed(self) -> gpd.GeoDataFrame:
        return self.divisions[self.divisions["level"] != "community"]

    @property
    def _features_simulated(self) -> bool:
        return any(bool(frame["simulated"].any()) for frame in self.features)

    def _registered_sources(self) -> list[str]:
        real = [frame.loc[~frame["simulated"].astype(bool), "source"] for frame in self.features]
        return sorted({text for column in real for text in column.tolist() if text})


def _days(rows: gpd.GeoDataFrame) -> str:
    """The one day of `rows`, or the first and the last; empty where none is known."""
    known = sorted(set(rows["source_date"].dropna().tolist()))
    return known[0] if len(known) == 1 else f"{known[0]} 至 {known[-1]}" if known else ""
