"""What inboxes are told of trainings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from plans.training.models import Training
from tenancy.models import Role
from workflow.lifecycle import Mail

#: A unit is asked who comes. It closes when it answers, or when the training begins.
ASKED = "training"
#: These only tell.
CANCELLED = "training_cancelled"
CHANGED = "training_changed"


def facts_of(training: Training, **more: Any) -> dict[str, Any]:
    return {
        "title": training.title,
        "kind": training.kind.value,
        "by": training.issuer_name,
        "starts_at": training.starts_at.isoformat(),
        **more,
    }


def asked(training: Training, unit_id: UUID, **more: Any) -> Mail:
    return Mail(unit_id, Role.REPORTER, ASKED, facts=facts_of(training, **more), due_at=training.sign_up_until)


def answered(unit_id: UUID) -> Mail:
    return Mail(unit_id, Role.REPORTER, ASKED, closed=True)


def told(training: Training, topic: str, unit_id: UUID, **more: Any) -> Mail:
    return Mail(unit_id, Role.REPORTER, topic, facts=facts_of(training, **more))
