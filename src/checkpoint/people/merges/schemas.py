"""Merges and partings as they are asked for, and as they are shown."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.schemas import Command, Moment, Text, View, example
from checkpoint.people.merges.states import MergeReason, PartingReason
from checkpoint.people.schemas import KnownPersonView, PersonView

Words = Annotated[
    Text,
    Field(
        max_length=500,
        description="What you rest it on, in words.",
        examples=["Synthetic words: both gave one set of fingerprints."],
    ),
]
Value = Annotated[
    date | int | str | None, Field(description="As it is stored; null is not recorded.")
]
KEEPS = (
    "Nothing was overwritten: each record keeps its own particulars, cases and history. What is "
    "recorded of the kept person from now on stays with the kept person, also after a parting."
)
STAYED = (
    "Each record stands by itself again, with its own particulars, cases and history. What was "
    "recorded of the kept person while the merge stood has stayed with the kept person: look "
    "through it, and move what belongs to the other by the custody record's identity."
)


class MergePeople(Command):
    """Two records are about one person."""

    model_config = example(
        other_id="019e2f6a-7c1d-7b3e-9a54-3f0d8f2b6c11",
        reason="fingerprint_result",
        words="The fingerprints are the same.",
    )

    other_id: Annotated[UUID, Field(description="The record that is merged away.")]
    reason: Annotated[MergeReason, Field(examples=["fingerprint_result"])]
    words: Words


class PartPeople(Command):
    """Two merged records are about two people after all."""

    model_config = example(reason="fingerprint_result", words="The fingerprints differ.")

    reason: Annotated[PartingReason, Field(examples=["fingerprint_result"])]
    words: Words


class DifferenceView(View):
    """One particular that does not stand alike in both records; neither was changed."""

    field: Annotated[str, Field(examples=["date_of_birth"])]
    kept: Value
    other: Value


class ReadThroughView(View):
    """One particular that only another record of the same person knows."""

    field: Annotated[str, Field(examples=["date_of_birth"])]
    value: Value
    person_id: Annotated[UUID, Field(description="The record that knows it.")]


class PartingView(View):
    """That a merge no longer stands, and why."""

    id: UUID
    reason: PartingReason
    words: str
    parted_at: Moment
    parted_by: UUID


class MergeView(View):
    """A merge: both records as they stand now, and what differs between them."""

    id: UUID
    kept: Annotated[PersonView, Field(description="Under whom both are found.")]
    other: Annotated[PersonView, Field(description="Who is merged away while it stands.")]
    differences: list[DifferenceView]
    reason: MergeReason
    words: str
    merged_at: Moment
    merged_by: UUID
    parting: Annotated[PartingView | None, Field(description="Null while the merge stands.")]
    meaning: Annotated[str, Field(description="What this leaves where, in plain English.")]


class MergesView(View):
    """Every merge of a person and of the records that are one with theirs, the earliest first."""

    items: list[MergeView]


class WholePersonView(KnownPersonView):
    """A person with every other name, and with the records that are one with theirs.

    The particulars at the top are this record's own, whatever is merged with it.
    """

    merged_into: Annotated[
        UUID | None, Field(description="The person to go on with; null where it is this one.")
    ]
    merged_here: Annotated[
        list[KnownPersonView], Field(description="The records that are merged into this one.")
    ]
    read_through: Annotated[
        list[ReadThroughView],
        Field(description="What this record does not know, and one merged into it does."),
    ]
