"""Tables of the tree and of the people in it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls
from tenancy.tiers import Tier


class Role(enum.StrEnum):
    """What a membership may do at its unit: 填报、审核、领导（查看、签批）、管理."""

    REPORTER = "reporter"
    REVIEWER = "reviewer"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


class AdminKind(enum.StrEnum):
    """三员: the system administrator makes units and accounts, the security administrator grants roles, the audit
    administrator alone reads the audit trail. A person holds one at most (GB/T 22239-2019, 8.1.5)."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


class Unit(TenantRow, Base):
    """单位: a node's identity. Its name and parent have dates and live in `UnitVersion`."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    code: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class UnitVersion(TenantRow, Base):
    """What a unit was called and whom it belonged to, from one day until the day before another.

    The versions of a unit don't overlap; a unit exists on a day when one of its versions covers it.
    """

    __tablename__ = "unit_version"
    __table_args__ = (
        UniqueConstraint("county_id", "unit_id", "valid_from"),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "parent_id"], ["unit.county_id", "unit.id"], name="fk_unit_version_parent"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
        Index("ix_unit_version_parent", "county_id", "parent_id"),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    unit_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    #: Exclusive; None while it lasts.
    valid_to: Mapped[date | None]


class UnitChange(TenantRow, Base):
    """Why the tree changed: one row an act (增设、更名、划转、合并、拆分、撤销), with the units before and after."""

    __tablename__ = "unit_change"
    __table_args__ = (
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    kind: Mapped[str] = mapped_column(Text)
    effective_on: Mapped[date]
    before_ids: Mapped[list[UUID]]
    after_ids: Mapped[list[UUID]]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class Section(TenantRow, Base):
    """股室（科室、岗位）of a unit."""

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("county_id", "unit_id", "name"),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    unit_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    #: The day it was closed: nothing new goes to it. What was its own stays its own.
    closed_on: Mapped[date | None]


class Account(TenantRow, Base):
    """A person who signs in (用户). Belongs to one county; the sign-in name is unique in it."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("county_id", "sign_name"),
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    sign_name: Mapped[str] = mapped_column(Text)
    display_name: Mapped[str] = mapped_column(Text)
    #: Encrypted (`kit.crypto`, context account.phone).
    phone_cipher: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    #: Encrypted (context account.totp).
    totp_cipher: Mapped[str | None] = mapped_column(Text)
    totp_confirmed: Mapped[bool] = mapped_column(default=False)
    #: The last time step a one-time password was accepted for: it is accepted once.
    totp_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Membership(TenantRow, Base):
    """身份: an account at a unit (and section), with its roles there."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("county_id", "account_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "section_id"], ["section.county_id", "section.id"]),
        CheckConstraint("admin_kind IS NULL OR admin_kind IN ('system', 'security', 'audit')", name="admin_kind"),
        CheckConstraint("admin_kind IS NULL OR roles = '{}'", name="admins_hold_no_role"),
        Index("ix_membership_unit", "county_id", "unit_id"),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    account_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    section_id: Mapped[UUID | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    admin_kind: Mapped[AdminKind | None] = mapped_column(TextEnum(AdminKind))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class UserSession(TenantRow, Base):
    """A signed-in browser or a machine's bearer token. The token itself is never stored."""

    __tablename__ = "user_session"
    __table_args__ = (
        UniqueConstraint("county_id", "secret_hash"),
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        Index("ix_user_session_account", "county_id", "account_id"),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    account_id: Mapped[UUID]
    secret_hash: Mapped[str] = mapped_column(Text)
    csrf_hash: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AccessCode(TenantRow, Base):
    """A one-time link or a reset code: lets its holder set a password, once, before it expires."""

    __tablename__ = "access_code"
    __table_args__ = (
        UniqueConstraint("county_id", "code_hash"),
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    account_id: Mapped[UUID]
    code_hash: Mapped[str] = mapped_column(Text)
    issued_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RememberedDevice(TenantRow, Base):
    """A telephone or computer on which its owner signs in by a PIN. The PIN is worth nothing elsewhere: without the
    device's secret it can't even be tried."""

    __tablename__ = "remembered_device"
    __table_args__ = (
        UniqueConstraint("county_id", "secret_hash"),
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        Index("ix_remembered_device_account", "county_id", "account_id"),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    account_id: Mapped[UUID]
    secret_hash: Mapped[str] = mapped_column(Text)
    pin_hash: Mapped[str] = mapped_column(Text)
    failures: Mapped[int] = mapped_column(default=0)
    device: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class OutsideIdentity(TenantRow, Base):
    """An account's identity at an OpenID Connect issuer, linked by its owner."""

    __tablename__ = "outside_identity"
    __table_args__ = (
        UniqueConstraint("county_id", "issuer", "subject"),
        UniqueConstraint("county_id", "account_id", "issuer"),
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    account_id: Mapped[UUID]
    issuer: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    linked_at: Mapped[datetime] = mapped_column(default=clock.now)
