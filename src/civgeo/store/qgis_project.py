"""A QGIS 3 project over the store: Chinese names, value lists, simple styles.

Written by hand from the format of QGIS 3 projects, with as little as QGIS needs; it names the
GeoPackage by its relative path, so both may be moved together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import sqlalchemy as sa

from civgeo.store.disk import keep
from civgeo.store.tables import LAYERS, Collection

__all__ = ["LayerLook", "qgis_project", "write_qgis_project"]

_AXIS = "EPSG:4490"
_SHAPES: Mapping[Collection, tuple[str, str, str]] = {
    Collection.DIVISIONS: ("Polygon", "MultiPolygon", "fill"),
    Collection.ESTATES: ("Unknown", "Unknown", "fill"),
    Collection.FACILITIES: ("Point", "Point", "marker"),
}
_CLASSES = {"fill": "SimpleFill", "marker": "SimpleMarker"}
_READ_ONLY = ("fid", "version")


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
    root = ET.Element("qgis", {"version": "3.22.0", "projectname": title, "saveUserFull": ""})
    ET.SubElement(root, "title").text = title
    _system(ET.SubElement(root, "projectCrs"))
    tree = ET.SubElement(root, "layer-tree-group")
    layers = ET.SubElement(root, "projectlayers")
    order = ET.SubElement(root, "layerorder")
    for collection, look in reversed(list(looks.items())):
        place = f"./{source}|layername={collection.value}"
        details = {"id": collection.value, "name": look.title, "source": place}
        shown = {"providerKey": "ogr", "checked": "Qt::Checked", "expanded": "1"}
        ET.SubElement(tree, "layer-tree-layer", details | shown)
        ET.SubElement(order, "layer", {"id": collection.value})
        _layer(layers, collection, look, place)
    properties = ET.SubElement(root, "properties")
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", {"type": "bool"}).text = "false"
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + body


def _system(parent: ET.Element) -> None:
    system = ET.SubElement(parent, "spatialrefsys", {"nativeFormat": "Wkt"})
    ET.SubElement(system, "authid").text = _AXIS
    ET.SubElement(system, "srid").text = "4490"
    ET.SubElement(system, "geographicflag").text = "true"


def _layer(parent: ET.Element, collection: Collection, look: LayerLook, place: str) -> None:
    geometry, kind, symbol = _SHAPES[collection]
    shape = {"geometry": geometry, "wkbType": kind, "type": "vector"}
    layer = ET.SubElement(parent, "maplayer", shape | {"hasScaleBasedVisibilityFlag": "0"})
    ET.SubElement(layer, "id").text = collection.value
    ET.SubElement(layer, "datasource").text = place
    ET.SubElement(layer, "layername").text = look.title
    _system(ET.SubElement(layer, "srs"))
    ET.SubElement(layer, "provider", {"encoding": "UTF-8"}).text = "ogr"
    _style(layer, look.colour, symbol)
    columns = [c for c in LAYERS[collection].table.columns if c.name != "geometry"]
    _fields(layer, look, columns)
    ET.SubElement(layer, "previewExpression").text = '"name"'


def _style(layer: ET.Element, colour: str, symbol: str) -> None:
    renderer = ET.SubElement(layer, "renderer-v2", {"type": "singleSymbol", "forceraster": "0"})
    symbols = ET.SubElement(renderer, "symbols")
    drawn = {"type": symbol, "name": "0", "alpha": "1", "clip_to_extent": "1"}
    one = ET.SubElement(symbols, "symbol", drawn)
    part = ET.SubElement(one, "layer", {"class": _CLASSES[symbol], "enabled": "1", "pass": "0"})
    options = ET.SubElement(part, "Option", {"type": "Map"})
    for name, value in (("color", colour), ("outline_color", "60,60,60,255")):
        ET.SubElement(options, "Option", {"type": "QString", "name": name, "value": value})


def _fields(layer: ET.Element, look: LayerLook, columns: list[sa.Column[object]]) -> None:
    settings = ET.SubElement(layer, "fieldConfiguration")
    aliases = ET.SubElement(layer, "aliases")
    editable = ET.SubElement(layer, "editable")
    for index, column in enumerate(columns):
        name = column.name
        field = ET.SubElement(settings, "field", {"name": name, "configurationFlags": "None"})
        _widget(field, look.choices.get(name, {}))
        alias = {"index": str(index), "field": name, "name": look.aliases.get(name, "")}
        ET.SubElement(aliases, "alias", alias)
        free = "0" if name in _READ_ONLY else "1"
        ET.SubElement(editable, "field", {"name": name, "editable": free})


def _widget(field: ET.Element, choices: Mapping[str, str]) -> None:
    kind = "ValueMap" if choices else "TextEdit"
    widget = ET.SubElement(field, "editWidget", {"type": kind})
    config = ET.SubElement(widget, "config")
    options = ET.SubElement(config, "Option", {"type": "Map"})
    if choices:
        listed = ET.SubElement(options, "Option", {"type": "List", "name": "map"})
        for value, label in choices.items():
            pair = ET.SubElement(listed, "Option", {"type": "Map"})
            ET.SubElement(pair, "Option", {"type": "QString", "name": label, "value": value})
