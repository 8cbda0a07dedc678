"""The specimen line with 24 markers, a tri-junction and a contested stretch, for strip maps."""

import numpy as np
import shapely

from civgeo.geo.boundary_line import route_of
from civgeo.maps.strip_map import StripContent, StripMarker, StripPlace
from field_specimens import wound_line


def strip_content() -> StripContent:
    """Content of the sheets; markers 11 and 12 are one double marker."""
    route = route_of(wound_line())
    chainages = np.linspace(800.0, route.length_m - 500.0, 24)
    numbers = [f"2223{serial:03d}Q" for serial in range(1, 25)]
    numbers[10:12] = ["2223011A", "2223011B"]
    chainages[11] = chainages[10]
    places = route.at(chainages).tolist()
    west, south, east, north = route.line.bounds
    middle = (west + east) / 2
    return StripContent(
        "坪岭线",
        "2223",
        route,
        tuple(
            StripMarker(number, (lon, lat), float(chainage), "单立", "完好")
            for number, chainage, (lon, lat) in zip(numbers, chainages, places, strict=True)
        ),
        (StripPlace("南中西", shapely.Point(route.start)),),
        (StripPlace("示例", route.between(9_000.0, 11_000.0)),),
        (
            StripPlace("南坪县", shapely.box(west - 0.3, south - 0.3, middle, north + 0.3)),
            StripPlace("西岭县", shapely.box(middle, south - 0.3, east + 0.3, north + 0.3)),
        ),
    )
