"""What became secret, and what names it, cannot be reached without the token by any address."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import shapely
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.served_city import BASE, fill
from api.writable_city import BEARER
from attachment_files import PNG
from civgeo.app import create_app
from civgeo.domain.history import Edit
from civgeo.settings import Settings
from civgeo.store.attachments import Attachment
from civgeo.store.store import Store
from civgeo.store.tables import Collection
from specimen_names import name_records

NAME = "隐山靶场"
FAR = shapely.Point(119.25, 39.75)
PHOTO = Attachment.of("隐山靶场门牌.png", "image/png", PNG)
LINKED = {
    Collection.NAME_SIGNS: {"photo": PHOTO.sha256},
    Collection.PROTECTED_NAMES: {},
    Collection.RESERVED_NAMES: {},
    Collection.NAME_ARCHIVES: {},
}
SYSTEM_PYTHON = "/usr/bin/python3"
MAKE_PUBLIC = (
    "import sys; from osgeo import ogr; ogr.UseExceptions()\n"
    "data = ogr.Open(sys.argv[1], 1); layer = data.GetLayerByName('place_names')\n"
    "layer.SetAttributeFilter(\"id = 'p'\"); f = next(iter(layer))\n"
    "f.SetField('public', True); layer.SetFeature(f)\n"
)
OFFICER = {"Authorization": f"Bearer {BEARER}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A city whose name NAME was public until this year, with a record of each list about it."""
    folder = fill(tmp_path_factory.mktemp("secrecy") / "store")
    earlier = Edit("甲", "登记表", valid_from=date(2001, 1, 1))
    with Store.open(folder) as store, store.write() as writing:
        row = {"id": "range", "name": NAME, "public": True, "geometry": FAR}
        writing.create(Collection.PLACE_NAMES, name_records("place_names", row), earlier)
        writing.keep_attachment(PHOTO)
        for collection, more in LINKED.items():
            linked = {"id": f"of-{collection}", "name": NAME, "place": "range", "geometry": FAR}
            frame = name_records(collection.value, linked | more)
            writing.create(collection, frame, earlier)
        secret = Edit("保密员", "密定1号", valid_from=date(2026, 1, 5))
        writing.correct(
            Collection.PLACE_NAMES, "range", {"secrecy": "secret", "public": False}, secret, 1
        )
    settings = Settings(store=folder, write_token=SecretStr(BEARER), public_number="豫S1")
    with TestClient(create_app(settings), base_url=BASE, raise_server_exceptions=False) as client:
        yield client


def _addresses() -> Iterator[str]:
    for day in ("", "?datetime=2010-01-01", "?datetime=2005-01-01/2010-01-01", "?datetime=../.."):
        for collection in (Collection.PLACE_NAMES, *LINKED):
            yield f"/collections/{collection}/items{day}"
    for day in ("", "?datetime=2010-01-01"):
        yield f"/collections/place_names/items/range{day}"
        for collection in (Collection.PLACE_NAMES, *LINKED):
            yield f"/export/{collection}.csv{day}"
        for collection in LINKED:
            yield f"/collections/{collection}/items/of-{collection}{day}"
    for collection in LINKED:
        yield f"/{collection}/of-{collection}/history"
        yield f"/lists/{collection}"
    yield from ("/search?bbox=119,39,120,40&on=any", "/search/nearest?lon=119.2&lat=39.7&on=any")
    yield from ("/maps/names", "/maps/names.geojson", "/place-names/changes")


@pytest.mark.parametrize("address", list(_addresses()))
def test_no_address_tells_a_secret_name(served, address):
    answer = served.get(address)
    assert NAME not in answer.text
    assert "119.25" not in answer.text


@pytest.mark.parametrize("collection", list(LINKED))
def test_who_holds_the_token_has_the_records_that_are_kept_back(served, collection):
    listed = served.get(f"/lists/{collection}", headers=OFFICER)
    history = served.get(f"/{collection}/of-{collection}/history", headers=OFFICER)
    exported = served.get(f"/export/{collection}.csv?datetime=2010-01-01", headers=OFFICER)
    assert all(NAME in answer.text for answer in (listed, history, exported))
    assert "no-store" in listed.headers["cache-control"]


def test_the_extent_of_a_collection_does_not_reach_a_secret_place(served):
    for collection in (Collection.PLACE_NAMES, *LINKED):
        told = served.get(f"/collections/{collection}").json()
        box = told.get("extent", {}).get("spatial", {}).get("bbox", [[0, 0, 0, 0]])[0]
        assert box[2] < 119
    near = served.get("/collections/place_names").json()["extent"]["spatial"]["bbox"][0]
    assert near == pytest.approx([114.05, 33.05, 114.05, 33.05], abs=1e-4)


@pytest.mark.parametrize("asked", ["public=false", "secrecy=secret"])
def test_a_filter_for_what_is_kept_back_finds_nothing(served, asked):
    answer = served.get(f"/collections/place_names/items?{asked}").json()
    assert (answer["numberMatched"], answer["features"]) == (0, [])


def test_the_photo_of_a_sign_at_a_secret_place_is_for_officers(served):
    address = f"/place-names/attachments/{PHOTO.sha256}"
    assert served.get(address).status_code == 404
    assert served.get(address, headers=OFFICER).content == PHOTO.content


@pytest.mark.skipif(not shutil.which("ogrinfo"), reason="GDAL's own Python is not installed")
def test_what_another_program_makes_public_stays_secret_until_an_officer_adopts_it(tmp_path: Path):
    with Store.open(fill(tmp_path / "store")) as store:
        with store.write() as writing:
            row = {"id": "p", "name": NAME, "public": False, "geometry": FAR}
            writing.add(Collection.PLACE_NAMES, name_records("place_names", row))
        subprocess.run([SYSTEM_PYTHON, "-c", MAKE_PUBLIC, store.file], check=True, timeout=60)
        with store.read() as reading:
            assert reading.outside_edits()
            assert reading.features(Collection.PLACE_NAMES, ids=["p"], open_only=True).empty
            west, south, east, north = reading.extent(Collection.PLACE_NAMES, open_only=True)
    assert (114 < west <= east < 115, 33 < south <= north < 34) == (True, True)
