"""Forms of the store: which one a file has, and bringing an older one up to date."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from civgeo.errors import StoreUnavailable
from civgeo.store.disk import keep, keep_folder
from civgeo.store.gpkg_schema import APPLICATION_ID
from civgeo.store.history_schema import trigger_names
from civgeo.store.migrations import FORMS, HEAD, migrate
from civgeo.store.sqlite import copy_to
from civgeo.store.tables import LAYERS

__all__ = ["bring_up_to_date", "form_of", "require_store"]


def form_of(connection: sa.Connection) -> str | None:
    """Migration that made the file what it is, or None when it is no store of civgeo."""
    if connection.execute(sa.text("PRAGMA application_id")).scalar_one() != APPLICATION_ID:
        return None
    tables = set(sa.inspect(connection).get_table_names())
    if not {"alembic_version", "register", "gpkg_contents"} <= tables:
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def require_store(connection: sa.Connection, file: Path) -> bool:
    """Whether the store has the newest form.

    Raises
    ------
    StoreUnavailable
        When the file is no store of civgeo, a newer version made it, or its triggers are gone.
    """
    form = form_of(connection)
    if form is None:
        text = f"{file} 是别的 GeoPackage，不是 civgeo 登记库"
        raise StoreUnavailable(text, code="not_a_store")
    if form not in FORMS:
        text = f"{file} 由更新的 civgeo 写成（结构 {form}，本程序到 {HEAD}）：请升级 civgeo"
        raise StoreUnavailable(text, code="store_other_form")
    if form == HEAD:
        _require_triggers(connection, file)
    return form == HEAD


def _require_triggers(connection: sa.Connection, file: Path) -> None:
    query = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    missing = _WANTED.difference(connection.execute(query).scalars())
    if missing:
        text = (
            f"{file} 的结构被外部程序改动（缺少 {len(missing)} 个触发器，如 {min(missing)}）："
            "请用最近的备份恢复"
        )
        raise StoreUnavailable(text, code="store_structure")


_WANTED = frozenset(
    trigger_names({name.value: tuple(layer.table.c.keys()) for name, layer in LAYERS.items()})
    | {
        f"rtree_{name}_geometry_{event}"
        for name in LAYERS
        for event in ("insert", "update1", "update2", "update3", "update4", "delete")
    }
)


def bring_up_to_date(file: Path, writer: sa.Engine) -> None:
    """Copy a store of an older form beside itself, then migrate it; nothing when it is current.

    Parameters
    ----------
    file
        The store; the caller holds the turn to write.
    writer
        Engine that may write it.
    """
    with writer.connect() as connection:
        if require_store(connection, file):
            return
        form = form_of(connection)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    spare = file.with_name(f"{file.stem}-form-{form}-{moment}{file.suffix}")
    with writer.connect() as connection:
        copy_to(connection, spare)
    keep(spare)
    keep_folder(spare.parent)
    migrate(writer)
