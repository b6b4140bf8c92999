"""Every SELECT of the catalogue, and the compiled versions that are kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm, compile_form
from forms.definition import FormDefinition
from forms.models import Form, FormVersion
from kit.db.queries import get_row
from kit.errors import NotFound

#: A published version never changes, so a compiled one is good for as long as the process lives.
_compiled: dict[UUID, CompiledForm] = {}


async def list_forms(session: AsyncSession, *, county_id: UUID) -> Sequence[tuple[Form, FormVersion]]:
    """Every form of the catalogue with all its versions, by code, newest version first."""
    statement = (
        select(Form, FormVersion)
        .join(FormVersion, and_(FormVersion.county_id == Form.county_id, FormVersion.form_id == Form.id))
        .where(Form.county_id == county_id, ~Form.one_off)
        .order_by(Form.code, FormVersion.version.desc())
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def find_form(session: AsyncSession, *, county_id: UUID, code: str) -> Form | None:
    return (await session.scalars(select(Form).where(Form.county_id == county_id, Form.code == code))).one_or_none()


async def get_form(session: AsyncSession, *, county_id: UUID, form_id: UUID) -> Form:
    form = (await session.scalars(select(Form).where(Form.county_id == county_id, Form.id == form_id))).one_or_none()
    if form is None:
        raise NotFound
    return form


async def get_version(session: AsyncSession, *, county_id: UUID, version_id: UUID) -> FormVersion:
    return await get_row(session, FormVersion, county_id=county_id, id=version_id)


async def latest_version(session: AsyncSession, *, county_id: UUID, form_id: UUID) -> FormVersion | None:
    statement = (
        select(FormVersion)
        .where(FormVersion.county_id == county_id, FormVersion.form_id == form_id)
        .order_by(FormVersion.version.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def list_published(session: AsyncSession, *, county_id: UUID) -> Sequence[FormVersion]:
    """Published versions of the catalogue, by form and then by the period they begin to serve."""
    statement = (
        select(FormVersion)
        .join(Form, and_(Form.county_id == FormVersion.county_id, Form.id == FormVersion.form_id))
        .where(FormVersion.county_id == county_id, FormVersion.published_at.is_not(None), ~Form.one_off)
        .order_by(FormVersion.form_id, FormVersion.applies_from, FormVersion.version)
    )
    return (await session.scalars(statement)).all()


def compiled(version: FormVersion) -> CompiledForm:
    """The compiled form of a version; kept when the version is published."""
    found = _compiled.get(version.id)
    if found is None:
        found = compile_form(FormDefinition.model_validate(version.definition))
        if version.published_at is not None:
            _compiled[version.id] = found
    return found


async def get_compiled(session: AsyncSession, *, county_id: UUID, version_id: UUID) -> CompiledForm:
    """A published version's compiled form, from memory when this process has seen it.

    The id comes from a cycle that the caller read under its policy, so a remembered form leaks nothing.
    """
    found = _compiled.get(version_id)
    if found is None:
        found = compiled(await get_version(session, county_id=county_id, version_id=version_id))
    return found
