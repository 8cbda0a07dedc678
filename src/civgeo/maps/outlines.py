"""Outlines that maps of other things stand on."""

from collections.abc import Sequence

from civgeo.maps.layers import Area, Story
from civgeo.maps.rows import DivisionRow
from civgeo.maps.shapes import label_point, polygons_of, shape_of, shown_counties, whole_city
from civgeo.maps.theme import LAND, NEIGHBOUR

__all__ = ["base_areas", "city_outline"]


def base_areas(divisions: Sequence[DivisionRow]) -> list[Area]:
    """Counties in plain colours with their names, and the city's outline above them.

    Raises
    ------
    InvalidInput
        When no county of the city has an outline.
    """
    areas = []
    for row in shown_counties(divisions):
        x, y = label_point(shape_of(row))
        areas.append(
            Area(
                story=Story(row.name, tip=row.code),
                polygons=polygons_of(shape_of(row)),
                label_at=(y, x),
                colour=LAND if row.own else NEIGHBOUR,
                context=not row.own,
            )
        )
    return [*areas, *(city_outline(row) for row in whole_city(divisions))]


def city_outline(row: DivisionRow) -> Area:
    """Outline of the city without fill or label."""
    return Area(Story(row.name), polygons_of(shape_of(row)), None, "", outline_only=True)
