"""Use cases of the maps of reach on foot: page, picture, and the sheet of counties."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import geopandas as gpd
import numpy as np
from shapely.geometry.base import BaseGeometry

from civgeo.analysis.coverage import UnitLevel
from civgeo.analysis.reach import ReachTerms
from civgeo.analysis.service_area import union_of_circles
from civgeo.analysis.walk_search import limit_dm
from civgeo.domain.facility import FacilityKind
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.planning_forms import BarrierKind
from civgeo.domain.quantity import decimal_text
from civgeo.domain.reach_reason import ReachReason
from civgeo.geo.crs import CGCS2000_EPSG, city_zone
from civgeo.maps.civmap import CivMap
from civgeo.maps.names import PUBLIC_NAME
from civgeo.maps.reach import ReachSite, ReachSurroundings, reach_map
from civgeo.maps.reach_sheet import reach_counties_picture, reach_picture
from civgeo.maps.reach_view import ReachEstate, ReachTold, ReachUnit, ReachView
from civgeo.maps.rows import DivisionRow, rows_of
from civgeo.maps.static import PictureFormat
from civgeo.maps.theme import MapNote
from civgeo.maps.why import place_text
from civgeo.services.city import City
from civgeo.services.map_origin import Drawn
from civgeo.services.reach import People, Reach, reach_coverage
from civgeo.services.service_areas import WHOLE_CELL_M, WHOLE_HALF_WIDTH_M
from civgeo.services.walk_ground import Ground
from civgeo.services.walk_registers import STALE
from civgeo.store.tables import Collection

__all__ = ["DEFAULT_KINDS", "ReachQuestion", "area_names", "reach_answer", "reach_chart"]
__all__ += ["reach_counties", "reach_drawing", "source_of", "speed_text"]

DEFAULT_KINDS = tuple(kind for kind in FacilityKind if kind.counts_as_estate_elder_care)
RINGS = (Decimal(5), Decimal(10), Decimal(15))
CIRCLE_TOLERANCE_M = 20.0
"""Outlines of a whole city come with the page: coarser than those of `city_service_areas`."""


@dataclass(frozen=True, slots=True)
class ReachQuestion:
    """What a map, page or report of reach is asked.

    Parameters
    ----------
    kinds, terms, people, level, division
        As for `reach_coverage`.
    target
        Percentage to compare with; None where the question names none.
    """

    kinds: tuple[FacilityKind, ...] = DEFAULT_KINDS
    terms: ReachTerms = field(default_factory=ReachTerms)
    people: People = People.HOUSEHOLDS
    level: UnitLevel = UnitLevel.COUNTY
    division: str | None = None
    target: Decimal | None = None

    @property
    def query(self) -> str:
        """Kinds and terms as a query string of this service."""
        return urlencode(
            {
                "kind": ",".join(kind.value for kind in self.kinds),
                "minutes": decimal_text(self.terms.minutes),
                "speed": decimal_text(self.terms.speed_m_per_s),
            },
            safe=",",
        )

    @property
    def full_query(self) -> str:
        """All of it as a query string of this service."""
        more = {"people": self.people.value, "level": self.level.value}
        more |= {"division": self.division} if self.division else {}
        more |= {"target": decimal_text(self.target)} if self.target is not None else {}
        return f"{self.query}&{urlencode(more)}"


@dataclass(frozen=True, slots=True, eq=False)
class _Content:
    found: Reach
    view: ReachView
    divisions: gpd.GeoDataFrame
    about: MapNote


def reach_answer(city: City, asked: ReachQuestion, on: date | None = None) -> Reach:
    """Reach as `reach_coverage` gives it."""
    return reach_coverage(
        city,
        asked.kinds,
        terms=asked.terms,
        people=asked.people,
        level=asked.level,
        division=asked.division,
        on=on,
    )


def area_names(city: City) -> dict[str, str]:
    """Names of the city's own divisions by code, communities left out."""
    with city.store.read() as reading:
        own = reading.features(Collection.DIVISIONS, where={"role": "own"})
    areas = own[own["level"].isin(["county", "township"])]
    return dict(zip(areas["code"].tolist(), areas["name"].tolist(), strict=True))


def reach_chart(city: City, asked: ReachQuestion, *, public_number: str = "") -> CivMap:
    """Map of reach, to be rendered as a page or as one file.

    Raises
    ------
    NotFound
        ``no_streets`` without a walk network.
    """
    shown = _content(city, asked, public_number)
    return reach_map(shown.view, _around(city, shown.found), about=shown.about, query=asked.query)


def reach_drawing(
    city: City, asked: ReachQuestion, form: PictureFormat, *, public_number: str = ""
) -> bytes:
    """The same as a picture, drawn without a browser; raises as `reach_chart`."""
    shown = _content(city, asked, public_number)
    barriers = shown.found.ground.barriers.to_crs(epsg=CGCS2000_EPSG).geometry.tolist()
    return reach_picture(shown.view, shown.divisions, barriers, about=shown.about, form=form)


def reach_counties(
    city: City, asked: ReachQuestion, form: PictureFormat, *, public_number: str = ""
) -> bytes:
    """The counties side by side on one sheet, in the same classes; raises as `reach_chart`."""
    shown = _content(city, asked, public_number)
    named = replace(shown.about, title=f"{shown.about.title.removesuffix('）')}，分县区）")
    return reach_counties_picture(shown.view, shown.divisions, about=named, form=form)


def _content(city: City, asked: ReachQuestion, public_number: str) -> _Content:
    found = reach_answer(city, asked)
    with city.store.read() as reading:
        register = reading.register()
        divisions = reading.features(Collection.DIVISIONS)
        facilities = reading.features(Collection.FACILITIES)
    drawn = Drawn(register, divisions, (found.ground.estates, facilities), city.today)
    about = MapNote(
        title=f"{register.name}步行可达（{asked.terms.minutes} 分钟）",
        source=source_of(drawn, found.ground),
        date=drawn.date,
        simulated=drawn.simulated or found.ground.simulated,
        public_number=public_number or None,
        on=found.ground.on,
    )
    rows = rows_of(divisions, DivisionRow)
    view = ReachView.of(_told(found, asked), _units(found), _estates(found, rows), rows)
    return _Content(found, view, divisions, about)


def source_of(drawn: Drawn, ground: Ground) -> str:
    """Sources of what is drawn and of the streets, with the versions of both."""
    meta = ground.meta
    streets = f"{meta.source} {meta.attribution}".strip()
    return (
        f"{drawn.source}；步行网：{streets}"
        f"；数据版本 {ground.data_version}，步行网版本 {meta.version}"
        f"{'（' + STALE + '）' if ground.is_stale else ''}"
    )


def _told(found: Reach, asked: ReachQuestion) -> ReachTold:
    return ReachTold(
        kinds=tuple(kind.label_zh for kind in found.kinds),
        minutes=decimal_text(found.terms.minutes),
        speed=speed_text(found.terms.speed_m_per_s),
        limit=f"{found.terms.limit_dm / 10:,.1f}".removesuffix(".0"),
        people=found.people.label_zh,
        measure="户" if found.people is People.HOUSEHOLDS else "人",
        target=asked.target,
        counted=found.total,
        reached=found.reached,
        straight=found.straight_reached,
        uncounted=len(found.uncounted),
    )


def speed_text(speed: Decimal) -> str:
    """Speed with at least one decimal, as the speeds of ages are written."""
    text = decimal_text(speed)
    return text if "." in text else f"{text}.0"


def _units(found: Reach) -> list[ReachUnit]:
    table = found.units
    return [
        ReachUnit(str(code), int(people), int(reached), int(straight))
        for code, people, reached, straight in zip(
            table.index, table["people"], table["reached"], table["straight_reached"], strict=True
        )
    ]


def _estates(found: Reach, divisions: Sequence[DivisionRow]) -> list[ReachEstate]:
    names = {row.code: row.name for row in divisions}
    sites = found.served.facilities["name"]
    table = found.estates
    points = table.geometry.representative_point()
    shapes = table.geometry.tolist()
    simulated = found.ground.estates["simulated"].reindex(table.index)
    columns = ("facility", "straight_facility")
    named = {name: table[name].map(sites).astype(object) for name in columns}
    rows = table.drop(columns="geometry").to_dict("records")
    return [
        ReachEstate(
            id=str(id),
            name=_text(row["name"]) or "",
            division=_text(row["division"]) or _text(row["community"]) or "",
            place=place_text(names, _text(row["division"]), _text(row["community"])),
            people=int(row["people"]),
            lon=float(lon),
            lat=float(lat),
            reason=None if row["reached"] else ReachReason(row["reason"]),
            facility=_text(walked),
            distance_m=_known(row["distance_m"]),
            minutes=_known(row["minutes"]),
            beyond_m=_known(row["beyond_m"]),
            straight_facility=_text(straight),
            straight_m=_known(row["straight_m"]),
            street_m=_known(row["street_m"]),
            barrier=_text(row["barrier"]),
            simulated=bool(made),
            shape=shape,
        )
        for id, row, lon, lat, walked, straight, made, shape in zip(
            table.index,
            rows,
            points.x,
            points.y,
            *(named[name] for name in columns),
            simulated,
            shapes,
            strict=True,
        )
    ]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _around(city: City, found: Reach) -> ReachSurroundings:
    ground = found.ground
    sites = found.served.facilities
    places = sites.geometry.representative_point()
    kinds = {kind.value: kind for kind in FacilityKind}
    labels = {kind.value: kind.label_zh for kind in BarrierKind}
    barriers = ground.barriers.to_crs(epsg=CGCS2000_EPSG)
    return ReachSurroundings(
        sites=[
            ReachSite(str(name), kinds[str(kind)], float(lon), float(lat))
            for name, kind, lon, lat in zip(
                sites["name"], sites["kind"], places.x, places.y, strict=True
            )
        ],
        circles=_circles(found) if len(sites) else (),
        barriers=[
            (str(name), labels.get(str(kind), ""), shape)
            for name, kind, shape in zip(
                barriers["name"], barriers["kind"], barriers.geometry, strict=True
            )
        ],
        streets=_streets(city),
    )


def _circles(found: Reach) -> tuple[tuple[str, BaseGeometry], ...]:
    served, network = found.served, found.ground.network
    minutes = {limit_dm(each, found.terms.speed_m_per_s): each for each in RINGS}
    areas = union_of_circles(
        network,
        served.field,
        served.places,
        sorted(minutes, reverse=True),
        cell_m=WHOLE_CELL_M,
        half_width_m=WHOLE_HALF_WIDTH_M,
    )
    drawn = areas[areas.geometry.notna() & ~areas.geometry.is_empty]
    plain = drawn.set_geometry(drawn.geometry.simplify(CIRCLE_TOLERANCE_M, preserve_topology=False))
    degrees = plain.to_crs(epsg=CGCS2000_EPSG)
    return tuple(
        (decimal_text(minutes[limit]), shape)
        for limit, shape in zip(degrees["limit_dm"], degrees.geometry, strict=True)
    )


def _streets(city: City) -> list[tuple[str, BaseGeometry]]:
    """Streets of the gazetteer that everybody may see, longest first."""
    where = {**PUBLIC_NAME, "kind": PlaceKind.STREET.value}
    with city.store.read() as reading:
        streets = reading.features(Collection.PLACE_NAMES, where=where)
    drawn = streets[streets.geometry.geom_type.isin(["LineString", "MultiLineString"])]
    if drawn.empty:
        return []
    length = drawn.to_crs(epsg=city_zone(drawn).epsg).length.sort_values(ascending=False)
    longest_first = drawn.loc[length.index]
    return [
        (str(name), shape)
        for name, shape in zip(longest_first["name"], longest_first.geometry, strict=True)
    ]
