"""The words of what surrounds a case. Pure."""

from enum import StrEnum


class AdultReason(StrEnum):
    """Why an appropriate adult is needed (PACE Code C)."""

    MENTAL_HEALTH = "mental_health"
    LEARNING_DISABILITY = "learning_disability"
    UNDERSTANDING = "understanding"
    UNDER_18 = "under_18"
    OTHER = "other"


class AdultKind(StrEnum):
    """Who the appropriate adult is, by kind; never by name."""

    PARENT_OR_RELATIVE = "parent_or_relative"
    CARER_OR_FRIEND = "carer_or_friend"
    SOCIAL_WORKER = "social_worker"
    SCHEME_VOLUNTEER = "scheme_volunteer"
    OTHER = "other"


class InterpreterPresence(StrEnum):
    """How the interpreter is there."""

    IN_PERSON = "in_person"
    TELEPHONE = "telephone"
    VIDEO = "video"


class OmissionReason(StrEnum):
    """Why somebody who was arrested was not screened."""

    UNDER_18 = "under_18"
    TAKEN_TO_HOSPITAL = "taken_to_hospital"
    RELEASED_BEFORE = "released_before"
    REFUSED_TO_ENGAGE = "refused_to_engage"
    SYSTEM_DOWN = "system_down"
    OVERLOOKED = "overlooked"
    OTHER = "other"
