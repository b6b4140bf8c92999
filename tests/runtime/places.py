"""Counties to work in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert

from kit.db.session import REFERENCE_ONLY, Database, Identity
from kit.ids import new_id
from kit.jobs import CountyRef
from kit.models import County


@dataclass(frozen=True, slots=True)
class Place:
    """A county, and one of its villages."""

    county: CountyRef
    village: UUID

    @property
    def above(self) -> Identity:
        return Identity.of_unit(self.county.id, self.county.unit_id)

    @property
    def below(self) -> Identity:
        return Identity.of_unit(self.county.id, self.village)


async def make_place(database: Database) -> Place:
    made = Place(CountyRef(new_id(), new_id()), new_id())
    async with database.transaction(REFERENCE_ONLY) as session:
        await session.execute(
            insert(County).values(
                id=made.county.id, code=str(made.county.id), name="试验县", unit_id=made.county.unit_id
            )
        )
    return made
