"""What `jiceng check` asks of audit, jobs and files."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kit import files
from kit.models import AuditEntry, AuditSeal, Job
from migrations.tables import metadata
from tenancy.models import Unit

#: A worker renews its lease long before it runs out, and a sweep frees what is lost within seconds.
STUCK = timedelta(minutes=5)
#: The sealer takes entries in order within seconds: one that much older than a sealed one was passed over.
PASSED_OVER = timedelta(minutes=1)


async def count_passed_over(session: AsyncSession, *, county_id: UUID) -> int:
    """Entries without a seal though one a minute younger has its own. Entries that merely wait are not counted."""
    seal = aliased(AuditSeal)
    newest = (
        select(func.max(AuditSeal.audit_at)).where(AuditSeal.county_id == county_id).scalar_subquery()
    )  # NULL before the first seal: nothing is passed over
    statement = (
        select(func.count())
        .select_from(AuditEntry)
        .outerjoin(seal, and_(seal.county_id == AuditEntry.county_id, seal.audit_id == AuditEntry.id))
        .where(AuditEntry.county_id == county_id, seal.id.is_(None), AuditEntry.at < newest - PASSED_OVER)
    )
    return (await session.scalar(statement)) or 0


async def list_jobs(session: AsyncSession, *, county_id: UUID) -> tuple[int, list[tuple[UUID, str]]]:
    """How many jobs there are, and those that run without anybody working on them: (id, kind)."""
    number = await session.scalar(select(func.count()).select_from(Job).where(Job.county_id == county_id))
    stuck = await session.execute(
        select(Job.id, Job.kind).where(
            Job.county_id == county_id, Job.state == "running", Job.lease_until < func.clock_timestamp() - STUCK
        )
    )
    return number or 0, [(row[0], row[1]) for row in stuck]


async def list_unit_ids(session: AsyncSession, *, county_id: UUID) -> list[UUID]:
    """Every unit that there is or was: each may see files that nobody else does."""
    return list((await session.scalars(select(Unit.id).where(Unit.county_id == county_id).order_by(Unit.id))).all())


async def list_files(session: AsyncSession, *, county_id: UUID) -> list[tuple[str, UUID, int, str]]:
    """(table, id, size, SHA-256) of the files that the acting unit sees and that have not expired."""
    found: list[tuple[str, UUID, int, str]] = []
    for table in files.tables(metadata):
        columns = table.columns
        statement = select(columns.id, columns.size, columns.sha256).where(columns.county_id == county_id)
        if "expires_at" in columns:
            statement = statement.where(columns.expires_at.is_(None) | (columns.expires_at > func.now()))
        found += [(table.name, row[0], row[1], row[2]) for row in await session.execute(statement)]
    return found
