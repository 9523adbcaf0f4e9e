"""What is read of a trial for a cut, wherever it ran, and what of it a cut counts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from checkpoint.foundation.errors import RuleBroken
from checkpoint.outcomes.cuts.spans import Spell, days_within
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure

# From the first to the last; whoever came to one came to all before it.
ALLOCATED = "allocated"
GATES = ("arrested", "screened", "eligible", "consented", ALLOCATED)
# Why people stopped at a gate: a reason that nobody told; what stands before a criterion's code.
NOT_TOLD, UNMET = "not_told", "ineligible_"
# Bands of age in years, the youngest first, and the age that each ends before; the last has no end.
AGE_BANDS: Mapping[str, int | None] = MappingProxyType(
    {"under_18": 18, "18_24": 25, "25_34": 35, "35_44": 45, "45_54": 55, "55_over": None}
)


@dataclass(frozen=True, slots=True)
class Horizon:
    """How long after allocation something is counted: in calendar months where these are named.

    Otherwise in days from allocation: a day no later than ``days`` is in.
    """

    name: str
    months: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Primary:
    """The primary outcome: the measure, and the horizon by its name, that a trial is judged by."""

    measure: Measure
    horizon: str


@dataclass(frozen=True, slots=True)
class Programme:
    """What holds for everybody in a cut.

    ``followed_until`` is the last day that counts: nobody was allocated later, and nothing is from
    later. What somebody is found guilty of is complete only until ``conviction_lag_months`` before
    that. ``first_day`` is the first day from allocation that counts. ``flow`` counts who came to
    each gate before allocation, by code. ``measures`` are those that were followed at all.
    ``covariates`` say of each, by name, its type, its label and, by code, what the code means.
    ``primary`` is None where none was fixed in advance.
    """

    followed_until: date
    measures: tuple[Measure, ...]
    definitions: str
    definitions_digest: str
    horizons: tuple[Horizon, ...]
    conviction_lag_months: int = 0
    first_day: int = 0
    rule_sets: tuple[str, ...] = ()
    harm_index: str | None = None
    flow: Mapping[str, Any] = field(default_factory=dict)
    covariates: Mapping[str, Any] = field(default_factory=dict)
    primary: Primary | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to somebody, on the day that the definitions count.

    ``day`` counts from allocation; what lies before allocation has a day below 0.
    """

    measure: Measure
    day: int
    offence_group: str | None = None
    harm_days: float | None = None
    proactively_detected: bool | None = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Why and on which day from allocation somebody could be observed no longer."""

    reason: EndOfObservation
    day: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody who was allocated, as read from the rows of a programme here or elsewhere.

    ``mask`` and ``delivered_mask`` are letters: whoever reads an arm masks it there and then, so
    that no arm goes on in the clear. ``followed_until`` is their own last day of follow-up where
    it is another than everybody's. ``spells`` is None where days in custody are not known.
    ``custody_day`` is the first of them from allocation; None: there is none, or nobody knows when.
    """

    participant_id: UUID
    mask: str
    allocated_on: date
    stratum: str
    per_protocol: bool
    delivered_mask: str | None = None
    completed: bool | None = None
    sex: str | None = None
    age: int | None = None
    ethnicity: str | None = None
    residence: str | None = None
    offence_group: str | None = None
    baseline: Mapping[str, Any] = field(default_factory=dict)
    followed_until: date | None = None
    ends: tuple[Ended, ...] = ()
    spells: tuple[Spell, ...] | None = ()
    custody_day: int | None = None
    events: tuple[Happened, ...] = ()
    distance_travelled: int | None = None
    cost_pence: int | None = None
    wellbeing: int | None = None
    victim_satisfaction: float | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a cut keeps of somebody: how long they were observed, what came first, and all else."""

    observed_days: int
    ended_by: EndOfObservation
    custody_days: int | None
    custody_day: int | None
    first: Mapping[Measure, int]
    events: tuple[Happened, ...]


def day_of(on: date, *, allocated_on: date) -> int:
    """How far a day lies from allocation.

    Args:
        on: a day in England.
        allocated_on: the day of allocation.

    Returns:
        Days; the day of allocation is day 0, one before it is negative.
    """
    return (on - allocated_on).days


def last_day_of(followed_until: date, last: date | None, *, opened_on: date) -> date:
    """The last day that counts in a cut.

    Args:
        followed_until: the last day of which follow-up is in.
        last: the one that is asked for; None: that one.
        opened_on: the trial's first day.

    Returns:
        A day in England.

    Raises:
        RuleBroken: the day that is asked for is before the trial, or nobody has told of it yet.
    """
    if last is not None and last < opened_on:
        day = f"{opened_on:%-d %B %Y}"
        raise RuleBroken("#/followed_until", "before-the-trial", f"Name {day} or a later day.")
    if last is not None and last > followed_until:
        raise RuleBroken(
            "#/followed_until",
            "not-followed-so-long",
            f"Follow-up is in until {followed_until:%-d %B %Y}; name that day or an earlier one.",
        )
    return last or followed_until


@lru_cache(maxsize=4096)  # asked for each of a million people
def seen_until(measure: Measure, followed_until: date, *, lag_months: int) -> date:
    """The last day on which a measure is complete.

    Args:
        measure: what is counted.
        followed_until: the last day of which follow-up is in.
        lag_months: how much later convictions come in, in calendar months.

    Returns:
        That day, in England; for proven reoffences the lag earlier.
    """
    if measure is Measure.PROVEN:
        return followed_until - relativedelta(months=lag_months)
    return followed_until


def gathered(taken: Taken, programme: Programme) -> Gathered:
    """What a cut counts of somebody.

    Observation ends with the first of death, emigration, loss and the last day of follow-up; on
    that day itself what happens still counts. What happened before the first day that counts is
    left out, and so is a measure that was not followed, or an offence whose conviction may not be in
    yet: committed within the lag before the last day that counts, or before somebody was lost.

    Args:
        taken: somebody, with all that is on record.
        programme: what holds for everybody.

    Returns:
        Days from allocation, 0 at least; the first day of each measure that happened; events by
        day and measure.
    """
    until = min(taken.followed_until or programme.followed_until, programme.followed_until)
    last = Ended(EndOfObservation.DATA_CUT, day_of(until, allocated_on=taken.allocated_on))
    # Of two on one day the one that says more: why somebody was gone, not that the data were.
    end = min((*taken.ends, last), key=lambda each: (each.day, each.reason is last.reason))
    observed = max(end.day, 0)
    ends = _complete(programme, end, allocated_on=taken.allocated_on)
    counted = sorted(
        (
            each
            for each in taken.events
            if programme.first_day <= each.day <= ends.get(each.measure, -1)
        ),
        key=_in_order,
    )
    first: dict[Measure, int] = {}
    for each in counted:
        first.setdefault(each.measure, each.day)
    return Gathered(
        observed_days=observed,
        ended_by=end.reason,
        custody_days=days_within(taken.spells, observed),
        custody_day=_seen(taken.custody_day, observed),
        first=first,
        events=tuple(counted),
    )


def _complete(programme: Programme, end: Ended, *, allocated_on: date) -> dict[Measure, int]:
    """The last day of each measure that can be seen of somebody, in days from allocation."""
    ends = dict.fromkeys(programme.measures, end.day)
    if Measure.PROVEN in ends:
        known = programme.followed_until
        if end.reason is EndOfObservation.LOST:
            # What was proven after they were lost nobody saw; of others it is seen until the end.
            known = min(known, allocated_on + timedelta(days=end.day))
        complete = seen_until(Measure.PROVEN, known, lag_months=programme.conviction_lag_months)
        ends[Measure.PROVEN] = min(end.day, day_of(complete, allocated_on=allocated_on))
    return ends


def _seen(day: int | None, observed_days: int) -> int | None:
    return day if day is not None and day <= observed_days else None


def _in_order(each: Happened) -> tuple[Any, ...]:
    return (
        each.day,
        each.measure,
        each.offence_group or "",
        -1.0 if each.harm_days is None else each.harm_days,
        each.proactively_detected is not None,
        bool(each.proactively_detected),
    )
