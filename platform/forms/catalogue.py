"""Commands on the catalogue: load a draft version, publish it; keep a form beside it that is asked once."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from forms import queries
from forms.compiled import compile_form
from forms.definition import FormDefinition
from forms.models import Form, FormVersion
from kit import clock
from kit.db.batch import write_all
from kit.errors import Forbidden, Invalid
from kit.ids import new_id
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.tiers import Tier


async def load_definition(
    session: AsyncSession, *, actor: Principal, definition: FormDefinition, applies_from: date
) -> FormVersion:
    """Put a definition into the catalogue as a draft: a new form, or the next version of one.

    A draft that was never published is replaced. Raises the compiler's error when the definition makes no sense, and
    Forbidden for anybody but the county's administrators and reviewers.
    """
    _authorise(actor)
    compile_form(definition)
    form = await queries.find_form(session, county_id=actor.county_id, code=definition.code)
    if form is None:
        form = Form(county_id=actor.county_id, id=new_id(), code=definition.code, name=definition.name.zh)
        session.add(form)
        await session.flush()
    form.name = definition.name.zh
    latest = await queries.latest_version(session, county_id=actor.county_id, form_id=form.id)
    if latest is None or latest.published_at is not None:
        latest = FormVersion(
            county_id=actor.county_id,
            id=new_id(),
            form_id=form.id,
            version=1 if latest is None else latest.version + 1,
        )
        session.add(latest)
    latest.definition = definition.model_dump(mode="json")
    latest.applies_from = applies_from
    latest.valid_until = definition.valid_until
    await session.flush()
    await _audit(session, actor, "form.load", latest)
    return latest


async def publish(session: AsyncSession, *, actor: Principal, version: FormVersion) -> FormVersion:
    """Freeze a version; from now on the scheduler opens its cycles. Raises Invalid when it is published already."""
    _authorise(actor)
    if version.published_at is not None:
        raise Invalid(problem="该版本已发布")
    version.published_at = clock.now()
    version.published_by = actor.account_id
    await session.flush()
    await _audit(session, actor, "form.publish", version)
    return version


async def keep_once(session: AsyncSession, *, actor: Principal, definition: FormDefinition, day: date) -> FormVersion:
    """Keep a form that is asked once, published and outside the catalogue. Whoever asks it has been authorised.

    Raises the compiler's error when the definition makes no sense.
    """
    compile_form(definition)
    form = Form(county_id=actor.county_id, id=new_id(), code=definition.code, name=definition.name.zh, one_off=True)
    session.add(form)
    await session.flush()
    version = FormVersion(
        county_id=actor.county_id,
        id=new_id(),
        form_id=form.id,
        version=1,
        definition=definition.model_dump(mode="json"),
        applies_from=day,
        valid_until=definition.valid_until,
        published_at=clock.now(),
        published_by=actor.account_id,
    )
    session.add(version)
    await session.flush()
    return version


def _authorise(actor: Principal) -> None:
    if actor.tier is not Tier.COUNTY:
        raise Forbidden
    actor.require(Role.REVIEWER, Role.ADMINISTRATOR)


async def _audit(session: AsyncSession, actor: Principal, action: str, version: FormVersion) -> None:
    await write_all(session, [audited(actor, action, subject_kind="form_version", subject_id=version.id)])
