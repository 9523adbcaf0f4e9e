"""What counts as an outcome, from which day, and for how long. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Literal, Protocol, Self

from dateutil.relativedelta import relativedelta
from pydantic import Field, StringConstraints, model_validator

from checkpoint.contracts.clocks import last_day
from checkpoint.foundation.datedfiles import Part
from checkpoint.foundation.schemas import Version
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.states import Dated, Disposed, FollowUpKind

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
Months = Annotated[int, Field(strict=True, ge=1, le=120)]


class Happened(Protocol):
    """An arrest, charge or disposal, with each of its days that is known."""

    @property
    def kind(self) -> FollowUpKind: ...
    @property
    def offence_on(self) -> date | None: ...
    @property
    def arrested_on(self) -> date | None: ...
    @property
    def charged_on(self) -> date | None: ...
    @property
    def disposed_on(self) -> date | None: ...
    @property
    def disposal(self) -> Disposed | None: ...


class Horizon(Part):
    """How long after allocation is looked at: in calendar months, or where follow-up has no dates
    until a day counted from allocation, that day included.
    """

    months: Months
    days: Annotated[int, Field(strict=True, ge=1, le=3700)]

    @property
    def name(self) -> str:
        """What data cuts call it: 1 month, 24 months."""
        return called(self.months)


class Counted(Part):
    """What counts for one measure, and by which of its days."""

    measure: Measure
    title: Words
    source: Words
    event: Literal[FollowUpKind.ARREST, FollowUpKind.CHARGE, FollowUpKind.DISPOSAL]
    counted_by: Dated
    disposals: tuple[Disposed, ...] = ()
    lag_months: Annotated[int, Field(strict=True, ge=0, le=60)] = 0

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        is_disposal = self.event is FollowUpKind.DISPOSAL
        if is_disposal != bool(self.disposals):
            raise ValueError("disposals are named where a disposal counts, and only there")
        if self.lag_months and not is_disposal:
            raise ValueError("only a disposal comes with a lag")
        return self


class Primary(Part):
    """The measure and the horizon that a trial is judged by, fixed before anybody is allocated."""

    measure: Measure
    months: Months

    @property
    def horizon(self) -> str:
        """What data cuts call its horizon."""
        return called(self.months)


class Definitions(Part):
    """One version of what counts as an outcome.

    ``first_day`` is the first day after allocation that counts; the day of allocation is day 0.
    ``primary`` is None where no one result was fixed as the one that counts.
    """

    version: Version
    title: Words
    valid_from: date
    source: Words
    note: Words
    index: Literal["allocation"]
    first_day: Annotated[int, Field(strict=True, ge=0, le=31)]
    custody: Literal["counted"]
    horizons: Annotated[tuple[Horizon, ...], Field(min_length=1)]
    measures: Annotated[tuple[Counted, ...], Field(min_length=1)]
    primary: Primary | None = None

    @model_validator(mode="after")
    def told_apart(self) -> Self:
        faults = []
        months = [horizon.months for horizon in self.horizons]
        days = [horizon.days for horizon in self.horizons]
        if months != sorted({*months}) or days != sorted({*days}):
            faults.append("horizons: each longer than the one before")
        if len({counted.measure for counted in self.measures}) < len(self.measures):
            faults.append("measures: one stands twice")
        if self.primary is not None:
            if self.of(self.primary.measure) is None:
                faults.append("primary: its measure is none of those that are defined")
            if self.primary.months not in months:
                faults.append("primary: its months are none of the horizons")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def of(self, measure: Measure) -> Counted | None:
        """What counts for a measure, where it is defined."""
        return next((each for each in self.measures if each.measure is measure), None)

    @property
    def lag_months(self) -> int:
        """How many months proof may come after the offence."""
        proven = self.of(Measure.PROVEN)
        return proven.lag_months if proven else 0


def called(months: int) -> str:
    """The name of a horizon of so many calendar months."""
    return f"{months} month{'s' * (months > 1)}"


def in_use(published: Iterable[Definitions], *, opened_on: date) -> Definitions | None:
    """The definitions of a trial: those that were fixed when it opened.

    Args:
        published: all of them.
        opened_on: the trial's first day of allocation, in England.

    Returns:
        The last to have begun by then; None where none had.
    """
    begun = [each for each in published if each.valid_from <= opened_on]
    return max(begun, key=lambda each: each.valid_from, default=None)


def observed_until(counted: Counted, followed_until: date) -> date:
    """The last day on which something can be seen to count for a measure.

    Args:
        counted: the measure.
        followed_until: the last day of which follow-up is in.

    Returns:
        That day less the measure's lag: what was done later may still be proved.

    Source: domain notes 2.2: conviction or caution in the follow-up or a further six months.
    """
    return followed_until - relativedelta(months=counted.lag_months)


def day_of(
    counted: Counted,
    happened: Happened,
    *,
    allocated_on: date,
    followed_until: date,
    definitions: Definitions,
) -> int | None:
    """The day on which something counts for a measure, from allocation.

    Args:
        counted: the measure, one of ``definitions``.
        happened: an arrest, charge or disposal.
        allocated_on: day 0, in England.
        followed_until: the last day of which follow-up is in.
        definitions: of the trial.

    Returns:
        Days from allocation to the day that the measure counts by; None where it does not count:
        another kind of event, no such day known, the offence before the first day that counts, the
        day outside what is observed, or disposed of after the last day of follow-up or later than
        the lag after the longest horizon.

    Source: domain notes 2.2 and 4.5: what was done before does not count, whenever it is found.
    """
    if happened.kind != counted.event:
        return None
    on = {
        Dated.OFFENCE: happened.offence_on,
        Dated.ARREST: happened.arrested_on,
        Dated.CHARGE: happened.charged_on,
        Dated.DISPOSAL: happened.disposed_on,
    }[counted.counted_by]
    first = allocated_on + timedelta(days=definitions.first_day)
    if on is None or on < first or (happened.offence_on or on) < first:
        return None
    if on > observed_until(counted, followed_until):
        return None
    if counted.disposals and not _proved(
        counted, happened, allocated_on, followed_until, definitions
    ):
        return None
    return (on - allocated_on).days


def _proved(
    counted: Counted,
    happened: Happened,
    allocated_on: date,
    followed_until: date,
    definitions: Definitions,
) -> bool:
    longest = last_day(allocated_on, months=definitions.horizons[-1].months + counted.lag_months)
    return (
        happened.disposal in counted.disposals
        and happened.disposed_on is not None
        and happened.disposed_on <= min(longest, followed_until)
    )
