"""Who a request's token belongs to, as one statement that is a transaction of its own.

The function puts the county's setting in place, as a session would, and reads under the policies as its caller.
"""

from __future__ import annotations

from alembic import context, op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEARER = """
CREATE FUNCTION bearer_of(of_county uuid, of_secret text) RETURNS TABLE (
    session_id uuid, csrf_hash text, seen_at timestamptz, expires_at timestamptz, revoked_at timestamptz,
    account_id uuid, sign_name text, display_name text, must_change_password boolean, totp_confirmed boolean,
    account_active boolean, county_id uuid, county_code text, county_name text, county_unit_id uuid,
    county_active boolean, idle_minutes integer, membership_id uuid, unit_id uuid, roles text[],
    admin_kind text, tier text
)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('app.county_id', of_county::text, true);
    RETURN QUERY
    SELECT s.id, s.csrf_hash, s.seen_at, s.expires_at, s.revoked_at,
           a.id, a.sign_name, a.display_name, a.must_change_password, a.totp_confirmed,
           a.active, c.id, c.code, c.name, c.unit_id,
           c.active, c.idle_minutes, m.id, m.unit_id, m.roles, m.admin_kind, u.tier
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
    role = context.config.attributes["runtime_role"]
    op.execute(BEARER)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION {SIGNATURE} TO "{role}"')
