"""The kinds of documents that go down with files, as their packages declare them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from tenancy.principal import Principal


class MayRead(Protocol):
    """Raises NotFound for a document that the actor may not read."""

    def __call__(self, session: AsyncSession, principal: Principal, document_id: UUID) -> Awaitable[object]: ...


_KINDS: dict[str, MayRead] = {}


def enclosing(name: str) -> Callable[[MayRead], MayRead]:
    """Declare that documents of this kind go down with files."""

    def register(may_read: MayRead) -> MayRead:
        if name in _KINDS:
            raise ValueError(f"two functions for the enclosures of {name}")
        _KINDS[name] = may_read
        return may_read

    return register


async def require_readable(session: AsyncSession, principal: Principal, kind: str, document_id: UUID) -> None:
    """Raises NotFound unless the kind is declared and the actor may read the document."""
    may_read = _KINDS.get(kind)
    if may_read is None:
        raise NotFound
    await may_read(session, principal, document_id)
