"""Which signatures a unit can give: a step that nobody holds the role for is passed over, and said so. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from reporting.models import SignOffSteps
from tenancy.models import Role

#: The roles that the steps after 制表 wait for, in their order.
NEEDED = {
    SignOffSteps.NONE: (),
    SignOffSteps.SIGN: (Role.LEADER,),
    SignOffSteps.CHECK_AND_SIGN: (Role.REVIEWER, Role.LEADER),
}
_NAMES = {Role.REVIEWER: ("审核", "reviewer"), Role.LEADER: ("领导", "leader")}


def lacking(steps: SignOffSteps, held: Iterable[str]) -> list[Role]:
    """The roles that the steps need and nobody of the unit holds."""
    there = set(held)
    return [role for role in NEEDED[steps] if role.value not in there]


def possible(steps: SignOffSteps, held: Iterable[str]) -> SignOffSteps:
    """The steps that are left: without a leader none, for only the leader's signature hands in."""
    missing = lacking(steps, held)
    if Role.LEADER in missing:
        return SignOffSteps.NONE
    return SignOffSteps.SIGN if missing else steps


def names(roles: Iterable[Role], *, english: bool = False) -> str:
    """The roles in words."""
    return (", " if english else "、").join(_NAMES[role][int(english)] for role in roles)
