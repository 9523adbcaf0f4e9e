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


def declines(counts: Mapping[str, Any]) -> Table:
    """Those who declined to take part, by reason."""
    table = Table(title="Declined, by reason", title_justify="left", box=SIMPLE)
    table.add_column("what they said", min_width=36)
    table.add_column("records", justify="right")
    table.add_column("", min_width=WIDTH // 2)
    most = max((row["records"] for row in counts["declined"]), default=1)
    for row in counts["declined"]:
        bar = _bar(row["records"], most, width=WIDTH // 2)
        table.add_row(row["reason"], str(row["records"]), bar)
    return table


def came_in(by_suite: Mapping[str, Mapping[str, Any]]) -> Table:
    """Who came in, suite by suite, which is stratum by stratum; never by arm.

    Args:
        by_suite: the count of each suite; those where nobody came in are left out.
    """
    table = Table(title="Came in, by suite", title_justify="left", box=SIMPLE)
    table.add_column("", min_width=36)
    for words in ("enrolled", "allocated"):
        table.add_column(words, justify="right")
    for suite, counts in sorted(by_suite.items()):
        if counts["entered"]:
            stages = {row["stage"]: row["records"] for row in counts["stages"]}
            table.add_row(suite, str(stages["enrolled"]), str(stages["allocated"]))
    return table


def given(arms: Mapping[str, int], what: Mapping[str, int]) -> Table:
    """Arms drawn and what was given, of a test trial that is closed; of no other is this shown.

    Args:
        arms: how many were drawn, by arm.
        what: how many were given what, in words.

    Returns:
        One line for each, in alphabetical order.
    """
    table = Table(title="Drawn and given", title_justify="left", box=SIMPLE)
    table.add_column("", min_width=36)
    table.add_column("records", justify="right")
    for arm, records in sorted(arms.items()):
        table.add_row(f"drawn: {arm}", str(records))
    for words, records in sorted(what.items()):
        table.add_row(words, str(records))
    return table


def _bar(records: int, most: int, *, width: int = WIDTH) -> Bar:
    return Bar(size=max(most, 1), begin=0, end=records, width=width)
