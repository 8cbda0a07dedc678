"""Place names of a demonstration city: real divisions and places, simulated streets and estates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.analysis.simulated_streets import StreetName
from civgeo.domain.name_forms import PLACE_NAMES, NameStatus
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.spelling import without_tones
from civgeo.errors import InvalidInput
from civgeo.formats.reference import populated_places
from civgeo.services.demo_lists import demo_lists
from civgeo.services.name_entries import completed
from civgeo.services.romanising import readings_of
from civgeo.store.tables import Collection

__all__ = ["GEONAMES", "demo_names", "demo_registers", "street_names"]

GEONAMES = "GeoNames（CC BY 4.0）"
STREETS_A_COUNTY = 24
_SIMULATED = "模拟生成"
_LEVELS = {
    "prefecture": PlaceKind.PREFECTURE,
    "county": PlaceKind.COUNTY,
    "township": PlaceKind.TOWNSHIP,
}
_HEADS = (
    "文化 建设 人民 解放 交通 团结 光明 前进 和平 友谊 健康 幸福 平安 富强 振兴 育才 学府 文明 "
    "朝阳 胜利 创业 中心 金桥 丰泽 广场 春华 秋实 翠湖 兰亭 松柏 望山 临河 清泉 锦绣 长安 崇文 "
    "明德 博学 通达 环城"
)
_TAILS = ("路", "街", "大道", "巷")
_TAIL_SHARES = (0.6, 0.2, 0.1, 0.1)
_TO_CLEAN_UP = (
    ("文化路", PlaceKind.STREET),
    ("文华路", PlaceKind.STREET),
    ("文花路", PlaceKind.STREET),
    ("曼哈顿花园", PlaceKind.RESIDENTIAL_AREA),
    ("皇家帝都国际城", PlaceKind.RESIDENTIAL_AREA),
    ("张衡路", PlaceKind.STREET),
    ("翀懿苑", PlaceKind.RESIDENTIAL_AREA),
)
"""Names that break a rule on purpose, so that an audit of the demonstration has what to find."""

Row = dict[str, object]


def demo_registers(
    divisions: gpd.GeoDataFrame,
    estates: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    seats: gpd.GeoSeries,
    rng: np.random.Generator,
    today: datetime,
) -> dict[Collection, gpd.GeoDataFrame]:
    """The gazetteer and the lists beside it; parameters as `demo_names`, and the day of making."""
    names = demo_names(divisions, estates, streets, seats, rng)
    return {Collection.PLACE_NAMES: names, **demo_lists(divisions, names, rng, today.date())}


def demo_names(
    divisions: gpd.GeoDataFrame,
    estates: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    seats: gpd.GeoSeries,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """The gazetteer of a demonstration city.

    Parameters
    ----------
    divisions
        Rows of the divisions table; own counties and townships become entries with real names.
    estates
        Simulated estates; each name that is alone in its county becomes an entry.
    streets
        Simulated streets; those with a name become entries of their column division.
    seats
        Index county code; points in EPSG:4490.
    rng
        Seeded generator.

    Returns
    -------
    GeoDataFrame
        Frame of the collection place_names. Real names are not simulated; streets, estates and
        the names to be cleaned up are, and their source says so.
    """
    own = divisions[divisions["role"] == "own"]
    towns = dict(zip(own.index, own["name"], strict=True))
    rows = [
        *_divisions(own),
        *_places(seats.index, frozenset(own["name"])),
        *_streets(streets, towns),
        *_residential(estates, towns),
        *_to_clean_up(seats, towns),
    ]
    ids = [str(UUID(bytes=rng.bytes(16), version=4)) for _ in rows]
    blank = dict.fromkeys(field.name for field in PLACE_NAMES.fields)
    frame = pd.DataFrame([{**blank, **row, "version": 1} for row in rows], dtype=object)
    frame.index = pd.Index(ids, name="id")
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490")


def _entry(source: str, geometry: shapely.Geometry | None, given: Mapping[str, object]) -> Row:
    simulated = source.startswith(_SIMULATED)
    plain = {name: value for name, value in given.items() if isinstance(value, str)}
    return {
        **completed(plain),
        "source": source,
        "simulated": simulated,
        "geometry": geometry,
    }


def _divisions(own: gpd.GeoDataFrame) -> Iterator[Row]:
    named = own[own["level"].isin(list(_LEVELS)) & (own["system"] == "MCA")]
    columns = (named[name].tolist() for name in ("name", "level", "code", "source", "simulated"))
    points = named.geometry.representative_point().tolist()
    for name, level, code, source, simulated, point in zip(*columns, points, strict=True):
        given = {"name": name, "kind": _LEVELS[level].value, "division": code}
        yield _entry(source, point, given) | {"simulated": simulated}


def _places(counties: Iterable[str], divisions: frozenset[str]) -> Iterator[Row]:
    """Populated places; a seat under the name of its division is no settlement of its own."""
    places = populated_places()
    some = places[places["county"].isin(list(counties)) & ~places["name"].isin(divisions)]
    for name, county, point in zip(some["name"], some["county"], some.geometry, strict=True):
        given = {
            "name": name,
            "kind": PlaceKind.SETTLEMENT.value,
            "division": county,
            "status": NameStatus.UNVERIFIED.value,
            "description": "GeoNames 所载居民点，名称与位置未经核定",
        }
        yield _entry(GEONAMES, point, given)


def _builtup(county: str, names: Mapping[str, str]) -> str:
    return f"{names.get(county, county)}城区"


def street_names(counties: Iterable[str], rng: np.random.Generator) -> list[StreetName]:
    """Names for the streets of each county, none of which sounds like another there."""
    chosen: list[StreetName] = []
    for county in counties:
        pairs = [f"{head}{_TAILS[rng.choice(4, p=_TAIL_SHARES)]}" for head in _HEADS.split()]
        order = [pairs[place] for place in rng.permutation(len(pairs))]
        distinct = _apart(order, PlaceKind.STREET)[:STREETS_A_COUNTY]
        chosen += [StreetName(name, str(county)) for name in distinct]
    return chosen


def _streets(streets: gpd.GeoDataFrame, names: Mapping[str, str]) -> Iterator[Row]:
    named = streets[streets["name"].notna()].sort_values(["division", "name"])
    columns = (named[name].tolist() for name in ("name", "division"))
    for name, county, line in zip(*columns, named.geometry, strict=True):
        given = {
            "name": name,
            "kind": PlaceKind.STREET.value,
            "division": county,
            "builtup_area": _builtup(county, names),
        }
        yield _entry(f"{_SIMULATED}（街路巷）", line, given)


def _apart(names: Sequence[str], kind: PlaceKind) -> list[str]:
    """The names that no earlier one sounds like, whatever the tones."""
    kept: dict[tuple[str, ...], str] = {}
    for name in names:
        try:
            sound = tuple(without_tones(one) for one in readings_of(name, kind))
            kept.setdefault(sound, name)
        except InvalidInput:
            continue
    return list(kept.values())


def _residential(estates: gpd.GeoDataFrame, names: Mapping[str, str]) -> Iterator[Row]:
    county = estates["division"].str[:6]
    for code, some in estates.groupby(county, sort=True):
        alone = set(_apart(some["name"].drop_duplicates().tolist(), PlaceKind.RESIDENTIAL_AREA))
        once = some.drop_duplicates("name")
        once = once[once["name"].isin(alone)]
        points = once.geometry.representative_point()
        for name, division, point in zip(once["name"], once["division"], points, strict=True):
            given = {
                "name": name,
                "kind": PlaceKind.RESIDENTIAL_AREA.value,
                "division": division,
                "builtup_area": _builtup(str(code), names),
            }
            yield _entry(f"{_SIMULATED}（住宅区）", point, given)


def _to_clean_up(seats: gpd.GeoSeries, names: Mapping[str, str]) -> Iterator[Row]:
    county = str(seats.index[0])
    for number, (name, kind) in enumerate(_TO_CLEAN_UP):
        given = {
            "name": name,
            "kind": kind.value,
            "division": county,
            "builtup_area": _builtup(county, names),
            "status": NameStatus.NONSTANDARD.value,
        }
        place = shapely.get_coordinates(seats.iloc[0])[0] + (0.004 * (number - 3), 0.006)
        yield _entry(f"{_SIMULATED}（不规范地名示例）", shapely.Point(place), given)
