"""Whether the features of a layer lie where the registered places of their names do."""

import geopandas as gpd
import pandas as pd

from civgeo.errors import ImportRejected
from civgeo.geo.crs import FROM_SHIFTED
from civgeo.geo.known_points import known_placement
from civgeo.geo.placement import Placement, Verdict
from civgeo.services.import_check import SHIFT_REFUSED_M
from civgeo.services.import_plan import identity_keys
from civgeo.services.import_present import Directory
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection

__all__ = ["judged", "shifted_names"]

MOST_NAMES = 5_000


def shifted_names(reading: Reading, features: gpd.GeoDataFrame, asked: str | None) -> list[str]:
    """A note on features that lie a little off the registered places of their names.

    Parameters
    ----------
    reading
        The store.
    features
        EPSG:4490, ``name``.
    asked
        System that the officer named.

    Raises
    ------
    ImportRejected
        When they lie farther off, or just as another datum would put them.
    """
    named = features[features["name"] != ""]
    names = pd.DataFrame({"name": sorted(set(named["name"]))[:MOST_NAMES]}, dtype=object)
    if names.empty:
        return []
    keys = identity_keys(names, ("name",))
    known = Directory(reading, Collection.PLACE_NAMES, ("name",)).like(keys, ())
    known = known[known.geometry.notna() & ~known["name"].duplicated(keep=False)]
    known = known[known["name"].isin(names["name"])]
    if known.empty:
        return []
    own = named[named["name"].isin(known["name"])].dissolve(by="name")
    fitting = known.set_index("name").loc[own.index]
    return judged(known_placement(own[["geometry"]], fitting[["geometry"]]), asked)


def judged(placed: Placement, asked: str | None) -> list[str]:
    """A note on a layer that lies a little off; raises as `shifted_names` where it is far off."""
    if placed.verdict not in (Verdict.SHIFTED, Verdict.DISPLACED):
        return []
    far = (placed.distance_m or 0.0) >= SHIFT_REFUSED_M
    if far or placed.guess is not None:
        given = f"（按 {asked} 换算之后）" if asked in FROM_SHIFTED else ""
        raise ImportRejected(f"{placed.reason}{given}", code=placed.verdict.value)
    return [placed.reason]
