"""Registered graves made ready for a question: place, township, and what is odd about them."""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from civgeo.analysis.label_grid import LabelGrid
from civgeo.domain.cemetery_forms import GraveStatus
from civgeo.geo.ground import coordinates_of

__all__ = ["GraveFinding", "grave_findings", "registered_graves"]

_TOWNSHIP = 9
_NO_PLACE, _OUTSIDE = "没有位置，请补登坐标", "位置不在本市范围内，请核对坐标"
_UNKNOWN_TOWNSHIP = "（乡镇不明）"
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class GraveFinding:
    """Something in the registers that an officer should look at; the rest was computed.

    Parameters
    ----------
    code
        A machine word.
    message
        In Chinese, with the numbers or names of the first few.
    ids
        Records that it concerns.
    """

    code: str
    message: str
    ids: tuple[str, ...]


def registered_graves(rows: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Graves by number, with ``lon``, ``lat``, ``usable`` and why not, and their township.

    The township is that of the registered code; where the code ends above it, that of the outline
    which the grave lies in.

    Parameters
    ----------
    rows
        Of the register, EPSG:4490.
    divisions
        All divisions; those with the role ``own`` are the city's.
    """
    kept = ["number", "division", "village", "kind", "count", "remains", "status", "relocated_to"]
    graves = rows[[*kept, "moved_on", "geometry"]].copy()
    graves = graves.iloc[np.lexsort((graves.index.to_numpy(str), graves["number"].to_numpy(str)))]
    graves["count"] = pd.to_numeric(graves["count"]).fillna(0).astype(np.int64)
    own = divisions[(divisions["role"] == "own").to_numpy()]
    drawn = own[own.geometry.notna()]
    lon, lat = coordinates_of(np.asarray(graves.geometry.array, dtype=object)).T
    has_place = np.isfinite(lon) & np.isfinite(lat)
    in_city = np.zeros(len(graves), dtype=np.bool_)
    in_city[has_place] = LabelGrid(drawn.geometry).label(lon[has_place], lat[has_place]) >= 0
    graves["lon"], graves["lat"], graves["usable"] = lon, lat, in_city
    graves["unusable_because"] = np.where(in_city, "", np.where(has_place, _OUTSIDE, _NO_PLACE))
    graves["township"] = _townships(graves, drawn[drawn["level"] == "township"])
    names = dict(zip(own["code"], own["name"], strict=True))
    graves["township_name"] = graves["township"].map(names).fillna(_UNKNOWN_TOWNSHIP)
    return graves


def _townships(graves: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame) -> pd.Series:
    """Code of the township of each grave; empty where neither code nor outline tells."""
    codes = graves["division"].str[:_TOWNSHIP]
    codes = codes.where(codes.str.len() == _TOWNSHIP, "")
    short = ((codes == "") & graves["usable"]).to_numpy(dtype=np.bool_)
    if short.any() and len(outlines):
        at = LabelGrid(outlines.geometry).label(
            *(graves[name].to_numpy(dtype=np.float64)[short] for name in ("lon", "lat"))
        )
        found = [*outlines["code"], ""]
        codes.loc[short] = np.array([found[each] for each in at], dtype=object)
    return codes


def grave_findings(graves: gpd.GeoDataFrame, cemeteries: pd.DataFrame) -> tuple[GraveFinding, ...]:
    """What is odd about graves, and about cemeteries that they are said to have gone to."""
    return tuple(finding for finding in _findings(graves, cemeteries) if finding.ids)


def _findings(graves: gpd.GeoDataFrame, cemeteries: pd.DataFrame) -> Iterator[GraveFinding]:
    there = graves[graves["usable"]]
    repeated = there[there.duplicated(["lon", "lat"], keep=False)]
    yield _finding("same_place", "登记在同一位置，可能重复登记", repeated)
    yield _finding("no_count", "没有座数或座数为 0，不安排公墓", graves[graves["count"] < 1])
    nowhere = graves["unusable_because"] == _NO_PLACE
    yield _finding("no_place", _NO_PLACE, graves[nowhere])
    yield _finding("outside_city", _OUTSIDE, graves[graves["unusable_because"] == _OUTSIDE])
    moved = graves[graves["status"] == GraveStatus.MOVED]
    lost = moved[~moved["relocated_to"].isin(cemeteries.index)]
    yield _finding("moved_nowhere", "已迁移，但没有登记迁入哪处公墓，或登记的公墓不存在", lost)
    crowded = cemeteries[(cemeteries["used"] > cemeteries["capacity"]).fillna(value=False)]
    names = "、".join(crowded["name"][:_SHOWN])
    text = f"已用墓位多于墓位总数，空位按 0 计：{names}"
    yield GraveFinding("over_capacity", text, tuple(crowded.index))


def _finding(code: str, what: str, rows: pd.DataFrame) -> GraveFinding:
    more = f"等 {len(rows)} 处" if len(rows) > _SHOWN else ""
    text = f"{what}：{'、'.join(rows['number'][:_SHOWN])}{more}"
    return GraveFinding(code, text, tuple(str(id) for id in rows.index))
