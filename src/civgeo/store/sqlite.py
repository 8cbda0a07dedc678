"""What is particular to SQLite: the library, its connections, spatial conditions, its errors.

One library only may open the live file in a process, because a second one, or a plain ``open`` and
``close`` of the file, drops the locks of the first. Nothing here reads the file but through SQLite.
"""

import importlib
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Protocol

import orjson
import shapely
import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool

from civgeo.errors import InvalidInput, StoreUnavailable
from civgeo.store import geopackage

__all__ = [
    "CHECKPOINT_PAGES",
    "Access",
    "Box",
    "SqliteFacts",
    "copy_to",
    "engine",
    "errors_in_words",
    "fold",
    "insert_rows",
    "is_alone",
    "journal_mode",
    "listed",
    "meets_box",
    "meets_box_directly",
    "scratch",
    "sqlite_facts",
]

WAL_SAFE_FROM = (3, 51, 3)
"""First version without the WAL-reset fault, which could corrupt a file with two writers."""

BUSY_SECONDS = 10.0
WRITER_CACHE_KIB = 65_536
FULL_BELOW_BYTES = 65_536
CHECKPOINT_PAGES = 1000
"""Pages of the journal from which a commit also brings them into the store."""

ROWS_AT_ONCE = 50_000
JOURNAL_KEPT_BYTES = 64 * 2**20
"""What the journal may keep of the disk after a long write."""

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west greater than east crosses the antimeridian."""


class Access(StrEnum):
    """How a connection opens the file; the values are SQLite's own ``mode``."""

    READ = "ro"
    WRITE = "rw"
    CREATE = "rwc"


class _Connection(Protocol):
    isolation_level: str | None

    def execute(self, sql: str, /) -> sqlite3.Cursor: ...
    def create_function(
        self, name: str, narg: int, func: object, /, *, deterministic: bool = ...
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class SqliteFacts:
    """Which SQLite serves the store, for ``civgeo doctor``.

    Parameters
    ----------
    library
        Python module that brings it: ``pysqlite3`` (bundled) or ``sqlite3`` (the system's).
    version
        Version of SQLite itself.
    journal_mode
        ``wal``, or ``delete`` where the version has the WAL-reset fault.
    """

    library: str
    version: str
    journal_mode: str


def _library() -> ModuleType:
    """The bundled SQLite where there is a wheel of it, else the standard library's."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


_LIBRARY = _library()


def journal_mode(version: tuple[int, ...]) -> str:
    """Journal that is safe with that version of SQLite: ``wal`` or ``delete``.

    Examples
    --------
    >>> journal_mode((3, 51, 2)), journal_mode((3, 51, 3))
    ('delete', 'wal')
    """
    return "wal" if version >= WAL_SAFE_FROM else "delete"


def sqlite_facts() -> SqliteFacts:
    """Library, version and journal mode in force."""
    mode = journal_mode(_LIBRARY.sqlite_version_info)
    return SqliteFacts(_LIBRARY.__name__.partition(".")[0], _LIBRARY.sqlite_version, mode)


def engine(file: Path, access: Access) -> sa.Engine:
    """Engine for the GeoPackage `file`; transactions are deferred to read, immediate to write.

    Parameters
    ----------
    file
        The GeoPackage.
    access
        READ opens it read-only; WRITE needs the file to exist; CREATE makes it.
    """
    address = f"{file.absolute().as_uri()}?mode={access.value}"

    def connect() -> _Connection:
        connection: _Connection = _LIBRARY.connect(
            address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False
        )
        _prepare(connection, access)
        return connection

    pool = NullPool if access is Access.CREATE else QueuePool
    sizes = {} if access is Access.CREATE else {"pool_size": 8, "max_overflow": 56}
    made = sa.create_engine("sqlite://", module=_LIBRARY, creator=connect, poolclass=pool, **sizes)
    begin = "BEGIN" if access is Access.READ else "BEGIN IMMEDIATE"
    sa.event.listen(made, "begin", lambda connection: connection.exec_driver_sql(begin) and None)
    return made


def _prepare(connection: _Connection, access: Access) -> None:
    """Settings and functions of one connection; the driver must not begin transactions itself."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    if access is Access.READ:
        connection.execute("PRAGMA query_only = ON")
    else:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = {-WRITER_CACHE_KIB}")
        connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_KEPT_BYTES}")
        _require_journal(connection, sqlite_facts().journal_mode)
    spatial = {
        "ST_IsEmpty": geopackage.is_empty,
        "ST_MinX": geopackage.x_min,
        "ST_MaxX": geopackage.x_max,
        "ST_MinY": geopackage.y_min,
        "ST_MaxY": geopackage.y_max,
    }
    connection.create_function("civgeo_meets_box", 5, _meets_box, deterministic=True)
    for name, function in spatial.items():
        connection.create_function(name, 1, function, deterministic=True)


def _require_journal(connection: _Connection, mode: str) -> None:
    got = connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0]
    if got != mode:
        text = f"登记库所在的磁盘不支持 {mode} 日志方式（得到 {got}）：请放在本机磁盘上"
        raise StoreUnavailable(text, code="store_journal")


@lru_cache(maxsize=16)
def _prepared_box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    box = shapely.box(west, south, east, north)
    shapely.prepare(box)
    return box


def _meets_box(blob: bytes | None, west: float, south: float, east: float, north: float) -> bool:
    geometry = geopackage.decode([blob])[0]
    return bool(shapely.intersects(_prepared_box(west, south, east, north), geometry))


def meets_box(table: sa.Table, box: Box) -> sa.ColumnElement[bool]:
    """Condition: the geometry of a row of `table` and `box` have a point in common.

    The R*Tree answers for envelopes inside or outside the box; only geometries whose envelope
    straddles an edge of it are decoded. Rows without geometry never meet it.

    Raises
    ------
    InvalidInput
        When a bound is not finite, or south lies above north.
    """
    return sa.or_(*(table.c.fid.in_(_rows_in(table, span)) for span in _spans(box)))


def meets_box_directly(geometry: sa.ColumnElement[bytes], box: Box) -> sa.ColumnElement[bool]:
    """Condition as `meets_box`, on a geometry that no R*Tree holds; raises as it does."""
    return sa.or_(*(sa.func.civgeo_meets_box(geometry, *span) for span in _spans(box)))


def _spans(box: Box) -> list[Box]:
    """The box, or its two parts where it crosses the antimeridian."""
    west, south, east, north = box
    if not all(-1e6 < bound < 1e6 for bound in box) or south > north:
        raise InvalidInput(
            f"范围 {box} 不成立：应为 西，南，东，北（度），南不大于北", code="bad_bbox"
        )
    if west <= east:
        return [box]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def _rows_in(table: sa.Table, box: Box) -> sa.Select[int]:
    west, south, east, north = box
    names = ("id", "minx", "maxx", "miny", "maxy")
    columns = [sa.column(name, sa.Double) for name in names]
    tree = sa.table(f"rtree_{table.name}_geometry", *columns).alias("tree")
    row = table.alias("row")
    inside = sa.and_(
        tree.c.minx >= west, tree.c.maxx <= east, tree.c.miny >= south, tree.c.maxy <= north
    )
    return (
        sa.select(tree.c.id)
        .join_from(tree, row, row.c.fid == tree.c.id)
        .where(tree.c.maxx >= west, tree.c.minx <= east)
        .where(tree.c.maxy >= south, tree.c.miny <= north)
        .where(sa.or_(inside, sa.func.civgeo_meets_box(row.c.geometry, *box)))
    )


def scratch(file: Path) -> sa.Engine:
    """Engine for a file of ours that may be lost: nothing waits for the disk."""

    def connect() -> _Connection:
        connection: _Connection = _LIBRARY.connect(str(file), check_same_thread=False)
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    made = sa.create_engine("sqlite://", module=_LIBRARY, creator=connect, poolclass=NullPool)
    sa.event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN") and None)
    return made


def fold(writer: sa.Engine) -> None:
    """Bring what the journal holds into the store, as far as no reader needs it; nobody waits."""
    with writer.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)")


def insert_rows(
    connection: sa.Connection,
    table: sa.TableClause,
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    """Append many rows with the columns `names`, without a dictionary for each."""
    statement = sa.insert(table).values(dict.fromkeys(names))
    text = str(statement.compile(dialect=connection.dialect))
    source = iter(rows)
    while some := [tuple(row) for row in islice(source, ROWS_AT_ONCE)]:
        connection.exec_driver_sql(text, some)


def copy_to(connection: sa.Connection, target: Path) -> None:
    """Copy the database behind `connection`, as it stands at one moment, to the new file `target`.

    Other connections may write meanwhile. The copy is one plain file without a journal beside it.
    """
    source = connection.connection.driver_connection
    if source is None:
        raise StoreUnavailable("登记库的连接已断开，请重试")
    copy = _LIBRARY.connect(str(target))
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()


def is_alone(file: Path) -> bool:
    """Fold the journal into `file`, and say whether no other program has it open.

    Afterwards the file has no journal beside it, when the answer is yes.
    """
    connection = _LIBRARY.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=1)
    try:
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except _LIBRARY.OperationalError:
        return False
    finally:
        connection.close()
    return bool(mode == "delete")


def listed(column: sa.ColumnElement[str], values: Collection[str]) -> sa.ColumnElement[bool]:
    """Condition: `column` is one of `values`, however many (no limit of bound parameters)."""
    rows = sa.func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    return column.in_(sa.select(rows.c.value))


_IO_ERROR = 10
_FULL, _BUSY, _READ_ONLY, _CORRUPT, _NOT_A_DATABASE, _CANNOT_OPEN = 13, (5, 6), 8, 11, 26, 14


_CODE_BY_TEXT = {"database or disk is full": _FULL, "disk I/O error": _IO_ERROR}
"""For the backup, whose errors come without a code."""


@contextmanager
def errors_in_words(file: Path) -> Iterator[None]:
    """Errors of SQLite inside the block, in an officer's words.

    Raises
    ------
    InvalidInput
        When a constraint of a table refuses the data, or a text is not Unicode.
    StoreUnavailable
        For a full disk, a locked, damaged, read-only or missing file, and anything else.
    """
    try:
        yield
    except sa.exc.IntegrityError as error:
        raise InvalidInput(f"数据不符合登记库的约束：{error.orig}", code="constraint") from error
    except sa.exc.DBAPIError as error:
        raise _in_words(file, error.orig) from error
    except _LIBRARY.Error as error:
        raise _in_words(file, error) from error
    except UnicodeEncodeError as error:
        text = f"文字含有不成对的代理码位，无法保存：{error.object[:40]!r}"
        raise InvalidInput(text, code="bad_text") from error


def _is_full(file: Path) -> bool:
    """Whether the disk has no room for the memory that write-ahead logging shares."""
    try:
        return shutil.disk_usage(file.parent).free < FULL_BELOW_BYTES
    except OSError:
        return False


def _in_words(file: Path, error: BaseException | None) -> StoreUnavailable:
    code = getattr(error, "sqlite_errorcode", _CODE_BY_TEXT.get(str(error), 0)) & 0xFF
    if code == _FULL or (code == _IO_ERROR and _is_full(file)):
        text = f"磁盘已满，{file} 未写入任何内容：请清理磁盘后重试"
        return StoreUnavailable(text, code="disk_full")
    if code in _BUSY:
        return StoreUnavailable(f"{file} 正被另一程序写入，请稍后重试", code="store_busy")
    if code == _READ_ONLY:
        return StoreUnavailable(
            f"{file} 只能读取：请检查文件和目录的写权限", code="store_read_only"
        )
    if code == _NOT_A_DATABASE:
        text = f"{file} 不是 GeoPackage 文件：请检查 --store 所指的目录"
        return StoreUnavailable(text, code="not_a_store")
    if code == _CORRUPT:
        return StoreUnavailable(f"{file} 已损坏：请用最近的备份恢复", code="store_damaged")
    if code == _CANNOT_OPEN:
        text = f"打不开 {file}：请检查文件是否存在、目录是否可写"
        return StoreUnavailable(text, code="store_missing")
    return StoreUnavailable(f"读写 {file} 出错：{error}")
