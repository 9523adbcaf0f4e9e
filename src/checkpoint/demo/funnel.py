"""The count as a table with bars: how many came how far, and what turned the others away. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.bar import Bar
from rich.box import SIMPLE
from rich.table import Table

WIDTH = 26
WORDS: Mapping[str, str] = {
    "not_screened": "not screened",
    "screening": "screening begun, not decided",
    "pending": "pending: something is not known yet",
    "ineligible": "refused",
    "referred": "referred to a supervisor",
    "eligible": "eligible, not asked for consent",
    "declined": "declined to take part",
    "withdrawn": "took consent back",
    "consented": "agreed, not in yet",
    "enrolled": "enrolled directly",
    "allocated": "allocated in a trial",
}
# Each of these came as far as the one before.
CAME: Mapping[str, str] = {
    "arrested": "arrested",
    "screened": "screened",
    "decided": "decided",
    "eligible": "found eligible",
    "asked": "asked for consent",
    "consented": "agreed",
    "entered": "enrolled or allocated",
}


def funnel(counts: Mapping[str, Any]) -> Table:
    """From the arrested to those who came in, and where everybody is.

    Args:
        counts: as ``GET /v1/cases/counts`` gives them.
    """
    table = Table(title="Everybody arrested", title_justify="left", box=SIMPLE)
    table.add_column("", min_width=36)
    table.add_column("records", justify="right")
    table.add_column("", min_width=WIDTH)
    for words, records in _rows(counts):
        table.add_row(words, str(records), _bar(records, counts["arrested"]))
    return table


def _rows(counts: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    yield from ((words, counts[name]) for name, words in CAME.items())
    stages = {row["stage"]: row["records"] for row in counts["stages"]}
    for stage in reversed(stages):
        yield f"  {WORDS.get(stage, stage)}", stages[stage]


def refusals(counts: Mapping[str, Any]) -> Table:
    """The refused by criterion; somebody may fail several and is then in each."""
    table = Table(title="Refused, by criterion", title_justify="left", box=SIMPLE)
    table.add_column("the answer was no", min_width=36)
    table.add_column("records", justify="right")
    table.add_column("by this alone", justify="right")
    table.add_column("", min_width=WIDTH // 2)
    most = max((row["records"] for row in counts["ineligible"]), default=1)
    for row in counts["ineligible"]:
        bar = _bar(row["records"], most, width=WIDTH // 2)
        table.add_row(row["question"], str(row["records"]), str(row["alone"]), bar)
    return table


def _bar(records: int, most: int, *, width: int = WIDTH) -> Bar:
    return Bar(size=max(most, 1), begin=0, end=records, width=width)
