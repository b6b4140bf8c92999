"""Recipes of forms, their cycles, and what a county makes of them."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook, load_workbook

from kit import files
from reporting import (
    closing,
    closing_queries,
)
from reporting.behalf_books.making import make_book
from reporting.city import service as city
from reporting.city.targets import FigureTarget, Source
from reporting.past import reading as past_reading
from tests.web.recipe import (
    COUNTY_ONLY,
    REASON,
    SECRET,
    Recipe,
    Scene,
    contact,
    form,
    nothing,
    state,
    uploaded,
    version,
)


async def past_workbook(scene: Scene) -> dict[str, Any]:
    """A year's workbook with a figure in it, as the county would upload it."""
    actor, form_id = scene.world.actor("C"), scene.world.opened.form_id
    async with scene.database.transaction(actor.identity) as session:
        _, content = await past_reading.make_past_template(
            session, actor=actor, form_id=form_id, first="2025-10", last="2025-10"
        )
    book = load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    row = next(n for n in range(1, page.max_row + 1) if page.cell(n, 1).value == "A1")
    page.cell(row, 5).value = int(SECRET)
    stream = io.BytesIO()
    book.save(stream)
    scene.made["upload"] = ("past.xlsx", stream.getvalue())
    return {"form_id": form_id}


async def past_file(scene: Scene) -> dict[str, Any]:
    """The same, uploaded."""
    found = await past_workbook(scene)
    world = scene.world
    made = scene.settings.files_dir / "past"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(scene.made["upload"][1])
    async with scene.database.transaction(world.identity) as session:
        file_id = await files.keep(
            session,
            files_dir=scene.settings.files_dir,
            county_id=world.county.id,
            made=made,
            name="past.xlsx",
            media_type="application/octet-stream",
            created_by=None,
            place=[world.county.unit_id],
            expires_at=None,
        )
    return {**found, "file_id": file_id}


async def behalf_book(scene: Scene) -> dict[str, Any]:
    """A's workbook of its villages with a line for A1."""
    world, actor = scene.world, scene.world.actor("A")
    async with scene.database.transaction(actor.identity) as session:
        made = await make_book(session, actor=actor, cycle_id=world.opened.id)
    book = load_workbook(io.BytesIO(made.content))
    page = book.worksheets[0]
    head = next(n for n in range(1, page.max_row + 1) if str(page.cell(n, 1).value).startswith("@jiceng"))
    row = next(n for n in range(1, page.max_row + 1) if page.cell(n, 1).value == "A1")
    for cell in page[head][1:]:
        typed: dict[object, object] = {"@way": "其他", "@who": SECRET, "pc": 1, "rc": int(SECRET)}
        if cell.value in typed:
            page.cell(row, int(cell.column or 0)).value = typed[cell.value]  # type: ignore[assignment] # merged cells have no value
    stream = io.BytesIO()
    book.save(stream)
    scene.made["upload"] = ("behalf.xlsx", stream.getvalue())
    return {"cycle_id": world.opened.id}


async def city_workbook(scene: Scene) -> dict[str, Any]:
    """A workbook of the city's, as the county would upload it."""
    book = Workbook()
    book.worksheets[0].title = "表"
    book.worksheets[0]["A1"] = SECRET
    stream = io.BytesIO()
    book.save(stream)
    scene.made["upload"] = ("套表.xlsx", stream.getvalue())
    return {}


async def city_sheet(scene: Scene) -> dict[str, Any]:
    """The same, kept and mapped."""
    await city_workbook(scene)
    county, form_id = scene.world.actor("C"), scene.world.opened.form_id
    name, content = scene.made["upload"]
    async with scene.database.transaction(county.identity) as session:
        sheet_id = await city.add(session, actor=county, title=f"{SECRET}套表", content=content, name=name)
    target = FigureTarget(kind="figure", sheet="表", cell="A1", form_id=form_id, source=Source(field="pc"))
    async with scene.database.transaction(county.identity) as session:
        scene.made["version"] = await city.map_targets(
            session, actor=county, sheet_id=sheet_id, version=1, targets=[target]
        )
    return {"sheet_id": sheet_id}


async def cycle(scene: Scene) -> dict[str, Any]:
    await state("submitted")(scene)
    return {"cycle_id": scene.world.opened.id}


async def cycle_itself(scene: Scene) -> dict[str, Any]:
    """The cycle as it was opened, with its own version for If-Match."""
    await state("submitted")(scene)
    scene.made["version"] = 1
    return {"cycle_id": scene.world.opened.id}


async def closed_cycle(scene: Scene) -> dict[str, Any]:
    """A1's figures approved in a cycle that the county then closed."""
    await state("approved")(scene)
    world, county = scene.world, scene.world.actor("C")
    async with scene.database.transaction(county.identity) as session:
        scene.made["version"] = await closing.close(session, actor=county, cycle_id=world.opened.id, version=1)
    return {"cycle_id": world.opened.id}


async def archive(scene: Scene) -> dict[str, Any]:
    made = await closed_cycle(scene)
    async with scene.database.transaction(scene.world.identity) as session:
        found = await closing_queries.list_archives(session, county_id=scene.world.county.id, **made)
    return {"archive_id": found[0].id}


async def plan(scene: Scene) -> dict[str, Any]:
    scene.made["version"] = 0
    return {}


async def month(scene: Scene) -> dict[str, Any]:
    await contact(scene)
    return await cycle(scene)


CYCLE: dict[tuple[str, str], Recipe] = {
    ("POST", "/api/cycles/{cycle_id}/close"): Recipe("C", cycle_itself, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/unclose"): Recipe("C", closed_cycle, lambda _s: REASON, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/archives"): Recipe(
        "C",
        cycle_itself,
        lambda _s: {"destination": "市局", "reported_on": "2026-11-08", "signers": [{"post": "局长", "name": "某某"}]},
        hidden=COUNTY_ONLY,
    ),
    ("GET", "/api/cycles/{cycle_id}/archives"): Recipe("C", closed_cycle, hidden=COUNTY_ONLY),
    ("GET", "/api/archives/{archive_id}"): Recipe("C", archive),
    ("GET", "/api/cycles/{cycle_id}/reasons"): Recipe("A", cycle, query=lambda s: {"unit_id": str(s.world.units["A"])}),
    ("GET", "/api/cycles"): Recipe("A", cycle, hidden=frozenset()),
    ("POST", "/api/cycles"): Recipe(
        "C",
        form,
        lambda s: {"form_id": str(s.world.opened.form_id), "period_key": "2026-09"},
        hidden=frozenset(),
    ),
    ("GET", "/api/cycles/{cycle_id}"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("GET", "/api/cycles/{cycle_id}/submissions"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("GET", "/api/cycles/{cycle_id}/missing"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/reminders"): Recipe(
        "A", cycle, lambda s: {"unit_ids": [str(s.world.units["A2"])]}, hidden=COUNTY_ONLY
    ),
    ("POST", "/api/cycles/{cycle_id}/approvals"): Recipe(
        "A",
        cycle,
        lambda s: {"submissions": [{"id": str(s.world.submission("A1")), "version": s.made["version"]}]},
        hidden=COUNTY_ONLY,
    ),
    ("GET", "/api/cycles/{cycle_id}/rollup"): Recipe("A", cycle, query=lambda s: {"unit_id": str(s.world.units["A"])}),
    ("GET", "/api/cycles/{cycle_id}/comparison"): Recipe(
        "A", cycle, query=lambda s: {"unit_id": str(s.world.units["A1"])}
    ),
    ("GET", "/api/cycles/{cycle_id}/statement"): Recipe(
        "A", cycle, query=lambda s: {"unit_id": str(s.world.units["A"])}
    ),
    ("POST", "/api/cycles/{cycle_id}/statement/document"): Recipe(
        "A",
        cycle,
        lambda _s: {"title": "情况", "sections": [{"heading": "一", "text": "二"}], "signed": "A", "dated": "今天"},
        hidden=COUNTY_ONLY,
    ),
    ("GET", "/api/cycles/{cycle_id}/periods"): Recipe(
        "A", cycle, query=lambda s: {"unit_id": str(s.world.units["A1"]), "units": "now"}
    ),
    ("GET", "/api/cycles/{cycle_id}/rows"): Recipe(
        "A", cycle, query=lambda s: {"table": "people", "unit_id": str(s.world.units["A"])}
    ),
    ("POST", "/api/cycles/{cycle_id}/exports"): Recipe("A", cycle, lambda s: {"unit_id": str(s.world.units["A"])}),
    ("GET", "/api/cycles/{cycle_id}/behalf-book"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/behalf-book"): Recipe("A", behalf_book, upload=uploaded, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/behalf"): Recipe(
        "A",
        behalf_book,
        lambda s: {
            "lines": [
                {
                    "submission_id": str(s.world.submission("A1")),
                    "version": 1,
                    "basis": "电话",
                    "cells": {"pc": "1", "rc": "2"},
                }
            ]
        },
    ),
    ("GET", "/api/city-sheets"): Recipe("C", city_sheet, hidden=frozenset()),
    ("POST", "/api/city-sheets"): Recipe("C", city_workbook, upload=uploaded, hidden=frozenset()),
    ("GET", "/api/city-sheets/{sheet_id}"): Recipe("C", city_sheet),
    ("PUT", "/api/city-sheets/{sheet_id}/targets"): Recipe("C", city_sheet, lambda _s: {"targets": []}),
    ("POST", "/api/city-sheets/{sheet_id}/proposals"): Recipe(
        "C", city_sheet, lambda s: {"sheet": "表", "form_id": str(s.world.opened.form_id)}
    ),
    ("GET", "/api/city-sheets/{sheet_id}/problems"): Recipe("C", city_sheet, query=lambda _s: {"period": "2026-10"}),
    ("POST", "/api/city-sheets/{sheet_id}/fill"): Recipe("C", city_sheet, lambda _s: {"period": "2026-10"}),
    ("DELETE", "/api/city-sheets/{sheet_id}"): Recipe("C", city_sheet),
    ("GET", "/api/month"): Recipe(
        "A", month, query=lambda s: {"period": "2026-10", "parent_id": str(s.world.units["A"])}
    ),
    ("GET", "/api/reminders/plan"): Recipe("A", nothing, hidden=frozenset()),
    ("PUT", "/api/reminders/plan"): Recipe(
        "C",
        plan,
        lambda _s: {"active": True, "quiet_from": "21:00", "quiet_until": "08:00", "rules": []},
        hidden=frozenset(),
    ),
    ("GET", "/api/forms"): Recipe("A1", nothing, hidden=frozenset()),
    ("GET", "/api/forms/{form_id}/trend"): Recipe(
        "C", form, query=lambda s: {"fields": "pc", "unit_id": str(s.world.units["A"])}, hidden=COUNTY_ONLY
    ),
    ("GET", "/api/forms/{form_id}/past-years/template"): Recipe(
        "C", form, query=lambda _s: {"first": "2025-10", "last": "2025-10"}, hidden=COUNTY_ONLY
    ),
    ("POST", "/api/forms/{form_id}/past-years"): Recipe("C", past_workbook, upload=uploaded, hidden=COUNTY_ONLY),
    ("POST", "/api/forms/{form_id}/past-years/{file_id}/preview"): Recipe(
        "C", past_file, lambda _s: {}, hidden=COUNTY_ONLY
    ),
    ("POST", "/api/forms/{form_id}/past-years/{file_id}/import"): Recipe(
        "C", past_file, lambda _s: {}, hidden=COUNTY_ONLY
    ),
    ("GET", "/api/form-versions/{version_id}"): Recipe("A1", version, hidden=COUNTY_ONLY),
}
