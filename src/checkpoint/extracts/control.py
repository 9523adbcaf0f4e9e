"""Flows and curves that may leave the force, by the rule of counts that the evaluation has. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from checkpoint.evaluation.control import rounded, table, total
from checkpoint.extracts.references import Policy

REDACTED = "[REDACTED]"


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


def change_rows(
    changes: Sequence[tuple[str, int | None]], policy: Policy
) -> list[tuple[str, str, int | None]]:
    """What changed since the cut before, as it may leave the force.

    Args:
        changes: code, and how many people; None is not told.
        policy: the smallest that is shown, and what the rest is rounded to.

    Returns:
        Code, no arm, and people; None is suppressed.
    """
    return [
        (code, "", None if count is None else rounded(count, policy)) for code, count in changes
    ]


def flow_rows(
    gates: Sequence[tuple[str, int]],
    outcomes: Mapping[str, Sequence[int]],
    kept: Mapping[str, int],
    policy: Policy,
) -> list[tuple[str, str, int | None]]:
    """The participant flow from the first gate to the rows of the file, small counts suppressed.

    Args:
        gates: before allocation, in order.
        outcomes: of everybody allocated, by arm.
        kept: people in the file, by arm.
        policy: the smallest that is shown.

    Returns:
        Code, arm or empty, and people. Who is allocated is told exactly where nobody was left out
        of the file, which tells it anyway; else it is rounded. The gates before stand on the total
        that is told of them, so that one gate's count is never less than the next one's. A total
        with a suppressed part is None.
    """
    whole = {arm: sum(counts) for arm, counts in outcomes.items()}
    every = sum(whole.values())
    lost = every - sum(kept.values())
    before = [*gates, ("allocated", every)] if gates else []
    rows: list[tuple[str, str, int | None]] = []
    for code, counts in (("allocated", whole), ("in_this_extract", kept)):
        exact = not lost or code == "in_this_extract"
        told = {
            arm: n if exact and n >= policy.aggregates.smallest else rounded(n, policy)
            for arm, n in counts.items()
        }
        rows += [(code, arm, n) for arm, n in told.items()]
        rows.append((code, "", summed(told.values())))
    shown = flow(before, policy)
    base, total_told = shown.pop("allocated", None), rows[len(whole)][2]
    shift = 0 if base is None or total_told is None else total_told - base
    gates_told = [(code, "", None if n is None else n + shift) for code, n in shown.items()]
    return [*gates_told, *rows]


def summed(parts: Iterable[int | None]) -> int | None:
    """The total of counts as they are told; None where one of them is suppressed, or there is none."""
    told = [*parts]
    return None if not told or None in told else sum(each for each in told if each is not None)
