"""The audit entry of what a principal does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kit.audit import audit_row
from kit.db.batch import Write
from tenancy.principal import Principal


def audited(
    actor: Principal, action: str, *, subject_kind: str, subject_id: UUID | None, detail: dict[str, Any] | None = None
) -> Write:
    """One entry, naming the actor's membership and address. Never put personal values into `detail`."""
    return audit_row(
        actor.identity,
        county_unit_id=actor.county_unit_id,
        account_id=actor.account_id,
        membership_id=actor.membership_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=detail,
        address=actor.address,
    )
