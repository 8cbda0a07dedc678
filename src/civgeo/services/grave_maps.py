"""Use case: the map of scattered graves, for officers."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from civgeo.domain.cemetery_forms import GraveStatus
from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.maps.civmap import CivMap
from civgeo.maps.graves import CemeteryMark, GraveMark, GraveMove, GravesView, graves_map
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.theme import MapNote
from civgeo.services.city import City
from civgeo.services.graves import GraveAnswer
from civgeo.services.graves_words import headline, missing_texts
from civgeo.services.map_origin import Drawn
from civgeo.store.tables import Collection

__all__ = ["graves_chart"]

_DONE = {GraveStatus.MOVED.value: "已迁移", GraveStatus.SCREENED.value: "已遮挡"}


def graves_chart(city: City, found: GraveAnswer, *, public_number: str = "") -> CivMap:
    """Map of an answer: graves by what is seen of them, roads, and who goes where."""
    with city.store.read() as reading:
        divisions = reading.features(Collection.DIVISIONS)
    drawn = Drawn(found.register, divisions, (), city.today)
    about = MapNote(
        title=f"{found.register.name}散坟与迁移安排",
        source=f"{drawn.source}；数据版本 {found.data_version}",
        date=f"{drawn.date}，登记截至 {found.on}",
        simulated=found.simulated,
        public_number=public_number or None,
        on=found.on,
    )
    roads = found.roads.lines.to_crs(epsg=CGCS2000_EPSG)
    rows = [row for row in rows_of(divisions, DivisionRow) if row.level != "community"]
    view = GravesView(
        headline=headline(found),
        remarks=missing_texts(found),
        graves=tuple(_graves(found)),
        cemeteries=tuple(_cemeteries(found)),
        moves=tuple(_moves(found)),
        roads=tuple(zip(roads["name"].astype(str), roads.geometry, strict=True)),
        rows=tuple(rows),
    )
    return graves_map(view, about=about)


def _graves(found: GraveAnswer) -> Iterator[GraveMark]:
    goes = found.moves.rows.groupby("grave")["cemetery"].agg(list).to_dict()
    names = found.cemeteries["name"].to_dict()
    table = found.graves.drop(columns="geometry")
    placed = table[table["lon"].notna() & table["lat"].notna()]
    for id, row in zip(placed.index, placed.to_dict("records"), strict=True):
        yield GraveMark(
            number=str(row["number"]),
            state=_state(row),
            count=int(row["count"]),
            place="　".join(_texts(row["township_name"], row["village"])),
            road="".join(_texts(row["road"])),
            road_m="" if pd.isna(row["road_m"]) else f"{row['road_m']:,.0f}",
            to_move=bool(row["to_move"]),
            basis="".join(_texts(row["basis"])),
            goes_to="、".join(str(names[each]) for each in goes.get(id, [])),
            reason=found.moves.reasons.get(str(id), "") or "".join(_texts(row["reason"])),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            simulated=found.simulated,
        )


def _state(row: Mapping[Any, Any]) -> str:
    if row["status"] in _DONE:
        return "done"
    seen = row["seen"]
    return "unknown" if pd.isna(seen) else "seen" if seen else "hidden"


def _texts(*given: object) -> list[str]:
    return [each for each in given if isinstance(each, str) and each]


def _cemeteries(found: GraveAnswer) -> Iterator[CemeteryMark]:
    taking = found.cemeteries[found.cemeteries["assigned"] > 0]
    for row in taking.to_dict("records"):
        yield CemeteryMark(
            str(row["name"]),
            int(row["left"]),
            int(row["assigned"]),
            float(row["lon"]),
            float(row["lat"]),
        )


def _moves(found: GraveAnswer) -> Iterator[GraveMove]:
    places, sites = found.graves[["lon", "lat", "number"]], found.cemeteries
    for row in found.moves.rows.to_dict("records"):
        grave, site = places.loc[row["grave"]], sites.loc[row["cemetery"]]
        text = f"{grave['number']} → {site['name']}　{row['graves']} 座　{row['distance_m']:,.0f} m"
        yield GraveMove(
            text,
            (float(grave["lon"]), float(grave["lat"])),
            (float(site["lon"]), float(site["lat"])),
        )
