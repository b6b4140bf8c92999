"""Summaries of plans are accepted or returned by the unit that they were sent to.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_summary", sa.Column("reviewer_unit_id", sa.Uuid(), nullable=True))
    op.add_column("plan_summary", sa.Column("return_reason", sa.Text(), nullable=False, server_default=""))
    op.drop_constraint(op.f("ck_plan_summary_state"), "plan_summary", type_="check")
    op.drop_constraint(op.f("ck_plan_summary_sent_at"), "plan_summary", type_="check")
    op.create_check_constraint(
        op.f("ck_plan_summary_state"), "plan_summary", "state IN ('draft', 'sent', 'returned', 'accepted')"
    )
    op.create_check_constraint(op.f("ck_plan_summary_sent_at"), "plan_summary", "(state = 'draft') = (sent_at IS NULL)")
