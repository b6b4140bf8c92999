"""Every module that declares jobs or pulses: importing it fills the registry."""

import kit.jobs.sweep
import kit.outbox

__all__ = ["PACKAGES"]

PACKAGES = (kit.jobs.sweep, kit.outbox)
