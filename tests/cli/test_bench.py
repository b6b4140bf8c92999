"""The benchmark measures what it says it does. How fast this machine is, is not tested."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.bench import counties, form
from cli.bench.results import percentile
from cli.bench.wire import BadAnswer, Connection, crowd, request
from cli.check import run
from forms.compiled import compile_form
from kit.db.session import Database

PLATFORM = Path(__file__).parents[2] / "platform"


class TestWorlds:
    def test_the_form_has_60_fields_and_30_checks(self) -> None:
        definition = form.definition()
        assert (len(definition.fields), len(definition.checks)) == (form.FIELDS, form.CHECKS) == (60, 30)
        made = form.variants(compile_form(definition), 3)
        assert all(len(v.cells) == 60 and None not in v.cells.values() for v in made)
        assert made[0].cells["t1_s"] == str(sum(int(made[0].typed[f"t1_{n}"] or 0) for n in range(1, 10)))

    def test_villages_are_shared_out_evenly(self) -> None:
        lines = counties.shape(52, 1526)
        sizes = [sum(line.parent_code == f"{t:03d}" for line in lines) for t in range(1, 53)]
        assert sum(sizes) == 1526 and max(sizes) - min(sizes) == 1

    @pytest.mark.anyio
    @pytest.mark.parametrize("approve", [True, False])
    async def test_what_is_written_in_bulk_is_as_if_it_had_been_lived(self, database: Database, approve: bool) -> None:
        made = await counties.make(database, townships=2, villages=5)
        month = await counties.open_month(database, made, 3)
        await counties.fill(database, made, month, approve=approve)
        await counties.fold_month(database, made, month)
        report = await run(database, made.county.code)
        assert report.ok, report.breaches
        assert report.looked_at["revisions"] == (8 if approve else 5)


class TestWire:
    @pytest.mark.anyio
    async def test_answers_are_read_to_their_end_and_failures_count_for_nothing(self) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while head := await reader.readuntil(b"\r\n\r\n"):
                status = b"200 OK" if head.startswith(b"GET /good") else b"500 Broken"
                writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\nhello")
                if b"last" in head:
                    writer.close()
                    return

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            connection = await Connection.open(port)
            assert await connection.ask(request("GET", "/good", {})) == b"hello"
            with pytest.raises(BadAnswer, match="500"):
                await connection.ask(request("GET", "/bad/last", {}))
            connection.close()
            asked = [request("GET", "/good", {})] * 39 + [request("GET", "/good/last", {})]
            load = await crowd(port, asked, clients=1, warm_up=0.0, seconds=5.0)
            assert load.answered == len(load.latencies) == 40

    def test_percentiles(self) -> None:
        values = [float(n) for n in range(100)]
        assert (percentile(values, 0.5), percentile(values, 0.95), percentile([1.0], 0.95)) == (50.0, 95.0, 1.0)


def test_a_quick_run_from_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JICENG_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "bench", "--quick", "--only", "submit", "--only", "workbook",
         "--json", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**environment, "PYTHONPATH": str(PLATFORM)},
        timeout=170,
    )  # fmt: skip
    assert done.returncode in (0, 1) and path.exists(), done.stdout + done.stderr
    figures = {figure["name"].split(",")[0]: figure for figure in json.loads(path.read_text("utf-8"))}
    assert set(figures) == {"submit", "county workbook"}
    submit = figures["submit"]
    assert submit.keys() == {"name", "value", "unit", "floor", "ratio", "aim", "ok", "more"}
    assert 0 < submit["ratio"] == pytest.approx(submit["value"] / submit["floor"], abs=0.01)
    assert submit["more"]["check afterwards"] == "clean"
    assert done.returncode == (0 if all(f["ok"] for f in figures.values()) else 1)
