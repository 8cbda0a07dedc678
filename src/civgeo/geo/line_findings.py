"""What checks of boundary lines find: one finding, and a frame of many."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from civgeo.domain.labelled import Labelled

__all__ = ["LineFault", "LineFinding", "findings_frame"]

LINE = 1
"""Type number of a line in GEOS."""


class LineFault(Labelled):
    """What is wrong at a place of a line."""

    INTERRUPTED = "interrupted", "界线断开"
    SELF_CROSSING = "self_crossing", "界线自相交"
    NUMBER = "number", "界桩编号"
    OFF_LINE = "off_line", "界桩离开界线"
    WRONG_SIDE = "wrong_side", "界桩立错一侧"
    SAME_SIDE = "same_side", "双立界桩同在一侧"
    OUT_OF_ORDER = "out_of_order", "界桩次序与序号不符"
    REVERSED = "reversed", "编号方向与起点规则相反"
    APART = "apart", "两份界线不一致"
    ENDS_APART = "ends_apart", "两份界线端点不一致"
    MISSING_LINE = "missing_line", "另一份没有这条界线"
    JUNCTION_APART = "junction_apart", "三交点不重合"
    OUTLINE_APART = "outline_apart", "政区轮廓不沿界线"


@dataclass(frozen=True, slots=True)
class LineFinding:
    """One finding.

    Parameters
    ----------
    fault
        What is wrong.
    line
        Name of the line.
    message
        In Chinese.
    shape
        Where, EPSG:4490: a point or a stretch; None where it has no place.
    chainage_m
        Where along the line it begins, metres.
    length_m, greatest_m, mean_m, area_m2
        Of a stretch its length; greatest and mean distance; area between. NaN where none.
    refs
        Numbers of markers, codes or names concerned.
    """

    fault: LineFault
    line: str
    message: str
    shape: BaseGeometry | None = None
    chainage_m: float = np.nan
    length_m: float = np.nan
    greatest_m: float = np.nan
    mean_m: float = np.nan
    area_m2: float = np.nan
    refs: tuple[str, ...] = ()


def findings_frame(findings: Sequence[LineFinding]) -> gpd.GeoDataFrame:
    """Findings as rows, in their order.

    Returns
    -------
    GeoDataFrame
        EPSG:4490: ``kind`` (`LineFault`), ``line``, ``message``, ``refs`` (tuple), ``chainage_m``,
        ``length_m``, ``greatest_m``, ``mean_m``, ``area_m2`` (float, NaN for none), ``lon``,
        ``lat`` (the point, or the middle of a stretch), geometry.
    """
    shapes = np.array([each.shape for each in findings], dtype=object)
    places = shapes.copy()
    lines = shapely.get_type_id(shapes) == LINE
    places[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    numbers = ("chainage_m", "length_m", "greatest_m", "mean_m", "area_m2")
    columns: dict[str, object] = {
        "kind": pd.Series([each.fault.value for each in findings], dtype=object),
        "line": pd.Series([each.line for each in findings], dtype=object),
        "message": pd.Series([each.message for each in findings], dtype=object),
        "refs": pd.Series([each.refs for each in findings], dtype=object),
        **{name: [float(getattr(each, name)) for each in findings] for name in numbers},
        "lon": shapely.get_x(places),
        "lat": shapely.get_y(places),
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")
