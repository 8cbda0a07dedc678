"""The map of siting among all maps of a store: township cemeteries in the whole city."""

from collections.abc import Iterator

from civgeo.maps.static import PictureFormat
from civgeo.services.city import City
from civgeo.services.siting_asked import default_siting, siting_answer
from civgeo.services.siting_maps import siting_chart, siting_drawing
from civgeo.services.siting_views import siting_spreadsheet

__all__ = ["SITING_SLUG", "siting_files", "siting_names"]

SITING_SLUG = "cemetery-siting"


def siting_names(city: City) -> list[str]:
    """Names of the files; none without constraint layers or a smallest area in force."""
    if default_siting(city) is None:
        return []
    return [f"{SITING_SLUG}.{ending}" for ending in ("html", *PictureFormat, "xlsx")]


def siting_files(city: City, *, public_number: str = "") -> Iterator[tuple[str, bytes]]:
    """Name and content of the page, the pictures and the workbook of the default question."""
    asked = default_siting(city)
    if asked is None:
        return
    answer = siting_answer(city, asked)
    chart = siting_chart(city, answer, public_number=public_number)
    yield f"{SITING_SLUG}.html", chart.to_single_file().encode()
    for form in PictureFormat:
        picture = siting_drawing(city, answer, form, public_number=public_number)
        yield f"{SITING_SLUG}.{form}", picture
    yield f"{SITING_SLUG}.xlsx", siting_spreadsheet(answer)
