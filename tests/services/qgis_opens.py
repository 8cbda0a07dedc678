"""Run by the system's Python, which has PyQGIS: open a project, edit one name, draw a picture.

``qgis_opens.py PROJECT PICTURE`` prints what QGIS sees as JSON.
"""

import json
import sys

from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize


def shown(layer):
    fields, form = layer.fields(), layer.editFormConfig()
    names = [field.name() for field in fields]
    widgets = [layer.editorWidgetSetup(place) for place in range(len(names))]
    return {
        "id": layer.id(),
        "title": layer.name(),
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "kind": QgsWkbTypes.displayString(layer.wkbType()),
        "rows": layer.featureCount(),
        "aliases": {name: layer.attributeAlias(place) for place, name in enumerate(names)},
        "choices": {
            names[place]: widget.config().get("map")
            for place, widget in enumerate(widgets)
            if widget.type() == "ValueMap"
        },
        "locked": [name for place, name in enumerate(names) if form.readOnly(place)],
        "colour": layer.renderer().symbol().color().getRgb(),
    }


def rename(layer):
    """Change the first name as an officer would in the table; says whether QGIS could save it."""
    feature = next(layer.getFeatures())
    layer.startEditing()
    layer.changeAttributeValue(feature.id(), layer.fields().indexOf("name"), "在 QGIS 中改名")
    return {"id": feature["id"], "saved": layer.commitChanges(), "told": layer.commitErrors()}


def draw(layers, project, picture):
    """Draw all layers; returns how many colours the picture has."""
    drawing = QgsMapSettings()
    drawing.setLayers(layers)
    drawing.setDestinationCrs(project.crs())
    drawing.setOutputSize(QSize(600, 500))
    drawing.setExtent(drawing.fullExtent())
    job = QgsMapRendererSequentialJob(drawing)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(picture)
    return len({image.pixel(x, y) for x in range(0, 600, 2) for y in range(0, 500, 2)})


def main(place, picture):
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    opened = project.read(place)
    layers = [node.layer() for node in project.layerTreeRoot().findLayers()]
    found = {
        "opened": opened,
        "title": project.title(),
        "crs": project.crs().authid(),
        "layers": [shown(layer) for layer in layers],
        "colours": draw(layers, project, picture),
        "renamed": rename(next(layer for layer in layers if layer.id().startswith("civgeo_est"))),
    }
    sys.stdout.write(json.dumps(found) + "\n")


main(*sys.argv[1:])
