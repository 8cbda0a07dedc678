"""``civgeo names search`` and ``civgeo names reindex``."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from civgeo.domain.history import Edit
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from store.named_places import name_frame

REGISTER = Register("411700", "驻马店市", True, datetime(2026, 3, 1, tzinfo=UTC), "2026-01", {})
NAMES = (
    {"id": "zmd", "name": "驻马店市", "specific": "驻马店", "kind": "prefecture"},
    {
        "id": "lu",
        "name": "解放路",
        "kind": "street",
        "division": "411702001",
        "other_names": [{"name": "人民路", "kind": "former"}],
    },
    {"id": "hidden", "name": "解放路内部道", "kind": "street", "public": False},
)


@pytest.fixture
def named(tmp_path: Path) -> str:
    folder = tmp_path / "named"
    with Store.create(folder, register=REGISTER) as store, store.write() as writing:
        writing.add(Collection.PLACE_NAMES, name_frame(*NAMES), Edit("测试", "测试"))
    return str(folder)


def test_search_prints_a_table_of_names_and_reasons(civgeo, named):
    done = civgeo("--store", named, "names", "search", "renmin")
    assert done.returncode == 0
    assert "解放路" in done.stdout
    assert "拼音（人民路）" in done.stdout


def test_search_as_json_tells_all_of_a_hit(civgeo, named):
    told = json.loads(civgeo("--store", named, "--json", "names", "search", "zmd").stdout)
    assert told["more"] is False
    assert [(hit["id"], hit["match"]["how"]) for hit in told["hits"]] == [("zmd", "initials")]


def test_search_is_narrowed_and_limited(civgeo, named):
    ask = ("--store", named, "--json", "names", "search", "解放路")
    assert len(json.loads(civgeo(*ask).stdout)["hits"]) == 2
    assert json.loads(civgeo(*ask, "--limit", "1").stdout)["more"] is True
    assert len(json.loads(civgeo(*ask, "--division", "411702001").stdout)["hits"]) == 1
    assert json.loads(civgeo(*ask, "--kind", "township").stdout)["hits"] == []
    assert json.loads(civgeo(*ask, "--on", "any").stdout)["on"] is None
    assert "还有更多" in civgeo("--store", named, "names", "search", "解放", "--limit", "1").stderr


def test_a_query_without_text_is_refused(civgeo, named):
    done = civgeo("--store", named, "names", "search", "，")
    assert done.returncode == 3
    assert "没有文字" in done.stderr


def test_reindex_tells_how_many_names_the_index_holds(civgeo, named):
    assert "3" in civgeo("--store", named, "names", "reindex").stderr
    told = json.loads(civgeo("--store", named, "--json", "names", "reindex").stdout)
    assert told == {"names": 3}
