"""Results brought back from the field: read in the jail, judged, appended in one transaction."""

import hashlib
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import orjson

from civgeo.domain.attachment import MediaType, file_name
from civgeo.domain.division import DivisionCode
from civgeo.domain.field_results import FieldFile, FileHead, ResultFault, ResultFinding
from civgeo.domain.history import Edit
from civgeo.domain.inspection_comparison import Inspection
from civgeo.domain.result_reading import field_file
from civgeo.domain.round_forms import RoundState
from civgeo.errors import CivgeoError, ImportRejected, InvalidInput, RuleViolation
from civgeo.formats.results import MOST_RESULT_BYTES, read_results
from civgeo.services.city import City
from civgeo.services.feature_schema import COLLECTIONS
from civgeo.services.inspection_judging import Judged, judged
from civgeo.services.inspection_records import (
    LineRegister,
    inspection_values,
    line_register,
    marker_lines,
)
from civgeo.store.attachments import Attachment
from civgeo.store.reading import Reading
from civgeo.store.tables import Collection
from civgeo.store.writing import Writing

__all__ = [
    "MOST_RESULT_BYTES",
    "FieldUpload",
    "FileReport",
    "Imported",
    "Said",
    "finding_document",
    "import_results",
]
__all__ += ["imported_document"]

_MEDIA = {
    "JSON": "application/json",
    "XLSX": MediaType.XLSX.value,
    "GeoPackage": "application/geopackage+sqlite3",
}
_ENDINGS = {"JSON": ".json", "XLSX": ".xlsx", "GeoPackage": ".gpkg"}
_NOT_NEW = (ResultFault.REPEATED, ResultFault.NO_DATUM)


@dataclass(frozen=True, slots=True)
class FieldUpload:
    """A file from the field: where it lies, and the name that it came with."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the officer says of files that do not say it themselves; None leaves it to them.

    Parameters
    ----------
    line, round
        Code of the line, number of the round.
    side
        Division code of the side that filled the files in.
    inspector
        Who inspected.
    datum
        System of the readings; goes before what a file says.
    """

    line: str | None = None
    round: int | None = None
    side: str | None = None
    inspector: str | None = None
    datum: str | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """What came of one file.

    Parameters
    ----------
    name, sha256, carrier
        The file as it is kept.
    line, line_name, round, side
        What it is of.
    created, repeated, empty
        Records that are new, those that were there already, items that nobody filled in.
    findings
        What to look at.
    findings_sha256
        Attachment that keeps them beside the file; None where nothing was kept.
    """

    name: str
    sha256: str
    carrier: str
    line: str
    line_name: str
    round: int
    side: str
    created: int
    repeated: int
    empty: int
    findings: tuple[ResultFinding, ...]
    findings_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import; `batch` is None where nothing was written."""

    batch: str | None
    files: tuple[FileReport, ...]

    @property
    def created(self) -> int:
        """New records of all files."""
        return sum(report.created for report in self.files)


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that the jail has read."""

    upload: FieldUpload
    content: bytes
    sha256: str
    carrier: str
    file: FieldFile


def import_results(
    city: City,
    uploads: Sequence[FieldUpload],
    edit: Edit,
    said: Said | None = None,
    *,
    tolerance_m: float,
    dry_run: bool = False,
) -> Imported:
    """Append what files from the field hold to the inspections; all files or none.

    Each filled item becomes one record; nothing is overwritten. What is there already is told and
    not entered again. The files are kept as attachments, with their findings beside them, where
    anything of them is new. The batch can be taken back with `imports.undo`; the files stay.

    Parameters
    ----------
    city, uploads
        The city, and files of any carrier.
    edit
        Who imports them, on the strength of what; its batch is set here.
    said
        What the files do not say themselves.
    tolerance_m
        Displacement up to which a marker has not moved, where the plan sets none.
    dry_run
        Judge only; nothing is written.

    Raises
    ------
    ImportRejected
        When a file is hostile, damaged, too large, or holds no results.
    InvalidInput
        ``head_missing`` when a file does not say its line, round or side, and nobody else does;
        ``unknown_side`` when the side is none of those that inspect the line.
    NotFound
        When a line is not registered.
    RuleViolation
        ``round_filed`` when the round of the line is filed already.
    """
    if not uploads:
        raise InvalidInput("请给出要导入的结果文件", code="no_file")
    found = [_read(city, upload, said or Said()) for upload in uploads]
    if dry_run:
        with city.store.read() as reading:
            return Imported(
                None, tuple(r for r, _, _ in _judge_all(city, reading, found, tolerance_m))
            )
    now = datetime.now(UTC)
    id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    mark = hashlib.sha256("\n".join(read.sha256 for read in found).encode()).hexdigest()[:16]
    with city.store.read() as reading:
        before = tuple(report for report, _, _ in _judge_all(city, reading, found, tolerance_m))
        lacking = reading.unknown_attachments([read.sha256 for read in found])
    if not any(r.created or (_is_news(r) and r.sha256 in lacking) for r in before):
        return Imported(None, before)
    ours = replace(edit, batch=f"{id}:{mark}", valid_from=None, valid_to=None)
    with city.store.write() as writing:
        judgements = _judge_all(city, writing, found, tolerance_m)
        reports = []
        for read, (report, register, records) in zip(found, judgements, strict=True):
            reports.append(_kept(writing, read, report))
            _append(writing, read, register, records, ours, id)
    return Imported(id if any(r.created for r in reports) else None, tuple(reports))


def _is_news(report: FileReport) -> bool:
    return report.created > 0 or any(item.fault not in _NOT_NEW for item in report.findings)


def _read(city: City, upload: FieldUpload, said: Said) -> _Read:
    with tempfile.TemporaryDirectory() as folder:
        try:
            raw = read_results(upload.path, Path(folder), city.reading)
        except ImportRejected as error:
            raise ImportRejected(f"{upload.name}：{error.message}", code=error.code) from None
    content = upload.path.read_bytes()
    file = field_file(raw.values)
    head = FileHead(
        package=file.head.package,
        line=said.line or file.head.line,
        round=file.head.round if said.round is None else said.round,
        side=said.side or file.head.side,
        inspector=said.inspector or file.head.inspector,
        datum=said.datum or file.head.datum,
        saved_on=file.head.saved_on,
    )
    digest = hashlib.sha256(content).hexdigest()
    return _Read(upload, content, digest, raw.carrier, replace(file, head=head))


_Judgement = tuple[FileReport, LineRegister, tuple[Inspection, ...]]


def _judge_all(
    city: City, reading: Reading, found: Sequence[_Read], tolerance_m: float
) -> list[_Judgement]:
    """Each file against the register and against the files before it."""
    done: list[_Judgement] = []
    for read in found:
        register = _register(reading, read)
        news = [
            record
            for _, other, records in done
            for record in records
            if (other.line.id, other.number) == (register.line.id, register.number)
        ]
        register = replace(register, recorded=(*register.recorded, *news))
        done.append(_judge(city, reading, read, register, tolerance_m))
    return done


def _register(reading: Reading, read: _Read) -> LineRegister:
    head, name = read.file.head, read.upload.name
    asked = {"line 界线代码": head.line, "round 轮次": head.round, "side 记录方": head.side}
    missing = [title for title, value in asked.items() if value in ("", None)]
    if missing or head.round is None:
        text = f"{name} 没有写明 {'、'.join(missing)}：请在文件中补上，或导入时写明"
        raise InvalidInput(text, code="head_missing")
    register = line_register(reading, head.line, head.round)
    DivisionCode.parse(head.side)
    if head.side not in register.sides:
        told = "、".join(register.sides)
        text = f"{name} 的记录方 {head.side[:20]} 不是{register.line.facts.name}的一方（{told}）"
        raise InvalidInput(text, code="unknown_side")
    if register.round is not None and register.round.facts.state is RoundState.FILED:
        text = f"{register.round.name}已备案，不能再补记录：请核对轮次，或另行安排特别联检"
        raise RuleViolation(text, code="round_filed")
    return register


def _judge(
    city: City, reading: Reading, read: _Read, register: LineRegister, tolerance_m: float
) -> _Judgement:
    file = read.file
    strange = {result.marker for result in file.markers} - set(register.markers) - {""}
    plan = register.round
    allowed = tolerance_m if plan is None or plan.tolerance_m is None else plan.tolerance_m
    found: Judged = judged(
        register,
        file,
        marker_lines(reading, strange) if strange else {},
        tolerance_m=allowed,
        today=city.today,
    )
    findings = found.findings
    if plan is None and found.records:
        text = (
            f"{register.line.facts.name}没有第 {register.number} 轮的联检计划：记录照收，"
            "日期无从核对。请先登记计划，或核对轮次"
        )
        told = ResultFinding.of(ResultFault.NO_ROUND, "round", "", register.number, text)
        findings = (told, *findings)
    report = FileReport(
        name=read.upload.name,
        sha256=read.sha256,
        carrier=read.carrier,
        line=register.line.facts.code,
        line_name=register.line.facts.name,
        round=register.number,
        side=file.head.side,
        created=len(found.records),
        repeated=found.repeated,
        empty=file.empty,
        findings=findings,
    )
    return report, register, found.records


def _kept(writing: Writing, read: _Read, report: FileReport) -> FileReport:
    """Keep the file, and its findings beside it, where anything of it is new."""
    if not _is_news(report):
        return report
    name = _kept_name(read.upload.name, _ENDINGS[read.carrier])
    writing.keep_attachment(Attachment.of(name, _MEDIA[read.carrier], read.content))
    told = orjson.dumps(
        {"file": read.sha256, "findings": [finding_document(item) for item in report.findings]}
    )
    name = _kept_name(f"{read.upload.name}.核对", ".json")
    beside = Attachment.of(name, _MEDIA["JSON"], told)
    writing.keep_attachment(beside)
    return replace(report, findings_sha256=beside.sha256)


def _kept_name(given: str, ending: str) -> str:
    """A safe name with the ending of the carrier."""
    stem = given.removesuffix(ending)
    return file_name(stem, MediaType.TEXT).removesuffix(".txt") + ending


def _append(
    writing: Writing,
    read: _Read,
    register: LineRegister,
    records: Sequence[Inspection],
    edit: Edit,
    batch: str,
) -> None:
    if not records:
        return
    names = [item.name for item in COLLECTIONS[Collection.INSPECTIONS.value].entered]
    facts = register.line.facts
    rows = [
        {
            "id": record.id,
            "version": 1,
            **dict.fromkeys(names),
            **inspection_values(record),
            "line": facts.code,
            "round": register.number,
            "division": register.line.division,
            "file": read.sha256,
            "import_batch": batch,
            "source": edit.document,
            "simulated": register.simulated,
        }
        for record in records
    ]
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4490").set_index("id")
    try:
        writing.create(Collection.INSPECTIONS, frame, edit)
    except CivgeoError as error:
        text = f"{read.upload.name}：{error.message}"
        raise ImportRejected(text, code=error.code) from error


def imported_document(found: Imported) -> dict[str, object]:
    """What came of an import, ready for JSON."""
    return {
        "batch": found.batch,
        "created": found.created,
        "files": [
            {
                **{key: value for key, value in asdict(report).items() if key != "findings"},
                "findings": [finding_document(item) for item in report.findings],
            }
            for report in found.files
        ],
    }


def finding_document(found: ResultFinding) -> dict[str, str]:
    """A finding, ready for JSON."""
    return {
        "fault": found.fault.value,
        "fault_zh": found.fault.label_zh,
        "place": found.place,
        "subject": found.subject,
        "raw": found.raw,
        "message": found.message,
    }
