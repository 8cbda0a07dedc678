"""Parcels against the rules: exact distances, what cannot be judged, overlaps, another datum."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import orjson
import pytest
import shapely

from civgeo.analysis.parcel_siting import parcel_verdicts
from civgeo.analysis.siting import ConstraintLayer
from civgeo.domain.site_features import SiteFeature
from civgeo.errors import CrsError, InvalidInput
from civgeo.geo.crs import zone_of
from civgeo.geo.datum import CGCS2000
from civgeo.geo.ground import in_metres
from civgeo.services.siting_parcel_views import (
    parcels_document,
    parcels_geojson,
    parcels_spreadsheet,
)
from civgeo.services.siting_parcels import read_parcels, site_parcels
from civgeo.services.siting_question import siting_question
from siting_city import ZONE, founded, laid, metric, patch, path, raised, spot

F = SiteFeature
ASKED = {"division": "411702", "level": "township", "on": "2026-03-29"}
BOW = shapely.Polygon([spot(0, 0), spot(0.1, 0.1), spot(0.1, 0), spot(0, 0.1)])


@pytest.fixture
def city(tmp_path):
    made = founded(tmp_path / "store")
    yield made
    made.store.close()


def parcels(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    names = [*shapes]
    return gpd.GeoDataFrame({"name": names}, index=names, geometry=[*shapes.values()], crs=4490)


def written(file: Path, frame: gpd.GeoDataFrame, crs: int = 4490) -> Path:
    frame.rename_axis("编号").reset_index().to_crs(crs).to_file(file, driver="GPKG")
    return file


def verdicts(answer) -> dict[str, str]:
    return dict(zip(answer.parcels.index, answer.parcels["verdict"], strict=True))


def test_a_parcel_a_kilometre_from_a_road_keeps_the_distance_and_one_nearer_does_not(city):
    road = path((0, 0), (1, 0))
    laid(city, F.TRUNK_ROAD, [road])
    line = metric([road])[0]
    (x, y), _ = line.coords
    way = np.diff(np.array(line.coords), axis=0)[0]
    along, off = way / np.hypot(*way), np.array([-way[1], way[0]]) / np.hypot(*way)

    def square(distance_m: float) -> shapely.Polygon:
        corners = [
            (x, y) + along * (2_000 + a) + off * (distance_m + b)
            for a, b in ((0, 0), (50, 0), (50, 50), (0, 50))
        ]
        return gpd.GeoSeries([shapely.Polygon(corners)], crs=ZONE.epsg).to_crs(4490).iloc[0]

    some = parcels(near=square(999.99), far=square(1_000.001))
    answer = site_parcels(city, siting_question(ASKED), some)
    assert verdicts(answer) == {"near": "excluded", "far": "not_found"}
    rules = answer.rows[answer.rows["kind"] == "excluded"]
    nearest = rules[rules["rule"] == "henan_funeral_26_4"]["nearest_m"]
    assert nearest.tolist() == pytest.approx([999.99], abs=1e-3)
    assert "小于最小面积 50 亩" in answer.parcels.loc["far", "text"]
    assert "在已有图层中没有发现禁止情形" in answer.parcels.loc["far", "text"]
    assert "适宜" not in answer.headline + "".join(answer.parcels["text"])


def test_a_distance_is_that_on_the_ground_even_where_the_zone_stretches_it():
    west, south = 115.45, 33.02
    side = shapely.LineString([(west, south - 0.01), (west, south + 0.03)])
    away = {
        name: CGCS2000.fwd(west, south, 90, metres)[0]
        for name, metres in (("near", 999.9), ("far", 1_000.01))
    }
    some = parcels(
        **{name: shapely.box(lon, south, lon + 0.001, south + 0.001) for name, lon in away.items()}
    )
    zone = zone_of(114)
    metres = gpd.GeoSeries(in_metres(some.geometry.to_numpy(), zone), some.index, crs=zone.epsg)
    road = gpd.GeoSeries(in_metres(np.array([side]), zone), crs=zone.epsg)
    rule = ConstraintLayer("road", road, 1_000, "rule", excludes_at_limit=False)

    found = parcel_verdicts(gpd.GeoDataFrame(geometry=metres), [rule])
    assert metres.distance(road.iloc[0]).min() > 1_000
    assert found["nearest_m"].tolist() == pytest.approx([999.9, 1_000.01], abs=5e-3)
    assert found["is_excluded"].tolist() == [True, False]


def test_what_cannot_be_judged_is_told_and_the_rest_is_judged(city):
    laid(city, F.RESERVOIR, [patch(0.1, 0.1, 0.3, 0.3)], extent=patch(-1, -1, 0.6, 2))
    some = parcels(
        lake=patch(0.2, 0.2, 0.25, 0.25),
        beyond=patch(0.8, 0.8, 0.9, 0.9),
        half=patch(0.95, 0.1, 1.05, 0.2),
        outside=patch(1.2, 0.1, 1.3, 0.2),
        bow=BOW,
        point=spot(0.5, 0.5),
    )
    answer = site_parcels(city, siting_question(ASKED), some)

    assert verdicts(answer) == {
        "lake": "excluded",
        "beyond": "not_found",
        "half": "not_found",
        "outside": "outside",
        "bow": "invalid",
        "point": "invalid",
    }
    assert answer.parcels.loc["beyond", "missing_share"] == pytest.approx(1)
    assert "100% 的面积有图层没有覆盖到" in answer.parcels.loc["beyond", "text"]
    assert "只有 50% 在甲县内" in answer.parcels.loc["half", "text"]
    assert "图形无效，没有评价：bow、point" in answer.notes
    assert "不在所问区划内，没有评价：outside" in answer.notes
    assert "1 块有禁止情形" in answer.headline
    assert "缺少图层：" in answer.headline


def test_overlapping_parcels_are_told_with_the_ground_that_would_count_twice(city):
    laid(city, F.RIVER, [path((0, 0), (1, 0))])
    some = parcels(a=patch(0.1, 0.5, 0.3, 0.6), b=patch(0.2, 0.5, 0.4, 0.6))
    answer = site_parcels(city, siting_question(ASKED), some)

    assert answer.overlaps[["one", "other"]].to_numpy().tolist() == [["a", "b"]]
    assert any("地块“a”与“b”重叠" in note for note in answer.notes)


def test_without_a_layer_no_parcel_is_judged(city):
    answer = site_parcels(city, siting_question(ASKED), parcels(a=patch(0.1, 0.1, 0.2, 0.2)))

    assert verdicts(answer) == {"a": "not_examined"}
    assert "没有可核对的图层，没有评价" in answer.headline
    assert answer.rows.empty


def test_hills_approvals_and_slopes_are_told_parcel_by_parcel(city, tmp_path):
    laid(city, F.TRUNK_ROAD, [path((0, 0.55), (1, 0.55))])
    laid(city, F.HILL, [patch(0.6, 0.6, 0.9, 0.9)])
    rows = np.arange(120)[:, None]
    raised(city, tmp_path / "dem.tif", np.tile(40 * np.sin(rows / 5), (1, 120)))
    some = parcels(hill=patch(0.65, 0.62, 0.68, 0.64), high=patch(0.65, 0.8, 0.7, 0.85))
    answer = site_parcels(city, siting_question(ASKED | {"slope_deg": "5"}), some)

    rules = {
        name: set(answer.rows[answer.rows["parcel"] == name]["rule"].dropna())
        for name in some.index
    }
    assert "zhumadian_hills_15_5" in rules["hill"]
    assert "zhumadian_hills_15_5" not in rules["high"]
    assert "zhumadian_hills_18" in rules["high"]
    assert "有须经批准的土地" in answer.parcels.loc["high", "text"]
    steep = answer.rows[answer.rows["text"].str.contains("坡度大于 5 度")]
    assert set(steep["parcel"]) == {"hill", "high"}
    assert steep["share"].between(0, 1).all()


def test_parcels_of_a_file_in_metres_are_those_in_degrees_and_another_datum_is_refused(tmp_path):
    some = parcels(a=patch(0.1, 0.5, 0.3, 0.6), b=patch(0.2, 0.5, 0.4, 0.6))
    degrees, metres = (
        read_parcels(written(tmp_path / f"{crs}.gpkg", some, crs)) for crs in (4490, ZONE.epsg)
    )
    assert metres.index.tolist() == ["a", "b"]
    assert shapely.equals_exact(
        *(frame.geometry.to_numpy() for frame in (degrees, metres)), tolerance=1e-9
    ).all()
    named = some[["geometry"]].assign(地块名称=["一号地", "二号地"])
    named = named.rename_axis("地块编号").reset_index()
    named.to_crs(4490).to_file(tmp_path / "named.gpkg", driver="GPKG")
    assert read_parcels(tmp_path / "named.gpkg")["name"].to_dict() == {"a": "一号地", "b": "二号地"}
    beijing54 = some.set_crs(4214, allow_override=True).rename_axis("编号").reset_index()
    beijing54.to_file(tmp_path / "old.gpkg", driver="GPKG")
    with pytest.raises(CrsError):
        read_parcels(tmp_path / "old.gpkg")
    twice = some.set_axis(["a", "a"])
    with pytest.raises(InvalidInput, match="编号重复"):
        read_parcels(written(tmp_path / "twice.gpkg", twice))


def test_documents_hold_every_parcel_with_rule_layer_and_date(city):
    laid(city, F.TRUNK_ROAD, [path((0, 0.5), (1, 0.5))])
    some = parcels(a=patch(0.1, 0.5, 0.3, 0.6), b=BOW)
    answer = site_parcels(city, siting_question(ASKED), some)
    document = parcels_document(answer)

    first = document["parcels"][0]
    assert first["id"] == "a"
    assert first["verdict_zh"] == "有禁止情形"
    assert {"henan_funeral_26_4"} <= {row["rule"] for row in first["constraints"]}
    assert {row["layer_date"] for row in first["constraints"]} == {"2025-06-30"}
    assert document["parcels"][1]["constraints"] == []
    drawn = orjson.loads(parcels_geojson(answer))
    assert [feature["id"] for feature in drawn["features"]] == ["a", "b"]
    assert drawn["about"]["edition"] == document["edition"]
    assert parcels_spreadsheet(answer)[:2] == b"PK"
