"""What a register's record holds: its fields, said once for tables, checks and pages."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["FieldKind", "RecordField", "RecordForm", "Shapes", "choices_of"]


class FieldKind(StrEnum):
    """What a field holds. ``json`` is a text that parses as JSON."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    NUMBER = "number"
    FLAG = "flag"
    CODE = "code"
    JSON = "json"


class Shapes(StrEnum):
    """Geometry that a record may have; every one may be missing. A site is a point or an area."""

    POINT = "point"
    LINE = "line"
    AREA = "area"
    SITE = "site"
    ANY = "any"

    @property
    def stored(self) -> str:
        """Type of the column in a GeoPackage."""
        return "POINT" if self is Shapes.POINT else "GEOMETRY"


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a record.

    Parameters
    ----------
    name, title
        Name in tables and JSON; Chinese title.
    kind
        What it holds; a code is a division code of 2, 4, 6, 9 or 12 digits.
    required
        Whether every record has it.
    headers
        Chinese column headers that stand for it, besides the title.
    choices
        Values of a closed list, each with its Chinese label; empty for open ones.
    unit
        Unit of a count or number.
    indexed
        Whether records are looked up by it.
    """

    name: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    headers: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class RecordForm:
    """The fields of one register's records, besides id, source, version and validity.

    Parameters
    ----------
    id, title, description
        Name of the register; Chinese title and description.
    fields
        In the order of tables and documents.
    shapes
        Geometry that records may have.
    is_open
        Whether anybody may read it; other registers are for officers only.
    """

    id: str
    title: str
    description: str
    fields: tuple[RecordField, ...]
    shapes: Shapes = Shapes.ANY
    is_open: bool = True

    def field(self, name: str) -> RecordField | None:
        """Field of that name, or None."""
        return next((item for item in self.fields if item.name == name), None)


def choices_of(kinds: type[StrEnum]) -> tuple[tuple[str, str], ...]:
    """Values and Chinese labels of a labelled enumeration."""
    return tuple((str(kind.value), str(getattr(kind, "label_zh", kind.value))) for kind in kinds)
