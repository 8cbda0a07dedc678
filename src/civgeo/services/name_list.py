"""What a list of the place-name office is asked for, made from, and answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import geopandas as gpd

from civgeo.domain.standard import StandardBook
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.geojson import records
from civgeo.store.reading import Register

__all__ = [
    "PATROL_DAYS",
    "Given",
    "ListRequest",
    "ListTable",
    "NameList",
    "Office",
    "Row",
    "listed",
    "marked",
    "whole_and_counties",
]

PATROL_DAYS = 365
"""Days after which a sign should be looked at again, where nobody says otherwise."""

Row = Mapping[str, object]


def marked(text: str) -> str:
    """`text` itself; imported as ``_`` the mark by which the catalogue of English finds it."""
    return text


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Which list, and what of it.

    Parameters
    ----------
    register
        ``name_signs``, ``protected_names``, ``rural_naming``, ``reserved_names`` or
        ``name_archives``.
    view
        One of the register's views; the usual one by default.
    division
        Code of the area; the whole city by default.
    where
        Properties (name or Chinese title) and the values that they must have, as written.
    interval_days
        Signs: days after the last patrol when the next is due.
    target
        Rural naming: share in percent to compare with, in place of the recorded one.
    open_only
        Only what anybody may know, as for `Reading.features`.
    """

    register: str
    view: str | None = None
    division: str | None = None
    where: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    interval_days: int = PATROL_DAYS
    target: Decimal | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """What a list is made beside: register of the store, names of divisions, area, standards."""

    register: Register
    divisions: Mapping[str, str]
    area: str | None
    book: StandardBook

    @property
    def area_name(self) -> str:
        """Name of the area that was asked for."""
        code = self.area or self.register.city
        return self.divisions.get(code, self.register.name)

    def county_name(self, division: str) -> str:
        """Name of the county that a division lies in, its code where the name is not known."""
        return self.divisions.get(division[:6], division[:6])

    def name_of(self, division: str) -> str:
        """Name of a division, its code where the name is not known."""
        return self.divisions.get(division, division)


@dataclass(frozen=True, slots=True)
class Given:
    """What one view is made from: records (index id), office, request and day."""

    frame: gpd.GeoDataFrame
    office: Office
    request: ListRequest
    today: date

    @property
    def rows(self) -> list[dict[str, object]]:
        """Each record with its id, county and township by name, closed lists in Chinese words."""
        schema = COLLECTIONS[self.request.register]
        made = []
        for id, values in zip(self.frame.index, records(self.frame, schema), strict=True):
            division = str(values["division"])
            labelled = {
                f"{item.name}_zh": item.label(values[item.name])
                for item in schema.properties
                if item.choices
            }
            place = {"county": self.office.county_name(division)}
            place["place_zh"] = self.office.name_of(division)
            made.append({"id": str(id), **values, **labelled, **place})
        return made


@dataclass(frozen=True, slots=True)
class ListTable:
    """One table of a list.

    Parameters
    ----------
    title
        In Chinese.
    columns
        Header of each key, in order.
    rows
        Values by key; days as YYYY-MM-DD, null for what is unknown.
    """

    title: str
    columns: Mapping[str, str]
    rows: Sequence[Row]

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers in order."""
        return tuple(self.columns.values())

    @property
    def cells(self) -> list[list[object]]:
        """Rows as cells in the order of the headers."""
        return [[row.get(key) for key in self.columns] for row in self.rows]


@dataclass(frozen=True, slots=True)
class NameList:
    """One list with its summary.

    Parameters
    ----------
    register, view, title
        Which list.
    division, on
        Area and day of the figures.
    main, summary
        The list, and figures by county, area or year.
    parameters
        What the figures depend on, as applied.
    notes
        What a reader should know, one line each.
    simulated
        Whether any of it is simulated.
    """

    register: str
    view: str
    title: str
    division: str
    on: date
    main: ListTable
    summary: ListTable
    parameters: Mapping[str, object]
    notes: tuple[str, ...]
    simulated: bool


def listed(
    given: Given,
    view: str,
    main: ListTable,
    summary: ListTable,
    *,
    notes: Sequence[str] = (),
    parameters: Mapping[str, object] = MappingProxyType({}),
) -> NameList:
    """A view's tables as a list, with what is the same of all lists."""
    office, frame = given.office, given.frame
    filters = dict(given.request.where)
    area = office.area or office.register.city
    lines = [
        f"{office.area_name}{main.title}，统计日期 {given.today}，{len(main.rows)} 条",
        *notes,
        *(
            [f"筛选：{'，'.join(f'{key}={text}' for key, text in filters.items())}"]
            if filters
            else []
        ),
    ]
    return NameList(
        given.request.register,
        view,
        f"{office.area_name}{main.title}",
        area,
        given.today,
        main,
        summary,
        {**parameters, **({"where": filters} if filters else {})},
        tuple(lines),
        bool(frame["simulated"].any()),
    )


def whole_and_counties(
    given: Given, rows: Sequence[Row], figures: Callable[[Sequence[Row]], Row]
) -> list[Row]:
    """Figures of each county that has rows, in the order of the codes, and of the whole area."""
    by_county: dict[str, list[Row]] = {}
    for row in rows:
        by_county.setdefault(str(row["division"])[:6], []).append(row)
    made: list[Row] = [
        {"county": given.office.county_name(code), "code": code, **figures(by_county[code])}
        for code in sorted(by_county)
    ]
    code = given.office.area or given.office.register.city
    if [row["code"] for row in made] == [code]:
        return made
    return [*made, {"county": given.office.area_name, "code": code, **figures(rows)}]
