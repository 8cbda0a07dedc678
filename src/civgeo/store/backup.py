"""Backups of a store that is in use, their drill, and bringing one back."""

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import sqlalchemy as sa

from civgeo.domain.history import moment_text
from civgeo.errors import InvalidInput, NotFound, StoreUnavailable
from civgeo.store.checks import faults_of_file
from civgeo.store.disk import digest, keep, keep_folder, refuse_network_share
from civgeo.store.layer_backup import layer_copy_of, pack_layers, unpack_layers
from civgeo.store.migrations import HEAD
from civgeo.store.own_backup import OwnCopy, own_copy_of, pack_own, unpack_own
from civgeo.store.own_files import OWN_FOLDER
from civgeo.store.reading import Reading
from civgeo.store.site_layers import SITE_LAYERS_FOLDER
from civgeo.store.sqlite import Access, copy_to, engine, errors_in_words, is_alone
from civgeo.store.store import FILE_NAME, Store
from civgeo.store.tables import Collection
from civgeo.store.turns import QUEUE_NAME, turn

__all__ = [
    "Drill",
    "Manifest",
    "back_up",
    "drill",
    "keep_newest",
    "manifest_of",
    "restore",
    "rotated",
]

_STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, kept as JSON beside it.

    Parameters
    ----------
    file
        Name of the backup.
    made_at
        When, UTC.
    form, city, data_version
        Form of the store, its city, and how many writes it had seen.
    counts
        Rows of each collection, and entries of the history.
    heads
        Head of each chain: register, county, hash.
    bytes, sha256
        Of the file.
    own
        The folder ``own`` beside the store, as a zip beside the backup; None where it had none.
    layers
        The constraint layers, likewise.
    """

    file: str
    made_at: str
    form: str
    city: str
    data_version: int
    counts: Mapping[str, int]
    heads: tuple[tuple[str, str, str], ...]
    bytes: int
    sha256: str
    own: OwnCopy | None = None
    layers: OwnCopy | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """Outcome of bringing a backup back in a scratch folder.

    Parameters
    ----------
    manifest
        What the backup says of itself.
    faults
        What is wrong with it, in an officer's words; empty when it may be relied on.
    """

    manifest: Manifest
    faults: tuple[str, ...]


def back_up(store: Store, target: Path) -> Manifest:
    """Write a backup of the store as it stands at one moment; reading and writing go on.

    The file gets its name when it is whole and on the disk; its manifest lies beside it as
    ``NAME.json``, and where the store has some, the bureau's own files as ``NAME.own.zip`` and the
    constraint layers as ``NAME.layers.zip``.

    Raises
    ------
    StoreUnavailable
        When there is a file of that name already, the disk is full or cannot be written.
    OwnFileBroken
        When the folder ``own`` holds what is not read, such as a symbolic link.
    """
    if target.exists():
        text = f"{target} 已存在，不会覆盖：请换一个文件名，或用 --keep 保留多份"
        raise StoreUnavailable(text, code="backup_exists")
    with _disk_errors_in_words(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".civgeo-backup-", dir=target.parent) as workshop:
            draft = Path(workshop) / target.name
            reader = engine(store.file, Access.READ)
            try:
                with errors_in_words(draft), reader.connect() as connection:
                    copy_to(connection, draft)
            finally:
                reader.dispose()
            keep(draft)
            packed = Path(workshop) / "own.zip"
            own = pack_own(store.file.parent, packed)
            packed_layers = Path(workshop) / "layers.zip"
            layers = pack_layers(store.file.parent, packed_layers)
            manifest = replace(_describe(draft, target.name), own=own, layers=layers)
            beside = Path(workshop) / "manifest"
            beside.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
            keep(beside)
            if own is not None:
                packed.replace(own_copy_of(target))
            if layers is not None:
                packed_layers.replace(layer_copy_of(target))
            beside.replace(_manifest_file(target))
            draft.rename(target)
        keep_folder(target.parent)
    return manifest


def _describe(file: Path, name: str) -> Manifest:
    opened = engine(file, Access.READ)
    try:
        with errors_in_words(file), opened.begin() as connection:
            reading = Reading(connection, datetime.now(UTC))
            entries = connection.execute(sa.text("SELECT count(*) FROM history")).scalar_one()
            heads = reading.heads()
            return Manifest(
                file=name,
                made_at=moment_text(datetime.now(UTC)),
                form=HEAD,
                city=reading.register().city,
                data_version=reading.data_version(),
                counts={
                    **{c.value: reading.count(c, include_closed=True) for c in Collection},
                    "history": entries,
                },
                heads=tuple((head.register, head.county, head.hash) for head in heads),
                bytes=file.stat().st_size,
                sha256=digest(file),
            )
    finally:
        opened.dispose()


def _manifest_file(backup: Path) -> Path:
    return backup.with_name(f"{backup.name}.json")


def manifest_of(backup: Path) -> Manifest:
    """Manifest that lies beside a backup.

    Raises
    ------
    NotFound
        When the backup or its manifest is not there.
    InvalidInput
        When the manifest cannot be read.
    """
    beside = _manifest_file(backup)
    for file in (backup, beside):
        if not file.is_file():
            raise NotFound(f"没有备份文件 {file}", code="backup_missing")
    try:
        content = orjson.loads(beside.read_bytes())
        heads = tuple((row[0], row[1], row[2]) for row in content.pop("heads"))
        own, layers = (content.pop(name, None) for name in ("own", "layers"))
        return Manifest(**content, heads=heads, own=_copy_in(own), layers=_copy_in(layers))
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise InvalidInput(f"备份清单 {beside} 已损坏，无法核对", code="bad_manifest") from error


def _copy_in(content: Mapping[str, Any] | None) -> OwnCopy | None:
    return None if content is None else OwnCopy(**content)


def rotated(target: Path, moment: datetime) -> Path:
    """Name of a backup among several: `target` with the moment in it.

    Examples
    --------
    >>> rotated(Path("b.gpkg"), datetime(2026, 3, 1, 8, 30, tzinfo=UTC)).name
    'b-20260301T083000000000Z.gpkg'
    """
    stamp = moment.astimezone(UTC).strftime(_STAMP)
    return target.with_name(f"{target.stem}-{stamp}{target.suffix}")


def keep_newest(target: Path, number: int) -> list[Path]:
    """Remove all but the newest `number` backups that `rotated` named after `target`.

    Returns
    -------
    list of Path
        Those removed.
    """
    if number < 1:
        raise InvalidInput(f"保留份数应不小于 1，收到 {number}", code="bad_number")
    name = re.compile(rf"{re.escape(target.stem)}-\d{{8}}T\d{{12}}Z{re.escape(target.suffix)}")
    found = sorted(file for file in target.parent.iterdir() if name.fullmatch(file.name))
    gone = found[:-number]
    for file in gone:
        file.unlink()
        _manifest_file(file).unlink(missing_ok=True)
        own_copy_of(file).unlink(missing_ok=True)
        layer_copy_of(file).unlink(missing_ok=True)
    return gone


def drill(backup: Path) -> Drill:
    """Bring a backup back in a scratch folder and look whether it is whole.

    Its checksum, pages, keys, spatial indexes, GeoPackage tables, chains of history and counts
    are compared; the backup itself is only read.

    Raises
    ------
    NotFound, InvalidInput
        When the backup or its manifest is not there, or the manifest cannot be read.
    StoreUnavailable
        When there is no room for the scratch copy.
    """
    with TemporaryDirectory(prefix="civgeo-drill-") as scratch:
        return _drill(backup, Path(scratch))


def _drill(backup: Path, scratch: Path) -> Drill:
    manifest = manifest_of(backup)
    copy = scratch / FILE_NAME
    with _disk_errors_in_words(scratch):
        _copy(backup, copy)
    faults = []
    if digest(copy) != manifest.sha256:
        faults.append("校验和与清单不符：文件被改动或没有复制完整")
    try:
        faults += faults_of_file(copy)
        found = _describe(copy, manifest.file)
    except StoreUnavailable as error:
        return Drill(manifest, (*faults, error.message))
    for what in ("city", "data_version", "counts", "heads"):
        if getattr(found, what) != getattr(manifest, what):
            faults.append(f"内容与清单不符：{what}")
    if manifest.own is not None and (
        fault := unpack_own(manifest.own, backup, scratch / OWN_FOLDER)
    ):
        faults.append(fault)
    if manifest.layers is not None and (fault := unpack_layers(manifest.layers, backup, scratch)):
        faults.append(fault)
    return Drill(manifest, tuple(faults))


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as given, target.open("xb") as made:
        while block := given.read(1 << 20):
            made.write(block)


def restore(backup: Path, directory: Path, *, replace: bool = False) -> Drill:
    """Put a backup in place as the store of `directory`, when its drill finds no fault.

    The bureau's own files and the layers come back with it; a backup without any leaves those that
    are there.

    Parameters
    ----------
    backup
        The backup; its manifest lies beside it.
    directory
        Folder of the store.
    replace
        Whether a store that is there may be set aside (it stays beside the new one).

    Returns
    -------
    Drill
        With faults, nothing was changed.

    Raises
    ------
    StoreUnavailable
        When there is a store already and `replace` is not given, or another program has it open.
    NotFound, InvalidInput
        As `drill`.
    """
    place = directory / FILE_NAME
    if place.exists() and not replace:
        text = f"{directory} 中已有登记库，不会覆盖：请换一个目录，或加 --replace（原库留在一旁）"
        raise StoreUnavailable(text, code="store_exists")
    with _disk_errors_in_words(directory):
        directory.mkdir(parents=True, exist_ok=True)
        refuse_network_share(directory)
        with TemporaryDirectory(prefix=".civgeo-restore-", dir=directory) as workshop:
            outcome = _drill(backup, Path(workshop))
            if outcome.faults:
                return outcome
            copy = Path(workshop) / FILE_NAME
            keep(copy)
            with turn(directory / QUEUE_NAME):
                if place.exists():
                    _set_aside(place)
                if outcome.manifest.own is not None:
                    _bring(Path(workshop) / OWN_FOLDER, directory / OWN_FOLDER)
                if outcome.manifest.layers is not None:
                    made = Path(workshop) / SITE_LAYERS_FOLDER
                    _bring(made, directory / SITE_LAYERS_FOLDER)
                copy.rename(place)
            keep_folder(directory)
    Store.open(directory).close()
    return outcome


def _set_aside(place: Path) -> None:
    """Rename the store that is there; refuse while another program has it open."""
    if not is_alone(place):
        text = f"{place} 正被使用（服务或 QGIS）：请先停止服务并关闭其他程序，再恢复"
        raise StoreUnavailable(text, code="store_busy")
    _rename_aside(place)


def _bring(made: Path, place: Path) -> None:
    """Put a folder in place; one that is there stays beside it."""
    if place.exists() or place.is_symlink():
        _rename_aside(place)
    made.rename(place)


def _rename_aside(place: Path) -> None:
    stamp = datetime.now(UTC).strftime(_STAMP)
    place.rename(place.with_name(f"{place.stem}-replaced-{stamp}{place.suffix}"))


@contextmanager
def _disk_errors_in_words(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            text = f"磁盘已满，{place} 没有写成：请清理磁盘后重试，原有内容未受影响"
            raise StoreUnavailable(text, code="disk_full") from error
        text = f"{place} 不能写入：{error.strerror}。请检查目录的写权限"
        raise StoreUnavailable(text, code="store_read_only") from error
