"""Flows and curves that may leave the force, by the rule of counts that the evaluation has. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from checkpoint.evaluation.control import Table, rounded, table, total
from checkpoint.extracts.references import Policy

REDACTED = "[REDACTED]"


@dataclass(frozen=True, slots=True)
class Step:
    """A point of a survival curve: how many were at risk on a day, and how many events until then."""

    day: int
    at_risk: int
    events: int


def flow(gates: Sequence[tuple[str, int]], policy: Policy) -> dict[str, int | None]:
    """How many came to each gate, one gate behind the other, as it may leave the force.

    What is counted small or large is who stayed behind at each gate and who came through the last;
    a gate's count is the total of those of them that are shown, from there on.

    Args:
        gates: code and count, from the first gate to the last; none has more than the one before.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        By code; None where nothing is shown.

    Raises:
        ValueError: a gate has more than the one before.
    """
    counts = [count for _, count in gates]
    stayed = [a - b for a, b in pairwise([*counts, 0])]
    if any(each < 0 for each in stayed):
        raise ValueError("a gate has more people than the one before")
    # A gate at which all go on hides nobody, and is no small count.
    shown = table([[each for each in stayed if each]], policy).cells[0] if any(stayed) else ()
    parts = iter(shown)
    told = [next(parts) if each else 0 for each in stayed]
    found = {}
    for place, (code, _) in enumerate(gates):
        found[code] = total(told[place:]) or None
    return found


def curve(steps: Sequence[Step], policy: Policy) -> tuple[Step, ...]:
    """A survival curve as it may leave the force: in steps of many events, while many are at risk.

    Args:
        steps: by day; ``at_risk`` just before the day, ``events`` from allocation to its end.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        The days by which the policy's smallest number of events came together, or came together
        since the day told last; nothing from the day on which fewer are at risk.
    """
    kept: list[Step] = []
    counted = 0
    for step in steps:
        at_risk, since = rounded(step.at_risk, policy), rounded(step.events - counted, policy)
        if at_risk is None:
            break
        if since is not None:
            told = (kept[-1].events if kept else 0) + since
            kept.append(Step(day=step.day, at_risk=at_risk, events=told))
            counted = step.events
    return tuple(kept)


def small_cells(shown: Mapping[str, int | None] | Table, policy: Policy) -> list[int]:
    """What of an output would tell of too few, to be looked at before anything is sent.

    Args:
        shown: counts as they would be told.
        policy: the smallest that is shown.

    Returns:
        Every count from 1 to the smallest less one; empty where all is well.
    """
    if isinstance(shown, Table):
        told = [*(c for row in shown.cells for c in row), *shown.rows, *shown.columns, shown.total]
    else:
        told = [*shown.values()]
    return [each for each in told if each is not None and 0 < each < policy.aggregates.smallest]
