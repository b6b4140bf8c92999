"""层级: the three tiers of a county."""

from __future__ import annotations

import enum


class Tier(enum.StrEnum):
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
