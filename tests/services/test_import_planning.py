"""Registers of planning imported from layers and tables, and entered one by one."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from civgeo.errors import ImportRejected
from civgeo.services.city import City
from civgeo.services.editing import correct, create
from civgeo.services.entry_checks import FieldFaults
from civgeo.services.imports import confirm
from civgeo.store.tables import Collection
from services.import_city import EDIT, city_in, county, csv_file, records, said, staged


@pytest.fixture
def city(tmp_path: Path) -> City:
    return city_in(tmp_path / "store")


def layer(tmp_path: Path, shape: shapely.Geometry, **cells: object) -> Path:
    frame = gpd.GeoDataFrame([cells], geometry=[shape], crs=4490)
    frame.to_file(tmp_path / "in.geojson")
    return tmp_path / "in.geojson"


def square(metres: float = 500.0) -> shapely.Polygon:
    return county("990102").buffer(metres / 111_000, quad_segs=1)


def line() -> shapely.LineString:
    place = county("990102")
    return shapely.LineString([(place.x, place.y), (place.x + 0.01, place.y)])


@pytest.mark.parametrize(
    ("register", "shape", "cells", "kept"),
    [
        (
            "reporting_areas",
            square(),
            {"名称": "产业集聚区", "范围种类": "开发区", "区划代码": "990102"},
            {"kind": "development_zone", "division": "990102"},
        ),
        (
            "walk_barriers",
            line(),
            {"名称": "京广铁路", "阻隔种类": "铁路", "所在区划代码": "990102"},
            {"kind": "railway", "note": None},
        ),
        (
            "walk_barriers",
            square(),
            {"名称": "练江", "种类": "河流", "区划代码": "990102", "备注": "无桥段"},
            {"kind": "river", "note": "无桥段"},
        ),
        (
            "walk_crossings",
            line(),
            {"名称": "人民路天桥", "设施种类": "人行天桥", "区划代码": "990102"},
            {"kind": "footbridge", "status": "existing"},
        ),
    ],
)
def test_a_layer_of_planning_is_imported(city, tmp_path, register, shape, cells, kept) -> None:
    batch = staged(city, layer(tmp_path, shape, **cells), register)
    assert confirm(city, batch.id, EDIT).created == 1, said(batch)
    found = records(city, register).iloc[0]
    assert {name: found[name] if found[name] == found[name] else None for name in kept} == kept
    assert found.geometry.equals_exact(shape, 1e-9)
    again = staged(city, layer(tmp_path, shape, **dict(reversed(cells.items()))), register)
    with pytest.raises(ImportRejected, match="与登记库一致"):
        confirm(city, again.id, EDIT)


@pytest.mark.parametrize(
    ("register", "shape", "told"),
    [
        ("reporting_areas", line(), "图形应为面"),
        ("walk_crossings", square(), "图形应为线"),
    ],
)
def test_a_shape_that_the_register_cannot_have_is_refused(
    city, tmp_path, register, shape, told
) -> None:
    cells = {"名称": "甲", "种类": "其他" if register == "reporting_areas" else "桥梁"}
    batch = staged(city, layer(tmp_path, shape, 区划代码="990102", **cells), register)
    assert told in said(batch)
    with pytest.raises(ImportRejected):
        confirm(city, batch.id, EDIT)


def test_figures_that_a_bureau_reports_are_a_table(city, tmp_path) -> None:
    cells = {"指标": "x-1", "区划代码": "990102", "年度": 2025, "分子": "12.5", "分母": 40}
    file = csv_file(tmp_path / "in.csv", [cells | {"上报日期": "2026-01-10"}])
    assert confirm(city, staged(city, file, "indicator_reports").id, EDIT).created == 1
    found = records(city, "indicator_reports").iloc[0]
    assert (found["numerator"], found["denominator"], found["period"]) == (12.5, 40.0, 2025)
    assert found["reported_on"] == "2026-01-10"
    changed = csv_file(tmp_path / "b.csv", [cells | {"分子": "13"}])
    assert confirm(city, staged(city, changed, "indicator_reports").id, EDIT).changed == 1


AREA = {"name": "主城区", "kind": "main_urban_area", "division": "990102"}


def test_an_area_is_entered_and_corrected_by_an_officer(city) -> None:
    saved = create(city, Collection.REPORTING_AREAS, AREA | {"geometry": square()}, EDIT)
    wider = {"geometry": square(900), "note": "扩大"}
    assert correct(city, Collection.REPORTING_AREAS, saved.id, wider, EDIT, 1).version == 2


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, "geometry"),
        ({"geometry": line()}, "geometry"),
        ({"geometry": square(), "kind": "park"}, "kind"),
        ({"geometry": square(), "division": "880102"}, "division"),
    ],
)
def test_an_area_without_a_sound_outline_or_kind_is_not_entered(city, changed, fault) -> None:
    with pytest.raises(FieldFaults) as caught:
        create(city, Collection.REPORTING_AREAS, AREA | changed, EDIT)
    assert set(caught.value.faults) == {fault}
