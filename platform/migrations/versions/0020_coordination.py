"""提请协调: requests for coordination."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "coordination_request",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raiser_id", sa.Uuid(), nullable=False),
        sa.Column("raiser_name", sa.Text(), nullable=False),
        sa.Column("handler_unit_id", sa.Uuid(), nullable=False),
        sa.Column("handler_name", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("source", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('raised', 'taken', 'answered', 'settled', 'withdrawn')",
            name=op.f("ck_coordination_request_state"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "handler_unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_coordination_request_county_id_handler_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "submission_id"],
            ["submission.county_id", "submission.id"],
            name=op.f("fk_coordination_request_county_id_submission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_coordination_request_county_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_coordination_request")),
        sa.UniqueConstraint(
            "county_id", "submission_id", "field", name=op.f("uq_coordination_request_county_id_submission_id_field")
        ),
    )
    op.create_index(
        "ix_coordination_request_handler",
        "coordination_request",
        ["county_id", "handler_unit_id", "raised_at"],
        unique=False,
    )
    op.create_index(
        "ix_coordination_request_unit", "coordination_request", ["county_id", "unit_id", "raised_at"], unique=False
    )

    policies.protect("coordination_request")
