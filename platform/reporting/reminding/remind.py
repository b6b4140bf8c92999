"""What is due to be said, found and recorded: intents first, in one transaction with the inbox items and the jobs that
send. Run by several schedulers, late or twice, it says each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from forms.queries import get_compiled
from kit import clock
from kit.ids import new_id
from kit.jobs import CountyRef, enqueue, ring_after_commit
from kit.models import Outbox
from kit.outbox import RELAY
from reporting.queries import load_calendar
from reporting.reminders import reminder_item
from reporting.reminding import queries
from reporting.reminding.models import ReminderSending
from reporting.reminding.plan import plan_of
from reporting.reminding.queries import Outstanding
from reporting.reminding.rules import Rule, due_rule, is_quiet
from tenancy.tiers import Tier
from workflow.channels.queries import list_active_channels
from workflow.models import InboxItem

INBOX = "inbox"
DELIVER = "reporting.deliver"


@dataclass(frozen=True, slots=True)
class _Intent:
    cycle_id: UUID
    unit_id: UUID
    rule: str
    target: str


async def remind_due(session: AsyncSession, county: CountyRef) -> int:
    """Record and set going every reminder that is due now; how many. The session acts as the county."""
    plan = await plan_of(session, county)
    now = clock.now()
    if not plan.active or is_quiet(now, plan.quiet_from, plan.quiet_until):
        return 0
    days = await load_calendar(session, county_id=county.id)
    due: dict[tuple[Tier, Any], Rule | None] = {}
    wanted: set[UUID] = set()
    for cycle_id, due_at in await queries.list_due_times(session, county_id=county.id):
        for tier in Tier:
            if (tier, due_at) not in due:
                due[tier, due_at] = due_rule(plan.rules, tier, due_at, now, days)
            if due[tier, due_at] is not None:
                wanted.add(cycle_id)
    if not wanted:
        return 0
    lines = await queries.list_outstanding(session, county_id=county.id, cycle_ids=sorted(wanted))
    channels = await list_active_channels(session, county_id=county.id)
    said = [(line, rule) for line in lines if (rule := due.get((line.tier, line.submission.due_at))) is not None]
    made = await _record(session, county, _intents(said, channels))
    by_unit = {(line.cycle_id, line.unit_id): line for line, _ in said}
    items = [by_unit[i.cycle_id, i.unit_id] for i in made if i.target == INBOX]
    await _to_inboxes(session, county, items)
    await _to_channels(session, made)
    return len(made)


def _intents(said: Iterable[tuple[Outstanding, Rule]], channels: Mapping[UUID, Sequence[UUID]]) -> list[_Intent]:
    """To the unit's inbox, to its channels, and to the channels of the unit above, which is told how many."""
    found: dict[_Intent, None] = {}
    for line, rule in said:
        if rule.inbox:
            found[_Intent(line.cycle_id, line.unit_id, rule.key, INBOX)] = None
        if rule.outside:
            told = [line.unit_id] if line.parent_id is None else [line.unit_id, line.parent_id]
            for unit_id in told:
                for channel_id in channels.get(unit_id, ()):
                    found[_Intent(line.cycle_id, unit_id, rule.key, str(channel_id))] = None
    return sorted(found, key=lambda i: (i.cycle_id, i.unit_id, i.rule, i.target))


@dataclass(frozen=True, slots=True)
class _Made(_Intent):
    id: UUID


async def _record(session: AsyncSession, county: CountyRef, intents: Sequence[_Intent]) -> list[_Made]:
    """The intents that nobody had recorded before. A scheduler beside us waits here, and then finds them taken."""
    made: list[_Made] = []
    for start in range(0, len(intents), 1000):
        rows = [
            {
                "county_id": county.id,
                "id": new_id(),
                "cycle_id": i.cycle_id,
                "unit_id": i.unit_id,
                "rule": i.rule,
                "target": i.target,
                "recorded_at": clock.now(),
                # The inbox item is written in this very transaction.
                "attempted_at": clock.now() if i.target == INBOX else None,
                "sent_at": clock.now() if i.target == INBOX else None,
                "problem": "",
                "place": list(dict.fromkeys((i.unit_id, county.unit_id))),
            }
            for i in intents[start : start + 1000]
        ]
        statement = (
            upsert(ReminderSending)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["county_id", "cycle_id", "unit_id", "rule", "target"])
            .returning(
                ReminderSending.cycle_id,
                ReminderSending.unit_id,
                ReminderSending.rule,
                ReminderSending.target,
                ReminderSending.id,
            )
        )
        made += [_Made(**row._mapping) for row in await session.execute(statement)]
    return made


async def _to_inboxes(session: AsyncSession, county: CountyRef, lines: Sequence[Outstanding]) -> None:
    if not lines:
        return
    cycles = await queries.list_cycles(
        session, county_id=county.id, cycle_ids=sorted({line.cycle_id for line in lines})
    )
    rows = []
    for line in lines:
        cycle = cycles[line.cycle_id]
        form = await get_compiled(session, county_id=county.id, version_id=cycle.form_version_id)
        rows.append(reminder_item(cycle, form, line.submission, line.name, by=""))
    for start in range(0, len(rows), 1000):
        await session.execute(insert(InboxItem).values(rows[start : start + 1000]))
    for cycle_id in cycles:
        await session.execute(
            insert(Outbox).values(
                county_id=county.id,
                topic="inbox",
                payload={"subject_kind": "cycle", "subject_id": str(cycle_id), "reminder": True},
                recipients=[line.unit_id for line in lines if line.cycle_id == cycle_id],
                place=[county.unit_id],
            )
        )
    ring_after_commit(session, RELAY)


async def _to_channels(session: AsyncSession, made: Sequence[_Made]) -> None:
    """One job, and one message, a channel."""
    by_channel: dict[str, list[str]] = {}
    for sending in made:
        if sending.target != INBOX:
            by_channel.setdefault(sending.target, []).append(str(sending.id))
    for channel_id, ids in by_channel.items():
        await enqueue(session, kind=DELIVER, payload={"channel_id": channel_id, "sending_ids": ids})
