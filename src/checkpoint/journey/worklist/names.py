"""What kinds of things, and urgencies, are called. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.contracts.states import ContractState
from checkpoint.journey.worklist.states import Kind, Urgency

LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        Kind.CUSTODY_REVIEW: "Review of detention",
        Kind.PROSECUTION_DEADLINE: "Prosecution deadline",
        Kind.FIRST_CONTACT: "First contact",
        Kind.NO_NAVIGATOR: "No navigator",
        Kind.HANDOVER_OFFERED: "Case offered to you",
        Kind.HANDOVER_UNANSWERED: "Offer of a case not answered",
        Kind.NAVIGATOR_ABSENT: "Navigator absent or gone, cases not covered",
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
        Kind.APPOINTMENT_TODAY: "Appointment today",
        Kind.ATTENDANCE_MISSING: "Attendance not recorded",
        Kind.NO_CONTACT: "No contact for long",
        Kind.CONTRACT_UNSIGNED: "Contract offered, not signed by all",
        Kind.CHANGE_TO_SIGN: "Change of a contract to be signed",
        Kind.CHANGE_TO_APPROVE: "Change of a contract to be approved",
        Kind.CONTRACT_ENDING: "Contract's last day",
        Kind.CONDITION_OPEN: "Condition not met",
        Kind.REVIEW_DUE: "Review of a contract not decided",
        Kind.ARREST_UNREVIEWED: "New arrest not reviewed",
        Kind.OUTCOME_TO_RECORD: "Outcome to be decided after a contract",
        Kind.CHALLENGE_OPEN: "Victim's objection not decided",
        Kind.TIME_LIMIT_INCIDENT: "Ran out of time to prosecute",
        Kind.GLASS_TO_REVIEW: "Broken glass not reviewed",
        Kind.REFERRAL_UNACKNOWLEDGED: "Referral not acknowledged",
        Kind.REFERRAL_WAITING: "On a waiting list for long",
        Kind.REFERRAL_ANSWERED: "A provider's answer to read",
        Kind.REFERRAL_LEFT_OPEN: "Referral still open after the contract's end",
        Urgency.OVERDUE: "Overdue",
        Urgency.DUE: "Due",
        Urgency.AT_RISK: "At risk",
    }
)
# What the end of a contract leaves to be decided; the outcomes' own door says what it proposes.
AFTER: Mapping[ContractState, str] = MappingProxyType(
    {
        ContractState.COMPLETED: "was completed: outcome 22 is proposed where its date allows",
        ContractState.FAILED: "failed: somebody decides what follows, as agreed at its start",
        ContractState.WITHDRAWN: "was withdrawn from: somebody decides what follows, as agreed "
        "at its start",
        ContractState.CLOSED: "was closed: somebody decides what follows",
        ContractState.DECLINED: "was declined: somebody decides as without the programme",
        ContractState.LAPSED: "was never signed: somebody decides as without the programme",
    }
)
# Who signs a proposed change next, by the code that the database keeps.
SIGNERS: Mapping[str, str] = MappingProxyType(
    {
        "person": "the person",
        "navigator": "their navigator",
        "both": "the person and their navigator",
    }
)
