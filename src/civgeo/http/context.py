"""What every request works with: the city, the settings, the language."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Annotated

from fastapi import Depends, Query, Request

from civgeo.assets.translation import set_language
from civgeo.formats.confinement import Limits
from civgeo.services.city import City
from civgeo.store.store import Store

__all__ = ["BEIJING", "CityNow", "Desk", "Language", "UploadLimits"]
__all__ += ["desk_of", "is_simulated", "speak"]

BEIJING = timezone(timedelta(hours=8), "CST")
"""Official time of China; days of the law are days there."""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much an upload may hold, and how much of one a request waits for.

    Parameters
    ----------
    upload_bytes
        Longer files are refused.
    attachment_bytes
        Longer attachments are refused.
    background_bytes, background_rows
        Longer files are pre-checked, and more rows are written, by a worker and not in the
        request.
    """

    upload_bytes: int
    attachment_bytes: int
    background_bytes: int
    background_rows: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What the application keeps for all requests.

    Parameters
    ----------
    store
        Store of the city.
    language
        ``zh`` or ``en``, where a request does not ask for one.
    largest_page
        At most so many features a page.
    public_number
        审图号 of the maps; empty for maps of internal use.
    limits
        Of uploads.
    reading
        Limits of the process that reads an uploaded file.
    marker_tolerance_m
        Displacement up to which a marker has not moved, where the plan of the round sets none.
    write_token
        Token without which nobody may write over HTTP; empty when nobody may at all.
    """

    store: Store
    language: str
    largest_page: int
    public_number: str
    limits: UploadLimits
    reading: Limits
    marker_tolerance_m: float = 1.0
    write_token: str = field(default="", repr=False)

    def city(self) -> City:
        """The city, today."""
        return City(self.store, datetime.now(BEIJING).date(), self.reading)


def _city(request: Request) -> City:
    return desk_of(request).city()


def desk_of(request: Request) -> Desk:
    """What the application that serves `request` keeps."""
    desk: Desk = request.app.state.desk
    return desk


def is_simulated(city: City) -> bool:
    """Whether the store of `city` may hold simulated data."""
    with city.store.read() as reading:
        return reading.register().simulated


CityNow = Annotated[City, Depends(_city)]
Language = Annotated[
    str | None, Query(alias="lang", pattern="^(zh|en)$", description="页面语言：zh 或 en")
]


def speak(request: Request) -> str:
    """Language of the page, from ``lang`` or the settings; in force from here on."""
    asked = request.query_params.get("lang")
    name = asked if asked in ("zh", "en") else desk_of(request).language
    set_language(name)
    return name
