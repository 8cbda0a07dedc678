import resource
import sys
import time
import zipfile
from pathlib import Path

import pyogrio
import pytest
from dirty import (
    bomb,
    claims_two_gigabytes,
    geojson,
    points_frame,
    rewritten,
    sparse,
    vrt,
    workbook,
    write_layer,
)
from lookouts import arm, armed_canary, listening, was_read

from civgeo.errors import ImportRejected, NotFound
from civgeo.formats.confinement import Limits
from civgeo.formats.facts import ReadRequest
from civgeo.formats.findings import Finding
from civgeo.formats.jail import LIMITS, jail_facts, read_file, sha256, with_error_column

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is tried")


@pytest.fixture
def canary(tmp_path):
    """A table that nobody may read."""
    return armed_canary(tmp_path / "canary.csv")


def _refused(path, staging, **request):
    with pytest.raises(ImportRejected) as refusal:
        read_file(path, staging, ReadRequest(**request))
    return refusal.value


def test_every_protection_is_in_force_on_linux():
    facts = {fact.subject: fact for fact in jail_facts()}

    assert all(fact.in_force for fact in facts.values())
    assert {"网络", "包外文件", "启动程序", "内存", "处理器时间", "环境变量", "总时间"} <= set(
        facts
    )
    assert "512 MB" in facts["内存"].detail
    assert (LIMITS.memory_bytes, LIMITS.seconds) == (512 * 1024**2, 30)


def test_vrt_text_reads_the_canary_outside_the_jail_and_never_inside(tmp_path, canary):
    hostile = vrt(tmp_path / "x.geojson", canary)
    assert "CANARY" in pyogrio.read_dataframe(hostile, layer="canary").to_string()
    if not was_read(canary):
        pytest.skip("this file system keeps no access times")
    arm(canary)

    refusal = _refused(hostile, tmp_path / "staging")

    assert "OGR VRT" in refusal.message
    assert not was_read(canary)


def test_a_file_that_is_geojson_and_vrt_at_once_opens_nothing(tmp_path, canary):
    with listening() as (port, knocks):
        for place, source in enumerate((canary, f"/vsicurl/http://127.0.0.1:{port}/x.csv")):
            extra = vrt(tmp_path / "vrt.txt", source).read_text()
            hostile = geojson(tmp_path / f"{place}.geojson")
            hostile.write_text(hostile.read_text()[:-1] + ', "x": "' + extra + '"}')
            _refused_or_harmless(hostile, tmp_path / "staging")

    assert not was_read(canary)
    assert knocks == []


def _refused_or_harmless(path, staging):
    try:
        frame = read_file(path, staging).frame()
    except ImportRejected:
        return
    assert "CANARY" not in frame.to_string()


def test_addresses_in_any_format_reach_no_listener(tmp_path):
    with listening() as (port, knocks):
        url = f"http://127.0.0.1:{port}/x"
        kml = tmp_path / "a.kml"
        kml.write_text(
            f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document><NetworkLink><Link><href>{url}"
            f"</href></Link></NetworkLink><Placemark><name>a</name><styleUrl>{url}#s</styleUrl>"
            "<Point><coordinates>114,33</coordinates></Point></Placemark></Document></kml>"
        )
        crs = {"type": "link", "properties": {"href": url, "type": "ogcwkt"}}
        linked = geojson(tmp_path / "a.geojson", crs=crs)
        named = geojson(tmp_path / "b.geojson", crs={"type": "name", "properties": {"name": url}})
        table = tmp_path / "a.csv"
        table.write_text(f"name,wkt\n/vsicurl/{url},POINT (1 2)\n")

        links = read_file(kml, tmp_path / "1")
        refusal = _refused(linked, tmp_path / "2")
        _refused_or_harmless(named, tmp_path / "3")
        read_file(table, tmp_path / "4")

    assert knocks == []
    assert "文件里的网络链接（NetworkLink）没有读取" in links.facts.notes
    assert "指向一个网址" in refusal.message


def test_a_workbook_with_external_entities_is_refused_and_links_are_not_followed(tmp_path, canary):
    good = workbook(tmp_path / "a.xlsx", {"表": ([["名称", "床位"], ["甲", 1]], [])})
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{canary}">]>'.encode()
    hostile = rewritten(
        good,
        tmp_path / "b.xlsx",
        "xl/workbook.xml",
        lambda data: data.replace(b"<workbook", entity + b"<workbook", 1),
    )
    link = b"<externalLink xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>"
    linked = rewritten(
        good, tmp_path / "c.xlsx", "xl/externalLinks/externalLink1.xml", lambda _: link
    )

    assert "实体声明" in _refused(hostile, tmp_path / "1").message
    assert read_file(linked, tmp_path / "2").frame()["名称"].tolist() == ["甲"]
    assert not was_read(canary)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda d: geojson(d / "a.geojson", nested=100_000), "嵌套超过 100 层"),
        (lambda d: bomb(d / "a.zip"), "压缩炸弹"),
        (lambda d: claims_two_gigabytes(d / "a.zip", d / "s"), "与文件大小不符"),
        (lambda d: sparse(d / "a.gpkg", 2 * 1024**3), "文件有 2048 MB，最多 300 MB"),
        (lambda d: _cut(write_layer(points_frame(), d / "a.gpkg", "GPKG"), 30_000), "已损坏"),
        (lambda d: _cut(write_layer(points_frame(), d / "a.fgb", "FlatGeobuf"), 400), "已损坏"),
        (lambda d: _cut(geojson(d / "a.geojson"), 150), "已损坏"),
        (lambda d: _cut(workbook(d / "a.xlsx", {"表": ([["a", "b"]], [])}), 900), "压缩文件已损坏"),
        (lambda d: _parquet(d / "a.parquet"), "已损坏"),
        (lambda d: _huge_wkt(d / "a.csv"), "进程意外终止"),
    ],
)
def test_a_hostile_file_is_refused_within_its_limits(tmp_path, record_property, make, says):
    hostile = make(tmp_path)
    started = time.monotonic()

    refusal = _refused(hostile, tmp_path / "staging")

    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    record_property("seconds", round(seconds, 2))
    record_property("peak_mb", peak)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    assert says in refusal.message
    assert seconds < LIMITS.seconds
    assert peak <= max(512, own)


def _cut(path, size):
    path.write_bytes(path.read_bytes()[:size])
    return path


def _parquet(path):
    points_frame().to_parquet(path)
    return _cut(path, path.stat().st_size // 2)


def _huge_wkt(path):
    depth = 400_000
    nested = "GEOMETRYCOLLECTION(" * depth + "POINT(1 2)" + ")" * depth
    path.write_text(f'name,wkt\nx,"{nested}"\n')
    return path


def test_memory_and_time_limits_end_the_reading(tmp_path):
    path = geojson(tmp_path / "a.geojson")
    text = path.read_text()
    start, end = text.index("[") + 1, text.rindex("]")
    path.write_text(text[:start] + ", ".join([text[start:end]] * 60_000) + text[end:])

    with pytest.raises(ImportRejected) as memory:
        read_file(path, tmp_path / "1", limits=Limits(memory_bytes=230 * 1024**2))
    with pytest.raises(ImportRejected) as clock:
        read_file(path, tmp_path / "2", limits=Limits(seconds=1))

    assert memory.value.code == "too_much_memory"
    assert "超过 230 MB" in memory.value.message
    assert clock.value.code == "too_slow"
    assert "超过 1 秒" in clock.value.message


def test_a_geopackage_with_a_view_over_an_extension_stays_harmless(tmp_path, canary):
    import sqlite3

    path = write_layer(points_frame(), tmp_path / "a.gpkg", "GPKG")
    with sqlite3.connect(path) as base:
        base.execute(f"CREATE VIEW v AS SELECT 1 AS fid, load_extension('{canary}') AS x")
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
            "VALUES ('v', 'attributes', 'v', '2026-01-01T00:00:00Z')"
        )
    base.close()

    _refused_or_harmless(path, tmp_path / "staging")

    assert not was_read(canary)


def test_a_missing_file_and_a_second_reading_are_told_plainly(tmp_path):
    with pytest.raises(NotFound, match="没有文件"):
        read_file(tmp_path / "no.csv", tmp_path / "staging")

    path = geojson(tmp_path / "a.geojson")
    for _ in range(2):
        checked = read_file(path, tmp_path / "staging")

    assert checked.facts.rows == 1
    assert sha256(path) == sha256(path)


def test_paths_from_the_working_folder_are_read_as_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("名称,床位\n甲,1\n", encoding="utf-8")

    checked = read_file(Path("a.csv"), Path("staging"))
    told = with_error_column(Path("a.csv"), checked, [Finding(2, "床位", "1", "请核对")])

    assert checked.frame()["名称"].tolist() == ["甲"]
    assert "请核对" in told.decode("utf-8-sig")


def test_a_zip_with_several_files_asks_which_and_reads_the_one_named(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as container:
        container.write(geojson(tmp_path / "a.geojson"), "甲.geojson")
        container.writestr("乙.csv", "名称,床位\n甲,1\n")
        container.writestr("说明.txt", "第一行,第二行")

    asked = read_file(path, tmp_path / "staging").facts
    read = read_file(path, tmp_path / "staging", ReadRequest(layer="乙.csv"))

    assert asked.must_choose
    assert [layer.name for layer in asked.layers] == ["甲.geojson", "乙.csv"]
    assert read.facts.notes == ("读取了压缩文件里的 乙.csv",)
    assert read.frame()["床位"].tolist() == ["1"]
