"""Place names of the fictional city for the map tests."""

import json

import geopandas as gpd
import map_specimens as city
import numpy as np
import shapely

from specimen_names import name_records

SEAT = (113.5, 33.0)
_OPEN = {"public": True, "secrecy": "public", "status": "standard", "division": "990101"}


def _street(number: int, name: str, reading: str, **given: object) -> dict[str, object]:
    lon, lat = SEAT[0] + 0.01 * number, SEAT[1]
    line = shapely.LineString([(lon, lat), (lon + 0.002, lat), (lon + 0.004, lat)])
    row = {"id": f"street-{number}", "name": name, "kind": "street", "reading": reading}
    return _OPEN | row | {"confirmed": True, "geometry": line} | given


def few() -> gpd.GeoDataFrame:
    """Streets that sound alike, one of each doubtful case, and names that nobody may see."""
    former = json.dumps([{"name": "红旗路", "kind": "former"}], ensure_ascii=False)
    lake = shapely.box(113.6, 33.1, 113.61, 33.11)
    return name_records(
        "place_names",
        _street(1, "文化路", "wén huà lù", toned="Wénhuà Lù", other_names=former),
        _street(2, "文华路", "wén huá lù", toned="Wénhuá Lù", confirmed=False),
        _street(3, "新文化街", "xīn wén huà jiē", status="nonstandard"),
        _street(4, "绿城107号路", "lǜ chéng hào lù", division="990102100"),
        _street(5, "阿克苏巷", None, plain="Aksu Xiang", toned="Aksu Xiàng"),
        _street(6, "秘密路", "mì mì lù", public=False),
        _street(7, "机要路", "jī yào lù", secrecy="secret"),
        _street(8, "无图路", "wú tú lù", geometry=None),
        _OPEN
        | {"id": "lake", "name": "翠湖", "kind": "lake", "reading": "cuì hú", "geometry": lake},
    )


def hostile() -> gpd.GeoDataFrame:
    """A street for each name that would be markup or script, with another name of the same kind."""
    rows = []
    for number, name in enumerate(city.HOSTILE):
        others = json.dumps([{"name": name, "kind": "alias"}])
        rows.append(_street(number, name, None, plain=name, toned=name, other_names=others))
    return name_records("place_names", *(row | {"source": row["name"]} for row in rows))


def many(count: int) -> gpd.GeoDataFrame:
    """So many streets around the seat, named by numbers between the same characters."""
    places = np.array(SEAT) + np.random.default_rng(1).normal(0, 0.1, (count, 2))
    digits = "零一二三四五六七八九"
    sounds = ("líng", "yī", "èr", "sān", "sì", "wǔ", "liù", "qī", "bā", "jiǔ")
    rows = []
    for number, place in enumerate(places):
        figures = [int(digit) for digit in str(number)]
        name = "".join(digits[digit] for digit in figures)
        reading = " ".join(sounds[digit] for digit in figures)
        rows.append(
            _street(number, f"建设{name}路", f"jiàn shè {reading} lù")
            | {"toned": f"Jiànshè {number} Lù", "geometry": shapely.Point(place)}
        )
    return name_records("place_names", *rows)
