"""The jail where the kernel forbids a part of it: said plainly, and one format at a time still."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dirty import geojson, vrt

HERE = str(Path(__file__).parent)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux is tried")

FACTS = """
from civgeo.formats.jail import jail_facts
print(json.dumps({fact.subject: [fact.in_force, fact.detail] for fact in jail_facts()}))
"""
DOCTOR = """
from civgeo.cli.main import run
run(["--json", "doctor"])
"""
READ = """
from pathlib import Path
from civgeo.errors import ImportRejected
from civgeo.formats.jail import read_file
told = []
for name in ({names}):
    try:
        told.append(read_file(Path(name), Path("staging")).frame().to_string())
    except ImportRejected as error:
        told.append(error.message)
print(json.dumps(told))
"""


def on_a_kernel_without(features: tuple[str, ...], code: str, folder: Path) -> str:
    start = f"import json, sys; sys.path.insert(0, {HERE!r})\n"
    start += f"from older_kernel import without; without(*{features!r})\n"
    ended = subprocess.run(
        [sys.executable, "-c", start + code],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONUTF8": "1"},
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stderr
    return ended.stdout


@pytest.mark.parametrize(
    ("features", "gone", "left"),
    [
        ((), set(), set()),
        (("namespaces",), set(), {"网络": "系统调用过滤", "启动程序": "系统调用过滤"}),
        (("landlock",), {"包外文件"}, {"网络": "独立网络空间、系统调用过滤"}),
        (("filters",), {"启动程序"}, {"网络": "独立网络空间", "包外文件": "Landlock"}),
        (("namespaces", "filters"), {"网络", "启动程序"}, {"包外文件": "Landlock"}),
        (("namespaces", "landlock", "filters"), {"网络", "包外文件", "启动程序"}, {}),
    ],
)
def test_what_the_kernel_forbids_is_said_not_to_be_in_force(tmp_path, features, gone, left):
    facts = json.loads(on_a_kernel_without(features, FACTS, tmp_path))
    if os.getuid() != 0:
        gone = gone - {"启动程序"}
    assert {subject for subject, (in_force, _) in facts.items() if not in_force} == gone
    for subject in gone:
        assert facts[subject][1].startswith("没有隔离手段")
    for subject, means in dict(left).items():
        assert facts[subject][1].startswith(means)
    assert facts["文件格式"][0]


def test_doctor_warns_of_what_is_not_in_force_and_says_how_to_mend_it(tmp_path):
    features = ("namespaces", "landlock", "filters")
    found = json.loads(on_a_kernel_without(features, DOCTOR, tmp_path))
    rows = {row["subject"].partition(": ")[2]: row for row in found if ": " in row["subject"]}
    for subject in ("网络", "包外文件"):
        assert rows[subject]["state"] == "warning"
        assert rows[subject]["mend"]
    assert rows["内存"]["state"] == rows["文件格式"]["state"] == "ok"
    assert rows["内存"]["mend"] == ""


def test_hostile_text_opens_nothing_where_the_kernel_confines_nothing(tmp_path):
    canary = tmp_path / "canary.csv"
    canary.write_text("secret,x\nCANARY,1\n", encoding="utf-8")
    recipe = vrt(tmp_path / "x.geojson", canary)
    both = geojson(tmp_path / "both.geojson")
    both.write_text(both.read_text()[:-1] + ', "x": "' + recipe.read_text() + '"}')
    plain = geojson(tmp_path / "plain.geojson")
    names = ", ".join(repr(path.name) for path in (recipe, both, plain))
    features = ("namespaces", "landlock", "filters")

    told = json.loads(on_a_kernel_without(features, READ.format(names=names), tmp_path))

    assert "OGR VRT" in told[0]
    assert not any("CANARY" in words for words in told)
    assert "POINT" in told[2]


AS_NOBODY = """
import json, os, resource, sys, threading
from pathlib import Path
from civgeo.formats.confinement import Limits, confine
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
force = confine(Limits(), readable=[], writable=Path(sys.argv[1]))
refused = []
for start in (os.fork, threading.Thread(target=print).start):
    try:
        start()
    except (OSError, RuntimeError) as error:
        refused.append(str(error))
print(json.dumps([force, refused]))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("features", [(), ("filters",)])
def test_a_user_without_rights_can_start_neither_process_nor_thread(tmp_path, features):
    tmp_path.chmod(0o777)
    force, refused = json.loads(
        on_a_kernel_without(features, f"sys.argv = ['', '.']\n{AS_NOBODY}", tmp_path)
    )
    assert force["processes"]
    assert force["system_calls"] is ("filters" not in features)
    assert len(refused) == 2
    assert "thread" in refused[1]
