"""A pledge that is void is signed anew.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pledge", sa.Column("no", sa.Integer(), nullable=False, server_default="1"))
    op.drop_constraint(op.f("uq_pledge_county_id_staff_id_year"), "pledge", type_="unique")
    op.create_unique_constraint(
        op.f("uq_pledge_county_id_staff_id_year_no"), "pledge", ["county_id", "staff_id", "year", "no"]
    )
    op.create_table(
        "pledge_void",
        sa.Column("pledge_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voider_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "pledge_id"],
            ["pledge.county_id", "pledge.id"],
            name=op.f("fk_pledge_void_county_id_pledge_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_pledge_void")),
        sa.UniqueConstraint("county_id", "pledge_id", name=op.f("uq_pledge_void_county_id_pledge_id")),
    )
    policies.protect("pledge_void")
