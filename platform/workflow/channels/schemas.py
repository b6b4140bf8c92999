"""What channels take and give over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from workflow.channels.models import ChannelKind


class ChannelIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: ChannelKind
    name: Annotated[str, Field(min_length=1, max_length=40)]
    #: Left out when changing a channel, address and secret stay as they are.
    address: Annotated[str | None, Field(max_length=500)] = None
    secret: Annotated[str | None, Field(max_length=200)] = None
    active: bool = True


class ChannelOut(BaseModel):
    id: UUID
    kind: ChannelKind
    name: str
    #: Enough to tell it apart, not enough to use it.
    address: str
    signed: bool
    active: bool
    version: int
    last_at: datetime | None
    last_problem: str


class ChannelPage(BaseModel):
    items: list[ChannelOut]


class TestStarted(BaseModel):
    job_id: UUID
