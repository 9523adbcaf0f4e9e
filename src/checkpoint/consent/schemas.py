"""What officers enter of consent, and what they are shown of it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from checkpoint.consent.states import (
    AskingState,
    ConsentAnswer,
    ConsentKind,
    ConsentState,
    LegalAdvice,
    Teller,
    UnderstandingCheck,
)
from checkpoint.custody.movements.schemas import Late
from checkpoint.custody.movements.states import LateReason
from checkpoint.foundation.schemas import (
    Command,
    Instant,
    Moment,
    NextStep,
    Spelt,
    Text,
    Version,
    View,
    YesNo,
    example,
)

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[a-z_]{1,40}$"),
    Spelt("a code in small letters and _, as its list has it", "changed_mind"),
]
Words = Annotated[
    Text | None,
    Field(max_length=1000, description="Why, in words, if somebody wants it said."),
]
WHOLE: dict[str, Any] = {
    "sheet_version": "2016-08-01-en",
    "sheet_given_at": "2026-11-03T09:00:00Z",
    "legal_advice_offered": True,
    "legal_advice": "not_wanted",
    "understood": True,
    "understanding_checked": "own_words",
    "capacity_in_doubt": False,
    "answered_at": "2026-11-03T09:20:00Z",
    "programme": {"answer": "given"},
    "research": {"answer": "given"},
    "information_sharing": {"answer": "declined", "reason_code": "privacy"},
}


class Answered(Command):
    """What the person said to one of the three; a reason only where they declined."""

    model_config = ConfigDict(json_schema_extra={"examples": [WHOLE["information_sharing"]]})

    answer: ConsentAnswer
    reason_code: Annotated[
        Reason | None, Field(description="See /v1/reference/consent-declining-reasons.")
    ] = None
    words: Words = None


class ConsentForm(Command):
    """One asking, as far as it has come; leave out whatever is not known yet."""

    sheet_version: Annotated[
        Version | None,
        Field(description="Of the sheet that was given; see /v1/reference/information-sheets."),
    ] = None
    sheet_given_at: Annotated[Instant | None, Field(examples=["2026-11-03T09:00:00Z"])] = None
    legal_advice_offered: YesNo | None = None
    legal_advice: Annotated[
        LegalAdvice | None, Field(description="What the person said to the offer.")
    ] = None
    understood: YesNo | None = None
    understanding_checked: Annotated[
        UnderstandingCheck | None, Field(description="How it was seen.")
    ] = None
    capacity_in_doubt: Annotated[
        YesNo | None,
        Field(description="True: somebody doubts that the person can decide this now."),
    ] = None
    answered_at: Annotated[Instant | None, Field(examples=["2026-11-03T09:20:00Z"])] = None
    programme: Answered | None = None
    research: Answered | None = None
    information_sharing: Answered | None = None
    late_reason: Late = None


class AskForConsent(ConsentForm):
    """What the person was told and what they answered; or a draft of it."""

    model_config = example(**WHOLE)

    draft: Annotated[
        YesNo,
        Field(description="True: to go on with later. Left alone, a draft expires with its words."),
    ] = False


class SaveDraft(ConsentForm):
    """What is to be changed in a draft; what is left out stays, and null takes away."""

    model_config = example(understood=True, understanding_checked="own_words")


class CompleteDraft(Command):
    """Take the answers of a draft; there is nothing to add, so send {} or nothing."""

    model_config = example()


class WithdrawConsent(Command):
    """The person takes one of the three back."""

    model_config = example(
        kind="research",
        withdrawn_at="2026-11-03T11:00:00Z",
        told_by="person",
        reason_code="no_reason_given",
    )

    kind: ConsentKind
    withdrawn_at: Annotated[Instant, Field(examples=["2026-11-03T11:00:00Z"])]
    told_by: Annotated[Teller, Field(description="Who told you.")]
    reason_code: Annotated[
        Reason, Field(description="See /v1/reference/consent-withdrawing-reasons.")
    ]
    words: Words = None
    late_reason: Late = None


class FormView(ConsentForm):
    """What a draft says so far."""


class WithdrawalView(View):
    """When a consent was taken back, and why."""

    withdrawn_at: Moment
    told_by: Teller
    reason_code: str
    reason: str
    words: str | None
    recorded_at: Moment
    recorded_by: UUID
    entered_late: bool
    late_reason: LateReason | None


class ConsentView(View):
    """One of the three, as it was answered, with what the sheet that was given says of it."""

    id: UUID
    kind: ConsentKind
    answer: ConsentAnswer
    reason_code: str | None
    reason: str | None
    words: str | None
    state: Annotated[ConsentState, Field(description="Of this answer; a later one may count.")]
    covers: Annotated[str, Field(description="What it covers, by the sheet that was given.")]
    withdrawing: Annotated[str, Field(description="What withdrawing it means, by that sheet.")]
    withdrawal: WithdrawalView | None


class TakenView(View):
    """One asking whose answers were taken."""

    number: int
    sheet_version: str
    sheet_digest: Annotated[str, Field(description="SHA-256 of the sheet that was given.")]
    sheet_given_at: Moment
    legal_advice: LegalAdvice
    understanding_checked: UnderstandingCheck
    appropriate_adult_there: Annotated[
        bool, Field(description="One was needed, and was there all the time.")
    ]
    interpreter_there: Annotated[bool, Field(description="The same of an interpreter.")]
    eligibility_decision_id: Annotated[UUID, Field(description="The decision that stood then.")]
    answered_at: Moment
    answered_by: Annotated[UUID, Field(description="The person, as on record then.")]
    taken_at: Annotated[Moment, Field(description="When it was entered.")]
    taken_by: UUID
    entered_late: bool
    late_reason: LateReason | None
    consents: list[ConsentView]


class AskingView(View):
    """One asking for consent: a draft, one that expired, or one whose answers were taken."""

    id: UUID
    custody_record_id: UUID
    state: AskingState
    begun_at: Moment
    begun_by: UUID
    expires_at: Annotated[
        Moment | None, Field(description="Of a draft: when it expires if nobody saves it.")
    ]
    form: Annotated[
        FormView | None,
        Field(
            description="What a draft says so far. Null in lists, in the answer that begins one "
            "(which is kept longer than a draft may be), and once it ended."
        ),
    ]
    missing: Annotated[list[str], Field(description="What a draft still lacks.")]
    taken: Annotated[TakenView | None, Field(description="Null: the answers were not taken.")]
    next_steps: list[NextStep]


class StandingConsentView(View):
    """Where one of the three stands in a case."""

    kind: ConsentKind
    label: str
    state: ConsentState
    consent_id: UUID | None
    asking_id: UUID | None
    answered_at: Moment | None
    withdrawn_at: Moment | None
    withdrawing: Annotated[
        str | None, Field(description="What withdrawing means, by the sheet; null: never asked.")
    ]


class ConsentsView(View):
    """Where the three stand in a case, and every asking, the last one first."""

    standing: list[StandingConsentView]
    items: list[AskingView]
    next_steps: list[NextStep]


class AskedView(View):
    """What a sheet says of one of the three."""

    kind: ConsentKind
    label: str
    covers: str
    withdrawing: str


class SheetView(View):
    """An information sheet, as it was published."""

    version: str
    language: str
    title: str
    valid_from: date
    valid_until: date | None
    source: str
    note: str
    introduction: str
    consents: list[AskedView]
    digest: str
    published_at: Moment
