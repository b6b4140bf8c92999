from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from kit.paging import Mark, PageLost, cut, read_mark


@given(st.datetimes(timezones=st.sampled_from([UTC, clock.SHANGHAI])), st.uuids())
def test_a_mark_is_read_as_it_was_written(at: datetime, row_id: UUID) -> None:
    mark = Mark(at.astimezone(UTC), row_id)
    assert read_mark(str(mark)) == mark
    assert "+" not in str(mark)  # an address takes it as it is


@pytest.mark.parametrize("after", ["x", "2026-01-01T00:00:00Z", f"2026-01-01_{UUID(int=0)}", "_", "莫𡐓村"])
def test_a_mark_that_was_never_given(after: str) -> None:
    with pytest.raises(PageLost):
        read_mark(after)


def test_the_last_page_has_no_mark() -> None:
    rows = [Mark(datetime(2026, 11, 23, tzinfo=UTC), UUID(int=n)) for n in range(5)]
    assert cut(rows, 5, lambda row: row) == (rows, None)
    assert cut(rows, 4, lambda row: row) == (rows[:4], str(rows[3]))
    assert read_mark(None) is None
