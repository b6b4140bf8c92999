"""Sessions that can't forget who they act for.

Every session carries an `Identity`; its settings are put into the transaction by `after_begin`, with `is_local`, so
they vanish with it and never leak through the pool. A session without an identity raises before its first statement.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Connection, event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import NullPool
from sqlalchemy.util import greenlet_spawn

from kit.settings import Settings

_INFO = "identity"
_CONNECTION = "connection"
_SET = (
    "SELECT set_config('app.county_id', $1, true), set_config('app.unit_id', $2, true),"
    " set_config('app.unit_ids', $3, true)"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """For whom a transaction acts. `unit_ids` are all units the person belongs to: whose mail may be read."""

    county_id: UUID
    unit_id: UUID
    unit_ids: tuple[UUID, ...]

    @classmethod
    def of_unit(cls, county_id: UUID, unit_id: UUID) -> Identity:
        return cls(county_id, unit_id, (unit_id,))

    def settings(self) -> tuple[str, str, str]:
        return str(self.county_id), str(self.unit_id), "{" + ",".join(map(str, self.unit_ids)) + "}"


class _ReferenceOnly:
    """The identity of a session that reads the reference tables alone; every tenant table is empty to it."""


REFERENCE_ONLY = _ReferenceOnly()


class MissingPrincipal(RuntimeError):
    """A session began a transaction without saying for whom. A bug, never a user's error."""


@contextmanager
def as_session_does(sql: str) -> Iterator[None]:
    """Raise what the driver raises as a session would: DBAPIError, or IntegrityError."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(sql, None, error) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, AsyncAdapt_asyncpg_dbapi.Error, OSError) as error:
        raise DBAPIError(sql, None, error) from error


class TenantSession(Session):
    """The synchronous session inside `AsyncSession`; exists so that the listener binds to it alone."""


@event.listens_for(TenantSession, "after_begin")
def _put_settings(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    identity = session.info.get(_INFO)
    if identity is None:
        raise MissingPrincipal("a session began without an identity")
    if isinstance(identity, Identity):
        # By a cursor of the driver's adapter, which begins the transaction: a statement of SQLAlchemy's would cost
        # every request more than the settings do.
        with as_session_does(_SET):
            cursor = connection.connection.cursor()
            cursor.execute(_SET, identity.settings())
            cursor.close()
        session.info[_CONNECTION] = connection


@event.listens_for(TenantSession, "after_transaction_end")
def _forget_connection(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_CONNECTION, None)


async def driver_connection(session: AsyncSession) -> Any:
    """The driver's connection under a session's transaction, begun and with its settings in place."""
    info = session.sync_session.info
    connection: Connection | None = info.get(_CONNECTION)
    if connection is None:
        identity_of(session)
        await session.connection()
        connection = info[_CONNECTION]
    return connection.connection.driver_connection


def make_engine(settings: Settings, *, pooled: bool = True) -> AsyncEngine:
    """An engine for the runtime role. Unpooled for a process that runs several event loops."""
    options: dict[str, Any] = (
        {"pool_size": settings.pool_size, "max_overflow": 0, "pool_pre_ping": False, "pool_timeout": 10}
        if pooled
        else {"poolclass": NullPool}
    )
    engine = create_async_engine(
        settings.database_url,
        # asyncpg has a UUID type of its own.
        json_serializer=lambda value: orjson.dumps(value, default=str).decode(),
        json_deserializer=orjson.loads,
        connect_args={
            "server_settings": {
                "application_name": "jiceng",
                # A request that waits longer than this has already lost its user.
                "lock_timeout": "10s",
                "statement_timeout": "60s",
                "idle_in_transaction_session_timeout": "120s",
                # A plan made for one county's id goes by that county's statistics, and a new county has none: its
                # joins are thought to yield one row and become loops over everything it has. (Seen: a fold of 300
                # villages ran into the time-out, and takes 22 ms with the plan that fits any county.)
                "plan_cache_mode": "force_generic_plan",
            }
        },
        **options,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_the_dead)
    return engine


def _refuse_the_dead(connection: Any, _record: object, _proxy: object) -> None:
    """A restarted database has closed every connection of the pool, and the driver knows it: the pool makes new ones.
    Statements that go straight to the driver tell the pool nothing, and it would hand out the dead for ever."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


class Database:
    """One engine and the sessions made from it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._make = async_sessionmaker(engine, sync_session_class=TenantSession, expire_on_commit=False)

    def session(self, identity: Identity | _ReferenceOnly | None) -> AsyncSession:
        """A session for an identity. With None it raises at its first statement."""
        return self._make(info={} if identity is None else {_INFO: identity})

    @asynccontextmanager
    async def transaction(self, identity: Identity | _ReferenceOnly) -> AsyncIterator[AsyncSession]:
        """A session whose transaction commits at the end of the block, or rolls back when it raises."""
        async with self.session(identity) as session, session.begin():
            yield session

    async def lookup(self, sql: str, *values: Any) -> list[Any]:
        """Execute one statement that is its own transaction and acts for nobody: it reads the reference tables, or
        calls a function that puts the settings in place itself. Raises DBAPIError, as a session does."""
        with as_session_does(sql):
            borrowed = await self.engine.raw_connection()
            try:
                rows: list[Any] = await borrowed.driver_connection.fetch(sql, *values)  # type: ignore[union-attr] # asyncpg's own
            finally:
                await greenlet_spawn(borrowed.close)
        return rows

    async def close(self) -> None:
        await self.engine.dispose()


def identity_of(session: AsyncSession) -> Identity:
    """The identity a session acts for. Raises MissingPrincipal when it has none."""
    identity = session.sync_session.info.get(_INFO)
    if not isinstance(identity, Identity):
        raise MissingPrincipal("the session acts for nobody")
    return identity


@asynccontextmanager
async def county_scope(session: AsyncSession, county_unit_id: UUID) -> AsyncIterator[None]:
    """Act as the county's own unit inside the block, then put the settings back.

    Only for what must see every row below a unit whoever triggered it (folds, notices to other units); the reader
    was authorised before. A test on the syntax tree lists the callers.
    """
    before = identity_of(session)
    # Begun under its own identity, so that a rollback to any savepoint comes back to that.
    await session.connection()
    await _become(session, replace(before, unit_id=county_unit_id, unit_ids=(county_unit_id,)))
    aborted = False
    try:
        yield
    except DBAPIError:
        # PostgreSQL takes nothing but a rollback now, and that takes the settings back; a statement would only hide
        # what went wrong.
        aborted = True
        raise
    finally:
        if aborted:
            session.sync_session.info[_INFO] = before
        elif session.is_active:
            await _become(session, before)


async def _become(session: AsyncSession, identity: Identity) -> None:
    session.sync_session.info[_INFO] = identity
    await (await driver_connection(session)).fetch(_SET, *identity.settings())
