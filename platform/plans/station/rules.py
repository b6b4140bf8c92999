"""What the standards of 2021 ask of a station and can be reckoned (镇 1、5–16、26、32; 村 2、4–13、17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from plans.staff.rules import Serving
from plans.station.models import HeadPost, StationStanding
from tenancy.tiers import Tier

#: With fewer veterans a village needs no station of its own, but somebody who is answerable (village item 4).
FEW_VETERANS = 30
#: 阵地: the items that are met or not, by tier.
PREMISES = {Tier.COUNTY: range(0), Tier.TOWNSHIP: range(10, 17), Tier.VILLAGE: range(8, 14)}
_HEADS = (HeadPost.SECRETARY, HeadPost.DIRECTOR, HeadPost.BOTH)


@dataclass(frozen=True, slots=True)
class Money:
    """A year's funds in yuan; None is not said."""

    budget: Decimal | None = None
    arrived: Decimal | None = None
    spent: Decimal | None = None

    @property
    def warnings(self) -> list[str]:
        """What may be an error and is not refused: more arrived than was planned, more spent than had arrived."""
        found = [
            (self.budget is not None and self.arrived is not None and self.arrived > self.budget, "over_budget"),
            (self.spent is not None and self.spent > (self.arrived or 0), "overspent"),
        ]
        return [name for holds, name in found if holds]

    @property
    def secured(self) -> bool:
        """列入预算、足额到位."""
        return bool(self.budget) and (self.arrived or 0) >= (self.budget or 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a station today."""

    tier: Tier
    standing: StationStanding | None = None
    veterans: int | None = None
    posts: int | None = None
    head_post: HeadPost | None = None
    named: bool = False
    militia: bool | None = None
    group: int = 0
    grid: int = 0
    premises: frozenset[int] = frozenset()
    staff: Serving = field(default_factory=Serving)
    #: Of this year.
    money: Money = field(default_factory=Money)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the standard asks for and is not there: the item's number and the section where it is filled."""

    code: str
    item: int
    section: str


Line = tuple[int, str, str, Callable[[Facts], bool]]

_TOWNSHIP: tuple[Line, ...] = (
    (1, "no_group", "leading_group", lambda f: f.group == 0),
    (5, "no_station", "organisation", lambda f: f.standing is StationStanding.PERSON),
    (5, "no_posts", "organisation", lambda f: not f.posts),
    (6, "posts_open", "staff", lambda f: f.staff.established < (f.posts or 0)),
    (7, "nobody", "staff", lambda f: f.staff.people == 0),
    (7, "below_third", "staff", lambda f: f.staff.third is False),
    (8, "no_liaison", "staff", lambda f: f.staff.liaisons == 0),
    (9, "no_budget", "funds", lambda f: not f.money.budget),
    (9, "not_arrived", "funds", lambda f: bool(f.money.budget) and not f.money.secured),
    (26, "no_grid", "grid", lambda f: f.grid == 0),
    (32, "no_militia", "organisation", lambda f: f.militia is not True),
)
_VILLAGE: tuple[Line, ...] = (
    (2, "no_head", "organisation", lambda f: f.head_post not in _HEADS),
    (4, "no_station", "organisation", lambda f: f.standing is StationStanding.PERSON),
    (5, "no_person", "organisation", lambda f: not f.named),
    (6, "no_full_time", "staff", lambda f: f.staff.full_time == 0),
    (7, "no_budget", "funds", lambda f: not f.money.budget),
    (7, "not_arrived", "funds", lambda f: bool(f.money.budget) and not f.money.secured),
    (17, "no_grid", "grid", lambda f: f.grid == 0),
)
#: Where somebody answerable is enough.
_PERSON: tuple[Line, ...] = (
    (4, "no_count", "organisation", lambda f: f.veterans is None),
    (4, "no_person", "organisation", lambda f: not f.named),
)


def needs_person_only(facts: Facts) -> bool:
    """Whether nothing of a station is asked: a village that has none and has under 30 veterans, or has not said how
    many."""
    few = facts.veterans is None or facts.veterans < FEW_VETERANS
    return facts.tier is Tier.VILLAGE and facts.standing is StationStanding.PERSON and few


def lacking(facts: Facts) -> list[Finding]:
    """What the standard of the unit's tier asks for and is not there, by item. Of a county's centre another standard
    speaks: nothing. Until a unit has said whether it has a station, only that."""
    if facts.tier is Tier.COUNTY:
        return []
    if facts.standing is None:
        return [Finding("unsaid", 5 if facts.tier is Tier.TOWNSHIP else 4, "organisation")]
    if needs_person_only(facts):
        return [Finding(code, item, section) for item, code, section, lacks in _PERSON if lacks(facts)]
    lines = _TOWNSHIP if facts.tier is Tier.TOWNSHIP else _VILLAGE
    found = [Finding(code, item, section) for item, code, section, lacks in lines if lacks(facts)]
    found += [Finding("premises", item, "premises") for item in PREMISES[facts.tier] if item not in facts.premises]
    return sorted(found, key=lambda one: one.item)


def five_haves(facts: Facts) -> dict[str, bool]:
    """五有: 机构、编制、人员、经费、保障 of a township's station (the standard's 机构设置); empty elsewhere."""
    if facts.tier is not Tier.TOWNSHIP:
        return {}
    return {
        "organisation": facts.standing is StationStanding.OWN,
        "posts": bool(facts.posts),
        "people": facts.staff.people > 0,
        "funds": facts.money.secured,
        "premises": all(item in facts.premises for item in PREMISES[Tier.TOWNSHIP]),
    }
