"""What each event of a case is in plain English, who may hear of it, and where to read on. Pure.

The words on the left are the rooms' own: the same in the code, in the ledger, here and in extracts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from checkpoint.access.permissions import Permission
from checkpoint.allocation.states import AllocationEvent
from checkpoint.consent.states import ConsentEvent
from checkpoint.contracts.evidence.states import EvidenceEvent
from checkpoint.contracts.outcomes.states import OutcomeEvent
from checkpoint.contracts.reviews.states import ReviewEvent
from checkpoint.contracts.sessions.states import SessionEvent
from checkpoint.contracts.states import ContractEvent
from checkpoint.custody.reach.states import ReachEvent
from checkpoint.custody.states import CustodyEvent
from checkpoint.delivery.states import DeliveryEvent
from checkpoint.eligibility.states import EligibilityEvent
from checkpoint.forecast.states import ForecastEvent
from checkpoint.journey.states import JourneyEvent
from checkpoint.monitor.states import MonitorEvent
from checkpoint.navigators.states import NavigatorEvent
from checkpoint.needs.states import NeedsEvent
from checkpoint.oversight.states import OversightEvent
from checkpoint.referrals.offers.states import OffersEvent
from checkpoint.referrals.states import ENDINGS, ReferralEvent
from checkpoint.victims.states import VictimEvent


@dataclass(frozen=True, kw_only=True)
class Telling:
    """How one event is told.

    Whoever holds one of ``permissions`` hears of it; what ``tells_arm``, if they know the arm.
    """

    told: str
    noun: str
    permissions: frozenset[Permission]
    tells_arm: bool = False


def _rows(
    rows: Mapping[StrEnum, tuple[str, str]], *permissions: Permission, tells_arm: bool = False
) -> dict[str, Telling]:
    return {
        event.value: Telling(
            told=told, noun=noun, permissions=frozenset(permissions), tells_arm=tells_arm
        )
        for event, (told, noun) in rows.items()
    }


TOLD: Mapping[str, Telling] = MappingProxyType(
    _rows(
        {
            CustodyEvent.OPENED: ("Booked in", ""),
            CustodyEvent.SCREENED: ("The screening was saved", ""),
            CustodyEvent.OFFENCE_ADDED: ("An alleged offence was added or put right", ""),
            CustodyEvent.SAFEGUARDS_SAVED: ("Who has to be beside the person was saved", ""),
            CustodyEvent.NOT_SCREENED: ("Why nobody screened the person was noted", ""),
            CustodyEvent.CO_ACCUSED_CHANGED: ("Who else is accused was changed", ""),
        },
        Permission.READ_CUSTODY_RECORD,
    )
    | _rows(
        {
            CustodyEvent.RELEASED: ("Released", "/detention"),
            CustodyEvent.TRANSFERRED: ("Transferred to another suite", "/detention"),
            CustodyEvent.RETURNED: ("Detained again", "/detention"),
            CustodyEvent.ATTENDED: ("Attended voluntarily", "/detention"),
            CustodyEvent.MOVEMENT_WITHDRAWN: ("A movement on record was withdrawn", "/detention"),
            CustodyEvent.BAIL_VARIED: ("Bail was varied", "/detention"),
            CustodyEvent.TIMES_SET: ("The times of the detention were set", "/detention"),
            CustodyEvent.REVIEWED: (
                "The detention was reviewed, or its review put off",
                "/detention",
            ),
            CustodyEvent.EXTENDED: ("The detention was extended", "/detention"),
            CustodyEvent.PAUSED: ("The detention clock was paused", "/detention"),
        },
        Permission.READ_DETENTION,
    )
    | _rows(
        {
            ReachEvent.RESTRICTED: ("The case was restricted to named people", "/restrictions"),
            ReachEvent.NAMED: ("Somebody was named for the case", "/restrictions"),
            ReachEvent.REMOVED: ("Somebody is named for the case no longer", "/restrictions"),
            ReachEvent.LIFTED: ("The restriction was lifted", "/restrictions"),
        },
        Permission.RESTRICT_CASE,
    )
    | _rows(
        {
            ReachEvent.GLASS_BROKEN: ("Somebody broke the glass to read the case", ""),
            ReachEvent.GLASS_REVIEWED: ("A broken glass was reviewed", ""),
        },
        Permission.REVIEW_GLASS,
    )
    | _rows(
        {
            VictimEvent.ADDED: ("A victim was entered", "/victims"),
            VictimEvent.CONTACTED: ("Somebody tried to reach a victim", "/victims"),
            VictimEvent.VIEWS_GIVEN: ("A victim was asked for their view", "/victims"),
            VictimEvent.NOTIFIED: ("A victim was told", "/victims"),
            VictimEvent.WITHDRAWN: ("A victim's entry was withdrawn", "/victims"),
        },
        Permission.READ_VICTIM,
    )
    | _rows(
        {
            ForecastEvent.VIEWED: ("An officer gave their own view of the risk", "/risk-forecast"),
            ForecastEvent.RECORDED: ("A forecast of the risk was recorded", "/risk-forecast"),
        },
        Permission.READ_RISK,
    )
    | _rows(
        {
            CustodyEvent.PERSON_CORRECTED: ("Who the person is was put right", "/corrections"),
            CustodyEvent.REIDENTIFIED: ("The record is about somebody else", "/corrections"),
            EligibilityEvent.DECIDED: ("Eligibility was decided", "/eligibility-decisions"),
            OversightEvent.DETERMINED: ("A supervisor determined it", "/eligibility-decisions"),
            OversightEvent.PROPOSED: ("An override was proposed", "/eligibility-decisions"),
            OversightEvent.CONFIRMED: ("An override was confirmed", "/eligibility-decisions"),
            OversightEvent.DECLINED: ("An override was declined", "/eligibility-decisions"),
            JourneyEvent.RECORD_DISCLOSED: (
                "A decision record was disclosed",
                "/eligibility-decisions",
            ),
        },
        Permission.READ_ELIGIBILITY,
    )
    | _rows(
        {
            NeedsEvent.DRAFTED: ("A needs assessment was begun", "/needs-assessments"),
            NeedsEvent.DRAFT_SAVED: ("A needs assessment went on", "/needs-assessments"),
            NeedsEvent.ASSESSED: ("Needs were assessed", "/needs-assessments"),
            NeedsEvent.CORRECTED: ("A needs assessment was put right", "/needs-assessments"),
        },
        Permission.READ_NEEDS,
    )
    | _rows(
        {
            ConsentEvent.DRAFTED: ("An asking for consent was begun", "/consents"),
            ConsentEvent.DRAFT_SAVED: ("An asking for consent went on", "/consents"),
            ConsentEvent.DRAFTS_ERASED: ("A half-done asking for consent was erased", "/consents"),
            ConsentEvent.TAKEN: ("The person was asked for consent and answered", "/consents"),
            ConsentEvent.WITHDRAWN: ("The person withdrew a consent", "/consents"),
        },
        Permission.READ_CONSENT,
    )
    | _rows(
        {
            AllocationEvent.DRAWN: ("The case was allocated in a trial", "/allocation"),
            AllocationEvent.ENROLLED: ("The case was enrolled directly", "/enrolment"),
        },
        Permission.READ_ARM,
    )
    | _rows(
        {
            AllocationEvent.ANNOTATED: ("The allocation was annotated", "/allocation/annotations"),
        },
        Permission.ANNOTATE_ALLOCATION,
    )
    | _rows(
        {
            DeliveryEvent.PROPOSED: ("A crossover was proposed", "/delivery"),
            DeliveryEvent.CONFIRMED: ("A crossover was confirmed", "/delivery"),
            DeliveryEvent.DECLINED: ("A crossover was declined", "/delivery"),
            DeliveryEvent.DEVIATED: ("The case went the control's way", "/delivery"),
        },
        Permission.READ_ARM,
        tells_arm=True,
    )
    | _rows(
        {DeliveryEvent.STARTED: ("The person was started on the programme", "/delivery")},
        Permission.READ_ARM,
        Permission.READ_CASELOAD,
        tells_arm=True,
    )
    | _rows(
        {
            NavigatorEvent.ASSIGNED: ("A navigator was assigned", "/navigator"),
            NavigatorEvent.ENDED: ("The navigator's assignment ended", "/navigator"),
            NavigatorEvent.REASSIGNED: (
                "The case went to another with a whole caseload",
                "/navigator",
            ),
            NavigatorEvent.OFFERED: ("The case was offered to another navigator", "/navigator"),
            NavigatorEvent.ACCEPTED: ("The offered case was taken", "/navigator"),
            NavigatorEvent.DECLINED: ("The offered case was not taken", "/navigator"),
            NavigatorEvent.COVER_ENDED: ("The case is covered no longer", "/navigator"),
            NavigatorEvent.CONFLICT_DECLARED: ("A conflict of interest was declared", "/navigator"),
            NavigatorEvent.CONFLICT_WITHDRAWN: (
                "A conflict of interest was withdrawn",
                "/navigator",
            ),
        },
        Permission.ASSIGN_NAVIGATOR,
        Permission.READ_CASELOAD,
        tells_arm=True,
    )
    | _rows(
        {
            DeliveryEvent.DISPOSED: ("An offence was disposed of", "/disposals"),
            DeliveryEvent.REPLACED: ("How an offence was disposed of was put right", "/disposals"),
        },
        Permission.READ_DISPOSAL,
    )
    | _rows(
        {
            event: (told, "/contracts")
            for event, told in (
                (ContractEvent.DRAFTED, "A contract was drafted"),
                (ContractEvent.REDRAFTED, "The contract was drafted anew"),
                (ContractEvent.OFFERED, "The contract was offered"),
                (ContractEvent.SIGNED, "The contract, or a change of it, was signed by one"),
                (ContractEvent.STARTED, "The contract began"),
                (ContractEvent.PROPOSED, "A change of the contract was proposed"),
                (ContractEvent.REFUSED, "A change of the contract was declined"),
                (ContractEvent.CHANGED, "A change of the contract was signed by all"),
                (ContractEvent.SUSPENDED, "The contract was suspended"),
                (ContractEvent.RESUMED, "The contract went on"),
                (ContractEvent.DECLINED, "The contract was declined"),
                (ContractEvent.LAPSED, "The contract lapsed, never signed by all"),
                (ContractEvent.COMPLETED, "The contract was completed"),
                (ContractEvent.FAILED, "The contract failed"),
                (ContractEvent.WITHDRAWN, "The person withdrew from the contract"),
                (ContractEvent.CLOSED, "The contract was closed"),
                (EvidenceEvent.RECORDED, "Something was entered of a condition"),
                (EvidenceEvent.WITHDRAWN, "An entry of a condition was withdrawn"),
                (ReviewEvent.RAISED, "A review of the contract was raised"),
                (ReviewEvent.DECIDED, "A review of the contract was decided"),
            )
        },
        Permission.READ_CONTRACT,
        tells_arm=True,
    )
    | _rows(
        {
            event: (told, "/sessions")
            for event, told in (
                (SessionEvent.PLANNED, "An appointment was planned"),
                (SessionEvent.MOVED, "An appointment was moved"),
                (SessionEvent.CANCELLED, "An appointment was called off"),
                (SessionEvent.ATTENDANCE_RECORDED, "An appointment took its turn"),
                (SessionEvent.CONTACTED, "Somebody sought contact with the person"),
                (SessionEvent.WARNED, "The person was warned in writing"),
            )
        },
        Permission.READ_SESSIONS,
        tells_arm=True,
    )
    | _rows(
        {
            OutcomeEvent.CHALLENGED: ("A victim objected to the contract", "/contracts"),
            OutcomeEvent.CHALLENGE_DECIDED: ("A victim's objection was answered", "/contracts"),
        },
        Permission.READ_VICTIM,
        tells_arm=True,
    )
    | _rows(
        {
            event: (told, "/referrals")
            for event, told in (
                (ReferralEvent.MADE, "The person was referred to a service"),
                (ReferralEvent.MADE_TO_WAIT, "The person was referred, and waits for a place"),
                (ReferralEvent.ACKNOWLEDGED, "The provider has the referral"),
                (ReferralEvent.PUT_ON_LIST, "The person is on the provider's waiting list"),
                (ReferralEvent.WAIT_CORRECTED, "The days on a waiting list were put right"),
                (ReferralEvent.STARTED, "The person started with the provider"),
                (ReferralEvent.ATTENDED, "Who came to the provider's sessions was entered"),
                (ReferralEvent.DISCLOSED, "The provider read what it was told"),
                *(
                    (event, f"The referral ended: {how.replace('_', ' ')}")
                    for how, event in ENDINGS.items()
                ),
                (OffersEvent.NO_PROVIDER, "No provider was available"),
                (OffersEvent.NO_PROVIDER_WITHDRAWN, "That there was no provider was withdrawn"),
            )
        },
        Permission.READ_REFERRALS,
        tells_arm=True,
    )
    # Nobody who reads a case watches over its trial; that somebody asks for its arm stays with it.
    | _rows(
        {
            MonitorEvent.UNBLINDING_PROPOSED: ("An unblinding was proposed", "/allocation"),
            MonitorEvent.UNBLINDING_CONFIRMED: ("An unblinding was confirmed", "/allocation"),
            MonitorEvent.UNBLINDING_DECLINED: ("An unblinding was declined", "/allocation"),
        },
        Permission.MONITOR_TRIAL,
        tells_arm=True,
    )
)
