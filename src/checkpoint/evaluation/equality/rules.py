"""How often groups went on at each gate, and how that compares with a reference. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checkpoint.evaluation.control import Policy, rounded, table
from checkpoint.evaluation.estimates import Estimate, Group, risk, risk_ratio
from checkpoint.outcomes.cuts.facts import GATES

CHARACTERISTICS = ("ethnicity", "sex", "age_band", "suite")
NOT_STATED = "not_stated"
GIVEN, COMPLETED = "given", "completed"


@dataclass(frozen=True)
class Step:
    """How many of each group came to a gate, and how many of these went through it.

    ``not_known`` are those who came beside them, of whom nobody knows whether they went through;
    by group, and only at a gate where that may be.
    """

    gate: str
    groups: Mapping[str, Group]
    not_known: Mapping[str, int] = field(default_factory=dict)

    @property
    def known_of_nobody(self) -> bool:
        """Whether people came, and it is known of none of them whether they went through."""
        return any(self.not_known.values()) and not any(g.people for g in self.groups.values())

    def everybody(self, group: str) -> int:
        """How many of a group came, known or not."""
        return self.groups[group].people + self.not_known.get(group, 0)


@dataclass(frozen=True)
class Compared:
    """A group at a gate as a reader sees it.

    None is suppressed, or known of nobody, and what would rest on it. ``not_known`` is None too at
    a gate where everybody is known of.
    """

    group: str
    came: int | None
    went_on: int | None
    not_known: int | None
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
        Gates in order. Each is of those who came through the one before; what was given, of those
        of whom it is known; of completion, of those who had something to complete.
    """
    found = [*_before([*by], characteristic)]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in people:
        group = group_of(getattr(row, characteristic))
        counts[group]["known"] += row.people * (row.given is not None)
        counts[group]["not_known"] += row.people * (row.given is None)
        counts[group][GIVEN] += row.people * bool(row.given)
        counts[group]["able"] += row.people * (row.completed is not None)
        counts[group][COMPLETED] += row.people * bool(row.completed)
    by_group = sorted(counts.items())
    given = {group: Group(each["known"], each[GIVEN]) for group, each in by_group}
    found.append(Step(GIVEN, given, {group: each["not_known"] for group, each in by_group}))
    able = {group: Group(each["able"], each[COMPLETED]) for group, each in by_group}
    found.append(Step(COMPLETED, {name: group for name, group in able.items() if group.people}))
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
    first = found[0]
    if declared is not None:
        return declared if declared in first.groups else None
    named = [group for group in first.groups if group != NOT_STATED]
    return max(named, key=lambda group: (first.everybody(group), group), default=None)


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
    shown = _shown(step, names, policy)
    against = shown[reference][0] if reference in shown else None
    found = []
    for name, (group, not_known) in shown.items():
        index = None
        if group and against and name != reference:
            index = risk_ratio(group, against)
        found.append(
            Compared(
                group=name,
                came=group.people if group else None,
                went_on=group.with_event if group else None,
                not_known=not_known,
                rate=risk(group) if group else None,
                index=index,
            )
        )
    return found


def _shown(
    step: Step, names: Sequence[str], policy: Policy | None
) -> dict[str, tuple[Group | None, int | None]]:
    """By group: who came and went on, and of how many that is not known, as a reader may see them."""
    groups = [step.groups[name] for name in names]
    beside = [step.not_known.get(name) for name in names]
    if policy is None:
        known = [group if group.people else None for group in groups]
        return dict(zip(names, zip(known, beside, strict=True), strict=True))
    # All who came are told at the gate before: of whom few are not known, those who are known
    # would tell how few. So that group is hidden whole, and with it another one.
    few = [0 < (n or 0) < policy.aggregates.smallest for n in beside]
    counts = [
        (0, 0) if hides else (group.people - group.with_event, group.with_event)
        for group, hides in zip(groups, few, strict=True)
    ]
    found: dict[str, tuple[Group | None, int | None]] = {}
    for name, (stayed, on), n in zip(names, table(counts, policy).cells, beside, strict=True):
        if stayed is None or on is None:
            found[name] = None, None
        else:
            found[name] = Group(stayed + on, on), rounded(n, policy) if n else n
    return found
