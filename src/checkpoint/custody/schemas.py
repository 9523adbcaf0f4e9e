"""What custody staff enter, and what they are shown."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from checkpoint.custody.circumstances.schemas import CircumstancesView
from checkpoint.custody.clocks import ProsecutionClock
from checkpoint.custody.detention.schemas import DetentionView
from checkpoint.custody.movements.schemas import Late, Words
from checkpoint.custody.references import OffenceCode
from checkpoint.custody.states import (
    CustodyState,
    DomesticAbuseGrade,
    InForce,
    InterviewStance,
    ModeOfTrial,
    OffenceCategory,
    OffenceClass,
    OffenceCorrection,
    OffenceSchedule,
)
from checkpoint.foundation.identifiers import heard_reference
from checkpoint.foundation.schemas import (
    Code,
    Command,
    Day,
    Instant,
    Moment,
    NextStep,
    Spelt,
    View,
    YesNo,
)
from checkpoint.people.schemas import Because, PersonView, Who

CrimeReference = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9/-]{0,29}$"
    ),
    Spelt("at most 30 letters, digits, / and -, without spaces", "D/12345/26"),
]
Reference = Annotated[
    str,
    StringConstraints(max_length=20),
    AfterValidator(heard_reference),
    Field(examples=["CP-7K3M-2QXH-N"]),
]


BOOKING: dict[str, Any] = {
    "person": {
        "family_name": "Testperson",
        "given_names": "Synthetic",
        "date_of_birth": "1994-02-11",
    },
    "suite": "DURHAMGATE",
    "arrested_at": "2026-11-02T21:40:00Z",
    "arrived_at": "2026-11-02T22:05:00Z",
    "offences": [{"code": "TH68010", "committed_from": "2026-11-01", "committed_in_area": True}],
}


class AllegeOffence(Command):
    """One offence the person is alleged to have committed."""

    model_config = ConfigDict(json_schema_extra={"examples": BOOKING["offences"]})

    code: OffenceCode
    committed_from: Annotated[
        Day, Field(description="The day, or the first it may have been.", examples=["2026-11-01"])
    ]
    committed_until: Annotated[
        Day | None, Field(description="The last day it may have been, where it is a range.")
    ] = None
    committed_in_area: Annotated[
        YesNo | None, Field(description="In the force area; null is not known.", examples=[True])
    ] = None
    crime_reference: Annotated[
        CrimeReference | None, Field(description="The crime's number.", examples=[None])
    ] = None
    domestic_abuse_grade: Annotated[
        DomesticAbuseGrade | None,
        Field(description="This offence's own; where null, the screening's.", examples=[None]),
    ] = None
    hate_crime: Annotated[
        YesNo | None,
        Field(description="This offence's own; where null, the screening's.", examples=[None]),
    ] = None
    formally_reported_on: Annotated[
        Day | None,
        Field(
            description="First day the victim gave a statement or a recorded interview.",
            examples=[None],
        ),
    ] = None

    @property
    def days(self) -> tuple[date, date]:
        return self.committed_from, self.committed_until or self.committed_from


class AddOffence(AllegeOffence):
    """Another alleged offence; or, with ``replaces``, the right particulars of an earlier one."""

    replaces: Annotated[
        UUID | None, Field(description="The alleged offence that this one puts right, if any.")
    ] = None
    reason: Annotated[
        OffenceCorrection | None,
        Field(description="Why it is put right; with `replaces` only.", examples=[None]),
    ] = None
    words: Words = None

    @model_validator(mode="after")
    def because(self) -> Self:
        if (self.replaces is None) != (self.reason is None) or (self.words and not self.reason):
            raise ValueError("Say with `replaces` what the reason is, and nowhere else.")
        if self.reason is OffenceCorrection.OTHER and self.words is None:
            raise ValueError("Say in words what the other reason is.")
        return self


class SaveScreening(Command):
    """What is known so far; leave out, or null, whatever is not known yet."""

    lives_in_area: Annotated[
        YesNo | None, Field(description="Lives in the force area.", examples=[True])
    ] = None
    interview_stance: Annotated[
        InterviewStance | None,
        Field(description="What they said in interview.", examples=["admitted"]),
    ] = None
    evidential_test_met: Annotated[
        YesNo | None, Field(description="Evidence suffices to charge.", examples=[True])
    ] = None
    subject_to_order: Annotated[
        YesNo | None,
        Field(
            description="On a court order, suspended sentence or conditional discharge.",
            examples=[False],
        ),
    ] = None
    order_ends_on: Annotated[
        Day | None, Field(description="Last day of that order.", examples=[None])
    ] = None
    on_bail: Annotated[
        YesNo | None,
        Field(description="On police or court bail for another matter.", examples=[False]),
    ] = None
    bail_ends_on: Annotated[
        Day | None, Field(description="Last day of that bail.", examples=[None])
    ] = None
    under_supervision: Annotated[
        YesNo | None, Field(description="Supervised by a statutory agency.", examples=[False])
    ] = None
    supervision_ends_on: Annotated[
        Day | None, Field(description="Last day of that supervision.", examples=[None])
    ] = None
    detained_for_court: Annotated[
        YesNo | None, Field(description="Held to be put before a court.", examples=[False])
    ] = None
    detained_under_mental_health_act: Annotated[
        YesNo | None, Field(description="Held under the Mental Health Act.", examples=[False])
    ] = None
    co_accused: Annotated[
        YesNo | None, Field(description="Somebody else is accused too.", examples=[False])
    ] = None
    domestic_abuse_grade: Annotated[
        DomesticAbuseGrade | None,
        Field(description="Domestic-abuse risk grade; none if not linked.", examples=["none"]),
    ] = None
    hate_crime: Annotated[
        YesNo | None, Field(description="Flagged as a hate crime.", examples=[False])
    ] = None
    understands_obligations: Annotated[
        YesNo | None, Field(description="Fully understands what is asked.", examples=[True])
    ] = None


class OpenCustodyRecord(Who):
    """Everything it takes to book somebody in, in one call."""

    model_config = ConfigDict(json_schema_extra={"examples": [BOOKING]})

    suite: Annotated[Code, Field(examples=["DURHAMGATE"])]
    arrested_at: Annotated[Instant, Field(examples=["2026-11-02T21:40:00Z"])]
    arrived_at: Annotated[Instant, Field(examples=["2026-11-02T22:05:00Z"])]
    relevant_time: Annotated[
        Instant | None,
        Field(
            description="Arrival at the first police station, if that was not this suite.",
            examples=["2026-11-02T21:55:00Z"],
        ),
    ] = None
    authorised_at: Annotated[
        Instant | None,
        Field(
            description="When detention was authorised; null is not known yet.",
            examples=["2026-11-02T22:15:00Z"],
        ),
    ] = None
    late_reason: Late = None
    offences: Annotated[list[AllegeOffence], Field(min_length=1, max_length=50)]
    screening: Annotated[
        SaveScreening | None, Field(description="What is known already, if anything.")
    ] = None


class IdentifyPerson(Who, Because):
    """The right person of a record that stood with another, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person": BOOKING["person"], "reason": "document_seen"}]}
    )


class AllegedOffenceView(View):
    """An alleged offence, as it was listed when it was entered."""

    id: UUID
    code: str
    title: str
    mode_of_trial: ModeOfTrial
    offence_class: Annotated[
        OffenceClass | None, Field(description="The programme's class; null if it has none.")
    ]
    committed_from: date
    committed_until: date
    committed_in_area: bool | None
    category: OffenceCategory | None
    schedules: list[OffenceSchedule]
    in_force_on_its_date: InForce
    crime_reference: str | None
    domestic_abuse_grade: DomesticAbuseGrade | None
    hate_crime: bool | None
    formally_reported_on: date | None


class ScreeningView(View):
    """What was known at the last saving."""

    number: int
    lives_in_area: bool | None
    interview_stance: InterviewStance | None
    evidential_test_met: bool | None
    subject_to_order: bool | None
    order_ends_on: date | None
    on_bail: bool | None
    bail_ends_on: date | None
    under_supervision: bool | None
    supervision_ends_on: date | None
    detained_for_court: bool | None
    detained_under_mental_health_act: bool | None
    co_accused: bool | None
    domestic_abuse_grade: DomesticAbuseGrade | None
    hate_crime: bool | None
    understands_obligations: bool | None
    saved_at: Moment
    saved_by: UUID


class CustodyRecordView(View):
    """A custody record as the suite sees it."""

    id: UUID
    reference: Annotated[str, Field(examples=["CP-7K3M-2QXH-N"])]
    version: int
    state: CustodyState
    suite: str
    person: PersonView
    arrested_at: Moment
    arrived_at: Moment
    released_at: Moment | None
    opened_at: Moment
    offences: list[AllegedOffenceView]
    screening: ScreeningView | None
    prosecution_clock: ProsecutionClock
    circumstances: CircumstancesView
    detention: DetentionView
    next_steps: list[NextStep]


class CustodyRecordSummary(View):
    """One line of the suite's list."""

    id: UUID
    reference: str
    state: CustodyState
    suite: str
    family_name: str
    given_names: str | None
    arrested_at: Moment
    arrived_at: Moment
    also_detained: Annotated[
        bool, Field(description="Another record says the same person is detained; read this one.")
    ]
