"""A flow that adds up, and what of it a reader sees. Pure."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from checkpoint.foundation.disclosure import SMALLEST, is_small
from checkpoint.outcomes.cuts.rules import Flow, faults
from checkpoint.outcomes.cuts.states import FlowDoesNotReconcile


def checked(flow: Flow) -> Flow:
    """The same flow, if it adds up.

    Raises:
        FlowDoesNotReconcile: it does not; it says where.
    """
    if found := faults(flow):
        raise FlowDoesNotReconcile("; ".join(found))
    return flow


def hidden(flow: Flow, *, exact: bool) -> AbstractSet[str]:
    """Boxes that a reader is not shown.

    Args:
        flow: that adds up.
        exact: whether the reader works with small counts.

    Returns:
        Boxes of 1 to 9 people; and the smallest of the others of a sum, until nothing that is
        hidden in it is alone, nor few together, or all of it is hidden. What is told elsewhere
        anyway stays.
    """
    if exact:
        return frozenset()
    gone = {box for box, count in flow.boxes.items() if is_small(count)} - flow.known
    while True:
        more = next(filter(None, (_companion(flow, each, gone) for each in flow.sums)), None)
        if more is None:
            return gone
        gone.add(more)


def _companion(flow: Flow, each: tuple[str, tuple[str, ...]], gone: AbstractSet[str]) -> str | None:
    """What has to go with those of a sum that are hidden."""
    whole, parts = each
    alone = len(gone & {whole, *parts}) == 1
    few = whole not in gone and any(map(is_small, _sums(flow, parts, gone)))
    if not alone and not few:
        return None
    below = [box for box in _reached(flow, parts, gone) if flow.boxes[box]]
    for others in (parts, below, (whole,)):
        found = [box for box in others if box not in gone and box not in flow.known]
        # Nobody is found in a box of 0: it goes only where nothing else could go with one alone.
        if some := [box for box in found if flow.boxes[box]]:
            return min(some, key=lambda box: (flow.boxes[box], box))
    rest = [box for box in (*parts, whole) if box not in gone and box not in flow.known]
    return min(rest, default=None) if alone else None


def _sums(flow: Flow, parts: Iterable[str], gone: AbstractSet[str]) -> set[int]:
    """What the hidden of some boxes come to together, 10 standing for all above it.

    A hidden box that divides comes to what is hidden below it too: the others of it are told.
    """
    found = {0}
    for box in parts:
        if box in gone:
            each = {flow.boxes[box]}.union(
                *(_sums(flow, below, gone) for whole, below in flow.sums if whole == box)
            )
            found = {min(one + other, SMALLEST) for one in found for other in each}
    return found


def _reached(flow: Flow, parts: Iterable[str], gone: AbstractSet[str]) -> list[str]:
    """All boxes below those that are hidden."""
    return [
        box
        for hidden_one in parts
        if hidden_one in gone
        for whole, below in flow.sums
        if whole == hidden_one
        for box in (*below, *_reached(flow, below, gone))
    ]
