"""Two people in one row table: rows are saved one by one, and what both changed is shown to both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.outcome import Row
from kit.db.session import Database
from reporting import submissions
from reporting.errors import TooManyRows
from reporting.row_edits import MAX_ROWS, RowEdit, apply_rows
from tests.world import make_world

IDS = st.sampled_from("abcd")
CELLS = st.fixed_dictionaries({"xm": st.sampled_from(["甲", "乙", "莫𡐓"])})
TABLE = st.dictionaries(IDS, CELLS)


def table(rows: dict[str, dict[str, str]]) -> dict[str, tuple[Row, ...]]:
    return {"people": tuple(Row(key, cells) for key, cells in rows.items())}


def edits(base: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> list[RowEdit]:
    """What somebody sends who read `base` and leaves `new`."""
    return [
        RowEdit("people", key, base.get(key), new.get(key)) for key in {**base, **new} if base.get(key) != new.get(key)
    ]


@given(base=TABLE, mine=TABLE, theirs=TABLE)
def test_no_row_of_either_is_lost(
    base: dict[str, dict[str, str]], mine: dict[str, dict[str, str]], theirs: dict[str, dict[str, str]]
) -> None:
    stored, _ = apply_rows(table(base), edits(base, theirs))
    after, conflicts = apply_rows(stored, edits(base, mine))
    now = {row.id: row.cells for row in after["people"]} if after else {}
    collided = {one.id for one in conflicts}
    for key in {**base, **mine, **theirs}:
        ours, others, was = mine.get(key), theirs.get(key), base.get(key)
        assert now.get(key) == (ours if others == was else others)
        assert (key in collided) == (ours != was and others != was and ours != others)
    assert all(one.mine == mine.get(one.id) and one.theirs == theirs.get(one.id) for one in conflicts)


def test_a_blank_cell_is_one_that_is_not_there() -> None:
    after, conflicts = apply_rows(
        table({"a": {"xm": "甲", "tel": ""}}), [RowEdit("people", "a", {"xm": "甲"}, {"xm": "乙"})]
    )
    assert conflicts == []
    assert after["people"][0].cells == {"xm": "乙"}


def test_a_table_has_an_end() -> None:
    with pytest.raises(TooManyRows):
        apply_rows({}, [RowEdit("people", str(n), None, {}) for n in range(MAX_ROWS + 1)])


@pytest.mark.anyio
async def test_two_people_in_one_table(database: Database) -> None:
    world = await make_world(database, townships=1, villages=1)
    actor = world.actor("A1")

    async def save(*rows: RowEdit) -> submissions.Saved:
        async with database.transaction(actor.identity) as session:
            return await submissions.save_draft(
                session, actor=actor, submission_id=world.submission("A1"), edits=(), rows=rows
            )

    def rows(saved: submissions.Saved) -> list[tuple[str, str | None]]:
        assert saved.rows is not None
        return [(row.id, row.cells.get("xm")) for row in saved.rows["people"]]

    first = await save(RowEdit("people", "r1", None, {"xm": "张三"}), RowEdit("people", "r2", None, {"xm": "李四"}))
    assert rows(first) == [("r1", "张三"), ("r2", "李四")]
    # One mends the first row, the other, who read the same, mends both.
    await save(RowEdit("people", "r1", {"xm": "张三"}, {"xm": "张三丰"}))
    second = await save(
        RowEdit("people", "r1", {"xm": "张三"}, {"xm": "张山"}), RowEdit("people", "r2", {"xm": "李四"}, {"xm": "莫𡐓"})
    )
    assert rows(second) == [("r1", "张三丰"), ("r2", "莫𡐓")]
    [conflict] = second.row_conflicts
    assert (conflict.mine, conflict.theirs, conflict.by_name) == ({"xm": "张山"}, {"xm": "张三丰"}, "A1")
    assert conflict.at is not None
    # The same request again changes nothing and collides with nothing.
    again = await save(RowEdit("people", "r2", {"xm": "李四"}, {"xm": "莫𡐓"}))
    assert (rows(again), list(again.row_conflicts)) == ([("r1", "张三丰"), ("r2", "莫𡐓")], [])
    gone = await save(RowEdit("people", "r1", {"xm": "张三丰"}, None), RowEdit("nowhere", "r", None, {"xm": "x"}))
    assert rows(gone) == [("r2", "莫𡐓")]
