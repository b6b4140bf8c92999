"""The workbook that goes out: a line a village, open where it may be handed in for, locked and coloured where not."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.values import NO, YES
from reporting import queries
from reporting.behalf_books.desks import Desk, list_desks
from reporting.briefs import label_of
from reporting.listings import STATES
from reporting.models import Cycle, SubmissionState
from reporting.templates import MadeTemplate
from reporting.workbook.marks import Marks
from reporting.workbook.units import SideColumn, UnitLine, UnitSheet, write_units
from tenancy.principal import Principal

BEHALF_BOOK = "behalf"
WAY, WHO, ZERO, WHY = "@way", "@who", "@zero", "@why"
WAYS = ("电话报送", "纸质报送", "微信等报送", "其他")
STATE_TITLE = "状态"
GUIDE = (
    "报来一个村填一行：先写怎样报来的、谁报来的，再填白色的格子。有底色的行不能填，原因写在“状态”里。"
    "“说明”用来回答须说明的校验。填好存盘，回到“用 Excel 代报”页上传，核对后才算上报。"
)
_TINTS = {SubmissionState.APPROVED: "FFE3F1E8", SubmissionState.SUBMITTED: "FFE1EBF5"}
_EXEMPT_TINT, _OTHER_TINT = "FFECEEF1", "FFF7EBD8"


def side_columns(form: CompiledForm) -> list[SideColumn]:
    """What stands between a unit's name and its figures. Pure."""
    columns = [
        SideColumn("", STATE_TITLE, 18),
        SideColumn(WAY, "怎样报来的", 13, WAYS),
        SideColumn(WHO, "谁报来的", 20),
    ]
    if form.definition.zero_report is not None:
        columns.append(SideColumn(ZERO, "零报告", 9, (YES, NO)))
    return [*columns, SideColumn(WHY, "说明", 24)]


def marks_of(actor: Principal, cycle: Cycle, form: CompiledForm) -> Marks:
    """Of what a workbook is: this township's, for this cycle. Pure."""
    return Marks(
        kind=BEHALF_BOOK,
        county=str(cycle.county_id),
        form=form.definition.code,
        version=str(cycle.form_version_id),
        period=cycle.period_key,
        unit=str(actor.unit_id),
    )


def line_of(desk: Desk, above: str) -> UnitLine:
    """A unit's line as it goes out. Pure."""
    unit, state = desk.filed.unit, SubmissionState(desk.filed.submission.state)
    told, tint = STATES[state], None
    if desk.refusal is not None:
        if unit.exempt_reason is not None:
            told, tint = "免报，不用填", _EXEMPT_TINT
        elif state in _TINTS:
            told, tint = f"{told}，不能再填", _TINTS[state]
        else:
            told, tint = "本期已封存，不能填", _OTHER_TINT
    cells = {} if desk.standing is None else desk.standing.cells
    return UnitLine(unit.code, unit.name, unit.short_name, above, desk.typed, cells, {STATE_TITLE: told}, tint)


async def make_book(session: AsyncSession, *, actor: Principal, cycle_id: UUID) -> MadeTemplate:
    """The workbook of the actor's villages in a cycle. Raises what `list_desks` raises."""
    cycle, form, desks = await list_desks(session, actor=actor, cycle_id=cycle_id)
    own = await queries.get_cycle_unit(session, county_id=actor.county_id, cycle_id=cycle_id, unit_id=actor.unit_id)
    period = label_of(form.definition.period.kind.value, cycle.period_key)
    lines = [line_of(desk, own.short_name) for desk in desks]
    sheet = UnitSheet(cycle.period_key, period, lines, side_columns(form))

    def write() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "behalf.xlsx"
            write_units(form, path, marks=marks_of(actor, cycle, form), sheets=[sheet], guide=GUIDE)
            return path.read_bytes()

    name = f"{form.definition.name.zh}_{period}_{own.short_name}_代报.xlsx"
    return MadeTemplate(name, await asyncio.to_thread(write))
