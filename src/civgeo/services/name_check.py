"""The check of a name against the register of a city."""

from collections.abc import Mapping
from datetime import date

from civgeo.domain.division import DivisionCode
from civgeo.domain.naming_check import Guide, NameCheck
from civgeo.domain.naming_place import Areas
from civgeo.domain.naming_words import Links
from civgeo.domain.place_kind import PlaceKind
from civgeo.services.city import City
from civgeo.services.name_neighbours import IndexedNeighbours
from civgeo.services.name_search import ask
from civgeo.services.naming import Proposal, check_among
from civgeo.services.own_material import own_guide
from civgeo.store.editing import ChangedValue
from civgeo.store.name_index_lookup import NameLookup, Scope

__all__ = ["check_in_register", "proposal_of"]


def check_in_register(
    city: City,
    values: Mapping[str, ChangedValue],
    *,
    on: date,
    apart_from: str | None = None,
    links: Links | None = None,
    guide: Guide | None = None,
) -> NameCheck:
    """Findings of a name against the entries of the register that stand today.

    Parameters
    ----------
    city
        The city.
    values
        Properties of the entry to be: name, kind, division, builtup_area, famous, reading.
    on
        Day whose rules hold.
    apart_from
        Id of an entry that is left out: the one that is renamed.
    links
        The officer's word on persons and enterprises.
    guide
        Rules and lists; by default those in force for the store, the bureau's own among them.

    Raises
    ------
    OwnFileBroken
        When a list or rule of the bureau cannot be used.
    """
    guide = guide or own_guide(city.store.file.parent)
    proposal, scope = proposal_of(values), Scope(day=city.today)

    def question(names: NameLookup) -> NameCheck:
        neighbours = IndexedNeighbours(names, scope, apart_from)
        return check_among(proposal, neighbours, on=on, links=links, guide=guide)

    return ask(city, question)


def proposal_of(values: Mapping[str, ChangedValue], ref: int | str = 0) -> Proposal:
    """An entry's properties as the rules read them."""
    builtup, reading = values.get("builtup_area"), values.get("reading")
    return Proposal(
        name=str(values["name"]),
        kind=PlaceKind(str(values["kind"])),
        areas=Areas.of_division(
            DivisionCode.parse(str(values["division"])),
            builtup if isinstance(builtup, str) else None,
        ),
        famous=bool(values.get("famous")),
        reading=reading if isinstance(reading, str) else None,
        ref=ref,
    )
