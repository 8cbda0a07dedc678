"""What travels inside the package: vendored scripts, styles, one Chinese font, and reference data.

``static/`` holds files made elsewhere, each listed in ``static/manifest.json`` with its version,
sha256 and licence. ``documents/`` holds Word templates. ``packaged_data`` opens the lists of the
top-level ``data/`` folder.
"""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

__all__ = ["document_template", "own_folder_guide", "packaged_data", "static_file"]


def static_file(name: str) -> Traversable:
    """Vendored file `name` of ``static/``, such as ``leaflet.js``."""
    return resources.files("civgeo.assets") / "static" / name


def document_template(name: str) -> Traversable:
    """Word template `name` of ``documents/``, such as ``announcement``."""
    return resources.files("civgeo.assets") / "documents" / f"{name}.docx"


def own_folder_guide() -> Traversable:
    """What the files of a bureau's own folder are for, in Chinese."""
    return resources.files("civgeo.assets") / "documents" / "own_folder.txt"


def packaged_data(name: str) -> Traversable:
    """Reference file `name` of ``data/``, such as ``gazetteer/standards.csv``.

    An installed package carries ``data/`` inside; a source checkout has it beside ``src/``.
    """
    inside = resources.files("civgeo") / "data" / name
    if inside.is_file():
        return inside
    return Path(__file__).parents[3] / "data" / name
