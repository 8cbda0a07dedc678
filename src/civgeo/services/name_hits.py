"""Names that were found, as answers tell them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from civgeo.domain.place_kind import PlaceKind
from civgeo.services.city import City
from civgeo.services.name_matching import Match
from civgeo.services.name_search import Hit
from civgeo.store.name_index_lookup import Scope
from civgeo.store.name_index_rows import IndexedName
from civgeo.store.tables import Collection

__all__ = ["hit_members", "match_members", "name_members", "names_then"]

_SAME: Mapping[str, str] = MappingProxyType({})


def names_then(city: City, names: Sequence[IndexedName], scope: Scope) -> Mapping[str, str]:
    """Names that places bore on the day of `scope`, by id, where they are called otherwise now."""
    if scope.day is None or scope.day >= city.today:
        return _SAME
    now = {name.id: name.name for name in names}
    with city.store.read() as reading:
        frame = reading.features(
            Collection.PLACE_NAMES, ids=[*now], valid_on=scope.day, open_only=scope.public
        )
    then = dict(zip(frame.index, frame["name"], strict=True))
    return {id: name for id, name in then.items() if name != now[id]}


def hit_members(hit: Hit, then: Mapping[str, str] = _SAME) -> dict[str, object]:
    """Members of a hit: those of the name, and ``match``."""
    return {**name_members(hit.name, then), "match": match_members(hit.match)}


def match_members(match: Match) -> dict[str, object]:
    """Why a name matches: by what, and which of its names; for a slip, which character differs."""
    told: dict[str, object] = {
        "how": match.how.value,
        "how_zh": match.how.label_zh,
        "form": match.form.name,
        "form_kind": match.form.kind.value if match.form.kind else "standard",
    }
    return told if match.wrong is None else {**told, "differs_at": match.wrong + 1}


def name_members(name: IndexedName, then: Mapping[str, str] = _SAME) -> dict[str, object]:
    """Members of a name; longitude and latitude in degrees, EPSG:4490.

    ``name_then`` is what the place was called on the day that was asked for, where `names_then`
    says that it was something else.
    """
    other_then = {"name_then": then[name.id]} if name.id in then else {}
    return {
        "id": name.id,
        **other_then,
        "name": name.name,
        "kind": name.kind,
        "kind_zh": PlaceKind(name.kind).label_zh,
        "division": name.division,
        "status": name.status,
        "toned": name.toned,
        "plain": name.plain,
        "other_names": [
            {"name": other.name, "kind": other.kind.value} for other in name.other_names
        ],
        "valid_from": name.valid_from,
        "valid_to": name.valid_to,
        "lon": name.lon,
        "lat": name.lat,
    }
