"""A store that can no longer be read."""

from pathlib import Path

from starlette.testclient import TestClient

from api.served_city import BASE, REGISTER
from civgeo.app import create_app
from civgeo.settings import Settings
from civgeo.store.store import Store


def test_an_unreadable_store_is_503_while_the_process_is_alive(tmp_path: Path) -> None:
    folder = tmp_path / "secret-folder"
    Store.create(folder, register=REGISTER).close()
    app = create_app(Settings(store=folder))
    (folder / "civgeo.gpkg").rename(tmp_path / "gone.gpkg")
    app.state.desk.store.close()
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/readyz", "/", "/collections/estates/items", "/ui"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.json()["code"] == "store_missing"
            assert "secret-folder" not in answer.text
