"""Use case: what a city has for its dead, at a glance: targets, demand, layers, texts to enter."""

from dataclasses import dataclass

from civgeo.domain.cemetery_rules import CemeteryRule, CemeteryRuleBook
from civgeo.domain.division import DivisionCode
from civgeo.domain.indicator_catalogue import Chapter
from civgeo.domain.site_layer import SiteLayerMeta
from civgeo.services.cemetery_answers import listed_rules
from civgeo.services.cemetery_rules import rules_in_force
from civgeo.services.cemetery_store_answers import StoreAsked, store_answer, store_terms
from civgeo.services.cemetery_store_demand import StoreDemand, demand_of_store
from civgeo.services.city import City
from civgeo.services.indicator_results import IndicatorResult
from civgeo.services.indicators import evaluate_indicators
from civgeo.services.site_layers import default_layers
from civgeo.store.reading import Register
from civgeo.store.tables import Collection

__all__ = ["CemeteryOverview", "cemetery_overview", "overview_answer"]


@dataclass(frozen=True, slots=True, eq=False)
class CemeteryOverview:
    """What there is.

    Parameters
    ----------
    register, counties
        The city, and its counties by code.
    targets
        Indicators of the plan on funerals.
    sites, population
        Number of burial places and of rows of people in the registers.
    demand, asked
        What townships need, and under which terms; None where no share of the dead was given.
    layers
        Constraint layers that a siting uses unasked.
    waiting
        Texts in force that the bureau has to enter.
    book
        Rules.
    """

    register: Register
    counties: dict[str, str]
    targets: tuple[IndicatorResult, ...]
    sites: int
    population: int
    demand: StoreDemand | None
    asked: StoreAsked | None
    layers: tuple[SiteLayerMeta, ...]
    waiting: tuple[CemeteryRule, ...]
    book: CemeteryRuleBook

    @property
    def simulated(self) -> bool:
        """Whether the city or a layer is simulated."""
        return self.register.simulated or any(layer.simulated for layer in self.layers)


def cemetery_overview(city: City, *, share: str = "", years: int = 20) -> CemeteryOverview:
    """What a city has for its dead.

    Parameters
    ----------
    share
        Share of the dead buried here, 0 to 1, for the demand; empty for no demand.
    years
        Years of the demand.

    Raises
    ------
    InvalidInput
        For a share or a number of years that is none.
    """
    with city.store.read() as reading:
        register = reading.register()
        divisions = reading.features(Collection.DIVISIONS, where={"role": "own"})
        sites = reading.count(Collection.CEMETERIES)
        population = reading.count(Collection.POPULATION)
    counties = divisions[divisions["level"] == "county"]
    book = rules_in_force(city.store.file.parent)
    asked = store_terms({"share": share}, book, years=years) if share else None
    evaluated = evaluate_indicators(city).results
    funeral = [each for each in evaluated if each.definition.chapter is Chapter.FUNERAL]
    waiting = listed_rules(
        book, division=DivisionCode.parse(register.city), on=city.today, missing=True
    )
    return CemeteryOverview(
        register=register,
        counties=dict(zip(counties["code"].tolist(), counties["name"].tolist(), strict=True)),
        targets=tuple(funeral),
        sites=sites,
        population=population,
        demand=None if asked is None else demand_of_store(city, asked.terms),
        asked=asked,
        layers=default_layers(city),
        waiting=tuple(waiting),
        book=book,
    )


def overview_answer(found: CemeteryOverview) -> dict[str, object]:
    """The same as JSON."""
    demand = None
    if found.demand is not None and found.asked is not None:
        demand = store_answer(found.demand, found.asked)
    return {
        "place": found.register.name,
        "simulated": found.simulated,
        "edition": found.book.edition,
        "burial_places": found.sites,
        "population_rows": found.population,
        "targets": [_target(each) for each in found.targets],
        "demand": demand,
        "layers": [
            {
                "digest": layer.digest,
                "title": layer.title,
                "covers": [feature.value for feature in layer.covers],
                "layer_date": layer.layer_date.isoformat(),
                "simulated": layer.simulated,
            }
            for layer in found.layers
        ],
        "waiting_texts": [rule.id for rule in found.waiting],
    }


def _target(result: IndicatorResult) -> dict[str, object]:
    item = result.definition
    return {
        "id": item.id,
        "name": item.name,
        "target": None if item.target is None else str(item.target),
        "value": None if result.value is None else str(result.value),
        "unit": item.unit,
        "year": item.year,
        "standing": result.standing.value,
    }
