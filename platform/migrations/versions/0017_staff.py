"""The roster: who works at a station."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_member",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("phone_cipher", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(left_on IS NULL) = (state = 'serving')", name=op.f("ck_staff_member_left_on")),
        sa.CheckConstraint("state IN ('serving', 'left')", name=op.f("ck_staff_member_state")),
        sa.ForeignKeyConstraint(
            ["county_id", "account_id"],
            ["account.county_id", "account.id"],
            name=op.f("fk_staff_member_county_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_staff_member_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_staff_member")),
    )
    op.create_index("ix_staff_member_unit", "staff_member", ["county_id", "unit_id", "state"], unique=False)
    op.create_index(
        "uq_staff_member_account",
        "staff_member",
        ["county_id", "unit_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("account_id IS NOT NULL AND left_on IS NULL"),
    )
    policies.protect("staff_member")
