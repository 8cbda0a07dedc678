"""The built wheel works by itself, away from the source tree."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the built wheel, unpacked."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = wheels.glob("civgeo-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)
    return target


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_is_what_runs(installed: Path, tmp_path: Path) -> None:
    shown = run(installed, tmp_path, "-c", "import civgeo; print(civgeo.__file__)")
    assert Path(shown.stdout.strip()).is_relative_to(installed)


def test_the_reference_data_travels_inside(installed: Path, tmp_path: Path) -> None:
    code = (
        "from civgeo.formats.reference import standards, county_lineage, seats;"
        "from civgeo.assets.manifest import changed_assets;"
        "print(len(standards().standards), len(county_lineage().entries), len(seats()),"
        " changed_assets())"
    )
    counted = run(installed, tmp_path, "-c", code)
    assert counted.returncode == 0, counted.stderr
    here = run(ROOT / "src", tmp_path, "-c", code)
    assert counted.stdout == here.stdout
    assert counted.stdout.endswith("[]\n")


def test_the_wheel_builds_and_maps_a_city_in_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    made = run(installed, tmp_path, "-m", "civgeo", "demo", "--city", "990100", "--no-serve")
    assert made.returncode == 0, made.stderr
    maps = {file.name for file in (tmp_path / "civgeo-demo" / "maps").iterdir()}
    slugs = ("boundaries", "coverage", "divisions", "facilities", "names", "reach")
    endings = ("html", "png", "pdf")
    sheets = {"coverage.xlsx", "reach.xlsx"}
    assert maps == {f"{slug}.{end}" for slug in slugs for end in endings} | sheets


def test_running_the_demo_again_changes_nothing_and_says_what_is_there(
    installed: Path, tmp_path: Path
) -> None:
    first = run(installed, tmp_path, "-m", "civgeo", "demo", "--city", "990100", "--no-serve")
    files = sorted((tmp_path / "civgeo-demo").rglob("*"))
    before = {file: file.stat().st_mtime_ns for file in files if file.is_file()}
    again = run(installed, tmp_path, "-m", "civgeo", "demo", "--city", "990100", "--no-serve")
    assert again.returncode == 0
    assert again.stdout == first.stdout
    assert {file: file.stat().st_mtime_ns for file in before} == before
