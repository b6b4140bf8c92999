"""The county that is simulated: its tree, read from the same file that the platform imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tenancy import tree_import
from tenancy.tiers import Tier


@dataclass(frozen=True, slots=True)
class SimUnit:
    """A unit by its code."""

    tier: Tier
    code: str
    name: str
    short_name: str
    parent: str | None


class SimTree:
    """Who stands under whom; children in the order of their codes, as every list and sheet has them."""

    def __init__(self, units: Sequence[SimUnit]) -> None:
        self.units = {unit.code: unit for unit in units}
        self.county = next(unit for unit in units if unit.tier is Tier.COUNTY)
        self._children: dict[str, list[SimUnit]] = {}
        for unit in sorted(units, key=lambda u: u.code):
            if unit.parent is not None:
                self._children.setdefault(unit.parent, []).append(unit)

    def children(self, code: str) -> Sequence[SimUnit]:
        return self._children.get(code, ())

    @property
    def townships(self) -> list[SimUnit]:
        return [unit for unit in self.children(self.county.code) if unit.tier is Tier.TOWNSHIP]

    @property
    def villages(self) -> list[SimUnit]:
        return [unit for unit in self.units.values() if unit.tier is Tier.VILLAGE]


def read_units(path: Path, *, county_code: str | None = None) -> SimTree:
    """The tree of a units file. A file without a line for the county needs the county's code.

    Raises UnitImpossible as the import does.
    """
    lines = tree_import.read_import(tree_import.rows_of_csv(path.read_text("utf-8-sig")))
    found = next((line for line in lines if line.tier is Tier.COUNTY), None)
    code = county_code or (found.code if found is not None else "000000")
    name, short = (found.name, found.short_name) if found is not None else ("模拟县", "模拟县")
    units = [SimUnit(Tier.COUNTY, code, name, short, None)]
    for line in lines:
        if line.tier is not Tier.COUNTY:
            above = line.parent_code
            is_county = not above or (found is not None and above == found.code)
            units.append(SimUnit(line.tier, line.code, line.name, line.short_name, code if is_county else above))
    return SimTree(units)


def import_text(sim: SimTree) -> str:
    """The tree as the file that is imported."""
    rows = ["tier,code,name,short_name,parent_code"]
    rows += [f"{u.tier.value},{u.code},{u.name},{u.short_name},{u.parent or ''}" for u in sim.units.values()]
    return "\n".join(rows) + "\n"
