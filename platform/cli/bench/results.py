"""A measured figure, and how a run's figures are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One row. `ratio` says how the value stands to its floor; `ok` is None where nothing is aimed at."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    aim: str = ""
    ok: bool | None = None
    #: Further figures of the same measurement.
    more: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        for name in ("value", "floor", "ratio"):
            if told[name] is not None:
                told[name] = round(told[name], 4)
        return told


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value below which a share of sorted values lies."""
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]


def show(figures: Sequence[Figure], console: Console) -> None:
    table = Table("what", "value", "floor", "ratio", "aim", "", box=None, pad_edge=False, header_style="bold")
    for column in (1, 2, 3):
        table.columns[column].justify = "right"
    for figure in figures:
        verdict = {True: "[green]ok[/green]", False: "[red]missed[/red]", None: ""}[figure.ok]
        table.add_row(
            figure.name,
            f"{_short(figure.value)} {figure.unit}",
            "" if figure.floor is None else f"{_short(figure.floor)} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            figure.aim,
            verdict,
        )
    console.print(table)
    for figure in figures:
        if figure.more:
            console.print(f"\n[bold]{figure.name}[/bold]")
        for name, value in figure.more.items():
            console.print(f"  {escape(name):<64} {escape(str(value))}")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
