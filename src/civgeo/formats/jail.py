"""Files from outside, read in a process of their own that can do nothing else.

The server hands a file to ``python -I -m civgeo.formats.reader`` and takes back a checked
GeoPackage with facts, never the file itself. What the process may do is set in `confinement`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyogrio

from civgeo.assets import packaged_data
from civgeo.errors import ImportRejected, NotFound, StoreUnavailable
from civgeo.formats.checked import CheckedFile
from civgeo.formats.confinement import Limits
from civgeo.formats.facts import Facts, ReadRequest
from civgeo.formats.findings import Finding
from civgeo.formats.sniff import is_osm_pbf
from civgeo.formats.walkable_ways import TABLE as WALKABLE_WAYS

__all__ = [
    "LIMITS",
    "MAX_FILE_BYTES",
    "JailFact",
    "jail_facts",
    "limits_for",
    "read_file",
    "run_operation",
    "sha256",
    "with_error_column",
]

LIMITS = Limits()
MAX_FILE_BYTES = 300 * 1024**2
SMALL_BYTES = 10 * 1024**2
BYTES_A_SECOND = 1024**2
MOST_SECONDS = 300
"""A larger file has a second more for each further megabyte, up to so many."""

FULL_BELOW_BYTES = 1024**2
_SIDECARS = (".shx", ".dbf", ".prj", ".cpg")
_SHP_MAGIC = b"\x00\x00\x27\x0a"
_OUT_OF_TIME = {-24, 152}
"""Exit codes of a process ended by its processor time limit."""


@dataclass(frozen=True, slots=True)
class JailFact:
    """One protection, whether it is in force on this machine, and what was seen."""

    subject: str
    in_force: bool
    detail: str


def read_file(
    source: Path,
    staging: Path,
    request: ReadRequest | None = None,
    *,
    limits: Limits | None = None,
) -> CheckedFile:
    """Read the outside file `source` in the jail into `staging`.

    Parameters
    ----------
    source
        File as it came, under any name; a bare ``.shp`` brings its siblings along.
    staging
        Folder of this batch; what an earlier reading left there is replaced.
    request
        How the officer wants it read.
    limits
        Memory, time and file size; by default those for its size.

    Returns
    -------
    CheckedFile
        Facts, and the rows where the layer was clear.

    Raises
    ------
    ImportRejected
        When the file is of no accepted format, hostile, damaged, too large, or takes too long.
    NotFound
        When there is no such file.
    StoreUnavailable
        When the disk is full.
    """
    if not source.is_file():
        raise NotFound(f"没有文件 {source}：请核对路径")
    _check_size(source)
    folder = staging.resolve() / "checked"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    siblings = _siblings(source)
    command = {
        "operation": "read",
        "source": str(source.resolve()),
        "siblings": [str(path.resolve()) for path in siblings],
        "request": asdict(request or ReadRequest()),
    }
    limits, readable = limits or limits_for(source), [source, *siblings]
    if is_osm_pbf(source):
        limits = replace(limits, threads=True)
        readable.append(Path(str(packaged_data(WALKABLE_WAYS))))
    _run(command, folder, limits, readable=readable)
    return CheckedFile(folder, Facts.read(folder / "facts.json"))


def run_operation(operation: str, source: Path, staging: Path, limits: Limits = LIMITS) -> Path:
    """Run another operation of the reader on `source`; returns the folder with what it wrote.

    `limits` are those of a small file. Raises as `read_file`.
    """
    if not source.is_file():
        raise NotFound(f"没有文件 {source}：请核对路径")
    _check_size(source)
    folder = staging.resolve() / operation
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = {"operation": operation, "source": str(source.resolve()), "siblings": []}
    _run(command, folder, limits_for(source, limits), readable=(source,))
    return folder


def limits_for(source: Path, limits: Limits = LIMITS) -> Limits:
    """`limits` for reading a file: it may take longer the larger it is, up to a bound."""
    more = max(0, source.stat().st_size - SMALL_BYTES) // BYTES_A_SECOND
    most = max(MOST_SECONDS, limits.seconds)
    return replace(limits, seconds=min(most, limits.seconds + more))


def with_error_column(
    source: Path,
    checked: CheckedFile,
    findings: Iterable[Finding],
    *,
    limits: Limits | None = None,
) -> bytes:
    """The officer's own table with one more column that says what to mend in each row.

    Parameters
    ----------
    source
        The table as it came: XLSX keeps its sheets and formats, CSV its encoding and delimiter.
        Any other format gives the findings as a CSV list.
    checked
        What `read_file` made of it.
    findings
        Of `checked` and of the steps after it.

    Raises
    ------
    ImportRejected
        When the file cannot be written within the limits.
    """
    folder = checked.folder.resolve() / "annotated"
    folder.mkdir(exist_ok=True)
    checked.facts.write(folder / "facts.json")
    if checked.facts.unpacked:
        source = checked.folder / checked.facts.unpacked
    command = {
        "operation": "annotate",
        "source": str(source.resolve()),
        "siblings": [],
        "findings": [asdict(item) for item in findings],
    }
    _run(command, folder, limits or limits_for(source), readable=(source,))
    return (folder / "annotated").read_bytes()


def jail_facts(limits: Limits = LIMITS) -> list[JailFact]:
    """What protects this machine from outside files: each protection is tried out, not assumed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "jail"
        folder.mkdir()
        canary = Path(name) / "canary"
        canary.write_text("seen", encoding="utf-8")
        command = {"operation": "probe", "source": str(canary), "siblings": []}
        try:
            _run(command, folder, limits, readable=())
        except ImportRejected as error:
            return [JailFact("读取外来文件的隔离进程", False, f"无法启动：{error.message}")]
        seen: dict[str, list[Any]] = json.loads((folder / "probe.json").read_text("utf-8"))
    small, step = SMALL_BYTES // 1024**2, BYTES_A_SECOND // 1024**2
    text = f"{small} MB 以内的文件 {limits.seconds} 秒，"
    text += f"以上每 {step} MB 加 1 秒，至多 {max(MOST_SECONDS, limits.seconds)} 秒"
    wall = JailFact("总时间", True, text)
    facts = [JailFact(subject, bool(on), str(detail)) for subject, (on, detail) in seen.items()]
    return [*facts, wall]


def sha256(path: Path) -> str:
    """Digest of a file, by which a second upload of the same file is known."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_size(source: Path) -> None:
    size = source.stat().st_size
    if size > MAX_FILE_BYTES:
        raise ImportRejected(
            f"文件有 {size / 1024**2:.0f} MB，最多 {MAX_FILE_BYTES // 1024**2} MB。"
            "请按县区拆分后分批导入。",
            code="file_too_large",
        )


def _siblings(source: Path) -> list[Path]:
    """Companions of a bare Shapefile, whose names differ in the ending only."""
    with source.open("rb") as file:
        if file.read(4) != _SHP_MAGIC:
            return []
    return [
        path
        for path in sorted(source.parent.iterdir())
        if path.stem == source.stem and path.suffix.lower() in _SIDECARS and path.is_file()
    ]


def _run(
    command: dict[str, Any], folder: Path, limits: Limits, *, readable: Iterable[Path]
) -> None:
    """Run one operation in the jail; what went wrong there becomes an ImportRejected here."""
    refusal = folder / "refusal.json"
    refusal.unlink(missing_ok=True)
    command |= {
        "limits": asdict(limits),
        "readable": [str(path.resolve()) for path in readable],
        "drivers": sorted(pyogrio.list_drivers()),
    }
    (folder / "command.json").write_text(json.dumps(command), encoding="utf-8")
    arguments = [sys.executable, "-I", "-X", "utf8", "-m", "civgeo.formats.reader", str(folder)]
    log = folder / "reader.log"
    with log.open("wb") as errors:
        try:
            ended = subprocess.run(  # noqa: S603 - our own interpreter, module and folder
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=_environment(),
                cwd=folder,
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _too_slow(limits) from None
    if (refusal.exists() or ended.returncode) and _is_full(folder):
        text = "磁盘已满，读不了文件：请清理磁盘后重新上传"
        raise StoreUnavailable(text, code="disk_full")
    if refusal.exists():
        raw = json.loads(refusal.read_text(encoding="utf-8"))
        raise ImportRejected(raw["message"], code=raw["code"])
    if ended.returncode in _OUT_OF_TIME:
        raise _too_slow(limits)
    if ended.returncode != 0:
        raise _crashed(log, limits)


def _is_full(folder: Path) -> bool:
    """Whether the disk is what the reading failed for: its log may have found no room either."""
    return shutil.disk_usage(folder).free < FULL_BELOW_BYTES


def _environment() -> dict[str, str]:
    """Nothing; Windows cannot start a process without its own folder."""
    return {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if sys.platform == "win32" else {}


def _too_slow(limits: Limits) -> ImportRejected:
    return ImportRejected(
        f"读取超过 {limits.seconds} 秒，已终止。请拆分文件，或另存为 GeoPackage、CSV 后再导入。",
        code="too_slow",
    )


def _crashed(log: Path, limits: Limits) -> ImportRejected:
    said = log.read_text("utf-8", errors="replace")
    if any(word in said for word in ("bad_alloc", "MemoryError", "out of memory")):
        return ImportRejected(
            f"读取需要的内存超过 {limits.memory_bytes // 1024**2} MB，已终止。请拆分文件后再导入。",
            code="too_much_memory",
        )
    return ImportRejected(
        "读取时进程意外终止：文件很可能已损坏，或超出内存限制。请用制图软件重新导出，"
        "仍不行请联系管理员。",
        code="reader_crashed",
    )
