"""What a PIN must be."""

from __future__ import annotations

from itertools import pairwise

PIN_LENGTH = 6
#: Wrong PINs in a row until the device is forgotten.
TRIES = 5


def pin_fault(pin: str) -> bool:
    """Whether a PIN is refused: not six digits, two or fewer different ones, or digits in a row up or down."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        return True
    if len(set(pin)) <= 2:
        return True
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({1}, {-1})
