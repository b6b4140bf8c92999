"""What there is to do: kinds of jobs, and pulses that beat for every county. Filled by decorators at import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from kit.jobs.runner import JobContext

JobFunction = Callable[["JobContext", dict[str, Any]], Awaitable[dict[str, Any] | None]]
PulseFunction = Callable[[AsyncSession, "CountyRef"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class CountyRef:
    """A county as the scheduler knows it: its id and its own unit, in whose scope the platform acts for it."""

    id: UUID
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class JobKind:
    """How jobs of one name are run. `seconds` is how long one attempt may take before it is given up."""

    name: str
    run: JobFunction
    seconds: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """Work looked for in every county, every so many seconds, in a transaction a county, in the county's scope."""

    name: str
    run: PulseFunction
    every: float


JOBS: dict[str, JobKind] = {}
PULSES: dict[str, Pulse] = {}


def job(name: str, *, seconds: float = 900.0) -> Callable[[JobFunction], JobFunction]:
    """Declare what runs a kind of job. It may be run again after a crash at any point: see `JobContext.transaction`."""

    def register(function: JobFunction) -> JobFunction:
        if name in JOBS:
            raise ValueError(f"two functions for the job {name}")
        JOBS[name] = JobKind(name, function, seconds)
        return function

    return register


def pulse(name: str, *, every: float) -> Callable[[PulseFunction], PulseFunction]:
    """Declare a pulse. Its body finds out itself what is due; run twice or late, it does the same once.

    An advisory lock keeps two from beating in one county at the same time.
    """

    def register(function: PulseFunction) -> PulseFunction:
        if name in PULSES:
            raise ValueError(f"two functions for the pulse {name}")
        PULSES[name] = Pulse(name, function, every)
        return function

    return register
