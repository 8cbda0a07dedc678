"""Place names in the forms of others: the census form, and answers of the national service."""

from collections.abc import Iterator, Mapping
from functools import cache

import geopandas as gpd
import orjson
import shapely

from civgeo.errors import InvalidInput
from civgeo.formats.header_rows import plain_header
from civgeo.formats.headers import synonyms
from civgeo.formats.national_names import NATIONAL_ID, NATIONAL_KEYS
from civgeo.formats.place_classes import place_classes
from civgeo.services.export_tables import ExportTable
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.geojson import records
from civgeo.services.import_kinds import KINDS
from civgeo.services.name_divisions import NameDivisions
from civgeo.services.name_fields import (
    CENSUS_HEADERS,
    COORDINATES,
    OTHER_NAMES,
    kept_under,
    structure,
    written,
)

__all__ = ["census_table", "national_answer"]

_SIMULATED = "是否模拟数据"
_POINT = 0

Values = Mapping[str, object]


def census_table(frame: gpd.GeoDataFrame, divisions: NameDivisions) -> ExportTable:
    """Place names as rows of the census form, with the further columns that their file had.

    A cell is written as it once came in where that still says the same.

    Parameters
    ----------
    frame
        Records of ``place_names``, index id, EPSG:4490.
    divisions
        The city's divisions, for the words of the last column.
    """
    kept = [_attributes(text) for text in frame["attributes"].tolist()]
    further = list(dict.fromkeys(header for own in kept for header in own if _is_further(header)))
    simulated = [_SIMULATED] if frame["simulated"].any() else []
    rows = [
        [
            *(_census_cell(*column, values, own, divisions) for column in CENSUS_HEADERS),
            *(_plain(own.get(header)) for header in further),
            *(["是" if values["simulated"] else "否"] if simulated else []),
        ]
        for values, own in zip(_values(frame), kept, strict=True)
    ]
    headers = [header for header, _ in CENSUS_HEADERS]
    return ExportTable((*headers, *further, *simulated), rows)


def _attributes(text: object) -> dict[str, object]:
    found = structure(text)
    return found if isinstance(found, dict) else {}


def _plain(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _values(frame: gpd.GeoDataFrame) -> Iterator[Values]:
    """Properties of each record, with its other names by column and its position."""
    shapes = frame.geometry.to_numpy()
    points = shapely.get_type_id(shapes) == _POINT
    for values, shape, point in zip(
        records(frame, COLLECTIONS["place_names"]), shapes, points, strict=True
    ):
        own: dict[str, object] = {**values, "lon": None, "lat": None}
        if point:
            own |= {"lon": shape.x, "lat": shape.y}
        own |= _by_column(structure(values["other_names"]))
        yield own


def _by_column(entries: object) -> dict[str, object]:
    found: dict[str, object] = {}
    for column, kind in OTHER_NAMES.items():
        names = tuple(
            str(entry["name"])
            for entry in (entries if isinstance(entries, list) else ())
            if isinstance(entry, dict) and entry.get("kind") == kind.value and "name" in entry
        )
        found[column] = names or None
    return found


def _census_cell(
    header: str, name: str, values: Values, own: Values, divisions: NameDivisions
) -> str:
    if not name:
        wanted = plain_header(header)
        return next((_plain(own[key]) for key in own if plain_header(key) == wanted), "")
    if name == "division":
        return _division_words(values, own, divisions)
    return written(name, values[name], own)


def _division_words(values: Values, own: Values, divisions: NameDivisions) -> str:
    spans = structure(values["spans"])
    codes = (str(values["division"]), *(map(str, spans) if isinstance(spans, list) else ()))
    county = next(kept_under("county", own), "")
    for text in kept_under("division", own):
        try:
            if divisions.codes_of(text, county) == codes:
                return text
        except InvalidInput:
            continue
    return divisions.paths(codes)


def _is_further(header: str) -> bool:
    """Whether a kept cell stands under a header that is no column of ours or of the form."""
    return plain_header(header) not in _known_headers()


@cache
def _known_headers() -> frozenset[str]:
    known = {plain_header(text) for text, _ in CENSUS_HEADERS}
    known |= {text for texts in COORDINATES.values() for text in texts}
    known |= {
        plain_header(text) for item in KINDS["place_names"].properties for text in synonyms(item)
    }
    return frozenset(known)


def national_answer(frame: gpd.GeoDataFrame, divisions: NameDivisions) -> bytes:
    """Place names as the national service answers them: ``total`` and ``records``.

    Parameters
    ----------
    frame, divisions
        As in `census_table`.
    """
    shapes = frame.geometry.to_numpy().copy()
    points = shapely.get_type_id(shapes) == _POINT
    shapes[points] = [shapely.MultiPoint([point]) for point in shapes[points]]
    found = []
    for values, text, kept in zip(
        _values(frame), shapely.to_geojson(shapes), frame["attributes"].tolist(), strict=True
    ):
        own = _attributes(kept)
        record: dict[str, object] = {"id": own.get(NATIONAL_ID)}
        for key, name in NATIONAL_KEYS:
            record[key] = _national_cell(key, name, values, own, divisions)
        record["gdm"] = None if text is None else orjson.Fragment(text)
        found.append(record | ({"simulated": True} if values["simulated"] else {}))
    return orjson.dumps({"total": len(found), "records": found}, option=orjson.OPT_INDENT_2)


def _national_cell(
    key: str, name: str, values: Values, own: Values, divisions: NameDivisions
) -> str | None:
    code = str(values["division"])
    areas = {"province": f"{code[:2]}0000", "city": f"{code[:4]}00", "area": code[:6]}
    if key in areas:
        return areas[key] if len(code) >= 6 or key != "area" else None
    if key.endswith("_name") and key.removesuffix("_name") in areas:
        area = areas[key.removesuffix("_name")]
        return divisions.names.codes.get(area) or _plain(own.get(key)) or None
    if not name:
        return _plain(own.get(key)) or None
    if key == "place_type":
        return _class_title(values, own)
    return written(name, values[name], own) or None


def _class_title(values: Values, own: Values) -> str:
    """Title of the class, as it came in, as the class code says, or that of our kind."""
    said = written("kind", values["kind"], own)
    label = written("kind", values["kind"], {})
    code = values["type_code"]
    if said == label and isinstance(code, str) and place_classes().lists(code):
        found = place_classes().by_code(code)
        return found.title if found else label
    return said
