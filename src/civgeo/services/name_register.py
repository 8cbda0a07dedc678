"""The register of a city's names under the rules: its audit, and texts held against it."""

from dataclasses import replace
from datetime import date

import orjson

from civgeo.domain.name_forms import NameStatus, OtherNameKind
from civgeo.domain.naming_check import Guide
from civgeo.domain.place_kind import PlaceKind
from civgeo.services.city import City
from civgeo.services.name_texts import TextName, TextNames
from civgeo.services.naming_audit import Audit, audit_names
from civgeo.services.own_material import own_guide
from civgeo.store.tables import Collection

__all__ = ["register_audit", "register_text_names", "register_texts"]


def register_audit(
    city: City, *, on: date | None = None, division: str | None = None, guide: Guide | None = None
) -> Audit:
    """All names of the register that exist today, held against the rules in force on a day.

    Parameters
    ----------
    city
        The city.
    on
        Day of the rules; the city's today by default.
    division
        Only names in this division; duplicates outside it are not looked for then.
    guide
        Rules and lists; by default those in force for the store, the bureau's own among them.
    """
    guide = guide or own_guide(city.store.file.parent)
    with city.store.read() as reading:
        frame = reading.features(Collection.PLACE_NAMES, division=division)
        areas = reading.features(Collection.DIVISIONS)
    found = audit_names(frame.drop(columns="geometry"), on=on or city.today, guide=guide)
    names = dict(zip(areas["code"].tolist(), areas["name"].tolist(), strict=True))
    return replace(found, areas=names)


def register_texts(city: City) -> TextNames:
    """The standard names of the register with their other names, to look for in texts."""
    return TextNames(register_text_names(city), own_guide(city.store.file.parent).lists)


def register_text_names(city: City) -> list[TextName]:
    """The standard names of the register with their other names."""
    with city.store.read() as reading:
        frame = reading.features(
            Collection.PLACE_NAMES, where={"status": NameStatus.STANDARD.value}
        )
    columns = (frame[name].tolist() for name in ("name", "kind", "other_names"))
    return [
        TextName(name, PlaceKind(kind), _others(others))
        for name, kind, others in zip(*columns, strict=True)
    ]


def _others(text: object) -> tuple[tuple[str, OtherNameKind], ...]:
    listed = orjson.loads(text) if isinstance(text, str) else []
    return tuple((str(item["name"]), OtherNameKind(item["kind"])) for item in listed)
