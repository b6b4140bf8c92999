"""Who acts, and what they may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from kit.db.session import Identity
from kit.errors import Forbidden
from kit.jobs import CountyRef
from tenancy.models import AdminKind, Role
from tenancy.tiers import Tier


@dataclass(frozen=True, slots=True)
class Principal:
    """A person acting through one of their memberships in one request."""

    county_id: UUID
    county_unit_id: UUID
    account_id: UUID
    display_name: str
    session_id: UUID | None
    membership_id: UUID
    unit_id: UUID
    tier: Tier
    roles: frozenset[Role]
    admin_kind: AdminKind | None
    #: Every unit the person belongs to: whose inbox they may read.
    unit_ids: tuple[UUID, ...]
    #: 股室: the section of the unit that the membership stands in; None for the whole unit.
    section_id: UUID | None = None
    address: str = ""

    @property
    def identity(self) -> Identity:
        return Identity(self.county_id, self.unit_id, self.unit_ids)

    @property
    def county(self) -> CountyRef:
        return CountyRef(self.county_id, self.county_unit_id)

    @property
    def scope(self) -> UnitScope:
        return UnitScope(self.county_id, self.unit_id)

    def has(self, *roles: Role) -> bool:
        """Whether the acting membership holds one of the roles."""
        return not self.roles.isdisjoint(roles)

    def require(self, *roles: Role) -> None:
        """Raises Forbidden unless the acting membership holds one of the roles."""
        if not self.has(*roles):
            raise Forbidden

    def require_admin(self, *kinds: AdminKind) -> None:
        """Raises Forbidden unless the acting membership is one of these administrators (三员)."""
        if self.admin_kind not in kinds:
            raise Forbidden


#: `opt` of the controllers that 三员 may use. They administer the county and read none of its business: of every other
#: route they are refused before it begins (最小权限, GB/T 22239-2019).
ADMINISTERING: Mapping[str, object] = {"administering": True}


def keeps_out(principal: Principal, opt: Mapping[str, object]) -> bool:
    """Whether a route's `opt` keeps the acting membership out, because it only administers."""
    return principal.admin_kind is not None and not opt.get("administering")


@dataclass(frozen=True, slots=True)
class UnitScope:
    """数据范围: the subtree at and below a unit. A query that takes one can't be written without it."""

    county_id: UUID
    unit_id: UUID


#: In a record where an account stands: nobody's.
NO_ACCOUNT = UUID(int=0)


def scheduler_of(county: CountyRef) -> Principal:
    """The scheduler as it acts in a county, at the county's own unit: what it does is written down as 系统's."""
    return Principal(
        county_id=county.id,
        county_unit_id=county.unit_id,
        account_id=NO_ACCOUNT,
        display_name="系统",
        session_id=None,
        membership_id=NO_ACCOUNT,
        unit_id=county.unit_id,
        tier=Tier.COUNTY,
        roles=frozenset(Role),
        admin_kind=None,
        unit_ids=(county.unit_id,),
    )
