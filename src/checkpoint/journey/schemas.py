"""Cases as a suite's lists show them, their counts, and the ledger as auditors read it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.audit.operations import Operation
from checkpoint.consent.states import ConsentState
from checkpoint.custody.movements.states import LateReason
from checkpoint.custody.states import OffenceCorrection
from checkpoint.eligibility.schemas import StandingSummary
from checkpoint.eligibility.states import Basis, Changed, Verdict
from checkpoint.foundation.actors import Rank, Role
from checkpoint.foundation.schemas import Moment, NextStep, View
from checkpoint.journey.stages import Stage
from checkpoint.people.states import CorrectionReason


class MeView(View):
    """The caller, as the identity provider vouches for them."""

    id: UUID
    role: Role
    rank: Rank | None
    suites: list[str]
    organization_id: Annotated[
        UUID | None, Field(description="Of a provider: whose referrals they answer.")
    ]
    permissions: Annotated[list[str], Field(examples=[["custody-record:read"]])]


class LateEntryView(View):
    """Something that was entered more than three hours after it happened."""

    what: Annotated[
        str,
        Field(description="booked_in, or the kind of movement or entry.", examples=["reviewed"]),
    ]
    happened_at: Moment
    recorded_at: Moment
    late_reason: Annotated[
        LateReason | None, Field(description="Null where nobody said why; ask whoever entered it.")
    ]


OF_CASE = "Of the whole case; an answer about one thing has the steps of that thing alone."


class NextStepsView(View):
    """What may be done with a case, and why not where it may not."""

    standing: Annotated[
        StandingSummary | None, Field(description="The present decision's; null before the first.")
    ]
    next_steps: Annotated[list[NextStep], Field(description=OF_CASE)]
    overtaken: Annotated[
        bool,
        Field(
            description="What the decision rests on was entered or put right since: decide again."
        ),
    ] = False
    overtaken_by: Annotated[
        list[Changed], Field(description="What that was, by kind.", examples=[["co_accused"]])
    ] = []
    entered_late: Annotated[
        list[LateEntryView],
        Field(description="Of the detention, the earliest to happen first; empty where none was."),
    ] = []
    record: Annotated[
        str | None,
        Field(description="Where the present decision is printed on one page; null without one."),
    ] = None


class CaseView(View):
    """One line of the list: a case, where it stands, and what is to be done next."""

    record_id: UUID
    reference: Annotated[str, Field(examples=["CP-7K3M-2QXH-N"])]
    suite: str
    family_name: str
    given_names: str | None
    arrested_at: Moment
    entered_late: Annotated[
        bool,
        Field(
            description="They were booked in more than three hours after they arrived, as after a "
            "failure of the system."
        ),
    ]
    stage: Stage
    verdict: Annotated[
        Verdict | None,
        Field(description="The one that stands; null where nothing is decided."),
    ]
    basis: Annotated[
        Basis | None,
        Field(description="What that rests on: the rules, a determination, or an override."),
    ]
    decision_id: Annotated[UUID | None, Field(description="The present decision.")]
    overtaken: Annotated[
        bool,
        Field(
            description="What the decision rests on was entered or put right since: decide again."
        ),
    ]
    missing: Annotated[
        list[str], Field(description="Facts that the present decision is waiting for.")
    ]
    consent: Annotated[ConsentState, Field(description="Where consent to the programme stands.")]
    prosecution_deadline_on: Annotated[
        date | None,
        Field(
            description="Last day to begin proceedings, six months from the earliest summary-only "
            "offence; null where nothing is summary only. Domestic common assault may have longer: "
            "the list goes by the sooner day, and the record's `prosecution_clock` by the longer."
        ),
    ]
    days_left: Annotated[
        int | None, Field(description="Days until that day; below 0 when it has gone by.")
    ]
    next: Annotated[str, Field(description="What is to be done next, in plain English.")]


class StageCountView(View):
    """How many custody records stand in one stage."""

    stage: Stage
    meaning: str
    records: int


class ReasonCountView(View):
    """How many custody records were not screened for one reason."""

    reason: str
    records: int


class DecliningCountView(View):
    """How many custody records' people declined to take part for one reason."""

    reason_code: str
    reason: str
    records: int


class CriterionCountView(View):
    """How many custody records do not meet one criterion. One may fail several and is in each."""

    criterion: str
    question: str
    records: int
    alone: Annotated[int, Field(description="Of them, those refused by this one alone.")]


class MissingCountView(View):
    """How many custody records wait for one fact. One may wait for several and is in each."""

    fact: str
    question: str
    records: int


class CountsView(View):
    """Every arrest's record, in one stage each: the stages add up to ``arrested``."""

    counted: Annotated[str, Field(description="What every number here counts, in words.")]
    arrested: int
    screened: Annotated[int, Field(description="All but those not screened.")]
    decided: Annotated[int, Field(description="Of them, those with a decision.")]
    eligible: Annotated[
        int, Field(description="Of them, those who stand as eligible, or who came in.")
    ]
    asked: Annotated[int, Field(description="Of them, those who answered whether they take part.")]
    consented: Annotated[
        int, Field(description="Of them, those who agreed, though some took it back since.")
    ]
    entered: Annotated[
        int,
        Field(description="Of them, those enrolled or allocated; nobody leaves this count again."),
    ]
    stages: Annotated[
        list[StageCountView],
        Field(description="Every stage, 0 included; none tells an arm."),
    ]
    not_screened: Annotated[
        list[ReasonCountView], Field(description="By reason; adds up to that stage.")
    ]
    ineligible: Annotated[
        list[CriterionCountView], Field(description="By criterion, those that the rules refuse.")
    ]
    by_supervisor: Annotated[
        int,
        Field(
            description="Of the ineligible, those whom the rules do not refuse: a supervisor's "
            "determination or an override by two people does. They stand under no criterion."
        ),
    ]
    declined: Annotated[
        list[DecliningCountView],
        Field(description="Who declined to take part, by reason; adds up to that stage."),
    ]
    pending: Annotated[list[MissingCountView], Field(description="By what is wanted.")]


class ReliedView(View):
    """A decision that rested on what was put right later."""

    id: UUID
    custody_record_id: UUID
    number: int
    verdict: Verdict
    decided_at: Moment
    superseded_by_id: Annotated[
        UUID | None, Field(description="The decision that took its place; null if it still stands.")
    ]


class CorrectionView(View):
    """One thing put right about a person, or about whom a record is about."""

    id: UUID
    field: Annotated[str, Field(examples=["date_of_birth"])]
    before: str | None
    after: str | None
    reason: CorrectionReason
    words: Annotated[str | None, Field(description="Null where they were said in another suite.")]
    corrected_at: Moment
    corrected_by: UUID
    custody_record_id: Annotated[
        UUID | None,
        Field(description="From which record it was put right; null where another suite's."),
    ]
    decisions: Annotated[
        list[ReliedView], Field(description="Taken before, on what stood there; in your suites.")
    ]


class OffenceCorrectionView(View):
    """An alleged offence that was put right by another entry."""

    before: Annotated[UUID, Field(description="The alleged offence that stood there.")]
    before_code: Annotated[str, Field(examples=["TH68010"])]
    after: Annotated[UUID, Field(description="The one that took its place.")]
    after_code: Annotated[str, Field(examples=["TH68036"])]
    reason: Annotated[
        OffenceCorrection | None, Field(description="Null where it was not kept yet.")
    ]
    words: str | None
    corrected_at: Moment
    corrected_by: Annotated[UUID | None, Field(description="Null where it was not kept here yet.")]
    decisions: Annotated[
        list[ReliedView], Field(description="Taken before, while what was put right stood.")
    ]


class CorrectionsView(View):
    """Everything that was put right, the earliest first."""

    items: list[CorrectionView]
    offences: Annotated[
        list[OffenceCorrectionView], Field(description="Of the record's alleged offences.")
    ]


class MergeDecisionsView(View):
    """Decisions that were taken while it was believed otherwise who is one person."""

    as_if_one: Annotated[
        bool,
        Field(description="True: taken while the two were merged. False: before they were."),
    ]
    items: list[ReliedView]


class LedgerEntryView(View):
    """One entry: who did or saw what, and when. Ids only; never a name."""

    id: UUID
    stream: int
    sequence: int
    at: Moment
    recorded_at: Moment
    request_id: UUID
    operation: Operation
    event: str
    outcome: str
    door: str
    subject_kind: str
    subject_ids: list[UUID]
    changed_fields: list[str]
    actor_id: UUID | None
    actor_role: Role | None
    client: str | None
    purpose: str | None
    recipient: str | None
