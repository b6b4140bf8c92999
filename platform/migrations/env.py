"""Alembic's environment. `migrations.runner` opens the connection, takes the lock and sets the time-outs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.operations.ops import CreateTableOp, MigrateOperation, MigrationScript
from sqlalchemy import Connection

from kit.db.base import TextEnum
from migrations.tables import metadata


def _forget_info(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """A policy class is named in the model and put in force by `migrations.policies.protect`, not by rendering."""

    def walk(operations: Iterable[MigrateOperation]) -> None:
        for operation in operations:
            if isinstance(operation, CreateTableOp):
                operation.info = {}

    for script in directives:
        for upgrade in script.upgrade_ops_list:
            walk(upgrade.ops)


def _plain_text(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """An enumeration kept as text is text to the database."""
    return "sa.Text()" if kind == "type" and isinstance(item, TextEnum) else False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    transaction_per_migration=True,
    process_revision_directives=_forget_info,
    render_item=_plain_text,
)
with context.begin_transaction():
    context.run_migrations()
