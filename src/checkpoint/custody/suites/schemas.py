"""Suites with their hours, as clients read them."""

from datetime import date, time
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from checkpoint.foundation.codelists import CodeView
from checkpoint.foundation.schemas import View

# JSON Schema's own times of day have an offset; these are what a clock on the wall shows.
WallTime = Annotated[
    time,
    PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "example": "08:00"}),
]


class HoursView(View):
    """One opening on one day of the week."""

    weekday: Annotated[int, Field(description="1 is Monday.")]
    opens: WallTime
    closes: Annotated[WallTime, Field(description="00:00 is the end of the day.")]
    available_from: date
    available_until: date | None
    source: str


class SuiteView(CodeView):
    """A custody suite, with the hours it keeps where they are known."""

    hours: Annotated[
        list[HoursView],
        Field(description="None in force: not known, and it counts as open always."),
    ]


class SuitesView(View):
    """The custody suites, from when to when."""

    name: Annotated[str, Field(examples=["suites"])]
    title: str
    source: str
    items: list[SuiteView]
