"""The map of names, as the use cases draw it from a store."""

import json
import re
import shutil
from datetime import date

import pytest

from civgeo.domain.history import Edit
from civgeo.errors import NotFound
from civgeo.maps.static import PictureFormat
from civgeo.services.city import City
from civgeo.services.mapping import MapSlug, map_of, missing_maps, picture_of, write_maps
from civgeo.store.store import FILE_NAME, Store
from civgeo.store.tables import Collection
from specimen_names import name_records

NAMES = Collection.PLACE_NAMES
EDIT = Edit(actor="张三", document="豫民〔2026〕1号", document_date=date(2026, 1, 1))


def names_on(city: City) -> list[str]:
    page = map_of(city, MapSlug.NAMES).to_self_hosted()
    layers = re.findall(r'type="application/json" id="civgeo_names\d">(.*?)</script>', page)
    return [point[4] for layer in layers for point in json.loads(layer)["points"]]


def drawable(city: City):
    with city.store.read() as reading:
        names = reading.features(NAMES)
    return names[names["public"].astype(bool) & names.geometry.notna()]


@pytest.fixture
def own_copy(tmp_path, fictional):
    shutil.copy(fictional.store.file, tmp_path / FILE_NAME)
    with Store.open(tmp_path) as store:
        yield City(store, fictional.today)


def test_all_public_names_that_have_a_place_are_on_the_map(fictional):
    assert sorted(names_on(fictional)) == sorted(drawable(fictional)["name"])


def test_a_name_that_was_closed_or_is_no_longer_public_leaves_the_map(own_copy):
    names = drawable(own_copy)
    alone = names[~names["name"].duplicated(keep=False)]
    (closed, hidden), kept = alone.index[:2], alone["name"].iloc[2]
    with own_copy.store.write() as writing:
        writing.close(NAMES, closed, Edit("张三", "注销", valid_from=date(2020, 1, 1)), 1)
        writing.correct(NAMES, hidden, {"public": False}, EDIT, 1)
    shown = names_on(own_copy)
    assert len(shown) == len(names) - 2
    assert kept in shown
    assert not {alone["name"].loc[closed], alone["name"].loc[hidden]} & set(shown)


def test_a_store_without_a_public_name_has_no_map_of_names_but_others(tmp_path, fictional):
    with fictional.store.read() as reading:
        register, divisions = reading.register(), reading.features(Collection.DIVISIONS)
    hidden = name_records("place_names", {"id": "n", "name": "内部路", "division": "990101"})
    with Store.create(tmp_path / "store", register=register) as store:
        with store.write() as writing:
            writing.add_divisions(divisions)
            writing.add(NAMES, hidden)
        city = City(store, fictional.today)
        with pytest.raises(NotFound, match="可公开的地名"):
            picture_of(city, MapSlug.NAMES, PictureFormat.PNG)
        written = write_maps(city, tmp_path / "maps", progress=lambda *step: None)
        assert {file.stem for file in written} == {"divisions", "facilities"}
        assert not missing_maps(city, tmp_path / "maps")
