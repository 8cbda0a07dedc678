"""Reporting areas: what lies in them, what is wrong with them, and their coverage."""

from datetime import UTC, date, datetime
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from civgeo.analysis.coverage import COUNTED_KINDS, UnitLevel
from civgeo.domain.history import Edit
from civgeo.services.city import City
from civgeo.services.demo import build_demo_city
from civgeo.services.editing import close
from civgeo.services.planning import exact_figures, floor_area_coverage
from civgeo.services.reporting_areas import AreaFault, ReportingAreas, reporting_areas
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
FLAT = {"division": "990102", "kind": "development_zone"}
BOW = shapely.Polygon([(0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)])


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Makes stores of a simulated city of 200 estates without any reporting area."""
    folder = tmp_path_factory.mktemp("areas")
    built = build_demo_city(
        folder / "demo", "990100", today=NOW, progress=lambda *_: None, estates=200
    )
    kept = (Collection.DIVISIONS, Collection.ESTATES, Collection.FACILITIES)
    with built as store, store.read() as reading:
        frames = {collection: reading.features(collection) for collection in kept}
        register, book = reading.register(), reading.standards()

    def made(name: str, *areas: dict[str, object]) -> City:
        store = Store.create(folder / name, register=register)
        with store.write() as writing:
            for collection, frame in frames.items():
                writing.add(collection, frame)
            if areas:
                rows = name_records("reporting_areas", *[FLAT | row for row in areas])
                writing.add(Collection.REPORTING_AREAS, rows)
            writing.add_standards(book.standards)
        return City(store, date(2026, 3, 1))

    return made, frames[Collection.DIVISIONS].loc["990102"].geometry


@pytest.fixture(scope="module")
def city(bare) -> City:
    """The city with areas that overlap, leave it, are broken, or hold nothing."""
    made, county = bare
    west, south, east, north = county.bounds
    x, y = (west + east) / 2, (south + north) / 2
    left = shapely.intersection(county, shapely.box(west, south, x, north))
    dot = shapely.box(x, y, x + 1e-7, y + 1e-7)
    return made(
        "city",
        {"id": "whole", "name": "主城区", "geometry": county, "kind": "main_urban_area"},
        {"id": "left", "name": "西区", "geometry": left},
        {"id": "low", "name": "南区", "geometry": shapely.box(west - 1, south - 1, east, y)},
        {"id": "broken", "name": "蝴蝶区", "geometry": translate(BOW, x, y)},
        {"id": "bare", "name": "无图区"},
        {"id": "dot", "name": "小区域", "geometry": dot, "kind": "other"},
        {"id": "far", "name": "邻县区", "division": "990103", "kind": "other"},
    )


def found(city: City, **asked: object) -> ReportingAreas:
    with city.store.read() as reading:
        return reporting_areas(reading, **asked)


def frames(city: City) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    with city.store.read() as reading:
        return reading.features(Collection.ESTATES), reading.features(Collection.FACILITIES)


def inside(shape: shapely.Geometry, places: gpd.GeoSeries) -> set[str]:
    """Places that shapely puts in or on the edge of a shape, estates by a point in them."""
    points = shapely.point_on_surface(places.to_numpy())
    return set(places.index[shapely.intersects(shape, points)])


def test_each_area_holds_what_lies_in_its_outline(city):
    areas = found(city)
    for places in (frame.geometry for frame in frames(city)):
        pairs = areas.members(places)
        held = {str(id): set(pairs["place"][pairs["area"] == id]) for id in areas.units.index}
        shapes = areas.units.geometry.items()
        assert held == {str(id): inside(shape, places) for id, shape in shapes}
        assert len(held["whole"]) > len(held["left"]) > 0
        assert held["low"] & held["left"]
        assert held["dot"] == set()


def test_units_say_what_they_are(city):
    units = found(city).units
    assert units.index.tolist() == ["whole", "left", "low", "dot"]
    assert units.loc["left", ["name", "kind_zh"]].tolist() == ["西区", "开发区"]
    assert units["simulated"].all()
    assert found(city, division="990103").units.empty


def test_what_is_wrong_with_the_areas_is_said(city):
    told = {(item.fault, item.areas): item.text for item in found(city).findings}
    assert set(told) == {
        (AreaFault.INVALID, ("broken",)),
        (AreaFault.NO_OUTLINE, ("bare",)),
        (AreaFault.NO_OUTLINE, ("far",)),
        (AreaFault.OUTSIDE, ("low",)),
        (AreaFault.OVERLAP, ("left", "low")),
    }
    assert "“蝴蝶区”的图形有误（经度" in told[AreaFault.INVALID, ("broken",)]
    assert "“西区”与“南区”重叠" in told[AreaFault.OVERLAP, ("left", "low")]
    assert "在本市轮廓之外" in told[AreaFault.OUTSIDE, ("low",)]


def test_areas_of_another_day_are_those_that_were_valid_then(bare):
    made, county = bare
    area = {"id": "zone", "name": "开发区", "geometry": county}
    city = made("dated", area)
    edit = Edit("王民", "民政〔2026〕1号", valid_from=date(2026, 2, 1))
    close(city, Collection.REPORTING_AREAS, "zone", edit, 1)
    assert found(city, on=date(2026, 1, 31)).units.index.tolist() == ["zone"]
    assert found(city, on=date(2026, 2, 1)).units.empty
    assert found(city).units.empty


def test_figures_of_an_area_are_those_of_what_it_holds(city):
    estates, facilities = frames(city)
    coverage = floor_area_coverage(city, level=UnitLevel.REPORTING_AREA)
    areas = found(city)
    assert coverage.units.index.tolist() == areas.units.index.tolist()
    counted = facilities[
        facilities["kind"].isin(COUNTED_KINDS)
        & (facilities["status"] == "operating")
        & ~facilities.index.isin(coverage.doubles["left_out"])
    ]
    homes = estates.geometry.reindex(counted["estate"]).to_numpy()
    places = gpd.GeoSeries(
        np.where(counted["estate"].notna(), homes, counted.geometry.to_numpy()),
        index=counted.index,
        crs=estates.crs,
    )
    for id, row in coverage.units.iterrows():
        shape = areas.units.geometry[id]
        lived_in = estates.loc[list(inside(shape, estates.geometry))]
        assert row["households"] == lived_in["households"].sum()
        assert row["estates"] == len(lived_in)
        assert row["total_m2"] == pytest.approx(
            counted.loc[list(inside(shape, places)), "floor_area_m2"].sum()
        )
        assert row["geometry"].equals(shape)
    whole = {unit["code"]: unit for unit in exact_figures(coverage)}
    county = {
        unit["code"]: unit
        for unit in exact_figures(floor_area_coverage(city, level=UnitLevel.COUNTY))
    }["990102"]
    same = ("households", "total_m2", "required_m2", "meets", "facilities")
    assert {name: whole["whole"][name] for name in same} == {name: county[name] for name in same}
    assert Fraction(str(whole["left"]["total_m2"])) <= Fraction(str(county["total_m2"]))


def test_an_area_without_estates_is_listed_as_undefined(city):
    row = floor_area_coverage(city, level=UnitLevel.REPORTING_AREA).units.loc["dot"]
    assert (row["status"], row["households"], row["name"]) == ("undefined", 0, "小区域")


def test_areas_of_a_part_of_the_city_alone(city):
    part = floor_area_coverage(city, level=UnitLevel.REPORTING_AREA, division="990102")
    whole = floor_area_coverage(city, level=UnitLevel.REPORTING_AREA)
    assert exact_figures(part) == exact_figures(whole)
    nothing = floor_area_coverage(city, level=UnitLevel.REPORTING_AREA, division="990103")
    assert nothing.units.empty
    assert [item.areas for item in nothing.findings] == [("far",)]


def test_a_city_without_reporting_areas_has_no_such_unit(bare):
    made, _ = bare
    coverage = floor_area_coverage(made("none"), level=UnitLevel.REPORTING_AREA)
    assert (len(coverage.units), coverage.findings) == (0, ())
    assert exact_figures(coverage) == []
