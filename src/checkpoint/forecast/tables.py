"""What the officer thought of the risk, and what the tool said."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from checkpoint.forecast.states import RiskBand
from checkpoint.foundation.database import Record, text_enum
from checkpoint.foundation.disclosure import Disclosure, described

INSTANT = sa.DateTime(timezone=True)


class OfficerRiskView(Record, table=True):
    """What an officer thought of the risk at one moment; whether they knew the band is said.

    Append-only: a view is never changed, a later one stands beside it. Written only by
    ``forecast.actions``; a trigger sees that ``after_band`` is true.
    """

    __tablename__ = "officer_risk_view"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.UniqueConstraint("id", "custody_record_id"),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("length(words) <= 1000", name="words_length"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case it is about.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the case's views.", Disclosure.SAFE))
    band: RiskBand = Field(
        sa_type=text_enum(RiskBand, "band"),
        sa_column_kwargs=described("What the officer thought.", Disclosure.INDIRECT),
    )
    words: str | None = Field(
        default=None, sa_column_kwargs=described("Why, in words.", Disclosure.NEVER)
    )
    after_band: bool = Field(
        sa_column_kwargs=described("A tool's band was on record by then.", Disclosure.SAFE)
    )
    viewed_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When recorded, in UTC.", Disclosure.INDIRECT)
    )
    viewed_by: UUID = Field(sa_column_kwargs=described("Which officer.", Disclosure.DIRECT))


class RiskForecast(Record, table=True):
    """What one version of a forecasting tool said of a case, with its votes.

    Append-only. Written only by ``forecast.actions``; a trigger sees that the officer's view it
    is put beside was recorded before any band.
    """

    __tablename__ = "risk_forecast"
    __table_args__ = (
        sa.UniqueConstraint("custody_record_id", "number"),
        sa.ForeignKeyConstraint(
            ["officer_risk_view_id", "custody_record_id"],
            ["officer_risk_view.id", "officer_risk_view.custody_record_id"],
        ),
        sa.CheckConstraint("number >= 1", name="number_counts"),
        sa.CheckConstraint("least(votes_low, votes_moderate, votes_high) >= 0", name="votes_count"),
        sa.CheckConstraint("votes_low + votes_moderate + votes_high = trees", name="votes_add_up"),
    )

    custody_record_id: UUID = Field(
        foreign_key="custody_record.id",
        sa_column_kwargs=described("The case it is about.", Disclosure.INDIRECT),
    )
    number: int = Field(sa_column_kwargs=described("Counts the case's forecasts.", Disclosure.SAFE))
    officer_risk_view_id: UUID = Field(
        sa_column_kwargs=described("The officer's view from before the band.", Disclosure.INDIRECT)
    )
    tool: str = Field(max_length=40, sa_column_kwargs=described("Which tool.", Disclosure.SAFE))
    tool_version: str = Field(
        max_length=40, sa_column_kwargs=described("Which version of it.", Disclosure.SAFE)
    )
    trees: int = Field(sa_column_kwargs=described("How many trees voted.", Disclosure.SAFE))
    votes_low: int = Field(sa_column_kwargs=described("Votes for low.", Disclosure.INDIRECT))
    votes_moderate: int = Field(
        sa_column_kwargs=described("Votes for moderate.", Disclosure.INDIRECT)
    )
    votes_high: int = Field(sa_column_kwargs=described("Votes for high.", Disclosure.INDIRECT))
    band: RiskBand = Field(
        sa_type=text_enum(RiskBand, "band"),
        sa_column_kwargs=described("The band, as the tool gave it.", Disclosure.INDIRECT),
    )
    recorded_at: datetime = Field(
        sa_type=INSTANT, sa_column_kwargs=described("When recorded, in UTC.", Disclosure.INDIRECT)
    )
    recorded_by: UUID = Field(sa_column_kwargs=described("Who recorded it.", Disclosure.DIRECT))
