"""Results of rounds on the command line."""

import json
from pathlib import Path

import pytest

from field_specimens import LINE_CODE, SIDES, boundary_city
from services.field_result_files import marker_item, result_file

ACTOR = ["--actor", "张三", "--document", "联检记录"]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    boundary_city(tmp_path / "store").store.close()
    return str(tmp_path / "store")


def test_files_are_imported_compared_reported_and_archived(civgeo, folder, tmp_path) -> None:
    ours = result_file(tmp_path, [marker_item(0), marker_item(1, state="damaged")]).path
    bring = ["--store", folder, "--json", "rounds", "import", str(ours), *ACTOR]
    done = civgeo(*bring)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == 2
    assert json.loads(civgeo(*bring).stdout)["batch"] is None

    other = result_file(tmp_path, [marker_item(0, state="moved")], name="b.json", side="").path
    told = civgeo("--store", folder, "rounds", "import", str(other), "--side", SIDES[1], *ACTOR)
    assert (told.returncode, "civgeo import --undo" in told.stderr) == (0, True)
    compared = civgeo("--store", folder, "rounds", "compare", LINE_CODE, "--fail-on-findings")
    assert compared.returncode == 1
    assert "各方记录不一致：2 处" in compared.stdout

    rounds = ["--store", folder, "rounds"]
    for command, name in (
        (["compare"], "a.xlsx"),
        (["compare"], "a.geojson"),
        (["report"], "a.docx"),
        (["report"], "a.pdf"),
        (["report", "--table"], "b.pdf"),
        (["archive"], "a.zip"),
    ):
        target = tmp_path / name
        done = civgeo(*rounds, command[0], LINE_CODE, *command[1:], "-o", str(target))
        assert (done.returncode, target.stat().st_size > 500) == (0, True), done.stderr
    wrong = civgeo(*rounds, "report", LINE_CODE, "-o", str(tmp_path / "a.odt"))
    assert (wrong.returncode, ".docx" in wrong.stderr) == (3, True)

    listed = civgeo(*rounds, "repairs", LINE_CODE, "--propose", *ACTOR)
    assert (listed.returncode, "恢复原位" in listed.stdout) == (0, True)
    assert civgeo(*rounds, "repairs", LINE_CODE, "--propose").returncode == 3
