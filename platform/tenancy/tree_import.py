"""The unit tree from a file: what its lines say, and all of them or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.ids import new_id
from tenancy import tree_queries
from tenancy.errors import UnitImpossible
from tenancy.models import Unit, UnitVersion
from tenancy.principal import Principal
from tenancy.rules import parent_tier
from tenancy.tiers import Tier
from tenancy.tree import MAX_CODE, MAX_NAME, begin_change, record_change
from tenancy.tree_queries import UnitLife


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of an import file, with the line number people see."""

    line: int
    tier: Tier
    code: str
    name: str
    short_name: str
    parent_code: str


_HEADERS = {
    "tier": "tier",
    "层级": "tier",
    "code": "code",
    "代码": "code",
    "name": "name",
    "名称": "name",
    "short_name": "short_name",
    "简称": "short_name",
    "parent_code": "parent_code",
    "上级代码": "parent_code",
}
_TIERS = {
    "county": Tier.COUNTY,
    "区县": Tier.COUNTY,
    "township": Tier.TOWNSHIP,
    "镇街": Tier.TOWNSHIP,
    "village": Tier.VILLAGE,
    "村": Tier.VILLAGE,
    "村（社区）": Tier.VILLAGE,
}


def read_import(rows: Sequence[Sequence[str]]) -> list[ImportLine]:
    """Lines from a table whose first row names the columns, in Chinese or English.

    Raises UnitImpossible listing every fault with its line number; nothing is half-imported.
    """
    if not rows:
        raise UnitImpossible(problem="文件是空的")
    header = [_HEADERS.get(cell.strip(), "") for cell in rows[0]]
    missing = {"tier", "code", "name"} - set(header)
    if missing:
        raise UnitImpossible(problem="第 1 行缺少列：层级、代码、名称（简称、上级代码可选）")
    faults: list[str] = []
    lines: list[ImportLine] = []
    for number, row in enumerate(rows[1:], start=2):
        values = {k: v.strip() for k, v in zip(header, row, strict=False) if k}
        if not any(values.values()):
            continue
        tier = _TIERS.get(values.get("tier", ""))
        if tier is None:
            faults.append(f"第 {number} 行：层级“{values.get('tier', '')}”应为 区县、镇街 或 村")
            continue
        if not values.get("code") or not values.get("name"):
            faults.append(f"第 {number} 行：代码和名称不能为空")
            continue
        name = values["name"]
        lines.append(
            ImportLine(
                number, tier, values["code"], name, values.get("short_name") or name, values.get("parent_code", "")
            )
        )
    if faults:
        raise UnitImpossible(problem="；".join(faults[:20]))
    return lines


def rows_of_csv(text: str) -> list[list[str]]:
    """The rows of a CSV text."""
    return list(csv.reader(io.StringIO(text)))


def _fault_of(line: ImportLine, parent: UnitLife | None, *, doubled: bool) -> str | None:
    if doubled:
        return f"代码“{line.code}”重复"
    if parent is None:
        return f"上级代码“{line.parent_code}”不存在"
    if parent.until is not None:
        return f"上级单位自 {parent.until} 起撤销"
    if parent.tier not in parent_tier(line.tier):
        return "上级单位的层级不对"
    if len(line.code) > MAX_CODE:
        return f"代码超过 {MAX_CODE} 个字"
    if max(len(line.name), len(line.short_name)) > MAX_NAME:
        return f"名称超过 {MAX_NAME} 个字"
    return None


async def import_units(
    session: AsyncSession, *, actor: Principal, lines: Sequence[ImportLine], on: date | None = None
) -> int:
    """Add every unit of a file that the county does not have yet; returns how many were added.

    The county's own line is skipped. Units the county has or had are left as they are, so importing twice is harmless.
    A unit exists from `on` (the year's first day unless given), or from its superior's first day when that is later.
    """
    await begin_change(session, actor)
    day = on or date(clock.today().year, 1, 1)
    known = await tree_queries.list_unit_lives(session, county_id=actor.county_id)
    had, own = set(known), next(life for life in known.values() if life.id == actor.county_unit_id)
    faults: list[str] = []
    made: list[UUID] = []
    order = {Tier.COUNTY: 0, Tier.TOWNSHIP: 1, Tier.VILLAGE: 2}
    units: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    for line in sorted(lines, key=lambda item: order[item.tier]):
        if line.code in had or line.tier is Tier.COUNTY:
            continue
        parent = known.get(line.parent_code) if line.parent_code else own
        if (fault := _fault_of(line, parent, doubled=line.code in known)) is not None or parent is None:
            faults.append(f"第 {line.line} 行：{fault}")
            continue
        unit_id = new_id()
        since = max(day, parent.since)
        known[line.code] = UnitLife(unit_id, line.tier, since, None)
        made.append(unit_id)
        units.append({"county_id": actor.county_id, "id": unit_id, "tier": line.tier, "code": line.code})
        versions.append(
            {
                "county_id": actor.county_id,
                "unit_id": unit_id,
                "parent_id": parent.id,
                "name": line.name,
                "short_name": line.short_name,
                "valid_from": since,
            }
        )
    if faults:
        raise UnitImpossible(problem="；".join(faults[:20]))
    if made:
        await session.execute(insert(Unit), units)
        await session.execute(insert(UnitVersion), versions)
        await record_change(session, actor, kind="import", on=day, before=[], after=made, reason="")
    return len(made)
