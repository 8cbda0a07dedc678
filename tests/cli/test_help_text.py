"""Help on a narrow terminal."""

import pytest


@pytest.mark.parametrize("command", [["coverage", "reach"], ["coverage", "allocate"], []])
def test_help_is_whole_and_wholly_chinese_on_a_narrow_terminal(civgeo_process, command):
    done = civgeo_process(*command, "--help", COLUMNS="80")
    assert done.returncode == 0
    assert "…" not in done.stdout
    assert "显示这段说明并退出。" in done.stdout
    assert "Show" not in done.stdout
    assert "Install" not in done.stdout
