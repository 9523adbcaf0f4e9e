"""How often groups went on at each gate, and how that compares with a reference. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checkpoint.evaluation.control import Policy, table
from checkpoint.evaluation.estimates import Estimate, Group, risk, risk_ratio
from checkpoint.outcomes.cuts.facts import GATES

CHARACTERISTICS = ("ethnicity", "sex", "age_band", "suite")
NOT_STATED = "not_stated"
GIVEN, COMPLETED = "given", "completed"


@dataclass(frozen=True)
class Step:
    """How many of each group came to a gate, and how many of these went through it."""

    gate: str
    groups: Mapping[str, Group]


@dataclass(frozen=True)
class Compared:
    """A group at a gate as a reader sees it; None is suppressed, and what would rest on it."""

    group: str
    came: int | None
    went_on: int | None
    rate: Estimate | None
    index: Estimate | None


def steps(
    by: Iterable[Mapping[str, Any]], people: Sequence[Any], characteristic: str
) -> list[Step]:
    """Every gate from arrest to completion, for the groups of one characteristic.

    Args:
        by: how many stand at each gate before allocation; empty where that is not told.
        people: how many were allocated, with what they were given and whether they completed.
        characteristic: one of ``CHARACTERISTICS``.

    Returns:
        Gates in order. Each is of those who came through the one before; of completion, of those
        who had something to complete.
    """
    found = [*_before([*by], characteristic)]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in people:
        group = group_of(getattr(row, characteristic))
        counts[group]["came"] += row.people
        counts[group][GIVEN] += row.people * row.given
        counts[group]["able"] += row.people * (row.completed is not None)
        counts[group][COMPLETED] += row.people * bool(row.completed)
    for gate, came in ((GIVEN, "came"), (COMPLETED, "able")):
        groups = {group: Group(each[came], each[gate]) for group, each in sorted(counts.items())}
        found.append(Step(gate, {name: group for name, group in groups.items() if group.people}))
    return found


def _before(by: Sequence[Mapping[str, Any]], characteristic: str) -> Iterable[Step]:
    stand: dict[str, Counter[str]] = defaultdict(Counter)
    for each in by:
        stand[group_of(each[characteristic])][each["gate"]] += each["cases"]
    for place in range(1, len(GATES) if by else 0):
        groups = {
            group: Group(
                sum(at[gate] for gate in GATES[place - 1 :]),
                sum(at[gate] for gate in GATES[place:]),
            )
            for group, at in sorted(stand.items())
        }
        yield Step(GATES[place], {name: group for name, group in groups.items() if group.people})


def group_of(code: str | None) -> str:
    """The group of somebody; whoever did not say is in one of their own."""
    return code or NOT_STATED


def reference_of(found: Sequence[Step], declared: str | None = None) -> str | None:
    """The group that others are held against: the one declared, else the largest.

    Args:
        found: the gates, in order.
        declared: a group's code; None: the largest at the first gate.

    Returns:
        A code; None where only people who did not say are there, or the one declared is not.
    """
    groups = found[0].groups
    if declared is not None:
        return declared if declared in groups else None
    named = [group for group in groups if group != NOT_STATED]
    return max(named, key=lambda group: (groups[group].people, group), default=None)


def compared(step: Step, reference: str | None, policy: Policy | None) -> list[Compared]:
    """Each group's rate at a gate, and the relative rate index.

    The index is a group's rate as a multiple of the reference's: 1 where both go on as often.

    Args:
        step: the gate.
        reference: the group that others are held against; None: there is none.
        policy: by which small counts are suppressed and others rounded; None: all are exact.

    Returns:
        The groups in order, those who did not say last. Rates and indexes are worked out from the
        counts that are shown, so nothing more can be worked out from them.

    Source: OJJDP, Disproportionate Minority Contact Technical Assistance Manual, 4th edition
    (2009), chapter 1: each decision's rate is of those who came to it; domain notes 3.6.
    """
    names = sorted(step.groups, key=lambda name: (name == NOT_STATED, name))
    shown = _shown([step.groups[name] for name in names], policy)
    by_name = dict(zip(names, shown, strict=True))
    against = by_name.get(reference) if reference else None
    found = []
    for name, group in by_name.items():
        index = None
        if group and against and name != reference:
            index = risk_ratio(group, against)
        found.append(
            Compared(
                group=name,
                came=group.people if group else None,
                went_on=group.with_event if group else None,
                rate=risk(group) if group else None,
                index=index,
            )
        )
    return found


def _shown(groups: Sequence[Group], policy: Policy | None) -> list[Group | None]:
    if policy is None:
        return [*groups]
    counts = [(group.people - group.with_event, group.with_event) for group in groups]
    return [
        None if stayed is None or on is None else Group(stayed + on, on)
        for stayed, on in table(counts, policy).cells
    ]
