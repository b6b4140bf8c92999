"""服务站: what a station is and has, its funds by year; what the roster says of background, duties and certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "station_fund",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("arrived", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("spent", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("budget >= 0 AND arrived >= 0 AND spent >= 0", name=op.f("ck_station_fund_amounts")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_station_fund_year")),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_station_fund_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_station_fund")),
        sa.UniqueConstraint("county_id", "unit_id", "year", name=op.f("uq_station_fund_county_id_unit_id_year")),
    )
    op.create_table(
        "station_profile",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("veterans", sa.Integer(), nullable=True),
        sa.Column("posts", sa.Integer(), nullable=True),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("head_post", sa.Text(), nullable=True),
        sa.Column("named_person", sa.Text(), nullable=False),
        sa.Column("militia", sa.Boolean(), nullable=True),
        sa.Column("group_members", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("group_document", sa.Text(), nullable=False),
        sa.Column("group_on", sa.Date(), nullable=True),
        sa.Column("grid", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("premises", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "head_post IN ('secretary', 'director', 'both', 'other')", name=op.f("ck_station_profile_head_post")
        ),
        sa.CheckConstraint("standing IN ('own', 'person')", name=op.f("ck_station_profile_standing")),
        sa.CheckConstraint("posts >= 0", name=op.f("ck_station_profile_posts")),
        sa.CheckConstraint("veterans >= 0", name=op.f("ck_station_profile_veterans")),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_station_profile_county_id_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_station_profile")),
        sa.UniqueConstraint("county_id", "unit_id", name=op.f("uq_station_profile_county_id_unit_id")),
    )
    op.add_column("staff_member", sa.Column("background", sa.Text(), nullable=True))
    op.add_column("staff_member", sa.Column("duties", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.add_column(
        "staff_member",
        sa.Column(
            "certificates",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            server_default="[]",
        ),
    )
    op.add_column("staff_member", sa.Column("established", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_check_constraint(
        op.f("ck_staff_member_background"), "staff_member", "background IN ('veteran', 'preferential', 'neither')"
    )

    policies.protect("station_profile")
    policies.protect("station_fund")
