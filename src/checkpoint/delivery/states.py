"""What a case was really given, told apart from what it was assigned. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors
from checkpoint.oversight.states import Outcome
from checkpoint.trials.states import CONTROL


class DeliveryEvent(StrEnum):
    """The room's events."""

    STARTED = "delivery.programme_started"
    PROPOSED = "delivery.crossover_proposed"  # none or declined -> proposed
    CONFIRMED = "delivery.crossover_confirmed"  # proposed -> confirmed
    DECLINED = "delivery.crossover_declined"  # proposed -> declined
    DEVIATED = "delivery.deviation_recorded"
    READ = "delivery.read"
    DISPOSED = "disposal.recorded"
    REPLACED = "disposal.replaced"
    DISPOSALS_READ = "disposal.read"
    DUE_LISTED = "disposal.due_listed"
    DUE_COUNTED = "disposal.due_counted"


class Given(StrEnum):
    """What is on record of what somebody was given."""

    STARTED = "started"
    DEVIATED = "deviated"
    DISPOSED = "disposed"  # an outcome stands for every offence


class DeliveredArm(StrEnum):
    """What a case was really given, whatever it was assigned."""

    TREATMENT = "treatment"
    CONTROL = "control"
    NONE_YET = "none_yet"


class Direction(StrEnum):
    """Which way a case left what it was assigned."""

    TO_TREATMENT = "to_treatment"  # a crossover: authorised before
    TO_CONTROL = "to_control"  # a deviation: recorded after


class CrossoverState(StrEnum):
    """Where a case stands with crossing over to the programme."""

    NONE = "none"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class CrossoverReason(StrEnum):
    """Why two people gave a control case the programme."""

    OFFERED_ALREADY = "offered_already"
    WELFARE = "welfare"
    USUAL_PATH_CLOSED = "usual_path_closed"
    OTHER = "other"


class DeviationReason(StrEnum):
    """Why a treatment case went the way of the control."""

    PROSECUTED_INSTEAD = "prosecuted_instead"
    OTHER_DISPOSAL = "other_disposal"
    WITHDREW_BEFORE = "withdrew_before"
    NOT_REACHED = "not_reached"
    INELIGIBLE_AFTERWARDS = "ineligible_afterwards"
    OTHER = "other"


class DisposingAuthority(StrEnum):
    """Who decided how an offence was disposed of."""

    POLICE = "police"
    PROSECUTOR = "prosecutor"
    COURT = "court"


class ConditionKind(StrEnum):
    """What a condition of a disposal is for.

    Source: Criminal Justice Act 2003 s.22(3).
    """

    REHABILITATION = "rehabilitation"
    REPARATION = "reparation"
    PUNISHMENT = "punishment"


class ReplacingReason(StrEnum):
    """Why another disposal takes the place of one on record."""

    ENTERED_WRONGLY = "entered_wrongly"
    DECIDED_ANEW = "decided_anew"
    OTHER = "other"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        CrossoverReason.OFFERED_ALREADY: "The programme had been offered before the arm was known",
        CrossoverReason.WELFARE: "A need or a risk that will not wait",
        CrossoverReason.USUAL_PATH_CLOSED: "What the control gets is no longer open",
        CrossoverReason.OTHER: "Another reason, told in words",
        DeviationReason.PROSECUTED_INSTEAD: "Prosecuted instead",
        DeviationReason.OTHER_DISPOSAL: "Disposed of in another way out of court",
        DeviationReason.WITHDREW_BEFORE: "The person withdrew before the start",
        DeviationReason.NOT_REACHED: "The person could not be reached",
        DeviationReason.INELIGIBLE_AFTERWARDS: "Found ineligible afterwards",
        DeviationReason.OTHER: "Another reason, told in words",
        DisposingAuthority.POLICE: "Police",
        DisposingAuthority.PROSECUTOR: "Crown Prosecution Service",
        DisposingAuthority.COURT: "A court",
        ConditionKind.REHABILITATION: "To help the person's rehabilitation",
        ConditionKind.REPARATION: "To make good what was done",
        ConditionKind.PUNISHMENT: "To punish",
        ReplacingReason.ENTERED_WRONGLY: "What was on record had been entered wrongly",
        ReplacingReason.DECIDED_ANEW: "The offence was disposed of anew",
        ReplacingReason.OTHER: "Another reason",
    }
)
CROSSING: Mapping[tuple[CrossoverState, DeliveryEvent], CrossoverState] = MappingProxyType(
    {
        (CrossoverState.NONE, DeliveryEvent.PROPOSED): CrossoverState.PROPOSED,
        (CrossoverState.DECLINED, DeliveryEvent.PROPOSED): CrossoverState.PROPOSED,
        (CrossoverState.PROPOSED, DeliveryEvent.CONFIRMED): CrossoverState.CONFIRMED,
        (CrossoverState.PROPOSED, DeliveryEvent.DECLINED): CrossoverState.DECLINED,
    }
)
REMEDY: Mapping[CrossoverState, str] = MappingProxyType(
    {
        CrossoverState.NONE: "No crossover is proposed.",
        CrossoverState.PROPOSED: "One is proposed: a second person answers it first.",
        CrossoverState.CONFIRMED: "It is confirmed: the person may be started on the programme.",
        CrossoverState.DECLINED: "It was declined. Another may be proposed.",
    }
)


class NotInProgramme(errors.Conflict):
    slug = "not-in-programme"
    title = "The case is neither allocated nor enrolled"


class EarlierAllocationStands(errors.Conflict):
    slug = "earlier-allocation-stands"
    title = "The person was allocated on an earlier case, which stands"


class ControlNotStartable(errors.Conflict):
    slug = "control-not-startable"
    title = "A control case is not started without a crossover"


class ArmNotRead(errors.Conflict):
    slug = "arm-not-read"
    title = "Whoever acts on an arm has been shown it first"


class StartedAlready(errors.Conflict):
    slug = "programme-started-already"
    title = "The person was started on the programme"


class CrossoverNotFound(errors.NotFound):
    slug = "crossover-not-found"
    title = "There is no such crossover that you may see"


class CrossoverNotAllowed(errors.Conflict):
    slug = "crossover-step-not-allowed"
    title = "The crossover does not stand where that step begins"


class NotAControlCase(errors.Conflict):
    slug = "not-a-control-case"
    title = "Only a control case needs a crossover"


class DeviationNotPossible(errors.Conflict):
    slug = "deviation-not-possible"
    title = "Only a treatment case that was never started deviates, and once"


class DisposalStands(errors.Conflict):
    slug = "disposal-stands"
    title = "Another disposal of this offence stands"


def crossing(state: CrossoverState, event: DeliveryEvent) -> CrossoverState:
    """Where a step of a crossover leads.

    Args:
        state: where the case stands with crossing over.
        event: proposed, confirmed or declined.

    Returns:
        Where it stands from then on.

    Raises:
        CrossoverNotAllowed: the step does not begin there; says what there is to do instead.
    """
    try:
        return CROSSING[state, event]
    except KeyError:
        raise CrossoverNotAllowed(REMEDY[state], state=state.value) from None


def crossover_state(outcomes: Sequence[Outcome | None]) -> CrossoverState:
    """Where a case stands with crossing over.

    Args:
        outcomes: what the second person said of each proposal, the last one first; None is open.

    Returns:
        The last proposal's state.
    """
    if not outcomes:
        return CrossoverState.NONE
    return CrossoverState(outcomes[0].value) if outcomes[0] else CrossoverState.PROPOSED


def delivered(events: Iterable[Given]) -> DeliveredArm:
    """What a case was really given, from what is on record of it and from nothing else.

    Args:
        events: in any order, each as often as it may be told.

    Returns:
        Treatment once the person was started, whatever came before or after; control where they
        were not, and went the control's way or had every offence disposed of; else none yet.

    Source: domain notes 7 and 2.1: assigned and delivered are separate facts.
    """
    found = {*events}
    if Given.STARTED in found:
        return DeliveredArm.TREATMENT
    return DeliveredArm.CONTROL if found else DeliveredArm.NONE_YET


def crossed(assigned: str | None, given: DeliveredArm) -> Direction | None:
    """Which way a case left what it was assigned.

    Args:
        assigned: the arm; None for a case that was enrolled directly, which had none.
        given: what it was really given.

    Returns:
        The direction; None where it was given what it was assigned, or nothing yet.
    """
    if assigned is None or given is DeliveredArm.NONE_YET:
        return None
    is_control = assigned == CONTROL
    if is_control == (given is DeliveredArm.CONTROL):
        return None
    return Direction.TO_TREATMENT if is_control else Direction.TO_CONTROL
