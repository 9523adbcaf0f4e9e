"""The words of the worklist: what is due, and how urgently. Pure."""

from enum import StrEnum


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
    APPOINTMENT_TODAY = "appointment_today"
    ATTENDANCE_MISSING = "attendance_missing"
    NO_CONTACT = "no_contact"
    CONTRACT_UNSIGNED = "contract_unsigned"
    CHANGE_TO_SIGN = "change_to_sign"
    CHANGE_TO_APPROVE = "change_to_approve"
    CONTRACT_ENDING = "contract_ending"
    REVIEW_DUE = "review_due"
    ARREST_UNREVIEWED = "arrest_unreviewed"
    OUTCOME_TO_RECORD = "outcome_to_record"
    CHALLENGE_OPEN = "challenge_open"
    TIME_LIMIT_INCIDENT = "time_limit_incident"
    GLASS_TO_REVIEW = "glass_to_review"
    CONDITION_OPEN = "condition_open"
    REFERRAL_UNACKNOWLEDGED = "referral_unacknowledged"
    REFERRAL_WAITING = "referral_waiting"
    REFERRAL_ANSWERED = "referral_answered"
    REFERRAL_LEFT_OPEN = "referral_left_open"


class Urgency(StrEnum):
    """How urgently, the most urgent first."""

    OVERDUE = "overdue"  # its time has passed
    DUE = "due"  # it is time
    AT_RISK = "at_risk"  # it is coming
