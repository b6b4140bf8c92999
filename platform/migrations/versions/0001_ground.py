"""The ground: county, tree, people, workflow, forms, reporting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.policies import protect

revision = "0001"
down_revision = None
TABLES = (
    "audit_entry",
    "county",
    "idempotency_key",
    "inbox_item",
    "job",
    "outbox",
    "rollup_mark",
    "transition_entry",
    "account",
    "audit_seal",
    "calendar_day",
    "calendar_year",
    "stored_file",
    "unit",
    "unit_change",
    "access_code",
    "section",
    "unit_version",
    "user_session",
    "form",
    "membership",
    "form_version",
    "cycle",
    "cycle_unit",
    "submission",
    "draft",
    "revision",
    "rollup",
)

branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["county_id", "at"], unique=False)
    op.create_table(
        "county",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county")),
        sa.UniqueConstraint("code", name=op.f("uq_county_code")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint(
            "county_id",
            "account_id",
            "membership_id",
            "key",
            name=op.f("uq_idempotency_key_county_id_account_id_membership_id_key"),
        ),
    )
    op.create_table(
        "inbox_item",
        sa.Column("recipient_unit_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_inbox_item")),
    )
    op.create_index(
        "ix_inbox_item_recipient",
        "inbox_item",
        ["county_id", "recipient_unit_id", "subject_id", "topic", "subject_version"],
        unique=False,
    )
    op.create_table(
        "job",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Numeric(precision=5, scale=4), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_due", "job", ["county_id", "state", "run_after"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("recipients", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "rollup_mark",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("lvl", sa.Integer(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_rollup_mark")),
    )
    op.create_index("ix_rollup_mark_unit", "rollup_mark", ["county_id", "cycle_id", "lvl", "unit_id"], unique=False)
    op.create_table(
        "transition_entry",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_transition_entry")),
    )
    op.create_index("ix_transition_entry_subject", "transition_entry", ["county_id", "subject_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("sign_name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("phone_cipher", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("totp_cipher", sa.Text(), nullable=True),
        sa.Column("totp_confirmed", sa.Boolean(), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_account_county_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("county_id", "sign_name", name=op.f("uq_account_county_id_sign_name")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("audit_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "audit_id"],
            ["audit_entry.county_id", "audit_entry.id"],
            name=op.f("fk_audit_seal_county_id_audit_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("county_id", "audit_id", name=op.f("uq_audit_seal_county_id_audit_id")),
        sa.UniqueConstraint("county_id", "seq", name=op.f("uq_audit_seal_county_id_seq")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_calendar_day_county_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("county_id", "day", name=op.f("uq_calendar_day_county_id_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_calendar_year_county_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_calendar_year")),
        sa.UniqueConstraint("county_id", "year", name=op.f("uq_calendar_year_county_id_year")),
    )
    op.create_table(
        "stored_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_stored_file_county_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "unit",
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_unit_county_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_unit_county_id_code")),
    )
    op.create_table(
        "unit_change",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("before_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("after_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("detail", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_unit_change_county_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_unit_change")),
    )
    op.create_table(
        "access_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "account_id"],
            ["account.county_id", "account.id"],
            name=op.f("fk_access_code_county_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_access_code")),
        sa.UniqueConstraint("county_id", "code_hash", name=op.f("uq_access_code_county_id_code_hash")),
    )
    op.create_table(
        "section",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_section_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_section")),
        sa.UniqueConstraint("county_id", "unit_id", "name", name=op.f("uq_section_county_id_unit_id_name")),
    )
    op.create_table(
        "unit_version",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_version_dates")),
        sa.ForeignKeyConstraint(
            ["county_id", "parent_id"], ["unit.county_id", "unit.id"], name="fk_unit_version_parent"
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_unit_version_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_unit_version")),
        sa.UniqueConstraint(
            "county_id", "unit_id", "valid_from", name=op.f("uq_unit_version_county_id_unit_id_valid_from")
        ),
    )
    op.create_index("ix_unit_version_parent", "unit_version", ["county_id", "parent_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("csrf_hash", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "account_id"],
            ["account.county_id", "account.id"],
            name=op.f("fk_user_session_county_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("county_id", "secret_hash", name=op.f("uq_user_session_county_id_secret_hash")),
    )
    op.create_index("ix_user_session_account", "user_session", ["county_id", "account_id"], unique=False)
    op.create_table(
        "form",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "section_id"], ["section.county_id", "section.id"], name=op.f("fk_form_county_id_section_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_form_county_id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_form")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_form_county_id_code")),
    )
    op.create_table(
        "membership",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("admin_kind", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "admin_kind IS NULL OR admin_kind IN ('system', 'security', 'audit')", name=op.f("ck_membership_admin_kind")
        ),
        sa.CheckConstraint("admin_kind IS NULL OR roles = '{}'", name=op.f("ck_membership_admins_hold_no_role")),
        sa.ForeignKeyConstraint(
            ["county_id", "account_id"],
            ["account.county_id", "account.id"],
            name=op.f("fk_membership_county_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "section_id"],
            ["section.county_id", "section.id"],
            name=op.f("fk_membership_county_id_section_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_membership_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "county_id", "account_id", "unit_id", name=op.f("uq_membership_county_id_account_id_unit_id")
        ),
    )
    op.create_index("ix_membership_unit", "membership", ["county_id", "unit_id"], unique=False)
    op.create_table(
        "form_version",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("applies_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "form_id"], ["form.county_id", "form.id"], name=op.f("fk_form_version_county_id_form_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("county_id", "form_id", "version", name=op.f("uq_form_version_county_id_form_id_version")),
    )
    op.create_table(
        "cycle",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("form_version_id", sa.Uuid(), nullable=False),
        sa.Column("period_key", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("due_village", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_township", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_county", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "form_id"], ["form.county_id", "form.id"], name=op.f("fk_cycle_county_id_form_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "form_version_id"],
            ["form_version.county_id", "form_version.id"],
            name=op.f("fk_cycle_county_id_form_version_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("county_id", "form_id", "period_key", name=op.f("uq_cycle_county_id_form_id_period_key")),
    )
    op.create_table(
        "cycle_unit",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("lvl", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("has_children", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("exempt_reason", sa.Text(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"], name=op.f("fk_cycle_unit_county_id_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_cycle_unit_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_cycle_unit")),
        sa.UniqueConstraint("county_id", "cycle_id", "unit_id", name=op.f("uq_cycle_unit_county_id_cycle_id_unit_id")),
    )
    op.create_index("ix_cycle_unit_parent", "cycle_unit", ["county_id", "cycle_id", "parent_id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_unit_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision_no", sa.Integer(), nullable=False),
        sa.Column("live_revision_id", sa.Uuid(), nullable=True),
        sa.Column("approved_revision_id", sa.Uuid(), nullable=True),
        sa.Column("previous_revision_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("warnings", sa.Integer(), nullable=False),
        sa.Column("outliers", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("marked_cells", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_revision_id = live_revision_id", name=op.f("ck_submission_approved_counts")
        ),
        sa.CheckConstraint(
            "state IN ('not_started', 'draft', 'submitted', 'approved', 'returned')", name=op.f("ck_submission_state")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"], name=op.f("fk_submission_county_id_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_submission_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_submission")),
        sa.UniqueConstraint("county_id", "cycle_id", "unit_id", name=op.f("uq_submission_county_id_cycle_id_unit_id")),
    )
    op.create_index("ix_submission_unit", "submission", ["county_id", "unit_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("cells", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("rows", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("zeroed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "id"], ["submission.county_id", "submission.id"], name=op.f("fk_draft_county_id_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_draft")),
    )
    op.create_table(
        "revision",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("rows", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("zeroed", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("zero_report", sa.Boolean(), nullable=False),
        sa.Column("partials", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("frozen", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("sources", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("missing_reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitter_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "submission_id"],
            ["submission.county_id", "submission.id"],
            name=op.f("fk_revision_county_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_revision")),
        sa.UniqueConstraint("county_id", "submission_id", "no", name=op.f("uq_revision_county_id_submission_id_no")),
    )
    op.create_table(
        "rollup",
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("lvl", sa.Integer(), nullable=False),
        sa.Column("live", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("reported", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("differs", sa.Boolean(), nullable=False),
        sa.Column("folded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "id"], ["cycle_unit.county_id", "cycle_unit.id"], name=op.f("fk_rollup_county_id_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_rollup")),
        sa.UniqueConstraint("county_id", "cycle_id", "unit_id", name=op.f("uq_rollup_county_id_cycle_id_unit_id")),
    )
    op.create_index("ix_rollup_level", "rollup", ["county_id", "cycle_id", "lvl"], unique=False)
    for name, column in (("live", "live_revision_id"), ("approved", "approved_revision_id")):
        op.create_foreign_key(
            f"fk_submission_{name}",
            "submission",
            "revision",
            ["county_id", column],
            ["county_id", "id"],
        )
    protect(*TABLES)
