"""A contract's life: where it stands, what may happen next, and why. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class ContractState(StrEnum):
    """Where a contract stands."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACTIVE = "active"
    SUSPENDED = "suspended"  # its clock stands still
    COMPLETED = "completed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"  # the person took part no longer
    CLOSED = "closed"  # neither completed nor failed: death, a move, a transfer, prison
    DECLINED = "declined"  # the person would not sign
    LAPSED = "lapsed"  # never signed


LIVE = frozenset({ContractState.ACTIVE, ContractState.SUSPENDED})
OPEN = LIVE | {ContractState.DRAFT, ContractState.OFFERED}
ENDED = frozenset(ContractState) - OPEN
# The ends after which nobody works the case: its navigator's access ends in the same moment.
WORKED_TO_ITS_END = ENDED - {ContractState.DECLINED, ContractState.LAPSED}


class ContractEvent(StrEnum):
    """The room's events. Each deed is one of them, in the ledger and among the contract's steps."""

    DRAFTED = "contract.drafted"  # none -> draft
    REDRAFTED = "contract.redrafted"  # draft or offered -> draft
    OFFERED = "contract.offered"  # draft -> offered
    SIGNED = "contract.signed"
    STARTED = "contract.started"  # offered -> active, with the third signature
    PROPOSED = "contract.change_proposed"
    REFUSED = "contract.change_declined"
    CHANGED = "contract.changed"  # a change counts, with its third signature
    SUSPENDED = "contract.suspended"  # active -> suspended
    RESUMED = "contract.resumed"  # suspended -> active
    DECLINED = "contract.declined"  # draft or offered -> declined
    LAPSED = "contract.lapsed"  # draft or offered -> lapsed
    COMPLETED = "contract.completed"  # active or suspended -> completed
    FAILED = "contract.failed"  # active or suspended -> failed
    WITHDRAWN = "contract.withdrawn"  # active or suspended -> withdrawn
    CLOSED = "contract.closed"  # any open state -> closed
    READ = "contract.read"
    LISTED = "contract.listed"
    PRINTED = "contract.printed"


class StepReason(StrEnum):
    """Why a contract took a step, as a code."""

    HOSPITAL = "hospital"
    PRISON = "prison"
    WAITING_LIST = "waiting_list"  # of a provider
    SAFEGUARDING = "safeguarding"
    CHANGED_MIND = "changed_mind"
    CONDITIONS_REFUSED = "conditions_refused"
    ADVISED_AGAINST = "advised_against"
    NO_SHOW = "no_show"
    NOT_REACHED = "not_reached"
    OUT_OF_TIME = "out_of_time"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    DEATH = "death"
    MOVED_AWAY = "moved_away"
    TRANSFERRED = "transferred"
    IMPRISONED = "imprisoned"
    CONDITIONS_MET = "conditions_met"
    CONDITIONS_EXCUSED = "conditions_excused"
    NAMED_REASON = "named_reason"  # a supervisor's, in words
    BREACH = "breach"
    OFFENDED = "offended"
    OTHER = "other"


class Fallback(StrEnum):
    """What the police do where a contract is not completed, as agreed at its start.

    Source: domain notes 1.5.
    """

    CHARGE = "charge"
    CAUTION = "caution"
    CONDITIONAL_CAUTION = "conditional_caution"


DECLINING = (
    StepReason.CHANGED_MIND,
    StepReason.CONDITIONS_REFUSED,
    StepReason.ADVISED_AGAINST,
    StepReason.OTHER,
)
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ContractState.DRAFT: "Draft",
        ContractState.OFFERED: "Offered, not signed by all",
        ContractState.ACTIVE: "Running",
        ContractState.SUSPENDED: "Suspended; its clock stands still",
        ContractState.COMPLETED: "Completed",
        ContractState.FAILED: "Failed",
        ContractState.WITHDRAWN: "Withdrawn from by the person",
        ContractState.CLOSED: "Closed, neither completed nor failed",
        ContractState.DECLINED: "Declined by the person",
        ContractState.LAPSED: "Never signed",
        Fallback.CHARGE: "Charge",
        Fallback.CAUTION: "Simple caution",
        Fallback.CONDITIONAL_CAUTION: "Conditional caution",
        StepReason.HOSPITAL: "In hospital",
        StepReason.PRISON: "In prison, on remand or for another matter",
        StepReason.WAITING_LIST: "On a provider's waiting list",
        StepReason.SAFEGUARDING: "Somebody has to be kept safe first",
        StepReason.CHANGED_MIND: "The person changed their mind",
        StepReason.CONDITIONS_REFUSED: "The person would not agree to a condition",
        StepReason.ADVISED_AGAINST: "Advised against it",
        StepReason.NO_SHOW: "The person did not come to sign",
        StepReason.NOT_REACHED: "The person could not be reached",
        StepReason.OUT_OF_TIME: "Too little time was left",
        StepReason.CONSENT_WITHDRAWN: "Consent to the programme was withdrawn",
        StepReason.DEATH: "The person died",
        StepReason.MOVED_AWAY: "The person moved away",
        StepReason.TRANSFERRED: "Transferred to another force or service",
        StepReason.IMPRISONED: "The person was imprisoned",
        StepReason.CONDITIONS_MET: "Every condition is met",
        StepReason.CONDITIONS_EXCUSED: "Every condition is met or excused",
        StepReason.NAMED_REASON: "A supervisor's reason, in words",
        StepReason.BREACH: "A condition was broken",
        StepReason.OFFENDED: "An offence since the contract began",
        StepReason.OTHER: "Another reason, in words",
    }
)
REASONS: Mapping[ContractEvent, tuple[StepReason, ...]] = MappingProxyType(
    {
        ContractEvent.SUSPENDED: (
            StepReason.HOSPITAL,
            StepReason.PRISON,
            StepReason.WAITING_LIST,
            StepReason.SAFEGUARDING,
            StepReason.OTHER,
        ),
        ContractEvent.DECLINED: DECLINING,
        ContractEvent.REFUSED: DECLINING,
        ContractEvent.LAPSED: (
            StepReason.NO_SHOW,
            StepReason.NOT_REACHED,
            StepReason.OUT_OF_TIME,
            StepReason.OTHER,
        ),
        ContractEvent.WITHDRAWN: (
            StepReason.CONSENT_WITHDRAWN,
            StepReason.CHANGED_MIND,
            StepReason.OTHER,
        ),
        ContractEvent.CLOSED: (
            StepReason.DEATH,
            StepReason.MOVED_AWAY,
            StepReason.TRANSFERRED,
            StepReason.IMPRISONED,
            StepReason.OTHER,
        ),
        ContractEvent.COMPLETED: (
            StepReason.CONDITIONS_MET,
            StepReason.CONDITIONS_EXCUSED,
            StepReason.NAMED_REASON,
        ),
        ContractEvent.FAILED: (StepReason.BREACH, StepReason.OFFENDED),
    }
)
WORDED = frozenset({StepReason.OTHER, StepReason.NAMED_REASON})
_S, _E = ContractState, ContractEvent
NEXT: Mapping[tuple[ContractState | None, ContractEvent], ContractState] = MappingProxyType(
    {
        (None, _E.DRAFTED): _S.DRAFT,
        **{(state, _E.REDRAFTED): _S.DRAFT for state in (_S.DRAFT, _S.OFFERED)},
        (_S.DRAFT, _E.OFFERED): _S.OFFERED,
        **{(state, _E.SIGNED): state for state in (_S.OFFERED, _S.ACTIVE, _S.SUSPENDED)},
        (_S.OFFERED, _E.STARTED): _S.ACTIVE,
        **{
            (state, event): state
            for state in (_S.ACTIVE, _S.SUSPENDED)
            for event in (_E.PROPOSED, _E.REFUSED, _E.CHANGED)
        },
        (_S.ACTIVE, _E.SUSPENDED): _S.SUSPENDED,
        (_S.SUSPENDED, _E.RESUMED): _S.ACTIVE,
        **{
            (state, event): to
            for state in (_S.DRAFT, _S.OFFERED)
            for event, to in ((_E.DECLINED, _S.DECLINED), (_E.LAPSED, _S.LAPSED))
        },
        **{
            (state, event): to
            for state in (_S.ACTIVE, _S.SUSPENDED)
            for event, to in (
                (_E.COMPLETED, _S.COMPLETED),
                (_E.FAILED, _S.FAILED),
                (_E.WITHDRAWN, _S.WITHDRAWN),
            )
        },
        **{
            (state, _E.CLOSED): _S.CLOSED
            for state in (_S.DRAFT, _S.OFFERED, _S.ACTIVE, _S.SUSPENDED)
        },
    }
)
REMEDY: Mapping[ContractState, str] = MappingProxyType(
    {
        _S.DRAFT: "It is a draft: offer it first.",
        _S.OFFERED: "It is offered: it runs with its third signature.",
        _S.ACTIVE: "It runs: suspend it, propose a change, or end it.",
        _S.SUSPENDED: "Its clock stands still: resume it first, or end it.",
        **dict.fromkeys(ENDED, "It has ended; what was recorded stands."),
    }
)


class ContractNotFound(errors.NotFound):
    slug = "contract-not-found"
    title = "There is no such contract that you may see"


class ContractThere(errors.Conflict):
    slug = "contract-there"
    title = "The case has a contract"


class NotStarted(errors.Conflict):
    slug = "programme-not-started"
    title = "Nobody has a contract who was not started on the programme"


class StepNotAllowed(errors.Conflict):
    slug = "contract-step-not-allowed"
    title = "The contract does not stand where that step begins"


class DecidedByTheNavigator(errors.Conflict):
    slug = "decision-by-another"
    title = "Whoever works the case does not decide how it ends"


class ConditionsOpen(errors.Conflict):
    slug = "conditions-open"
    title = "Not every condition is met or excused"


def step(state: ContractState | None, event: ContractEvent) -> ContractState:
    """Where a step of a contract leads.

    Args:
        state: where it stands; None where there is none yet.
        event: what happens.

    Returns:
        Where it stands from then on.

    Raises:
        StepNotAllowed: the step does not begin there; says what there is to do instead.
    """
    try:
        return NEXT[state, event]
    except KeyError:
        stands = "There is no contract yet: draft one." if state is None else REMEDY[state]
        raise StepNotAllowed(stands, state=state.value if state else None) from None


def check_reason(event: ContractEvent, reason: StepReason, words: str | None) -> None:
    """A step has a reason of its own kind, and words where the code says nothing.

    Args:
        event: what happens.
        reason: why, as a code.
        words: why, in words.

    Raises:
        RuleBroken: reason-of-another-step or words-missing.
    """
    if reason not in REASONS.get(event, ()):
        offered = ", ".join(REASONS.get(event, ()))
        raise errors.RuleBroken(
            "#/reason_code", "reason-of-another-step", f"Choose one of: {offered}."
        )
    if reason in WORDED and not words:
        raise errors.RuleBroken("#/words", "words-missing", "Say why, in words.")
