"""盖章扫描件: a photo or scan of the stamped sheet, of a submission or of what was reported up. Never a must."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from reporting import closing_queries, filing, queries
from reporting.models import ArchiveKind, SubmissionState
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.attachments.subjects import Holder, attachable

SCAN = "stamped_scan"
_WHO = (Role.REPORTER, Role.REVIEWER, Role.LEADER)
_HANDED_IN = (SubmissionState.SUBMITTED, SubmissionState.APPROVED)


@attachable("submission")
async def of_submission(session: AsyncSession, *, actor: Principal, subject_id: UUID, lock: bool) -> Holder:
    """Added by the unit to the revision in hand: to the one that counts, or to the draft, and then seen by the unit
    alone until it goes up. A superior adds to what it handed in for the unit. Not in a closed cycle."""
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=subject_id, lock=lock)
    s = filed.submission
    handed = s.state in _HANDED_IN
    behalf = handed and filed.newest is not None and filed.newest.behalf_unit_id == actor.unit_id
    may = (actor.unit_id == s.unit_id or behalf) and actor.has(*_WHO) and filed.unit.exempt_reason is None
    may = may and await filing.is_open(session, filed)
    number = filed.newest.no if handed and filed.newest is not None else None
    return Holder(
        place=tuple(s.place) if handed else (s.unit_id,),
        number=number,
        may_add=frozenset({SCAN}) if may else frozenset(),
    )


@attachable("archive")
async def of_archive(session: AsyncSession, *, actor: Principal, subject_id: UUID, lock: bool) -> Holder:
    """The paper that went to the city, by the county's people."""
    archive = await closing_queries.get_archive(session, county_id=actor.county_id, archive_id=subject_id)
    may = archive.kind is ArchiveKind.REPORTED_UP and actor.unit_id == actor.county_unit_id and actor.has(*_WHO)
    return Holder(tuple(archive.place), archive.no, frozenset({SCAN}) if may else frozenset())
