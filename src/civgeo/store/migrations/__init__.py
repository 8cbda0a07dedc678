"""Forms of the store, one migration each, forward only; Alembic keeps the record."""

from pathlib import Path

import sqlalchemy as sa

__all__ = ["FORMS", "HEAD", "migrate"]

FORMS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Forms that this version of civgeo knows, the oldest first."""

HEAD = FORMS[-1]
"""Newest of them."""


def migrate(engine: sa.Engine, to: str = HEAD) -> None:
    """Bring the store behind `engine` to the form `to`, each step in one transaction."""
    # only a new or an old store needs Alembic, whose import takes a third of a second
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
