"""Named specimens shared by the tests, longitude before latitude in EPSG:4490; all invented."""

from shapely.geometry import MultiPolygon, Point, Polygon, box

SQUARE = box(114.00, 32.95, 114.02, 32.97)
EMPTY = Polygon()
HOLE = Polygon(
    [(114.10, 32.90), (114.20, 32.90), (114.20, 33.00), (114.10, 33.00)],
    [[(114.13, 32.93), (114.13, 32.97), (114.17, 32.97), (114.17, 32.93)]],
)
MULTIPART = MultiPolygon([box(114.30, 32.90, 114.32, 32.92), box(114.40, 32.90, 114.42, 32.92)])
SLIVER = Polygon([(114.50, 32.9), (114.60, 32.9), (114.60, 32.900001)])
BOW_TIE = Polygon([(114.70, 32.9), (114.72, 32.92), (114.72, 32.9), (114.70, 32.92)])

ZONE_EDGE_LON = 112.5
WEST_OF_EDGE = Point(112.499893, 33.0)
EAST_OF_EDGE = Point(112.500107, 33.0)
"""20 m apart, in two zones."""
SPANS_TWO_ZONES = box(112.45, 32.95, 112.55, 33.05)

ALL_AREAS = {
    "square": SQUARE,
    "empty": EMPTY,
    "hole": HOLE,
    "multipart": MULTIPART,
    "sliver": SLIVER,
    "bow-tie": BOW_TIE,
    "spans two zones": SPANS_TWO_ZONES,
}
