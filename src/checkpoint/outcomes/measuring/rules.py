"""What a measure of a case has to say. Pure."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from uuid import UUID

from checkpoint.foundation.errors import RuleBroken, check_all
from checkpoint.outcomes.measuring.states import CaseMeasureKind, CostKind

# Source: WEMWBS has 14 items of 1 to 5 (domain notes 2.2); satisfaction is this software's scale.
RANGES: Mapping[CaseMeasureKind, tuple[int, int]] = MappingProxyType(
    {
        CaseMeasureKind.VICTIM_SATISFACTION: (1, 5),
        CaseMeasureKind.WELLBEING: (14, 70),
        CaseMeasureKind.COST: (0, 100_000_000),
    }
)


def check_measure(
    kind: CaseMeasureKind,
    value: int,
    *,
    victim_id: UUID | None,
    cost_kind: CostKind | None,
    taken_on: date,
    arrested_on: date,
    today: date,
) -> None:
    """A measure may be recorded.

    Args:
        kind: what is measured.
        value: points, or pence.
        victim_id: whose satisfaction it is.
        cost_kind: what the cost was for.
        taken_on: the day it was taken, or of which the cost is.
        arrested_on: the day of the arrest, in England.
        today: in England.

    Raises:
        RuleBroken: out-of-range, victim-not-named, victim-not-needed, cost-kind-not-named,
            cost-kind-not-needed, in-the-future or before-arrest; all at once.
    """
    check_all(
        lambda: _check_value(kind, value),
        lambda: _check_victim(kind, victim_id),
        lambda: _check_cost(kind, cost_kind),
        lambda: _check_day(taken_on, arrested_on=arrested_on, today=today),
    )


def _check_value(kind: CaseMeasureKind, value: int) -> None:
    lowest, highest = RANGES[kind]
    if not lowest <= value <= highest:
        raise RuleBroken("#/value", "out-of-range", f"It is {lowest:,} to {highest:,}.")


def _check_victim(kind: CaseMeasureKind, victim_id: UUID | None) -> None:
    of_victim = kind is CaseMeasureKind.VICTIM_SATISFACTION
    if of_victim and victim_id is None:
        raise RuleBroken("#/victim_id", "victim-not-named", "Say whose satisfaction it is.")
    if not of_victim and victim_id is not None:
        raise RuleBroken("#/victim_id", "victim-not-needed", "Leave the victim out.")


def _check_cost(kind: CaseMeasureKind, cost_kind: CostKind | None) -> None:
    is_cost = kind is CaseMeasureKind.COST
    if is_cost and cost_kind is None:
        raise RuleBroken("#/cost_kind", "cost-kind-not-named", "Say what it was for.")
    if not is_cost and cost_kind is not None:
        raise RuleBroken("#/cost_kind", "cost-kind-not-needed", "Leave it out.")


def _check_day(taken_on: date, *, arrested_on: date, today: date) -> None:
    if taken_on > today:
        raise RuleBroken("#/taken_on", "in-the-future", "Give today or an earlier day.")
    if taken_on < arrested_on:
        raise RuleBroken("#/taken_on", "before-arrest", "Give the day of the arrest or later.")
