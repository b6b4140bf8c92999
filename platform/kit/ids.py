"""Identifiers: UUIDv7, made in Python so that rows a writer may not read back still have a known key."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7. Roughly ordered by creation, never by commit: don't page by `id > last_seen`."""
    return uuid_utils.compat.uuid7()
