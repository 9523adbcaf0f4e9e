"""What came of the referrals, pathway by pathway, as a table with a small picture. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

WIDTH = 12
COMPLETED, CHOSEN, MISSING = "█", "▒", "·"
SUMMED = ("shown", "chosen", "attended", "completed", "still_open", "no_place")
HEADINGS = ("shown", "chosen", "came", "done", "open", "full", "none")
# The headings are short, since a pipe has eighty columns; so they are explained.
CAPTION = (
    "offers shown; referrals, those to which somebody came, completed, open, ended for want of a "
    f"place; no provider available. {COMPLETED} completed {CHOSEN} referred {MISSING} nobody or no "
    "place"
)


def loop(summary: Mapping[str, Any], gaps: Mapping[str, Any]) -> Table:
    """One line for each pathway, and one for all.

    Args:
        summary: as ``GET /v1/referrals/summary`` gives it to whoever reads the cases.
        gaps: as ``GET /v1/referrals/gaps`` gives it; it names every pathway.

    Returns:
        A table of eighty columns at most.
    """
    table = Table(
        title="Referrals, by pathway",
        title_justify="left",
        caption=CAPTION,
        caption_justify="left",
        box=None,
        padding=(0, 0, 0, 1),
    )
    table.add_column("", no_wrap=True, overflow="ellipsis", max_width=22)
    for words in HEADINGS:
        table.add_column(words, justify="right")
    table.add_column("", min_width=WIDTH, no_wrap=True)
    lines = [(each["label"], *_counted(each, summary["items"])) for each in gaps["items"]]
    most = max((sum(_parts(counts, none)) for _, counts, none in lines), default=0)
    for label, counts, none in lines:
        table.add_row(label, *_cells(counts, none), _picture(counts, none, most))
    table.add_section()
    whole = sum((counts for _, counts, _ in lines), Counter[str]())
    table.add_row("all", *_cells(whole, sum(none for *_, none in lines)), "")
    return table


def _counted(
    pathway: Mapping[str, Any], items: Sequence[Mapping[str, Any]]
) -> tuple[Counter[str], int]:
    """A pathway's counts over all its providers, and how often there was none."""
    counts = Counter[str]()
    for each in items:
        if each["pathway"] == pathway["pathway"]:
            counts.update({name: each[name] or 0 for name in SUMMED})
    return counts, pathway["whole"]["no_provider"] or 0


def _cells(counts: Counter[str], none: int) -> list[str]:
    return [*(str(counts[name]) for name in SUMMED), str(none)]


def _parts(counts: Counter[str], none: int) -> tuple[int, int, int]:
    """Completed, otherwise referred, and not had."""
    missing = counts["no_place"]
    return counts["completed"], counts["chosen"] - counts["completed"] - missing, missing + none


def _picture(counts: Counter[str], none: int, most: int) -> str:
    """A bar of whole characters, the longest as wide as the picture."""
    ends, length, bar = 0, 0, ""
    for part, mark in zip(_parts(counts, none), (COMPLETED, CHOSEN, MISSING), strict=True):
        ends += part
        until = round(WIDTH * ends / most) if most else 0
        bar += mark * (until - length)
        length = until
    return bar
