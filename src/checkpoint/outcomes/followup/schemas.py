"""Commands and views of follow-up."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.paging import Page
from checkpoint.foundation.schemas import Code, Command, Day, Moment, Text, View, YesNo
from checkpoint.outcomes.followup.states import RowOutcome
from checkpoint.outcomes.states import Disposed, FollowUpKind

MOST_SENT = 4000
Short = Annotated[Text, Field(max_length=60)]


class SendFollowUpRow(Command):
    """What is told of somebody in one row; which cells an event needs is in docs/outcomes.md."""

    row_key: Annotated[
        Short,
        Field(
            description="The source's own key of the row, which a correction repeats.",
            examples=["2026-000417"],
        ),
    ]
    pnc_id: Annotated[Short, Field(description="In any written form.", examples=["2002/0073319Z"])]
    event: Annotated[FollowUpKind, Field(description="Nothing: looked up, and nothing found.")]
    offence_date: Annotated[Day | None, Field(examples=["2017-03-01"])] = None
    arrest_date: Annotated[Day | None, Field(examples=["2017-03-02"])] = None
    charge_date: Annotated[Day | None, Field(examples=["2017-03-02"])] = None
    disposal_date: Annotated[Day | None, Field(examples=["2017-06-20"])] = None
    from_date: Annotated[
        Day | None,
        Field(description="Of death, emigration or loss; of custody the first day."),
    ] = None
    until_date: Annotated[
        Day | None, Field(description="The last day in custody; null: still there.")
    ] = None
    offence_code: Annotated[Short | None, Field(examples=["TH68010"])] = None
    disposal: Disposed | None = None
    outcome_code: Annotated[
        Annotated[Text, Field(max_length=2)] | None,
        Field(description="The Home Office outcome, if known.", examples=["1"]),
    ] = None
    proactively_detected: YesNo = False


class SendFollowUp(Command):
    """Follow-up of everybody who was allocated in a trial, whatever their arm."""

    trial: Annotated[Text, Field(max_length=40, description="The trial's name.")]
    source: Annotated[
        Code, Field(description="Where it is from; row keys count within it.", examples=["PNC"])
    ]
    followed_until: Annotated[
        Day, Field(description="The last day of which it tells, today at the latest.")
    ]
    allow_unmatched_percent: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=100,
            description="How many rows in a hundred may be about nobody in the trial, or about "
            "two people; they are left out and reported. If more are, nothing is taken in.",
        ),
    ] = 0
    rows: Annotated[
        list[SendFollowUpRow],
        Field(
            min_length=1,
            max_length=MOST_SENT,
            description="More are taken in from a file: `checkpoint outcomes import`.",
        ),
    ]


class RowCountsView(View):
    """How many rows became what."""

    new: int
    corrects: int
    repeated: int
    left_out: Annotated[
        int, Field(description="About people who agree to the research no longer; not kept.")
    ]
    ambiguous: int
    unmatched: int


class FollowUpBatchView(View):
    """A batch of follow-up that was taken in."""

    id: UUID
    trial: str
    number: int
    source: str
    followed_until: date
    digest: Annotated[str, Field(description="SHA-256 of what its rows say, in any order.")]
    allowed_unmatched_percent: int
    rows: int
    outcomes: RowCountsView
    covered: Annotated[int, Field(description="How many people it tells of.")]
    lacking: Annotated[
        int, Field(description="How many who were allocated until then it does not tell of.")
    ]
    received_at: Moment
    received_by: UUID


class FollowUpRowView(View):
    """What became of one row."""

    number: Annotated[int, Field(description="The line in the file, or the place in the list.")]
    outcome: RowOutcome
    meaning: str


class LackingView(View):
    """Somebody who was allocated and of whom a batch does not tell."""

    allocation_id: UUID
    custody_record_id: UUID
    allocated_at: Moment
    has_pnc_id: Annotated[bool, Field(description="False: nobody can look them up by it yet.")]


class FollowUpBatchPage(Page[FollowUpBatchView]): ...


class FollowUpRowPage(Page[FollowUpRowView]): ...


class LackingPage(Page[LackingView]): ...
