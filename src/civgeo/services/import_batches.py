"""Batches on their way in: the folder of each, what was asked and what the pre-check found."""

import json
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from civgeo.errors import ImportRejected, InvalidInput, NotFound
from civgeo.formats import jail
from civgeo.formats.facts import finding_from
from civgeo.formats.findings import Finding
from civgeo.services.import_kinds import kind_named
from civgeo.store.store import Store

__all__ = ["Batch", "BatchState", "Counts", "ImportRequest", "PreCheck", "Sample"]
__all__ += ["clear_old", "discard", "open_batch", "profile_file", "receive", "save"]
__all__ += ["staging_folder", "upload_place", "with_columns"]

KEPT = timedelta(hours=24)
"""How long a batch that nobody confirmed stays."""

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_LEFT = re.compile(r"(incoming|undo)-[0-9a-f]{16}(-journal)?")
"""Files of processes that were killed."""

_PROFILE = re.compile(r"[\w\-]{1,40}")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,10}")


class BatchState(StrEnum):
    """How far a batch has come."""

    RECEIVED = "received"
    QUESTION = "question"
    REFUSED = "refused"
    READY = "ready"
    UNCHANGED = "unchanged"
    CONFIRMED = "confirmed"
    UNDONE = "undone"

    @property
    def label_zh(self) -> str:
        """State in Chinese."""
        labels = {"received": "已上传，待预检", "question": "待补充说明", "refused": "不能导入"}
        later = {"ready": "可以导入", "unchanged": "没有变化", "confirmed": "已导入"}
        return (labels | later).get(self.value, "已撤销")


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """How an officer wants a file to be taken; everything is found out where left empty.

    Parameters
    ----------
    layer, encoding, header_row
        As in `formats.facts.ReadRequest`.
    crs
        ``EPSG:n``, ``GCJ-02`` or ``BD-09``; goes before what the file says of itself.
    columns
        Property by header, beside what the headers say of themselves; an empty property leaves
        the column out.
    profile
        Name of a saved mapping.
    constants
        Values for rows that do not have one of their own, by property, as text.
    """

    layer: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    profile: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows would create, change, leave alone a record, and how many cannot be taken."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One row as it would be entered: its number, what becomes of it, its properties in words."""

    row: int
    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PreCheck:
    """What the pre-check of a batch found.

    Parameters
    ----------
    state
        QUESTION, REFUSED, READY or UNCHANGED.
    code, message
        Machine word and sentence on why the batch cannot be confirmed; empty when it can.
    counts, rows
        What would become of the rows; rows of the file.
    findings
        By row and column.
    mapping
        Property by header of the file; `unmatched` headers are not imported.
    coordinates
        Headers of the coordinate columns.
    format, layer, layers, encoding, encoding_basis, preview, crs, crs_basis
        How the file was read; the bases in Chinese.
    verdict, placement, east_m, north_m, guess
        Where the layer lies, as `geo.placement.Placement` says it.
    notes
        What was assumed or done, in Chinese.
    samples
        Some rows as they would be entered.
    data_version
        Version of the store that it was compared with.
    """

    state: BatchState
    code: str = ""
    message: str = ""
    counts: Counts = Counts()
    rows: int = 0
    findings: tuple[Finding, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    unmatched: tuple[str, ...] = ()
    coordinates: tuple[str, ...] = ()
    format: str = ""
    layer: str | None = None
    layers: tuple[str, ...] = ()
    encoding: str | None = None
    encoding_basis: str = ""
    preview: tuple[str, ...] = ()
    crs: str | None = None
    crs_basis: str = ""
    verdict: str = ""
    placement: str = ""
    east_m: float | None = None
    north_m: float | None = None
    guess: str | None = None
    notes: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    data_version: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One file on its way in.

    Parameters
    ----------
    id
        Name of the batch.
    kind
        As in `import_kinds.KINDS`.
    file_name, sha256, size
        The file as it came.
    received_at
        When it came, UTC.
    folder
        Where it is kept.
    request
        How it is to be taken.
    precheck
        None before the pre-check.
    state
        How far it has come.
    """

    id: str
    kind: str
    file_name: str
    sha256: str
    size: int
    received_at: datetime
    folder: Path
    request: ImportRequest = ImportRequest()
    precheck: PreCheck | None = None
    state: BatchState = BatchState.RECEIVED

    @property
    def source(self) -> Path:
        """The file itself."""
        return next(path for path in sorted(self.folder.glob("upload.*")) if _is_main(path))

    @property
    def fingerprint(self) -> str:
        """The same for the same file taken in the same way."""
        request = json.dumps(asdict(self.request), sort_keys=True, ensure_ascii=False)
        return sha256(f"{self.sha256}\n{self.kind}\n{request}".encode()).hexdigest()[:16]

    @property
    def name_in_history(self) -> str:
        """What the history calls the batch: its id and its fingerprint."""
        return f"{self.id}:{self.fingerprint}"


def _is_main(path: Path) -> bool:
    return path.suffix.lower() not in _SHAPEFILE_PARTS[1:]


def staging_folder(store: Store) -> Path:
    """Where batches wait."""
    return store.file.parent.resolve() / "staging"


def upload_place(store: Store) -> Path:
    """A new file in which an upload may be collected before `receive` takes it."""
    folder = staging_folder(store)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"incoming-{secrets.token_hex(8)}"


def receive(store: Store, file: Path, kind: str, *, file_name: str | None = None) -> Batch:
    """Copy `file` into a new batch; a bare ``.shp`` brings its siblings along.

    Raises
    ------
    NotFound
        When there is no such file.
    ImportRejected
        When it is too large.
    InvalidInput
        When there is no such kind.
    """
    kind_named(kind)
    if not file.is_file():
        raise NotFound(f"没有文件 {file}：请核对路径")
    if file.stat().st_size > jail.MAX_FILE_BYTES:
        raise ImportRejected(
            f"文件有 {file.stat().st_size / 1024**2:.0f} MB，"
            f"最多 {jail.MAX_FILE_BYTES // 1024**2} MB。请按县区拆分后分批导入。",
            code="file_too_large",
        )
    clear_old(store)
    name, now = file_name or file.name, datetime.now(UTC)
    id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    folder = staging_folder(store) / id
    folder.mkdir(parents=True)
    batch = Batch(
        id=id,
        kind=kind,
        file_name=Path(name).name[:200],
        sha256=_digest(file),
        size=file.stat().st_size,
        received_at=now,
        folder=folder,
    )
    try:
        _copy_in(file, batch)
    except OSError:
        discard(batch)
        raise
    return batch


def _copy_in(file: Path, batch: Batch) -> None:
    ending = Path(batch.file_name).suffix.lower()
    ending = ending if _ENDING.fullmatch(ending) else ".dat"
    for part in _parts(file):
        suffix = part.suffix.lower() if part != file else ending
        shutil.copyfile(part, batch.folder / f"upload{suffix}")
    save(batch)


def _parts(file: Path) -> list[Path]:
    if file.suffix.lower() != ".shp":
        return [file]
    own = (path for path in sorted(file.parent.iterdir()) if path.stem == file.stem)
    return [path for path in own if path.suffix.lower() in _SHAPEFILE_PARTS]


def _digest(file: Path) -> str:
    """SHA-256 of the file; of a Shapefile in parts, over those of all parts."""
    digests = [jail.sha256(part) for part in _parts(file)]
    return digests[0] if len(digests) == 1 else sha256("\n".join(digests).encode()).hexdigest()


def save(batch: Batch) -> None:
    """Write down how far the batch has come."""
    raw = asdict(batch) | {"received_at": batch.received_at.isoformat()}
    del raw["folder"]
    draft = batch.folder / "batch.json.new"
    draft.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    draft.replace(batch.folder / "batch.json")


def open_batch(store: Store, id: str) -> Batch:
    """The batch called `id`.

    Raises
    ------
    NotFound
        When it is not there, or was cleared away after a day.
    """
    folder = staging_folder(store) / id
    if not _ID.fullmatch(id) or not (folder / "batch.json").is_file():
        text = f"没有批次 {id[:40]!r}：未确认的上传保留 24 小时，请重新上传"
        raise NotFound(text, code="batch_missing")
    raw: dict[str, Any] = json.loads((folder / "batch.json").read_text(encoding="utf-8"))
    precheck = raw.pop("precheck")
    return Batch(
        **raw
        | {
            "received_at": datetime.fromisoformat(raw["received_at"]),
            "folder": folder,
            "request": ImportRequest(**raw["request"]),
            "precheck": None if precheck is None else _precheck(precheck),
            "state": BatchState(raw["state"]),
        }
    )


def _precheck(raw: dict[str, Any]) -> PreCheck:
    tuples = ("unmatched", "coordinates", "layers", "preview", "notes")
    return PreCheck(
        **raw
        | {name: tuple(raw[name]) for name in tuples}
        | {
            "state": BatchState(raw["state"]),
            "counts": Counts(**raw["counts"]),
            "findings": tuple(finding_from(item) for item in raw["findings"]),
            "samples": tuple(Sample(**item) for item in raw["samples"]),
        }
    )


def discard(batch: Batch) -> None:
    """Throw the upload away; what was confirmed stays in the store."""
    shutil.rmtree(batch.folder, ignore_errors=True)


def clear_old(store: Store, now: datetime | None = None) -> None:
    """Throw away batches older than a day, and what killed processes left behind."""
    folder = staging_folder(store)
    if not folder.is_dir():
        return
    limit = (now or datetime.now(UTC)) - KEPT
    for item in folder.iterdir():
        if _ID.fullmatch(item.name):
            made = datetime.strptime(item.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
            if made < limit:
                shutil.rmtree(item, ignore_errors=True)
        elif _LEFT.fullmatch(item.name):
            with suppress(FileNotFoundError):
                if datetime.fromtimestamp(item.stat().st_mtime, UTC) < limit:
                    item.unlink()


def profile_file(store: Store, kind: str, name: str | None) -> Path:
    """Where the mapping of a kind is kept, under a name of its own or as the usual one.

    Raises
    ------
    InvalidInput
        When the name holds other characters than letters, digits and hyphens.
    """
    if name is not None and not _PROFILE.fullmatch(name):
        text = f"方案名“{name[:40]}”只能用汉字、字母、数字和连字符，不超过 40 个字"
        raise InvalidInput(text, code="bad_profile")
    file = f"{kind}.json" if name is None else f"{kind}-{name}.json"
    return store.file.parent / "profiles" / file


def with_columns(given: Mapping[str, str], texts: Iterable[str]) -> dict[str, str]:
    """`given` with further ``列=属性`` pairs.

    Raises
    ------
    InvalidInput
        When a text has no equals sign.
    """
    found = dict(given)
    for text in texts:
        header, sign, name = text.rpartition("=")
        if not sign or not header:
            raise InvalidInput(f"“{text[:60]}”应写成 列=属性，如 街道=division", code="bad_mapping")
        found[header.strip()] = name.strip()
    return found
