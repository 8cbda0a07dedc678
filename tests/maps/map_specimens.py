"""A fictional city for the map tests: outlines, estates, facilities and standards."""

import uuid
from datetime import date
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.analysis import UnitLevel, floor_area_per_100_households
from civgeo.domain.facility import FacilityKind
from civgeo.domain.standard import Standard, StandardBook
from civgeo.maps.theme import MapNote

NAMES = ["青禾县", "云溪区", "临江市", "石桥县", "松原县", "白鹭县", "南屏区"]
AROUND = ["东邻县", "北邻县", "西邻区", "南邻县", "远山县"]
ON = date(2026, 1, 1)
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "`${alert(1)}`",
    "${alert(1)}",
    "</script><script>alert(1)</script>",
    "=1+1",
    "\\u003cimg src=x onerror=alert(1)\\u003e",
    '"><svg onload=alert(1)>',
)
ABOUT = MapNote(
    title="虚构市每百户养老服务用房面积图",
    source="虚构市民政局（测试数据）",
    date="2025-12-31",
    simulated=True,
    on=ON,
    edition="2026-01",
)


def standard(name: str, estate_class: str, value: str) -> Standard:
    return Standard(
        id=name,
        topic="elder_area_per_100hh",
        place="虚构省",
        adcode="990000",
        regulation="《虚构省养老服务条例》",
        valid_from="2022-10-01",
        quantity="facility floor area per 100 households",
        operator=">=",
        value=Decimal(value),
        unit="m2",
        applies_to="小区",
        evidence="E",
        document_no="第1号公告",
        estate_class=estate_class,
        area_basis="unspecified",
    )


STANDARDS = (standard("xs-new", "new", "30"), standard("xs-old", "existing", "20"))
BOOK = StandardBook(STANDARDS, "2026-01")


def divisions(seed: int = 3) -> gpd.GeoDataFrame:
    """Seven counties with ragged common borders and five neighbours, near 113.5 E, 33 N."""
    rng = np.random.default_rng(seed)
    cells = shapely.MultiPoint(rng.uniform([112.2, 31.9], [114.8, 34.1], (900, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(cells))
    middles = shapely.get_coordinates(shapely.centroid(parts))
    inner = np.array([113.5, 33.0]) + rng.normal(0, 1, (len(NAMES), 2)) * [0.42, 0.34]
    angles = np.arange(len(AROUND)) * 2 * np.pi / len(AROUND)
    outer = np.array([113.5, 33.0]) + np.column_stack([1.5 * np.cos(angles), 1.2 * np.sin(angles)])
    seats = np.vstack([inner, outer])
    nearest = np.linalg.norm(middles[:, None] - seats[None], axis=2).argmin(axis=1)
    frame = shapely.box(112.3, 32.0, 114.7, 34.0)
    rows = []
    for number, name in enumerate([*NAMES, *AROUND]):
        shape = shapely.union_all(parts[nearest == number]).intersection(frame)
        own = number < len(NAMES)
        code = f"9901{number + 1:02d}" if own else f"9902{number + 14:02d}"
        rows.append((code, name, "county", "own" if own else "context", as_multi(shape)))
    city = shapely.union_all([row[4] for row in rows if row[3] == "own"])
    rows.append(("990100", "虚构市", "prefecture", "own", as_multi(city)))
    rows += [
        (f"9901{county + 1:02d}{town:03d}", f"{NAMES[county][0]}{mark}镇", "township", "own", None)
        for county in range(len(NAMES))
        for town, mark in ((100, "东"), (101, "西"))
    ]
    return division_frame(rows)


def as_multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons)


def division_frame(rows: list[tuple[str, str, str, str, object]]) -> gpd.GeoDataFrame:
    codes, names, levels, roles, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "code": codes,
            "name": names,
            "level": levels,
            "system": "MCA",
            "parent": ["990100" if level == "county" else None for level in levels],
            "role": roles,
            "valid_from": None,
            "valid_to": None,
            "source": "测试",
            "source_date": "2025-12-31",
            "simulated": True,
            "version": 1,
        },
        geometry=list(shapes),
        index=pd.Index(codes, name="id"),
        crs="EPSG:4490",
    )


def estates(outlines: gpd.GeoDataFrame, count: int = 600, seed: int = 5) -> gpd.GeoDataFrame:
    """Estates inside the own counties, around one place of each."""
    rng = np.random.default_rng(seed)
    own = outlines[(outlines["level"] == "county") & (outlines["role"] == "own")]
    seats = shapely.get_coordinates(shapely.point_on_surface(own.geometry.to_numpy()))
    county = np.arange(count) % len(own)
    points = shapely.points(seats[county] + rng.normal(0, 1, (count, 2)) * [0.045, 0.035])
    inside = shapely.contains(own.geometry.to_numpy()[county], points)
    points = np.where(inside, points, shapely.points(seats[county]))
    names = [f"{own['name'].iloc[c][:2]}第{n}小区" for n, c in enumerate(county)]
    names[: len(HOSTILE)] = HOSTILE
    kinds = rng.choice(["new", "existing", "mixed"], count, p=[0.4, 0.5, 0.1])
    households = rng.integers(80, 2500, count)
    households[20:25] = 0
    return gpd.GeoDataFrame(
        {
            "name": names,
            "division": [f"{own['code'].iloc[c]}{100 + n % 2}" for n, c in enumerate(county)],
            "community": None,
            "estate_class": kinds,
            "completed_year": 2015,
            "households": households,
            "households_new": np.where(kinds == "mixed", households // 2, 0),
            "elders": households // 3,
            "stage": "built",
            "source": "测试",
            "simulated": True,
            "version": 1,
        },
        geometry=points,
        index=pd.Index([str(uuid.UUID(int=n)) for n in range(count)], name="id"),
        crs="EPSG:4490",
    )


def facilities(homes: gpd.GeoDataFrame, seed: int = 7) -> gpd.GeoDataFrame:
    """One elder-care place for most estates, and some of every other kind."""
    rng = np.random.default_rng(seed)
    served = homes[rng.random(len(homes)) < 0.9]
    effort = 0.25 + 0.2 * (served["division"].str[5].astype(int).to_numpy() - 1)
    need = served["households"].to_numpy() * rng.uniform(0.05, 0.5, len(served)) * effort
    others = [kind for kind in FacilityKind if not kind.counts_as_estate_elder_care]
    more = homes.iloc[: len(others) * 3]
    kinds = [FacilityKind.COMMUNITY_ELDER_CARE_PLACE.value] * len(served)
    kinds += [others[n % len(others)].value for n in range(len(more))]
    count = len(kinds)
    names = [f"第{n}号设施" for n in range(count)]
    names[: len(HOSTILE)] = HOSTILE
    place = np.concatenate([served.geometry.to_numpy(), more.geometry.to_numpy()])
    shift = rng.normal(0, 0.03, (len(more), 2))
    moved = shapely.points(shapely.get_coordinates(place[len(served) :]) + shift)
    return gpd.GeoDataFrame(
        {
            "name": names,
            "kind": kinds,
            "division": [*served["division"], *more["division"]],
            "community": None,
            "estate": [*served.index, *([None] * len(more))],
            "floor_area_m2": np.round(np.concatenate([need, np.full(len(more), 800.0)]), 2),
            "beds": pd.array([None] * len(served) + [20] * len(more), dtype="Int64"),
            "nursing_beds": pd.array([None] * count, dtype="Int64"),
            "opened": None,
            "status": "operating",
            "source": "测试",
            "simulated": True,
            "version": 1,
        },
        geometry=np.concatenate([place[: len(served)], moved]),
        index=pd.Index([str(uuid.UUID(int=10_000_000 + n)) for n in range(count)], name="id"),
        crs="EPSG:4490",
    )


def units(homes: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Coverage of counties and estates in one frame."""
    found = [
        floor_area_per_100_households(homes, places, level=level, book=BOOK, on=ON)
        for level in (UnitLevel.COUNTY, UnitLevel.ESTATE)
    ]
    return gpd.GeoDataFrame(pd.concat(found), crs="EPSG:4490")
