"""Signing in by a remembered device's PIN and by an OpenID Connect issuer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.policies import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remembered_device",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "account_id"],
            ["account.county_id", "account.id"],
            name=op.f("fk_remembered_device_county_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_remembered_device")),
        sa.UniqueConstraint("county_id", "secret_hash", name=op.f("uq_remembered_device_county_id_secret_hash")),
    )
    op.create_index("ix_remembered_device_account", "remembered_device", ["county_id", "account_id"])
    op.create_table(
        "outside_identity",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "account_id"],
            ["account.county_id", "account.id"],
            name=op.f("fk_outside_identity_county_id_account_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_outside_identity")),
        sa.UniqueConstraint(
            "county_id", "account_id", "issuer", name=op.f("uq_outside_identity_county_id_account_id_issuer")
        ),
        sa.UniqueConstraint(
            "county_id", "issuer", "subject", name=op.f("uq_outside_identity_county_id_issuer_subject")
        ),
    )
    protect("remembered_device", "outside_identity")
