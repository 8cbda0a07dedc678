"""Facilities that seem to be registered twice (行政村 and 村委会, 社区 and 居委会 of one place)."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

__all__ = ["double_registrations"]

NEAR_M = 500.0
_COMMITTEE_WORDS = "社区居民委员会|居民委员会|居委会|社区|村民委员会|村委会|行政村|村"


def double_registrations(facilities: gpd.GeoDataFrame, metric_crs: str | None) -> pd.DataFrame:
    """Pairs of facilities that are probably one: same township, kind and name stem, within 500 m.

    The name stem is the name without spaces and without the words for committee, community and
    village, so that 幸福社区日间照料中心 and 幸福居委会日间照料中心 agree. Facilities built for
    two different estates are two. Only an officer can settle a pair; until then a measure counts
    the smaller floor area of the two, once.

    Parameters
    ----------
    facilities
        Index id; columns name, kind, division, estate, floor_area_m2; points in EPSG:4490, null
        allowed (the distance is not checked then).
    metric_crs
        Projected CRS of the city, such as ``"EPSG:4547"``, in which distances are measured; None
        where the city has no outline (no distance is checked then).

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
    nowhere = np.full(len(repeated), None, dtype=object)
    points = repeated.geometry.to_crs(metric_crs).to_numpy() if metric_crs else nowhere
    estates = repeated["estate"].astype(object).where(repeated["estate"].notna(), None).tolist()
    order = np.argsort(repeated["floor_area_m2"].fillna(np.inf).to_numpy(), kind="stable")
    pairs = _pairs(order, keys.loc[repeated.index].tolist(), points, estates)
    kept, left_out, distances = zip(*pairs, strict=True) if pairs else ((), (), ())
    names, ids = repeated["name"].to_numpy(object), repeated.index.to_numpy(object)
    found = {
        "kept": ids[list(kept)],
        "left_out": ids[list(left_out)],
        "name": names[list(kept)],
        "other_name": names[list(left_out)],
        "distance_m": np.array(distances, dtype=float),
    }
    return pd.DataFrame(found, columns=columns)


def _pairs(
    order: npt.NDArray[np.intp],
    keys: Sequence[str],
    points: npt.NDArray[np.object_],
    estates: Sequence[str | None],
) -> list[tuple[int, int, float]]:
    """Places (kept, left out) and their distance: each is left out for the first one near it."""
    kept: dict[str, list[int]] = {}
    pairs = []
    for place in order.tolist():
        counted = kept.setdefault(keys[place], [])
        away = [float(shapely.distance(points[other], points[place])) for other in counted]
        near = next(
            (
                number
                for number, other in enumerate(counted)
                if not away[number] > NEAR_M
                and (None in (estates[other], estates[place]) or estates[other] == estates[place])
            ),
            None,
        )
        if near is None:
            counted.append(place)
        else:
            pairs.append((counted[near], place, away[near]))
    return pairs
