"""What comes of a contract, and what its victims are told and object to."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.contracts.outcomes.states import ChallengeOutcome
from checkpoint.contracts.outcomes.tables import WORDS_LIMIT
from checkpoint.contracts.states import ContractState
from checkpoint.foundation.schemas import Command, Day, Moment, NextStep, Text, View, example
from checkpoint.victims.states import NotificationKind

Words = Annotated[Text, Field(max_length=WORDS_LIMIT)]


class RecordChallenge(Command):
    """A victim objects to the contract, or to what came of it."""

    model_config = example(
        victim_id="019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11",
        objected_on="2026-11-03",
        words="They had wished for a court to decide.",
    )

    victim_id: Annotated[UUID, Field(description="A victim of the case whose entry stands.")]
    objected_on: Annotated[Day, Field(examples=["2026-11-03"])]
    words: Annotated[Words, Field(description="What they say.")]


class DecideChallenge(Command):
    """What an uninvolved officer says to it."""

    model_config = example(outcome="contract_stands", words="The terms meet what they fear.")

    outcome: Annotated[
        ChallengeOutcome, Field(description="See /v1/reference/victim-challenge-outcomes.")
    ]
    words: Annotated[Words, Field(description="Why; the victim is told it.")]


class ProposalView(View):
    """What the contract's end proposes for each offence; whoever records an outcome decides it."""

    outcome_code: Annotated[str | None, Field(description="Null: nothing is agreed.")]
    outcome: str | None
    why: str


class OffenceOutcomeView(View):
    """One alleged offence of the case, and its own outcome."""

    offence_id: UUID
    code: str
    title: str
    disposed: Annotated[bool, Field(description="Whether an outcome stands.")]
    outcome_code: str | None
    disposed_on: date | None
    disposal_id: Annotated[
        UUID | None, Field(description="What stands; name it in replaces_id to replace it.")
    ]
    time_limit_expired: Annotated[
        bool, Field(description="An incident: the time in which it could be prosecuted ran out.")
    ]


class OutcomesView(View):
    """What came of a contract, offence by offence."""

    contract_id: UUID
    custody_record_id: UUID
    state: ContractState
    proposal: Annotated[ProposalView | None, Field(description="Null while the contract runs.")]
    complete: Annotated[bool, Field(description="An outcome stands for every offence.")]
    incidents: Annotated[int, Field(description="How many of them ran out of time.")]
    items: list[OffenceOutcomeView]
    next_steps: list[NextStep]


class TellingView(View):
    """Something a victim has to be told of a contract, or was."""

    victim_id: UUID
    what: NotificationKind
    happened_at: Moment
    due_on: Annotated[date, Field(description="The last working day for it.")]
    told_at: Annotated[Moment | None, Field(description="Null: not told yet.")]
    overdue: Annotated[bool, Field(description="Told later than due, or not told and past due.")]
    next_steps: list[NextStep]


class TellingsView(View):
    """What the victims of a case have to be told of its contract; nothing waits for it."""

    contract_id: UUID
    source: str
    items: list[TellingView]


class ChallengeDecisionView(View):
    """What an uninvolved officer said."""

    outcome: ChallengeOutcome
    label: str
    words: str
    decided_at: Moment
    decided_by: UUID


class ChallengeView(View):
    """A victim's objection. The contract goes on meanwhile."""

    id: UUID
    contract_id: UUID
    victim_id: UUID
    number: int
    objected_on: date
    in_time: Annotated[
        bool, Field(description="Within the months there are; it is answered anyway.")
    ]
    words: str
    recorded_at: Moment
    recorded_by: UUID
    acknowledge_by: date
    acknowledged_at: Annotated[
        Moment | None, Field(description="When the victim was reached first after it was entered.")
    ]
    due_on: Annotated[date, Field(description="The last working day to decide it.")]
    overdue: Annotated[bool, Field(description="Open past that day, or decided after it.")]
    decision: Annotated[ChallengeDecisionView | None, Field(description="Null: it is open.")]
    next_steps: list[NextStep]


class ChallengesView(View):
    """What victims objected to, the latest first."""

    contract_id: UUID
    source: str
    items: list[ChallengeView]


class IncidentView(View):
    """An offence whose time ran out before anybody disposed of it."""

    disposal_id: UUID
    record_id: UUID
    reference: str
    suite: str
    disposed_on: date
    recorded_at: Moment


class IncidentCountView(View):
    """How many offences of a suite's cases ran out of time."""

    suite: str
    incidents: int


class IncidentCountsView(View):
    """The same by suite."""

    items: list[IncidentCountView]
