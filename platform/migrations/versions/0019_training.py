"""Trainings with their sessions, invitations and places; the yearly pledge and its signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pledge_text",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("maker_name", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_pledge_text")),
        sa.UniqueConstraint("county_id", "year", "no", name=op.f("uq_pledge_text_county_id_year_no")),
    )
    op.create_table(
        "pledge",
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("octet_length(signature) <= 100000", name=op.f("ck_pledge_signature")),
        sa.ForeignKeyConstraint(
            ["county_id", "staff_id"],
            ["staff_member.county_id", "staff_member.id"],
            name=op.f("fk_pledge_county_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "text_id"],
            ["pledge_text.county_id", "pledge_text.id"],
            name=op.f("fk_pledge_county_id_text_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("county_id", "staff_id", "year", name=op.f("uq_pledge_county_id_staff_id_year")),
    )
    op.create_index("ix_pledge_unit", "pledge", ["county_id", "unit_id", "year"], unique=False)
    op.create_table(
        "training",
        sa.Column("issuer_unit_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_name", sa.Text(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("addressees", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sign_up_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("creator_name", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('announced', 'held', 'concluded', 'cancelled')", name=op.f("ck_training_state")),
        sa.ForeignKeyConstraint(
            ["county_id", "issuer_unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_training_county_id_issuer_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "section_id"],
            ["section.county_id", "section.id"],
            name=op.f("fk_training_county_id_section_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_training")),
    )
    op.create_index("ix_training_issuer", "training", ["county_id", "issuer_unit_id", "starts_at"], unique=False)
    op.create_table(
        "training_invitation",
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answerer_name", sa.Text(), nullable=False),
        sa.Column("declined_reason", sa.Text(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "training_id"],
            ["training.county_id", "training.id"],
            name=op.f("fk_training_invitation_county_id_training_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_training_invitation_county_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_training_invitation")),
        sa.UniqueConstraint(
            "county_id", "training_id", "unit_id", name=op.f("uq_training_invitation_county_id_training_id_unit_id")
        ),
    )
    op.create_index("ix_training_invitation_unit", "training_invitation", ["county_id", "unit_id"], unique=False)
    op.create_table(
        "training_session",
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=4, scale=1), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("per_unit", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_training_session_ends_at")),
        sa.CheckConstraint("hours BETWEEN 0 AND 100", name=op.f("ck_training_session_hours")),
        sa.CheckConstraint("taken >= 0 AND (quota IS NULL OR taken <= quota)", name=op.f("ck_training_session_taken")),
        sa.ForeignKeyConstraint(
            ["county_id", "training_id"],
            ["training.county_id", "training.id"],
            name=op.f("fk_training_session_county_id_training_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_training_session")),
        sa.UniqueConstraint(
            "county_id", "training_id", "no", name=op.f("uq_training_session_county_id_training_id_no")
        ),
    )
    op.create_table(
        "training_place",
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance", sa.Text(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=4, scale=1), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("score", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(hours IS NOT NULL) = (state = 'attended')", name=op.f("ck_training_place_hours")),
        sa.CheckConstraint(
            "state IN ('signed_up', 'attended', 'absent', 'withdrawn')", name=op.f("ck_training_place_state")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "session_id"],
            ["training_session.county_id", "training_session.id"],
            name=op.f("fk_training_place_county_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "staff_id"],
            ["staff_member.county_id", "staff_member.id"],
            name=op.f("fk_training_place_county_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "training_id"],
            ["training.county_id", "training.id"],
            name=op.f("fk_training_place_county_id_training_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_training_place")),
        sa.UniqueConstraint(
            "county_id", "session_id", "staff_id", name=op.f("uq_training_place_county_id_session_id_staff_id")
        ),
    )
    op.create_index("ix_training_place_staff", "training_place", ["county_id", "staff_id"], unique=False)
    op.create_index("ix_training_place_training", "training_place", ["county_id", "training_id"], unique=False)
    policies.protect("pledge_text", "training", "pledge", "training_invitation", "training_session", "training_place")
