"""Forms of the store, one migration each, forward only; Alembic keeps the record."""

from pathlib import Path

import sqlalchemy as sa

__all__ = ["HEAD", "migrate"]

HEAD = "0001"
"""Newest form that this version of civgeo knows."""


def migrate(engine: sa.Engine) -> None:
    """Bring the store behind `engine` to the newest form, each step in one transaction."""
    # only a new store needs Alembic, whose import takes a third of a second
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
