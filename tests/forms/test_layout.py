"""Header cells from the paths of columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forms.fields import Label
from forms.layout import header, table_header
from tests.forms.samples import form


def spans(*paths: str) -> list[list[tuple[str, int, int, int]]]:
    """(heading, column, rows, columns) of each header row; a path is written a/b/c."""
    columns = [(str(n), tuple(Label(zh=part, en=part) for part in path.split("/"))) for n, path in enumerate(paths)]
    return [[(cell.label.zh, cell.column, cell.rows, cell.columns) for cell in row] for row in header(columns)]


def test_neighbours_share_their_outer_heading() -> None:
    assert spans("a/b", "a/c", "d/e") == [
        [("a", 0, 1, 2), ("d", 2, 1, 1)],
        [("b", 0, 1, 1), ("c", 1, 1, 1), ("e", 2, 1, 1)],
    ]


def test_a_short_path_reaches_down() -> None:
    assert spans("a", "b/c/d") == [[("a", 0, 3, 1), ("b", 1, 1, 1)], [("c", 1, 1, 1)], [("d", 1, 1, 1)]]


def test_the_same_heading_apart_is_two_headings() -> None:
    assert spans("a/x", "b/y", "a/z")[0] == [("a", 0, 1, 1), ("b", 1, 1, 1), ("a", 2, 1, 1)]


def test_the_same_inner_heading_under_different_outer_ones_is_two() -> None:
    assert spans("a/x/1", "b/x/2")[1] == [("x", 0, 1, 1), ("x", 1, 1, 1)]


def test_a_field_named_as_its_neighbours_group_stands_alone() -> None:
    assert spans("a", "a/b")[0] == [("a", 0, 2, 1), ("a", 1, 1, 1)]


paths = st.lists(st.lists(st.sampled_from("xyz"), min_size=1, max_size=3).map(tuple), min_size=1, max_size=12)


@given(paths)
def test_headings_cover_every_place_once(found: list[tuple[str, ...]]) -> None:
    rows = header([(str(n), tuple(Label(zh=p, en=p) for p in path)) for n, path in enumerate(found)])
    covered = [
        (cell.row + down, cell.column + across)
        for row in rows
        for cell in row
        for down in range(cell.rows)
        for across in range(cell.columns)
    ]
    assert sorted(covered) == [(row, column) for row in range(len(rows)) for column in range(len(found))]


@given(paths)
def test_every_column_is_named_by_one_heading(found: list[tuple[str, ...]]) -> None:
    rows = header([(str(n), tuple(Label(zh=p, en=p) for p in path)) for n, path in enumerate(found)])
    named = [cell.field for row in rows for cell in row if cell.field is not None]
    assert sorted(named) == sorted(str(n) for n in range(len(found)))


def test_f1_has_three_levels_and_eight_groups() -> None:
    rows = table_header(form("f1").definition.tables[0])
    assert len(rows) == 3
    assert [(cell.label.zh, cell.columns) for cell in rows[0]] == [
        ("来访接待", 5), ("困难帮扶", 5), ("走访慰问", 7), ("尊崇优待", 3), ("教育培训", 4), ("就业创业", 4),
        ("志愿服务", 2), ("思政文化", 2),
    ]  # fmt: skip
