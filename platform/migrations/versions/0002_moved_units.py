"""Units that move: their period records become visible to their new superiors.

Revisions and history are append-only for the runtime role, content and audience alike. This function is the one
exception: it adds units to the audience of a unit's period records, and can do nothing else.
"""

from __future__ import annotations

from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: As the tables' owner, on the rows that the caller sees: the policies' condition is repeated, because a server's owner
#: may stand above policies. The submissions are locked first, and each statement sees what was committed before it: a
#: revision handed in meanwhile is either older, and found here, or made from the wider submission.
WIDEN = """
CREATE FUNCTION show_period_records(of_unit uuid, to_units uuid[]) RETURNS integer
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
    RETURN widened;
END $$
"""
SIGNATURE = "show_period_records(uuid, uuid[])"


def upgrade() -> None:
    role = context.config.attributes["runtime_role"]
    op.execute(WIDEN)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION {SIGNATURE} TO "{role}"')
