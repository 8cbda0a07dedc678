"""The map of names as use cases draw it from a store."""

import json
import re
from contextlib import closing
from datetime import date

import pytest
import shapely
from specimen_names import name_records

from civgeo.errors import NotFound
from civgeo.maps.static import PictureFormat
from civgeo.services.city import City
from civgeo.services.mapping import MapSlug, map_of, missing_maps, picture_of, write_maps
from civgeo.store.store import Store
from civgeo.store.tables import Collection


def names_on(city: City) -> list[str]:
    page = map_of(city, MapSlug.NAMES).to_self_hosted()
    layers = re.findall(r'type="application/json" id="civgeo_names\d">(.*?)</script>', page)
    return [point[4] for layer in layers for point in json.loads(layer)["points"]]


def test_all_public_names_of_the_city_that_have_a_place_are_on_the_map(fictional):
    with fictional.store.read() as reading:
        names = reading.features(Collection.PLACE_NAMES)
    placed = names[names["public"] & names.geometry.notna()]
    assert sorted(names_on(fictional)) == sorted(placed["name"])
    assert "文化路" in set(names_on(fictional))
