"""Suites with their hours, as clients read them."""

from datetime import date, time
from typing import Annotated

from pydantic import Field

from checkpoint.foundation.codelists import CodeView
from checkpoint.foundation.schemas import View


class HoursView(View):
    """One opening on one day of the week."""

    weekday: Annotated[int, Field(description="1 is Monday.")]
    opens: time
    closes: Annotated[time, Field(description="00:00 is the end of the day.")]
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
