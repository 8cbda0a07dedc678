"""Use case: the list of burial places that break a rule, with rule, layer and evidence."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from civgeo.domain.cemetery_findings import SQUARE_METRES_PER_MU
from civgeo.domain.cemetery_forms import BurialPlaceKind, BurialPlaceLevel, BurialPlaceStatus
from civgeo.domain.cemetery_inspection_list import inspect_place
from civgeo.domain.cemetery_inspection_terms import BurialPlace, Ground, Inspected
from civgeo.domain.cemetery_rules import Operation
from civgeo.domain.division import DivisionCode
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.formats.cemetery_inspection import inspection_bases
from civgeo.geo.crs import city_zone
from civgeo.geo.ground import areas_m2
from civgeo.geo.mending import mended
from civgeo.services.cemetery_ground import grounds_of
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.city import City
from civgeo.services.site_layers import SiteLayer, chosen_layers
from civgeo.store.reading import Register
from civgeo.store.tables import Collection

__all__ = ["InspectionAnswer", "InspectionQuestion", "inspect_cemeteries"]

Progress = Callable[[str, int, int], None]
MU_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class InspectionQuestion:
    """What is asked.

    Parameters
    ----------
    division
        Only burial places there; empty for the whole city.
    on
        Day whose registers, rules and layers count; by default today.
    layers
        Digests of the layers; none for those of `chosen_layers`.
    edition
        An earlier edition of the rules, as `rules_in_force` takes it; empty for that in force.
    """

    division: str = ""
    on: date | None = None
    layers: tuple[str, ...] = ()
    edition: str = ""


@dataclass(frozen=True, slots=True)
class InspectionAnswer:
    """The list.

    Parameters
    ----------
    question, register, on, data_version
        What was asked, of what city, for what day, and the version of its registers.
    edition
        Edition of the rules.
    places
        All burial places, the worst first: those that break more of the law, then of what the
        register shows, then of the plan; then by name.
    names
        Names of the divisions by code.
    layers
        Layers that were used.
    drawn
        Ids of the places whose area was taken from their outline.
    points
        Ids of the places that are points on the map, so that distances run from there.
    simulated
        Whether any of it is simulated.
    """

    question: InspectionQuestion
    register: Register
    on: date
    data_version: int
    edition: str
    places: tuple[Inspected, ...]
    names: Mapping[str, str]
    layers: tuple[SiteLayerMeta, ...]
    drawn: frozenset[str]
    points: frozenset[str]
    simulated: bool

    @property
    def broken(self) -> tuple[Inspected, ...]:
        """Places with any finding."""
        return tuple(each for each in self.places if each.findings)


def inspect_cemeteries(
    city: City,
    question: InspectionQuestion | None = None,
    *,
    progress: Progress = lambda label, done, total: None,
) -> InspectionAnswer:
    """Hold every registered burial place against rules, registered approval, and layers.

    Parameters
    ----------
    city
        The city.
    question
        What is asked; by default the whole city today.
    progress
        Called with a step, how much of it is done, and how much there is.

    Raises
    ------
    NotFound
        For an unknown layer or edition.
    InvalidInput
        For a division that is no code.
    CrsError
        When the city has neither outlines nor burial places on the map.
    StoreUnavailable
        When a layer is damaged.
    OwnFileBroken
        When the bureau's rules cannot be read.
    """
    question = question or InspectionQuestion()
    inside = DivisionCode.parse(question.division).text if question.division else None
    on = question.on or city.today
    with city.store.read() as reading:
        day = None if on == reading.today else on
        rows = reading.features(Collection.CEMETERIES, division=inside, valid_on=day)
        divisions = reading.features(Collection.DIVISIONS)
        register, version = reading.register(), reading.data_version()
    layers = chosen_layers(city, question.layers, on)
    progress("量算", 0, 1)
    grounds, areas = _measured(rows, divisions, layers)
    progress("量算", 1, 1)
    book = rules_in_force(city.store.file.parent, question.edition or None)
    bases = inspection_bases()
    found = []
    for number, place in enumerate(_places(rows, areas), start=1):
        found.append(inspect_place(place, grounds.get(place.id), book, bases, on))
        progress("核对", number, len(rows))
    simulated = any(layer.meta.simulated for layer in layers) or bool(rows["simulated"].any())
    return InspectionAnswer(
        *(question, register, on, version, book.edition),
        places=tuple(sorted(found, key=_worst_first)),
        names=dict(zip(divisions["code"], divisions["name"], strict=True)),
        layers=tuple(layer.meta for layer in layers),
        drawn=frozenset(areas) & frozenset(rows.index[rows["area_mu"].isna()]),
        points=frozenset(grounds) - frozenset(areas),
        simulated=simulated,
    )


def _worst_first(one: Inspected) -> tuple[int, int, int, str, str]:
    law, register, plan = one.gravity
    return -law, -register, -plan, one.place.name, one.place.id


def _measured(
    rows: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame, layers: tuple[SiteLayer, ...]
) -> tuple[Mapping[str, Ground], Mapping[str, Decimal]]:
    """Ground of the places on the map, and the areas of those drawn as areas, mu; by id."""
    drawn = rows[rows.geometry.notna()]
    if drawn.empty:
        return {}, {}
    own = divisions[(divisions["role"] == "own") & divisions.geometry.notna()]
    zone = city_zone(own if len(own) else drawn)
    good = mended(drawn.geometry.to_numpy(), zone).shapes
    usable = ~shapely.is_missing(good)
    places = gpd.GeoDataFrame(geometry=good[usable], index=drawn.index[usable], crs=4490)
    grounds = grounds_of(places, layers, zone)
    return dict(zip(places.index, grounds, strict=True)), _areas(places)


def _areas(places: gpd.GeoDataFrame) -> Mapping[str, Decimal]:
    areal = places[shapely.get_dimensions(places.geometry.to_numpy()) == 2]
    shapes = np.asarray(areal.geometry.to_numpy(), dtype=object)
    mu = areas_m2(shapes) / float(SQUARE_METRES_PER_MU)
    sizes = [Decimal(float(area)).quantize(MU_PLACES) for area in mu]
    return dict(zip(areal.index, sizes, strict=True))


def _places(rows: gpd.GeoDataFrame, drawn_mu: Mapping[str, Decimal]) -> Iterator[BurialPlace]:
    """Burial places as they are registered; without a registered area, that of the outline."""
    table = pd.DataFrame(rows.drop(columns=rows.geometry.name)).astype(object)
    known = table.where(table.notna(), None).to_dict("index")
    for id, row in known.items():
        area_mu = _number(row["area_mu"])
        yield BurialPlace(
            id=str(id),
            name=str(row["name"]),
            kind=BurialPlaceKind(row["kind"]),
            operation=Operation(row["operation"]),
            division=DivisionCode.parse(str(row["division"])),
            status=BurialPlaceStatus(row["status"]),
            level=BurialPlaceLevel(row["level"]) if row["level"] else None,
            area_mu=drawn_mu.get(str(id)) if area_mu is None else area_mu,
            approval=row["approval"],
            approved_mu=_number(row["approved_mu"]),
            capacity=row["capacity"],
            used=row["used"],
            plot_single_m2=_number(row["plot_single_m2"]),
            plot_joint_m2=_number(row["plot_joint_m2"]),
            graves_over_limit=row["graves_over_limit"],
            graves_counted=row["graves_counted"],
        )


def _number(value: float | None) -> Decimal | None:
    """A number as it was written: the shortest decimal that is this double."""
    return None if value is None else Decimal(repr(float(value)))
