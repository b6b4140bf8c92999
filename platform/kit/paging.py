"""One page of a long list, and the mark where the next one begins.

A list is ordered by a moment and then by id. A page ends with the mark of its last row, and the next page is asked for
with it, so a row that comes or goes meanwhile neither doubles nor hides another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, tuple_

from kit.errors import JicengError

Row = TypeVar("Row")


class PageLost(JicengError):
    """The mark of a page that was never given."""

    code = "page_lost"
    status = 422
    zh = "找不到列表的这一页，请从第一页看起。"
    en = "That page of the list can't be found. Start from the first page."


@dataclass(frozen=True, slots=True)
class Mark:
    """The last row of a page: its moment (with a zone) and its id."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat().removesuffix('+00:00')}Z_{self.id}"


def read_mark(after: str | None) -> Mark | None:
    """The mark that a request names; None for the first page. Raises PageLost."""
    if not after:
        return None
    at, _, row_id = after.partition("_")
    try:
        mark = Mark(datetime.fromisoformat(at), UUID(row_id))
    except ValueError:
        raise PageLost from None
    if mark.at.tzinfo is None:
        raise PageLost
    return mark


def beyond(mark: Mark | None, at: Any, row_id: Any, *, newest_first: bool = False) -> list[ColumnElement[bool]]:
    """The rows after a mark, as conditions on the two columns that the list is ordered by."""
    if mark is None:
        return []
    row, last = tuple_(at, row_id), tuple_(mark.at, mark.id)
    return [row < last if newest_first else row > last]


def cut(found: Sequence[Row], size: int, mark_of: Callable[[Row], Mark]) -> tuple[Sequence[Row], str | None]:
    """A page of at most `size` rows out of what a query with the limit `size + 1` found, and the mark of the next
    page; None on the last."""
    page = found[:size]
    return page, str(mark_of(page[-1])) if len(found) > size else None
