"""The words of the worklist: what is due, and how urgently, why, and where to go. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from checkpoint.access.permissions import Permission


class Kind(StrEnum):
    """What is due from somebody."""

    CUSTODY_REVIEW = "custody_review"
    PROSECUTION_DEADLINE = "prosecution_deadline"
    FIRST_CONTACT = "first_contact"
    NO_NAVIGATOR = "no_navigator"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_UNANSWERED = "handover_unanswered"
    NAVIGATOR_ABSENT = "navigator_absent"
    CLEARANCE_EXPIRING = "clearance_expiring"
    VICTIM_TO_TELL = "victim_to_tell"
    DECISION_PENDING = "decision_pending"
    DECISION_REFERRED = "decision_referred"
    OVERRIDE_WAITING = "override_waiting"
    CONSENT_DRAFT_EXPIRING = "consent_draft_expiring"
    CROSSOVER_WAITING = "crossover_waiting"
    UNBLINDING_WAITING = "unblinding_waiting"
    NEEDS_DRAFT_OPEN = "needs_draft_open"
    DISPOSAL_MISSING = "disposal_missing"


class Urgency(StrEnum):
    """How urgently, the most urgent first."""

    OVERDUE = "overdue"  # its time has passed
    DUE = "due"  # it is time
    AT_RISK = "at_risk"  # it is coming


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        Kind.CUSTODY_REVIEW: "Review of detention",
        Kind.PROSECUTION_DEADLINE: "Prosecution deadline",
        Kind.FIRST_CONTACT: "First contact",
        Kind.NO_NAVIGATOR: "No navigator",
        Kind.HANDOVER_OFFERED: "Case offered to you",
        Kind.HANDOVER_UNANSWERED: "Offer of a case not answered",
        Kind.NAVIGATOR_ABSENT: "Navigator absent, cases not covered",
        Kind.CLEARANCE_EXPIRING: "Induction or vetting ends",
        Kind.VICTIM_TO_TELL: "Victim to be told",
        Kind.DECISION_PENDING: "Decision pending",
        Kind.DECISION_REFERRED: "Decision referred",
        Kind.OVERRIDE_WAITING: "Override waits for a second person",
        Kind.CONSENT_DRAFT_EXPIRING: "Half-done asking for consent expires",
        Kind.CROSSOVER_WAITING: "Crossover waits for a second person",
        Kind.UNBLINDING_WAITING: "Unblinding waits for a second person",
        Kind.NEEDS_DRAFT_OPEN: "Needs assessment left half done",
        Kind.DISPOSAL_MISSING: "Disposal missing",
        Urgency.OVERDUE: "Overdue",
        Urgency.DUE: "Due",
        Urgency.AT_RISK: "At risk",
    }
)


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
# A new kind is a row here, an allowance in the policy, and one select in ``cases``.
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
            "read_timeline",
            f"GET {_CASE}/timeline",
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
            "A navigator of your team is absent, and nobody covers cases of theirs: {words}.",
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
    }
)


def is_told(kind: Kind, *, holds: Callable[[Permission], bool]) -> bool:
    """Whether somebody is told of a kind.

    Args:
        kind: what is due.
        holds: whether their role holds a permission.

    Returns:
        Whether they hold one of those that the kind is told to.
    """
    return any(holds(permission) for permission in DUTIES[kind].told)


def why_not(kind: Kind, *, holds: Callable[[Permission], bool]) -> str | None:
    """Why somebody who is told of it may not go through its door.

    Args:
        kind: what is due.
        holds: whether their role holds a permission.

    Returns:
        Whom to ask, in plain English; None where they may.
    """
    if holds(DUTIES[kind].opens):
        return None
    return "Your role does not allow this; ask a supervisor."
