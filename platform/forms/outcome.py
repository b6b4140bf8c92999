"""What evaluation takes and gives: plain, frozen, and the same as `frontend/src/formula/types.ts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from forms.definition import Severity
from forms.fields import Label
from tenancy.tiers import Tier

#: Field code → stored text; None is blank. A field that is not asked has no key.
Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a row table. The id stays the same when the row is carried into the next period."""

    id: str
    cells: Cells


Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a form is evaluated against, besides what was typed.

    `prev_cells` and `prev_rows` are the approved figures of the period before as they stood when the cycle opened; None
    when there are none. `medians` are the unit's own 12-month medians by field. `flags` are facts from outside, by name
    and row id, for flagged(): a fact not given is unknown, and checks that need it are skipped.
    """

    tier: Tier
    period_start: date
    period_end: date
    on_rollup: bool = False
    first_period: bool = False
    #: A zero report is being handed in: an empty row table is what it says.
    zero_report: bool = False
    prev_cells: Cells | None = None
    prev_rows: Rows | None = None
    medians: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend (error, blocks 上报) or to explain (warning).

    `key` names it for good within a row: the reason somebody gives is stored under (key, row). `code` is the check's
    printed code, or the message code of what is wrong with a value itself. The message never shows a personal value.
    """

    code: str
    key: str
    severity: Severity
    message: Label
    cells: tuple[str, ...] = ()
    table: str | None = None
    row: str | None = None
    #: Who is told; empty means everybody.
    shown_to: tuple[Tier, ...] = ()

    @property
    def blocking(self) -> bool:
        return self.severity is Severity.ERROR

    def shown(self, tier: Tier) -> bool:
        return not self.shown_to or tier in self.shown_to


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth saying that is nobody's fault: a ratio left blank because its divisor is zero."""

    code: str
    cell: str
    message: Label


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`cells` has every field asked here: what was typed, normalised, and what was computed, rounded half up.

    A value that can't be stored is blank here and told in `problems`.
    """

    cells: dict[str, str | None]
    rows: dict[str, tuple[Row, ...]]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]

    @property
    def blocked(self) -> bool:
        return any(problem.blocking for problem in self.problems)
