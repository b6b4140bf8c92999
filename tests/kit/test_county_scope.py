"""Acting as the county for a moment: the settings come back, whatever happens inside."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import Database, Identity, county_scope, identity_of
from kit.ids import new_id

pytestmark = pytest.mark.anyio
COUNTY, UNIT, ROOT = new_id(), new_id(), new_id()


async def acting_unit(session: AsyncSession) -> str:
    return str(await session.scalar(text("SELECT current_setting('app.unit_id')")))


async def test_settings_come_back_after_the_block_and_after_a_refusal(database: Database) -> None:
    async with database.transaction(Identity.of_unit(COUNTY, UNIT)) as session:
        async with county_scope(session, ROOT):
            assert await acting_unit(session) == str(ROOT)
        assert await acting_unit(session) == str(UNIT)
        with pytest.raises(LookupError):
            async with county_scope(session, ROOT):
                raise LookupError
        assert await acting_unit(session) == str(UNIT)


async def test_what_the_database_refused_is_what_is_raised(database: Database) -> None:
    """Not that the transaction takes no more statements: the cause decides whether people are told to try again."""
    async with database.transaction(Identity.of_unit(COUNTY, UNIT)) as session:
        with pytest.raises(DBAPIError, match="lock timeout"):
            async with session.begin_nested(), county_scope(session, ROOT):
                await session.execute(
                    text("DO $$ BEGIN RAISE EXCEPTION 'lock timeout' USING ERRCODE = '55P03'; END $$")
                )
        assert identity_of(session).unit_id == UNIT
        assert await acting_unit(session) == str(UNIT)


async def test_plans_fit_any_county(database: Database) -> None:
    async with database.transaction(Identity.of_unit(COUNTY, UNIT)) as session:
        assert await session.scalar(text("SHOW plan_cache_mode")) == "force_generic_plan"
