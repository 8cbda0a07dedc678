"""From the phone page without a network to the comparison of both sides, in a real Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from civgeo.domain.inspection_comparison import Differs
from civgeo.services.inspection_import import FieldUpload
from civgeo.services.round_keys import RoundKey
from civgeo.services.round_results import round_results
from field_specimens import LINE_CODE, SIDES, specimen_package
from services.field_result_files import imported, open_city

pytestmark = pytest.mark.browser


def choose(page: Page, group: str, words: str) -> None:
    own = page.get_by_role("group", name=group)
    own.locator("button", has_text=re.compile(f"^{words}$")).click()


def saved_by(chromium: Browser, file: Path, side: str, states: dict[str, str]) -> FieldUpload:
    """Fill in markers on a phone of one side, reload, and save."""
    context = chromium.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(file.as_uri())
    choose(page, "记录方", side)
    for number, state in states.items():
        page.goto(file.as_uri() + "#")
        page.locator("a.stop", has_text=number).click()
        page.get_by_role("heading", name=f"界桩 {number}").wait_for()
        choose(page, "界桩状况", state)
        page.get_by_label("检查日期").fill("2026-05-20")
    page.reload()
    page.goto(file.as_uri() + "#")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="保存结果").click()
    target = file.with_name(waiting.value.suggested_filename)
    waiting.value.save_as(target)
    context.close()
    return FieldUpload(target, target.name)


def test_two_phones_that_contradict_each_other_are_compared(chromium, tmp_path) -> None:
    file = tmp_path / "phone.html"
    file.write_bytes(specimen_package().files["phone.html"])
    ours = saved_by(chromium, file, "南坪县", {"2223001Q": "完好", "2223002Q": "完好"})
    theirs = saved_by(chromium, file, "西岭县", {"2223001Q": "完好", "2223002Q": "损坏"})
    city = open_city(tmp_path)
    with city.store:
        done = imported(city, ours, theirs)
        assert [(report.side, report.created) for report in done.files] == [
            (SIDES[0], 2),
            (SIDES[1], 2),
        ]
        found = round_results(city, RoundKey(LINE_CODE, 5), tolerance_m=1.0)
        assert [(item.name, item.differs) for item in found.disagreements] == [
            ("2223002Q", Differs.STATE)
        ]
        assert imported(city, ours, theirs).batch is None
