"""Entries, works on markers, division changes and lists over HTTP."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.writable_city import EDIT, serving
from boundary_city import founded

NEW = {"type": "Point", "coordinates": [114.1, 33.07]}
BOTH = ["990102", "990121"]
REGISTERS = "/boundaries/registers"


@pytest.fixture
def founding(tmp_path: Path):
    folder, own, placed = founded(tmp_path / "s")
    with serving(folder) as made:
        yield made, own, placed


def ok(answer, status: int = 200) -> dict:
    assert answer.status_code == status, answer.text
    return answer.json()


def seen(version: int, **more: str) -> dict:
    return EDIT | {"version": version, **more}


def moved(client: TestClient, marker: str) -> dict:
    body = {"kind": "move", "cause": "修路", "marker": marker, "geometry": NEW, "on": "2026-01-05"}
    return ok(client.post("/boundaries/works", json=body | {"edit": EDIT}), 201)


def test_a_marker_is_moved_by_all_steps_and_the_collection_shows_it_then(founding) -> None:
    client, _, marker = founding
    work = moved(client, marker)
    assert (work["next"]["step"], work["next"]["present"]) == ("agreed", BOTH)
    for version, step in enumerate(work["path"], start=1):
        body = {"on": f"2026-01-{version + 9}", "document": f"{version}号", "present": BOTH}
        address = f"/boundaries/works/{work['id']}/steps/{step}"
        work = ok(client.post(address, json=body | {"edit": seen(version)}))
    assert (work["state"], work["next"]) == ("filed", None)
    found = ok(client.get(f"{REGISTERS}/boundary_markers/{marker}"))
    assert found["geometry"]["coordinates"] == [114.1, 33.07]
    assert found["properties"]["chainage_m"] == pytest.approx(3_327, abs=2)
    told = ok(client.get(f"{REGISTERS}/boundary_markers/{marker}/history"))
    assert told["versions"][-1]["document"] == "5号"


def test_a_skipped_step_a_missing_neighbour_and_a_stale_version_are_refused(founding) -> None:
    client, _, marker = founding
    work = moved(client, marker)
    address = f"/boundaries/works/{work['id']}/steps"
    skipped = client.post(f"{address}/filed", json={"edit": seen(1)})
    assert (skipped.status_code, skipped.json()["code"]) == (422, "step_not_open")
    alone = {"on": "2026-01-06", "document": "1号", "present": ["990102"], "edit": seen(1)}
    refused = client.post(f"{address}/agreed", json=alone)
    assert (refused.status_code, refused.json()["code"]) == (422, "party_missing")
    whole = alone | {"present": BOTH, "edit": EDIT}
    assert client.post(f"{address}/agreed", json=whole).status_code == 428
    stale = client.post(f"{address}/agreed", json=whole, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    gone = {"on": "2026-01-20", "document": "不再修路", "edit": seen(1)}
    assert ok(client.post(f"{address}/withdrawn", json=gone))["state"] == "withdrawn"
    assert ok(client.get("/boundaries/works?state=withdrawn"))["works"][0]["id"] == work["id"]
    assert client.get("/boundaries/works/nowhere").status_code == 404


def test_an_entry_is_made_and_its_position_corrected_only_as_clerical(founding) -> None:
    client, *_ = founding
    values = {"number": "0221002A", "line": "0221", "witnesses": [{"name": "机井房"}]}
    body = {"properties": values, "geometry": NEW, "edit": EDIT}
    made = client.post(f"{REGISTERS}/boundary_markers", json=body)
    found = ok(made, 201)
    assert (found["properties"]["setting"], found["properties"]["public"]) == ("同号双立", False)
    assert found["properties"]["witnesses"] == [{"name": "机井房"}]
    address = made.headers["Location"].removeprefix("http://127.0.0.1")
    place = {"type": "Point", "coordinates": [114.1, 33.02]}
    change = {"geometry": place, "edit": seen(1)}
    refused = client.post(f"{address}/corrections", json=change)
    assert (refused.status_code, refused.json()["code"]) == (403, "other_use_case")
    unnamed = change | {"clerical": True, "edit": {"version": 1}}
    assert client.post(f"{address}/corrections", json=unnamed).status_code == 400
    done = client.post(f"{address}/corrections", json=change | {"clerical": True})
    assert ok(done)["properties"]["version"] == 2
    assert client.post(f"{address}/corrections", json={"edit": EDIT}).status_code in (400, 428)
    ended = {"clerical": True, "edit": seen(2, valid_from="2026-02-01")}
    assert ok(client.post(f"{address}/closings", json=ended))["properties"]["valid_to"] is not None
    again = {"clerical": True, "edit": seen(3)}
    assert ok(client.post(f"{address}/restorations", json=again))["properties"]["version"] == 4


def test_the_items_of_the_collection_point_to_the_use_case(founding) -> None:
    client, own, _ = founding
    answer = client.patch(f"/collections/boundary_lines/items/{own}", json={"properties": {}})
    assert (answer.status_code, answer.json()["code"]) == (403, "other_use_case")
    assert client.get(f"/collections/boundary_lines/items/{own}").status_code == 404
    assert client.get(f"{REGISTERS}/estates/x").status_code == 404


def test_a_division_change_shows_its_effects_and_is_approved(founding) -> None:
    client, own, _ = founding
    body = {
        "kind": "split",
        "name": "乙县拆分",
        "before": ["990121"],
        "after": [{"name": "乙县", "code": "990121"}, {"name": "新区"}],
        "edit": EDIT,
    }
    draft = ok(client.post("/boundaries/division-changes", json=body), 201)
    assert draft["effects"]["lines"][0]["id"] == own
    address = f"/boundaries/division-changes/{draft['id']}"
    assert client.post(f"{address}/effects", json={"edit": EDIT}).status_code == 428
    renewed = ok(client.post(f"{address}/effects", json={"edit": seen(1)}))
    approval = {"on": "2026-01-31", "number": "豫政文3号", "lines": ["0221"]}
    tag = {"edit": seen(renewed["version"])}
    approved = ok(client.post(f"{address}/approval", json=approval | tag))
    assert approved["effects"]["clocks"][1]["due"] == "2027-01-31"
    line = ok(client.get(f"{REGISTERS}/boundary_lines/{own}"))["properties"]
    assert (line["status"], line["demarcate_by"]) == ("to_demarcate", "2027-01-31")
    done = {"edit": seen(approved["version"])}
    assert ok(client.post(f"{address}/completion", json=done))["state"] == "done"
    late = {"edit": seen(approved["version"] + 1)}
    assert client.post(f"{address}/withdrawal", json=late).status_code == 422
    assert len(ok(client.get("/boundaries/division-changes"))["changes"]) == 1


def test_disputes_and_yearly_checks_are_entered_answered_and_listed(founding) -> None:
    client, *_ = founding
    given = {"name": "河滩", "line": "0221", "began_on": "2026-01-30"}
    made = ok(client.post("/boundaries/disputes", json={"properties": given, "edit": EDIT}), 201)
    change = {"properties": {"state": "talking"}, "edit": seen(1)}
    assert ok(client.patch(f"/boundaries/disputes/{made['id']}", json=change))["version"] == 2
    listed = ok(client.get("/boundaries/lists/boundary_disputes?line=0221"))
    assert listed["rows"][0]["state_zh"] == "协商中"
    address = f"/boundaries/disputes/{made['id']}"
    ended = {"state": "settled", "settled_on": "2026-02-10", "outcome": "按附图执行"}
    early = {"properties": {**ended, "settled_on": "2026-01-01"}, "edit": seen(2)}
    refused = client.patch(address, json=early)
    assert (refused.status_code, refused.json()["code"]) == (422, "before_last_step")
    settled = {"properties": ended, "edit": seen(2)}
    assert ok(client.patch(address, json=settled))["version"] == 3
    assert client.patch(address, json=settled).status_code == 412

    year = {"year": 2026, "edit": EDIT}
    assert ok(client.post("/boundaries/yearly-checks", json=year))["entered"] == 1
    check = ok(client.get("/boundaries/lists/yearly_checks?year=2026"))["rows"][0]
    answers = {"items": [{"id": "markers", "ok": True}], "checked_on": "2026-02-01"}
    address = f"/boundaries/yearly-checks/{check['id']}"
    assert ok(client.patch(address, json=answers | {"edit": seen(1)}))["version"] == 2
    assert client.patch(address, json=answers | {"edit": EDIT}).status_code == 428
    sheet = client.get("/boundaries/lists/yearly_checks?year=2026&f=xlsx")
    assert sheet.content[:2] == b"PK"
    assert ok(client.get("/boundaries/lists/boundary_archives"))["totals"]["案卷"] == 0
