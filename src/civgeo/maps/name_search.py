"""The search box of a map of names: what its script has to know beyond the points themselves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from civgeo.domain.name_forms import OtherNameKind
from civgeo.language.bigrams import fold
from civgeo.language.search_keys import readings_beside, toneless
from civgeo.maps.escape import Json
from civgeo.maps.layers import DataElement
from civgeo.maps.rows import NameRow

__all__ = ["NameSearch", "OtherName", "SearchedLayer", "other_names_of", "sounds_of"]

NEAR_ZOOM, FAR_ZOOM = 16, 12
_KINDS_ZH = {kind.value: kind.label_zh for kind in OtherNameKind}


@dataclass(frozen=True, slots=True)
class OtherName:
    """A name of a place besides the standard one, with its kind in Chinese."""

    name: str
    kind_zh: str


@dataclass(frozen=True, slots=True)
class SearchedLayer:
    """A layer of points whose names are searched.

    Parameters
    ----------
    id
        Name of the layer in the page.
    rows
        Its rows, in the order of its points.
    near
        Whether a name that was found is shown from nearby; a division is not.
    """

    id: str
    rows: Sequence[NameRow]
    near: bool


class NameSearch(DataElement):
    """Search box over layers that are on the map already.

    Name and place are in the layers' own points; the page holds beside them how each name
    sounds, syllable by syllable, and its other names.

    Parameters
    ----------
    layers
        Layers in the order in which hits of the same rank are listed.
    place_column
        Number of the value of a story that tells where the place lies.
    """

    function = "search"

    def __init__(self, layers: Sequence[SearchedLayer], *, place_column: int) -> None:
        content: Json = {
            "place": place_column,
            "layers": [
                {
                    "id": layer.id,
                    "zoom": NEAR_ZOOM if layer.near else FAR_ZOOM,
                    "names": [_name_json(row) for row in layer.rows],
                }
                for layer in layers
            ],
        }
        super().__init__("search", content)


def _name_json(row: NameRow) -> Json:
    """Sounds of a name, or a list of them and of its other names where it has any."""
    sounds = sounds_of(row.name, row.reading)
    others = [[other.name, other.kind_zh] for other in other_names_of(row.other_names)]
    if not sounds and row.plain:
        others.append([row.plain, ""])
    return [sounds, *others] if others else sounds


def sounds_of(name: str, reading: str | None) -> str:
    """Toneless sounds of the folded name's characters, v for ü, between spaces.

    Empty where the reading of a character is not known.

    Examples
    --------
    >>> sounds_of("绿城·107 号", "lǜ chéng hào")
    'lv cheng 1 0 7 hao'
    """
    readings = readings_beside(fold(name), (reading or "").split())
    return " ".join(map(toneless, readings)) if all(readings) else ""


def other_names_of(text: str | None) -> list[OtherName]:
    """Other names that a record's JSON list holds; entries without a name are none."""
    entries = json.loads(text) if text else []
    return [
        OtherName(str(entry["name"]), _KINDS_ZH.get(str(entry.get("kind")), "其他名称"))
        for entry in entries
        if isinstance(entry, dict) and entry.get("name")
    ]
