"""Lists of the place-name office in a demonstration city, all of them simulated."""

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import shapely

from civgeo.domain.place_kind import PlaceKind
from civgeo.services.demo_frames import simulated_frame
from civgeo.store.tables import Collection

__all__ = ["demo_lists"]

PATROL_DAYS = 180
_STATES = ("intact", "dirty", "broken", "missing", "covered", "wrong")
_SHARES = (0.84, 0.05, 0.04, 0.03, 0.02, 0.02)
_RESERVED = ("望湖路", "新雨街", "听松路", "凌云大道", "锦程路", "观澜街", "拾光巷", "云帆路")
_PROTECTED = 6

Row = dict[str, object]


def demo_lists(
    divisions: gpd.GeoDataFrame, names: gpd.GeoDataFrame, rng: np.random.Generator, today: date
) -> dict[Collection, gpd.GeoDataFrame]:
    """Name signs, protection list, rural naming, reserved names and archives.

    Parameters
    ----------
    divisions, names
        Frames of the collections divisions and place_names.
    rng
        Seeded generator.
    today
        Day of making.
    """
    own = divisions[(divisions["role"] == "own") & (divisions["level"] == "township")]
    streets = names[(names["kind"] == PlaceKind.STREET.value) & (names["status"] == "standard")]
    rows: dict[Collection, list[Row]] = {
        Collection.NAME_SIGNS: _signs(streets, rng, today),
        Collection.PROTECTED_NAMES: _protected(own, rng, today),
        Collection.RURAL_NAMING: _rural(own, rng, today),
        Collection.RESERVED_NAMES: _reserved(streets, today),
        Collection.NAME_ARCHIVES: _archives(streets, today),
    }
    return {collection: simulated_frame(collection, some, rng) for collection, some in rows.items()}


def _signs(streets: gpd.GeoDataFrame, rng: np.random.Generator, today: date) -> list[Row]:
    """A sign at both ends of every street."""
    columns = (streets[name].tolist() for name in ("name", "division"))
    rows = []
    for id, name, division, line in zip(streets.index, *columns, streets.geometry, strict=True):
        ends = shapely.get_coordinates(line)[[0, -1]]
        for end, side in zip(ends, ("起点", "终点"), strict=True):
            patrolled = today - timedelta(days=int(rng.integers(5, 420)))
            rows.append(
                {
                    "name": name,
                    "place": id,
                    "sign_kind": "street",
                    "division": division,
                    "material": "铝合金反光膜",
                    "width_mm": 1500,
                    "height_mm": 400,
                    "position": f"{name}{side}",
                    "unit": "模拟设置单位",
                    "set_on": _day(patrolled - timedelta(days=int(rng.integers(200, 2000)))),
                    "state": str(rng.choice(_STATES, p=_SHARES)),
                    "patrol_round": f"{patrolled.year}年第{(patrolled.month - 1) // 6 + 1}轮",
                    "last_patrol": _day(patrolled),
                    "next_patrol": _day(patrolled + timedelta(days=PATROL_DAYS)),
                    "geometry": shapely.Point(end),
                }
            )
    return rows


def _protected(towns: gpd.GeoDataFrame, rng: np.random.Generator, today: date) -> list[Row]:
    chosen = towns.iloc[np.sort(rng.permutation(len(towns))[:_PROTECTED])]
    listed = today - timedelta(days=700)
    return [
        {
            "name": name,
            "category": "千年古镇（模拟）",
            "level": "市级",
            "batch": "第一批（模拟）",
            "division": code,
            "listed_on": _day(listed),
            "grounds": "模拟示例，不代表该地名已列入任何名录",
            "measures": "设立保护标志，更名前须制定保护措施" if number % 2 else None,
            "measures_on": _day(listed) if number % 2 else None,
        }
        for number, (code, name) in enumerate(zip(chosen["code"], chosen["name"], strict=True))
    ]


def _rural(towns: gpd.GeoDataFrame, rng: np.random.Generator, today: date) -> list[Row]:
    rural = towns[~towns["name"].str.endswith("街道")]
    return [
        {
            "name": name,
            "division": code,
            "roads_named": int(roads),
            "signs_set": int(roads * rng.uniform(0.8, 1.6)),
            "points_mapped": int(roads * rng.uniform(1.5, 4)),
            "names_protected": int(rng.integers(0, 3)),
            "goal_reached": bool(roads >= 20),
            "counted_on": _day(today),
        }
        for code, name, roads in zip(
            rural["code"], rural["name"], rng.integers(4, 40, len(rural)), strict=True
        )
    ]


def _reserved(streets: gpd.GeoDataFrame, today: date) -> list[Row]:
    counties = streets["division"].drop_duplicates().tolist()
    return [
        {
            "name": name,
            "kind": PlaceKind.STREET.value,
            "area": f"示例规划片区{number % 3 + 1}（模拟）",
            "division": counties[number % len(counties)],
            "state": "reserved",
            "reserved_on": _day(today - timedelta(days=400 + 90 * number)),
            "reserved_until": _day(today + timedelta(days=600 - 150 * number)),
        }
        for number, name in enumerate(_RESERVED)
    ]


def _archives(streets: gpd.GeoDataFrame, today: date) -> list[Row]:
    some = streets.iloc[:: max(1, len(streets) // 12)]
    return [
        {
            "number": f"DM-{today.year - 1}-{number:04d}",
            "name": f"{name}命名材料（模拟）",
            "division": division,
            "place": id,
            "year": today.year - 1,
            "retention": "permanent",
            "pages": 8 + number,
            "location": "模拟档案室",
        }
        for number, (id, name, division) in enumerate(
            zip(some.index, some["name"], some["division"], strict=True), start=1
        )
    ]


def _day(day: date) -> str:
    return day.isoformat()
