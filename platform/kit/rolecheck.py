"""Refusing to serve as a database role that row-level security does not bind."""

from __future__ import annotations

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

# Being a member counts as being it: SET ROLE is one statement away.
_ASK = text(
    """
    SELECT current_user AS role,
           bool_or(rolsuper) AS superuser,
           bool_or(rolbypassrls) AS bypasses,
           (SELECT count(*)
            FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE relkind IN ('r', 'p', 'm', 'v') AND nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
              AND pg_has_role(current_user, relowner, 'MEMBER')) AS owned
    FROM pg_roles
    WHERE pg_has_role(current_user, oid, 'MEMBER')
    """
)


class UnsafeRole(Exception):
    """The role of JICENG_DATABASE_URL may see what the policies hide from it."""


async def check_runtime_role(database_url: str) -> None:
    """Raise UnsafeRole when the role is a superuser, bypasses row-level security or owns a table, or may become so."""
    engine = create_async_engine(database_url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            found = (await connection.execute(_ASK)).mappings().one()
    finally:
        await engine.dispose()
    if found["superuser"]:
        faults = ["is a superuser"]
    else:
        faults = ["bypasses row-level security"] if found["bypasses"] else []
        faults += [f"owns {found['owned']} tables"] if found["owned"] else []
    if faults:
        raise UnsafeRole(
            f"JICENG_DATABASE_URL signs in as {found['role']}, which {' and '.join(faults)}: "
            "the counties' data would not be kept apart. Use the runtime role that deploy/roles.sql makes (jiceng_app)."
        )


def check_runtime_role_now(database_url: str) -> None:
    """The same, for a process that has no event loop yet."""
    asyncio.run(check_runtime_role(database_url))
