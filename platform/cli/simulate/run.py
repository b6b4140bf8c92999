"""The simulation from its first sign-in to its last comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.progress import Progress

from cli.simulate import script
from cli.simulate.client import Api, SimulationError
from cli.simulate.dispatch import Dispatch
from cli.simulate.memory import Memory, Period
from cli.simulate.month import Month
from cli.simulate.planned import YearPlans
from cli.simulate.sent import Sent, SentVerification
from cli.simulate.server import Platform
from cli.simulate.staff import Staff, begin
from cli.simulate.units import SimTree
from cli.simulate.verify import Verification


def months_until(last: date, number: int) -> list[date]:
    """The first days of so many months, the last one at the end."""
    index = last.year * 12 + last.month - 1
    return [date(i // 12, i % 12 + 1, 1) for i in range(index - number + 1, index + 1)]


def periods_of(months: list[date]) -> list[tuple[str, str]]:
    """(form, period key) in the order they are lived: a quarter with the last of its months that is simulated."""
    found: list[tuple[str, str]] = []
    for place, month in enumerate(months):
        key = f"{month.year:04d}-{month.month:02d}"
        quarter = f"{month.year:04d}-Q{(month.month - 1) // 3 + 1}"
        later = {f"{m.year:04d}-Q{(m.month - 1) // 3 + 1}" for m in months[place + 1 :]}
        found += [("f1", key), *([("f2", quarter)] if quarter not in later else []), ("f3", key)]
    return found


@dataclass(slots=True)
class Simulation:
    """A county whose months are lived at an address."""

    api: Api
    platform: Platform
    memory: Memory
    months: list[date]
    seed: int
    progress: Progress
    staff: Staff = field(default_factory=Staff)
    cycles: dict[tuple[str, str], str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    compared: int = 0
    sent: Sent = field(default_factory=Sent)

    @property
    def tree(self) -> SimTree:
        return self.memory.tree

    async def live(self) -> None:
        """Everybody comes in, and every month is lived to its end."""
        task = self.progress.add_task("people come in", total=len(self.tree.units))
        self.staff = await begin(self.api, self.platform, self.tree, self._step(task))
        for form, key in periods_of(self.months):
            await self._cycle(form, key)
        task = self.progress.add_task("tasks, training", total=4 * len(self.tree.villages) + len(self.tree.townships))
        await Dispatch(self.api, self.staff, self.tree, self.seed, self._step(task), self.sent).play()
        await self._plans().play()

    def _step(self, task: Any) -> Callable[[], None]:
        return lambda: self.progress.advance(task)

    async def _cycle(self, form: str, key: str) -> None:
        county = self.staff.people[self.tree.county.code]
        forms = await self.api.call("GET", "/api/forms", by=county)
        found = next((f for f in forms["items"] if f["code"] == form), None)
        if found is None:
            raise SimulationError(f"the county has no form {form}: load it with `jiceng form load {form} --publish`")
        opened = await self.api.call("POST", "/api/cycles", by=county, body={"form_id": found["id"], "period_key": key})
        cycle = await self.api.call("GET", f"/api/cycles/{opened['cycle_id']}", by=county)
        version = cycle["form"]["version_id"]
        if form not in self.memory.definitions:
            answer = await self.api.call("GET", f"/api/form-versions/{version}", by=county)
            self.memory.definitions[form] = answer["definition"]
        told = cycle["period"]
        period = Period(form, key, date.fromisoformat(told["starts_on"]), date.fromisoformat(told["ends_on"]))
        self.memory.periods.append(period)
        self.cycles[form, key] = cycle["id"]
        asked = sum(unit.tier in script.ASKED[form] for unit in self.tree.units.values())
        task = self.progress.add_task(f"{form} {key}", total=asked)
        await Month(
            self.api, self.staff, self.memory, period, cycle["id"], seed=self.seed, step=self._step(task)
        ).play()

    async def verify(self, folder: Path) -> None:
        """Hold everything that comes out against what went in; differences are kept."""
        task = self.progress.add_task("comparing", total=len(self.memory.periods))
        for period in self.memory.periods:
            cycle_id = self.cycles[period.form, period.key]
            one = Verification(self.api, self.staff, self.memory, period, cycle_id)
            await one.workbook(folder)
            await one.rollups()
            await one.revisions()
            await one.listed_rows()
            self.differences += one.differences
            self.compared += one.compared
            self.progress.advance(task)
        sent = SentVerification(self.api, self.staff, self.tree, self.sent)
        await sent.run()
        self.differences += sent.differences
        self.compared += sent.compared
        compared, differences = await self._plans().verify()
        self.compared += compared
        self.differences += differences

    def _plans(self) -> YearPlans:
        return YearPlans(self.api, self.staff, self.tree, self.seed, self.sent)


def first_of_quarter(month: date) -> date:
    """Forms of every kind apply from here, when the first month simulated is this one."""
    return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)
