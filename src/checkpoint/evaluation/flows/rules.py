"""Whether every box of a flow is the sum of what leaves it, and what of it a reader sees. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Any

from checkpoint.evaluation.flows.states import FlowDoesNotReconcile
from checkpoint.foundation.disclosure import SMALLEST, is_small
from checkpoint.outcomes.cuts.facts import ALLOCATED, GATES, NOT_TOLD


@dataclass(frozen=True)
class Gate:
    """How many came to a gate before allocation, and why so many of them went no further."""

    code: str
    came: int
    stopped: Mapping[str, int]


@dataclass
class Flow:
    """Boxes with how many people are in each, and which of them a box divides into.

    ``sums`` holds, by box, the boxes that leave it. ``known`` are boxes that are told to everybody
    elsewhere, so that hiding them hides nothing.
    """

    boxes: dict[str, int] = field(default_factory=dict)
    sums: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def divide(self, whole: str, parts: Mapping[str, int], *, known: Iterable[str] = ()) -> None:
        """Put in what leaves a box."""
        self.boxes |= parts
        self.sums.append((whole, tuple(parts)))
        self.known |= {*known}


def gates_of(told: Mapping[str, Any], participants: int) -> list[Gate]:
    """The gates before allocation, as a cut tells them.

    Args:
        told: the cut's flow: of a trial that ran here ``gates`` and what ``stopped`` people at
            each; of one elsewhere, counts by gate, and by gate and reason as in
            ``screened_not_eligible``.
        participants: of the cut; they are those who came to the last gate.

    Returns:
        The gates that are told, in order, without allocation; none where nothing is.

    Raises:
        FlowDoesNotReconcile: a name belongs to no gate.
    """
    if "gates" in told:
        came, stopped = dict(told["gates"]), told.get("stopped", {})
    else:
        came = {gate: told[gate] for gate in GATES if gate in told}
        stopped = _stopped({name: told[name] for name in told.keys() - came.keys()}, came)
    came.setdefault(ALLOCATED, participants)
    there = [gate for gate in GATES if gate in came]
    found = []
    for gate, after in pairwise(there):
        reasons = {name: count for name, count in stopped.get(gate, {}).items() if count}
        if not reasons and came[gate] != came[after]:
            reasons = {NOT_TOLD: came[gate] - came[after]}
        found.append(Gate(gate, came[gate], dict(sorted(reasons.items()))))
    return found


def _stopped(told: Mapping[str, int], came: Iterable[str]) -> dict[str, dict[str, int]]:
    stopped: dict[str, dict[str, int]] = {}
    for name, count in told.items():
        gate, _, reason = name.partition("_")
        if gate not in came or gate == ALLOCATED or not reason:
            raise FlowDoesNotReconcile(f"{name}: it belongs to no gate that is told.")
        stopped.setdefault(gate, {})[reason] = count
    return stopped


def before_allocation(gates: Sequence[Gate], participants: int) -> Flow:
    """The boxes down to allocation.

    Args:
        gates: in order, without allocation.
        participants: of the cut.

    Returns:
        Each gate divided into those who stopped there, by reason, and those who went on.
    """
    flow = Flow()
    flow.boxes[gates[0].code if gates else ALLOCATED] = gates[0].came if gates else participants
    for gate, after in zip_longest(gates, gates[1:]):
        parts = {f"{gate.code}.{reason}": count for reason, count in gate.stopped.items()}
        on = {after.code: after.came} if after else {ALLOCATED: participants}
        flow.divide(gate.code, parts | on)
    return flow


def faults(flow: Flow) -> list[str]:
    """Where a flow does not add up.

    Args:
        flow: of any size.

    Returns:
        A sentence for each box that is not the sum of what leaves it, and each that is below zero.
    """
    below = [f"{box}: {count} people" for box, count in flow.boxes.items() if count < 0]
    return below + [
        f"{whole}: {flow.boxes[whole]} people, but {sum(flow.boxes[part] for part in parts)} leave it"
        for whole, parts in flow.sums
        if flow.boxes[whole] != sum(flow.boxes[part] for part in parts)
    ]


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
