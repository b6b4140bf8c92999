"""The history of what is kept and never handed in: each change with what was before, beside those of the lifecycles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kit import clock
from kit.db.batch import Write, put
from tenancy.principal import Principal
from workflow.models import TransitionEntry


def kept(
    actor: Principal,
    kind: str,
    subject_id: UUID,
    *,
    version: int,
    action: str,
    detail: dict[str, Any],
    place: Sequence[UUID],
) -> Write:
    """One entry of the history, of the subject's `version` after the change; seen by the units in `place`."""
    return put(
        TransitionEntry,
        county_id=actor.county_id,
        subject_kind=kind,
        subject_id=subject_id,
        version=version,
        action=action,
        from_state="",
        to_state="",
        reason="",
        detail=detail,
        account_id=actor.account_id,
        actor_name=actor.display_name,
        unit_id=actor.unit_id,
        at=clock.now(),
        place=list(place),
    )
