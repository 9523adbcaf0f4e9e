"""Where a contract stands from step to step, what puts it at risk, and who decides its end. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from checkpoint.contracts.clocks import WARNINGS, longest_on, moved, policy_on
from checkpoint.contracts.states import (
    OPEN,
    ConditionsOpen,
    ContractEvent,
    ContractState,
    DecidedByTheNavigator,
    StepReason,
    step,
)
from checkpoint.custody.movements.rules import check_past
from checkpoint.foundation.errors import RuleBroken


class Risk(StrEnum):
    """What puts a contract at risk; shown, and nothing follows from it by itself."""

    CONSENT_WITHDRAWN = "consent_withdrawn"
    PAST_LIMIT = "past_limit"
    PROSECUTION_SOON = "prosecution_soon"
    OVERDUE = "overdue"


RISK_WORDS = {
    Risk.CONSENT_WITHDRAWN: "Consent to the programme was withdrawn: withdraw the contract.",
    Risk.PAST_LIMIT: "It ends after the last day that the prosecution clock allows.",
    Risk.PROSECUTION_SOON: "The last day to prosecute is near.",
    Risk.OVERDUE: "Its last day is over: decide how it ends.",
}


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a contract stands after a step; the step and the contract both say so."""

    state: ContractState
    number: int = 1
    terms_number: int = 1
    starts_on: date | None = None
    ends_on: date | None = None
    excused_days: int = 0

    @property
    def longest_on(self) -> date | None:
        """The last day that extensions may give it; None before it has started."""
        if self.starts_on is None:
            return None
        return longest_on(self.starts_on, self.excused_days, policy_on(self.starts_on))

    def after(self, event: ContractEvent, **changes: Any) -> "Stand":
        """Where it stands after the next step, with whatever else that changes.

        Raises:
            StepNotAllowed: the step does not begin here.
        """
        return replace(self, state=step(self.state, event), number=self.number + 1, **changes)


def began() -> Stand:
    """Where a contract stands once it is drafted."""
    return Stand(state=step(None, ContractEvent.DRAFTED))


def resumed(stand: Stand, days: int, *, limit: date | None) -> Stand:
    """Where a suspended contract stands once its clock goes on.

    Args:
        stand: where it stands; suspended.
        days: how long its clock stood still, in days.
        limit: the last day that the prosecution clock allows; None is none.

    Returns:
        Active, its last day moved on by these days and never past the limit.

    Raises:
        StepNotAllowed: its clock does not stand still.
    """
    found = stand.after(ContractEvent.RESUMED, excused_days=stand.excused_days + days)
    return replace(found, ends_on=moved(stand.ends_on or date.max, days, limit=limit))


def check_when(happened_at: datetime, *, since: datetime, now: datetime) -> None:
    """A step happened after what it follows, and not in the future.

    Args:
        happened_at: when it happened.
        since: when the contract last started, was suspended or resumed; before that, when its
            person was started on the programme.
        now: the present.

    Raises:
        RuleBroken: in-the-future or before-the-last-step.
    """
    check_past(happened_at, now=now, field="#/happened_at")
    if happened_at < since:
        raise RuleBroken(
            "#/happened_at",
            "before-the-last-step",
            "This is before what the contract's last step tells: check the day and the time.",
        )


def check_decider(by: UUID, *, workers: Collection[UUID]) -> None:
    """Whoever works a case does not decide how its contract ends.

    Args:
        by: who decides.
        workers: the case's navigator, whoever covers it, and who signed as the navigator.

    Raises:
        DecidedByTheNavigator: they work it.
    """
    if by in workers:
        raise DecidedByTheNavigator("Ask a supervisor who does not work the case.")


def check_completion(reason: StepReason, *, unmet: int, excused: int) -> None:
    """A contract is completed where every condition is met or excused, or by a named reason.

    Args:
        reason: why it is completed.
        unmet: how many conditions are neither met nor excused.
        excused: how many are excused.

    Raises:
        ConditionsOpen: the reason says more than the conditions do.
    """
    if reason is StepReason.NAMED_REASON:
        return
    short = unmet + (excused if reason is StepReason.CONDITIONS_MET else 0)
    if short:
        raise ConditionsOpen(
            f"Of its conditions, {short} are not: record what was done, or send named_reason and "
            "say why in words.",
            conditions=short,
        )


def risks(
    stand: Stand,
    *,
    consent_stands: bool,
    limit: date | None,
    prosecute_by: date | None,
    on: date,
) -> list[Risk]:
    """What puts a contract at risk.

    Args:
        stand: where it stands.
        consent_stands: whether the consent to the programme does.
        limit: the last day that the prosecution clock allows; None is none.
        prosecute_by: the last day to start proceedings; None where no limit runs.
        on: today in England.

    Returns:
        In their order; none of one that has ended.
    """
    if stand.state not in OPEN:
        return []
    ends = stand.ends_on
    found = {
        Risk.CONSENT_WITHDRAWN: not consent_stands,
        Risk.PAST_LIMIT: limit is not None and ends is not None and ends > limit,
        Risk.PROSECUTION_SOON: prosecute_by is not None
        and (prosecute_by - on).days <= max(WARNINGS),
        Risk.OVERDUE: stand.state is ContractState.ACTIVE and ends is not None and ends < on,
    }
    return [risk for risk, there in found.items() if there]
