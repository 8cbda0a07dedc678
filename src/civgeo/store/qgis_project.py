"""A QGIS 3 project over the store: Chinese names, value lists, simple styles.

Written by hand from the format of QGIS 3 projects, with as little as QGIS needs; it names the
GeoPackage by its relative path, so both may be moved together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import sqlalchemy as sa

from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.geo.systems import epsg_crs
from civgeo.store.disk import keep
from civgeo.store.tables import LAYERS, Collection

__all__ = ["LayerLook", "qgis_project", "write_qgis_project"]

_CLASSES = {"fill": "SimpleFill", "marker": "SimpleMarker"}
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
    root = ET.Element("qgis", {"version": "3.22.0", "projectname": title, "saveUserFull": ""})
    ET.SubElement(root, "title").text = title
    _system(ET.SubElement(root, "projectCrs"))
    tree = ET.SubElement(root, "layer-tree-group")
    layers = ET.SubElement(root, "projectlayers")
    order = ET.SubElement(root, "layerorder")
    for collection, look in reversed(list(looks.items())):
        for shape in reversed(_SHAPES[collection]):
            place = f"./{source}|layername={collection.value}{shape.filter}"
            # QGIS gives layers with an id of ten letters or less another one
            id = f"civgeo_{collection.value}_{shape.kind.lower()}"
            details = {"id": id, "name": f"{look.title}{shape.title}", "source": place}
            shown = {"providerKey": "ogr", "checked": "Qt::Checked", "expanded": "1"}
            ET.SubElement(tree, "layer-tree-layer", details | shown)
            ET.SubElement(order, "layer", {"id": id})
            layer = _layer(layers, details, shape)
            _style(layer, look.colour, shape.symbol)
            columns = [c for c in LAYERS[collection].table.columns if c.name != "geometry"]
            _fields(layer, look, columns)
            ET.SubElement(layer, "previewExpression").text = '"name"'
    properties = ET.SubElement(root, "properties")
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", {"type": "bool"}).text = "false"
    references = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(references, "ProjectionsEnabled", {"type": "int"}).text = "1"
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + body


def _system(parent: ET.Element) -> None:
    cgcs2000 = epsg_crs(CGCS2000_EPSG)
    system = ET.SubElement(parent, "spatialrefsys", {"nativeFormat": "Wkt"})
    ET.SubElement(system, "wkt").text = cgcs2000.to_wkt()
    ET.SubElement(system, "srid").text = str(CGCS2000_EPSG)
    ET.SubElement(system, "authid").text = f"EPSG:{CGCS2000_EPSG}"
    ET.SubElement(system, "description").text = cgcs2000.name
    ET.SubElement(system, "geographicflag").text = "true"


def _layer(parent: ET.Element, details: Mapping[str, str], shape: _Shape) -> ET.Element:
    kind = shape.kind.removeprefix("Multi")
    given = {"geometry": kind, "wkbType": shape.kind, "type": "vector"}
    layer = ET.SubElement(parent, "maplayer", given | {"hasScaleBasedVisibilityFlag": "0"})
    ET.SubElement(layer, "id").text = details["id"]
    ET.SubElement(layer, "datasource").text = details["source"]
    ET.SubElement(layer, "layername").text = details["name"]
    _system(ET.SubElement(layer, "srs"))
    ET.SubElement(layer, "provider", {"encoding": "UTF-8"}).text = "ogr"
    return layer


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
        alias = {
            "index": str(index),
            "field": name,
            "name": look.aliases.get(name, _KEYS.get(name, "")),
        }
        ET.SubElement(aliases, "alias", alias)
        free = "0" if name in _READ_ONLY else "1"
        ET.SubElement(editable, "field", {"name": name, "editable": free})


def _widget(field: ET.Element, choices: Mapping[str, str]) -> None:
    # without a name QGIS chooses by the column's type: a calendar for a day, a box for yes and no
    widget = ET.SubElement(field, "editWidget", {"type": "ValueMap" if choices else ""})
    config = ET.SubElement(widget, "config")
    options = ET.SubElement(config, "Option", {"type": "Map"})
    if choices:
        listed = ET.SubElement(options, "Option", {"type": "List", "name": "map"})
        for value, label in choices.items():
            pair = ET.SubElement(listed, "Option", {"type": "Map"})
            ET.SubElement(pair, "Option", {"type": "QString", "name": label, "value": value})
