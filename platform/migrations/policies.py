"""For migrations: put new tables under the policy class that their model declares."""

from __future__ import annotations

from alembic import context, op

from kit.db.policy import policy_statements
from migrations.tables import metadata


def protect(*tables: str) -> None:
    """Row-level security and grants, in the migration that makes the tables."""
    role = context.config.attributes["runtime_role"]
    for name in tables:
        for statement in policy_statements(metadata.tables[name], role):
            op.execute(statement)
