"""From a start to the last outcome: where the work of a case stands, and what is next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from checkpoint.contracts.states import ENDED, OPEN, ContractState


class Work(StrEnum):
    """Where the work of a case that came in stands, as far as its reader may know."""

    UNTOLD = "untold"  # they have not been shown the arm; the same for every arm
    NOT_STARTED = "not_started"
    UNASSIGNED = "unassigned"
    UNCONTRACTED = "uncontracted"
    DRAFT = "draft"
    OFFERED = "offered"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


OF_CONTRACT: Mapping[ContractState | None, Work] = MappingProxyType(
    {
        None: Work.UNCONTRACTED,
        ContractState.DRAFT: Work.DRAFT,
        ContractState.OFFERED: Work.OFFERED,
        ContractState.ACTIVE: Work.ACTIVE,
        ContractState.SUSPENDED: Work.SUSPENDED,
        **dict.fromkeys(ENDED, Work.ENDED),
    }
)
NEXT: Mapping[Work, str] = MappingProxyType(
    {
        Work.UNASSIGNED: "Assign a navigator.",
        Work.UNCONTRACTED: "Draft the contract.",
        Work.DRAFT: "Offer the contract.",
        Work.OFFERED: "Have the contract signed by all three.",
        Work.ACTIVE: "Keep the contract; complete it once its conditions are met.",
        Work.SUSPENDED: "Resume the contract once what stood in its way is over.",
        Work.ENDED: "Record the outcome of every offence.",
    }
)
WITHDREW = "The person withdrew: end the contract, then record the outcome of every offence."
ALL_TOLD = "Nothing but to see that every victim was told: the outcomes are on record."


@dataclass(frozen=True)
class Position:
    """Where the work of a case stands, and whether an outcome stands for every offence."""

    work: Work = Work.UNTOLD
    disposed: bool = False
    assigned: bool = False
    under_contract: bool = False  # one that has not ended


BLIND = Position()


def position_of(
    *,
    knows_arm: bool,
    started: bool,
    assigned: bool,
    contract: ContractState | None,
    disposed: bool,
) -> Position:
    """Where the work of a case stands for one reader.

    Args:
        knows_arm: whether they have been shown it, or the case has none.
        started: on the programme.
        assigned: whether it is a navigator's now.
        contract: where its contract stands; None where it never had one.
        disposed: whether an outcome stands for every offence.

    Returns:
        Of a case whose arm they do not know nothing but the last, which is of any arm.
    """
    if not knows_arm:
        return Position(disposed=disposed)
    work = OF_CONTRACT[contract]
    if not started:
        work = Work.NOT_STARTED
    elif not assigned and work is not Work.ENDED:
        work = Work.UNASSIGNED
    return Position(work, disposed, assigned, under_contract=contract in OPEN)


def next_of(found: Position, *, withdrew: bool) -> str | None:
    """What is to be done next with a case that was started, in words.

    Args:
        found: where its work stands.
        withdrew: whether the person took their consent to the programme back.

    Returns:
        A sentence; None where its way in says what is next.
    """
    if found.work is Work.ENDED:
        return ALL_TOLD if found.disposed else NEXT[Work.ENDED]
    if withdrew:
        return WITHDREW if found.under_contract else None
    return NEXT.get(found.work)
