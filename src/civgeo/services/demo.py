"""A demonstration city: real divisions and outlines (or fictional ones), simulated content."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np

from civgeo.analysis.fictional_city import FICTIONAL_CITY, FICTIONAL_NAME, fictional_divisions
from civgeo.analysis.simulated_city import CityPlan, simulate_estates
from civgeo.analysis.simulated_facilities import simulate_facilities
from civgeo.analysis.simulated_network import SimulatedNetwork
from civgeo.domain.boundary_forms import BoundaryLevel
from civgeo.domain.division import DivisionCode
from civgeo.domain.estate import EstateClass
from civgeo.domain.standard import (
    TOPIC_CLASS_FROM,
    TOPIC_FLOOR_AREA,
    Standard,
    StandardBook,
    first_day,
)
from civgeo.errors import InvalidInput
from civgeo.formats.outlines import OutlineSource
from civgeo.formats.reference import seats, standards
from civgeo.services.city import City
from civgeo.services.demo_boundaries import demo_boundaries
from civgeo.services.demo_cemeteries import cemetery_registers, demo_towns
from civgeo.services.demo_ground import DemoGround, demo_ground, elevation_missing, write_elevation
from civgeo.services.demo_layers import layers_missing, write_demo_layers
from civgeo.services.demo_names import GEONAMES, demo_registers
from civgeo.services.demo_planning import planning_registers
from civgeo.services.demo_population import population_register
from civgeo.services.demo_streets import (
    barrier_registers,
    demo_network,
    demo_streets_missing,
    write_demo_streets,
)
from civgeo.services.founding import (
    Progress,
    county_units,
    division_sources,
    real_divisions,
    require_no_store,
    write_store,
)
from civgeo.store.reading import Register
from civgeo.store.store import Store
from civgeo.store.tables import Collection

__all__ = [
    "DEMO_ESTATES",
    "Inventory",
    "build_demo_city",
    "complete_demo_city",
    "inventory",
    "lines_by_level",
]

DEMO_ESTATES = 3_200
SEED = 20260101
# What the drawing aims at where no standard is at hand; a feature of the simulation, not a rule.
AIMED_M2 = 25.0


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a store holds: counts by collection, the register, and kinds of facility."""

    register: Register
    counts: dict[str, int]
    counties: int


def inventory(city: City) -> Inventory:
    """What the store of `city` holds."""
    with city.store.read() as reading:
        counts = {item.value: reading.count(item) for item in Collection}
        own = {"role": "own", "level": "county"}
        return Inventory(reading.register(), counts, reading.count(Collection.DIVISIONS, where=own))


def lines_by_level(city: City) -> dict[str, int]:
    """How many boundary lines of each level the store of `city` holds, by the level's word."""
    with city.store.read() as reading:
        return {
            level.value: reading.count(Collection.BOUNDARY_LINES, where={"level": level.value})
            for level in BoundaryLevel
        }


def build_demo_city(
    directory: Path,
    code: str,
    *,
    today: datetime,
    progress: Progress,
    source: OutlineSource = OutlineSource.TIANDITU,
    estates: int = DEMO_ESTATES,
) -> Store:
    """Make the store of a demonstration city in `directory` and return it.

    Parameters
    ----------
    directory
        Folder of the store; made where it is missing. The store appears when it is complete.
    code
        A prefecture, a county-level city, or ``990100`` for the wholly fictional city.
    today
        Time of making, with its zone; its year bounds the years of completion.
    progress
        Called with (step, done, in all).
    source
        Whose outlines.
    estates
        How many estates to simulate.

    Raises
    ------
    DataPackageMissing
        When real outlines are asked for and ``civgeo[data-cn]`` is not installed.
    NotFound, InvalidInput
        As `city_outlines`.
    StoreUnavailable
        When there is a store already, or the folder cannot be written.
    """
    require_no_store(directory)
    progress("区划与轮廓", 0, 1)
    fictional = DivisionCode.parse(code).text == FICTIONAL_CITY
    divisions = fictional_divisions() if fictional else real_divisions(code, source)
    book = _fictional_standards() if fictional else standards()
    progress("区划与轮廓", 1, 1)
    communities, drawn, sites = _simulate(divisions, book, today, estates, progress)
    units = county_units(divisions)
    seated = _seats_of(units)
    network = _streets(units, drawn, progress)
    ground = _ground(units, drawn, network, progress)
    buried = _burials(code, divisions, drawn, ground, progress)
    rng = np.random.default_rng(SEED + 3)
    planned = planning_registers(code, units, drawn, seated, rng, today.date())
    progress("地名", 0, 1)
    named = np.random.default_rng(SEED)
    names = demo_registers(divisions, drawn, network.streets, seated, named, today)
    progress("地名", 1, 1)
    progress("界线与界桩", 0, 1)
    lines = demo_boundaries(divisions, code, np.random.default_rng(SEED + 1), today.date())
    progress("界线与界桩", 1, 1)
    register = _register(divisions, code, book, today, source, fictional=fictional)
    frames = [
        (Collection.DIVISIONS, divisions),
        (Collection.DIVISIONS, communities),
        (Collection.ESTATES, drawn),
        (Collection.FACILITIES, sites),
        *names.items(),
        *lines,
        *barrier_registers(network, rng).items(),
        *planned.items(),
        *buried.items(),
    ]
    with ExitStack() as unless_kept:
        store = unless_kept.enter_context(write_store(directory, register, book, progress, frames))
        city = City(store, today.date())
        _write_streets(city, directory, network, progress)
        _write_ground(city, directory, ground, progress)
        unless_kept.pop_all()
    return store


def complete_demo_city(city: City, directory: Path, *, progress: Progress) -> None:
    """Make the walk network, the elevation model and the layers of siting where they are missing.

    Parameters
    ----------
    city
        As `build_demo_city` made it.
    directory
        Folder of its store.
    progress
        Called with (step, done, in all).
    """
    no_streets = demo_streets_missing(city, directory)
    no_ground = elevation_missing(directory) or layers_missing(city)
    if not (no_streets or no_ground):
        return
    with city.store.read() as reading:
        divisions = reading.features(Collection.DIVISIONS)
        estates = reading.features(Collection.ESTATES, where={"simulated": True})
    units = county_units(divisions)
    network = _streets(units, estates, progress)
    if no_streets:
        _write_streets(city, directory, network, progress)
    if no_ground:
        ground = _ground(units, estates, network, progress)
        _write_ground(city, directory, ground, progress)


def _ground(
    counties: gpd.GeoDataFrame,
    estates: gpd.GeoDataFrame,
    network: SimulatedNetwork,
    progress: Progress,
) -> DemoGround:
    progress("模拟地形与地类", 0, 1)
    ground = demo_ground(counties, estates, _seats_of(counties), network)
    progress("模拟地形与地类", 1, 1)
    return ground


def _burials(
    code: str,
    divisions: gpd.GeoDataFrame,
    estates: gpd.GeoDataFrame,
    ground: DemoGround,
    progress: Progress,
) -> dict[Collection, gpd.GeoDataFrame]:
    progress("公墓、散坟与人口", 0, 1)
    rng = np.random.default_rng(SEED + 4)
    own = divisions[(divisions["role"] == "own") & (divisions["level"] == "township")]
    towns = demo_towns(own, estates, ground)
    city = DivisionCode.parse(code).text
    registers = cemetery_registers(city, towns, ground, rng)
    people = population_register(towns, estates, rng)
    progress("公墓、散坟与人口", 1, 1)
    return {**registers, Collection.POPULATION: people}


def _write_ground(city: City, directory: Path, ground: DemoGround, progress: Progress) -> None:
    progress("高程与选址图层", 0, 1)
    with city.store.read() as reading:
        cemeteries = reading.features(Collection.CEMETERIES)
    write_elevation(city, directory, ground)
    write_demo_layers(city, ground, cemeteries)
    progress("高程与选址图层", 1, 1)


def _streets(
    counties: gpd.GeoDataFrame, estates: gpd.GeoDataFrame, progress: Progress
) -> SimulatedNetwork:
    progress("模拟街道", 0, 1)
    rng = np.random.default_rng(SEED + 2)
    network = demo_network(counties, estates, _seats_of(counties), rng)
    progress("模拟街道", 1, 1)
    return network


def _write_streets(
    city: City, directory: Path, network: SimulatedNetwork, progress: Progress
) -> None:
    progress("步行网", 0, 1)
    write_demo_streets(city, directory, network)
    progress("步行网", 1, 1)


def _simulate(
    divisions: gpd.GeoDataFrame,
    book: StandardBook,
    today: datetime,
    estates: int,
    progress: Progress,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    own = divisions[divisions["role"] == "own"]
    towns = own[own["level"] == "township"]
    counties = county_units(own)
    counties = counties[counties.index.isin(towns["parent"])]
    if counties.empty:
        text = "没有乡级区划，不能生成演示城市；请换一个地级市或县级市"
        raise InvalidInput(f"{own['name'].iloc[0]}{text}", code="no_townships")
    place = DivisionCode.parse(str(counties.index[0]))
    new_from = book.new_estates_from(place, today.date())
    first = first_day(new_from.valid_from) if new_from is not None else None
    plan = CityPlan(counties, towns, _seats_of(counties), estates, today.year - 1, first)
    rng = np.random.default_rng(SEED)
    drawn, communities = simulate_estates(
        plan, rng, lambda done, total: progress("模拟小区", done, total)
    )
    progress("模拟设施", 0, 1)
    aimed = {part: _aimed(book, place, today, part) for part in EstateClass}
    sites = simulate_facilities(drawn, towns["name"], aimed, rng, last_year=today.year)
    progress("模拟设施", 1, 1)
    return communities, drawn, sites


def _aimed(book: StandardBook, place: DivisionCode, today: datetime, part: EstateClass) -> float:
    chosen = book.choose(TOPIC_FLOOR_AREA, place, today.date(), part)
    return AIMED_M2 if chosen is None or chosen.value is None else float(chosen.value)


def _seats_of(counties: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Real seats where they are known and lie inside the outline; a point inside elsewhere."""
    known = seats().geometry.reindex(counties.index)
    known = gpd.GeoSeries(known, crs=counties.crs)
    inside = known.within(counties.geometry, align=False)
    return known.where(inside, counties.geometry.representative_point())


def _register(
    divisions: gpd.GeoDataFrame,
    code: str,
    book: StandardBook,
    today: datetime,
    source: OutlineSource,
    *,
    fictional: bool,
) -> Register:
    text = DivisionCode.parse(code).text
    made = {
        "小区、社区、设施、街路巷、步行阻隔、地名清单、界桩与上报数": "模拟生成，不是真实数据",
        "公墓、散坟、人口、高程与选址图层": "模拟生成，不是真实数据",
    }
    seated = {"县城位置与居民点": GEONAMES}
    return Register(
        city=text,
        name=FICTIONAL_NAME if fictional else str(divisions.loc[text, "name"]),
        simulated=True,
        created_at=today.astimezone(UTC),
        edition=book.edition,
        sources={"区划": "虚构示例", **made}
        if fictional
        else {**division_sources(source), **seated, **made},
    )


def _fictional_standards() -> StandardBook:
    """Standards that hold in the fictional city alone, and say so."""

    def record(topic: str, part: str, value: int | None, quantity: str, unit: str) -> Standard:
        return Standard(
            id=f"fictional-{topic}-{part or 'all'}",
            topic=topic,
            place=FICTIONAL_NAME,
            adcode=FICTIONAL_CITY,
            regulation="虚构示例标准（不是任何法规）",
            valid_from="2019-01-01",
            quantity=quantity,
            operator=">=",
            value=None if value is None else Decimal(value),
            unit=unit,
            applies_to=part,
            evidence="-",
            estate_class=part,
            area_basis="unspecified",
        )

    per_100 = "facility floor area per 100 households"
    return StandardBook(
        (
            record(TOPIC_FLOOR_AREA, "new", 30, per_100, "m2"),
            record(TOPIC_FLOOR_AREA, "existing", 20, per_100, "m2"),
            record(TOPIC_CLASS_FROM, "", None, "first day of completion of new estates", "date"),
        ),
        "fictional",
    )
