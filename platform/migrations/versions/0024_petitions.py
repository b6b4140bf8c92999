"""信访交办: the statutory course of a petition; sections that can be closed; 检举控告 guarded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition",
        sa.Column("handler_unit_id", sa.Uuid(), nullable=False),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.Column("petition_class", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("objected_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("informed_on", sa.Date(), nullable=True),
        sa.Column("extended_days", sa.Integer(), nullable=True),
        sa.Column("extended_reason", sa.Text(), nullable=False),
        sa.Column("extended_by", sa.Text(), nullable=False),
        sa.Column("extended_told", sa.Boolean(), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("review_asked_on", sa.Date(), nullable=True),
        sa.Column("review_answered_on", sa.Date(), nullable=True),
        sa.Column("reexamination_asked_on", sa.Date(), nullable=True),
        sa.Column("reexamination_answered_on", sa.Date(), nullable=True),
        sa.Column("reminded", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('routed', 'objected', 'accepted', 'concluded')", name=op.f("ck_petition_state")),
        sa.CheckConstraint("extended_days BETWEEN 1 AND 30", name=op.f("ck_petition_extended_days")),
        sa.ForeignKeyConstraint(
            ["county_id", "handler_unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_petition_county_id_handler_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "id"], ["task.county_id", "task.id"], name=op.f("fk_petition_county_id_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_petition")),
    )
    op.create_index("ix_petition_state", "petition", ["county_id", "state"], unique=False)
    op.add_column("section", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("task", sa.Column("guarded", sa.Boolean(), nullable=False, server_default=sa.false()))

    policies.protect("petition")
