"""The city's own workbooks, imported years."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cycle", sa.Column("historic", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("cycle", "historic", server_default=None)
