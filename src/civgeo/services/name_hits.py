"""Names that were found, as answers tell them."""

from civgeo.domain.place_kind import PlaceKind
from civgeo.services.name_matching import Match
from civgeo.services.name_search import Hit
from civgeo.store.name_index_rows import IndexedName

__all__ = ["hit_members", "match_members", "name_members"]


def hit_members(hit: Hit) -> dict[str, object]:
    """Members of a hit: those of the name, and ``match``."""
    return {**name_members(hit.name), "match": match_members(hit.match)}


def match_members(match: Match) -> dict[str, object]:
    """Why a name matches: by what, and which of its names; for a slip, which character differs."""
    told: dict[str, object] = {
        "how": match.how.value,
        "how_zh": match.how.label_zh,
        "form": match.form.name,
        "form_kind": match.form.kind.value if match.form.kind else "standard",
    }
    return told if match.wrong is None else {**told, "differs_at": match.wrong + 1}


def name_members(name: IndexedName) -> dict[str, object]:
    """Members of a name; longitude and latitude in degrees, EPSG:4490."""
    return {
        "id": name.id,
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
