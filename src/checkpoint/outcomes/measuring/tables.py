"""What was measured of cases; put right by another row, never edited."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.outcomes.measuring.states import CaseMeasureKind, CostKind

INSTANT = sa.DateTime(timezone=True)


class CaseMeasure(Record, table=True):
    """One measure of a case: a victim's satisfaction, the person's wellbeing, or a cost.

    Append-only. Written only by ``outcomes.measuring.actions``.
    """

    __tablename__ = "case_measure"
    __table_args__ = (
        sa.UniqueConstraint("corrects_id"),
        sa.UniqueConstraint("id", "custody_record_id"),
        sa.ForeignKeyConstraint(
            ["corrects_id", "custody_record_id"],
            ["case_measure.id", "case_measure.custody_record_id"],
        ),
        sa.CheckConstraint("corrects_id <> id", name="corrects_another"),
        sa.CheckConstraint(
            "CASE kind WHEN 'victim_satisfaction' THEN value BETWEEN 1 AND 5 "
            "WHEN 'wellbeing' THEN value BETWEEN 14 AND 70 "
            "ELSE value BETWEEN 0 AND 100000000 END",
            name="value_range",
        ),
        sa.CheckConstraint(
            "(kind = 'victim_satisfaction') = (victim_id IS NOT NULL)",
            name="victim_of_satisfaction",
        ),
        sa.CheckConstraint("(kind = 'cost') = (cost_kind IS NOT NULL)", name="kind_of_cost"),
        sa.Index("ix_case_measure_custody_record_id", "custody_record_id"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case.", Disclosure.INDIRECT),
    )
    kind: CaseMeasureKind = Field(
        sa_type=text_enum(CaseMeasureKind, "kind"),
        sa_column_kwargs=described("What is measured.", Disclosure.SAFE),
    )
    value: int = Field(sa_column_kwargs=described("Points, or pence.", Disclosure.INDIRECT))
    victim_id: UUID | None = Field(
        default=None,
        foreign_key="victim.id",
        sa_column_kwargs=described("Whose satisfaction, if it is that.", Disclosure.INDIRECT),
    )
    cost_kind: CostKind | None = Field(
        default=None,
        sa_type=text_enum(CostKind, "cost_kind"),
        sa_column_kwargs=described("What a cost was for.", Disclosure.SAFE),
    )
    taken_on: date = Field(
        sa_column_kwargs=described("The day it was taken, or of the cost.", Disclosure.INDIRECT)
    )
    corrects_id: UUID | None = Field(
        default=None,
        sa_column_kwargs=described("The measure it puts right, if it does.", Disclosure.INDIRECT),
    )
    withdrawn: bool = Field(
        default=False,
        sa_column_kwargs=described(
            "Whether it only says that the other was wrong.", Disclosure.SAFE
        ),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When entered, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who entered it.", Disclosure.DIRECT))
