"""Signing inside a unit before a report goes up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _jsonb() -> postgresql.JSONB:
    return postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def upgrade() -> None:
    op.drop_constraint(op.f("ck_submission_state"), "submission")
    op.create_check_constraint(
        op.f("ck_submission_state"),
        "submission",
        "state IN ('not_started', 'draft', 'signing', 'submitted', 'approved', 'returned')",
    )
    op.add_column("revision", sa.Column("signatures", _jsonb(), nullable=False, server_default="[]"))
    op.create_table(
        "sign_off",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("steps IN ('none', 'sign', 'check_and_sign')", name=op.f("ck_sign_off_steps")),
        sa.ForeignKeyConstraint(
            ["county_id", "form_id"], ["form.county_id", "form.id"], name=op.f("fk_sign_off_county_id_form_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_sign_off_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("county_id", "form_id", "unit_id", name=op.f("uq_sign_off_county_id_form_id_unit_id")),
    )
    op.create_table(
        "signing",
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("signatures", _jsonb(), nullable=False),
        sa.Column("zero", sa.Boolean(), nullable=False),
        sa.Column("missing_reason", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "id"], ["submission.county_id", "submission.id"], name=op.f("fk_signing_county_id_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_signing")),
    )
    policies.protect("sign_off", "signing")
