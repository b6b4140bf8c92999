"""The ways by which a unit is reached outside the platform: set by its administrator."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import crypto
from kit.db.batch import change, put, remove, write_all
from kit.errors import Invalid, NotFound, PreconditionRequired, Stale
from kit.ids import new_id
from kit.jobs import enqueue
from kit.settings import settings
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.tiers import Tier
from workflow.channels import queries
from workflow.channels.addresses import check_address, shown_address
from workflow.channels.errors import MailNotSet, SecretMissing
from workflow.channels.models import Channel, ChannelKind
from workflow.channels.schemas import ChannelIn, ChannelOut
from workflow.channels.senders import Target

TEST = "workflow.channel_test"
_ADDRESS, _SECRET = "channel.address", "channel.secret"
MOST = 10
#: Their address is open to many; the signature is what tells us from others.
_SIGNED = frozenset({ChannelKind.DINGTALK, ChannelKind.FEISHU})


def _require(actor: Principal) -> None:
    """The unit's administrator; a village has none, so there whoever works."""
    if actor.tier is Tier.VILLAGE:
        actor.require(Role.REPORTER, Role.LEADER, Role.ADMINISTRATOR)
    else:
        actor.require(Role.ADMINISTRATOR)


def target_of(channel: Channel) -> Target:
    """Where a channel's messages go, deciphered."""
    secret = channel.secret_cipher
    return Target(
        channel.kind,
        crypto.decrypt(channel.address_cipher, context=_ADDRESS),
        crypto.decrypt(secret, context=_SECRET) if secret else None,
    )


def _out(channel: Channel) -> ChannelOut:
    return ChannelOut(
        id=channel.id,
        kind=channel.kind,
        name=channel.name,
        address=shown_address(channel.kind, target_of(channel).address),
        signed=channel.secret_cipher is not None,
        active=channel.active,
        version=channel.version,
        last_at=channel.last_at,
        last_problem=channel.last_problem,
    )


async def list_views(session: AsyncSession, actor: Principal) -> list[ChannelOut]:
    """The acting unit's own channels."""
    _require(actor)
    found = await queries.list_channels(session, county_id=actor.county_id, unit_id=actor.unit_id)
    return [_out(channel) for channel in found]


async def _get_own(session: AsyncSession, actor: Principal, channel_id: UUID) -> Channel:
    channel = await queries.get_channel(session, county_id=actor.county_id, channel_id=channel_id, lock=True)
    if channel.unit_id != actor.unit_id:
        raise NotFound
    return channel


def _checked(kind: ChannelKind, address: str, secret: str | None) -> None:
    check_address(kind, address, settings().robot_hosts)
    if kind in _SIGNED and not secret:
        raise SecretMissing


async def add(session: AsyncSession, *, actor: Principal, given: ChannelIn) -> ChannelOut:
    """A new channel of the acting unit. Raises Forbidden, AddressRefused, SecretMissing, Invalid."""
    _require(actor)
    address, secret = (given.address or "").strip(), (given.secret or "").strip() or None
    _checked(given.kind, address, secret)
    if len(await queries.list_channels(session, county_id=actor.county_id, unit_id=actor.unit_id)) >= MOST:
        raise Invalid(problem=f"最多 {MOST} 个渠道")
    channel_id = new_id()
    row = put(
        Channel,
        county_id=actor.county_id,
        id=channel_id,
        unit_id=actor.unit_id,
        kind=given.kind.value,
        name=given.name.strip(),
        address_cipher=crypto.encrypt(address, context=_ADDRESS),
        secret_cipher=None if secret is None else crypto.encrypt(secret, context=_SECRET),
        active=given.active,
        place=list(dict.fromkeys((actor.unit_id, actor.county_unit_id))),
    )
    await write_all(session, [row, audited(actor, "channel.add", subject_kind="channel", subject_id=channel_id)])
    return _out(await queries.get_channel(session, county_id=actor.county_id, channel_id=channel_id))


async def edit(
    session: AsyncSession, *, actor: Principal, channel_id: UUID, version: int | None, given: ChannelIn
) -> ChannelOut:
    """Change a channel; its kind stays. Raises NotFound, Forbidden, PreconditionRequired, Stale, AddressRefused."""
    channel = await _get_own(session, actor, channel_id)
    _require(actor)
    if version is None:
        raise PreconditionRequired
    if version != channel.version:
        raise Stale(version=channel.version)
    now = target_of(channel)
    address = now.address if given.address is None else given.address.strip()
    secret = now.secret if given.secret is None else given.secret.strip() or None
    _checked(channel.kind, address, secret)
    written = change(
        Channel,
        county_id=actor.county_id,
        id=channel.id,
        name=given.name.strip(),
        address_cipher=crypto.encrypt(address, context=_ADDRESS),
        secret_cipher=None if secret is None else crypto.encrypt(secret, context=_SECRET),
        active=given.active,
        version=version + 1,
    )
    await write_all(session, [written, audited(actor, "channel.edit", subject_kind="channel", subject_id=channel.id)])
    session.expire_all()
    return _out(await queries.get_channel(session, county_id=actor.county_id, channel_id=channel_id))


async def delete(session: AsyncSession, *, actor: Principal, channel_id: UUID) -> None:
    channel = await _get_own(session, actor, channel_id)
    _require(actor)
    entry = audited(actor, "channel.remove", subject_kind="channel", subject_id=channel.id)
    await write_all(session, [remove(Channel, county_id=actor.county_id, id=channel.id), entry])


async def test(session: AsyncSession, *, actor: Principal, channel_id: UUID) -> UUID:
    """Send a message that says it is a test, by a job; its id. Raises NotFound, Forbidden, MailNotSet."""
    channel = await _get_own(session, actor, channel_id)
    _require(actor)
    if channel.kind is ChannelKind.EMAIL and not settings().smtp_host:
        raise MailNotSet
    return await enqueue(
        session, kind=TEST, payload={"channel_id": str(channel.id)}, requested_by=actor.account_id, priority=1
    )
