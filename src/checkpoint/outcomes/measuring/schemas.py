"""Commands and views of what is measured of a case."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from checkpoint.foundation.schemas import Command, Day, Moment, View, YesNo, example
from checkpoint.outcomes.measuring.states import CaseMeasureKind, CostKind


class RecordCaseMeasure(Command):
    """Something was measured, or is put right."""

    model_config = example(kind="wellbeing", value=48, taken_on="2026-11-03")

    kind: Annotated[CaseMeasureKind, Field(examples=["wellbeing"])]
    value: Annotated[
        int,
        Field(
            strict=True,
            description="Satisfaction 1 to 5; wellbeing by WEMWBS 14 to 70; cost in pence.",
            examples=[48],
        ),
    ]
    taken_on: Annotated[Day, Field(examples=["2026-11-03"])]
    victim_id: Annotated[UUID | None, Field(description="Whose satisfaction.")] = None
    cost_kind: Annotated[CostKind | None, Field(description="What a cost was for.")] = None
    corrects_id: Annotated[UUID | None, Field(description="The measure that this puts right.")] = (
        None
    )
    withdrawn: Annotated[
        YesNo, Field(description="True: the other was wrong, and nothing takes its place.")
    ] = False


class CaseMeasureView(View):
    """One measure of a case."""

    id: UUID
    kind: CaseMeasureKind
    value: int
    victim_id: UUID | None
    cost_kind: CostKind | None
    taken_on: date
    corrects_id: UUID | None
    withdrawn: bool
    counts: Annotated[bool, Field(description="False: it was put right, or withdrawn.")]
    recorded_at: Moment
    recorded_by: UUID


class CaseMeasuresView(View):
    """All of a case, in the order in which they were entered."""

    custody_record_id: UUID
    items: list[CaseMeasureView]
