"""Alembic's entry: runs the migrations on the connection that `migrate` hands over."""

from alembic import context


def run() -> None:
    """Run each migration and its record in one transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


# Alembic loads this file under this name; a plain import (a test collector's) runs nothing.
if __name__ == "env_py":
    run()
