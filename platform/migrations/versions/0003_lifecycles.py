"""Closing, reopening, archives, on behalf, sign-off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _jsonb() -> postgresql.JSONB:
    return postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("cycle", sa.Column("state", sa.Text(), nullable=False, server_default="open"))
    op.add_column("cycle", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_check_constraint(op.f("ck_cycle_state"), "cycle", "state IN ('open', 'closed')")
    op.create_check_constraint(op.f("ck_cycle_closed_at"), "cycle", "(state = 'closed') = (closed_at IS NOT NULL)")
    op.add_column("submission", sa.Column("extended_to", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("revision", sa.Column("explained", _jsonb(), nullable=False, server_default="[]"))
    op.add_column("revision", sa.Column("after_closing", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "archive",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("figures", _jsonb(), nullable=False),
        sa.Column("sources", _jsonb(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("signers", _jsonb(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("maker_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('closing', 'reported_up')", name=op.f("ck_archive_kind")),
        sa.ForeignKeyConstraint(
            ["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"], name=op.f("fk_archive_county_id_cycle_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_archive")),
        sa.UniqueConstraint("county_id", "cycle_id", "no", name=op.f("uq_archive_county_id_cycle_id_no")),
    )
    op.add_column("submission", sa.Column("objection", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("draft", sa.Column("begun_from", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("revision", sa.Column("behalf_kind", sa.Text(), nullable=True))
    op.add_column("revision", sa.Column("behalf_unit_id", sa.Uuid(), nullable=True))
    op.add_column("revision", sa.Column("behalf_unit_name", sa.Text(), nullable=False, server_default=""))
    op.add_column("revision", sa.Column("behalf_basis", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "draft_aside",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("cells", _jsonb(), nullable=False),
        sa.Column("rows", _jsonb(), nullable=False),
        sa.Column("reasons", _jsonb(), nullable=False),
        sa.Column("zeroed", _jsonb(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "submission_id"],
            ["submission.county_id", "submission.id"],
            name=op.f("fk_draft_aside_county_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_draft_aside")),
    )
    op.create_index("ix_draft_aside_submission", "draft_aside", ["county_id", "submission_id"])
    policies.protect("archive", "draft_aside")
