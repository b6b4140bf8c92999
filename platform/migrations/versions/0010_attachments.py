"""Files attached to what goes upward; a unit that moves shows them to its new superiors with its period records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import policies

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: As in 0002, and the attachments that were handed in with those submissions.
WIDEN = """
CREATE OR REPLACE FUNCTION show_period_records(of_unit uuid, to_units uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    county uuid := NULLIF(current_setting('app.county_id', true), '')::uuid;
    acting uuid := NULLIF(current_setting('app.unit_id', true), '')::uuid;
    widened integer;
BEGIN
    UPDATE submission
       SET place = place || ARRAY(SELECT u FROM unnest(to_units) AS u WHERE u <> ALL (place))
     WHERE county_id = county AND acting = ANY (place) AND unit_id = of_unit AND NOT place @> to_units;
    GET DIAGNOSTICS widened = ROW_COUNT;
    UPDATE revision
       SET place = place || ARRAY(SELECT u FROM unnest(to_units) AS u WHERE u <> ALL (place))
     WHERE county_id = county AND acting = ANY (place) AND NOT place @> to_units
       AND submission_id IN (SELECT id FROM submission WHERE county_id = county AND unit_id = of_unit);
    UPDATE transition_entry
       SET place = place || ARRAY(SELECT u FROM unnest(to_units) AS u WHERE u <> ALL (place))
     WHERE county_id = county AND acting = ANY (place) AND NOT place @> to_units
       AND subject_id IN (SELECT id FROM submission WHERE county_id = county AND unit_id = of_unit);
    UPDATE attachment
       SET place = place || ARRAY(SELECT u FROM unnest(to_units) AS u WHERE u <> ALL (place))
     WHERE county_id = county AND acting = ANY (place) AND number IS NOT NULL AND NOT place @> to_units
       AND subject_id IN (SELECT id FROM submission WHERE county_id = county AND unit_id = of_unit);
    RETURN widened;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("adder_name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawer_name", sa.Text(), nullable=False),
        sa.Column("place", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_subject", "attachment", ["county_id", "subject_id"])
    policies.protect("attachment")
    op.execute(WIDEN)
