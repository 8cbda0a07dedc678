"""The phone page in a real Chromium: from a file, without a network."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from civgeo.domain.field_form import RESULTS_FORMAT
from civgeo.reports.field_page import field_page
from field_specimens import HOSTILE, SIDES, hostile_sheet, specimen_package

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


class Phone:
    """The page on a telephone's screen, with everything that it asked for and complained about."""

    def __init__(self, context: object, file: Path) -> None:
        self.file = file
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.answer = True
        self.page.set_default_timeout(15_000)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("dialog", lambda box: box.accept() if self.answer else box.dismiss())
        self.page.goto(file.as_uri())

    def open(self, number: str) -> None:
        """Open the form of a marker from the list."""
        self.page.goto(self.file.as_uri() + "#")
        self.page.locator("a.stop", has_text=number).click()
        self.page.get_by_role("heading", name=f"界桩 {number}").wait_for()

    def choose(self, group: str, words: str) -> None:
        """Press one of the buttons of a group."""
        own = self.page.get_by_role("group", name=group)
        own.locator("button", has_text=re.compile(f"^{words}$")).click()

    def pressed(self, group: str) -> list[str]:
        """Buttons of a group that are on."""
        own = self.page.get_by_role("group", name=group)
        return own.locator("button[aria-pressed=true]").all_inner_texts()

    def home(self) -> None:
        """Back to the list."""
        self.page.goto(self.file.as_uri() + "#")
        self.page.locator(".route").wait_for()

    def save(self) -> dict[str, object]:
        """Save, and read what was downloaded."""
        with self.page.expect_download() as waiting:
            self.page.get_by_role("button", name="保存结果").click()
        self.name = waiting.value.suggested_filename
        return json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    found = tmp_path_factory.mktemp("phone") / "phone.html"
    found.write_bytes(specimen_package().files["phone.html"])
    return found


@pytest.fixture
def phone(chromium, file) -> Iterator[Phone]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        offline=True,
        has_touch=True,
        geolocation={"latitude": 32.8063, "longitude": 113.5331},
        permissions=["geolocation"],
    )
    yield Phone(context, file)
    context.close()


def fill(phone: Phone) -> None:
    """Two markers and a segment."""
    phone.choose("记录方", "西岭县")
    phone.page.get_by_label("检查人").fill("李四")
    phone.page.get_by_label("坐标系").select_option("EPSG:4326")
    phone.open("2223005Q")
    phone.choose("界桩状况", "损坏")
    phone.choose("处理措施", "清障")
    phone.choose("处理措施", "描红")
    phone.page.get_by_label("经度").fill("113.5466")
    phone.page.get_by_label("纬度").fill("32.8065")
    first = phone.page.locator(".witness").first
    first.get_by_role("button", name="没找到").click()
    second = phone.page.locator(".witness").nth(1)
    second.get_by_role("button", name="找到", exact=True).click()
    second.get_by_label("实测方位角").fill("57°12′")
    second.get_by_label("实测距离 m").fill("23.48")
    phone.page.get_by_label("备注").fill("桩体 <b>开裂</b>")
    phone.open("2223012A")
    phone.choose("界桩状况", "完好")
    phone.home()
    phone.page.locator("a.leg").first.click()
    phone.choose("单方设标", "有")
    phone.choose("边界争议", "无")


def test_two_markers_are_filled_survive_a_reload_and_are_saved(phone):
    fill(phone)
    phone.page.reload()
    assert "界桩 2/24　界线段 1/22" in phone.page.inner_text("#count")
    phone.open("2223005Q")
    assert phone.pressed("界桩状况") == ["损坏"]
    assert phone.pressed("处理措施") == ["清障", "描红"]
    assert phone.page.get_by_label("经度").input_value() == "113.5466"
    assert phone.page.get_by_label("备注").input_value() == "桩体 <b>开裂</b>"
    saved = phone.save()
    sheet = specimen_package().sheet
    head = {key: saved[key] for key in ("format", "package", "line", "round", "side", "datum")}
    assert head == {
        "format": RESULTS_FORMAT,
        "package": sheet.package,
        "line": "2223",
        "round": 5,
        "side": SIDES[1],
        "datum": "EPSG:4326",
    }
    assert saved["inspector"] == "李四"
    assert phone.name == "civgeo-results-2223-r5-990123.json"
    first, second = saved["markers"]
    known = next(marker for marker in sheet.markers if marker.number == "2223005Q")
    assert (first["marker"], first["number"]) == (known.id, "2223005Q")
    assert (first["state"], first["actions"]) == ("damaged", ["cleared", "repainted"])
    assert (first["longitude"], first["latitude"], first["height_m"]) == (113.5466, 32.8065, None)
    assert first["witnesses"] == [
        {"name": known.witnesses[0].name, "found": False, "grid_azimuth": None, "distance_m": None},
        {
            "name": known.witnesses[1].name,
            "found": True,
            "grid_azimuth": "57°12′",
            "distance_m": "23.48",
        },
        {"name": known.witnesses[2].name, "found": None, "grid_azimuth": None, "distance_m": None},
    ]
    assert first["remark"] == "桩体 <b>开裂</b>"
    assert len(first["inspected_on"]) == 10
    assert (second["number"], second["state"], second["witnesses"]) == ("2223012A", "intact", [])
    [segment] = saved["segments"]
    assert segment["segment"] == sheet.segments[0].id
    assert segment["answers"] == {
        "terrain_changed": None,
        "one_sided_signs": True,
        "cross_line_building": None,
        "dispute": False,
        "note": None,
    }
    assert phone.complaints == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in phone.requests)


def test_an_answer_taken_back_leaves_no_record(phone):
    phone.choose("记录方", "南坪县")
    phone.open("2223001Q")
    phone.choose("界桩状况", "完好")
    phone.choose("界桩状况", "完好")
    saved = phone.save()
    assert (saved["markers"], saved["segments"]) == ([], [])


def test_a_saved_file_is_read_back_and_another_package_is_refused(phone, tmp_path):
    fill(phone)
    saved = phone.save()
    file, other = tmp_path / "own.json", tmp_path / "other.json"
    file.write_text(json.dumps(saved), encoding="utf-8")
    other.write_text(json.dumps(saved | {"package": "another"}), encoding="utf-8")
    phone.page.get_by_role("button", name="清空").click()
    assert "界桩 0/24" in phone.page.inner_text("#count")
    phone.page.get_by_label("读入结果").set_input_files(other)
    phone.page.get_by_text("属于另一个数据包").wait_for()
    assert "界桩 0/24" in phone.page.inner_text("#count")
    phone.page.get_by_label("读入结果").set_input_files(file)
    phone.page.get_by_text("已读入 own.json").wait_for()
    again = phone.save()
    assert {**again, "saved_at": ""} == {**saved, "saved_at": ""}


def test_clearing_asks_first(phone):
    fill(phone)
    phone.answer = False
    phone.page.get_by_role("button", name="清空").click()
    assert "界桩 2/24" in phone.page.inner_text("#count")


def test_saving_needs_a_side_numbers_and_a_datum(phone):
    phone.page.get_by_role("button", name="保存结果").click()
    phone.page.get_by_text("请先在首页选择记录方").wait_for()
    phone.choose("记录方", "南坪县")
    phone.open("2223002Q")
    phone.page.get_by_label("经度").fill("东经一一三")
    phone.page.get_by_role("button", name="保存结果").click()
    phone.page.get_by_text("经度不是数字").wait_for()
    phone.page.get_by_label("经度").fill("113.5")
    phone.page.get_by_role("button", name="保存结果").click()
    phone.page.get_by_text("请先在首页选择坐标系").wait_for()


def test_the_phone_locates_in_wgs84_and_never_into_another_datum(phone):
    phone.open("2223004Q")
    phone.page.get_by_role("button", name="用手机定位").click()
    phone.page.get_by_text("已定位（WGS-84）").wait_for()
    assert phone.page.get_by_label("经度").input_value() == "113.5331000"
    phone.home()
    assert phone.page.get_by_label("坐标系").input_value() == "EPSG:4326"
    phone.page.get_by_label("坐标系").select_option("GCJ-02")
    phone.open("2223006Q")
    phone.page.get_by_role("button", name="用手机定位").click()
    phone.page.get_by_text("请先改选坐标系").wait_for()
    assert phone.page.get_by_label("经度").input_value() == ""


def test_photos_keep_their_names_and_a_small_picture(phone, tmp_path):
    picture = tmp_path / "IMG_0001.png"
    picture.write_bytes(PIXEL)
    phone.choose("记录方", "南坪县")
    phone.open("2223002Q")
    phone.page.get_by_label("远景照片").set_input_files(picture)
    phone.page.locator(".photo img[src^='data:image/jpeg']").wait_for()
    phone.page.reload()
    phone.page.locator(".photo img[src^='data:image/jpeg']").wait_for()
    [marker] = phone.save()["markers"]
    assert marker["photos"] == [{"slot": "far", "name": "IMG_0001.png"}]
    assert phone.complaints == []


def test_a_new_witness_mark_can_be_added(phone):
    phone.choose("记录方", "南坪县")
    phone.open("2223010Q")
    assert phone.page.locator(".witness").count() == 2
    phone.page.get_by_role("button", name="增补一个方位物").click()
    phone.page.get_by_label("新方位物名称").fill("新建水塔")
    [marker] = phone.save()["markers"]
    assert [row["name"] for row in marker["witnesses"]][-1] == "新建水塔"


def test_hostile_names_stay_texts_and_nothing_breaks_out(phone):
    for number, words in (("2223003Q", HOSTILE[0]), ("2223004Q", HOSTILE[1])):
        phone.open(number)
        assert words in phone.page.locator(".witness").first.inner_text()
    phone.open("2223005Q")
    phone.page.get_by_text("登记内容").click()
    assert "]]> & '单' =1+1" in phone.page.inner_text("dl")
    assert phone.page.locator("main img:not(.sketch):not([alt*=预览])").count() == 0
    assert phone.page.locator("body > script").count() == 2
    assert phone.complaints == []


def test_hostile_names_of_line_sides_and_markers_do_not_break_out_either(phone, tmp_path):
    file = tmp_path / "hostile.html"
    file.write_bytes(field_page(hostile_sheet(), {}))
    phone.file = file
    phone.page.goto(file.as_uri())
    assert phone.page.title().startswith(HOSTILE[0])
    sides = phone.page.get_by_role("group", name="记录方").locator("button").all_inner_texts()
    assert sides[0] == HOSTILE[1]
    assert HOSTILE[1] in phone.page.locator("a.stop").nth(1).inner_text()
    phone.page.get_by_role("group", name="记录方").locator("button").first.click()
    phone.page.locator("a.stop").nth(1).click()
    phone.choose("界桩状况", "丢失")
    [marker] = phone.save()["markers"]
    assert marker["number"] == HOSTILE[1]
    assert phone.page.locator("body > script").count() == 2
    assert phone.complaints == []


def test_it_fits_a_phone_and_its_buttons_are_large_enough_for_a_thumb(phone):
    for place in ("#", "#2", "#1"):
        phone.page.goto(phone.file.as_uri() + place)
        phone.page.locator(".card").first.wait_for()
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
        low = phone.page.evaluate(
            """() => [...document.querySelectorAll('button, select, a.stop, a.leg, a.button')]
                .filter(one => one.offsetHeight && one.offsetHeight < 48).length"""
        )
        assert low == 0
