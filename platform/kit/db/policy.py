"""Row-level security: the policies of the four classes, as SQL for migrations and as data for the test.

Settings are read through NULLIF because a setting that was once set in a connection reads as '' afterwards, not NULL.
No settings, no rows.
"""

from __future__ import annotations

from sqlalchemy import Table

from kit.db.base import Policy

COUNTY = "county_id = NULLIF(current_setting('app.county_id', true), '')::uuid"
ACTING_UNIT = "NULLIF(current_setting('app.unit_id', true), '')::uuid = ANY (place)"
RECIPIENT = "place && NULLIF(current_setting('app.unit_ids', true), '')::uuid[]"

#: class → policies as (suffix, command, USING, WITH CHECK)
POLICIES: dict[Policy, tuple[tuple[str, str, str | None, str | None], ...]] = {
    Policy.OWN_RECORDS: (("own", "ALL", f"{COUNTY} AND {ACTING_UNIT}", f"{COUNTY} AND {ACTING_UNIT}"),),
    Policy.SENT_UPWARD: (
        ("send", "INSERT", None, COUNTY),
        ("receive", "SELECT", f"{COUNTY} AND {RECIPIENT}", None),
        ("remove", "DELETE", f"{COUNTY} AND {RECIPIENT}", None),
    ),
    Policy.DOWNWARD_DOCUMENT: (("county", "ALL", COUNTY, COUNTY),),
    Policy.COUNTY_WIDE: (("county", "ALL", COUNTY, COUNTY),),
}


def policy_statements(table: Table, runtime_role: str) -> list[str]:
    """DDL that puts a table under its declared class and grants the runtime role what the class needs."""
    name = table.name
    policy: Policy | None = table.info["policy"]
    if policy is None:
        return [f'GRANT SELECT, INSERT, UPDATE ON "{name}" TO "{runtime_role}"']
    commands = "SELECT, INSERT" if table.info["append_only"] else "SELECT, INSERT, UPDATE, DELETE"
    statements = [
        f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY',
        f'GRANT {commands} ON "{name}" TO "{runtime_role}"',
    ]
    for suffix, command, using, check in POLICIES[policy]:
        clause = f'CREATE POLICY "{name}_{suffix}" ON "{name}" FOR {command}'
        if using is not None:
            clause += f" USING ({using})"
        if check is not None:
            clause += f" WITH CHECK ({check})"
        statements.append(clause)
    return statements
