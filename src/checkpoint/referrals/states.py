"""A referral's life: where it stands, what may happen next, and why. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.foundation import errors


class ReferralState(StrEnum):
    """Where a referral stands."""

    MADE = "made"
    ACKNOWLEDGED = "acknowledged"
    WAITING = "waiting"  # on the provider's waiting list: excused time
    STARTED = "started"
    COMPLETED = "completed"
    DISENGAGED = "disengaged"  # the person stopped coming
    DECLINED_BY_PERSON = "declined_by_person"
    DECLINED_BY_PROVIDER = "declined_by_provider"
    NO_PLACE = "no_place"
    WITHDRAWN = "withdrawn"  # by whoever referred


OPEN = frozenset(
    {
        ReferralState.MADE,
        ReferralState.ACKNOWLEDGED,
        ReferralState.WAITING,
        ReferralState.STARTED,
    }
)
ENDED = frozenset(ReferralState) - OPEN
# Whoever only waits holds no place.
HOLDING = OPEN - {ReferralState.WAITING}


class ReferralEvent(StrEnum):
    """The room's events. Each deed is one of them, in the ledger and among a referral's steps."""

    MADE = "referral.made"  # none -> made
    MADE_TO_WAIT = "referral.made_to_wait"  # none -> waiting
    ACKNOWLEDGED = "referral.acknowledged"  # made -> acknowledged
    PUT_ON_LIST = "referral.put_on_waiting_list"  # made or acknowledged -> waiting
    WAIT_CORRECTED = "referral.wait_corrected"  # when it waited, or that it never did
    STARTED = "referral.started"  # made, acknowledged or waiting -> started
    COMPLETED = "referral.completed"  # started -> completed
    DISENGAGED = "referral.disengaged"  # acknowledged, waiting or started -> disengaged
    DECLINED_BY_PERSON = "referral.declined_by_person"  # any open state -> declined_by_person
    DECLINED_BY_PROVIDER = "referral.declined_by_provider"  # any open state -> declined_by_provider
    NO_PLACE = "referral.no_place"  # made, acknowledged or waiting -> no_place
    WITHDRAWN = "referral.withdrawn"  # any open state -> withdrawn
    ATTENDED = "referral.sessions_recorded"
    READ = "referral.read"
    LISTED = "referral.listed"
    DISCLOSED = "referral.disclosed"  # the provider read it
    DISCLOSED_LIST = "referral.list_disclosed"  # the provider read which are theirs


class ReferralBasis(StrEnum):
    """What a referral is made for."""

    CONDITION = "condition"  # of the contract
    NEED = "need"  # as assessed


class ReferralReason(StrEnum):
    """Why a referral took a step, as a code."""

    LIST_FULL = "list_full"
    STAFF_SHORT = "staff_short"
    ASSESSMENT_FIRST = "assessment_first"
    GOALS_REACHED = "goals_reached"
    COURSE_FINISHED = "course_finished"
    MOVED_ON = "moved_on"
    MISSED_SESSIONS = "missed_sessions"
    NOT_REACHED = "not_reached"
    CHANGED_MIND = "changed_mind"
    OTHER_HELP = "other_help"
    TOO_FAR = "too_far"
    TIMES_DO_NOT_SUIT = "times_do_not_suit"
    NOT_ELIGIBLE = "not_eligible"
    RISK_TOO_HIGH = "risk_too_high"
    NEED_TOO_COMPLEX = "need_too_complex"
    SERVICE_CLOSED = "service_closed"
    NO_PLACE_SOON = "no_place_soon"
    MADE_IN_ERROR = "made_in_error"
    NEED_CHANGED = "need_changed"
    CONTRACT_ENDED = "contract_ended"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OTHER_PROVIDER = "other_provider"
    NEVER_WAITED = "never_waited"
    WRONG_DATES = "wrong_dates"
    DIED = "died"
    OTHER = "other"


class Ending(StrEnum):
    """How a referral ends."""

    COMPLETED = "completed"
    DISENGAGED = "disengaged"
    DECLINED_BY_PERSON = "declined_by_person"
    DECLINED_BY_PROVIDER = "declined_by_provider"
    NO_PLACE = "no_place"
    WITHDRAWN = "withdrawn"


class NameShown(StrEnum):
    """How a person is named to a provider."""

    FULL_NAME = "full_name"
    INITIALS = "initials"


class ContactWay(StrEnum):
    """How a provider reaches the person."""

    TELEPHONE = "telephone"
    EMAIL = "email"
    THROUGH_NAVIGATOR = "through_navigator"


class RiskToTell(StrEnum):
    """What a provider must know to keep people safe; coded, so that nothing more is told."""

    NOT_ALONE = "not_alone"
    VIOLENCE_TO_STAFF = "violence_to_staff"
    NO_WOMEN_ALONE = "no_women_alone"
    SELF_HARM = "self_harm"
    NO_CHILDREN_PRESENT = "no_children_present"
    MUST_NOT_MEET_SOMEBODY = "must_not_meet_somebody"


class Party(StrEnum):
    """Who told of a step."""

    NAVIGATOR = "navigator"  # or somebody else of the programme
    PROVIDER = "provider"


class Withheld(StrEnum):
    """Why a provider is shown nothing of the person."""

    CONSENT_NOT_STANDING = "consent_not_standing"
    CONTRACT_ENDED = "contract_ended"  # and was not completed
    ENDED = "ended"


_S, _E = ReferralState, ReferralEvent
_BEFORE_START = (_S.MADE, _S.ACKNOWLEDGED, _S.WAITING)
_ANY_OPEN = (*_BEFORE_START, _S.STARTED)
NEXT: Mapping[tuple[ReferralState | None, ReferralEvent], ReferralState] = MappingProxyType(
    {
        (None, _E.MADE): _S.MADE,
        (None, _E.MADE_TO_WAIT): _S.WAITING,
        (_S.MADE, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED,
        **{(state, _E.PUT_ON_LIST): _S.WAITING for state in (_S.MADE, _S.ACKNOWLEDGED)},
        **{(state, _E.STARTED): _S.STARTED for state in _BEFORE_START},
        (_S.STARTED, _E.COMPLETED): _S.COMPLETED,
        **{
            (state, _E.DISENGAGED): _S.DISENGAGED
            for state in (_S.ACKNOWLEDGED, _S.WAITING, _S.STARTED)
        },
        **{(state, _E.NO_PLACE): _S.NO_PLACE for state in _BEFORE_START},
        **{
            (state, event): to
            for state in _ANY_OPEN
            for event, to in (
                (_E.DECLINED_BY_PERSON, _S.DECLINED_BY_PERSON),
                (_E.DECLINED_BY_PROVIDER, _S.DECLINED_BY_PROVIDER),
                (_E.WITHDRAWN, _S.WITHDRAWN),
            )
        },
    }
)
ENDINGS: Mapping[Ending, ReferralEvent] = MappingProxyType(
    {ending: _E(f"referral.{ending.value}") for ending in Ending}
)
REMEDY: Mapping[ReferralState, str] = MappingProxyType(
    {
        _S.MADE: "It was made: it can be acknowledged, wait, start or end.",
        _S.ACKNOWLEDGED: "The provider has it: it can wait, start or end.",
        _S.WAITING: "It waits for a place: it can start or end.",
        _S.STARTED: "It has started: it can be completed or end otherwise.",
        **dict.fromkeys(ENDED, "It has ended; make another one."),
    }
)


class ReferralNotFound(errors.NotFound):
    slug = "referral-not-found"
    title = "There is no such referral that you may see"


class StepNotAllowed(errors.Conflict):
    slug = "referral-step-not-allowed"
    title = "The referral does not stand where that step begins"


class NotInProgramme(errors.Conflict):
    slug = "referral-outside-programme"
    title = "Nobody is referred who was not started on the programme"


class ReferralOpen(errors.Conflict):
    slug = "referral-open"
    title = "The person is referred there already"


class SharingConsentNeeded(errors.Conflict):
    slug = "sharing-consent-needed"
    title = "Nothing is told to a provider without the person's consent to share it"


class NeverOnList(errors.Conflict):
    slug = "referral-never-on-waiting-list"
    title = "This referral was on no waiting list"


def step(state: ReferralState | None, event: ReferralEvent) -> ReferralState:
    """Where a step of a referral leads.

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
        stands = "There is none yet: make one." if state is None else REMEDY[state]
        raise StepNotAllowed(stands, state=state.value if state else None) from None
