"""A name held against the register, with the entries that it conflicts with and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from civgeo.domain.fields import Fields
from civgeo.domain.naming_check import Guide, NameCheck
from civgeo.domain.naming_words import Links
from civgeo.domain.place_kind import PlaceKind
from civgeo.errors import InvalidInput
from civgeo.geo.crs import to_metric, zone_of
from civgeo.maps.civmap import CivMap
from civgeo.maps.name_conflicts import ProposedName, conflicts_map
from civgeo.maps.theme import MapNote
from civgeo.services.case_document import check_document
from civgeo.services.city import City
from civgeo.services.map_origin import Drawn
from civgeo.services.name_check import check_in_register
from civgeo.services.own_material import own_guide
from civgeo.store.editing import ChangedValue
from civgeo.store.tables import Collection

__all__ = ["REGISTER_CHECK_KEYS", "RegisterCheck", "conflicts_chart", "register_answer"]
__all__ += ["register_check"]

REGISTER_CHECK_KEYS = frozenset(
    {
        *("name", "kind", "division", "builtup_area", "famous", "reading", "lon", "lat"),
        *("person_link", "enterprise_link", "reason", "on", "apart_from"),
    }
)
_TOLD = ("name", "kind", "division", "code", "distance_m")


@dataclass(frozen=True)
class RegisterCheck:
    """What the check of a name against the register found.

    Parameters
    ----------
    proposal
        The name, what it names, and where it is to lie.
    on, edition
        Day and edition of the rules.
    found
        The findings.
    conflicts
        Entries that findings name, EPSG:4490, index their ids: the columns of place_names, with
        ``code`` (of the finding) and ``distance_m`` (metres from the proposed place to the nearest
        point of the entry, NaN where one of them has no place).
    """

    proposal: ProposedName
    on: date
    edition: str
    found: NameCheck
    conflicts: gpd.GeoDataFrame


def register_check(city: City, fields: Fields, *, guide: Guide | None = None) -> RegisterCheck:
    """The check that a question with the keys `REGISTER_CHECK_KEYS` asks for.

    Parameters
    ----------
    city
        The city.
    fields
        name, kind, division; if known builtup_area, famous, reading, person_link,
        enterprise_link, reason, on, apart_from (id of the entry that is renamed), and lon, lat
        (degrees, EPSG:4490) of the place.
    guide
        Rules and lists; by default those in force for the store.

    Raises
    ------
    InvalidInput, CrsError
        When a value of the question is not allowed.
    OwnFileBroken
        When a list or rule of the bureau cannot be used.
    """
    reason = fields.text("reason") if fields.has("reason") else ""
    guide = guide or own_guide(city.store.file.parent)
    on, place = fields.day("on", city.today), _at(fields)
    found = check_in_register(
        city,
        _values(fields),
        on=on,
        apart_from=fields.text("apart_from") if fields.has("apart_from") else None,
        links=Links(_flag(fields, "person_link"), _flag(fields, "enterprise_link"), reason),
        guide=guide,
    )
    kind = fields.choice("kind", PlaceKind)
    proposal = ProposedName(fields.text("name").strip(), kind, place)
    return RegisterCheck(proposal, on, guide.rules.edition, found, _conflicts(city, found, place))


def _values(fields: Fields) -> dict[str, ChangedValue]:
    """Properties of the entry to be."""
    return {
        "name": fields.text("name"),
        "kind": fields.choice("kind", PlaceKind).value,
        "division": fields.text("division"),
        **{key: fields.text(key) for key in ("builtup_area", "reading") if fields.has(key)},
        "famous": _flag(fields, "famous") is True,
    }


def register_answer(check: RegisterCheck) -> dict[str, object]:
    """What a check found, ready for JSON; the entries in conflict as a FeatureCollection."""
    found, proposal = check.found, check.proposal
    answer: dict[str, object] = {"status": "ok" if found.assessed else "not_assessed"}
    if not found.assessed:
        answer["reason"] = f"手头没有 {check.on.isoformat()} 施行的全国地名命名规定"
    return answer | {
        "name": proposal.name,
        "kind": proposal.kind.value,
        "on": check.on.isoformat(),
        "reading": " ".join(found.syllables) if found.syllables else None,
        **check_document(found),
        "conflicts": {"type": "FeatureCollection", "features": _features(check.conflicts)},
        "edition": check.edition,
    }


def conflicts_chart(
    city: City, checks: Sequence[RegisterCheck], *, public_number: str = ""
) -> CivMap:
    """Map of proposed names and of the entries that they conflict with.

    Raises
    ------
    InvalidInput
        When no county of the city has an outline.
    """
    with city.store.read() as reading:
        register = reading.register()
        divisions = reading.features(Collection.DIVISIONS)
    frames = [
        check.conflicts.assign(entry=check.conflicts.index, proposal=number)
        for number, check in enumerate(checks)
    ]
    conflicts = gpd.GeoDataFrame(
        pd.concat(frames, ignore_index=True), geometry="geometry", crs=divisions.crs
    )
    drawn = Drawn(register, divisions, (conflicts,), city.today)
    about = MapNote(
        title=f"{register.name}拟用地名与已有地名的冲突",
        source=drawn.source,
        date=drawn.date,
        simulated=drawn.simulated,
        public_number=public_number or None,
        on="、".join(sorted({check.on.isoformat() for check in checks})),
        edition="、".join(sorted({check.edition for check in checks})),
    )
    return conflicts_map([check.proposal for check in checks], conflicts, divisions, about=about)


def _conflicts(city: City, found: NameCheck, place: shapely.Point | None) -> gpd.GeoDataFrame:
    codes = {str(ref): item.code.value for item in found.findings for ref in item.against}
    with city.store.read() as reading:
        frame = reading.features(Collection.PLACE_NAMES, ids=list(codes))
    frame = frame.assign(code=[codes[str(id)] for id in frame.index], distance_m=np.nan)
    return frame if place is None or frame.empty else frame.assign(distance_m=_far(frame, place))


def _far(
    frame: gpd.GeoDataFrame, place: shapely.Point
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Metres from `place` to each geometry, in the zone of the place."""
    here = gpd.GeoDataFrame(geometry=[place], crs=frame.crs)
    zone = zone_of(place.x)
    known = frame.geometry.notna() & ~frame.geometry.is_empty
    far = np.full(len(frame), np.nan)
    metric = to_metric(frame.loc[known, ["geometry"]], zone)
    far[known.to_numpy()] = metric.distance(to_metric(here, zone).geometry.iloc[0]).to_numpy()
    return np.round(far)


def _features(conflicts: gpd.GeoDataFrame) -> list[dict[str, object]]:
    columns = [conflicts[name].astype(object).tolist() for name in _TOLD]
    shapes = shapely.to_geojson(conflicts.geometry.to_numpy())
    return [
        {
            "type": "Feature",
            "id": str(id),
            "geometry": None if shape is None else orjson.loads(shape),
            "properties": dict(zip(_TOLD, (_known(value) for value in values), strict=True)),
        }
        for id, shape, *values in zip(conflicts.index, shapes, *columns, strict=True)
    ]


def _known(value: object) -> object:
    """The value, None where it is not a number."""
    if isinstance(value, float):
        return None if np.isnan(value) else int(value)
    return value


def _at(fields: Fields) -> shapely.Point | None:
    if not fields.has("lon") and not fields.has("lat"):
        return None
    lon, lat = _degrees(fields, "lon"), _degrees(fields, "lat")
    zone_of(lon)
    if not 0 <= lat <= 60:
        raise InvalidInput(f"lat 应为 0 至 60 的纬度，收到 {lat:g}；经度写在 lon", code="bad_value")
    return shapely.Point(lon, lat)


def _degrees(fields: Fields, key: str) -> float:
    value = fields.raw(key)
    return value if isinstance(value, float) else float(fields.number(key))


def _flag(fields: Fields, key: str) -> bool | None:
    value = fields.raw(key) if fields.has(key) else None
    if value is not None and not isinstance(value, bool):
        raise InvalidInput(f"{key} 应为 true 或 false，收到 {value!r}", code="bad_type")
    return value
