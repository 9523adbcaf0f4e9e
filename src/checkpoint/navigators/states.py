"""Assignments, hand-overs and covers, in words; and how an offer stands. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class NavigatorEvent(StrEnum):
    """The room's events."""

    SUGGESTED = "navigator.suggested"
    CASE_READ = "navigator.case_read"
    ASSIGNED = "navigator.assigned"
    ENDED = "navigator.assignment_ended"
    OFFERED = "navigator.handover_offered"  # none, declined or overtaken -> open
    ACCEPTED = "navigator.handover_accepted"  # open -> accepted
    DECLINED = "navigator.handover_declined"  # open -> declined
    COVER_ENDED = "navigator.cover_ended"
    PLANNED = "navigator.reassignment_planned"
    REASSIGNED = "navigator.caseload_reassigned"
    CASELOAD_READ = "navigator.caseload_read"
    OFFERS_READ = "navigator.offers_read"
    CONFLICT_DECLARED = "navigator.conflict_declared"
    CONFLICT_WITHDRAWN = "navigator.conflict_withdrawn"


class How(StrEnum):
    """How a case came to its navigator."""

    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    REASSIGNED = "reassigned"


class EndReason(StrEnum):
    """Why an assignment ended."""

    HANDED_OVER = "handed_over"
    REASSIGNED = "reassigned"
    CASE_ENDED = "case_ended"
    ASSIGNED_WRONGLY = "assigned_wrongly"


# What somebody may say by themselves; the others come with their deeds.
SAID = (EndReason.CASE_ENDED, EndReason.ASSIGNED_WRONGLY)


class OfferKind(StrEnum):
    """What is offered to another navigator."""

    HAND_OVER = "hand_over"  # for good
    COVER = "cover"  # for a while, beside its navigator


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"  # by a later offer, by the assignment's end, or by its own last day


class OfferOutcome(StrEnum):
    """What whoever was offered a case said."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class ReassigningReason(StrEnum):
    """Why a whole caseload goes to others."""

    SICK = "sick"
    LEAVES = "leaves"
    PROVIDER_ENDS = "provider_ends"
    OTHER = "other"


class Place(StrEnum):
    """Why a case stands in a navigator's caseload."""

    ASSIGNED = "assigned"
    COVER = "cover"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        EndReason.HANDED_OVER: "Handed over to another navigator",
        EndReason.REASSIGNED: "Reassigned with the whole caseload",
        EndReason.CASE_ENDED: "The case needs no navigator any more",
        EndReason.ASSIGNED_WRONGLY: "Assigned by mistake",
        OfferKind.HAND_OVER: "For good",
        OfferKind.COVER: "For a while, beside its navigator",
        ReassigningReason.SICK: "The navigator is sick",
        ReassigningReason.LEAVES: "The navigator leaves",
        ReassigningReason.PROVIDER_ENDS: "The provider works here no longer",
        ReassigningReason.OTHER: "Another reason",
    }
)


class NavigatorThere(errors.Conflict):
    slug = "navigator-there"
    title = "The case has a navigator"


class NoNavigator(errors.Conflict):
    slug = "no-navigator"
    title = "The case has no navigator"


class NavigatorLeft(errors.Conflict):
    slug = "navigator-left"
    title = "This navigator works here no longer"


class NotCleared(errors.Conflict):
    slug = "navigator-not-cleared"
    title = "This navigator's induction or vetting does not stand"


class NavigatorAbsent(errors.Conflict):
    slug = "navigator-absent"
    title = "This navigator is absent"


class NavigatorConflicted(errors.Conflict):
    slug = "navigator-conflicted"
    title = "This navigator has a conflict of interest in the case"


class NavigatorFull(errors.Conflict):
    slug = "navigator-full"
    title = "This navigator has as many cases as they can work"


class HoldsAlready(errors.Conflict):
    slug = "navigator-holds-case"
    title = "The case is this navigator's already"


class OverrideNotYours(errors.Forbidden):
    slug = "capacity-override-not-yours"
    title = "Only a supervisor goes beyond a navigator's capacity"


class OfferNotFound(errors.NotFound):
    slug = "handover-not-found"
    title = "There is no such offer to you"


class OfferNotOpen(errors.Conflict):
    slug = "handover-not-open"
    title = "This offer cannot be answered any more"


class CoverOnly(errors.Conflict):
    slug = "case-only-covered"
    title = "You cover this case; it is its navigator's to hand over"


class CoveredAlready(errors.Conflict):
    slug = "case-covered-already"
    title = "Somebody covers this case already"


class NotCovered(errors.Conflict):
    slug = "case-not-covered"
    title = "Nobody covers this case"


class ConflictNotFound(errors.NotFound):
    slug = "conflict-not-found"
    title = "There is no such conflict of interest that you may see"


class ConflictDeclaredAlready(errors.Conflict):
    slug = "conflict-declared-already"
    title = "This conflict of interest is declared already"


class ConflictWithdrawnAlready(errors.Conflict):
    slug = "conflict-withdrawn-already"
    title = "This conflict of interest was withdrawn"


class NotPlaceable(errors.Conflict):
    slug = "caseload-not-placeable"
    title = "Not every case of the caseload can be placed"


class CaseloadEmpty(errors.Conflict):
    slug = "caseload-empty"
    title = "This navigator holds and covers no case"


def offer_state(outcome: OfferOutcome | None, *, overtaken: bool) -> OfferState:
    """Where an offer stands.

    Args:
        outcome: what was answered; None is nothing.
        overtaken: whether a later offer was made, the assignment ended, or the cover's days are over.

    Returns:
        What was answered, whatever came after; else overtaken or open.
    """
    if outcome is not None:
        return OfferState(outcome.value)
    return OfferState.OVERTAKEN if overtaken else OfferState.OPEN


def check_open(state: OfferState) -> None:
    """An offer may be answered.

    Args:
        state: where it stands.

    Raises:
        OfferNotOpen: it was answered or overtaken.
    """
    if state is not OfferState.OPEN:
        raise OfferNotOpen("Read your offers again: GET /v1/me/handovers.", state=state.value)
