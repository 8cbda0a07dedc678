"""Cases that ask for one name at the same moment: one gets it, the others are told."""

from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from api.served_city import REGISTER, divisions
from api.test_life_of_a_name import CASES, check, draft, ticked
from api.writable_city import EDIT, serving
from civgeo.store.store import Store

if TYPE_CHECKING:
    from civgeo.http.context import Desk

AT_ONCE = 4


@pytest.fixture
def office(tmp_path: Path):
    with Store.create(tmp_path / "s", register=REGISTER) as store, store.write() as writing:
        writing.add_divisions(divisions())
    with serving(tmp_path / "s") as made:
        yield made


def test_of_cases_submitted_at_once_for_one_name_only_one_is_taken(office: TestClient) -> None:
    cases = [ticked(office, check(office, draft(office, name="晨光路"))) for _ in range(AT_ONCE)]
    told: list[tuple[int, str | None]] = []
    together = Barrier(AT_ONCE)

    def submit(case: dict) -> None:
        together.wait()
        body = {"number": "1", "edit": EDIT | {"version": case["version"]}}
        answer = office.post(f"{CASES}/{case['id']}/steps/submission", json=body)
        told.append((answer.status_code, answer.json().get("code")))

    desk: Desk = office.app.state.desk  # type: ignore[attr-defined]
    threads = [Thread(target=submit, args=(case,)) for case in cases]
    with desk.store.write():
        for thread in threads:
            thread.start()
        threads[0].join(timeout=1.5)
    for thread in threads:
        thread.join()
    assert sorted(told) == [(200, None), *[(422, "name_taken")] * (AT_ONCE - 1)]
    assert len(office.get(CASES, params={"state": "submitted"}).json()["cases"]) == 1
