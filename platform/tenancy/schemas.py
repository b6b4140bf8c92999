"""What tenancy takes and gives over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tenancy.models import AdminKind, Role
from tenancy.tiers import Tier


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInIn(In):
    county_code: str = Field(max_length=40)
    sign_name: str = Field(max_length=100)
    password: str = Field(max_length=200)
    totp_code: str | None = Field(default=None, max_length=12)
    #: 公用电脑: the session ends with the browser, and within half a day.
    shared: bool = False


class UserOut(BaseModel):
    id: UUID
    display_name: str
    sign_name: str
    must_change_password: bool
    totp_enabled: bool


class CountyOut(BaseModel):
    id: UUID
    code: str
    name: str


class MembershipUnit(BaseModel):
    id: UUID
    name: str
    short_name: str
    tier: Tier


class MembershipOut(BaseModel):
    id: UUID
    unit: MembershipUnit
    section_name: str | None
    roles: list[Role]
    admin_kind: AdminKind | None


class Me(BaseModel):
    user: UserOut
    county: CountyOut
    memberships: list[MembershipOut]
    idle_minutes: int


class SignedInOut(BaseModel):
    me: Me
    #: For machines: send it as a bearer token. Browsers have it in a cookie.
    token: str


class PasswordIn(In):
    current: str = Field(max_length=200)
    new: str = Field(max_length=200)


class SessionOut(BaseModel):
    id: UUID
    device: str
    address: str
    created_at: datetime
    seen_at: datetime
    current: bool


class SessionPage(BaseModel):
    items: list[SessionOut]


class TotpOut(BaseModel):
    secret: str
    uri: str


class TotpIn(In):
    code: str = Field(max_length=12)


class PasswordOnlyIn(In):
    password: str = Field(max_length=200)


class RedeemIn(In):
    county_code: str = Field(max_length=40)
    code: str = Field(max_length=60)
    new_password: str = Field(max_length=200)


class RedeemedOut(BaseModel):
    sign_name: str


class UnitOut(BaseModel):
    id: UUID
    tier: Tier
    code: str
    name: str
    short_name: str
    parent_id: UUID | None


class UnitPage(BaseModel):
    as_of: date
    items: list[UnitOut]


class UnitNames(In):
    name: str = Field(min_length=1, max_length=60)
    short_name: str = Field(min_length=1, max_length=60)


class NewUnitIn(UnitNames):
    tier: Tier
    code: str = Field(min_length=1, max_length=30)
    parent_id: UUID


class Dated(In):
    effective_on: date
    reason: str = Field(default="", max_length=500)


class AddUnitIn(Dated):
    unit: NewUnitIn


class RenameIn(Dated, UnitNames):
    pass


class MoveIn(Dated):
    parent_id: UUID


class MergeIn(Dated):
    unit_ids: list[UUID] = Field(min_length=2, max_length=200)
    into_unit_id: UUID | None = None
    into_new: NewUnitIn | None = None


class SplitPart(In):
    unit: NewUnitIn
    children: list[UUID] = Field(max_length=2000)


class SplitIn(Dated):
    parts: list[SplitPart] = Field(min_length=1, max_length=50)


class UnitsMade(BaseModel):
    ids: list[UUID]


class ImportedOut(BaseModel):
    added: int


class UnitVersionOut(BaseModel):
    name: str
    short_name: str
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None


class UnitChangeOut(BaseModel):
    kind: str
    effective_on: date
    before_ids: list[UUID]
    after_ids: list[UUID]
    reason: str
    made_at: datetime


class UnitHistory(BaseModel):
    versions: list[UnitVersionOut]
    changes: list[UnitChangeOut]


class PersonIn(In):
    sign_name: str = Field(min_length=1, max_length=60)
    display_name: str = Field(min_length=1, max_length=60)
    phone: str | None = Field(default=None, max_length=30)
    roles: list[Role] = [Role.REPORTER]


class NewAccountsIn(In):
    unit_id: UUID
    people: list[PersonIn] = Field(min_length=1, max_length=200)


class SlipOut(BaseModel):
    account_id: UUID
    sign_name: str
    display_name: str
    unit_name: str
    initial_password: str


class SlipPage(BaseModel):
    items: list[SlipOut]


class AccountOut(BaseModel):
    id: UUID
    sign_name: str
    display_name: str
    #: Masked, as everywhere.
    phone: str | None
    active: bool
    locked: bool
    must_change_password: bool
    membership_id: UUID
    unit_id: UUID
    unit_name: str
    section_id: UUID | None
    roles: list[Role]
    admin_kind: AdminKind | None


class AccountPage(BaseModel):
    items: list[AccountOut]


class CodeOut(BaseModel):
    code: str
    expires_at: datetime


class GrantIn(In):
    roles: list[Role]
    admin_kind: AdminKind | None = None


class ActiveIn(In):
    active: bool


class AuditLine(BaseModel):
    id: UUID
    at: datetime
    by_name: str | None
    action: str
    subject_kind: str
    subject_id: UUID | None
    result: str
    detail: dict[str, Any]
    address: str


class AuditPage(BaseModel):
    items: list[AuditLine]
    next: str | None


SectionName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]


class SectionIn(In):
    name: SectionName


class SectionSetIn(In):
    """What is left out stays as it is."""

    name: SectionName | None = None
    closed: bool | None = None


class SectionPlaceIn(In):
    #: None: the whole unit.
    section_id: UUID | None


class SectionOut(BaseModel):
    id: UUID
    name: str
    closed: bool
    members: int


class SectionPage(BaseModel):
    items: list[SectionOut]
    may_arrange: bool
    may_place: bool
