"""What officers enter of the risk, and what they are shown."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StrictInt

from checkpoint.forecast.states import RiskBand
from checkpoint.foundation.schemas import Code, Command, Moment, NextStep, Spelt, Text, View

Count = Annotated[StrictInt, Field(ge=0, le=1_000_000)]


class RecordRiskView(Command):
    """What you yourself think of the risk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"band": "moderate", "words": "First arrest; drinking again."}]
        }
    )

    band: Annotated[RiskBand, Field(description="See /v1/reference/risk-bands.")]
    words: Annotated[
        Text | None, Field(max_length=1000, description="Why; above all where you disagree.")
    ] = None


class Votes(Command):
    """How many trees voted for each band."""

    low: Count
    moderate: Count
    high: Count

    def by_band(self) -> dict[RiskBand, int]:
        return {RiskBand(name): count for name, count in self.model_dump().items()}


class RecordForecast(Command):
    """What the tool said, copied from it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tool": "HART",
                    "tool_version": "509-trees",
                    "band": "high",
                    "votes": {"low": 8, "moderate": 87, "high": 414},
                }
            ]
        }
    )

    tool: Annotated[Code, Field(description="See /v1/reference/forecast-tools.")]
    tool_version: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9._-]{1,40}$"),
        Spelt("at most 40 letters, digits, ., - and _, without spaces", "2.1"),
    ]
    band: Annotated[RiskBand, Field(description="As the tool gave it.")]
    votes: Votes


class RiskViewView(View):
    """What an officer thought of the risk."""

    id: UUID
    band: RiskBand
    words: str | None
    after_band: Annotated[bool, Field(description="A tool's band was on record by then.")]
    viewed_at: Moment
    viewed_by: UUID


class VotesView(View):
    """How many trees voted for each band."""

    low: int
    moderate: int
    high: int


class ForecastView(View):
    """What the tool said, beside what the officer had thought before."""

    id: UUID
    tool: str
    tool_version: str
    trees: int
    votes: VotesView
    band: RiskBand
    band_has_most_votes: Annotated[
        bool, Field(description="A tool may give another band than the one with most votes.")
    ]
    officer_band: Annotated[RiskBand, Field(description="The officer's view from before it.")]
    disagrees: Annotated[bool, Field(description="The officer had thought otherwise.")]
    recorded_at: Moment
    recorded_by: UUID


class RiskView(View):
    """Everything on record about the risk in one case, the first first."""

    views: list[RiskViewView]
    forecasts: list[ForecastView]
    band: Annotated[
        RiskBand | None, Field(description="The last band; what rules that ask for one are told.")
    ]
    disagrees: Annotated[
        bool | None, Field(description="Whether the officer had thought otherwise; null without.")
    ]
    next_steps: list[NextStep]
