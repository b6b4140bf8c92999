"""The simulation on a small county, over HTTP, on servers of its own; and that it notices what is altered or lost."""

from __future__ import annotations

import asyncio
import copy
import csv
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from cli.simulate import script
from cli.simulate.client import Api, SimulationError
from cli.simulate.command import _check
from cli.simulate.dispatch import VILLAGES
from cli.simulate.memory import Memory, Period
from cli.simulate.run import Simulation, months_until, periods_of
from cli.simulate.server import Embedded, Platform, embedded, make_county
from cli.simulate.units import SimTree, read_units
from forms.outcome import Row
from kit.embedded import Cluster

PLATFORM = Path(__file__).parents[2] / "platform"
MONTH = date(2026, 10, 1)


def units_file(folder: Path, county: str) -> Path:
    """Two townships of three villages."""
    lines = ["tier,code,name,short_name,parent_code", f"county,{county},小试县,小试县,"]
    for t, township in enumerate(("东街道", "西镇"), 1):
        lines.append(f"township,{county}{t:03d},{township},{township},{county}")
        for v in range(1, 4):
            lines.append(f"village,{county}{t:03d}{v:03d},{township[0]}{v}村,{township[0]}{v},{county}{t:03d}")
    path = folder / "units.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def jiceng(*arguments: str | Path) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JICENG_")}
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "PYTHONPATH": str(PLATFORM)},
    )


class TestScript:
    """What is decided before anything runs."""

    def test_periods_are_lived_in_order_and_a_quarter_once(self) -> None:
        assert periods_of(months_until(date(2026, 10, 1), 3)) == [
            ("f1", "2026-08"), ("f3", "2026-08"),
            ("f1", "2026-09"), ("f2", "2026-Q3"), ("f3", "2026-09"),
            ("f1", "2026-10"), ("f2", "2026-Q4"), ("f3", "2026-10"),
        ]  # fmt: skip

    def test_a_small_county_plays_every_part(self, tmp_path: Path) -> None:
        tree = read_units(units_file(tmp_path, "990001"))
        parts = script.parts(tree.units.values(), seed=1, form="f1", period="2026-10")
        assert {part.turn for part in parts.values()} == set(script.Turn)
        assert any(part.late for part in parts.values())

    def test_the_seed_decides_everything(self, tmp_path: Path) -> None:
        village = read_units(units_file(tmp_path, "990001")).villages[0]

        def figures(seed: int) -> script.Sheet:
            return script.write(seed, village, "f1", "2026-10", date(2026, 10, 31), None)

        assert figures(1) == figures(1) != figures(2)

    def test_a_slip_is_marked_where_it_is(self, tmp_path: Path) -> None:
        village = read_units(units_file(tmp_path, "990001")).villages[0]
        right = script.write(1, village, "f1", "2026-10", date(2026, 10, 31), None)
        wrong, marked = script.slip("f1", right)
        assert {code for code in right.cells if right.cells[code] != wrong.cells[code]} == set(marked) == {"zf_rc"}


class TestMemory:
    """Sums by hand."""

    @pytest.fixture
    def tree(self, tmp_path: Path) -> SimTree:
        return read_units(units_file(tmp_path, "990001"))

    def test_rates_are_computed_from_sums(self, tree: SimTree) -> None:
        memory = Memory(tree)
        memory.definitions["f2"] = {"fields": [{"code": code, "decimals": 2} for code in ("jyl", "zlv", "glv")]}
        period = Period("f2", "2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
        first, second = tree.villages[:2]
        blank = dict.fromkeys(("z_fx", "z_qr", "z_xn", "z_bd", "j_sw", "j_qc", "j_xn", "j_qt", "jy_qy", "jy_cy"), "0")
        for unit, working, idle in ((first, 1, 1), (second, 8, 0)):
            cells = {**blank, "qc": "10", "jy_dw": str(working), "jy_lh": "0", "sy": str(idle), "zl": "0", "zd": "0"}
            memory.remember(period, unit, script.Sheet({**cells, "z_fx": "2", "gg_h": "1", "gy_h": "3"}))
        one = memory.own(period, first, memory.approved["f2", "2026-Q4"][first.code]).values
        assert [one[code] for code in ("qm", "jyl", "glv", "zlv")] == [Decimal(12), Decimal(50), Decimal("33.33"), None]
        total = memory.below(period, tree.townships[0]).values
        assert [total[code] for code in ("qm", "jy", "jyl")] == [Decimal(24), Decimal(9), Decimal(90)]

    def test_what_was_typed_is_saved(self, tree: SimTree, tmp_path: Path) -> None:
        memory = Memory(tree)
        period = Period("f3", "2026-10", date(2026, 10, 1), date(2026, 10, 31))
        row = Row("r", {"sq": "住房", "jz": None})
        memory.remember(period, tree.villages[0], script.Sheet({}, [row]))
        memory.remember(period, tree.villages[1], script.Sheet(zero=True))
        assert memory.save(tmp_path / "entered.csv") == 2
        lines = (tmp_path / "entered.csv").read_text("utf-8").splitlines()
        assert lines[1:] == ["990001001001,f3,2026-10,cases.1.sq,住房", "990001001002,f3,2026-10,zero_report,1"]


def test_months_from_the_command_line(tmp_path: Path) -> None:
    """Two months with a quarter's end between them: everything carries over, and nothing differs."""
    out = tmp_path / "out"
    done = jiceng("simulate", "--units", units_file(tmp_path, "990001"), "--out", out, "--months", "2",
                  "--until", "2026-10")  # fmt: skip
    said, errors = done.communicate(timeout=280)
    assert done.returncode == 0, said + errors
    assert "No difference" in said
    assert sorted(path.name for path in out.iterdir()) == [
        "dispatch.csv",
        "entered.csv", "f1-2026-09.xlsx", "f1-2026-10.xlsx", "f2-2026-Q3.xlsx", "f2-2026-Q4.xlsx", "f3-2026-09.xlsx",
        "f3-2026-10.xlsx",
    ]  # fmt: skip
    with (out / "entered.csv").open(encoding="utf-8") as file:
        entered = list(csv.DictReader(file))
    assert {line["unit_code"] for line in entered if line["form"] == "f1"} == {
        "990001", *(f"9900010{t:02d}" for t in (1, 2)), *(f"9900010{t:02d}00{v}" for t in (1, 2) for v in (1, 2, 3)),
    }  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[Embedded]:
    with embedded() as made:
        yield made


@dataclass
class Small:
    """A small county on a running server."""

    platform: Platform
    tree: SimTree

    def simulate(self, act: Callable[[Simulation], Awaitable[None]]) -> None:
        async def run() -> None:
            api = Api(self.platform.url)
            try:
                await act(Simulation(api, self.platform, Memory(self.tree), [MONTH], 1, Progress(disable=True)))
            finally:
                await api.close()

        asyncio.run(run())


def small(running: Embedded, folder: Path, code: str) -> Small:
    tree = read_units(units_file(folder, code))
    return Small(make_county(running, tree, since=date(2026, 1, 1), forms=dict.fromkeys(script.FORMS, MONTH)), tree)


async def as_owner(running: Embedded, county_code: str, statement: str) -> int:
    """Change rows of a county as the owner of the tables, whom the policies bind but no grant does."""
    engine = create_async_engine(Cluster(running.data).migration_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "SELECT set_config('app.county_id', id::text, true), set_config('app.unit_id', unit_id::text, true)"
                " FROM county WHERE code = :code"
            ),
            {"code": county_code},
        )
        done = await connection.execute(text(statement))
    await engine.dispose()
    return done.rowcount


def test_what_differs_is_noticed(running: Embedded, tmp_path: Path) -> None:
    """Nothing differs; then what is remembered and not there (a report handed in once more than was kept; a figure of
    a table, hours, a state that nobody gave), and one figure that was altered behind everybody's back."""
    county = small(running, tmp_path, "990002")

    async def told(simulation: Simulation) -> list[str]:
        simulation.differences.clear()
        await simulation.verify(tmp_path)
        return list(simulation.differences)

    async def act(simulation: Simulation) -> None:
        await simulation.live()
        assert await told(simulation) == []
        assert await asyncio.to_thread(_check, county.platform, Console(quiet=True)) == []

        simulation.memory.revisions["f1", "2026-10", "990002001001"] += 1
        sent = simulation.sent
        first = sent.table_codes[0]
        kept = copy.deepcopy((sent.figures, sent.hours, sent.plans, sent.shares))
        sent.figures["990002001001"][first] = "4242"
        sent.hours["990002001002"] += 1
        items = sent.plans["990002001003"]
        what = next(iter(items))
        items[what] = (items[what][0], 99)
        sent.shares[VILLAGES, "990002002001"]["state"] = "recalled"
        found = await told(simulation)
        # The figure in both figures of the township and the county; the state on its line and in the counters.
        table = [
            f"table, {code}, {first} {basis}" for code in ("990002", "990002001") for basis in ("live", "reported")
        ]
        share = [f"{VILLAGES}, 990002002001", f"{VILLAGES}, counters"]
        more = [one for one in found if "990002001001" in one and "handed in" in one]
        assert sorted(one.partition(":")[0] for one in found if one not in more) == sorted(
            [*table, *share, "training, 990002001002", "plan, 990002001003, %"]
        )
        assert len(more) == 1

        simulation.memory.revisions["f1", "2026-10", "990002001001"] -= 1
        sent.figures, sent.hours, sent.plans, sent.shares = kept
        altered = await as_owner(
            running,
            "990002",
            """UPDATE revision SET cells = jsonb_set(cells, '{zf_hc}', '"4242"') WHERE id = (
               SELECT approved_revision_id FROM submission JOIN unit ON unit.id = submission.unit_id
               JOIN cycle ON cycle.id = cycle_id JOIN form ON form.id = cycle.form_id
               WHERE unit.code = '990002001002' AND form.code = 'f1' AND cycle.period_key = '2026-10')""",
        )
        assert altered == 1
        found = await told(simulation)
        assert len(found) == 1 and "东2村: zf_hc is 4242" in found[0]
        found = await asyncio.to_thread(_check, county.platform, Console(quiet=True))
        assert len(found) > 0 and "990002001002" in found[0]

    county.simulate(act)


def test_a_killed_server_ends_it_with_a_clear_error(tmp_path: Path) -> None:
    with embedded() as running:
        county = small(running, tmp_path, "990004")

        async def act(simulation: Simulation) -> None:
            # In the thick of it: people are in and the first cycle is being lived.
            kill = threading.Timer(4, os.kill, (running.process.pid, signal.SIGKILL))
            kill.start()
            try:
                await simulation.live()
                await simulation.verify(tmp_path)
            finally:
                kill.cancel()

        with pytest.raises(SimulationError, match="does not answer any more"):
            county.simulate(act)
        codes = tmp_path / "codes.json"
        codes.write_text('{"county_code": "990004", "codes": {"system": "X", "security": "X", "audit": "X"}}')
        units = tmp_path / "units.csv"
        done = jiceng("simulate", "--units", units, "--out", tmp_path, "--url", running.url, "--codes", codes)
        said, errors = done.communicate(timeout=60)
        assert done.returncode == 1 and "does not answer" in errors, said + errors
        assert "Traceback" not in errors


def test_another_server_needs_its_codes(tmp_path: Path) -> None:
    done = jiceng(
        "simulate", "--units", units_file(tmp_path, "990001"), "--out", tmp_path, "--url", "http://127.0.0.1:9"
    )
    _, errors = done.communicate(timeout=60)
    assert done.returncode == 2 and "--codes" in errors
