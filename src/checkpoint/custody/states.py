"""The life of a custody record, and the words of its coded fields. Pure."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.access.permissions import Permission
from checkpoint.foundation import errors


class CustodyState(StrEnum):
    """Whether the person is still in the suite."""

    DETAINED = "detained"
    RELEASED = "released"


class CustodyEvent(StrEnum):
    """The room's events."""

    OPENED = "custody.opened"  # -> detained
    SCREENED = "custody.screened"  # no change of state; also after release
    OFFENCE_ADDED = "custody.offence_added"  # no change of state; also after release
    PERSON_CORRECTED = "custody.person_corrected"  # no change of state; also after release
    REIDENTIFIED = "custody.reidentified"  # no change of state; also after release
    RELEASED = "custody.released"  # detained -> released
    READ = "custody.read"
    LISTED = "custody.listed"
    OFFENCES_LOADED = "custody.offences_loaded"
    REFERENCE_ADDED = "custody.reference_added"


STEPS: Mapping[tuple[CustodyState, CustodyEvent], CustodyState] = MappingProxyType(
    {
        (CustodyState.DETAINED, CustodyEvent.SCREENED): CustodyState.DETAINED,
        (CustodyState.RELEASED, CustodyEvent.SCREENED): CustodyState.RELEASED,
        (CustodyState.DETAINED, CustodyEvent.OFFENCE_ADDED): CustodyState.DETAINED,
        (CustodyState.RELEASED, CustodyEvent.OFFENCE_ADDED): CustodyState.RELEASED,
        (CustodyState.DETAINED, CustodyEvent.PERSON_CORRECTED): CustodyState.DETAINED,
        (CustodyState.RELEASED, CustodyEvent.PERSON_CORRECTED): CustodyState.RELEASED,
        (CustodyState.DETAINED, CustodyEvent.REIDENTIFIED): CustodyState.DETAINED,
        (CustodyState.RELEASED, CustodyEvent.REIDENTIFIED): CustodyState.RELEASED,
        (CustodyState.DETAINED, CustodyEvent.RELEASED): CustodyState.RELEASED,
    }
)


class StepNotAllowed(errors.Conflict):
    slug = "custody-step-not-allowed"
    title = "The custody record cannot take that step from where it stands"


def step(state: CustodyState, event: CustodyEvent) -> CustodyState:
    """Where ``event`` leads from ``state``, or a refusal that says what is allowed."""
    try:
        return STEPS[state, event]
    except KeyError:
        allowed = sorted(e.value for s, e in STEPS if s is state)
        raise StepNotAllowed(
            f"A record whose person is {state} cannot take the step {event}.",
            state=state.value,
            allowed=[*allowed],
        ) from None


# For each step: its name to a client, its door, and the permission that opens it.
DOORS: Mapping[CustodyEvent, tuple[str, str, str, Permission]] = MappingProxyType(
    {
        CustodyEvent.SCREENED: ("save_screening", "PUT", "screening", Permission.SAVE_SCREENING),
        CustodyEvent.OFFENCE_ADDED: ("add_offence", "POST", "offences", Permission.SAVE_SCREENING),
        CustodyEvent.PERSON_CORRECTED: (
            "correct_person",
            "PUT",
            "person",
            Permission.SAVE_SCREENING,
        ),
        CustodyEvent.REIDENTIFIED: ("reidentify", "PUT", "identity", Permission.SAVE_SCREENING),
        CustodyEvent.RELEASED: ("release", "POST", "release", Permission.RELEASE_FROM_CUSTODY),
    }
)


def why_not(
    state: CustodyState, event: CustodyEvent, *, holds: Callable[[Permission], bool]
) -> str | None:
    """Why this reader may not take this step now; None when they may."""
    if not holds(DOORS[event][3]):
        return "Your role does not allow this; ask a custody officer."
    if (state, event) not in STEPS:
        return f"The person is {state} already."
    return None


class ModeOfTrial(StrEnum):
    """Which court may try an offence."""

    SUMMARY_ONLY = "summary_only"
    EITHER_WAY = "either_way"
    INDICTABLE_ONLY = "indictable_only"


class OffenceClass(StrEnum):
    """The programme's own grouping of offences, which its rule sets speak of."""

    THEFT = "theft"
    BURGLARY_RESIDENTIAL = "burglary_residential"
    BURGLARY_COMMERCIAL = "burglary_commercial"
    CRIMINAL_DAMAGE = "criminal_damage"
    DRUG_POSSESSION = "drug_possession"
    DRUG_SUPPLY = "drug_supply"
    FRAUD = "fraud"
    PUBLIC_ORDER = "public_order"
    CHILD_NEGLECT = "child_neglect"
    COMMON_ASSAULT = "common_assault"
    ACTUAL_BODILY_HARM = "actual_bodily_harm"
    ASSAULT_EMERGENCY_WORKER = "assault_emergency_worker"
    WEAPON_POSSESSION = "weapon_possession"
    HARASSMENT = "harassment"
    MALICIOUS_COMMUNICATIONS = "malicious_communications"
    CYBER = "cyber"
    DRIVING = "driving"
    ROBBERY = "robbery"
    SEXUAL = "sexual"
    SERIOUS_VIOLENCE = "serious_violence"
    HOMICIDE = "homicide"
    ARSON = "arson"
    BREACH_OF_ORDER = "breach_of_order"
    OTHER = "other"


class InterviewStance(StrEnum):
    """What the person said in interview about the allegation."""

    ADMITTED = "admitted"
    PART_ADMISSION = "part_admission"
    NO_REPLY = "no_reply"
    DENIED = "denied"
    NOT_INTERVIEWED = "not_interviewed"


class DomesticAbuseGrade(StrEnum):
    """Risk to the victim where the offence is linked to domestic abuse, as graded by DASH."""

    NONE = "none"
    STANDARD = "standard"
    MEDIUM = "medium"
    HIGH = "high"


LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ModeOfTrial.SUMMARY_ONLY: "Summary only (magistrates' court)",
        ModeOfTrial.EITHER_WAY: "Either way",
        ModeOfTrial.INDICTABLE_ONLY: "Indictable only (Crown Court)",
        InterviewStance.ADMITTED: "Admitted the offence",
        InterviewStance.PART_ADMISSION: "Admitted part of it",
        InterviewStance.NO_REPLY: "Made no reply",
        InterviewStance.DENIED: "Denied the offence",
        InterviewStance.NOT_INTERVIEWED: "Not interviewed yet",
        DomesticAbuseGrade.NONE: "Not linked to domestic abuse",
        DomesticAbuseGrade.STANDARD: "Standard risk",
        DomesticAbuseGrade.MEDIUM: "Medium risk",
        DomesticAbuseGrade.HIGH: "High risk",
    }
)


def label(value: StrEnum) -> str:
    """What staff call a coded value."""
    return LABELS.get(value) or value.value.replace("_", " ").capitalize()
