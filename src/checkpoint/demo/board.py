"""The caseload board: what each navigator has in hand, by the API's own doors; and how it is drawn."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.table import Table

from checkpoint.foundation.calendar import LONDON

AHEAD = 7  # days of appointments
DRAFTED, ACTIVE, SUSPENDED = ("draft", "offered"), ("active",), ("suspended",)
COMPLETED, FAILED = ("completed",), ("failed",)
OTHERWISE = ("withdrawn", "closed", "declined", "lapsed")
COLUMNS = (
    ("draft", DRAFTED),
    ("active", ACTIVE),
    ("paused", SUSPENDED),
    ("done", COMPLETED),
    ("failed", FAILED),
    ("else", OTHERWISE),
)
# The headings are short, since a pipe has eighty columns; so they are explained.
CAPTION = (
    "cases: open, of the navigator's capacity (*: absent today); contracts: drafted, active, "
    "suspended, completed, failed, ended otherwise; appointments ahead; overdue items"
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One navigator's work: cases, contracts by state, appointments ahead, and what is overdue."""

    navigator: str
    open: int
    capacity: int
    absent: bool
    contracts: Counter[str] = field(default_factory=Counter)
    appointments: Sequence[datetime] = ()
    overdue: int | None = None  # None: the service tells of no worklist


def board(lines: Iterable[Line]) -> Table:
    """One line for each navigator, and one for all; nobody who takes part is named.

    Args:
        lines: in their order.
    """
    lines = [*lines]
    table = Table(
        title="The caseload board",
        title_justify="left",
        caption=CAPTION,
        caption_justify="left",
        box=None,
        padding=(0, 0, 0, 1),
    )
    table.add_column("", no_wrap=True)
    for words in ("cases", *(words for words, _ in COLUMNS), f"{AHEAD} days", "next", "overdue"):
        table.add_column(words, justify="right")
    for line in lines:
        name = f"{line.navigator}*" if line.absent else line.navigator
        table.add_row(name, *_cells(line))
    table.add_section()
    table.add_row("all", *_cells(_together(lines)))
    return table


def _cells(line: Line) -> list[str]:
    following = min(line.appointments, default=None)
    return [
        f"{line.open}/{line.capacity}",
        *(str(sum(line.contracts[state] for state in states)) for _, states in COLUMNS),
        str(len(line.appointments)),
        f"{following.astimezone(LONDON):%d %b}" if following else "-",
        "-" if line.overdue is None else str(line.overdue),
    ]


def _together(lines: Sequence[Line]) -> Line:
    counted = [line.overdue for line in lines if line.overdue is not None]
    return Line(
        navigator="all",
        open=sum(line.open for line in lines),
        capacity=sum(line.capacity for line in lines),
        absent=False,
        contracts=sum((line.contracts for line in lines), Counter()),
        appointments=[each for line in lines for each in line.appointments],
        overdue=sum(counted) if counted else None,
    )
