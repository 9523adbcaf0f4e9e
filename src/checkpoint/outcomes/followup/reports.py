"""What is wrong with a batch by row, as a refusal, as a table or in words; what became of it. Pure."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from checkpoint.foundation.counting import so_many
from checkpoint.foundation.csvfiles import as_csv
from checkpoint.outcomes.followup.matching import repeated_keys
from checkpoint.outcomes.followup.rules import Fault, Faults, Told
from checkpoint.outcomes.followup.states import (
    LABELS,
    FollowUpUnmatched,
    FollowUpUnreadable,
    RowOutcome,
    Where,
)

TOLD = ("line", "column", "code", "detail")
SHOWN = 20
MOST_TOLD = 500


def of_faults(faults: Iterable[Fault]) -> str:
    """Every fault as CSV, its first line the names; nothing that stood in a cell is in it."""
    return as_csv(TOLD, ((each.row, each.column, each.code, each.detail) for each in faults))


def of_rows(rows: Iterable[tuple[int, RowOutcome]]) -> str:
    """What became of each row as CSV."""
    told = ((number, "", outcome.value, LABELS[outcome]) for number, outcome in rows)
    return as_csv(TOLD, told)


def in_words(faults: Sequence[Fault], count: int, *, report: bool = False) -> list[str]:
    """The first faults, one a line, and how many there are besides.

    Args:
        faults: in the order in which they are told; the first of them are enough.
        count: how many there are.
        report: whether all of them are written to a file.

    Returns:
        Lines for a screen: at most twenty faults, and one more where there are more.
    """
    lines = [
        f"  {f'line {fault.row}' if fault.row else 'the file'}"
        f"{f', {fault.column}' if fault.column else ''}: {fault.detail} ({fault.code})"
        for fault in faults[:SHOWN]
    ]
    more = count - SHOWN
    many = "them all" if count == len(faults) else f"the first {so_many(len(faults), 'fault')}"
    besides = f"the report has {many}" if report else f"--report FILE.csv writes {many}"
    return [*lines, *([f"  and {more:,} more; {besides}"] if more > 0 else [])]


def refused(
    kind: type[FollowUpUnreadable] | type[FollowUpUnmatched],
    faults: Sequence[Fault],
    detail: str,
    *,
    count: int | None = None,
) -> FollowUpUnreadable | FollowUpUnmatched:
    """A refusal that tells what is wrong row by row.

    Args:
        kind: which of the two.
        faults: the first five hundred are told in the answer.
        detail: the same in short.
        count: how many there are, where these are not all of them.

    Returns:
        The refusal, with these in ``found``.
    """
    told: list[JsonValue] = [
        {"pointer": pointer(fault), "code": fault.code, "detail": fault.detail}
        for fault in faults[:MOST_TOLD]
    ]
    count = len(faults) if count is None else count
    refusal = kind(detail, errors=told, faults=count)
    refusal.found, refusal.count = faults, count
    return refusal


def pointer(fault: Fault) -> str:
    """Where a fault is, as a JSON pointer into what was sent."""
    parts = ["#", *(["rows", str(fault.row - 1)] if fault.row else []), fault.column]
    return "/".join(part for part in parts if part)


def check_rows(
    read: Iterable[tuple[Told | None, list[Fault]]],
    more: Faults | None = None,
    *,
    where: Where,
) -> list[Told]:
    """The rows of a batch, if nothing is wrong with any of them.

    Args:
        read: each row, or what is wrong with it.
        more: what is wrong with the batch besides.
        where: by what whoever sent them finds a row.

    Returns:
        The rows, in order.

    Raises:
        FollowUpUnreadable: something is; every fault is told, or the first of very many.
    """
    rows, faults = [], more or Faults()
    for row, found in read:
        faults.add(*found)
        if row is not None:
            rows.append(row)
    faults.add(*repeated_keys(((row.number, row.row_key) for row in rows), where))
    if faults.count:
        wrong = f"; {where.value}s at fault: {len(faults.rows):,}" if faults.rows else ""
        raise refused(
            FollowUpUnreadable,
            sorted(faults.kept, key=lambda fault: (fault.row, fault.column)),
            f"Faults: {faults.count:,}{wrong}.",
            count=faults.count,
        )
    return rows
