"""The command, in this process or in its own, and a small store for it."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from civgeo.__main__ import main
from civgeo.services.demo import build_demo_city


@dataclass(frozen=True)
class Done:
    """What one call left: exit code and both outputs."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and none of the caller's settings."""
    for name in [name for name in os.environ if name.startswith("CIVGEO")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def civgeo(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """``civgeo`` called in this process, which spares its start."""

    def call(*arguments: str, given: str = "", **environment: str) -> Done:
        with monkeypatch.context() as changed:
            for name, value in environment.items():
                changed.setenv(name, value)
            changed.setattr(sys, "argv", ["civgeo", *arguments])
            changed.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
            code = 0
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        shown = capsys.readouterr()
        return Done(code, shown.out, shown.err.replace("\n", ""))

    return call


@pytest.fixture
def civgeo_process(clean: Path) -> Call:
    """``civgeo`` called as its own process, for what is settled when it starts."""

    def call(*arguments: str, **environment: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "civgeo", *arguments],
            capture_output=True,
            encoding="utf-8",
            env=os.environ | environment,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr.replace("\n", ""))

    return call


@pytest.fixture(scope="session")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of a store of the fictional city."""
    folder = tmp_path_factory.mktemp("cli") / "城市 store"
    now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    build_demo_city(folder, "990100", today=now, progress=lambda *step: None, estates=100).close()
    return str(folder)
