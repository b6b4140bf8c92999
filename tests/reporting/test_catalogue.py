"""The catalogue: a draft may be replaced, publishing freezes a version, and cycles follow the version of their time."""

from __future__ import annotations

from datetime import date

import pytest

from forms.catalogue import load_definition, publish
from forms.errors import DefinitionInvalid
from forms.models import FormVersion
from forms.queries import list_forms
from kit.db.session import Database
from kit.errors import Forbidden, Invalid
from reporting import cycles, queries
from tenancy.models import Role
from tests.world import World, make_county_with_people, tiny

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=1)


async def load(database: Database, world: World, *, name: str = "小表", since: date = date(2026, 1, 1)) -> FormVersion:
    definition = tiny().model_copy(update={"name": tiny().name.model_copy(update={"zh": name})})
    async with database.transaction(world.identity) as session:
        return await load_definition(session, actor=world.actor("C"), definition=definition, applies_from=since)


async def publish_it(database: Database, world: World, version: FormVersion) -> None:
    async with database.transaction(world.identity) as session:
        merged = await session.get_one(FormVersion, (version.county_id, version.id))
        await publish(session, actor=world.actor("C"), version=merged)


class TestVersions:
    async def test_a_draft_is_replaced(self, database: Database, world: World) -> None:
        first, second = await load(database, world), await load(database, world, name="改名")
        assert (first.id, second.version) == (second.id, 1)

    async def test_publishing_freezes_and_the_next_load_is_a_new_version(
        self, database: Database, world: World
    ) -> None:
        first = await load(database, world)
        await publish_it(database, world, first)
        second = await load(database, world, name="改名")
        assert (second.version, second.id != first.id) == (2, True)
        with pytest.raises(Invalid):
            await publish_it(database, world, first)
        async with database.transaction(world.identity) as session:
            versions = [v for _, v in await list_forms(session, county_id=world.county.id)]
        assert [v.definition["name"]["zh"] for v in versions] == ["改名", "小表"]

    async def test_each_cycle_follows_the_version_of_its_time(self, database: Database, world: World) -> None:
        await publish_it(database, world, await load(database, world))
        await publish_it(database, world, await load(database, world, name="新版", since=date(2026, 7, 1)))
        found: dict[str, str] = {}
        async with database.transaction(world.identity) as session:
            forms = {v.id: v for _, v in await list_forms(session, county_id=world.county.id)}
            form_id = next(iter(forms.values())).form_id
            for key in ("2026-06", "2026-07"):
                cycle_id = await cycles.open_by_hand(
                    session, actor=world.actor("C"), county=world.county, form_id=form_id, period_key=key
                )
                cycle = await queries.get_cycle(session, county_id=world.county.id, cycle_id=cycle_id)
                found[key] = forms[cycle.form_version_id].definition["name"]["zh"]
        assert found == {"2026-06": "小表", "2026-07": "新版"}


class TestRefusals:
    async def test_a_definition_that_makes_no_sense(self, database: Database, world: World) -> None:
        broken = tiny().model_copy(
            update={"checks": (tiny().checks[0].model_copy(update={"expression": "nobody > 1"}),)}
        )
        with pytest.raises(DefinitionInvalid):
            async with database.transaction(world.identity) as session:
                await load_definition(session, actor=world.actor("C"), definition=broken, applies_from=date(2026, 1, 1))

    @pytest.mark.parametrize(("code", "roles"), [("A", tuple(Role)), ("C", (Role.REPORTER, Role.LEADER))])
    async def test_only_the_county_s_reviewers_and_administrators(
        self, database: Database, world: World, code: str, roles: tuple[Role, ...]
    ) -> None:
        actor = world.actor(code, *roles)
        with pytest.raises(Forbidden):
            async with database.transaction(actor.identity) as session:
                await load_definition(session, actor=actor, definition=tiny(), applies_from=date(2026, 1, 1))
