"""Which features are asked for, as conditions on whatever their rows are read from."""

from collections.abc import Callable, Mapping
from collections.abc import Collection as Listing
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from civgeo.domain.division import DivisionCode
from civgeo.errors import InvalidInput
from civgeo.store import sqlite
from civgeo.store.sqlite import Box
from civgeo.store.tables import Layer

__all__ = ["Scalar", "Selection", "Source", "exists_on"]

Scalar = str | int | float | bool
LARGEST_INTEGER = 2**63


@dataclass(frozen=True, slots=True)
class Source:
    """Rows with the columns of a layer.

    Parameters
    ----------
    rows
        Table or subquery.
    only
        Conditions that belong to it.
    meets_box
        Condition that a row of it meets a box.
    """

    rows: sa.FromClause
    only: tuple[sa.ColumnElement[bool], ...]
    meets_box: Callable[[Box], sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What `Reading.features` is asked for.

    Parameters
    ----------
    division, bbox, where, ids
        As there.
    """

    division: str | None = None
    bbox: Box | None = None
    where: Mapping[str, Scalar] = field(default_factory=dict)
    ids: Listing[str] | None = None

    def conditions(self, layer: Layer, source: Source) -> list[sa.ColumnElement[bool]]:
        """Conditions that the rows of `source` must meet.

        Raises
        ------
        InvalidInput
            For a bad division code or bbox, an unknown property, a value of another type.
        """
        found = [_equals(layer, source.rows, name, value) for name, value in self.where.items()]
        if self.division is not None:
            digits = DivisionCode.parse(self.division).digits
            found.append(_lies_in(layer, source.rows, digits))
        if self.bbox is not None:
            found.append(source.meets_box(self.bbox))
        if self.ids is not None:
            found.append(sqlite.listed(source.rows.c.id, self.ids))
        return [*source.only, *found]


def exists_on(rows: sa.FromClause, day: date) -> sa.ColumnElement[bool]:
    """Condition: the record exists on `day`."""
    start, end, text = rows.c.valid_from, rows.c.valid_to, day.isoformat()
    return sa.and_(sa.or_(start.is_(None), start <= text), sa.or_(end.is_(None), end > text))


def _lies_in(layer: Layer, rows: sa.FromClause, digits: str) -> sa.ColumnElement[bool]:
    """Condition that an index answers: the code begins with `digits`."""
    column = rows.c[layer.division_column if len(digits) <= 9 else layer.community_column]
    return sa.and_(column >= digits, column < digits + ":")


def _equals(layer: Layer, rows: sa.FromClause, name: str, value: Scalar) -> sa.ColumnElement[bool]:
    kind = layer.properties.get(name)
    if kind is None:
        known = "、".join(layer.properties)
        text = f"{layer.table.name} 没有属性 {name[:40]!r}；可用：{known}"
        raise InvalidInput(text, code="unknown_property")
    exact = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    widened = kind is float and isinstance(value, int) and not isinstance(value, bool)
    too_large = isinstance(value, int) and not -LARGEST_INTEGER <= value < LARGEST_INTEGER
    if too_large or not (exact or widened):
        text = f"属性 {name} 的值 {str(value)[:40]!r} 类型不符，应为 {_KIND_ZH[kind]}"
        raise InvalidInput(text, code="bad_value")
    column: sa.ColumnElement[object] = rows.c[name]
    return column == value


_KIND_ZH = {str: "文字", int: "整数", float: "数字", bool: "是或否（true、false）"}
