"""Contacts, reminder rules, channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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
    _reminders()
    protect("unit_contact", "reminder_plan", "channel", "reminder_sending")


def _reminders() -> None:
    op.create_table(
        "reminder_plan",
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=False),
        sa.Column("quiet_until", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "id"], ["unit.county_id", "unit.id"], name="fk_reminder_plan_county_id_id"
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name="pk_reminder_plan"),
    )
    op.create_table(
        "channel",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address_cipher", sa.Text(), nullable=False),
        sa.Column("secret_cipher", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_problem", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'wecom', 'dingtalk', 'feishu')", name="ck_channel_kind"),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name="fk_channel_county_id_unit_id"
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name="pk_channel"),
    )
    op.create_index("ix_channel_unit", "channel", ["county_id", "unit_id"])
    op.create_table(
        "reminder_sending",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"], name="fk_reminder_sending_county_id_cycle_id"
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name="pk_reminder_sending"),
        sa.UniqueConstraint(
            "county_id",
            "cycle_id",
            "unit_id",
            "rule",
            "target",
            name="uq_reminder_sending_county_id_cycle_id_unit_id_rule_target",
        ),
    )
