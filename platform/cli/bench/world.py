"""What measurements share: the servers, the database as the runtime role, a county of the nation's largest shape."""

from __future__ import annotations

from dataclasses import dataclass, field

from cli.bench import counties
from cli.bench.counties import BenchCounty, Month
from kit.db.session import Database
from kit.embedded import Cluster

#: Townships and villages of the county with the most villages.
LARGEST = (52, 1526)
QUICK = (10, 300)
#: Months approved before: what the medians are taken from.
HISTORY = 3


@dataclass(slots=True)
class World:
    """One run."""

    cluster: Cluster
    database: Database
    quick: bool
    processes: int
    _nation: list[BenchCounty] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, int]:
        return QUICK if self.quick else LARGEST

    async def nation_county(self) -> BenchCounty:
        """The large county with its approved months; made once."""
        if not self._nation:
            made = await counties.make(self.database, townships=self.shape[0], villages=self.shape[1])
            for number in range(1, HISTORY + 1):
                await self.full_month(made, number, approve=True)
            self._nation.append(made)
        return self._nation[0]

    async def full_month(self, made: BenchCounty, number: int, *, approve: bool) -> Month:
        """A month whose villages have submitted, or in which everything is approved; folded."""
        month = await counties.open_month(self.database, made, number)
        await counties.fill(self.database, made, month, approve=approve)
        # As the database does by itself within a minute: nobody brings thousands of reports in one.
        self.cluster.postgres.ask("superuser", "ANALYZE")
        await counties.fold_month(self.database, made, month)
        return month

    def settle(self) -> None:
        """What was written in bulk is on disk and counted, so that nothing measured pays for it."""
        self.cluster.postgres.take_stock()
        self.cluster.postgres.ask("superuser", "CHECKPOINT")
