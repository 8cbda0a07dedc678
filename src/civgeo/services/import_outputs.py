"""What an import leaves besides its records: the table of errors, and the mapping kept."""

from dataclasses import dataclass
from pathlib import Path

from civgeo.errors import InvalidInput
from civgeo.formats import jail
from civgeo.formats.checked import CheckedFile
from civgeo.formats.facts import Facts
from civgeo.formats.headers import ColumnMapping, Coordinates
from civgeo.formats.sniff import FileFormat
from civgeo.services import import_batches
from civgeo.services.city import City
from civgeo.services.import_batches import profile_file
from civgeo.services.imports import facts_file

__all__ = ["ErrorTable", "errors_table", "keep_profile"]


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """The officer's own table with a column of findings: content, file name, media type."""

    content: bytes
    file_name: str
    media_type: str


_TABLES = {
    FileFormat.XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def errors_table(city: City, id: str) -> ErrorTable:
    """The table as it came, with one more column that says what to mend in each row.

    Raises
    ------
    NotFound
        When there is no such batch.
    ImportRejected
        When it was not pre-checked, or the file cannot be written within the limits.
    """
    batch = import_batches.open_batch(city.store, id)
    facts = Facts.read(facts_file(batch))
    findings = batch.precheck.findings if batch.precheck else ()
    checked = CheckedFile(batch.folder / "checked", facts)
    limits = jail.limits_for(batch.source, city.reading)
    content = jail.with_error_column(batch.source, checked, findings, limits=limits)
    ending, media_type = _TABLES.get(facts.format, ("csv", "text/csv"))
    stem = Path(batch.file_name).stem
    return ErrorTable(content, f"{stem}-检查结果.{ending}", media_type)


def keep_profile(city: City, id: str, name: str | None = None) -> Path:
    """Keep the mapping of a batch for the next files of its kind.

    Parameters
    ----------
    city, id
        The city and the batch.
    name
        Name of the mapping; without one it is used whenever it fits.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such batch, it has no mapping, or the name has other characters than
        letters, digits and hyphens.
    """
    batch = import_batches.open_batch(city.store, id)
    if batch.precheck is None or not batch.precheck.mapping:
        raise InvalidInput(f"批次 {id} 还没有列对应：请先预检")
    own = batch.precheck.coordinates
    coordinates = None
    if own:
        coordinates = Coordinates(both=own[0]) if len(own) == 1 else Coordinates(own[0], own[1])
    file = profile_file(city.store, batch.kind, name)
    file.parent.mkdir(exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(ColumnMapping(batch.precheck.mapping, coordinates).profile(), encoding="utf-8")
    draft.replace(file)
    return file
