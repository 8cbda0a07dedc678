"""The documentation names every command, option, setting, route and error, and its examples run."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer.main

from civgeo import errors
from civgeo.app import create_app
from civgeo.cli.main import app
from civgeo.services.demo import build_demo_city
from civgeo.settings import Settings

ROOT = Path(__file__).parents[1]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def fictional_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documented") / "civgeo-demo"
    now = datetime(2026, 6, 1, tzinfo=UTC)
    build_demo_city(folder, "990100", today=now, progress=lambda *_: None, estates=120).close()
    return folder


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command with its option names."""
    root = typer.main.get_command(app)

    def walk(command: object, name: str) -> Iterator[tuple[str, list[str]]]:
        children = getattr(command, "commands", {})
        for child_name, child in children.items():
            yield from walk(child, f"{name} {child_name}")
        if not children:
            options = [
                option
                for parameter in command.params  # type: ignore[attr-defined]
                for option in (*parameter.opts, *parameter.secondary_opts)
                if option.startswith("-")
            ]
            yield name, options

    yield from walk(root, "civgeo")


@pytest.mark.parametrize(("name", "options"), list(commands()))
def test_every_command_and_option_is_documented(name: str, options: list[str]) -> None:
    row = next((line for line in REFERENCE.splitlines() if line.startswith(f"| `{name}` |")), "")
    assert row, name
    undocumented = [option for option in options if f"`{option}`" not in row and option != "--help"]
    assert undocumented in ([], ["-h"])


def test_no_documented_command_is_missing() -> None:
    documented = set(re.findall(r"^\| `(civgeo [a-z -]+)` \|", REFERENCE, re.MULTILINE))
    assert documented == {name for name, _ in commands()}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    default = Settings.model_fields[name].default
    row = f"| `{name}` | `CIVGEO_{name.upper()}` | {f'`{default}`' if default != '' else '空'} |"
    assert row in REFERENCE


def test_every_route_is_documented(fictional_store: Path) -> None:
    paths = create_app(Settings(store=fictional_store)).openapi()["paths"]
    assert [path for path in paths if f"`{path}`" not in REFERENCE] == []


def test_every_error_is_documented() -> None:
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.CivgeoError)
    ]
    assert len(classes) > 8
    missing = [item.default_code for item in classes if f"`{item.default_code}`" not in REFERENCE]
    assert missing == []


def test_the_line_in_the_readme_gets_the_answer_in_the_readme() -> None:
    found = re.search(r"\$ echo '(.+)' \| civgeo (.+)\n(.+)…", README)
    assert found is not None
    question, command, answer = found.groups()
    arguments = shlex.split(command)
    shown = subprocess.run(
        [sys.executable, "-m", "civgeo", *arguments],
        input=question,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(shown)["meets"] is True
    assert shown.startswith(answer.rstrip())


def everyday() -> list[str]:
    """The README's everyday commands, but for the one that serves until it is stopped."""
    block = README.split("## 日常使用", 1)[1].split("```bash\n", 1)[1].split("```", 1)[0]
    lines = [line.split("#")[0].strip() for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("civgeo serve")]


@pytest.mark.parametrize("line", everyday())
def test_the_everyday_commands_of_the_readme_run(
    line: str, fictional_store: Path, tmp_path: Path
) -> None:
    words = shlex.split(line.replace("civgeo-demo", str(fictional_store)).replace("4117", "9901"))
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
