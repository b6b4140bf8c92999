"""Counties to measure in, written in bulk: a tree, somebody with a session at each unit, months of figures."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, update

from cli.bench.form import Variant, definition, variants
from cli.county import operator
from forms import aggregate, catalogue
from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit import clock, crypto
from kit.db.session import Database, Identity
from kit.ids import new_id
from kit.models import County
from reporting import cycles, fold, queries
from reporting.models import Cycle, CycleUnit, Revision, Submission, SubmissionState
from tenancy import tree_import
from tenancy.counties import create_county
from tenancy.models import Account, AdminKind, Membership, Role, UserSession
from tenancy.queries import load_tree
from tenancy.tiers import Tier
from tenancy.tree_import import ImportLine

YEAR = 2026
#: Rows of one INSERT.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in at a unit: the headers of their requests."""

    headers: Mapping[str, str]


@dataclass(slots=True)
class Month:
    """One cycle: who stands where in it, and which submission is whose."""

    cycle: Cycle
    units: Sequence[CycleUnit]
    submissions: Mapping[UUID, Submission]

    def villages(self) -> list[CycleUnit]:
        return [unit for unit in self.units if unit.tier is Tier.VILLAGE]


@dataclass(slots=True)
class BenchCounty:
    """A county with everything that a measurement asks for."""

    county: County
    form: CompiledForm
    form_id: UUID
    variants: list[Variant]
    visitors: dict[UUID, Visitor]
    accounts: dict[UUID, UUID]
    months: dict[str, Month] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        return Identity.of_unit(self.county.id, self.county.unit_id)


def shape(townships: int, villages: int) -> list[ImportLine]:
    """A tree of so many townships with so many villages in all, shared out evenly."""
    lines: list[ImportLine] = []
    for t in range(townships):
        code = f"{t + 1:03d}"
        lines.append(ImportLine(0, Tier.TOWNSHIP, code, f"第{t + 1}镇", f"第{t + 1}镇", ""))
        for v in range(villages // townships + (t < villages % townships)):
            name = f"第{t + 1}镇第{v + 1}村"
            lines.append(ImportLine(0, Tier.VILLAGE, f"{code}{v + 1:03d}", name, name, code))
    return lines


async def make(database: Database, *, townships: int, villages: int) -> BenchCounty:
    """A county of a shape, with people who are signed in and the form in force."""
    code = f"B{secrets.token_hex(4)}"
    county = (await create_county(database, code=code, name="测速县", since=date(YEAR - 1, 1, 1))).county
    system = operator(county, admin=AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        await tree_import.import_units(session, actor=system, lines=shape(townships, villages), on=date(YEAR - 1, 1, 1))
    hand = operator(county)
    async with database.transaction(hand.identity) as session:
        version = await catalogue.load_definition(
            session, actor=hand, definition=definition(), applies_from=date(YEAR, 1, 1)
        )
        await catalogue.publish(session, actor=hand, version=version)
        form = await get_compiled(session, county_id=county.id, version_id=version.id)
    visitors, accounts = await _people(database, county)
    return BenchCounty(county, form, version.form_id, variants(form, 40), visitors, accounts)


async def _people(database: Database, county: County) -> tuple[dict[UUID, Visitor], dict[UUID, UUID]]:
    identity = Identity.of_unit(county.id, county.unit_id)
    async with database.transaction(identity) as session:
        nodes = (await load_tree(session, county_id=county.id, day=clock.today())).nodes
        rows: dict[Any, list[dict[str, Any]]] = {Account: [], Membership: [], UserSession: []}
        visitors: dict[UUID, Visitor] = {}
        accounts: dict[UUID, UUID] = {}
        for unit_id, node in nodes.items():
            account_id, membership_id, secret = new_id(), new_id(), crypto.new_token()
            key = {"county_id": county.id}
            rows[Account].append(
                {
                    **key,
                    "id": account_id,
                    "sign_name": node.code,
                    "display_name": node.name,
                    "must_change_password": False,
                }
            )
            rows[Membership].append(
                {
                    **key,
                    "id": membership_id,
                    "account_id": account_id,
                    "unit_id": unit_id,
                    "roles": [r.value for r in Role],
                }
            )
            rows[UserSession].append(
                {
                    **key,
                    "id": new_id(),
                    "account_id": account_id,
                    "secret_hash": crypto.token_hash(secret),
                    "csrf_hash": crypto.token_hash("csrf"),
                    "expires_at": clock.now() + timedelta(days=1),
                }
            )
            token = f"{county.id}.{secret}"
            visitors[unit_id] = Visitor({"authorization": f"Bearer {token}", "x-jiceng-membership": str(membership_id)})
            accounts[unit_id] = account_id
        for model, lines in rows.items():
            for start in range(0, len(lines), _AT_ONCE):
                await session.execute(insert(model), lines[start : start + _AT_ONCE])
    return visitors, accounts


async def open_month(database: Database, made: BenchCounty, number: int) -> Month:
    """Open a cycle, empty."""
    county, key = made.county, f"{YEAR}-{number:02d}"
    async with database.transaction(made.identity) as session:
        cycle_id = await cycles.open_by_hand(
            session, actor=operator(county), county=county, form_id=made.form_id, period_key=key
        )
    async with database.transaction(made.identity) as session:
        found = Month(
            await queries.get_cycle(session, county_id=county.id, cycle_id=cycle_id),
            await queries.list_cycle_units(session, county_id=county.id, cycle_id=cycle_id),
            await queries.list_all_submissions(session, county_id=county.id, cycle_id=cycle_id),
        )
    made.months[key] = found
    return found


async def fill(database: Database, made: BenchCounty, month: Month, *, approve: bool) -> None:
    """Write a month in bulk: every village submitted; or every unit approved, townships' hand-ins frozen."""
    revisions: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    kept: dict[UUID, dict[str, Any]] = {}
    children: dict[UUID | None, list[CycleUnit]] = {}
    for unit in month.units:
        children.setdefault(unit.parent_id, []).append(unit)
    for place, unit in enumerate(sorted(month.units, key=lambda u: -u.lvl)):
        if not approve and unit.tier is not Tier.VILLAGE:
            continue
        revision = _revision(made, month, unit, made.variants[place % len(made.variants)])
        if unit.has_children and unit.parent_id is not None:
            below = [kept[child.unit_id] for child in children.get(unit.unit_id, [])]
            revision["frozen"] = aggregate.merge([revision["partials"], *(r["partials"] for r in below)])
            revision["sources"] = [
                {"unit_id": str(c.unit_id), "submission_id": str(r["submission_id"]), "revision_id": str(r["id"])}
                for c, r in zip(children.get(unit.unit_id, []), below, strict=True)
            ]
        kept[unit.unit_id] = revision
        revisions.append(revision)
        changes.append({"b_id": revision["submission_id"], "revision_id": revision["id"]})
    await _write(database, made, month, revisions, changes, approve=approve)


def _revision(made: BenchCounty, month: Month, unit: CycleUnit, variant: Variant) -> dict[str, Any]:
    submission = month.submissions[unit.unit_id]
    return {
        "county_id": made.county.id,
        "id": new_id(),
        "submission_id": submission.id,
        "no": 1,
        "cells": variant.cells,
        "partials": variant.partials,
        "frozen": None,
        "sources": None,
        "submitted_at": submission.due_at,
        "submitted_by": made.accounts[unit.unit_id],
        "submitter_name": unit.name,
        "place": list(submission.place),
    }


async def _write(
    database: Database,
    made: BenchCounty,
    month: Month,
    revisions: list[dict[str, Any]],
    changes: list[dict[str, Any]],
    *,
    approve: bool,
) -> None:
    table: Any = Submission.__table__
    approved: dict[str, Any] = {"approved_revision_id": bindparam("revision_id")} if approve else {}
    async with database.transaction(made.identity) as session:
        for start in range(0, len(revisions), _AT_ONCE):
            await session.execute(insert(Revision), revisions[start : start + _AT_ONCE])
        connection = await session.connection()
        await connection.execute(
            update(table)
            .where(table.c.county_id == made.county.id, table.c.id == bindparam("b_id"))
            .values(
                state=SubmissionState.APPROVED if approve else SubmissionState.SUBMITTED,
                version=2,
                revision_no=1,
                live_revision_id=bindparam("revision_id"),
                first_submitted_at=table.c.due_at,
                submitted_at=table.c.due_at,
                **approved,
            ),
            changes,
        )


async def fold_month(database: Database, made: BenchCounty, month: Month) -> None:
    """Fold everything that is marked."""
    async with database.transaction(made.identity) as session:
        await fold.fold(
            session,
            county_unit_id=made.county.unit_id,
            county_id=made.county.id,
            cycle_id=month.cycle.id,
            unit_id=made.county.unit_id,
            form=made.form,
        )
