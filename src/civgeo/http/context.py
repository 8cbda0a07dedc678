"""What every request works with: the city, the settings, the language."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Annotated

from fastapi import Depends, Query, Request

from civgeo.assets.translation import set_language
from civgeo.services.city import City
from civgeo.settings import Settings
from civgeo.store.store import Store

__all__ = ["BEIJING", "CityNow", "Desk", "Language", "is_simulated", "settings_of", "speak"]

BEIJING = timezone(timedelta(hours=8), "CST")
"""Official time of China; days of the law are days there."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the application keeps for all requests.

    Parameters
    ----------
    store
        Store of the city.
    settings
        Settings in force.
    """

    store: Store
    settings: Settings

    def city(self) -> City:
        """The city, today."""
        return City(self.store, today=datetime.now(BEIJING).date())


def _city(request: Request) -> City:
    desk: Desk = request.app.state.desk
    return desk.city()


def settings_of(request: Request) -> Settings:
    """Settings of the application that serves `request`."""
    desk: Desk = request.app.state.desk
    return desk.settings


def is_simulated(city: City) -> bool:
    """Whether the store of `city` may hold simulated data."""
    with city.store.read() as reading:
        return reading.register().simulated


CityNow = Annotated[City, Depends(_city)]
Language = Annotated[
    str | None, Query(alias="lang", pattern="^(zh|en)$", description="页面语言:zh 或 en")
]


def speak(request: Request) -> str:
    """Language of the page, from ``lang`` or the settings; in force from here on."""
    asked = request.query_params.get("lang")
    name = asked if asked in ("zh", "en") else settings_of(request).lang
    set_language(name)
    return name
