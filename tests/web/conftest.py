"""The real application on the real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from kit.settings import Settings
from web.app import create_app


@pytest.fixture(scope="session")
def app(settings: Settings) -> Litestar:
    """The application, made once: its routes are many. What it keeps open it opens anew for every client."""
    return create_app(settings)


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[AsyncTestClient[Any]]:
    async with AsyncTestClient(app) as made:
        made.cookies.clear()
        yield made
