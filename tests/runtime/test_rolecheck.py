"""Who may serve: the runtime role and no other."""

from __future__ import annotations

import pytest

from kit.embedded import Cluster
from kit.rolecheck import UnsafeRole, check_runtime_role

pytestmark = pytest.mark.anyio


async def test_the_runtime_role_may(servers: Cluster) -> None:
    await check_runtime_role(servers.database_url)


@pytest.mark.parametrize(
    ("role", "fault"),
    [("superuser", "is a superuser"), ("backup", "bypasses row-level security"), ("owner", r"owns \d\d tables")],
)
async def test_others_are_refused_with_the_reason(servers: Cluster, role: str, fault: str) -> None:
    with pytest.raises(UnsafeRole, match=fault):
        await check_runtime_role(servers.postgres.url(role))
