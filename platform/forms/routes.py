"""The catalogue over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from forms import queries
from tenancy.principal import ADMINISTERING, Principal


class VersionOut(BaseModel):
    id: UUID
    version: int
    published_at: datetime | None
    applies_from: date
    valid_until: date | None


class FormOut(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    table_no: str
    owner: str
    basis: str
    period_kind: str
    tiers: list[str]
    versions: list[VersionOut]


class FormPage(BaseModel):
    items: list[FormOut]


class FormVersionOut(BaseModel):
    id: UUID
    form_id: UUID
    code: str
    name: str
    version: int
    published_at: datetime | None
    definition: dict[str, Any]


class FormController(Controller):
    """报表目录: public to everybody in the county, with owner, basis and validity."""

    path = "/api/forms"
    tags = ("forms",)
    opt = ADMINISTERING

    @get("/", summary="The catalogue")
    async def list_forms(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> FormPage:
        items: dict[UUID, FormOut] = {}
        for form, version in await queries.list_forms(session, county_id=principal.county_id):
            if form.id not in items:
                definition = queries.compiled(version).definition
                items[form.id] = FormOut(
                    id=form.id,
                    code=form.code,
                    name=definition.name.zh,
                    name_en=definition.name.en,
                    table_no=definition.table_no,
                    owner=definition.owner.zh,
                    basis=definition.basis.zh,
                    period_kind=definition.period.kind.value,
                    tiers=[tier.value for tier in definition.tiers],
                    versions=[],
                )
            items[form.id].versions.append(
                VersionOut(
                    id=version.id,
                    version=version.version,
                    published_at=version.published_at,
                    applies_from=version.applies_from,
                    valid_until=version.valid_until,
                )
            )
        return FormPage(items=list(items.values()))


class FormVersionController(Controller):
    path = "/api/form-versions"
    tags = ("forms",)
    opt = ADMINISTERING

    @get("/{version_id:uuid}", summary="A version's definition, with parsed formulas")
    async def get_version(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], version_id: FromPath[UUID]
    ) -> Response[FormVersionOut]:
        version = await queries.get_version(session, county_id=principal.county_id, version_id=version_id)
        form = queries.compiled(version)
        out = FormVersionOut(
            id=version.id,
            form_id=version.form_id,
            code=form.definition.code,
            name=form.definition.name.zh,
            version=version.version,
            published_at=version.published_at,
            definition=form.json,
        )
        # A published version never changes.
        forever = {} if version.published_at is None else {"Cache-Control": "private, max-age=604800, immutable"}
        return Response(out, headers=forever)
