"""One cycle as it is lived: villages fill, townships review and hand in, the county approves; and all that goes wrong
on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cli.simulate import script
from cli.simulate.client import Api, Person, Refused, SimulationError, new_key
from cli.simulate.memory import Memory, Period
from cli.simulate.script import Sheet, Turn
from cli.simulate.staff import Staff
from cli.simulate.units import SimUnit

_EXPLAINED = "情况属实，已与台账核对"
#: A township approves the first so many one by one, each claimed first, and the rest in bulk.
_SINGLY = 2
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """A submission as somebody last saw it."""

    id: str
    version: int


class Month:
    """The play of one cycle."""

    def __init__(
        self, api: Api, staff: Staff, memory: Memory, period: Period, cycle_id: str, *, seed: int, step: Step
    ) -> None:
        self.api = api
        self.staff = staff
        self.memory = memory
        self.tree = memory.tree
        self.period = period
        self.cycle_id = cycle_id
        self.seed = seed
        self.step = step
        asked = script.ASKED[period.form]
        self.parts = script.parts(
            [u for u in self.tree.units.values() if u.tier in asked], seed=seed, form=period.form, period=period.key
        )

    async def play(self) -> None:
        """From the first draft to the county's last approval."""
        county = self.tree.county
        townships = self.tree.townships
        direct = [unit for unit in self.tree.children(county.code) if unit not in townships]
        await asyncio.gather(*(self._township(township) for township in townships), self._round(county, direct))
        await self._round(county, townships)
        await asyncio.gather(*(self._correct_afterwards(township) for township in townships))
        if county.code in self.parts:
            await self._round_of_one(county)

    async def _township(self, township: SimUnit) -> None:
        villages = self.tree.children(township.code)
        await self._round(township, villages)
        if self._corrects_before_hand_in(township):
            for village in villages:
                await self._correct(village, township)

    def _corrects_before_hand_in(self, township: SimUnit) -> bool:
        """Every other township; the villages of the others correct when the county has approved already."""
        return self.tree.townships.index(township) % 2 == 0

    async def _round(self, reviewer: SimUnit, units: Sequence[SimUnit]) -> None:
        """Everybody in time hands in and is reviewed; then what was returned, and who is late."""
        in_time = [unit for unit in units if not self.parts[unit.code].late]
        late = [unit for unit in units if self.parts[unit.code].late]
        await asyncio.gather(*(self._hand_in(unit) for unit in in_time))
        await self._review(reviewer, in_time, singly=_SINGLY)
        await asyncio.gather(*(self._hand_in(unit) for unit in late))
        await self._review(reviewer, late, singly=len(late))
        returned = [unit for unit in units if self.parts[unit.code].turn is Turn.RETURNED]
        await asyncio.gather(*(self._mend(unit) for unit in returned))
        await self._review(reviewer, returned, singly=0, last=True)

    async def _round_of_one(self, county: SimUnit) -> None:
        """The county's own figures, reviewed by the county itself."""
        await self._hand_in(county)
        standing = await self._standing(county)
        if self.parts[county.code].turn is Turn.RETURNED:
            await self._return(county, county, standing)
            await self._mend(county)
            standing = await self._standing(county)
        await self._act(self._person(county), standing, "approve")
        await self._correct(county, county)

    # What a unit does

    def _person(self, unit: SimUnit) -> Person:
        return self.staff.people[unit.code]

    def _right(self, unit: SimUnit) -> Sheet:
        period = self.period
        past = self.memory.past(period, unit)
        return script.write(self.seed, unit, period.form, period.key, period.ends_on, past)

    def _slipped(self, unit: SimUnit) -> Sheet:
        return script.slip(self.period.form, self._right(unit))[0]

    async def _standing(self, unit: SimUnit) -> Standing:
        page = await self.api.call("GET", "/api/cycles", by=self._person(unit))
        for cycle in page["items"]:
            if cycle["id"] == self.cycle_id and cycle["own"] is not None:
                return Standing(cycle["own"]["submission_id"], cycle["own"]["version"])
        raise SimulationError(f"{unit.code} is not asked for {self.period.form} {self.period.key}")

    async def _hand_in(self, unit: SimUnit) -> None:
        """Open the page, look, fill, submit: the way the unit's part says."""
        turn = self.parts[unit.code].turn
        person, standing = self._person(unit), await self._standing(unit)
        view = await self.api.call("GET", f"/api/submissions/{standing.id}", by=person)
        self._check_opening(unit, view)
        right, wrong = self._right(unit), self._slipped(unit)
        match turn:
            case Turn.DRAFTED:
                opened = view["rows"].get("cases", []) if right.rows else []
                version = await self._draft(person, standing.id, right, opened)
                await self._submit(unit, Standing(standing.id, version), {"zero": True} if right.zero else {}, right)
            case Turn.RECALLED:
                standing = await self._submit(unit, standing, wrong.body(), wrong)
                back = await self._act(person, standing, "recall")
                await self._submit(unit, back, right.body(), right)
            case Turn.RETURNED | Turn.CORRECTED:
                await self._submit(unit, standing, wrong.body(), wrong)
            case _:
                await self._submit(unit, standing, right.body(), right, twice=turn is Turn.RETRIED)
        if turn is not Turn.RETURNED:
            self.step()

    def _check_opening(self, unit: SimUnit, view: Any) -> None:
        """A new period begins with the cases that are still open, and nothing else."""
        if self.period.form == "f3" and view["state"] == "not_started":
            expected = [row.id for row in script.carried(self.memory.past(self.period, unit))]
            found = [row["id"] for row in view["rows"].get("cases", [])]
            if found != expected:
                raise SimulationError(f"{unit.code} {self.period.key} opens with rows {found}, expected {expected}")

    async def _draft(self, person: Person, submission_id: str, sheet: Sheet, opened: list[dict[str, Any]]) -> int:
        """Save cell by cell and row by row, as the page does while somebody types. `opened`: the rows it began with."""
        path = f"/api/submissions/{submission_id}/draft"
        saved = await self.api.call("PATCH", path, by=person, body={"cells": []})
        for code, value in sheet.cells.items():
            body = {"cells": [{"code": code, "base": None, "new": value}]}
            saved = await self.api.call("PATCH", path, by=person, body=body)
            if saved["conflicts"] or saved["cells"].get(code) != value:
                raise SimulationError(f"{person.sign_name}: the draft did not keep {code}")
        if sheet.rows:
            was = {row["id"]: row["cells"] for row in opened}
            now = {row.id: dict(row.cells) for row in sheet.rows}
            rows = [{"table": "cases", "id": key, "base": was.get(key), "new": now.get(key)} for key in {**was, **now}]
            saved = await self.api.call("PATCH", path, by=person, body={"rows": rows})
            if saved["row_conflicts"]:
                raise SimulationError(f"{person.sign_name}: the draft did not keep its rows")
        version: int = saved["version"]
        return version

    async def _submit(
        self, unit: SimUnit, standing: Standing, body: dict[str, object], sheet: Sheet, *, twice: bool = False
    ) -> Standing:
        """Hand in; where the checks ask for reasons, give them and hand in again."""
        person = self._person(unit)
        path = f"/api/submissions/{standing.id}/submit"
        key = new_key()
        try:
            done = await self.api.call("POST", path, by=person, body=body, version=standing.version, key=key)
        except Refused as refusal:
            if refusal.problem.get("code") != "checks_failed":
                raise
            if wrong := [p["message"] for p in refusal.problem["problems"] if p["severity"] == "error"]:
                raise SimulationError(
                    f"{unit.code} {self.period.form}: invented figures are refused: {wrong}"
                ) from None
            reasons = {p["reason_key"]: _EXPLAINED for p in refusal.problem["problems"]}
            key = new_key()
            if not body:  # the figures are in the draft, and a draft keeps its reasons
                await self.api.call(
                    "PATCH", f"/api/submissions/{standing.id}/draft", by=person, body={"reasons": reasons}
                )
            else:
                body = {**body, "reasons": reasons}
            done = await self.api.call("POST", path, by=person, body=body, version=standing.version, key=key)
        if twice:
            again = await self.api.call("POST", path, by=person, body=body, version=standing.version, key=key)
            if (again["revision_no"], again["version"]) != (done["revision_no"], done["version"]):
                raise SimulationError(f"{unit.code}: the same request sent twice was carried out twice")
        self.memory.handed_in(self.period, unit)
        self.memory.remember(self.period, unit, sheet)
        return Standing(standing.id, done["version"])

    async def _mend(self, unit: SimUnit) -> None:
        """What was returned comes back right, once the reason and the marked cells were seen."""
        standing = await self._standing(unit)
        view = await self.api.call("GET", f"/api/submissions/{standing.id}", by=self._person(unit))
        marked = script.slip(self.period.form, self._right(unit))[1]
        if view["returned"] is None or view["returned"]["marked"] != marked:
            raise SimulationError(f"{unit.code}: the marked cells did not arrive: {view['returned']}")
        right = self._right(unit)
        await self._submit(unit, standing, right.body(), right)
        self.step()

    async def _correct(self, unit: SimUnit, reviewer: SimUnit) -> bool:
        """更正 of what was approved, if that is the unit's part: reviewed once more."""
        if self.parts[unit.code].turn is not Turn.CORRECTED:
            return False
        standing = await self._act(
            self._person(unit), await self._standing(unit), "correct", {"reason": "核对台账后更正"}
        )
        right = self._right(unit)
        standing = await self._submit(unit, standing, right.body(), right)
        await self._act(self._person(reviewer), standing, "approve")
        return True

    async def _correct_afterwards(self, township: SimUnit) -> None:
        """Corrections that come after the county approved the township: it corrects what it handed in, too."""
        county = self.tree.county
        villages = () if self._corrects_before_hand_in(township) else self.tree.children(township.code)
        changed = [await self._correct(village, township) for village in villages]
        own = await self._correct(township, county)
        if any(changed) and not own:
            person = self._person(township)
            standing = await self._act(
                person, await self._standing(township), "correct", {"reason": "下属村更正后重新汇总"}
            )
            sheet = self.memory.sheet(self.period, township)
            assert sheet is not None
            standing = await self._submit(township, standing, sheet.body(), sheet)
            await self._act(self._person(county), standing, "approve")

    # What a reviewer does

    async def _act(
        self, person: Person, standing: Standing, action: str, body: dict[str, object] | None = None
    ) -> Standing:
        done = await self.api.call(
            "POST",
            f"/api/submissions/{standing.id}/{action}",
            by=person,
            body=body,
            version=standing.version,
            key=new_key(),
        )
        return Standing(standing.id, done["version"])

    async def _return(self, reviewer: SimUnit, unit: SimUnit, standing: Standing) -> None:
        marked = script.slip(self.period.form, self._right(unit))[1]
        body: dict[str, object] = {"reason": "与台账不符，请核对后重新上报", "marked": marked}
        person = self._person(reviewer)
        await self._act(person, await self._act(person, standing, "claim"), "return", body)

    async def _review(self, reviewer: SimUnit, units: Sequence[SimUnit], *, singly: int, last: bool = False) -> None:
        """Return what has a slip in it, approve some one by one and the rest together."""
        if not units:
            return
        person = self._person(reviewer)
        query = {"parent_id": person.unit_id}
        page = await self.api.call("GET", f"/api/cycles/{self.cycle_id}/submissions", by=person, query=query)
        listed = {item["unit"]["code"]: item for item in page["items"]}
        waiting: list[Standing] = []
        for unit in units:
            item = listed[unit.code]
            if item["state"] != "submitted":
                raise SimulationError(f"{unit.code} handed in and is {item['state']}")
            standing = Standing(item["id"], item["version"])
            if self.parts[unit.code].turn is Turn.RETURNED and not last:
                await self._return(reviewer, unit, standing)
            else:
                waiting.append(standing)
        for standing in waiting[:singly]:
            await self._act(person, await self._act(person, standing, "claim"), "approve")
        if bulk := waiting[singly:]:
            body = {"submissions": [{"id": s.id, "version": s.version} for s in bulk]}
            done = await self.api.call("POST", f"/api/cycles/{self.cycle_id}/approvals", by=person, body=body)
            if done["refused"]:
                raise SimulationError(f"{reviewer.code}: a bulk approval was refused: {done['refused'][:3]}")
