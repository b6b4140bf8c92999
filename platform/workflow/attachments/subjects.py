"""The kinds of subjects that carry files, as their packages declare them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from tenancy.principal import Principal


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a file belongs: a subject, and what the file is to it."""

    subject_kind: str
    subject_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class Holder:
    """What a subject says of its files, to one actor, now."""

    #: Who sees what is added now.
    place: tuple[UUID, ...]
    #: Which handed-in state what is added now belongs to; None while the subject is still being written.
    number: int | None
    #: The kinds that the actor may add now; empty for those who only read.
    may_add: frozenset[str] = frozenset()


class Look(Protocol):
    """Authorises: raises NotFound for a subject out of the actor's scope. With `lock`, holds the subject's row."""

    def __call__(
        self, session: AsyncSession, *, actor: Principal, subject_id: UUID, lock: bool
    ) -> Awaitable[Holder]: ...


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of subject. `limit` is how many files of one kind it carries at most."""

    name: str
    look: Look
    limit: int


_KINDS: dict[str, SubjectKind] = {}


def attachable(name: str, *, limit: int = 9) -> Callable[[Look], Look]:
    """Declare that subjects of this kind carry files."""

    def register(look: Look) -> Look:
        if name in _KINDS:
            raise ValueError(f"two functions for the files of {name}")
        _KINDS[name] = SubjectKind(name, look, limit)
        return look

    return register


def kind_of(name: str) -> SubjectKind:
    """A declared kind. Raises NotFound."""
    kind = _KINDS.get(name)
    if kind is None:
        raise NotFound
    return kind
