"""The statement that every page and command of a submission begins with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.direct import Direct, columns_of, reader_of
from kit.errors import NotFound
from reporting import sign_rules
from reporting.models import (
    Cycle,
    CycleUnit,
    Draft,
    Revision,
    Signing,
    SignOff,
    SignOffSteps,
    Submission,
    SubmissionState,
)
from tenancy.models import Account, Membership, Role
from workflow.models import Attachment


@dataclass(frozen=True, slots=True)
class Filed:
    """A submission with its cycle, its place in the frozen tree and what was written last."""

    submission: Submission
    cycle: Cycle
    unit: CycleUnit
    draft: Draft | None
    #: What counts while it is submitted or approved; else the newest revision, from which editing starts.
    newest: Revision | None
    #: What the unit has chosen for this form; None without a choice.
    sign_off: SignOff | None = None
    #: Signatures under way, as the unit itself sees them.
    signing: Signing | None = None
    #: The unit's files that go up with the next hand-in, as the unit itself sees them.
    pending: tuple[UUID, ...] = ()
    #: The roles that the unit's people hold now; empty where the unit has no choice for this form.
    held: frozenset[str] = frozenset()

    @property
    def steps(self) -> SignOffSteps:
        """In which steps the unit signs this form before it goes up, as far as it has the people."""
        return SignOffSteps.NONE if self.sign_off is None else sign_rules.possible(self.sign_off.steps, self.held)

    @property
    def lacking(self) -> list[Role]:
        """The roles that the chosen steps wait for and nobody of the unit holds."""
        return [] if self.sign_off is None else sign_rules.lacking(self.sign_off.steps, self.held)

    @property
    def working(self) -> Draft | None:
        """The draft, unless it was overtaken: begun from something else than what stands now (`reporting.asides`)."""
        draft = self.draft
        return draft if draft is not None and draft.begun_from == self.submission.revision_no else None


#: With the cycle's key, shared: closing the cycle holds it alone (`closing_queries.lock_cycle`).
_LOCK = Direct(
    select(Submission.id, func.pg_advisory_xact_lock_shared(func.hashtextextended(cast(Submission.cycle_id, Text), 0)))
    .where(Submission.county_id == bindparam("county", type_=Uuid()), Submission.id == bindparam("id", type_=Uuid()))
    .with_for_update()
)
#: Made once, like the lock: every page and command of a submission begins with them.
_FILED_MODELS = (Submission, Cycle, CycleUnit, Draft, Revision, SignOff, Signing)
_FILED = Direct(
    select(
        *columns_of(*_FILED_MODELS),
        # Its own, for only its unit sees those.
        func.array(
            select(Attachment.id)
            .where(
                Attachment.county_id == Submission.county_id,
                Attachment.subject_id == Submission.id,
                Attachment.number.is_(None),
                Attachment.withdrawn_at.is_(None),
            )
            .scalar_subquery(),
            type_=ARRAY(Uuid()),
        ).label("pending"),
        # Asked only where the unit signs: who could.
        case(
            (
                SignOff.id.is_not(None),
                func.array(
                    select(func.unnest(Membership.roles).distinct())
                    .join(Account, and_(Account.county_id == Membership.county_id, Account.id == Membership.account_id))
                    .where(
                        Membership.county_id == Submission.county_id,
                        Membership.unit_id == Submission.unit_id,
                        Membership.active,
                        Account.active,
                    )
                    .scalar_subquery(),
                    type_=ARRAY(Text),
                ),
            )
        ).label("held"),
    )
    .select_from(Submission)
    .join(Cycle, and_(Cycle.county_id == Submission.county_id, Cycle.id == Submission.cycle_id))
    .join(
        CycleUnit,
        and_(
            CycleUnit.county_id == Submission.county_id,
            CycleUnit.cycle_id == Submission.cycle_id,
            CycleUnit.unit_id == Submission.unit_id,
        ),
    )
    .outerjoin(Draft, and_(Draft.county_id == Submission.county_id, Draft.id == Submission.id))
    .outerjoin(
        Revision,
        and_(
            Revision.county_id == Submission.county_id,
            Revision.submission_id == Submission.id,
            case(
                (
                    or_(
                        Submission.state == SubmissionState.SUBMITTED,
                        Submission.state == SubmissionState.APPROVED,
                    ),
                    Revision.id == Submission.live_revision_id,
                ),
                else_=Revision.no == Submission.revision_no,
            ),
        ),
    )
    .outerjoin(
        SignOff,
        and_(
            SignOff.county_id == Submission.county_id,
            SignOff.form_id == Cycle.form_id,
            SignOff.unit_id == Submission.unit_id,
        ),
    )
    .outerjoin(Signing, and_(Signing.county_id == Submission.county_id, Signing.id == Submission.id))
    .where(Submission.county_id == bindparam("county", type_=Uuid()), Submission.id == bindparam("id", type_=Uuid()))
)
_read_submission = reader_of(Submission)
_read_cycle = reader_of(Cycle, at=len(columns_of(Submission)))
_read_unit = reader_of(CycleUnit, at=len(columns_of(Submission, Cycle)))
_read_draft = reader_of(Draft, at=len(columns_of(Submission, Cycle, CycleUnit)))
_read_newest = reader_of(Revision, at=len(columns_of(Submission, Cycle, CycleUnit, Draft)))
_read_sign_off = reader_of(SignOff, at=len(columns_of(Submission, Cycle, CycleUnit, Draft, Revision)))
_read_signing = reader_of(Signing, at=len(columns_of(Submission, Cycle, CycleUnit, Draft, Revision, SignOff)))


async def get_filed(session: AsyncSession, *, county_id: UUID, submission_id: UUID, lock: bool = False) -> Filed:
    """A submission the acting unit may see. Raises NotFound. With `lock`, holds the submission's row.

    The lock is a statement of its own, before the read: one statement that waits for a lock would go on with the
    draft and the revision of its older snapshot. The joins are outer, because a reviewer sees no draft.
    """
    named = {"county": county_id, "id": submission_id}
    if lock:
        await _LOCK.rows(session, **named)
    rows = await _FILED.rows(session, **named)
    if not rows:
        raise NotFound
    submission, cycle, unit = _read_submission(rows[0]), _read_cycle(rows[0]), _read_unit(rows[0])
    assert submission is not None and cycle is not None and unit is not None
    signing = _read_signing(rows[0]) if submission.state is SubmissionState.SIGNING else None
    return Filed(
        submission,
        cycle,
        unit,
        _read_draft(rows[0]),
        _read_newest(rows[0]),
        _read_sign_off(rows[0]),
        signing,
        tuple(rows[0]["pending"]),
        frozenset(rows[0]["held"] or ()),
    )
