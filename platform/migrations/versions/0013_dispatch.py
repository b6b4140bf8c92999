"""Tasks and their shares, ways to address many units, and the section in which a person acts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


#: As in 0008, with the section of each membership.
BEARER = """
CREATE FUNCTION bearer_of(of_county uuid, of_secret text) RETURNS TABLE (
    session_id uuid, csrf_hash text, seen_at timestamptz, expires_at timestamptz, revoked_at timestamptz,
    account_id uuid, sign_name text, display_name text, must_change_password boolean, totp_confirmed boolean,
    account_active boolean, county_id uuid, county_code text, county_name text, county_unit_id uuid,
    county_active boolean, idle_minutes integer, membership_id uuid, unit_id uuid, roles text[],
    admin_kind text, tier text, section_id uuid
)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('app.county_id', of_county::text, true);
    RETURN QUERY
    SELECT s.id, s.csrf_hash, s.seen_at, s.expires_at, s.revoked_at,
           a.id, a.sign_name, a.display_name, a.must_change_password, a.totp_confirmed,
           a.active, c.id, c.code, c.name, c.unit_id,
           c.active, c.idle_minutes, m.id, m.unit_id, m.roles, m.admin_kind, u.tier, m.section_id
      FROM user_session s
      JOIN account a ON a.county_id = s.county_id AND a.id = s.account_id
      JOIN county c ON c.id = s.county_id
      LEFT JOIN membership m ON m.county_id = a.county_id AND m.account_id = a.id AND m.active
      LEFT JOIN unit u ON u.county_id = m.county_id AND u.id = m.unit_id
     WHERE s.county_id = of_county AND s.secret_hash = of_secret
     ORDER BY m.created_at, m.id;
END $$
"""
SIGNATURE = "bearer_of(uuid, text)"


def upgrade() -> None:
    op.create_table(
        "dispatch_rules",
        sa.Column("minimum_notice", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minimum_notice BETWEEN 0 AND 30", name=op.f("ck_dispatch_rules_minimum_notice")),
        sa.ForeignKeyConstraint(
            ["county_id", "id"], ["unit.county_id", "unit.id"], name=op.f("fk_dispatch_rules_county_id_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_dispatch_rules")),
    )
    op.create_table(
        "unit_group",
        sa.Column("owner_unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "owner_unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_unit_group_county_id_owner_unit_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_unit_group")),
        sa.UniqueConstraint(
            "county_id", "owner_unit_id", "name", name=op.f("uq_unit_group_county_id_owner_unit_id_name")
        ),
    )
    op.create_index("ix_unit_group_owner", "unit_group", ["county_id", "owner_unit_id"], unique=False)
    op.create_table(
        "unit_tag",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_unit_tag_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_unit_tag")),
        sa.UniqueConstraint("county_id", "tag", "unit_id", name=op.f("uq_unit_tag_county_id_tag_unit_id")),
    )
    op.create_table(
        "task",
        sa.Column("issuer_unit_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_name", sa.Text(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("addressees", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("through", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amendment", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("short_notice", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("creator_name", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('awaiting', 'issued', 'declined', 'recalled', 'closed')", name=op.f("ck_task_state")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "issuer_unit_id"],
            ["unit.county_id", "unit.id"],
            name=op.f("fk_task_county_id_issuer_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "section_id"], ["section.county_id", "section.id"], name=op.f("fk_task_county_id_section_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_task")),
        sa.UniqueConstraint(
            "county_id", "issuer_unit_id", "year", "serial", name=op.f("uq_task_county_id_issuer_unit_id_year_serial")
        ),
    )
    op.create_index("ix_task_issuer", "task", ["county_id", "issuer_unit_id", "issued_at"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("assigner_unit_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_amendment", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("open_reason", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("asked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_reason", sa.Text(), nullable=False),
        sa.Column("urged", sa.Integer(), nullable=False),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervised_by", sa.Text(), nullable=False),
        sa.Column("supervised_reason", sa.Text(), nullable=False),
        sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('issued', 'acknowledged', 'in_progress', 'handed_in', 'accepted', 'returned', 'recalled')",
            name=op.f("ck_assignment_state"),
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_assignment_progress")),
        sa.ForeignKeyConstraint(
            ["county_id", "parent_id"],
            ["assignment.county_id", "assignment.id"],
            name=op.f("fk_assignment_county_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "section_id"],
            ["section.county_id", "section.id"],
            name=op.f("fk_assignment_county_id_section_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "task_id"], ["task.county_id", "task.id"], name=op.f("fk_assignment_county_id_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_assignment_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("county_id", "task_id", "unit_id", name=op.f("uq_assignment_county_id_task_id_unit_id")),
    )
    op.create_index("ix_assignment_parent", "assignment", ["county_id", "parent_id"], unique=False)
    op.create_index("ix_assignment_unit", "assignment", ["county_id", "unit_id", "state"], unique=False)
    op.create_table(
        "task_amendment",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "task_id"], ["task.county_id", "task.id"], name=op.f("fk_task_amendment_county_id_task_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_task_amendment")),
        sa.UniqueConstraint("county_id", "task_id", "no", name=op.f("uq_task_amendment_county_id_task_id_no")),
    )
    policies.protect("dispatch_rules", "unit_group", "unit_tag", "task", "assignment", "task_amendment")
    role = context.config.attributes["runtime_role"]
    op.execute(f"DROP FUNCTION {SIGNATURE}")
    op.execute(BEARER)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION {SIGNATURE} TO "{role}"')
