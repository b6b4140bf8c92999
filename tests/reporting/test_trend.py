"""The trend shows what the pages of its periods show, whatever is folded already."""

from __future__ import annotations

import pytest

from kit.db.session import Database
from reporting import rollup_views
from tests.reporting.steps import open_period, page
from tests.reporting.test_submissions import approved, submitted
from tests.world import World, make_world

pytestmark = pytest.mark.anyio


async def trend(
    database: Database, world: World, code: str, of: str | None = None
) -> dict[str, tuple[str | None, ...]]:
    """period → (含待审, 已审) of the first field."""
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        seen = await rollup_views.trend_view(
            session, actor, world.opened.form_id, None if of is None else world.units[of], ["pc"]
        )
    [series] = seen.series
    return dict(zip(seen.periods, zip(series.live, series.reported, strict=True), strict=True))


async def test_it_equals_the_pages_before_and_after_the_fold(database: Database) -> None:
    world = await make_world(database)
    await approved(database, world, "A1", "A", 5, 6)
    await approved(database, world, "A", "C", 1, 1)
    first = world.opened.period_key
    await open_period(database, world, "2026-11")
    await submitted(database, world, "B1", 7, 9)
    marked = await trend(database, world, "C")
    assert marked == {first: ("6", "6"), "2026-11": ("7", None)}
    await page(database, world, "C")
    assert await trend(database, world, "C") == marked
    assert await trend(database, world, "C", of="A") == {first: ("6", "6"), "2026-11": (None, None)}


async def test_a_sibling_townships_periods_are_not_there(database: Database) -> None:
    world = await make_world(database)
    await approved(database, world, "A1", "A", 5, 6)
    assert await trend(database, world, "B", of="A") == {}
    assert await trend(database, world, "A1", of="A") == {}
