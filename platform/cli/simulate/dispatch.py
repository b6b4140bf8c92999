"""What goes down and comes back: a task for every village, one that townships pass on, one with a table, a training."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from cli.simulate.client import Api, Person, Refused, SimulationError, new_key
from cli.simulate.sent import Sent
from cli.simulate.staff import Staff
from cli.simulate.units import SimTree, SimUnit
from kit import clock

#: Titles of the tasks, and of the training; the ledgers of the county name them.
VILLAGES, PASSED_ON, TABLE, TRAINING = "走访慰问核对", "包联走访安排", "困难退役军人摸底", "年度业务培训"
#: Fields of the table, as a county types them.
FIELDS = ("困难退役军人数", "其中60岁以上", "住房困难户数", "本月走访户数", "发放慰问金额")
#: 学时 of each of the training's two sessions.
HOURS = Decimal(4)
_DAYS = 40
Step = Callable[[], None]


@dataclass(slots=True)
class Dispatch:
    """The county assigns, townships pass on and accept, villages answer. What everybody did is remembered."""

    api: Api
    staff: Staff
    tree: SimTree
    seed: int
    step: Step = lambda: None
    sent: Sent = field(default_factory=Sent)

    @property
    def _county(self) -> Person:
        return self.staff.people[self.tree.county.code]

    def _luck(self, *of: str) -> Random:
        return Random("|".join((str(self.seed), *of)))

    async def play(self) -> None:
        """From the first task to the end of the training."""
        await self._to_villages()
        await self._passed_on()
        await self._with_a_table()
        await self._training()

    async def _each(self, units: Sequence[SimUnit], act: Callable[[SimUnit], Awaitable[None]]) -> None:
        await asyncio.gather(*(act(unit) for unit in units))

    # Tasks

    async def _issue(self, title: str, **more: object) -> dict[str, Any]:
        due = clock.now() + timedelta(days=_DAYS)
        body = {"title": title, "due_at": due.isoformat(), **more}
        issued: dict[str, Any] = await self.api.call("POST", "/api/tasks", by=self._county, body=body, key=new_key())
        self.sent.tasks[title] = issued["id"]
        return issued

    async def _share(self, unit: SimUnit, title: str) -> dict[str, Any]:
        """A unit's own share of a task, as it finds it among what it received."""
        person = self.staff.people[unit.code]
        page = await self.api.call(
            "GET", "/api/tasks/received", by=person, query={"search": title, "everything": "true"}
        )
        if len(page["items"]) != 1:
            raise SimulationError(f"{unit.code} finds {len(page['items'])} shares of {title}")
        share: dict[str, Any] = page["items"][0]["share"]
        return share

    async def _do(self, by: SimUnit, share: dict[str, Any], verb: str, **body: object) -> dict[str, Any]:
        answer: dict[str, Any] = await self.api.call(
            "POST",
            f"/api/assignments/{share['id']}/{verb}",
            by=self.staff.people[by.code],
            body=body or None,
            version=share["version"],
            key=new_key(),
        )
        return {**answer["share"], "version": answer["version"]}

    async def _to_villages(self) -> None:
        """Everybody's own way: handed in, returned and mended, withdrawn and handed in anew, or still under way."""
        everybody = [{"kind": "tier", "tier": "village"}]
        await self._issue(VILLAGES, text="请逐户核对走访慰问名单。", to=everybody)
        await self._each(self.tree.villages, lambda village: self._answer(village, VILLAGES))
        for township in self.tree.townships:
            await self._close_share(township, VILLAGES)

    async def _answer(self, village: SimUnit, title: str) -> None:
        luck = self._luck(title, village.code).random()
        above = self.tree.units[village.parent or self.tree.county.code]
        share = await self._do(village, await self._share(village, title), "acknowledge")
        percent = 10 * round(luck * 9)
        share = await self._do(village, share, "progress", percent=percent, note=f"已核对 {percent}%")
        if luck < 0.2:
            self.sent.share(title, village, state="in_progress", percent=percent)
        else:
            share = await self._do(village, share, "hand-in", result="已全部核对。")
            if luck < 0.4:
                share = await self._do(above, share, "send-back", reason="名单缺 1 户，请补核。")
                share = await self._do(village, share, "hand-in", result="已补核 1 户，全部核对。")
            elif luck < 0.6:
                share = await self._do(village, share, "withdraw")
                share = await self._do(village, share, "hand-in", result="更正后全部核对。")
            await self._do(above, share, "accept")
            self.sent.share(title, village, state="accepted", percent=100)
        self.step()

    async def _close_share(self, township: SimUnit, title: str) -> None:
        """A township hands in once its villages are done; with some open it says why."""
        villages = self.tree.children(township.code)
        unfinished = [v for v in villages if self.sent.state(title, v) != "accepted"]
        share = await self._share(township, title)
        if unfinished and self._luck(title, township.code).random() < 0.5:
            self.sent.share(title, township, state="in_progress")
            return
        reason = {"open_reason": f"{len(unfinished)} 个村外出户较多，月底前补齐。"} if unfinished else {}
        share = await self._do(township, share, "hand-in", result="本镇已核对。", **reason)
        await self._do(self.tree.county, share, "accept")
        self.sent.share(title, township, state="accepted")

    async def _passed_on(self) -> None:
        """To townships, who pass it on with a deadline of their own."""
        issued = await self._issue(PASSED_ON, to=[{"kind": "tier", "tier": "township"}])
        due = datetime.fromisoformat(issued["due_at"])

        async def pass_on(township: SimUnit) -> None:
            share = await self._do(township, await self._share(township, PASSED_ON), "acknowledge")
            earlier = due - timedelta(days=self._luck(PASSED_ON, township.code).randint(1, 9))
            below = self.tree.children(township.code)
            to = [{"kind": "unit", "unit_id": self.staff.unit_ids[village.code]} for village in below]
            if not to:
                self.sent.share(PASSED_ON, township, state="acknowledged")
                return
            await self._refused_later(township, share, to, due + timedelta(days=1))
            await self._do(township, share, "pass-on", to=to, due_at=earlier.isoformat())
            for village in below:
                self.sent.share(PASSED_ON, village, due_at=earlier)
            await self._each(below, lambda village: self._answer(village, PASSED_ON))
            await self._close_share(township, PASSED_ON)

        await self._each(self.tree.townships, pass_on)

    async def _refused_later(self, township: SimUnit, share: dict[str, Any], to: object, due: datetime) -> None:
        """A deadline after one's own is refused."""
        try:
            await self._do(township, share, "pass-on", to=to, due_at=due.isoformat())
        except Refused:
            return
        raise SimulationError(f"{township.code} passed on with a deadline after its own")

    # A task that carries a table

    async def _with_a_table(self) -> None:
        """Villages answer with figures; townships review them and hand in."""
        table = {"title": TABLE, "fields": [{"name": name, "unit": "人"} for name in FIELDS]}
        issued = await self._issue(TABLE, kind="data", to=[{"kind": "tier", "tier": "village"}], table=table)
        said = await self.api.call("GET", f"/api/form-versions/{issued['table']['form_version_id']}", by=self._county)
        codes = [one["code"] for one in said["definition"]["fields"]]
        self.sent.table_cycle, self.sent.table_codes = issued["table"]["cycle_id"], codes

        async def fill(unit: SimUnit, reviewer: SimUnit) -> None:
            luck = self._luck(TABLE, unit.code)
            # Only villages are asked; a township hands in what they gave.
            asked = not self.tree.children(unit.code)
            figures = {code: str(luck.randint(0, 40)) for code in codes if asked}
            person, share = self.staff.people[unit.code], await self._share(unit, TABLE)
            view = await self.api.call("GET", f"/api/submissions/{share['id']}", by=person)
            handed = await self.api.call(
                "POST",
                f"/api/submissions/{share['id']}/submit",
                by=person,
                body={"cells": figures},
                version=view["version"],
                key=new_key(),
            )
            await self.api.call(
                "POST",
                f"/api/submissions/{share['id']}/approve",
                by=self.staff.people[reviewer.code],
                version=handed["version"],
                key=new_key(),
            )
            if asked:
                self.sent.figures[unit.code] = figures
            self.sent.share(TABLE, unit, state="accepted")
            self.step()

        async def township_and_below(township: SimUnit) -> None:
            below = self.tree.children(township.code)
            if below:
                await self._each(below, lambda village: fill(village, township))
                await fill(township, self.tree.county)

        await self._each(self.tree.townships, township_and_below)

    # A training

    async def _training(self) -> None:
        """One person of each village; the first session has too few places, who finds none takes the second."""
        villages, county = self.tree.villages, self._county
        began = clock.now() + timedelta(days=10)
        quota = max(1, len(villages) - len(villages) // 3)
        sessions = [
            {
                "starts_at": (began + timedelta(days=number)).isoformat(),
                "ends_at": (began + timedelta(days=number, hours=4)).isoformat(),
                "venue": "区服务中心",
                "hours": str(HOURS),
                "quota": quota,
            }
            for number in range(2)
        ]
        body = {
            "title": TRAINING,
            "to": [{"kind": "tier", "tier": "village"}],
            "sign_up_until": (began - timedelta(days=1)).isoformat(),
            "sessions": sessions,
        }
        training = await self.api.call("POST", "/api/trainings", by=county, body=body, key=new_key())
        self.sent.training, self.sent.quota = training["id"], quota
        self.sent.year = began.astimezone(clock.SHANGHAI).year
        first, second = (one["id"] for one in training["sessions"])
        where: dict[str, str] = {}

        async def sign_up(village: SimUnit) -> None:
            person = self.staff.people[village.code]
            added = {"name": f"{village.short_name}专干"[:40], "started_on": f"{clock.today().year}-01-01"}
            added_page = await self.api.call("POST", "/api/staff", by=person, body=added, key=new_key())
            member = added_page["member"]
            self.sent.members[village.code] = member["id"]
            body = {"staff_ids": [member["id"]]}
            try:
                await self.api.call("POST", f"/api/training-sessions/{first}/sign-up", by=person, body=body)
                where[village.code] = first
            except Refused as refusal:
                if refusal.problem.get("code") != "session_full":
                    raise
                await self.api.call("POST", f"/api/training-sessions/{second}/sign-up", by=person, body=body)
                where[village.code] = second
            self.step()

        await self._each(villages, sign_up)
        if sum(session == first for session in where.values()) != min(quota, len(villages)):
            raise SimulationError("the first session of the training was not filled to its last place")
        path = f"/api/trainings/{training['id']}"
        held = await self.api.call("GET", path, by=county)
        held = await self.api.call("POST", f"{path}/hold", by=county, version=held["version"], key=new_key())
        places = (await self.api.call("GET", f"{path}/places", by=county))["items"]
        there = {code for code in where if self._luck(TRAINING, code).random() < 0.8}
        members = {member: code for code, member in self.sent.members.items()}
        for session in (first, second):
            ids = [p["id"] for p in places if p["session_id"] == session and members[p["staff_id"]] in there]
            if ids:
                marked = {"place_ids": ids, "present": True}
                await self.api.call("POST", f"/api/training-sessions/{session}/attendance", by=county, body=marked)
        await self.api.call("POST", f"{path}/conclude", by=county, version=held["version"], key=new_key())
        self.sent.hours = {code: HOURS if code in there else Decimal(0) for code in where}
