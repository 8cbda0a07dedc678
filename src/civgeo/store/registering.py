"""The one row that says what a store is about."""

from datetime import UTC

import orjson
import sqlalchemy as sa

from civgeo.errors import InvalidInput
from civgeo.store.gpkg_schema import contents
from civgeo.store.reading import Register
from civgeo.store.records import NOW, begin_own, end_own
from civgeo.store.tables import register

__all__ = ["enter_register"]


def enter_register(connection: sa.Connection, entry: Register) -> None:
    """Enter what a new store is about.

    Raises
    ------
    InvalidInput
        When ``created_at`` has no time zone.
    """
    if entry.created_at.tzinfo is None:
        raise InvalidInput("登记库的建立时间应带时区", code="bad_date")
    created_at = entry.created_at.astimezone(UTC).isoformat(timespec="milliseconds")
    row = {
        "fid": 1,
        "city": entry.city,
        "name": entry.name,
        "simulated": entry.simulated,
        "created_at": created_at.replace("+00:00", "Z"),
        "edition": entry.edition,
        "sources": orjson.dumps(dict(entry.sources), option=orjson.OPT_SORT_KEYS).decode(),
        "data_version": 0,
    }
    begin_own(connection)
    connection.execute(sa.insert(register).values(row))
    connection.execute(
        sa.update(contents).where(contents.c.table_name == register.name).values(last_change=NOW)
    )
    end_own(connection)
