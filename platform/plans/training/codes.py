"""The code on the organiser's screen: it proves that who opens it stood before the screen within the minute.

A mark over the session and a window of time, under a key that belongs to the county. The present window's and the one
before are taken, so a link that is passed on is worth nothing after 25 to 50 seconds.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

from kit import crypto

#: Seconds that a code stays on the screen.
WINDOW = 25
_PURPOSE = "training.check_in"


def _window(at: datetime) -> int:
    return int(at.timestamp()) // WINDOW


def seconds_left(at: datetime) -> int:
    """Until the screen shows the next code: 1 to 25."""
    return WINDOW - int(at.timestamp()) % WINDOW


def _code(county_id: UUID, session_id: UUID, window: int) -> str:
    return crypto.county_mark(f"{session_id}.{window}", county_id=county_id, purpose=_PURPOSE)


def code_at(county_id: UUID, session_id: UUID, at: datetime) -> str:
    """What the screen shows at a moment."""
    return _code(county_id, session_id, _window(at))


def fits(code: str, county_id: UUID, session_id: UUID, at: datetime) -> bool:
    """Whether it is the code of this window or of the one before."""
    now = _window(at)
    return any(
        hmac.compare_digest(code.encode(), _code(county_id, session_id, window).encode()) for window in (now, now - 1)
    )
