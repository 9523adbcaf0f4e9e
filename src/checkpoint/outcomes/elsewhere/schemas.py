"""What is sent and shown of trials that ran elsewhere; of nobody who took part in one."""

from typing import Annotated

from pydantic import Field

from checkpoint.foundation.schemas import Command, Moment, View, example
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.elsewhere.states import EditionState, PartKind
from checkpoint.outcomes.elsewhere.tabular import FollowUpRow, ParticipantRow

MOST_ROWS = 1000
PartNumber = Annotated[
    int, Field(ge=1, le=100_000, description="Counts the parts of this kind, from 1.")
]


class ReceiveParticipants(Command):
    """Some of an edition's participants."""

    model_config = example(
        part=1,
        rows=[
            {"participant": "P1", "arm": "aid", "age": 27, "observed": 52},
            {"participant": "P2", "arm": "control", "age": 31, "observed": 52},
        ],
    )

    part: PartNumber
    rows: Annotated[list[ParticipantRow], Field(min_length=1, max_length=MOST_ROWS)]


class ReceiveFollowUp(Command):
    """Some of what came of an edition's participants."""

    model_config = example(part=1, rows=[{"participant": "P2", "measure": "arrest", "at": 20}])

    part: PartNumber
    rows: Annotated[list[FollowUpRow], Field(min_length=1, max_length=MOST_ROWS)]


class CompleteEdition(Command):
    """Nothing more is said: the manifest tells how many rows there are to be."""

    model_config = example()


class PartView(View):
    """Rows that came at once."""

    kind: PartKind
    part: int
    rows: int


class EditionView(View):
    """One edition of a trial that ran elsewhere."""

    number: int
    state: EditionState
    title: str
    source: str
    changed: str
    measures: list[Measure]
    participants: Annotated[int, Field(description="How many rows there are to be.")]
    events: Annotated[int, Field(description="The same of what came of them.")]
    received: Annotated[
        dict[PartKind, int], Field(description="How many rows are here, by kind of part.")
    ]
    digest: Annotated[
        str | None, Field(description="SHA-256 of all that came; null until it is complete.")
    ]
    begun_at: Moment
    ended_at: Moment | None


class TrialElsewhereView(View):
    """A trial that ran elsewhere, with its editions; the last complete one counts."""

    code: str
    editions: list[EditionView]
    parts: Annotated[
        list[PartView],
        Field(description="What is here of the edition that is being received, part by part."),
    ]


class TrialsElsewhereView(View):
    """Every trial that was brought in, or is being."""

    items: list[TrialElsewhereView]
