"""年度工作计划: plans, their drafts, editions, items in force and emphases, and summaries of periods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("reviewer_unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_no", sa.Integer(), nullable=False),
        sa.Column("approved_no", sa.Integer(), nullable=True),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("change_reason", sa.Text(), nullable=False),
        sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_no", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state <> 'approved' OR approved_no IS NOT NULL", name=op.f("ck_plan_approved_no")),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'returned')", name=op.f("ck_plan_state")),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_plan_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_plan")),
        sa.UniqueConstraint("county_id", "unit_id", "year", name=op.f("uq_plan_county_id_unit_id_year")),
    )
    op.create_table(
        "plan_emphasis",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_plan_emphasis_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_plan_emphasis")),
    )
    op.create_index("ix_plan_emphasis_unit", "plan_emphasis", ["county_id", "unit_id", "year"], unique=False)
    op.create_table(
        "plan_draft",
        sa.Column("items", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "id"],
            ["plan.county_id", "plan.id"],
            name=op.f("fk_plan_draft_county_id_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_plan_draft")),
    )
    op.create_table(
        "plan_edition",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("items", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("changes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitter_name", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approver_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "plan_id"], ["plan.county_id", "plan.id"], name=op.f("fk_plan_edition_county_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_plan_edition")),
        sa.UniqueConstraint("county_id", "plan_id", "no", name=op.f("uq_plan_edition_county_id_plan_id_no")),
    )
    op.create_table(
        "plan_item",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("serves_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("progressed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state = 'dropped' OR (state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_plan_item_done_on")
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("ck_plan_item_state")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_plan_item_percent")),
        sa.CheckConstraint("start_on <= end_on", name=op.f("ck_plan_item_span")),
        sa.ForeignKeyConstraint(
            ["county_id", "plan_id"], ["plan.county_id", "plan.id"], name=op.f("fk_plan_item_county_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "serves_id"],
            ["plan_emphasis.county_id", "plan_emphasis.id"],
            name=op.f("fk_plan_item_county_id_serves_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "staff_id"],
            ["staff_member.county_id", "staff_member.id"],
            name=op.f("fk_plan_item_county_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_plan_item")),
    )
    op.create_index(
        "ix_plan_item_due",
        "plan_item",
        ["county_id", "end_on"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND late_told_at IS NULL"),
    )
    op.create_index("ix_plan_item_plan", "plan_item", ["county_id", "plan_id"], unique=False)
    op.create_index("ix_plan_item_serves", "plan_item", ["county_id", "serves_id"], unique=False)
    op.create_table(
        "plan_summary",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sections", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writer_name", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_plan_summary_sent_at")),
        sa.CheckConstraint("period IN ('q1', 'q2', 'q3', 'q4', 'year')", name=op.f("ck_plan_summary_period")),
        sa.CheckConstraint("state IN ('draft', 'sent')", name=op.f("ck_plan_summary_state")),
        sa.ForeignKeyConstraint(
            ["county_id", "plan_id"], ["plan.county_id", "plan.id"], name=op.f("fk_plan_summary_county_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_plan_summary")),
        sa.UniqueConstraint(
            "county_id", "plan_id", "period", "no", name=op.f("uq_plan_summary_county_id_plan_id_period_no")
        ),
    )
    for table in ("plan", "plan_emphasis", "plan_draft", "plan_edition", "plan_item", "plan_summary"):
        policies.protect(table)
