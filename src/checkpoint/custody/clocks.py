"""The last day on which proceedings can be started for each alleged offence. Pure.

A clock here is never late: where the law may give longer, the shorter day is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from dateutil.relativedelta import relativedelta

from checkpoint.custody.states import DomesticAbuseGrade, InForce, ModeOfTrial
from checkpoint.foundation.schemas import View


class TimeLimit(StrEnum):
    """Which rule gives an offence its last day."""

    NONE = "none"
    SUMMARY = "summary"
    DOMESTIC_COMMON_ASSAULT = "domestic_common_assault"


SOURCE: Mapping[TimeLimit, str] = MappingProxyType(
    {
        TimeLimit.NONE: "Magistrates' Courts Act 1980 s.127(2): no limit for what may be tried on "
        "indictment, low-value theft from a shop included (Jobson v DPP [2025] EWHC 1385 (Admin))",
        TimeLimit.SUMMARY: "Magistrates' Courts Act 1980 s.127(1): six months from the offence",
        TimeLimit.DOMESTIC_COMMON_ASSAULT: "Criminal Justice Act 1988 s.39A: six months from the "
        "formal report, and two years from the offence",
    }
)
# Common assault, and assault by beating; the attempt is no offence in law.
COMMON_ASSAULT = frozenset({"CJ88001", "CJ88116"})
# Police, Crime, Sentencing and Courts Act 2022 s.49 came into force on this day. An earlier offence
# may have the longer rule too; the clock does not rest on that.
LONGER_RULE_FROM = date(2022, 6, 28)
SUMMARY_MONTHS, OUTER_MONTHS = 6, 24


@dataclass(frozen=True)
class Timed:
    """What of one alleged offence its clock depends on.

    ``offence_id`` is None where the offence stands on no record; ``domestic_abuse_grade`` is None
    where it is not known whether it is linked to domestic abuse; ``formally_reported_on`` is the
    first day on which the victim gave the police a statement or a recorded interview.
    """

    offence_id: UUID | None
    code: str
    mode_of_trial: ModeOfTrial
    committed_from: date
    domestic_abuse_grade: DomesticAbuseGrade | None = None
    formally_reported_on: date | None = None


class OffenceClock(View):
    """One alleged offence's last day to start proceedings; null where no limit runs."""

    offence_id: UUID | None
    code: str
    time_limit: TimeLimit
    last_day: date | None
    days_left: int | None
    source: str
    note: str | None


class ProsecutionClock(View):
    """Each alleged offence's last day to start proceedings, and the first of them, as of a day."""

    as_of: date
    last_day: date | None
    days_left: int | None
    offences: tuple[OffenceClock, ...]


def last_day(offence: Timed) -> tuple[TimeLimit, date | None]:
    """The rule for one alleged offence, and the last day on which proceedings can be started.

    The day of the offence is not counted, so six months from 1 January end with 1 July; where the
    last month is shorter they end with its last day, so those from 31 August end with 28 (or 29)
    February. Where the offence is a range of days, the earliest counts.

    Args:
        offence: its earliest possible day counts.

    Returns:
        The rule, and the day; None where no limit runs (either way, indictable only).

    Source: Magistrates' Courts Act 1980 s.127; Criminal Justice Act 1988 s.39A for common assault
    and battery that is domestic abuse, since 28 June 2022; domain notes 3.5. Acts that give some
    summary offences longer are left aside, so the day is never after the statute's.
    """
    if offence.mode_of_trial != ModeOfTrial.SUMMARY_ONLY:
        return TimeLimit.NONE, None
    six_months = offence.committed_from + relativedelta(months=SUMMARY_MONTHS)
    reported = offence.formally_reported_on
    if not longer_rule(offence) or reported is None or reported < offence.committed_from:
        return TimeLimit.SUMMARY, six_months
    from_report = reported + relativedelta(months=SUMMARY_MONTHS)
    outermost = offence.committed_from + relativedelta(months=OUTER_MONTHS)
    return TimeLimit.DOMESTIC_COMMON_ASSAULT, min(from_report, outermost)


def longer_rule(offence: Timed) -> bool:
    """Whether it is common assault within domestic abuse, of a day that has the longer rule."""
    return (
        offence.code in COMMON_ASSAULT
        and offence.domestic_abuse_grade not in (None, DomesticAbuseGrade.NONE)
        and offence.committed_from >= LONGER_RULE_FROM
    )


def clock_of(offences: Iterable[Timed], *, on: date) -> ProsecutionClock:
    """Every alleged offence's clock as of a day, and the first last day among them.

    Args:
        offences: those that stand.
        on: the day from which days are counted; on the last day itself none is left, and after it
            fewer than none.

    Returns:
        The clocks in the order of the offences, and the soonest last day with the days until it;
        None for both where no limit runs.
    """
    clocks = tuple(_clock(offence, on=on) for offence in offences)
    first = min((clock.last_day for clock in clocks if clock.last_day), default=None)
    return ProsecutionClock(
        as_of=on, last_day=first, days_left=_days(first, on=on), offences=clocks
    )


def _clock(offence: Timed, *, on: date) -> OffenceClock:
    rule, day = last_day(offence)
    wanting = rule is TimeLimit.SUMMARY and longer_rule(offence)
    return OffenceClock(
        offence_id=offence.offence_id,
        code=offence.code,
        time_limit=rule,
        last_day=day,
        days_left=_days(day, on=on),
        source=SOURCE[rule],
        note=UNREPORTED if wanting else None,
    )


UNREPORTED = (
    "Domestic abuse: say on which day the victim first gave a statement or a recorded interview, "
    "and the longer rule counts."
)


def _days(day: date | None, *, on: date) -> int | None:
    return None if day is None else (day - on).days


def in_force(
    first: date, last: date, *, valid_from: date | None, valid_until: date | None
) -> InForce:
    """Whether an offence was in force on each of the days on which it may have been committed.

    Args:
        first: the earliest of those days.
        last: the latest of them.
        valid_from: the offence's first day in force; None is not known.
        valid_until: the first day on which it was no longer in force; None where it still is, or
            where that is not known.

    Returns:
        Whether it was on all, some or none of the days; or that no day is known of it.
    """
    if valid_from is None and valid_until is None:
        return InForce.NOT_DATED
    begins, ends = valid_from or date.min, valid_until or date.max
    if begins <= first and last < ends:
        return InForce.IN_FORCE
    return InForce.PARTLY if begins <= last and first < ends else InForce.NOT_IN_FORCE
