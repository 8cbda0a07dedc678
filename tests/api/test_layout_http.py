"""Layout over HTTP: at once, and as a job."""

import pytest
from starlette.testclient import TestClient

from api.served_city import BASE
from civgeo.app import create_app
from civgeo.settings import Settings
from walking_city import KIND, founded

WORD = "令牌-for-layout"
BEARER = {"Authorization": f"Bearer {WORD}".encode()}
QUESTION = {"model": "mclp", "kinds": [KIND], "p": 1}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("layout") / "store"
    founded(folder).store.close()
    settings = Settings(store=folder, write_token=WORD)
    with TestClient(create_app(settings), base_url=BASE) as served:
        yield served


def test_a_small_question_is_answered_at_once(client):
    answer = client.post("/coverage/allocate", json=QUESTION, headers=BEARER).json()
    assert answer["status"] == "optimal"
    assert answer["objective"] == answer["bound"]
    assert len(answer["chosen"]) == 1


def test_a_long_question_becomes_a_job(client):
    queued = client.post("/layout", json={**QUESTION, "seconds": 600}, headers=BEARER)
    assert queued.status_code == 202
    told = client.get(queued.headers["location"], headers=BEARER).json()
    assert told["kind"] == "layout"
    assert told["state"] == "queued"
    assert client.delete(queued.headers["location"], headers=BEARER).json()["state"] == "cancelled"


def test_only_the_bearer_asks_and_bad_questions_are_told(client):
    assert client.post("/layout", json=QUESTION).status_code == 401
    assert client.post("/coverage/allocate", json=QUESTION).status_code == 401
    for bad in ({}, {**QUESTION, "model": "x"}, {**QUESTION, "seconds": 100}):
        answer = client.post("/coverage/allocate", json=bad, headers=BEARER)
        assert answer.status_code == 400
        assert answer.json()["detail"]
