"""The flow of a programme that ran elsewhere, and the programme cut off on an earlier day. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from checkpoint.outcomes.cuts.facts import ALLOCATED, GATES, NOT_TOLD, Programme, Taken, day_of
from checkpoint.outcomes.cuts.rules import before_allocation, faults, gates_of
from checkpoint.outcomes.cuts.states import FlowDoesNotReconcile

AFTERWARDS = "allocated_afterwards"
RECONCILE = (
    "Correct the manifest's flow: whoever came to a gate is those who stopped there, by the reasons "
    "that are told, and those who came to the next; the last go on to be the participants. A reason "
    "is named after a gate that is told, as in screened_not_eligible."
)


def flow_at_fault(flow: Mapping[str, int], participants: int) -> str | None:
    """Where the flow of a manifest does not add up, and how it would; None: it does.

    Not asked of a manifest as such, so that those of editions that are here stay readable.

    Args:
        flow: counts by gate, and by gate and reason.
        participants: of the trial; they are those who were allocated.

    Returns:
        A sentence for each gate, without what comes first, and the remedy.
    """
    try:
        found = faults(before_allocation(gates_of(flow, participants), participants))
    except FlowDoesNotReconcile as error:
        found = [error.detail or ""]
    return f"{'; '.join(found)}. {RECONCILE}".replace("..", ".") if found else None


def cut_off(programme: Programme, *, last: date, later: int) -> Programme:
    """The same programme, cut off on an earlier day.

    A manifest tells no day of anybody's coming to a gate, so the gates stay as they are told, and
    whoever was allocated later leaves at the last of them, under a reason of their own.

    Args:
        programme: as the manifest has it, with how many were ``allocated``.
        last: the last day that counts, in England.
        later: how many people were allocated after it.

    Returns:
        The programme until that day; its flow adds up wherever the manifest's does.
    """
    flow = dict(programme.flow)
    told = [gate for gate in GATES if gate != ALLOCATED and gate in flow]
    if told and later:
        gate = told[-1]
        rest = flow[gate] - flow[ALLOCATED]
        reasons = [name for name in flow if name.startswith(f"{gate}_") and flow[name]]
        # A gate that tells no reasons has its rest told as such; now it tells one.
        flow |= {f"{gate}_{NOT_TOLD}": rest} if rest and not reasons else {}
        flow[f"{gate}_{AFTERWARDS}"] = later
    flow[ALLOCATED] -= later
    return replace(programme, followed_until=last, flow=flow)


def without_days(taken: Taken, *, last: date) -> Taken:
    """Somebody in a cut that ends before their edition does, without what has no day of its own.

    Args:
        taken: as the edition tells of them.
        last: the cut's last day, in England.

    Returns:
        The same; distance travelled and cost are not known, as they may have come later, and days
        in custody neither, unless none was until then or the person was observed no longer anyway.
    """
    ends = day_of(last, allocated_on=taken.allocated_on)
    beyond = any(each.day > ends for each in taken.ends)
    later = taken.custody_day is not None and taken.custody_day > ends
    return replace(
        taken,
        distance_travelled=None,
        cost_pence=None,
        spells=() if later else None if taken.spells and beyond else taken.spells,
    )
