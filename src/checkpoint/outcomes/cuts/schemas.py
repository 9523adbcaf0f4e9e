"""What is asked and shown of data cuts; of nobody in one."""

from datetime import date
from typing import Annotated

from pydantic import Field

from checkpoint.foundation.schemas import Command, Day, Instant, Moment, View, example
from checkpoint.outcomes.cuts.states import Measure, Origin


class TakeCut(Command):
    """Take a data cut of a trial."""

    model_config = example(known_until="2026-11-03T12:00:00Z")

    known_until: Annotated[
        Instant | None,
        Field(description="What was on record by then counts; if left out, all of now."),
    ] = None
    followed_until: Annotated[
        Day | None,
        Field(
            description="The last day of follow-up that counts, no later than the last of which it "
            "is in; if left out, that one. Nobody who was allocated later is in the cut, nothing that "
            "happened or was measured of a case later, and of the flow only what was on record when "
            "that day was over. Whoever was followed up until an earlier day is lost on it: where a "
            "later batch told of few, name the last day of which all sources tell."
        ),
    ] = None


class HorizonView(View):
    """How long after allocation is looked at: by calendar months where told, else by days."""

    name: str
    months: int | None
    days: int | None


class PrimaryView(View):
    """The one result that a trial is judged by."""

    measure: Measure
    horizon: Annotated[str, Field(description="The name of one of the cut's horizons.")]


FEW = "Null for evaluators where there are 1 to 9."


class CutView(View):
    """A data cut: what figures were made from. Arms have their masks."""

    trial: str
    number: int
    origin: Origin
    known_until: Moment
    followed_until: Annotated[
        date, Field(description="Its last day: of follow-up, of allocations, of measures of cases.")
    ]
    measures: list[Measure]
    horizons: list[HorizonView]
    primary: Annotated[
        PrimaryView | None,
        Field(description="The primary outcome that was fixed in advance; null: none was."),
    ]
    conviction_lag_months: int
    definitions: str
    definitions_digest: str
    rule_sets: list[str]
    harm_index: str | None
    masks: list[str]
    participants: Annotated[int | None, Field(description=FEW)]
    events: Annotated[int | None, Field(description=FEW)]
    digest: Annotated[str, Field(description="SHA-256 of what it holds, row by row.")]
    software: str
    taken_at: Moment


class CutsView(View):
    """A trial's data cuts, the last one first."""

    items: list[CutView]


class ChangesView(View):
    """How a data cut differs from the one before: how many rows, never whose."""

    trial: str
    number: int
    before: Annotated[int | None, Field(description="The cut before; null for the first.")]
    participants: Annotated[
        dict[str, int | None],
        Field(
            description="How many participants are added, gone, or differ in a field, by field. "
            + FEW
        ),
    ]
    events_added: Annotated[dict[str, int | None], Field(description="By measure. " + FEW)]
    events_gone: Annotated[dict[str, int | None], Field(description="By measure. " + FEW)]
    in_words: Annotated[str, Field(description="The same as a sentence, or that nothing changed.")]


class TakenCutView(CutView):
    """A data cut that was taken just now, with what a correction changed since the one before."""

    changes: Annotated[ChangesView | None, Field(description="Null: it is the first.")]
