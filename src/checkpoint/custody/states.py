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
    TRANSFERRED = "custody.transferred"  # no change of state; the record goes to another suite
    RETURNED = "custody.returned"  # released -> detained, in any suite
    ATTENDED = "custody.attended"  # no change of state: in a suite, and not detained
    MOVEMENT_WITHDRAWN = "custody.movement_withdrawn"  # the state follows from what still stands
    BAIL_VARIED = "custody.bail_varied"  # no change of state
    TIMES_SET = "custody.times_set"  # no change of state; also after release, as the next three
    REVIEWED = "custody.reviewed"
    EXTENDED = "custody.extended"
    PAUSED = "custody.paused"
    SAFEGUARDS_SAVED = "custody.safeguards_saved"  # these three as well
    NOT_SCREENED = "custody.not_screened"
    CO_ACCUSED_CHANGED = "custody.co_accused_changed"
    READ = "custody.read"
    LISTED = "custody.listed"
    OFFENCES_LOADED = "custody.offences_loaded"
    SCHEDULES_LOADED = "custody.schedules_loaded"
    REFERENCE_ADDED = "custody.reference_added"


STEPS: Mapping[tuple[CustodyState, CustodyEvent], CustodyState] = MappingProxyType(
    {
        (CustodyState.DETAINED, CustodyEvent.RELEASED): CustodyState.RELEASED,
        (CustodyState.DETAINED, CustodyEvent.TRANSFERRED): CustodyState.DETAINED,
        (CustodyState.RELEASED, CustodyEvent.RETURNED): CustodyState.DETAINED,
        (CustodyState.RELEASED, CustodyEvent.ATTENDED): CustodyState.RELEASED,
    }
    # What is entered of a detention may be entered when it is over.
    | {
        (state, event): state
        for state in CustodyState
        for event in (
            CustodyEvent.SCREENED,
            CustodyEvent.OFFENCE_ADDED,
            CustodyEvent.PERSON_CORRECTED,
            CustodyEvent.REIDENTIFIED,
            CustodyEvent.TIMES_SET,
            CustodyEvent.REVIEWED,
            CustodyEvent.EXTENDED,
            CustodyEvent.PAUSED,
            CustodyEvent.SAFEGUARDS_SAVED,
            CustodyEvent.NOT_SCREENED,
            CustodyEvent.CO_ACCUSED_CHANGED,
        )
    }
)


class StepNotAllowed(errors.Conflict):
    slug = "custody-step-not-allowed"
    title = "The custody record cannot take that step from where it stands"


def step(state: CustodyState, event: CustodyEvent) -> CustodyState:
    """Where an event leads.

    Args:
        state: where the record stands.
        event: what is to happen.

    Returns:
        The state after it, which may be the same one.

    Raises:
        StepNotAllowed: the event leads nowhere from there; lists the steps that do, by the
            names that a client knows them by.
    """
    try:
        return STEPS[state, event]
    except KeyError:
        allowed = sorted(DOORS[e][0] for s, e in STEPS if s is state)
        raise StepNotAllowed(
            f"The person is {state} already.", state=state.value, allowed=[*allowed]
        ) from None


NOT_YOURS = "Your role does not allow this; ask a custody officer."
ELSEWHERE_NOW = "The record is at another suite now; ask a colleague there."
# Where a released person turns up, the record is reached by its reference: it may be elsewhere.
RETURNS = "/v1/custody-returns"
SAVE, DETAIN = Permission.SAVE_SCREENING, Permission.DETAIN
# For each step: its name to a client, its door, and the permission that opens it.
DOORS: Mapping[CustodyEvent, tuple[str, str, str, Permission]] = MappingProxyType(
    {
        CustodyEvent.SCREENED: ("save_screening", "PUT", "screening", SAVE),
        CustodyEvent.OFFENCE_ADDED: ("add_offence", "POST", "offences", SAVE),
        CustodyEvent.PERSON_CORRECTED: ("correct_person", "PUT", "person", SAVE),
        CustodyEvent.REIDENTIFIED: ("reidentify", "PUT", "identity", SAVE),
        CustodyEvent.RELEASED: ("release", "POST", "release", Permission.RELEASE_FROM_CUSTODY),
        CustodyEvent.TRANSFERRED: ("transfer", "POST", "transfer", DETAIN),
        CustodyEvent.RETURNED: ("take_back", "POST", RETURNS, DETAIN),
        CustodyEvent.ATTENDED: ("attend_voluntarily", "POST", RETURNS, DETAIN),
        CustodyEvent.TIMES_SET: ("set_detention_times", "PUT", "detention-times", DETAIN),
        CustodyEvent.REVIEWED: ("record_review", "POST", "reviews", DETAIN),
        CustodyEvent.EXTENDED: ("extend_detention", "POST", "extensions", DETAIN),
        CustodyEvent.PAUSED: ("pause_detention", "POST", "pauses", DETAIN),
        CustodyEvent.SAFEGUARDS_SAVED: ("save_safeguards", "PUT", "safeguards", SAVE),
        CustodyEvent.NOT_SCREENED: ("note_not_screened", "PUT", "not-screened", SAVE),
        CustodyEvent.CO_ACCUSED_CHANGED: ("change_co_accused", "POST", "co-accused", SAVE),
    }
)


def why_not(
    state: CustodyState, event: CustodyEvent, *, holds: Callable[[Permission], bool]
) -> str | None:
    """Why a reader may not take a step now.

    Args:
        state: where the record stands.
        event: the step; one of ``DOORS``.
        holds: whether the reader's role holds a permission.

    Returns:
        The reason in plain English, the reader's role before the record's state; None when they
        may.
    """
    if not holds(DOORS[event][3]):
        return NOT_YOURS
    if (state, event) not in STEPS:
        return f"The person is {state} already."
    return None


class ModeOfTrial(StrEnum):
    """Which court may try an offence."""

    SUMMARY_ONLY = "summary_only"
    EITHER_WAY = "either_way"
    INDICTABLE_ONLY = "indictable_only"


class OffenceCategory(StrEnum):
    """How the national index sorts an offence; summary motoring is summary only too."""

    SUMMARY = "summary"
    SUMMARY_MOTORING = "summary_motoring"
    EITHER_WAY = "either_way"
    INDICTABLE = "indictable"


class InForce(StrEnum):
    """Whether an offence was in force on the day, or days, on which it is alleged."""

    IN_FORCE = "in_force"
    PARTLY = "partly_in_force"
    NOT_IN_FORCE = "not_in_force"
    NOT_DATED = "not_dated"


class OffenceSchedule(StrEnum):
    """A schedule of an Act that lists offences, with its part where it has several."""

    SPECIFIED_VIOLENT = "cja2003_sch15_part1"
    SPECIFIED_SEXUAL = "cja2003_sch15_part2"
    SPECIFIED_TERRORISM = "cja2003_sch15_part3"
    SEXUAL_NOTIFICATION = "soa2003_sch3"
    TERRORISM_CONNECTED = "sa2020_sch1"
    TERRORISM_CONNECTED_LATER = "sa2020_scha1"
    PARTICULAR_CONCERN_TERRORISM = "sa2020_sch13_part1"
    PARTICULAR_CONCERN_SEXUAL = "sa2020_sch13_part2"


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


class OffenceCorrection(StrEnum):
    """Why an alleged offence is put right."""

    MISTYPED = "mistyped"
    WRONG_CODE = "wrong_code"
    EVIDENCE_SEEN = "evidence_seen"
    WITNESS_SAID_SO = "witness_said_so"
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


# What ends, and the day on which it does; the day says something only where there is such a thing.
ENDS: Mapping[str, str] = MappingProxyType(
    {
        "subject_to_order": "order_ends_on",
        "on_bail": "bail_ends_on",
        "under_supervision": "supervision_ends_on",
    }
)
CRIME_REFERENCE = "^[A-Z0-9][A-Z0-9/-]{0,29}$"

LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        ModeOfTrial.SUMMARY_ONLY: "Summary only (magistrates' court)",
        ModeOfTrial.EITHER_WAY: "Either way",
        ModeOfTrial.INDICTABLE_ONLY: "Indictable only (Crown Court)",
        OffenceCategory.INDICTABLE: "Indictable only",
        InForce.PARTLY: "In force on some of the days",
        InForce.NOT_DATED: "The list has no dates",
        OffenceSchedule.SPECIFIED_VIOLENT: "Criminal Justice Act 2003 Sch 15 Part 1",
        OffenceSchedule.SPECIFIED_SEXUAL: "Criminal Justice Act 2003 Sch 15 Part 2",
        OffenceSchedule.SPECIFIED_TERRORISM: "Criminal Justice Act 2003 Sch 15 Part 3",
        OffenceSchedule.SEXUAL_NOTIFICATION: "Sexual Offences Act 2003 Sch 3",
        OffenceSchedule.TERRORISM_CONNECTED: "Sentencing Act 2020 Sch 1",
        OffenceSchedule.TERRORISM_CONNECTED_LATER: "Sentencing Act 2020 Sch A1",
        OffenceSchedule.PARTICULAR_CONCERN_TERRORISM: "Sentencing Act 2020 Sch 13 Part 1",
        OffenceSchedule.PARTICULAR_CONCERN_SEXUAL: "Sentencing Act 2020 Sch 13 Part 2",
        OffenceCorrection.MISTYPED: "It was mistyped",
        OffenceCorrection.WRONG_CODE: "Another offence fits what is alleged",
        OffenceCorrection.EVIDENCE_SEEN: "Evidence says otherwise",
        OffenceCorrection.WITNESS_SAID_SO: "A victim or a witness says otherwise",
        OffenceCorrection.OTHER: "Another reason, in words",
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
