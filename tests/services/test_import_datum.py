"""A layer of points in another datum: metres and direction, from divisions and from records."""

import shutil

import numpy as np
import pytest
import shapely

from civgeo.errors import ImportRejected
from civgeo.geo.datum import bd09_from_cgcs2000, gcj02_from_cgcs2000, ground_distance_m
from civgeo.services.city import City
from civgeo.services.import_batches import BatchState
from civgeo.services.imports import confirm
from civgeo.store.store import Store
from services.import_city import (
    EDIT,
    TODAY,
    city_in,
    county,
    csv_file,
    divisions_of,
    estate,
    records,
    said,
    staged,
)

SYSTEMS = [(gcj02_from_cgcs2000, "GCJ-02"), (bd09_from_cgcs2000, "BD-09")]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("datum") / "store"
    city_in(folder).store.close()
    return folder


@pytest.fixture
def city(founded, tmp_path):
    shutil.copytree(founded, tmp_path / "库")
    with Store.open(tmp_path / "库") as store:
        yield City(store, TODAY)


def rows(city: City, move=lambda lon, lat: (lon, lat), count: int = 12, **changed):
    """Estates deep inside a county, where no outline can tell a shift of some hundred metres."""
    made = []
    for number in range(count):
        lon, lat = county(city).x + number * 2e-3, county(city).y - number * 1e-3
        x, y = move(lon, lat)
        made.append(estate(city, number, 经度=float(x), 纬度=float(y)) | changed)
    return made


def far(city: City, shift) -> float:
    middle = county(city)
    return float(ground_distance_m(middle.x, middle.y, *shift(middle.x, middle.y)))


@pytest.mark.parametrize(("shift", "system"), SYSTEMS)
def test_points_that_cross_the_edges_of_their_divisions_tell_metres_and_direction(
    city, tmp_path, shift, system
):
    ring = divisions_of(city).loc["990102"].geometry.buffer(-0.002).exterior
    spots = shapely.line_interpolate_point(
        ring, np.linspace(0, 1, 80, endpoint=False), normalized=True
    )
    table = [
        estate(city, number, 经度=float(x), 纬度=float(y))
        for number, (x, y) in enumerate(
            np.column_stack(shift(shapely.get_x(spots), shapely.get_y(spots)))
        )
    ]
    refused = staged(city, csv_file(tmp_path / "点.csv", table)).precheck
    assert (refused.state, refused.code, refused.guess) == (BatchState.REFUSED, "shifted", system)
    assert np.hypot(refused.east_m, refused.north_m) == pytest.approx(far(city, shift), rel=0.03)
    assert f"图层应为 {system} 坐标，偏移约 " in refused.message
    assert "米，向东" in refused.message


@pytest.mark.parametrize(("shift", "system"), SYSTEMS)
def test_points_deep_inside_are_told_by_the_records_of_the_same_name(city, tmp_path, shift, system):
    confirm(city, staged(city, csv_file(tmp_path / "旧.csv", rows(city))).id, EDIT)
    path = csv_file(tmp_path / "新.csv", rows(city, shift, 总户数="150"))
    batch = staged(city, path)
    refused = batch.precheck
    assert (refused.state, refused.code, refused.guess) == (BatchState.REFUSED, "shifted", system)
    assert np.hypot(refused.east_m, refused.north_m) == pytest.approx(far(city, shift), abs=10)
    assert "与登记的 12 条同名记录相比，图层整体偏移约 " in refused.message
    assert f"--crs {system}" in refused.message
    with pytest.raises(ImportRejected):
        confirm(city, batch.id, EDIT)
    right = staged(city, path, crs=system)
    assert right.state is BatchState.READY, said(right)
    assert right.precheck.verdict == "ok"
    confirm(city, right.id, EDIT)
    assert set(records(city)["households"]) == {150}
    assert set(records(city)["version"]) == {2}


def test_a_file_converted_though_it_was_right_is_refused_as_that(city, tmp_path):
    confirm(city, staged(city, csv_file(tmp_path / "旧.csv", rows(city))).id, EDIT)
    path = csv_file(tmp_path / "新.csv", rows(city, 总户数="150"))
    batch = staged(city, path, crs="GCJ-02")
    assert batch.precheck.code == "shifted"
    assert "像是多还原了一次 GCJ-02" in batch.precheck.message
    assert "可能本来就是 CGCS2000" in batch.precheck.message


def test_without_records_of_the_same_name_points_deep_inside_tell_nothing(city, tmp_path):
    batch = staged(city, csv_file(tmp_path / "点.csv", rows(city, gcj02_from_cgcs2000)))
    assert (batch.state, batch.precheck.verdict) == (BatchState.READY, "unknown")
    assert "请用已知位置的点核对" in batch.precheck.placement


def test_records_that_the_file_corrects_one_by_one_are_no_shift(city, tmp_path):
    confirm(city, staged(city, csv_file(tmp_path / "旧.csv", rows(city))).id, EDIT)
    chance = np.random.default_rng(1)
    table = rows(
        city, lambda lon, lat: (lon + chance.normal(0, 3e-3), lat + chance.normal(0, 3e-3))
    )
    batch = staged(city, csv_file(tmp_path / "新.csv", table))
    assert batch.state is BatchState.READY, said(batch)
    assert batch.precheck.counts.changed == 12
