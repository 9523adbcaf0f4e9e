"""What outcome the end of a contract proposes, and what its victims are told. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from checkpoint.contracts.outcomes.states import COMPLETED_ACTIVITY, ContractNotEnded
from checkpoint.contracts.states import ENDED, ContractState, Fallback, StepReason
from checkpoint.delivery.references import Outcomes
from checkpoint.foundation.errors import RuleBroken
from checkpoint.victims.states import NotificationKind

AGREED: Mapping[Fallback, str] = MappingProxyType(
    {Fallback.CHARGE: "1", Fallback.CAUTION: "3", Fallback.CONDITIONAL_CAUTION: "3"}
)
OF_CLOSURE: Mapping[StepReason, tuple[str, str]] = MappingProxyType(
    {
        StepReason.DEATH: ("5", "The person died."),
        StepReason.TRANSFERRED: ("20", "The case went to another body."),
    }
)
BEFORE_22 = (
    "It was completed before outcome 22 came into use on 1 April 2019; what was recorded then is "
    "not known."
)
UNDECIDED = "Nothing was agreed for this: decide it as without the programme."
TOLD_OF_END: Mapping[ContractState, NotificationKind] = MappingProxyType(
    {
        ContractState.COMPLETED: NotificationKind.CONTRACT_COMPLETED,
        ContractState.FAILED: NotificationKind.CONTRACT_FAILED,
        ContractState.WITHDRAWN: NotificationKind.CONTRACT_ENDED,
        ContractState.CLOSED: NotificationKind.CONTRACT_ENDED,
    }
)


@dataclass(frozen=True)
class Proposal:
    """What outcome somebody may want to record of each offence; it is theirs to decide."""

    code: str | None
    why: str


def proposal(
    state: ContractState,
    reason: StepReason | None,
    fallback: Fallback,
    *,
    ended_on: date,
    known: Outcomes,
) -> Proposal:
    """What the end of a contract proposes for each of its offences.

    Args:
        state: how the contract ended.
        reason: why, as its last step has it.
        fallback: what was agreed for the case that it is not completed.
        ended_on: the day in England on which it ended.
        known: the outcomes that may be recorded, with their days.

    Returns:
        An outcome's code, or None where none is agreed; and why.

    Source: domain notes 1.5 (failing is a decision to be taken, not a charge), 1.7 (codes; 22 only
    from 1 April 2019) and 7.1 h. That a conditional caution counts as outcome 3 is own knowledge,
    unverified.
    """
    if state is ContractState.COMPLETED:
        listed = known.of(COMPLETED_ACTIVITY)
        if listed is not None and listed.may_be_given(ended_on):
            return Proposal(COMPLETED_ACTIVITY, "The contract was completed.")
        return Proposal(None, BEFORE_22)
    if state in (ContractState.FAILED, ContractState.WITHDRAWN):
        return Proposal(AGREED[fallback], "Agreed at the start for the case that it fails.")
    return Proposal(*OF_CLOSURE.get(reason, (None, UNDECIDED)) if reason else (None, UNDECIDED))


def check_ended(state: ContractState) -> None:
    """An outcome may be recorded of a contract's offences.

    Args:
        state: where the contract stands.

    Raises:
        ContractNotEnded: it may still be completed.
    """
    if state not in ENDED:
        raise ContractNotEnded("Complete, fail, withdraw or close it first.", state=state.value)


def check_outcome_day(disposed_on: date, *, ended_on: date) -> None:
    """An offence is disposed of when the contract has ended, and not before.

    Args:
        disposed_on: a day in England.
        ended_on: the day in England on which the contract ended.

    Raises:
        RuleBroken: disposed-before-contract-ended.

    Source: domain notes 1.7: 22 only after the activity is complete.
    """
    if disposed_on < ended_on:
        raise RuleBroken(
            "#/disposed_on",
            "disposed-before-contract-ended",
            "This lies before the day on which the contract ended.",
        )


def duties(
    state: ContractState, *, started_at: datetime | None, ended_at: datetime | None
) -> Iterator[tuple[NotificationKind, datetime]]:
    """What every victim of the case has to be told of a contract.

    Args:
        state: where it stands.
        started_at: when it started; None where it never did, and then there is nothing to tell.
        ended_at: when it ended; None while it runs.

    Returns:
        What is to be told and when it happened, in that order.
    """
    if started_at is None:
        return
    yield NotificationKind.CONTRACT_STARTED, started_at
    if ended_at is not None:
        yield TOLD_OF_END[state], ended_at


def check_objection_day(objected_on: date, *, since: date, today: date) -> None:
    """A victim objected to a contract that there was, and has done so.

    Args:
        objected_on: the day in England.
        since: the day on which the contract was drafted.
        today: in England.

    Raises:
        RuleBroken: in-the-future or before-the-contract.
    """
    if objected_on > today:
        raise RuleBroken("#/objected_on", "in-the-future", "This day has not come yet.")
    if objected_on < since:
        raise RuleBroken(
            "#/objected_on", "before-the-contract", "This lies before the contract was drafted."
        )
