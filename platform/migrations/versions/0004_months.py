"""Contacts, reminder rules, channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.policies import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_contact",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone_cipher", sa.Text(), nullable=True),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name="fk_unit_contact_county_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name="pk_unit_contact"),
        sa.UniqueConstraint("county_id", "unit_id", name="uq_unit_contact_county_id_unit_id"),
    )
    protect("unit_contact")
