"""Attachments over HTTP: added by officers, read by all where they are public."""

import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

import attachment_files as files
from api.served_city import BASE, fill
from api.writable_city import BEARER, EDIT, serving
from civgeo.app import create_app
from civgeo.settings import Settings

HOME = "/place-names/place_names-1/attachments"
ITEM = "/collections/place_names/items/place_names-1"
DIGEST = sha256(files.PDF).hexdigest()
FILE = f"/place-names/attachments/{DIGEST}"
ASKED = {"title": "甲区人民政府批复", "number": "甲政〔2026〕8号", "date": "2026-03-02"}
ASKED |= {"actor": "张三", "document": "甲民〔2026〕1号", "filename": "批复.pdf"}
SIGNS = "/place-names/signs/name_signs-1/photo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "store")


@pytest.fixture
def officer(folder: Path) -> Iterator[TestClient]:
    with serving(folder) as client:
        yield client


@pytest.fixture
def anybody(officer: TestClient) -> TestClient:
    """The same service asked without the token."""
    return TestClient(officer.app, base_url=BASE, raise_server_exceptions=False)


def attach(client: TestClient, version: int, home: str = HOME, content: bytes = files.PDF):
    return client.post(home, params=ASKED | {"version": version}, content=content)


def correct(client: TestClient, version: int, **changed: object):
    body = {"properties": changed, "edit": EDIT | {"version": version}}
    answer = client.post("/place-names/place_names-1/corrections", json=body)
    assert answer.status_code == 200, answer.text


def test_a_scan_is_attached_listed_and_read_again(officer, anybody) -> None:
    made = attach(officer, 1)
    assert made.status_code == 201, made.text
    assert made.json() == {
        "id": "place_names-1",
        "version": 2,
        "attachment": {
            "sha256": DIGEST,
            "name": "批复.pdf",
            "media_type": "application/pdf",
            "size": len(files.PDF),
        },
    }
    assert made.headers["location"] == f"{BASE}{FILE}"
    [listed] = officer.get(ITEM).json()["properties"]["documents"]
    assert listed["attachment"] == DIGEST
    assert officer.get(made.headers["location"]).content == files.PDF
    assert anybody.get(FILE).content == files.PDF


def test_a_form_takes_the_name_of_its_file(officer) -> None:
    asked = {"title": "附图", "version": "1"}
    form = {"file": ("../../附图.exe", io.BytesIO(files.PNG), "application/pdf")}
    made = officer.post(HOME, params=asked, files=form)
    assert made.json()["attachment"]["name"] == "附图.exe.png"
    assert made.json()["attachment"]["media_type"] == "image/png"


def test_a_download_cannot_run_in_the_browser(officer, anybody) -> None:
    attach(officer, 1)
    headers = anybody.get(FILE).headers
    assert headers["content-type"] == "application/pdf"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    name = quote("甲区人民政府批复.pdf")
    assert headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"


def test_public_content_is_asked_for_again_each_time_and_other_content_is_not_kept(
    officer, anybody
) -> None:
    attach(officer, 1)
    answer = anybody.get(FILE)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["etag"] == f'"{DIGEST}"'
    again = anybody.get(FILE, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert officer.get(FILE).headers["cache-control"] == "private, no-store"
    assert officer.get(FILE).headers["content-disposition"].endswith(quote("批复.pdf"))
    assert anybody.head(FILE).headers["content-length"] == str(len(files.PDF))


@pytest.mark.parametrize("changed", [{"public": False}, {"public": False, "secrecy": "secret"}])
def test_what_is_not_public_is_not_there_for_the_public(officer, anybody, changed) -> None:
    attach(officer, 1)
    assert anybody.get(FILE).status_code == 200
    correct(officer, 2, **changed)
    hidden = anybody.get(FILE)
    unknown = anybody.get(f"/place-names/attachments/{'0' * 64}")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.json()["detail"].replace(DIGEST, "") == unknown.json()["detail"].replace(
        "0" * 64, ""
    )
    assert officer.get(FILE).content == files.PDF


def test_a_wrong_token_is_refused_even_for_public_content(officer, anybody) -> None:
    attach(officer, 1)
    headers = {"Authorization": "Bearer wrong"}
    assert anybody.get(FILE, headers=headers).status_code == 401


def test_nobody_attaches_without_the_token(officer, anybody, folder: Path) -> None:
    for home in (HOME, "/place-names/cases/x/attachments", SIGNS):
        assert attach(anybody, 1, home).status_code == 401
    with TestClient(create_app(Settings(store=folder)), base_url=BASE) as closed:
        assert attach(closed, 1).status_code == 403
    assert officer.get(ITEM).json()["properties"]["version"] == 1


def test_a_stale_upload_is_412_with_both_versions_and_nothing_is_lost(officer) -> None:
    correct(officer, 1, meaning="另有更正")
    stale = attach(officer, 1)
    assert stale.status_code == 412
    told = stale.json()
    assert (told["expected"]["version"], told["current"]["version"]) == (1, 2)
    assert [item["property"] for item in told["differences"]] == ["meaning"]
    assert officer.get(FILE).status_code == 404
    assert officer.post(HOME, params=ASKED, content=files.PDF).status_code == 428
    made = officer.post(HOME, params=ASKED, content=files.PDF, headers={"If-Match": '"2"'})
    assert made.status_code == 201
    assert officer.get(ITEM).json()["properties"]["meaning"] == "另有更正"


def test_a_file_that_is_too_large_is_413_and_nothing_is_kept(folder: Path) -> None:
    settings = Settings(store=folder, write_token=SecretStr(BEARER), max_attachment_mb=1)
    with TestClient(create_app(settings), base_url=BASE) as client:
        client.headers["Authorization"] = f"Bearer {BEARER}"
        limit = files.PDF.ljust(1024**2, b"\n")
        assert attach(client, 1, content=limit).status_code == 201
        refused = attach(client, 2, content=limit + b"\n")
        assert (refused.status_code, "1 MB" in refused.json()["detail"]) == (413, True)
        form = {"file": ("a.pdf", io.BytesIO(limit + b"\n"), "application/pdf")}
        asked = ASKED | {"version": 2}
        assert client.post(HOME, params=asked, files=form).status_code == 413
        form = {"file": ("a.pdf", io.BytesIO(limit * 3), "application/pdf")}
        assert client.post(HOME, params=asked, files=form).status_code == 413
        assert client.get(ITEM).json()["properties"]["version"] == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_file"),
        (b"\n\n", "unsupported_format"),
        (files.HTML, "unsupported_format"),
        (files.zipped("x.shp"), "unsupported_format"),
    ],
)
def test_a_file_of_a_kind_that_is_not_taken_is_400(officer, content: bytes, code: str) -> None:
    answer = attach(officer, 1, content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert officer.get(ITEM).json()["properties"]["documents"] is None


@pytest.mark.parametrize(
    "changed",
    [{"title": ""}, {"title": "批" * 300}, {"date": "三月"}, {"filename": "批" * 501}],
)
def test_what_the_query_says_must_be_plain(officer, changed: dict[str, str]) -> None:
    answer = officer.post(HOME, params=ASKED | {"version": 1} | changed, content=files.PDF)
    assert answer.status_code == 400
    assert officer.get(FILE).status_code == 404


def test_a_case_and_a_sign_take_files_of_their_own(officer, anybody) -> None:
    proposal = {"name": "揽月路", "kind": "street", "division": "990102"}
    body = {"properties": proposal, "reason": "新建", "edit": EDIT}
    case = officer.post("/place-names/cases", json=body).json()
    home = f"/place-names/cases/{case['id']}"
    assert attach(officer, 1, f"{home}/attachments").status_code == 201
    [listed] = officer.get(home).json()["attachments"]
    assert (listed["attachment"], listed["title"]) == (DIGEST, "甲区人民政府批复")
    assert anybody.get(FILE).status_code == 404
    assert attach(officer, 1, SIGNS).json()["code"] == "unsupported_format"
    photo = officer.post(SIGNS, params={"version": 1}, content=files.JPEG)
    digest = photo.json()["attachment"]["sha256"]
    sign = anybody.get("/collections/name_signs/items/name_signs-1").json()
    assert sign["properties"]["photo"] == digest
    shown = anybody.get(f"/place-names/attachments/{digest}")
    assert shown.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    "digest", ["0" * 63, "0" * 65, "A" * 64, "%2e%2e%2f" * 21, "%00" * 64, "x"]
)
def test_what_is_no_digest_is_404(anybody, digest: str) -> None:
    assert anybody.get(f"/place-names/attachments/{digest}").status_code == 404


def test_an_unknown_digest_in_a_correction_is_told_of_its_property(officer) -> None:
    body = {"properties": {"documents": [{"title": "批复", "attachment": DIGEST}]}}
    body["edit"] = EDIT | {"version": 1}
    answer = officer.post("/place-names/place_names-1/corrections", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_fields")
    assert "库中没有附件" in answer.json()["errors"]["documents"]
