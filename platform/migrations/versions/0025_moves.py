"""Every record of a unit that moved is shown to its new superiors by one function

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from alembic import context, op

revision = "0025"
down_revision = "0024"

#: Like the one it replaces: the runtime role changes neither a revision nor who sees it, and this function widens no
#: row that the acting unit does not see. Which tables follow is said where they are declared (`kit.db.base.Moves`);
#: what was sent upward never does.
WIDEN = """
CREATE FUNCTION show_records(of_table text, by_column text, ids uuid[], superiors uuid[]) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    county uuid := NULLIF(current_setting('app.county_id', true), '')::uuid;
    acting uuid := NULLIF(current_setting('app.unit_id', true), '')::uuid;
    shown uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = of_table
                   AND policyname IN (of_table || '_own', of_table || '_county')) THEN
        RAISE EXCEPTION 'the records of % are not shown to anybody else', of_table;
    END IF;
    EXECUTE format(
        'WITH widened AS (
             UPDATE %1$I
                SET place = place || ARRAY(SELECT u FROM unnest($1) AS u WHERE u <> ALL (place))
              WHERE county_id = $2 AND $3 = ANY (place) AND %2$I = ANY ($4) AND NOT place @> $1
             RETURNING id)
         SELECT array_agg(id) FROM widened', of_table, by_column)
    INTO shown USING superiors, county, acting, ids;
    RETURN coalesce(shown, ARRAY[]::uuid[]);
END $$
"""
SIGNATURE = "show_records(text, text, uuid[], uuid[])"


def upgrade() -> None:
    role = context.config.attributes["runtime_role"]
    op.execute(WIDEN)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION {SIGNATURE} TO "{role}"')
    op.execute("DROP FUNCTION show_period_records(uuid, uuid[])")
