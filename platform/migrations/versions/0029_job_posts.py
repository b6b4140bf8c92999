"""A job post says what a job post has to say.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("job", postgresql.JSONB(none_as_null=True), nullable=True))
    # Job posts of before said everything in their text.
    op.create_check_constraint(op.f("ck_notice_job"), "notice", "job IS NULL OR kind = 'job_post'")
