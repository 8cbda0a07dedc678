"""Facilities that seem to be registered twice (行政村 and 村委会, 社区 and 居委会 of one place)."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["double_registrations"]

NEAR_M = 500.0
_COMMITTEE_WORDS = "社区居民委员会|居民委员会|居委会|社区|村民委员会|村委会|行政村|村"


def double_registrations(facilities: gpd.GeoDataFrame, metric_crs: str) -> pd.DataFrame:
    """Pairs of facilities that are probably one: same township, kind and name stem, within 500 m.

    The name stem is the name without spaces and without the words for committee, community and
    village, so that 幸福社区日间照料中心 and 幸福居委会日间照料中心 agree. Only an officer can
    settle it; until then a measure counts the smaller floor area of the two, once.

    Parameters
    ----------
    facilities
        Index id; columns name, kind, division, floor_area_m2; points in EPSG:4490, null allowed
        (the distance is not checked then).
    metric_crs
        Projected CRS of the city, such as ``"EPSG:4547"``, in which distances are measured.

    Returns
    -------
    DataFrame
        Columns kept, left_out (ids), name, other_name, distance_m (NaN when unknown); one row for
        each facility that is not counted.
    """
    columns = ["kept", "left_out", "name", "other_name", "distance_m"]
    stems = (
        facilities["name"].str.normalize("NFKC").str.replace(r"\s+", "", regex=True)
    ).str.replace(_COMMITTEE_WORDS, "", regex=True)
    keys = facilities["division"].str[:9] + "|" + facilities["kind"].astype(str) + "|" + stems
    repeated = facilities[keys.duplicated(keep=False).to_numpy()]
    if repeated.empty:
        return pd.DataFrame(columns=columns)
    points = repeated.geometry.to_crs(metric_crs)
    area = repeated["floor_area_m2"].fillna(np.inf)
    order = area.sort_values(kind="stable").index
    first = keys.loc[order].drop_duplicates()
    kept = pd.Series(first.index, index=first.to_numpy())
    pairs = pd.DataFrame({"left_out": order, "kept": kept.loc[keys.loc[order]].to_numpy()})
    pairs = pairs[pairs["left_out"] != pairs["kept"]].reset_index(drop=True)
    pairs["name"] = facilities["name"].loc[pairs["kept"]].to_numpy()
    pairs["other_name"] = facilities["name"].loc[pairs["left_out"]].to_numpy()
    place = points.to_numpy()
    one, other = (
        place[points.index.get_indexer(pd.Index(pairs[side]))] for side in ("kept", "left_out")
    )
    pairs["distance_m"] = shapely.distance(one, other)
    near = ~(pairs["distance_m"] > NEAR_M)
    return pairs.loc[near, columns].reset_index(drop=True)
