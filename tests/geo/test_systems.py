import pytest
from pyproj import CRS
from pyproj.database import query_crs_info

from civgeo.errors import CrsError
from civgeo.geo.systems import (
    AxisOrder,
    CrsName,
    authority_order,
    require_datum,
    require_metric,
)

XIAN_1980_WKT = (
    'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
CGCS2000_WKT = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)


@pytest.mark.parametrize("text", ["EPSG:4490", "epsg:4490", "Epsg:4490"])
def test_capitals_do_not_matter(text):
    assert CrsName.parse(text) == CrsName("EPSG:4490", 4490)


@pytest.mark.parametrize("text", ["gcj-02", "BD-09"])
def test_shifted_systems_have_no_epsg_code_and_are_geographic(text):
    name = CrsName.parse(text)
    assert name.text == text.upper()
    assert name.epsg is None
    assert name.is_geographic


@pytest.mark.parametrize(
    "text",
    [
        *("", "4490", "EPSG 4490", " EPSG:4490", "EPSG:4490 ", "EPSG:4490\n", "EPSG:04490"),
        *("EPSG:４４９０", "EPSG:", "EPSG:-1", "GCJ02", "BD09", "CRS84"),
    ],
)
def test_any_other_spelling_is_refused(text):
    with pytest.raises(CrsError, match="不认识坐标系"):
        CrsName.parse(text)


@pytest.mark.parametrize("epsg", [999999, 102100, 1])
def test_an_unknown_epsg_code_is_named(epsg):
    with pytest.raises(CrsError, match=f"EPSG:{epsg}"):
        CrsName.parse(f"EPSG:{epsg}")


@pytest.mark.parametrize("epsg", [4214, 4610, 4555, 2327, 2390, 2401, 2435, 2442, 4766, 21418])
def test_beijing_1954_and_xian_1980_are_refused_as_state_secrets(epsg):
    with pytest.raises(CrsError, match="国家秘密"):
        CrsName.parse(f"EPSG:{epsg}")


def test_every_epsg_system_called_beijing_or_xian_is_refused():
    codes = [
        info.code
        for info in query_crs_info(auth_name="EPSG")
        if "Beijing" in info.name or "Xian 1980" in info.name
    ]
    assert len(codes) > 150
    for code in codes:
        with pytest.raises(CrsError):
            CrsName.parse(f"EPSG:{code}")


def test_xian_1980_of_a_desktop_prj_file_is_refused():
    with pytest.raises(CrsError, match="国家秘密"):
        require_datum(CRS.from_wkt(XIAN_1980_WKT))


def test_cgcs2000_of_a_desktop_prj_file_is_accepted():
    require_datum(CRS.from_wkt(CGCS2000_WKT))
    require_datum(CRS.from_epsg(32650))


@pytest.mark.parametrize("epsg", [27700, 2326, 4267])
def test_a_datum_without_transformation_is_refused(epsg):
    with pytest.raises(CrsError, match="大地基准"):
        CrsName.parse(f"EPSG:{epsg}")


@pytest.mark.parametrize("epsg", [4480, 4978, 3031])
def test_systems_that_are_not_east_and_north_in_the_plane_are_refused(epsg):
    with pytest.raises(CrsError, match="二维"):
        CrsName.parse(f"EPSG:{epsg}")


@pytest.mark.parametrize(
    ("epsg", "order"),
    [
        (4490, AxisOrder.LAT_LON),
        (4326, AxisOrder.LAT_LON),
        (4526, AxisOrder.NORTHING_EASTING),
        (4547, AxisOrder.NORTHING_EASTING),
        (4549, AxisOrder.NORTHING_EASTING),
        (3857, AxisOrder.EASTING_NORTHING),
        (32650, AxisOrder.EASTING_NORTHING),
    ],
)
def test_authority_axis_order_is_known(epsg, order):
    assert authority_order(epsg) is order


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3395", "EPSG:900913", "ESRI:102100"])
def test_world_mercator_is_no_place_for_measures(crs):
    with pytest.raises(CrsError, match="墨卡托"):
        require_metric(CRS.from_user_input(crs))


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4326", "OGC:CRS84"])
def test_degrees_are_no_metres(crs):
    with pytest.raises(CrsError, match="单位是度"):
        require_metric(CRS.from_user_input(crs))


def test_feet_are_no_metres():
    with pytest.raises(CrsError, match="不是米"):
        require_metric(CRS.from_epsg(2225))


@pytest.mark.parametrize("epsg", [4526, 4547, 4549, 32650])
def test_transverse_mercator_zones_are_metric(epsg):
    require_metric(CRS.from_epsg(epsg))
