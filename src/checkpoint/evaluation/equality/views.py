"""Counts by group into rates and indexes, as their reader may see them; no session."""

from collections.abc import Mapping, Sequence
from typing import Any

from checkpoint.evaluation import views
from checkpoint.evaluation.control import SUPPRESSED_AND_ROUNDED, Policy
from checkpoint.evaluation.equality import facts
from checkpoint.evaluation.equality.rules import (
    CHARACTERISTICS,
    Compared,
    Step,
    compared,
    reference_of,
    steps,
)
from checkpoint.evaluation.equality.schemas import (
    CharacteristicView,
    EqualityView,
    GateRatesView,
    GroupRateView,
)
from checkpoint.evaluation.flows.views import window
from checkpoint.evaluation.queries import Opened
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import EXACT
from checkpoint.foundation.errors import RuleBroken


def equality(
    opened: Opened,
    allocated: Mapping[str, int],
    people: Sequence[Any],
    declared: Mapping[str, str],
    *,
    role: Role,
) -> EqualityView:
    """How groups fare at every gate.

    Args:
        opened: the cut.
        allocated: how many, by mask.
        people: those allocated, counted by group.
        declared: the groups to hold others against, by characteristic; else the largest.
        role: the reader's.

    Raises:
        RuleBroken: a group that is declared is not there.
    """
    policy = None if role in EXACT else SUPPRESSED_AND_ROUNDED
    by = opened.cut.flow.get("by", [])
    return EqualityView(
        **views.beginning(opened, allocated, role=role),
        window=window(opened),
        method=facts.METHOD,
        control=facts.CONTROLLED if policy else facts.EXACT,
        policy=policy and policy.version,
        nothing_before=None if by else facts.NOTHING_BEFORE,
        characteristics=[
            _characteristic(name, steps(by, people, name), declared.get(name), policy)
            for name in CHARACTERISTICS
        ],
    )


def _characteristic(
    name: str, found: Sequence[Step], declared: str | None, policy: Policy | None
) -> CharacteristicView:
    reference = reference_of(found, declared)
    if declared and reference is None:
        there = ", ".join(found[0].groups) or "none"
        raise RuleBroken(
            "query:reference", "group-not-in-cut", f"Of {name} the cut has the groups: {there}."
        )
    return CharacteristicView(
        by=name,
        words=facts.CHARACTERISTICS[name],
        not_stated=facts.NOT_STATED[name],
        reference=reference,
        declared=declared is not None,
        gates=[
            GateRatesView(
                gate=step.gate,
                words=facts.GATES[step.gate][0],
                denominator=facts.GATES[step.gate][1],
                groups=[
                    _group(each, _withheld(step, policy))
                    for each in compared(step, reference, policy)
                ],
            )
            for step in found
        ],
    )


def _withheld(step: Step, policy: Policy | None) -> str:
    """Why the figures of a group are not there, where they are not."""
    return facts.SUPPRESSED if policy and not step.known_of_nobody else facts.NOT_KNOWN


def _group(each: Compared, withheld: str) -> GroupRateView:
    return GroupRateView(
        group=each.group,
        came=each.came,
        went_on=each.went_on,
        not_known=each.not_known,
        rate=each.rate and views.estimate(each.rate),
        index=each.index and views.estimate(each.index),
        withheld=withheld if each.came is None else None,
    )
