"""What is entered of a referral, and what is shown of one."""

from datetime import date
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from checkpoint.foundation.schemas import (
    Command,
    Day,
    Moment,
    NextStep,
    Spelt,
    Text,
    View,
    YesNo,
    example,
)
from checkpoint.needs.states import NeedLevel, Pathway
from checkpoint.referrals.references import REASON_LISTS
from checkpoint.referrals.states import (
    ENDINGS,
    ContactWay,
    Ending,
    NameShown,
    Party,
    ReferralBasis,
    ReferralEvent,
    ReferralReason,
    ReferralState,
    RiskToTell,
)
from checkpoint.referrals.tables import WORDS_LIMIT

Words = Annotated[Text, Field(max_length=WORDS_LIMIT)]
District = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?$"
    ),
    Spelt("the first half of a postcode", "DL1"),
]
ServiceId = Annotated[UUID, Field(description="The service's id in the directory.")]
MOST_SESSIONS = 31


class ContactToTell(Command):
    """How the provider reaches the person."""

    way: Annotated[ContactWay, Field(description="See /v1/reference/contact-ways.")]
    value: Annotated[
        Annotated[Text, Field(max_length=200)] | None,
        Field(description="The number or address; not with through_navigator."),
    ] = None

    @model_validator(mode="after")
    def value_of_a_way(self) -> Self:
        if (self.value is None) is not (self.way is ContactWay.THROUGH_NAVIGATOR):
            raise ValueError("Send value with telephone and email, and nowhere else.")
        return self


class MakeReferral(Command):
    """To whom somebody is referred, what for, and what the provider is told of them."""

    model_config = example(
        service_id="019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11",
        pathway="finance",
        name="initials",
        contact={"way": "telephone", "value": "01632 960000"},
        risks=[],
        district="DL1",
        wait=False,
    )

    service_id: ServiceId
    condition_key: Annotated[
        UUID | None, Field(description="The condition of the contract it is made for.")
    ] = None
    pathway: Annotated[
        Pathway | None, Field(description="Else the pathway of the assessed need.")
    ] = None
    name: Annotated[NameShown, Field(description="How the provider is told who it is.")]
    contact: ContactToTell
    risks: Annotated[
        tuple[RiskToTell, ...],
        Field(max_length=len(RiskToTell), description="See /v1/reference/referral-risks."),
    ] = ()
    district: Annotated[
        District | None, Field(description="Postcode district where the person is, e.g. DL1.")
    ] = None
    wait: Annotated[
        YesNo, Field(description="Where no place is free: put the person on the waiting list.")
    ] = False
    excluded_words: Annotated[
        Words | None, Field(description="Why there although the offer excludes the person.")
    ] = None
    made_on: Annotated[
        Day | None, Field(description="Left out, today; else the day it was really made.")
    ] = None

    @model_validator(mode="after")
    def made_for_one_thing(self) -> Self:
        if (self.condition_key is None) is (self.pathway is None):
            raise ValueError("Send condition_key or pathway, and not both.")
        return self


class TakeStep(Command):
    """What happened to a referral, on which day."""

    model_config = example(happened_on="2026-11-03")

    happened_on: Annotated[Day, Field(examples=["2026-11-03"])]


class PutOnList(TakeStep):
    """Since when and why the person waits."""

    STEP: ClassVar[ReferralEvent | None] = ReferralEvent.PUT_ON_LIST

    model_config = example(happened_on="2026-11-03", reason_code="list_full")

    reason_code: Annotated[ReferralReason, Field(description="See /v1/reference/referral-reasons.")]
    words: Annotated[Words | None, Field(description="Wanted with other.")] = None

    @field_validator("reason_code", mode="before")
    @classmethod
    def reason_of_its_step(cls, value: Any, info: ValidationInfo) -> Any:
        """What is no reason at all is answered with those of the step, not with everybody's."""
        outcome = info.data.get("outcome")
        step = cls.STEP if outcome is None else ENDINGS[outcome]
        if step is None or value in [*ReferralReason]:
            return value
        offered = ", ".join(REASON_LISTS[-1].reasons[step])
        raise PydanticCustomError("enum", "No such reason", {"expected": offered})

    @model_validator(mode="after")
    def words_with_other(self) -> Self:
        if self.reason_code is ReferralReason.OTHER and self.words is None:
            raise ValueError("Send words with other.")
        return self


class Ended(Command):
    """How a referral ended: said before the reason, whose list it chooses."""

    outcome: Annotated[Ending, Field(description="How it ended.")]


class EndReferral(PutOnList, Ended):
    """How, when and why a referral ended."""

    STEP: ClassVar[ReferralEvent | None] = None

    model_config = example(
        outcome="completed", happened_on="2026-11-03", reason_code="goals_reached"
    )


class CorrectWait(Command):
    """When a referral really waited, or that it never did."""

    model_config = example(reason_code="wrong_dates", waiting_since="2026-11-03")

    reason_code: Annotated[ReferralReason, Field(description="wrong_dates or never_waited.")]
    waiting_since: Annotated[
        Day | None, Field(description="The first day; left out where it never waited.")
    ] = None
    waited_until: Annotated[
        Day | None, Field(description="The last day; left out while it waits.")
    ] = None


class SessionForm(Command):
    """One day on which the person was expected."""

    session_on: Annotated[Day, Field(examples=["2026-11-03"])]
    attended: YesNo


class RecordSessions(Command):
    """On which days the person was expected, and whether they came."""

    model_config = example(sessions=[{"session_on": "2026-11-03", "attended": True}])

    sessions: Annotated[tuple[SessionForm, ...], Field(min_length=1, max_length=MOST_SESSIONS)]

    @model_validator(mode="after")
    def each_day_once(self) -> Self:
        if len({each.session_on for each in self.sessions}) < len(self.sessions):
            raise ValueError("Send each day once.")
        return self


class ServiceView(View):
    """The service of the directory that was chosen."""

    service_id: UUID
    name: str
    organization_id: UUID
    organization_name: str


class ReferralStepView(View):
    """One step of a referral."""

    number: int
    event: ReferralEvent
    state: ReferralState
    party: Party
    reason_code: ReferralReason | None
    words: str | None
    happened_on: date
    recorded_at: Moment
    recorded_by: UUID


class ReferralSessionView(View):
    """One day on which the person was expected; what was entered last of it."""

    session_on: date
    attended: bool


class ContactTold(View):
    """How the provider was told to reach the person."""

    way: ContactWay
    value: str | None


class ConditionTold(View):
    """What the provider was told of the condition it was made for."""

    objective: str
    measure: str
    sessions: Annotated[int | None, Field(description="How many, if it counts sessions.")]
    due_on: date | None


class ToldView(View):
    """What a provider was told of the person, as it was sent."""

    name: str
    contact: ContactTold
    pathway: Pathway
    need_level: NeedLevel | None
    condition: ConditionTold | None
    risks: list[RiskToTell]


class ReferralItemView(View):
    """A referral in a case's list."""

    id: UUID
    reference: str
    service: ServiceView
    basis: ReferralBasis
    pathway: Pathway
    need_level: NeedLevel | None
    state: ReferralState
    label: str
    version: int
    made_on: date
    acknowledged_on: date | None
    waiting_since: date | None
    waited_until: date | None
    waiting_days: Annotated[int, Field(description="Days on the waiting list until today.")]
    holds_place: Annotated[bool, Field(description="Whether it takes up a place.")]


class ReferralsView(View):
    """A case's referrals, the last one first."""

    items: list[ReferralItemView]
    next_steps: list[NextStep]


class ReferralView(ReferralItemView):
    """A referral with its story."""

    custody_record_id: UUID
    contract_id: UUID | None
    condition_key: UUID | None
    needs_assessment_id: UUID | None
    district: str | None
    excluded_words: str | None
    excused: Annotated[bool, Field(description="Whether the contract excuses its wait.")]
    told: ToldView
    steps: list[ReferralStepView]
    sessions: list[ReferralSessionView]
    sessions_attended: int
    sessions_words: Annotated[
        str, Field(description="Whether what the provider said counts for the condition.")
    ]
    sessions_missed: int
    next_steps: list[NextStep]
