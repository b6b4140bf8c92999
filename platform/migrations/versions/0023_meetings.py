"""会议、调研指导: meetings, visits, and what was decided or found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("issuer_unit_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("guests", sa.Text(), nullable=False),
        sa.Column("addressees", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("minutes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("creator_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("room = '' OR link = ''", name=op.f("ck_meeting_room")),
        sa.CheckConstraint("state IN ('scheduled', 'held', 'closed', 'cancelled')", name=op.f("ck_meeting_state")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_ends_at")),
        sa.ForeignKeyConstraint(
            ["county_id", "issuer_unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_meeting_county_id_issuer_unit_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_issuer", "meeting", ["county_id", "issuer_unit_id", "starts_at"], unique=False)
    op.create_table(
        "visit",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("visitor_unit_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_name", sa.Text(), nullable=False),
        sa.Column("people", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("requirements", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorder_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'leader') = (visitor_unit_id = unit_id)", name=op.f("ck_visit_visitor")),
        sa.CheckConstraint("state IN ('recorded', 'void')", name=op.f("ck_visit_state")),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_visit_county_id_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "visitor_unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_visit_county_id_visitor_unit_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_unit", "visit", ["county_id", "unit_id", "visited_on"], unique=False)
    op.create_index("ix_visit_visitor", "visit", ["county_id", "visitor_unit_id", "visited_on"], unique=False)
    op.create_table(
        "meeting_invitation",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("leave_reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answerer_name", sa.Text(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('invited', 'coming', 'on_leave')", name=op.f("ck_meeting_invitation_state")),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"],
            ["meeting.county_id", "meeting.id"],
            name=op.f("fk_meeting_invitation_county_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_meeting_invitation_county_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_meeting_invitation")),
        sa.UniqueConstraint(
            "county_id", "meeting_id", "unit_id", name=op.f("uq_meeting_invitation_county_id_meeting_id_unit_id")
        ),
    )
    op.create_index("ix_meeting_invitation_unit", "meeting_invitation", ["county_id", "unit_id"], unique=False)
    op.create_table(
        "meeting_decision",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("unit_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"],
            ["meeting.county_id", "meeting.id"],
            name=op.f("fk_meeting_decision_county_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "task_id"], ["task.county_id", "task.id"], name=op.f("fk_meeting_decision_county_id_task_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_meeting_decision")),
    )
    op.create_index("ix_meeting_decision_meeting", "meeting_decision", ["county_id", "meeting_id"], unique=False)
    op.create_index("ix_meeting_decision_task", "meeting_decision", ["county_id", "task_id"], unique=False)
    op.create_table(
        "visit_finding",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "task_id"], ["task.county_id", "task.id"], name=op.f("fk_visit_finding_county_id_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "visit_id"], ["visit.county_id", "visit.id"], name=op.f("fk_visit_finding_county_id_visit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_visit_finding")),
    )
    op.create_index("ix_visit_finding_task", "visit_finding", ["county_id", "task_id"], unique=False)
    op.create_index("ix_visit_finding_visit", "visit_finding", ["county_id", "visit_id"], unique=False)

    policies.protect("meeting", "meeting_invitation", "meeting_decision", "visit", "visit_finding")
