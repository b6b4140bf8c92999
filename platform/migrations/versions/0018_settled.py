"""What is settled is found by its time; an amended document goes without a file that it went with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enclosure", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_inbox_item_settled",
        "inbox_item",
        ["county_id", "recipient_unit_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed"),
    )
