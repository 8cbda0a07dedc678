"""What the jail found out about a file: the form in which the reader hands it back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from civgeo.formats.findings import Finding, Severity
from civgeo.formats.sniff import FileFormat

__all__ = ["Basis", "Column", "ColumnKind", "Facts", "Layer", "ReadRequest"]


class ColumnKind(StrEnum):
    """Kind of value that a column of the checked file holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"


class Basis(StrEnum):
    """How an encoding or a coordinate system was decided."""

    DECLARED = "declared"
    FORMAT = "format"
    DETECTED = "detected"
    GIVEN = "given"
    UNKNOWN = "unknown"

    @property
    def label_zh(self) -> str:
        """Basis in Chinese."""
        labels = {
            "declared": "文件声明",
            "format": "格式规定",
            "detected": "按内容判断，请核对预览",
            "given": "人工指定",
        }
        return labels.get(self.value, "未知，需要指定")


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """How an officer wants the file to be read; everything is found out where left empty.

    Parameters
    ----------
    layer
        Layer, sheet, or file inside the zip.
    encoding
        Encoding of a Shapefile or CSV.
    header_row, header_rows
        Number of the first header row (the first row of the file is 1) and how many there are.
    expected_headers
        Headers that the collection knows; the row that holds most of them is the header.
    """

    layer: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    expected_headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer, sheet or packed file: its name, rows where cheap to know, hidden sheets marked."""

    name: str
    rows: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header in the file, made unique, and the kind of its values."""

    header: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found in a file.

    Parameters
    ----------
    format
        By content.
    layers, layer
        What there is to choose from, and what was read; None when the officer must choose
        (`must_choose`), and then nothing was read.
    rows, columns
        Rows read; columns in their order, without geometry.
    encoding, encoding_basis, preview
        Encoding of the text, how it was decided, and some texts to judge it by.
    crs, crs_basis
        Coordinate system as ``AUTHORITY:CODE`` or WKT; None when the file does not say.
    geometry_types
        Types that occur, such as ``Polygon``; empty without geometry.
    header_row, header_rows, delimiter
        Where a table's header stands; a CSV's delimiter.
    notes
        What was done on reading, in Chinese.
    findings
        What is wrong with rows or geometries.
    unpacked
        Where the file of a zip that was read lies, below the checked folder.
    """

    format: FileFormat
    layers: tuple[Layer, ...] = ()
    layer: str | None = None
    rows: int = 0
    columns: tuple[Column, ...] = ()
    encoding: str | None = None
    encoding_basis: Basis = Basis.UNKNOWN
    preview: tuple[str, ...] = ()
    crs: str | None = None
    crs_basis: Basis = Basis.UNKNOWN
    geometry_types: tuple[str, ...] = ()
    header_row: int | None = None
    header_rows: int = 1
    delimiter: str | None = None
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unpacked: str | None = None

    @property
    def must_choose(self) -> bool:
        """Whether the officer must name a layer or sheet before anything can be read."""
        return self.layer is None

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers of the columns."""
        return tuple(column.header for column in self.columns)

    def with_notes(self, *notes: str) -> "Facts":
        """Facts with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def write(self, path: Path) -> None:
        """Write the facts to `path` as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Facts":
        """Facts that `write` wrote."""
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            **raw
            | {
                "format": FileFormat(raw["format"]),
                "layers": tuple(Layer(**item) for item in raw["layers"]),
                "columns": tuple(
                    Column(item["header"], ColumnKind(item["kind"])) for item in raw["columns"]
                ),
                "encoding_basis": Basis(raw["encoding_basis"]),
                "crs_basis": Basis(raw["crs_basis"]),
                "findings": tuple(finding_from(item) for item in raw["findings"]),
                **{key: tuple(raw[key]) for key in ("preview", "geometry_types", "notes")},
            }
        )


def finding_from(raw: Mapping[str, Any]) -> Finding:
    """Finding from its JSON form."""
    return Finding(**dict(raw) | {"severity": Severity(raw["severity"])})
