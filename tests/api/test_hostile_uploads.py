"""Hostile and broken uploads over HTTP: nothing outside is read or asked, and each gets its reason.

The figures of all kinds are printed at the end (``pytest -s``).
"""

import resource
import sqlite3
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import MultiPolygon, Point
from starlette.testclient import TestClient

from api.served_city import fill
from api.writable_city import EDIT, ESTATES, serving
from formats.dirty import (
    bomb,
    bow_tie,
    geojson,
    points_frame,
    rewritten,
    shapefile_folder,
    vrt,
    workbook,
    write_layer,
    zipped,
)
from formats.lookouts import arm, armed_canary, listening, was_read

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is tried")
Make = Callable[[Path, Path, str], Path]
WHERE = "set=division=990102001&set=kind=community_day_care"
SEEN: dict[str, tuple[int, float]] = {}
LONGEST_SECONDS, MOST_MB = 30.0, 512


def vrt_to_a_file(folder: Path, canary: Path, url: str) -> Path:
    return vrt(folder / "x.geojson", canary)


def vrt_to_an_address(folder: Path, canary: Path, url: str) -> Path:
    return vrt(folder / "x.gpkg", f"/vsicurl/{url}")


def vrt_in_a_zip(folder: Path, canary: Path, url: str) -> Path:
    (folder / "in").mkdir()
    vrt(folder / "in" / "x.csv", canary)
    return zipped(folder / "in", folder / "x.zip")


def vrt_inside_geojson(folder: Path, canary: Path, url: str) -> Path:
    return geojson(folder / "x.geojson", extra=vrt(folder / "vrt", f"/vsicurl/{url}").read_text())


def geojson_whose_crs_is_an_address(folder: Path, canary: Path, url: str) -> Path:
    link = {"type": "link", "properties": {"href": url, "type": "ogcwkt"}}
    return geojson(folder / "x.geojson", crs=link)


def text(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def path_to_an_address(folder: Path, canary: Path, url: str) -> Path:
    return text(folder / "x.csv", f"/vsicurl/{url}")


def path_to_a_file(folder: Path, canary: Path, url: str) -> Path:
    return text(folder / "x.csv", f"{canary}")


def table_of_addresses(folder: Path, canary: Path, url: str) -> Path:
    rows = f"名称,wkt\n/vsicurl/{url},POINT (114.05 33.05)\n{canary},/vsicurl/{url}\n"
    return text(folder / "x.csv", rows)


KML = "<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{}</Document></kml>"
PLACE = (
    "<Placemark><name>{}</name><Point><coordinates>114.05,33.05</coordinates></Point></Placemark>"
)


def kml_with_links(folder: Path, canary: Path, url: str) -> Path:
    link = f"<NetworkLink><Link><href>{url}</href></Link></NetworkLink>"
    overlay = f"<GroundOverlay><Icon><href>file://{canary}</href></Icon></GroundOverlay>"
    return text(folder / "x.kml", KML.format(link + overlay + PLACE.format("甲")))


def kml_with_entities(folder: Path, canary: Path, url: str) -> Path:
    entities = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{canary}"><!ENTITY f SYSTEM "{url}">]>'
    return text(folder / "x.kml", entities + KML.format(PLACE.format("&e;&f;")))


def workbook_with_entities(folder: Path, canary: Path, url: str) -> Path:
    good = workbook(folder / "good.xlsx", {"表": ([["名称", "床位"], ["甲", 1]], [])})
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{canary}">]>'.encode()
    part = "xl/workbook.xml"
    return rewritten(
        good,
        folder / "x.xlsx",
        part,
        lambda data: data.replace(b"<workbook", entity + b"<workbook", 1),
    )


def geopackage_with_a_hostile_view(folder: Path, canary: Path, url: str) -> Path:
    path = write_layer(points_frame(), folder / "x.gpkg", "GPKG")
    with sqlite3.connect(path) as base:
        base.execute(f"CREATE VIEW v AS SELECT 1 AS fid, load_extension('{canary}') AS x")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
            "VALUES ('v', 'attributes', 'v', '2026-01-01T00:00:00Z')"
        )
    base.close()
    return path


def shapefile_whose_prj_is_an_address(folder: Path, canary: Path, url: str) -> Path:
    shape = shapefile_folder(folder / "s")
    shape.with_suffix(".prj").write_text(url, encoding="utf-8")
    return zipped(folder / "s", folder / "x.zip")


def zip_bomb(folder: Path, canary: Path, url: str) -> Path:
    return bomb(folder / "x.zip")


def zip_that_leads_outside(folder: Path, canary: Path, url: str) -> Path:
    with zipfile.ZipFile(folder / "x.zip", "w") as container:
        container.writestr("../../../slipped.csv", "名称\n甲\n")
    return folder / "x.zip"


def zip_with_a_link(folder: Path, canary: Path, url: str) -> Path:
    link = zipfile.ZipInfo("x.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "x.zip", "w") as container:
        container.writestr(link, str(canary))
    return folder / "x.zip"


def nested_json(folder: Path, canary: Path, url: str) -> Path:
    return geojson(folder / "x.geojson", nested=100_000)


def gbk_shapefile_without_prj(folder: Path, canary: Path, url: str) -> Path:
    shapefile_folder(folder / "s", prj=False)
    return zipped(folder / "s", folder / "x.zip", gbk_names=True)


HOSTILE = [
    (vrt_to_a_file, "OGR VRT"),
    (vrt_to_an_address, "OGR VRT"),
    (vrt_in_a_zip, "没有可以导入的文件"),
    (vrt_inside_geojson, "已损坏"),
    (geojson_whose_crs_is_an_address, "指向一个网址"),
    (path_to_an_address, "不是表格"),
    (path_to_a_file, "不是表格"),
    (table_of_addresses, "不是 WKT 图形"),
    (kml_with_links, "文件里的网络链接（NetworkLink）没有读取"),
    (kml_with_entities, "实体声明"),
    (workbook_with_entities, "实体声明"),
    (geopackage_with_a_hostile_view, "读不出来"),
    (shapefile_whose_prj_is_an_address, "坐标系"),
    (zip_bomb, "压缩炸弹"),
    (zip_that_leads_outside, "指向包外"),
    (zip_with_a_link, "是链接"),
    (nested_json, "嵌套超过 100 层"),
    (gbk_shapefile_without_prj, "坐标系"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = fill(tmp_path_factory.mktemp("hostile") / "store")
    with serving(folder) as client:
        yield client
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    longest = max((seconds for _, seconds in SEEN.values()), default=0.0)
    codes = sorted({status for status, _ in SEEN.values()})
    sys.stdout.write(
        f"\n{len(SEEN)} kinds of hostile upload over HTTP: answers {codes}, 0 files read and 0"
        f" requests made outside, slowest {longest:.1f} s, children at most {peak} MB\n"
    )


def features(client: TestClient) -> list[dict]:
    return client.get(f"{ESTATES}?limit=50").json()["features"]


def sent(client: TestClient, path: Path, kind: str = "facilities") -> tuple[int, str]:
    """Status and reason of an upload, and of its confirmation where the upload was taken in."""
    way = f"/imports?kind={kind}&filename={path.name}"
    way += f"&{WHERE}" if kind == "facilities" else ""
    answer = client.post(way, content=path.read_bytes())
    if answer.status_code != 201:
        return answer.status_code, answer.json()["detail"]
    batch = answer.json()
    home = f"/imports/{batch['batch']}"
    if batch["state"] != "ready":
        answer = client.post(f"{home}/confirm", json={"edit": EDIT})
    client.delete(home)
    return answer.status_code, f"{answer.text} {batch}"


@pytest.mark.parametrize(("make", "says"), HOSTILE, ids=[make.__name__ for make, _ in HOSTILE])
def test_a_hostile_upload_reaches_nothing_and_is_refused_with_its_reason(
    served: TestClient, tmp_path: Path, make: Make, says: str
) -> None:
    before = features(served)
    canary = armed_canary(tmp_path / "canary.csv")
    canary.read_bytes()
    if not was_read(canary):
        pytest.skip("this file system keeps no access times")
    with listening() as (port, knocks):
        path = make(tmp_path, canary, f"http://127.0.0.1:{port}/x.geojson")
        arm(canary)
        started = time.monotonic()
        status, reason = sent(served, path)
        SEEN[make.__name__] = status, time.monotonic() - started
    assert 400 <= status < 500, reason
    assert says in reason
    assert not was_read(canary)
    assert knocks == []
    assert "CANARY" not in reason
    assert SEEN[make.__name__][1] < LONGEST_SECONDS
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    assert peak <= max(MOST_MB, own)
    staging = served.app.state.desk.store.file.parent / "staging"
    assert not staging.exists() or list(staging.iterdir()) == []
    assert not list(staging.parents[2].rglob("slipped.csv"))
    assert features(served) == before


def test_a_bow_tie_is_refused_at_its_place(served, tmp_path):
    frame = gpd.GeoDataFrame(
        {"代码": ["990102"], "名称": ["甲区"]}, geometry=[MultiPolygon([bow_tie()])], crs=4490
    )
    path = write_layer(frame, tmp_path / "x.gpkg", "GPKG")
    status, reason = sent(served, path, "divisions")
    assert status == 422
    assert "图形自相交" in reason


def test_characters_of_four_bytes_go_in_and_come_out_whole(served, tmp_path):
    columns = {
        "名称": ["柳树𨟠镇日间照料中心"],
        "设施类型": ["社区日间照料中心"],
        "所属街道": ["东街道"],
    }
    frame = gpd.GeoDataFrame(columns, geometry=[Point(114.05, 33.05)], crs=4490)
    path = write_layer(frame, tmp_path / "x.gpkg", "GPKG")
    batch = served.post(
        "/imports?kind=facilities&filename=x.gpkg", content=path.read_bytes()
    ).json()
    done = served.post(f"/imports/{batch['batch']}/confirm", json={"edit": EDIT})
    assert done.status_code == 200, done.text
    assert "柳树𨟠镇日间照料中心" in served.get("/collections/facilities/items?limit=50").text
