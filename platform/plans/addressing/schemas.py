"""Addressing at the edge."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.addressing.rules import Choice, ChoiceKind
from tenancy.tiers import Tier

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
MOST_CHOICES = 3000


class ChoiceIn(BaseModel):
    """One line of a choice of units."""

    kind: ChoiceKind
    unit_id: UUID | None = None
    tier: Tier | None = None
    tag: Annotated[str, StringConstraints(max_length=40)] = ""
    group_id: UUID | None = None

    def as_choice(self) -> Choice:
        return Choice(self.kind, self.unit_id, self.tier, self.tag, self.group_id)


Choices = Annotated[list[ChoiceIn], Field(min_length=1, max_length=MOST_CHOICES)]


class PreviewIn(BaseModel):
    to: Choices


class AddressedUnit(BaseModel):
    id: UUID
    name: str
    tier: Tier


class PreviewOut(BaseModel):
    """Who is meant: how many of each tier, and the first of them by name."""

    total: int
    by_tier: dict[Tier, int]
    first: list[AddressedUnit]


class GroupIn(BaseModel):
    name: Name
    unit_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_CHOICES)]


class GroupOut(BaseModel):
    id: UUID
    name: str
    unit_ids: list[UUID]
    version: int


class TagOut(BaseModel):
    tag: str
    unit_ids: list[UUID]


class TagIn(BaseModel):
    """The units that bear a tag from now on; none takes the tag away."""

    tag: Name
    unit_ids: Annotated[list[UUID], Field(max_length=MOST_CHOICES)]


class AddressBook(BaseModel):
    """What the acting unit may choose by name."""

    groups: list[GroupOut]
    tags: list[TagOut]
