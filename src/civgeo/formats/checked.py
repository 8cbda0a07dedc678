"""The checked copy of an outside file, as the jail left it."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from civgeo.errors import ImportRejected
from civgeo.formats.facts import Facts

__all__ = ["CheckedFile"]

LAYER = "rows"
ROW = "row"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that the jail has read.

    Parameters
    ----------
    folder
        Where its checked GeoPackage lies.
    facts
        What was found out.
    """

    folder: Path
    facts: Facts

    def frame(
        self, *, skip: int = 0, most: int | None = None, places: Sequence[int] | None = None
    ) -> pd.DataFrame | gpd.GeoDataFrame:
        """Rows of the file, untouched but for their form.

        Parameters
        ----------
        skip, most
            Leave out so many rows at the beginning, and read so many at most.
        places
            Read only the rows at these places; the first row is 1.

        Returns
        -------
        DataFrame or GeoDataFrame
            Index ``row``: the row number in the officer's file, the feature's number in a layer.
            One column per header. Cells of tables are text or None. A GeoDataFrame where the file
            has geometry, in the CRS of the facts (None when unknown), 2-D.

        Raises
        ------
        ImportRejected
            When a layer must be chosen first.
        """
        if self.facts.must_choose:
            names = "、".join(layer.name for layer in self.facts.layers if not layer.hidden)
            raise ImportRejected(
                f"文件里有几个图层或工作表：{names}。请写明用哪一个"
                "（命令行用 --layer，网页填“图层”）。",
                code="choose_layer",
            )
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Field format", RuntimeWarning)
            chosen: dict[str, Any] = {"skip_features": skip, "max_features": most}
            if places is not None:
                chosen = {"fids": list(places)}
            frame: pd.DataFrame | gpd.GeoDataFrame = pyogrio.read_dataframe(
                self.folder / "checked.gpkg",
                layer=LAYER,
                read_geometry=self._has_geometry,
                **chosen,
            )
        frame = frame.set_index(ROW)
        names_of = {f"c{place:04d}": name for place, name in enumerate(self.facts.headers)}
        frame = frame.rename(columns=names_of)
        if self._has_geometry:
            geometry = gpd.GeoSeries(frame.pop("geometry"))
            if self.facts.crs is not None:
                geometry = geometry.set_crs(self.facts.crs, allow_override=True)
            frame = gpd.GeoDataFrame(frame, geometry=geometry)
        return frame

    @property
    def _has_geometry(self) -> bool:
        return bool(self.facts.geometry_types)
