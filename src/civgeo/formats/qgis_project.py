"""Projects of QGIS 3: Chinese names, value lists, simple styles, relations between layers.

Written by hand from the format of QGIS 3 projects, with as little as QGIS needs; a project names
its files by relative paths, so all may be moved together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from civgeo.geo.crs import CGCS2000_EPSG
from civgeo.geo.systems import epsg_crs

__all__ = ["QgisField", "QgisLayer", "QgisRelation", "project_xml"]

_CLASSES = {"fill": "SimpleFill", "marker": "SimpleMarker", "line": "SimpleLine"}
_TABLE = "NoGeometry"


@dataclass(frozen=True, slots=True)
class QgisField:
    """One column of a layer.

    Parameters
    ----------
    name, alias
        Of the column; Chinese name.
    choices
        Values of a closed list with their labels; empty for none.
    locked
        Whether forms show it without letting it be changed.
    widget, config
        Kind of input where QGIS should not choose by the column's type, and its settings.
    default
        Expression for the value of a new row; empty for none.
    """

    name: str
    alias: str
    choices: Mapping[str, str] = field(default_factory=dict)
    locked: bool = False
    widget: str = ""
    config: Mapping[str, str] = field(default_factory=dict)
    default: str = ""


@dataclass(frozen=True, slots=True)
class QgisLayer:
    """One layer of a project.

    Parameters
    ----------
    id, title, source
        Id (QGIS replaces ids of ten letters or less), Chinese title, data source of OGR.
    kind
        Type of geometry, such as ``MultiPolygon``; ``NoGeometry`` for a table.
    symbol, colour
        ``fill``, ``marker`` or ``line``; red, green, blue, opacity up to 255, by commas.
    fields
        Columns in their order.
    preview
        Expression that names a row.
    """

    id: str
    title: str
    source: str
    kind: str
    symbol: str
    colour: str
    fields: Sequence[QgisField]
    preview: str = '"name"'


@dataclass(frozen=True, slots=True)
class QgisRelation:
    """Rows of a child layer that belong to a row of a parent: layer ids and fields."""

    id: str
    title: str
    parent: str
    parent_field: str
    child: str
    child_field: str


def project_xml(
    title: str, layers: Sequence[QgisLayer], relations: Sequence[QgisRelation] = ()
) -> bytes:
    """The project as XML.

    Parameters
    ----------
    title
        Title of the project.
    layers
        The highest on the map first, all in EPSG:4490.
    relations
        Between layers.
    """
    root = ET.Element("qgis", {"version": "3.22.0", "projectname": title, "saveUserFull": ""})
    ET.SubElement(root, "title").text = title
    _system(ET.SubElement(root, "projectCrs"))
    tree = ET.SubElement(root, "layer-tree-group")
    listed = ET.SubElement(root, "projectlayers")
    order = ET.SubElement(root, "layerorder")
    for layer in layers:
        shown = {"providerKey": "ogr", "checked": "Qt::Checked", "expanded": "1"}
        details = {"id": layer.id, "name": layer.title, "source": layer.source}
        ET.SubElement(tree, "layer-tree-layer", details | shown)
        ET.SubElement(order, "layer", {"id": layer.id})
        _layer(listed, layer)
    if relations:
        _relations(root, relations)
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


def _layer(parent: ET.Element, layer: QgisLayer) -> None:
    kind = "No geometry" if layer.kind == _TABLE else layer.kind.removeprefix("Multi")
    given = {"geometry": kind, "wkbType": layer.kind, "type": "vector"}
    element = ET.SubElement(parent, "maplayer", given | {"hasScaleBasedVisibilityFlag": "0"})
    ET.SubElement(element, "id").text = layer.id
    ET.SubElement(element, "datasource").text = layer.source
    ET.SubElement(element, "layername").text = layer.title
    ET.SubElement(element, "provider", {"encoding": "UTF-8"}).text = "ogr"
    if layer.kind != _TABLE:
        _system(ET.SubElement(element, "srs"))
        _style(element, layer.colour, layer.symbol)
    _fields(element, layer.fields)
    ET.SubElement(element, "previewExpression").text = layer.preview


def _style(layer: ET.Element, colour: str, symbol: str) -> None:
    renderer = ET.SubElement(layer, "renderer-v2", {"type": "singleSymbol", "forceraster": "0"})
    symbols = ET.SubElement(renderer, "symbols")
    drawn = {"type": symbol, "name": "0", "alpha": "1", "clip_to_extent": "1"}
    one = ET.SubElement(symbols, "symbol", drawn)
    part = ET.SubElement(one, "layer", {"class": _CLASSES[symbol], "enabled": "1", "pass": "0"})
    options = ET.SubElement(part, "Option", {"type": "Map"})
    looks = {"color": colour, "outline_color": "60,60,60,255"}
    if symbol == "line":
        looks = {"line_color": colour, "line_width": "0.7"}
    for name, value in looks.items():
        ET.SubElement(options, "Option", {"type": "QString", "name": name, "value": value})


def _fields(layer: ET.Element, fields: Sequence[QgisField]) -> None:
    settings = ET.SubElement(layer, "fieldConfiguration")
    aliases = ET.SubElement(layer, "aliases")
    defaults = ET.SubElement(layer, "defaults")
    editable = ET.SubElement(layer, "editable")
    for index, column in enumerate(fields):
        element = ET.SubElement(
            settings, "field", {"name": column.name, "configurationFlags": "None"}
        )
        _widget(element, column)
        alias = {"index": str(index), "field": column.name, "name": column.alias}
        ET.SubElement(aliases, "alias", alias)
        default = {"field": column.name, "expression": column.default, "applyOnUpdate": "0"}
        ET.SubElement(defaults, "default", default)
        free = {"name": column.name, "editable": "0" if column.locked else "1"}
        ET.SubElement(editable, "field", free)


def _widget(parent: ET.Element, column: QgisField) -> None:
    # without a name QGIS chooses by the column's type: a calendar for a day, a box for yes and no
    kind = "ValueMap" if column.choices else column.widget
    config = ET.SubElement(ET.SubElement(parent, "editWidget", {"type": kind}), "config")
    options = ET.SubElement(config, "Option", {"type": "Map"})
    if column.choices:
        listed = ET.SubElement(options, "Option", {"type": "List", "name": "map"})
        for value, label in column.choices.items():
            pair = ET.SubElement(listed, "Option", {"type": "Map"})
            ET.SubElement(pair, "Option", {"type": "QString", "name": label, "value": value})
    for name, value in column.config.items():
        ET.SubElement(options, "Option", {"type": "QString", "name": name, "value": value})


def _relations(root: ET.Element, relations: Sequence[QgisRelation]) -> None:
    parent = ET.SubElement(root, "relations")
    for relation in relations:
        given = {"id": relation.id, "name": relation.title, "strength": "Composition"}
        layers = {"referencingLayer": relation.child, "referencedLayer": relation.parent}
        element = ET.SubElement(parent, "relation", given | layers)
        fields = {"referencingField": relation.child_field}
        ET.SubElement(element, "fieldRef", fields | {"referencedField": relation.parent_field})
