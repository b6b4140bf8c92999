"""What can be reckoned of a roster (township items 6–8; village item 6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Serving:
    """How many serve at a unit: `people` leaves volunteers out; of them `preferential` are veterans or other
    preferential-treatment people, and of `unknown` nobody has said."""

    people: int = 0
    preferential: int = 0
    unknown: int = 0
    established: int = 0
    full_time: int = 0
    liaisons: int = 0

    @property
    def third(self) -> bool | None:
        """原则上不低于三分之一 (township item 7); None while nobody serves."""
        return None if self.people == 0 else 3 * self.preferential >= self.people
