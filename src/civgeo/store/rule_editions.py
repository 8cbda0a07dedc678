"""Editions of the bureau's rules on cemeteries: each kept by its checksum, with a log of edits.

``own/rules/cemetery_rules.csv`` beside a store is the one source of the rules in force. Beside it
``own/rules/history`` holds each edition of that file (``cemetery_rules.DIGEST.csv``), the packaged
tables that they were merged into (``packaged.DIGEST.csv``), and the log ``cemetery_rules.jsonl``:
a line for each edit, written before the file is replaced. Nothing there is ever changed.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import orjson

from civgeo.errors import InvalidInput, NotFound, OwnFileBroken, StoreUnavailable
from civgeo.store.disk import keep, keep_folder
from civgeo.store.own_files import LARGEST_FILE, OWN_FOLDER, OWN_HISTORY, kept_files
from civgeo.store.turns import turn

__all__ = ["NO_FILE", "RULES_FILE", "EditionEntry", "RuleAction", "RuleEditions"]

RULES_FILE = "rules/cemetery_rules.csv"
"""Name of the bureau's file below ``own``."""

NO_FILE = "none"
"""In place of a checksum: the bureau has no file."""

_OWN, _PACKAGED, _LOG, _QUEUE = "cemetery_rules", "packaged", "cemetery_rules.jsonl", ".queue"
_MARK = re.compile(r"[0-9a-f]{8,64}")
_PATIENCE_SECONDS = 20.0


def _(text: str) -> str:
    """`text` itself; the mark by which the catalogue of English words finds it."""
    return text


class RuleAction(StrEnum):
    """What an entry of the log did to the rules."""

    ENTER = "enter"
    CHANGE = "change"
    OFF = "off"
    RESTORE = "restore"
    UNDO = "undo"
    FOUND = "found"
    PACKAGED = "packaged"

    @property
    def label_zh(self) -> str:
        """Action in Chinese."""
        edits = {"enter": _("录入"), "change": _("更改"), "off": _("停用"), "restore": _("恢复")}
        found = {"found": _("直接改动文件"), "packaged": _("随带规定更新")}
        return (edits | found | {"undo": _("回到以前的版本")})[self.value]


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """One line of the log.

    Parameters
    ----------
    recorded_at
        When it was written, UTC, as text.
    action
        What was done; ``found`` for a file that was changed by hand, or by an edit that did not
        come to its end.
    before, after
        Checksums of the bureau's file, `NO_FILE` without one.
    packaged, packaged_digest
        Edition and checksum of the packaged rules that it stands beside.
    rules
        Ids of the rules that were edited; empty where nobody said which.
    actor, document, document_date
        Who did it, and on the strength of what; empty for what was found.
    """

    recorded_at: str
    action: RuleAction
    before: str
    after: str
    packaged: str
    packaged_digest: str
    rules: tuple[str, ...] = ()
    actor: str = ""
    document: str = ""
    document_date: str = ""


@dataclass(frozen=True, slots=True)
class RuleEditions:
    """The bureau's rules beside the store in `directory`, and what they were before."""

    directory: Path

    @property
    def file(self) -> Path:
        """The file of the rules in force."""
        return self.directory / OWN_FOLDER / RULES_FILE

    @property
    def folder(self) -> Path:
        """Where earlier editions lie."""
        return self.directory / OWN_FOLDER / OWN_HISTORY

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other editors, in all threads and processes, away for the block.

        Raises
        ------
        StoreBusy
            When another one does not come to an end.
        StoreUnavailable
            When the disk cannot be written.
        """
        with _in_words(self.folder):
            kept_files(self.directory)
            self.folder.mkdir(parents=True, exist_ok=True)
            with turn(self.folder / _QUEUE, patience=_PATIENCE_SECONDS):
                yield

    def content(self) -> bytes | None:
        """The file in force as it lies there, None without one; raises OwnFileBroken."""
        try:
            if self.file.is_symlink() or self.file.stat().st_size > LARGEST_FILE:
                raise OwnFileBroken(f"{OWN_FOLDER}/{RULES_FILE} 是链接或超过 10 MB，不会读取")
            return self.file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            text = f"{OWN_FOLDER}/{RULES_FILE} 读不出来：{error.strerror}。请检查权限"
            raise OwnFileBroken(text) from error

    def keep_edition(self, content: bytes | None) -> str:
        """Checksum of an edition of the bureau's file, which is kept unless it is already."""
        return NO_FILE if content is None else self._keep(_OWN, content)

    def keep_packaged(self, content: bytes) -> str:
        """Checksum of an edition of the packaged rules, which is kept unless it is already."""
        return self._keep(_PACKAGED, content)

    def edition(self, digest: str) -> Path:
        """File of an earlier edition of the bureau's file; raises as `packaged`."""
        return self._kept(_OWN, digest)

    def packaged(self, digest: str) -> Path:
        """File of an earlier edition of the packaged rules.

        Raises
        ------
        NotFound
            When it was not kept.
        OwnFileBroken
            When it is not what it was when it was kept.
        """
        return self._kept(_PACKAGED, digest)

    def log(self) -> tuple[EditionEntry, ...]:
        """Every entry, the oldest first; a line that was torn when the power failed is left out.

        Raises
        ------
        OwnFileBroken
            When it cannot be read, or a line in the middle cannot.
        """
        try:
            lines = (self.folder / _LOG).read_bytes().split(b"\n")
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            text = f"{OWN_FOLDER}/{OWN_HISTORY}/{_LOG} 读不出来：{error.strerror}。请检查权限"
            raise OwnFileBroken(text) from error
        return tuple(_entry(line) for line in lines[:-1] if line.strip())

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the history, in an officer's words: files that are not as kept."""
        found = []
        try:
            kept = kept_files(self.directory)
            self.log()
        except OwnFileBroken as error:
            return (error.message,)
        for file in kept:
            mark = file.path.name.removesuffix(".csv").rpartition(".")[2]
            if file.path.suffix == ".csv" and sha256(file.path.read_bytes()).hexdigest() != mark:
                found.append(_changed(file.told))
        return tuple(found)

    def append(self, entry: EditionEntry) -> None:
        """Write an entry to the end of the log; only while it is one's turn."""
        file = self.folder / _LOG
        line = orjson.dumps(asdict(entry)) + b"\n"
        with file.open("ab+") as opened:
            end = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, end - 1))
            if end and opened.read(1) != b"\n":
                opened.truncate(_last_line_end(file))
            opened.write(line)
            opened.flush()
            os.fsync(opened.fileno())
        keep_folder(self.folder)

    def replace(self, content: bytes) -> None:
        """Put `content` in the place of the file in force: all of it, or nothing."""
        draft = self.draft(content)
        draft.replace(self.file)
        keep_folder(self.file.parent)

    def draft(self, content: bytes) -> Path:
        """File with `content` beside the one in force, which nothing reads yet."""
        draft = self.file.with_name(f".{self.file.name}.new")
        draft.write_bytes(content)
        keep(draft)
        return draft

    def _keep(self, kind: str, content: bytes) -> str:
        digest = sha256(content).hexdigest()
        place = self.folder / f"{kind}.{digest}.csv"
        if not place.exists():
            draft = place.with_name(f".{place.name}.new")
            draft.write_bytes(content)
            keep(draft)
            draft.replace(place)
            keep_folder(self.folder)
        return digest

    def _kept(self, kind: str, digest: str) -> Path:
        if not _MARK.fullmatch(digest):
            raise InvalidInput(f"版本 {digest[:40]!r} 应为 8 到 64 位校验值", code="bad_value")
        found = sorted(self.folder.glob(f"{kind}.{digest}*.csv"))
        if not found:
            text = f"没有保存过版本 {digest[:16]}：civgeo cemeteries rule history 列出保存的版本"
            raise NotFound(text, code="edition_missing")
        if len(found) > 1:
            raise InvalidInput(f"以 {digest} 开头的版本不止一个，请多写几位", code="bad_value")
        full = found[0].name.split(".")[1]
        if sha256(found[0].read_bytes()).hexdigest() != full:
            raise OwnFileBroken(_changed(f"{OWN_FOLDER}/{OWN_HISTORY}/{found[0].name}"))
        return found[0]


def _entry(line: bytes) -> EditionEntry:
    try:
        raw = orjson.loads(line)
        known = {**raw, "action": RuleAction(raw["action"]), "rules": tuple(raw["rules"])}
        return EditionEntry(**known)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        text = f"{OWN_FOLDER}/{OWN_HISTORY}/{_LOG} 被改动过，读不出来；请从备份中取回"
        raise OwnFileBroken(text) from error


def _changed(told: str) -> str:
    return f"{told} 被改动过，与校验值不符；请从备份中取回这个文件"


def _last_line_end(file: Path) -> int:
    return file.read_bytes().rfind(b"\n") + 1


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{folder} 不能写入：{error.strerror}。请检查磁盘空间和写权限"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StoreUnavailable(text, code="disk_full" if full else "store_read_only") from error
