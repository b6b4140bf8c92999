"""The audit trail: append-only rows now, a hash chain over them within seconds (`kit.seal`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kit.db.batch import Write, put
from kit.db.session import Identity
from kit.models import AuditEntry


def audit_row(
    identity: Identity,
    *,
    county_unit_id: UUID,
    action: str,
    account_id: UUID | None,
    membership_id: UUID | None = None,
    subject_kind: str = "",
    subject_id: UUID | None = None,
    result: str = "ok",
    detail: dict[str, Any] | None = None,
    address: str = "",
) -> Write:
    """One entry, addressed to the county's audit administrator. Never put personal values into `detail`."""
    return put(
        AuditEntry,
        county_id=identity.county_id,
        account_id=account_id,
        membership_id=membership_id,
        unit_id=identity.unit_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        result=result,
        detail=detail or {},
        address=address,
        place=[county_unit_id],
    )
