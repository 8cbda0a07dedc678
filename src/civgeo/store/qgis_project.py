"""A QGIS 3 project over the store: Chinese names, value lists, simple styles.

It names the GeoPackage by its relative path, so both may be moved together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from civgeo.formats.qgis_project import QgisField, QgisLayer, project_xml
from civgeo.store.disk import keep
from civgeo.store.tables import LAYERS, Collection

__all__ = ["LayerLook", "qgis_project", "write_qgis_project"]

_READ_ONLY = ("fid", "version")
_KEYS = {"fid": "行号", "id": "编号"}


@dataclass(frozen=True, slots=True)
class _Shape:
    """One kind of geometry of a layer, which QGIS shows as a layer of its own.

    Parameters
    ----------
    kind, symbol
        Names of the type of geometry and of its symbol.
    filter, title
        What the data source and the title say besides, where a layer holds several kinds: QGIS
        takes the first kind that it meets for the only one, and shows no other.
    """

    kind: str
    symbol: str
    filter: str = ""
    title: str = ""


_SHAPES: Mapping[Collection, tuple[_Shape, ...]] = {
    Collection.DIVISIONS: (_Shape("MultiPolygon", "fill"),),
    Collection.ESTATES: (
        _Shape("Polygon", "fill", "|geometrytype=Polygon", "（面）"),
        _Shape("Point", "marker", "|geometrytype=Point", "（点）"),
    ),
    Collection.FACILITIES: (_Shape("Point", "marker"),),
}


@dataclass(frozen=True, slots=True)
class LayerLook:
    """How one layer is shown.

    Parameters
    ----------
    title
        Chinese name.
    colour
        Red, green, blue, opacity, each up to 255, by commas.
    aliases
        Chinese name of each column.
    choices
        Values of each closed list, with their Chinese labels, by column.
    """

    title: str
    colour: str
    aliases: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]


def write_qgis_project(store_file: Path, title: str, looks: Mapping[Collection, LayerLook]) -> Path:
    """Write ``NAME.qgs`` beside the store and return its place; an older one is replaced."""
    target = store_file.with_suffix(".qgs")
    draft = target.with_name(f".{target.name}.part")
    draft.write_bytes(qgis_project(store_file.name, title, looks))
    keep(draft)
    draft.replace(target)
    return target


def qgis_project(source: str, title: str, looks: Mapping[Collection, LayerLook]) -> bytes:
    """The project as XML.

    Parameters
    ----------
    source
        Name of the GeoPackage in the project's folder.
    title
        Title of the project.
    looks
        Each layer, the lowest on the map first.
    """
    layers = [
        _layer(source, collection, look, shape)
        for collection, look in reversed(list(looks.items()))
        for shape in reversed(_SHAPES[collection])
    ]
    return project_xml(title, layers)


def _layer(source: str, collection: Collection, look: LayerLook, shape: _Shape) -> QgisLayer:
    return QgisLayer(
        id=f"civgeo_{collection.value}_{shape.kind.lower()}",
        title=f"{look.title}{shape.title}",
        source=f"./{source}|layername={collection.value}{shape.filter}",
        kind=shape.kind,
        symbol=shape.symbol,
        colour=look.colour,
        fields=[
            QgisField(
                name=column.name,
                alias=look.aliases.get(column.name, _KEYS.get(column.name, "")),
                choices=look.choices.get(column.name, {}),
                locked=column.name in _READ_ONLY,
            )
            for column in LAYERS[collection].table.columns
            if column.name != "geometry"
        ],
    )
