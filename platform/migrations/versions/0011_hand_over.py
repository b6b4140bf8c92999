"""Posts handed over, with what was open then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    jsonb = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.create_table(
        "hand_over",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("leaver_id", sa.Uuid(), nullable=False),
        sa.Column("leaver_name", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_name", sa.Text(), nullable=False),
        sa.Column("roles", jsonb, nullable=False),
        sa.Column("duties", jsonb, nullable=False),
        sa.Column("last_post", sa.Boolean(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("maker_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "membership_id"],
            ["membership.county_id", "membership.id"],
            name=op.f("fk_hand_over_county_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_hand_over")),
    )
    policies.protect("hand_over")
