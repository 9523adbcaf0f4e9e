"""Whether every box of a flow is the sum of what leaves it, wherever the programme ran. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Any

from checkpoint.outcomes.cuts.facts import ALLOCATED, GATES, NOT_TOLD
from checkpoint.outcomes.cuts.states import FlowDoesNotReconcile


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
