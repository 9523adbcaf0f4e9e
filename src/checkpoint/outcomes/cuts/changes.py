"""How a cut differs from the one before; counted when it is taken."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described
from checkpoint.outcomes.cuts.states import CutPart


class CutChange(Record, table=True):
    """How many rows of a cut differ in one field from the cut before; never whose.

    Append-only. Written only by ``outcomes.cuts.actions``.
    """

    __tablename__ = "cut_change"
    __table_args__ = (
        sa.UniqueConstraint("cut_id", "part", "field"),
        sa.CheckConstraint("changed >= 1", name="something_changed"),
        sa.CheckConstraint("cut_id <> before_id", name="two_cuts"),
    )

    cut_id: UUID = Field(
        foreign_key="data_cut.id", sa_column_kwargs=described("The cut.", Disclosure.SAFE)
    )
    before_id: UUID = Field(
        foreign_key="data_cut.id", sa_column_kwargs=described("The cut before.", Disclosure.SAFE)
    )
    part: CutPart = Field(
        sa_type=text_enum(CutPart, "part"),
        sa_column_kwargs=described("Of participants or of events.", Disclosure.SAFE),
    )
    field: str = Field(
        max_length=40,
        sa_column_kwargs=described(
            "Which; or added, or gone, or an event's measure.", Disclosure.SAFE
        ),
    )
    changed: int = Field(sa_column_kwargs=described("How many rows.", Disclosure.INDIRECT))
