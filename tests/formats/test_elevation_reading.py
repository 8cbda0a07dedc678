import numpy as np
import pytest
import rasterio
from affine import Affine

from civgeo.errors import ImportRejected, NotFound
from civgeo.formats.elevation import read_elevation_file

DEGREES = Affine(1 / 3600, 0, 113.9, 0, -1 / 3600, 33.1)


def tif(path, heights, *, crs="EPSG:4326", affine=DEGREES, nodata=None, **options):
    shape = {"height": heights.shape[-2], "width": heights.shape[-1]}
    bands = heights.shape[0] if heights.ndim == 3 else 1
    known = {"driver": "GTiff", "count": bands, "dtype": heights.dtype, "nodata": nodata}
    with rasterio.open(path, "w", **known, **shape, crs=crs, transform=affine, **options) as file:
        file.write(heights if bands > 1 else heights.reshape(1, *heights.shape[-2:]))
    return path


def refused(path, staging):
    with pytest.raises(ImportRejected) as refusal:
        read_elevation_file(path, staging)
    return refusal.value


def test_heights_and_what_they_are_come_through_the_jail(tmp_path):
    heights = np.arange(60, dtype=np.int16).reshape(6, 10)
    heights[0, :3] = -32768
    path = tif(tmp_path / "a.tif", heights, nodata=-32768, compress="deflate")

    found = read_elevation_file(path, tmp_path / "staging")

    read = np.load(found.heights, mmap_mode="r")
    assert (read.dtype, read.shape) == (np.float32, (6, 10))
    assert np.isnan(read[0, :3]).all()
    assert np.array_equal(read[1:], heights[1:])
    facts = found.facts
    assert (facts.format, facts.crs, facts.rows, facts.columns) == ("GeoTIFF", "EPSG:4326", 6, 10)
    assert (facts.lowest_m, facts.highest_m, facts.unknown) == (3, 59, 3)
    assert facts.unknown_share == 3 / 60
    assert facts.affine == pytest.approx(tuple(DEGREES)[:6])


def test_numbers_that_are_no_heights_of_the_ground_count_as_unknown(tmp_path):
    heights = np.array([[1.0, 2.0, 3e38], [np.nan, -9999, 9000]], dtype=np.float32)

    facts = read_elevation_file(tif(tmp_path / "a.tif", heights), tmp_path / "staging").facts

    assert (facts.unknown, facts.beyond) == (3, 2)
    assert (facts.lowest_m, facts.highest_m) == (1, 9000)


def test_scaled_heights_and_further_bands_are_understood(tmp_path):
    path = tif(tmp_path / "a.tif", np.full((2, 3, 3), 105, dtype=np.int16))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1, 1), (50, 0)

    found = read_elevation_file(path, tmp_path / "staging")

    assert np.load(found.heights) == pytest.approx(np.full((3, 3), 60.5))
    assert found.facts.notes == ("文件有 2 个波段，只读取第 1 个",)


def test_an_ascii_grid_is_read_and_names_no_coordinate_system(tmp_path):
    path = tmp_path / "高程.txt"
    path.write_text(
        "ncols 3\nnrows 2\nxllcorner 500000\nyllcorner 3600000\ncellsize 30\n"
        "NODATA_value -9999\n1 2 3\n4 -9999 6\n"
    )

    facts = read_elevation_file(path, tmp_path / "staging").facts

    assert (facts.format, facts.crs, facts.unknown) == ("Esri ASCII", None, 1)
    assert facts.affine == (30, 0, 500000, 0, -30, 3600060)


def test_what_is_no_elevation_model_is_refused(tmp_path):
    text = tmp_path / "a.csv"
    text.write_text("名称,床位\n甲,1\n", encoding="utf-8")
    nothing = tif(tmp_path / "b.tif", np.full((3, 3), -1, dtype=np.int16), nodata=-1)
    loose = tif(tmp_path / "c.tif", np.ones((300, 300), dtype=np.float32))
    loose.write_bytes(loose.read_bytes()[:2000])

    assert "不是高程模型" in refused(text, tmp_path / "1").message
    assert "没有一个有效的高程" in refused(nothing, tmp_path / "2").message
    assert refused(loose, tmp_path / "3").code == "broken_file"
    with pytest.raises(NotFound):
        read_elevation_file(tmp_path / "none.tif", tmp_path / "4")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_picture_without_a_place_and_a_model_beyond_the_limit_are_refused(tmp_path):
    picture = tif(tmp_path / "a.tif", np.ones((3, 3), np.uint8), crs=None, affine=Affine.identity())
    huge = tmp_path / "b.tif"
    size = {"height": 20_000, "width": 20_000, "count": 1, "dtype": "uint8", "sparse_ok": True}
    with rasterio.open(huge, "w", driver="GTiff", crs="EPSG:4326", transform=DEGREES, **size):
        pass

    assert "没有定位信息" in refused(picture, tmp_path / "1").message
    assert "400 百万个格子，最多 100 百万" in refused(huge, tmp_path / "2").message
