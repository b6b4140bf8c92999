"""Which signature a submission awaits, and whose inbox it waits in."""

from __future__ import annotations

from collections.abc import Mapping

from kit.db.batch import Write, remove
from reporting.models import Signing, SignOffSteps, SignStep
from reporting.queries import Filed
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Mail

#: The role that a signature waits for, and the topic of its inbox item.
WAITS: Mapping[SignStep, tuple[Role, str]] = {
    SignStep.CHECK: (Role.REVIEWER, "sign_check"),
    SignStep.SIGN: (Role.LEADER, "sign"),
}


def next_step(signing: Signing) -> SignStep:
    """The signature that comes next. Pure."""
    checked = any(entry["step"] == SignStep.CHECK.value for entry in signing.signatures)
    return SignStep.SIGN if checked or signing.steps is not SignOffSteps.CHECK_AND_SIGN else SignStep.CHECK


def awaits(filed: Filed, step: SignStep) -> bool:
    """Whether that signature is the next one. Pure."""
    return filed.signing is not None and next_step(filed.signing) is step


def may_decline(filed: Filed, actor: Principal) -> bool:
    """The leader sends back at any time, the reviewer while their signature is awaited. Pure."""
    return actor.has(Role.LEADER) or awaits(filed, SignStep.CHECK)


def closing_mail(filed: Filed, step: SignStep) -> Mail:
    """That signature is no longer awaited."""
    role, topic = WAITS[step]
    return Mail(filed.submission.unit_id, role, topic, closed=True)


def ended(filed: Filed) -> Write:
    """The signatures under way go; those of a revision are kept with it."""
    return remove(Signing, county_id=filed.submission.county_id, id=filed.submission.id)
