"""What a published collection is: its properties, with type, unit and Chinese headers."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

__all__ = [
    "ORIGIN",
    "VALIDITY",
    "CollectionSchema",
    "PropertySchema",
    "PropertyType",
    "labelled",
]


class PropertyType(StrEnum):
    """JSON type of a property; ``date`` is a string YYYY-MM-DD, ``json`` any object or list."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    JSON = "json"

    @property
    def label_zh(self) -> str:
        """Type in Chinese."""
        labels = {"string": "文字", "integer": "整数", "number": "数字", "boolean": "是否"}
        return (labels | {"date": "日期", "json": "结构"})[self.value]


@dataclass(frozen=True, slots=True)
class PropertySchema:
    """One property of a collection.

    Parameters
    ----------
    name, title
        Name in JSON; Chinese title.
    type
        JSON type.
    unit
        Unit, empty where there is none.
    required
        Whether every feature has a value; otherwise it may be null.
    headers
        Chinese column headers that stand for it in spreadsheets, besides the title.
    choices
        Values of a closed list, each with its Chinese label; empty for open ones.
    synonyms
        Further words that tables have for a value of the list, each with the value.
    kept_by
        Who keeps it: ``officer``, or ``store``, which alone counts versions and bounds existence.
    queryable
        Whether features can be chosen by its value.
    longest
        Most characters of a text.
    """

    name: str
    title: str
    type: PropertyType
    unit: str = ""
    required: bool = True
    headers: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    kept_by: Literal["officer", "store"] = "officer"
    queryable: bool = True
    longest: int = 200

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, to be set right in tables."""
        return self.type in (PropertyType.INTEGER, PropertyType.NUMBER)

    def label(self, value: object) -> str:
        """`value` for a reader: its Chinese label, 是 or 否, two decimals."""
        if isinstance(value, bool):
            return "是" if value else "否"
        if value is None:
            return ""
        if isinstance(value, float):
            return f"{value:.2f}"
        return dict(self.choices).get(str(value), str(value))


@dataclass(frozen=True, slots=True)
class CollectionSchema:
    """One published collection.

    Parameters
    ----------
    id, title, description
        Name in addresses; Chinese title and description.
    properties
        In the order of the output.
    geometry
        Types of geometry in GeoJSON, for readers.
    valid_time
        Names of the properties that hold the first day and the day after the last one, or None
        where features have no time.
    is_open
        Whether anybody may read it; another one is for officers only.
    """

    id: str
    title: str
    description: str
    properties: tuple[PropertySchema, ...]
    geometry: str
    valid_time: tuple[str, str] | None = None
    is_open: bool = True

    @property
    def queryables(self) -> tuple[PropertySchema, ...]:
        """Properties by which features can be chosen."""
        return tuple(item for item in self.properties if item.queryable)

    @property
    def entered(self) -> tuple[PropertySchema, ...]:
        """Properties that an officer enters; the store keeps the others."""
        return tuple(item for item in self.properties if item.kept_by == "officer")

    def property(self, name: str) -> PropertySchema | None:
        """Property of that name, or None."""
        return next((item for item in self.properties if item.name == name), None)


class _Labelled(Protocol):
    @property
    def value(self) -> str: ...
    @property
    def label_zh(self) -> str: ...


def labelled(members: Iterable[_Labelled]) -> tuple[tuple[str, str], ...]:
    """Values of a closed list, each with its Chinese label."""
    return tuple((member.value, member.label_zh) for member in members)


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


ORIGIN = (
    PropertySchema("source", _("数据来源"), PropertyType.STRING, headers=("来源", "资料来源")),
    PropertySchema("simulated", _("是否模拟数据"), PropertyType.BOOLEAN, headers=("模拟数据",)),
    PropertySchema(
        "version", _("版本号"), PropertyType.INTEGER, headers=("版本",), kept_by="store"
    ),
)
VALIDITY = tuple(
    PropertySchema(
        name,
        title,
        PropertyType.DATE,
        required=False,
        headers=headers,
        kept_by="store",
        queryable=False,
    )
    for name, title, headers in (
        ("valid_from", _("生效日期"), ("登记生效日期",)),
        ("valid_to", _("失效日期"), ("注销日期",)),
    )
)
"""Bounds of a record's existence: half open, null without bound; `datetime` asks for them."""
