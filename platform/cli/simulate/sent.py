"""What was done with what the county sent, from the simulation's own memory, and what the county reads of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cli.simulate.client import Api
from cli.simulate.staff import Staff
from cli.simulate.units import SimTree, SimUnit


@dataclass(slots=True)
class Sent:
    """Remembered by unit code. A share: its state, its percentage where it is under way, a deadline of its own."""

    tasks: dict[str, str] = field(default_factory=dict)
    shares: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    table_cycle: str = ""
    table_codes: list[str] = field(default_factory=list)
    figures: dict[str, dict[str, str]] = field(default_factory=dict)
    training: str = ""
    quota: int = 0
    year: int = 0
    members: dict[str, str] = field(default_factory=dict)
    hours: dict[str, Decimal] = field(default_factory=dict)
    #: Items of a plan of the year: what became of each, and its percentage.
    plans: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)

    def share(self, task: str, unit: SimUnit, **known: object) -> None:
        self.shares.setdefault((task, unit.code), {}).update(known)

    def state(self, task: str, unit: SimUnit) -> str | None:
        return self.shares.get((task, unit.code), {}).get("state")

    def lines(self) -> Iterator[tuple[str, str, str, str]]:
        for (task, code), known in sorted(self.shares.items()):
            for name, value in sorted(known.items()):
                yield code, task, name, str(value)
        for code, figures in sorted(self.figures.items()):
            for name, value in figures.items():
                yield code, "table", name, value
        for code, hours in sorted(self.hours.items()):
            yield code, "training", "hours", str(hours)
        for code, known in sorted(self.plans.items()):
            for what, (fate, percent) in known.items():
                yield code, "plan", what, f"{fate or 'waiting'} {percent}%"

    def save(self, path: Path) -> int:
        """What was done: `unit_code,what,name,value`. Returns the lines."""
        lines = list(self.lines())
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["unit_code", "what", "name", "value"])
            writer.writerows(lines)
        return len(lines)


@dataclass(slots=True)
class SentVerification:
    """Holds the county's pages of tasks, of the table and of the training against what was done."""

    api: Api
    staff: Staff
    tree: SimTree
    sent: Sent
    differences: list[str] = field(default_factory=list)
    compared: int = 0

    async def run(self) -> None:
        for title, task_id in self.sent.tasks.items():
            await self._task(title, task_id)
        await self._table()
        await self._training()

    def _equal(self, where: str, found: object, expected: object) -> None:
        self.compared += 1
        if found != expected:
            self.differences.append(f"{where}: {found}, and {expected} was done")

    async def _read(self, path: str, **query: str) -> Any:
        return await self.api.call("GET", path, by=self.staff.people[self.tree.county.code], query=query)

    async def _task(self, title: str, task_id: str) -> None:
        """The whole tree, and the counters on top of it."""
        codes = {unit_id: code for code, unit_id in self.staff.unit_ids.items()}
        page = await self._read(f"/api/tasks/{task_id}")
        shares: list[Mapping[str, Any]] = list(page["shares"])
        for top in page["shares"]:
            if top["below"]:
                shares += (await self._read(f"/api/assignments/{top['id']}/shares"))["items"]
        found = {codes[share["unit_id"]]: share for share in shares}
        expected = {code: known for (of, code), known in self.sent.shares.items() if of == title}
        self._equal(f"{title}, units", sorted(found), sorted(expected))
        by_state: dict[str, int] = {}
        for code, known in expected.items():
            by_state[known["state"]] = by_state.get(known["state"], 0) + 1
            share = found.get(code)
            if share is None:
                continue
            self._equal(f"{title}, {code}", share["state"], known["state"])
            if known["state"] == "in_progress" and "percent" in known:
                self._equal(f"{title}, {code}, %", share["percent"], known["percent"])
            if "due_at" in known:
                self._equal(f"{title}, {code}, due", datetime.fromisoformat(share["due_at"]), known["due_at"])
        counted = {state: number for state, number in page["progress"]["by_state"].items() if number}
        self._equal(f"{title}, counters", counted, by_state)

    async def _table(self) -> None:
        """The rollup of the table: every line and the total, as added up here."""
        path = f"/api/cycles/{self.sent.table_cycle}/rollup"
        for unit in (self.tree.county, *(t for t in self.tree.townships if self.tree.children(t.code))):
            page = await self._read(path, unit_id=self.staff.unit_ids[unit.code])
            for code in self.sent.table_codes:
                total = sum(int(self.sent.figures[u.code][code]) for u in self._at_or_below(unit))
                for basis in ("live", "reported"):
                    found = page["totals"][basis][code]
                    self._equal(f"table, {unit.code}, {code} {basis}", None if found is None else int(found), total)

    def _at_or_below(self, unit: SimUnit) -> Iterator[SimUnit]:
        if unit.code in self.sent.figures:
            yield unit
        for child in self.tree.children(unit.code):
            yield from self._at_or_below(child)

    async def _training(self) -> None:
        """Places taken, and everybody's hours of the year."""
        training = await self._read(f"/api/trainings/{self.sent.training}")
        taken = [session["taken"] for session in training["sessions"]]
        first = min(self.sent.quota, len(self.sent.members))
        self._equal("training, places", taken, [first, len(self.sent.members) - first])
        for township in self.tree.townships:
            if not (below := self.tree.children(township.code)):
                continue
            unit_id = self.staff.unit_ids[township.code]
            page = await self._read("/api/staff-hours", year=str(self.sent.year), unit_id=unit_id, below="true")
            found = {item["staff_id"]: Decimal(item["hours"]) for item in page["items"]}
            for village in below:
                self._equal(
                    f"training, {village.code}",
                    found.get(self.sent.members[village.code]),
                    self.sent.hours[village.code],
                )
