"""The same command on several subjects: each is done or refused by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import JicengError

T = TypeVar("T")
MOST = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one subject."""

    subject_id: UUID
    refused: JicengError | None


async def each(
    session: AsyncSession, lines: Mapping[UUID, T], command: Callable[[UUID, T], Awaitable[object]]
) -> list[Outcome]:
    """Run the command for each subject, on a savepoint of its own: one that is refused says why and holds up no other.

    Taken in the order of their ids, so that two people who do the same can't deadlock.
    """
    outcomes: list[Outcome] = []
    for subject_id in sorted(lines):
        try:
            async with session.begin_nested():
                await command(subject_id, lines[subject_id])
        except JicengError as refusal:
            outcomes.append(Outcome(subject_id, refusal))
        else:
            outcomes.append(Outcome(subject_id, None))
    return outcomes


class LineIn(BaseModel):
    """One subject, as it was seen."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    version: int


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=MOST)]


class RefusalOut(BaseModel):
    id: UUID
    code: str
    detail: str


class BulkOut(BaseModel):
    """Which were done, and which were not and why."""

    done: list[UUID]
    refused: list[RefusalOut]


def bulk_out(outcomes: Sequence[Outcome], locale: str) -> BulkOut:
    """The outcomes in the reader's language."""
    return BulkOut(
        done=[one.subject_id for one in outcomes if one.refused is None],
        refused=[
            RefusalOut(id=one.subject_id, code=one.refused.code, detail=one.refused.message(locale))
            for one in outcomes
            if one.refused is not None
        ],
    )
