"""docs/indicators.md and the catalogue of indicators say the same."""

import runpy
from pathlib import Path

import pytest

from civgeo.formats.indicators import indicator_catalogue

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")


def test_the_guide_is_what_the_script_writes():
    written = runpy.run_path(str(ROOT / "scripts" / "indicators_guide.py"))["guide"]()
    assert written == TEXT


@pytest.mark.parametrize("item", indicator_catalogue().definitions, ids=lambda item: item.id)
def test_every_id_stands_in_the_guide_once_with_its_target(item):
    [line] = [line for line in TEXT.splitlines() if line.startswith(f"| `{item.id}` |")]
    assert item.name in line
    assert ("？" in line) is item.to_be_confirmed
