"""One layer of an outside file, read in the jail, and its columns by the headers in use."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pandas as pd

from civgeo.errors import ImportRejected, InvalidInput, NotFound
from civgeo.formats.facts import ReadRequest
from civgeo.formats.jail import read_file

__all__ = ["column_of", "plain_text", "read_layer", "shapes_of", "texts_of"]

_UNIT = re.compile(r"\s*\([^()]*\)$")
CHECKED = "GeoPackage、GeoJSON、Shapefile、KML、FlatGeobuf、GeoParquet 图层，或装有其一的 zip"
OTHER_KIND = ("unsupported_format", "broken_archive", "empty_archive", "unsafe_xml")


def read_layer(file: Path, layer: str | None, *, own: str = "") -> pd.DataFrame:
    """Rows of a layer as the jail hands them back; without shapes where it has none.

    Parameters
    ----------
    file
        In any format that an import reads.
    layer
        Name of the layer, where the file has several.
    own
        Layer that is taken where none is named, as in a store of civgeo.

    Raises
    ------
    NotFound
        When there is no such file.
    ImportRejected
        When it cannot be read.
    InvalidInput
        ``choose_layer`` when it has several layers and none is named.
    """
    if not file.is_file():
        raise NotFound(f"没有文件 {file}，请核对路径。")
    with TemporaryDirectory() as staging:
        try:
            checked = read_file(file, Path(staging), ReadRequest(layer))
            names = [each.name for each in checked.facts.layers]
            if checked.facts.must_choose and own in names:
                checked = read_file(file, Path(staging), ReadRequest(own))
        except ImportRejected as error:
            told = f"可用的是{CHECKED}。" if error.code in OTHER_KIND else ""
            raise ImportRejected(f"{file.name}：{error.message}{told}", code=error.code) from error
        if checked.facts.must_choose:
            told = f"{file.name} 有 {len(names)} 个图层：{'、'.join(names)}。"
            raise InvalidInput(f"{told}请用 --layer 写明用哪一个。", code="choose_layer")
        return checked.frame()


def shapes_of(file: Path, raw: pd.DataFrame) -> gpd.GeoDataFrame:
    """The layer with its shapes; raises InvalidInput when it has none."""
    if not isinstance(raw, gpd.GeoDataFrame):
        raise InvalidInput(f"{file.name} 中没有带图形的图层。可用的是{CHECKED}。")
    return raw


def column_of(frame: pd.DataFrame, headers: Sequence[str]) -> str | None:
    """Column whose header stands first in `headers`, whatever its case, width and blanks.

    A unit in brackets at its end, as exports write them (``户数（户）``), may be left out.
    """
    shapes = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    plain = {_plain(str(column)): str(column) for column in frame.columns if column != shapes}
    bare = {_UNIT.sub("", header): column for header, column in reversed(plain.items())}
    plain = bare | plain
    asked = [_plain(header) for header in headers]
    return next((plain[header] for header in asked if header in plain), None)


def _plain(header: str) -> str:
    return unicodedata.normalize("NFKC", header).strip().lower()


def plain_text(value: object) -> str:
    """A cell as text; whole numbers without a decimal point, null as empty."""
    if value is None or value is pd.NA or value != value:
        return ""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def texts_of(values: "pd.Series[str]") -> "pd.Series[str]":
    """Cells as text in half width without blanks around."""
    return values.astype(object).map(
        lambda value: unicodedata.normalize("NFKC", plain_text(value)).strip()
    )
