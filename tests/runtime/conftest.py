"""A county for each test; servers and database are the whole suite's."""

from __future__ import annotations

import pytest

from kit.db.session import Database
from tests.runtime.places import Place, make_place


@pytest.fixture
async def place(database: Database) -> Place:
    return await make_place(database)
