"""Plans of the year: villages plan, townships review, items are worked on; and what the county reads of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from cli.simulate.client import Api, new_key
from cli.simulate.sent import Sent
from cli.simulate.staff import Staff
from cli.simulate.units import SimTree, SimUnit
from kit import clock

_ITEMS = ("入户走访全覆盖", "光荣牌悬挂和更换", "困难退役军人帮扶")


@dataclass(slots=True)
class YearPlans:
    """Every village's plan of this year; the townships' and the county's are left unwritten."""

    api: Api
    staff: Staff
    tree: SimTree
    seed: int
    sent: Sent
    year: int = field(default_factory=lambda: clock.today().year)

    async def play(self) -> None:
        """Written, reviewed (some returned first), approved, and worked on as far as each unit's luck goes."""
        await asyncio.gather(*(self._village(village) for village in self.tree.villages))

    async def _call(self, unit: SimUnit, method: str, path: str, body: object, version: int | None = None) -> Any:
        person = self.staff.people[unit.code]
        return await self.api.call(method, path, by=person, body=body, version=version, key=new_key())

    async def _act(self, unit: SimUnit, plan: dict[str, Any], action: str, text: str = "") -> dict[str, Any]:
        path = f"/api/plans/{plan['id']}/acts"
        acted: dict[str, Any] = await self._call(unit, "POST", path, {"action": action, "text": text}, plan["version"])
        return acted

    async def _village(self, village: SimUnit) -> None:
        luck = Random(f"{self.seed}|plans|{village.code}")
        above = self.tree.units[village.parent or self.tree.county.code]
        plan = await self._call(village, "POST", "/api/plans", {"year": self.year, "start": "blank"})
        days = {"start_on": date(self.year, 1, 1).isoformat(), "end_on": date(self.year, 12, 31).isoformat()}
        items = [{"what": what, "section": "服务体系", "owner": "专干", **days} for what in _ITEMS]
        plan = await self._call(village, "PUT", f"/api/plans/{plan['id']}/draft", {"items": items}, plan["version"])
        plan = await self._act(village, plan, "submit")
        if luck.random() < 0.3:
            plan = await self._act(above, plan, "return", "完成标准要写明户数。")
            plan = await self._act(village, plan, "submit")
        plan = await self._act(above, plan, "approve")
        known: dict[str, tuple[str, int]] = {}
        for item in plan["items"]:
            fate, percent = luck.random(), 5 * luck.randint(1, 19)
            if fate < 0.4:
                body: dict[str, object] = {"action": "finish", "text": "已全部完成。"}
                known[item["what"]] = ("done", 100)
            elif fate < 0.7:
                body = {"action": "progress", "text": "按计划推进。", "percent": percent}
                known[item["what"]] = ("under_way", percent)
            else:
                known[item["what"]] = ("", 0)
                continue
            await self._call(village, "POST", f"/api/plan-items/{item['id']}/acts", body, item["version"])
        self.sent.plans[village.code] = known

    async def verify(self) -> tuple[int, list[str]]:
        """How many values were compared, and what differs: each township's overview, and the county's counts."""
        pairs: list[tuple[str, object, object]] = []
        county = self.staff.people[self.tree.county.code]
        for township in self.tree.townships:
            query = {"year": str(self.year), "unit_id": self.staff.unit_ids[township.code]}
            page = await self.api.call("GET", "/api/plans/overview", by=county, query=query)
            rows = {row["unit_id"]: row for row in page["rows"]}
            for village in self.tree.children(township.code):
                row, known = rows[self.staff.unit_ids[village.code]], self.sent.plans[village.code]
                done = sum(fate == "done" for fate, _ in known.values())
                pairs.append((f"plan, {village.code}, state", row["state"], "approved"))
                pairs.append((f"plan, {village.code}, done", row["counts"]["done"], done))
                percents = {bar["what"]: bar["percent"] for bar in row["bars"]}
                pairs.append((f"plan, {village.code}, %", percents, {what: p for what, (_, p) in known.items()}))
        said = await self.api.call("GET", "/api/plans/summary", by=county, query={"year": str(self.year)})
        fates = Counter(fate for known in self.sent.plans.values() for fate, _ in known.values())
        pairs.append(("plans, approved", said["states"]["approved"], len(self.sent.plans)))
        pairs.append(("plans, done", said["counts"]["done"], fates["done"]))
        pairs.append(("plans, items", said["counts"]["total"], fates.total()))
        return len(pairs), [f"{where}: {found}, and {done} was done" for where, found, done in pairs if found != done]
