"""How a report stands beside the ordinary: extended, done on behalf, objected to, a draft put aside."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel


class Extension(BaseModel):
    """延期: until when, who granted it, why."""

    until: datetime
    by_name: str
    reason: str


class BehalfOut(BaseModel):
    """代报、代改: what is shown was handed in by a superior."""

    kind: str
    unit_name: str
    by_name: str
    basis: str
    at: datetime


class ObjectionOut(BaseModel):
    """异议, and its answer when there is one."""

    reason: str
    by_name: str
    at: datetime
    answer: str | None
    answered_by: str


class AsideOut(BaseModel):
    """What the unit was typing when figures were handed in on its behalf."""

    saved_at: datetime
    cells: dict[str, str | None]
