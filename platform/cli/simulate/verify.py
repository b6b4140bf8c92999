"""Is what came out what went in? Workbooks, rollups and revisions held against the simulation's own memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from cli.simulate.client import Api, SimulationError, new_key
from cli.simulate.memory import Memory, Period, Values
from cli.simulate.staff import Staff
from cli.simulate.units import SimUnit
from cli.simulate.workbooks import Official, SheetLine, Unreadable, read_official
from forms.outcome import Row
from tenancy.tiers import Tier

#: Seconds that an export may take.
_PATIENCE = 300.0
_POLL = 0.2
#: Columns of a case that hide behind a mask, or are shown by nobody but the unit.
_PERSONAL = frozenset({"xfr", "hj", "jz", "sfz", "dh"})


class Verification:
    """The comparisons of one cycle; differences are sentences."""

    def __init__(self, api: Api, staff: Staff, memory: Memory, period: Period, cycle_id: str) -> None:
        self.api = api
        self.memory = memory
        self.tree = memory.tree
        self.period = period
        self.cycle_id = cycle_id
        self.county = staff.people[self.tree.county.code]
        self.unit_ids = staff.unit_ids
        self.definition = memory.definitions[period.form]
        self.differences: list[str] = []
        self.compared = 0

    def _tell(self, where: str, what: str) -> None:
        self.differences.append(f"{self.period.form} {self.period.key} {where}: {what}")

    # The official workbook

    async def workbook(self, folder: Path) -> Path:
        """Fetch the county's official sheet, keep it in a folder, and compare every line of it."""
        started = await self.api.call(
            "POST",
            f"/api/cycles/{self.cycle_id}/exports",
            by=self.county,
            body={"kind": "official", "basis": "reported"},
            key=new_key(),
        )
        file_id = await self._finished(started["job_id"])
        answer = await self.api.send("GET", f"/api/files/{file_id}", by=self.county)
        path = folder / f"{self.period.form}-{self.period.key}.xlsx"
        path.write_bytes(answer.content)
        try:
            wan = self.definition["money_printed_in"][Tier.COUNTY.value] == "wan_yuan"
            self._compare_workbook(read_official(path, self.definition, money_in_wan=wan))
        except Unreadable as problem:
            self._tell(path.name, str(problem))
        return path

    async def _finished(self, job_id: str) -> str:
        waited = 0.0
        while waited < _PATIENCE:
            job = await self.api.call("GET", f"/api/jobs/{job_id}", by=self.county)
            if job["state"] == "failed":
                raise SimulationError(f"the export failed: {job['message']}")
            if job["state"] == "done":
                file_id: str = job["file"]["id"]
                return file_id
            await asyncio.sleep(_POLL)
            waited += _POLL
        raise SimulationError(f"the export was not made within {_PATIENCE:.0f} s: does the worker run?")

    def _compare_workbook(self, book: Official) -> None:
        expected = list(self._expected_lines(self.tree.county, "合计"))
        names = [line.name for line in book.lines]
        if names != [name for name, _ in expected]:
            wrong = next(
                (
                    f"{found} in place of {name}"
                    for found, (name, _) in zip(names, expected, strict=False)
                    if found != name
                ),
                f"{len(names)} lines in place of {len(expected)}",
            )
            self._tell("workbook", f"the lines are others: {wrong}")
            return
        for line, (name, values) in zip(book.lines, expected, strict=True):
            self._compare_line(line, name, values)
        for table, rows in book.rows.items():
            self._compare_printed_rows(table, rows)

    def _expected_lines(self, unit: SimUnit, name: str) -> Iterator[tuple[str, Values | None]]:
        """The sheet from top to bottom: a unit's total, its own level, those below in the order of their codes."""
        yield name, self.memory.below(self.period, unit).values
        own = self.memory.sheet(self.period, unit)
        if own is not None:
            yield f"{unit.short_name}本级", self.memory.own(self.period, unit, own).values
        for child in self.tree.children(unit.code):
            if self.tree.children(child.code):
                yield from self._expected_lines(child, child.name)
            else:
                sheet = self.memory.sheet(self.period, child)
                yield child.name, None if sheet is None else self.memory.own(self.period, child, sheet).values

    def _compare_line(self, line: SheetLine, name: str, expected: Values | None) -> None:
        if expected is None or line.told:
            if (expected is None) != bool(line.told):
                self._tell(f"workbook, {name}", f"the line says {line.told or 'figures'}")
            return
        self._compare(f"workbook, {name}", line.values, expected)

    def _compare(self, where: str, found: Mapping[str, Decimal | None], expected: Values) -> None:
        """Every figure that is shown, and none that is expected missing."""
        for code in found.keys() | {code for code, value in expected.items() if value is not None}:
            self.compared += 1
            said, wanted = found.get(code), expected.get(code)
            if said != wanted:
                self._tell(where, f"{code} is {said}, and {wanted} was entered")

    def _compare_printed_rows(self, table: str, found: Sequence[tuple[str, list[str]]]) -> None:
        """Every case is printed once, under its unit, personal columns behind their masks."""
        printed = next(t["printed"] for t in self.definition["tables"] if t["code"] == table)
        expected = []
        for unit, row in self._cases(self.tree.county):
            expected.append((unit.short_name, [self._printed(column["columns"], row) for column in printed]))
        if len(found) != len(expected):
            self._tell("workbook", f"{len(found)} rows are printed, and {len(expected)} were entered")
            return
        for (unit_found, texts), (name, wanted) in zip(found, expected, strict=True):
            self.compared += 1
            open_texts = [(a, b) for a, b in zip(texts, wanted, strict=False) if b is not None]
            if unit_found != name or any(a != b for a, b in open_texts):
                self._tell("workbook", f"a row of {unit_found} is not as {name} entered it")

    @staticmethod
    def _printed(columns: Sequence[str], row: Row) -> str | None:
        """What a printed column shows of a row; None where a mask hides it."""
        if _PERSONAL & set(columns):
            return None
        return " ".join(text for code in columns if (text := row.cells.get(code)))

    def _cases(self, unit: SimUnit) -> Iterator[tuple[SimUnit, Row]]:
        sheet = self.memory.sheet(self.period, unit)
        for row in () if sheet is None else sheet.rows:
            yield unit, row
        for child in self.tree.children(unit.code):
            yield from self._cases(child)

    # The pages

    async def rollups(self) -> None:
        """The county's page and every township's, in both figures: nothing is pending, so they are the same."""
        await asyncio.gather(
            *(self._rollup(unit) for unit in [self.tree.county, *self.tree.townships] if self.tree.children(unit.code))
        )

    async def _rollup(self, unit: SimUnit) -> None:
        query = {"unit_id": self.unit_ids[unit.code]}
        page = await self.api.call("GET", f"/api/cycles/{self.cycle_id}/rollup", by=self.county, query=query)
        where = f"page of {unit.code}"
        total = self.memory.below(self.period, unit).values
        for basis in ("live", "reported"):
            self._compare(f"{where} {basis}", _decimals(page["totals"][basis], self.definition), total)
            for row in page["rows"]:
                self._compare_row(f"{where} {basis} row {row['unit']['code']}", row, row[basis])
        if page["differs"]:
            self._tell(where, "与上报数不一致 is shown though everything was handed in")

    def _compare_row(self, where: str, row: Any, found: Any) -> None:
        unit = self.tree.units[row["unit"]["code"]]
        if row["kind"] == "own":
            sheet = self.memory.sheet(self.period, unit)
            expected = None if sheet is None else self.memory.own(self.period, unit, sheet).values
        else:
            expected = self.memory.below(self.period, unit).values
        if expected is None or found is None:
            if (expected is None) != (found is None):
                self._tell(where, "figures are missing" if found is None else "figures that nobody entered")
            return
        self._compare(where, _decimals(found, self.definition), expected)

    async def revisions(self) -> None:
        """Every submission is approved and was kept as often as it was handed in: nothing lost, nothing doubled."""
        units = [u for u in self.tree.units.values() if self.tree.children(u.code)]
        for unit in units:
            page = await self.api.call(
                "GET",
                f"/api/cycles/{self.cycle_id}/submissions",
                by=self.county,
                query={"parent_id": self.unit_ids[unit.code]},
            )
            for item in page["items"]:
                self.compared += 1
                code = item["unit"]["code"]
                handed_in = self.memory.revisions.get((self.period.form, self.period.key, code), 0)
                if item["state"] != "approved" or item["revision_no"] != handed_in:
                    self._tell(code, f"{item['state']}, revision {item['revision_no']}; handed in {handed_in} times")

    async def listed_rows(self) -> None:
        """The listing of every case by unit."""
        for table in (t["code"] for t in self.definition["tables"] if t["kind"] == "rows"):
            page = await self.api.call(
                "GET", f"/api/cycles/{self.cycle_id}/rows", by=self.county, query={"table": table}
            )
            found = {item["unit"]["code"]: item["rows"] for item in page["items"]}
            expected: dict[str, list[Row]] = {}
            for unit, row in self._cases(self.tree.county):
                expected.setdefault(unit.code, []).append(row)
            if found.keys() != expected.keys():
                self._tell("rows", f"listed of {len(found)} units, entered by {len(expected)}")
                continue
            for code, rows in expected.items():
                self.compared += 1
                if [_open_cells(r["id"], r["cells"]) for r in found[code]] != [
                    _open_cells(r.id, r.cells) for r in rows
                ]:
                    self._tell("rows", f"those of {code} are not as they were entered")


def _open_cells(row_id: str, cells: Mapping[str, str | None]) -> tuple[str, dict[str, str]]:
    return row_id, {c: v for c, v in cells.items() if v is not None and c not in _PERSONAL}


def _decimals(cells: Mapping[str, str | None], definition: Mapping[str, Any]) -> Values:
    types = {f["code"]: f["type"] for f in definition["fields"]}
    return {
        code: None if text is None else Decimal(text)
        for code, text in cells.items()
        if types[code] in {"integer", "decimal", "money", "percent"}
    }
