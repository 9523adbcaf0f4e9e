"""Why something is due, who is told of it, and the door to go to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from checkpoint.access.permissions import Permission
from checkpoint.journey.worklist.states import Kind


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Why something is due, and the door to go to.

    ``told`` are permissions: whoever holds one of them is told. ``opens`` is the door's own; who
    does not hold it is told whom to ask.
    """

    told: frozenset[Permission]
    opens: Permission
    why: str
    step: str
    method: str
    href: str


def _duty(why: str, step: str, door: str, opens: Permission, *told: Permission) -> Duty:
    method, href = door.split()
    return Duty(
        told=frozenset(told or (opens,)),
        opens=opens,
        why=why,
        step=step,
        method=method,
        href=href,
    )


_CASE = "/v1/custody-records/{custody_record_id}"
# A new kind is a row here, an allowance in the policy, and one matter or one select.
DUTIES: Mapping[Kind, Duty] = MappingProxyType(
    {
        Kind.CUSTODY_REVIEW: _duty(
            "The next review of this detention has to be held.",
            "record_review",
            f"POST {_CASE}/reviews",
            Permission.DETAIN,
        ),
        Kind.PROSECUTION_DEADLINE: _duty(
            "No outcome is on record of offence {words}, and proceedings for it cannot begin "
            "after this.",
            "read_timeline",
            f"GET {_CASE}/timeline",
            Permission.READ_TIMELINE,
        ),
        Kind.FIRST_CONTACT: _duty(
            "The person was started on the programme and has to hear from their navigator.",
            "record_contact",
            f"POST {_CASE}/contacts",
            Permission.WORK_SESSIONS,
            Permission.READ_TIMELINE,
        ),
        Kind.NO_NAVIGATOR: _duty(
            "The person was started on the programme, and nobody works the case.",
            "assign_navigator",
            f"POST {_CASE}/navigator",
            Permission.ASSIGN_NAVIGATOR,
        ),
        Kind.HANDOVER_OFFERED: _duty(
            "A colleague offers you this case and waits for your answer.",
            "accept_handover",
            "POST /v1/navigator-handovers/{thing}/acceptance",
            Permission.ANSWER_HANDOVER,
        ),
        Kind.HANDOVER_UNANSWERED: _duty(
            "This case was offered to another navigator, who has not answered.",
            "offer_handover",
            f"POST {_CASE}/navigator-handovers",
            Permission.OFFER_HANDOVER,
        ),
        Kind.NAVIGATOR_ABSENT: _duty(
            "A navigator of your team is absent or has left, and nobody covers cases of theirs: {words}.",
            "plan_reassignment",
            "POST /v1/navigators/{thing}/reassignment-plan",
            Permission.MANAGE_NAVIGATORS,
        ),
        Kind.CLEARANCE_EXPIRING: _duty(
            "A navigator's {words} ends with this day; without it they are given no case.",
            "read_navigator",
            "GET /v1/navigators/{thing}",
            Permission.MANAGE_NAVIGATORS,
            Permission.MANAGE_NAVIGATORS,
            Permission.READ_CASELOAD,
        ),
        Kind.VICTIM_TO_TELL: _duty(
            "A victim has to be told: {words}.",
            "record_notification",
            "POST /v1/victims/{thing}/notifications",
            Permission.RECORD_VICTIM,
        ),
        Kind.DECISION_PENDING: _duty(
            "The decision waits for something that is not known yet.",
            "read_decision",
            "GET /v1/eligibility-decisions/{thing}",
            Permission.READ_ELIGIBILITY,
            Permission.DECIDE_ELIGIBILITY,
        ),
        Kind.DECISION_REFERRED: _duty(
            "The rules leave this case to a supervisor, and none has determined it.",
            "determine",
            "POST /v1/eligibility-decisions/{thing}/determination",
            Permission.DETERMINE_ELIGIBILITY,
        ),
        Kind.OVERRIDE_WAITING: _duty(
            "An override is proposed, and a second person has to answer it.",
            "read_override",
            "GET /v1/overrides/{thing}",
            Permission.READ_ELIGIBILITY,
            Permission.ANSWER_OVERRIDE,
        ),
        Kind.CONSENT_DRAFT_EXPIRING: _duty(
            "An asking for consent was left half done; what it says is gone after this.",
            "save_draft",
            "PATCH /v1/consents/{thing}",
            Permission.RECORD_CONSENT,
        ),
        Kind.CROSSOVER_WAITING: _duty(
            "A crossover is proposed, and a second person has to answer it.",
            "read_delivery",
            f"GET {_CASE}/delivery",
            Permission.READ_ARM,
            Permission.ANSWER_CROSSOVER,
        ),
        Kind.UNBLINDING_WAITING: _duty(
            "An unblinding is proposed in trial {words}, and a second person has to answer it.",
            "read_unblindings",
            "GET /v1/trials/{words}/unblindings",
            Permission.MONITOR_TRIAL,
            Permission.ANSWER_UNBLINDING,
        ),
        Kind.NEEDS_DRAFT_OPEN: _duty(
            "A needs assessment was begun and left half done.",
            "save_needs_draft",
            "PATCH /v1/needs-assessments/{thing}",
            Permission.ASSESS_NEEDS,
        ),
        Kind.DISPOSAL_MISSING: _duty(
            "Offences of this case have no outcome on record.",
            "record_disposal",
            f"POST {_CASE}/disposals",
            Permission.RECORD_DISPOSAL,
        ),
        Kind.APPOINTMENT_TODAY: _duty(
            "An appointment begins today.",
            "read_sessions",
            f"GET {_CASE}/sessions",
            Permission.READ_SESSIONS,
        ),
        Kind.ATTENDANCE_MISSING: _duty(
            "An appointment has begun, and nobody has entered whether the person came.",
            "record_attendance",
            "POST /v1/appointments/{thing}/attendance",
            Permission.WORK_SESSIONS,
            Permission.READ_SESSIONS,
        ),
        Kind.NO_CONTACT: _duty(
            "Nobody has reached the person for days; after this it is too long.",
            "record_contact",
            f"POST {_CASE}/contacts",
            Permission.WORK_SESSIONS,
            Permission.READ_CASELOAD,
        ),
        Kind.CONTRACT_UNSIGNED: _duty(
            "The contract was offered, and not all three have signed it.",
            "sign_contract",
            "POST /v1/contracts/{thing}/signatures",
            Permission.WORK_CONTRACT,
        ),
        Kind.CHANGE_TO_SIGN: _duty(
            "A change of the contract is proposed and does not count yet; next to sign: {words}.",
            "sign_contract",
            "POST /v1/contracts/{thing}/signatures",
            Permission.WORK_CONTRACT,
            Permission.READ_CASELOAD,
        ),
        Kind.CHANGE_TO_APPROVE: _duty(
            "A change of the contract is signed by the person and their navigator, and waits for "
            "a supervisor's approval.",
            "sign_contract",
            "POST /v1/contracts/{thing}/signatures",
            Permission.WORK_CONTRACT,
            Permission.DECIDE_CONTRACT,
        ),
        Kind.CONTRACT_ENDING: _duty(
            "This is the contract's last day; then it is completed, extended or ended.",
            "read_contract",
            "GET /v1/contracts/{thing}",
            Permission.READ_CONTRACT,
        ),
        Kind.CONDITION_OPEN: _duty(
            "This is the last day for condition {words} of the contract, and it is not met.",
            "record_evidence",
            "POST /v1/contracts/{thing}/condition-entries",
            Permission.WORK_CONTRACT,
            Permission.READ_CASELOAD,
        ),
        Kind.REVIEW_DUE: _duty(
            "A review of the contract waits for the decision of somebody who had no part in it.",
            "read_reviews",
            "GET /v1/contracts/{thing}/breach-reviews",
            Permission.READ_CONTRACT,
            Permission.DECIDE_REVIEW,
        ),
        Kind.ARREST_UNREVIEWED: _duty(
            "The person was arrested again since the contract began, and no review asks what for.",
            "raise_review",
            "POST /v1/contracts/{thing}/breach-reviews",
            Permission.RAISE_REVIEW,
        ),
        Kind.OUTCOME_TO_RECORD: _duty(
            "The contract {words}.",
            "record_outcome",
            "POST /v1/contracts/{thing}/outcomes",
            Permission.RECORD_DISPOSAL,
        ),
        Kind.CHALLENGE_OPEN: _duty(
            "A victim's objection to the contract waits for somebody who had no part in it.",
            "read_challenges",
            "GET /v1/contracts/{thing}/victim-challenges",
            Permission.READ_VICTIM,
            Permission.DECIDE_REVIEW,
        ),
        Kind.TIME_LIMIT_INCIDENT: _duty(
            "An offence was recorded as out of time; somebody has to ask how that came.",
            "read_incidents",
            "GET /v1/time-limit-incidents",
            Permission.READ_DISPOSAL,
            Permission.DECIDE_REVIEW,
        ),
        Kind.GLASS_TO_REVIEW: _duty(
            "Somebody broke the glass to read this case, and nobody has reviewed it.",
            "review_glass",
            "POST /v1/break-glass/{thing}/review",
            Permission.REVIEW_GLASS,
        ),
        Kind.REFERRAL_UNACKNOWLEDGED: _duty(
            "The person was referred, and the provider has not said that it has the referral.",
            "read_referral",
            "GET /v1/referrals/{thing}",
            Permission.READ_REFERRALS,
            Permission.REFER,
        ),
        Kind.REFERRAL_WAITING: _duty(
            "The person is on a provider's waiting list; after this they have waited too long.",
            "read_offers",
            f"GET {_CASE}/service-offers",
            Permission.READ_REFERRALS,
            Permission.REFER,
        ),
        Kind.REFERRAL_ANSWERED: _duty(
            "The provider answered a referral, and you have not read it: {words}.",
            "read_referral",
            "GET /v1/referrals/{thing}",
            Permission.READ_REFERRALS,
            Permission.READ_CASELOAD,
        ),
        Kind.REFERRAL_LEFT_OPEN: _duty(
            "The contract has ended, and this referral is still open.",
            "end_referral",
            "POST /v1/referrals/{thing}/end",
            Permission.REFER,
        ),
    }
)
