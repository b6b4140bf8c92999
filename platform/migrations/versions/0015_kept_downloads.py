"""Jobs have titles, and say why they failed in every language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("title", sa.Text(), nullable=False, server_default=""))
    op.alter_column("job", "title", server_default=None)
    op.add_column(
        "job", sa.Column("failure", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.create_index("ix_job_asked", "job", ["county_id", "requested_by", "created_at"])
