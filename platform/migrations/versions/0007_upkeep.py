"""The running program may read which schema it runs on."""

from __future__ import annotations

from alembic import context, op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["runtime_role"]
    op.execute(f'GRANT SELECT ON alembic_version TO "{role}"')
