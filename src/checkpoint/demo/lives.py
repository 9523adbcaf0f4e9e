"""What becomes of somebody who was started on the programme, day by day. Pure, and seeded.

Every share, length and reason in this file is invented, so that each way a contract can go is seen;
none is the programme's. Some contracts are made shorter than four months, so that ends are seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from checkpoint.demo.fates import NEXT_SEED, STOPPING, Duty, Fate, fate
from checkpoint.demo.offers import WITHDRAWING
from checkpoint.demo.week import Chance, Deed, Step

DAYS_BETWEEN, FRIDAY = 14, 4
WEEKS = (6, 8, 8, 10, 12, 17)  # the last is four calendar months: no day is named
LONGEST = 17
PATHWAYS = ("finance", "health", "drugs_and_alcohol", "accommodation", "attitudes")
HOURS, DAYS_OF_WORK = 18, 3
COMES: Mapping[str, int] = MappingProxyType({"attended": 84, "late": 9, "excused": 7})


@dataclass(frozen=True, kw_only=True)
class Life:
    """One person's time on the programme, from the start on."""

    start: Step
    chance: Chance
    fate: Fate

    def step(self, duty: Duty, at: datetime, /, **body: Any) -> Step:
        start = self.start
        return Step(start.arrest, start.suite, at, duty, body, self.chance.often(8))

    def on(self, days: int, hour: int = 10) -> datetime:
        """An hour of the day so many days after the start, a little apart from other people's."""
        day = (self.start.at + timedelta(days=days)).replace(hour=hour, minute=0, second=0)
        return day + timedelta(minutes=5 * (self.start.arrest % 12))


def life(start: Step, place: int, seed: int) -> list[Step]:
    """Everything that becomes of somebody, in its order.

    Args:
        start: the step with which they were started.
        place: how many were started before.
        seed: the same seed gives the same lives.

    Returns:
        Every step, the first assessment first.

    Source: none; every share is invented.
    """
    chance = Chance(seed * NEXT_SEED + 31 * place)
    whole = Life(start=start, chance=chance, fate=fate(place, seed))
    return sorted(_beginning(whole), key=lambda step: step.at)


def _beginning(one: Life) -> Iterator[Step]:
    """Assessed and assigned; met for the first time; and a contract drafted."""
    soon = one.start.at + timedelta(minutes=15)
    yield one.step(Duty.ASSESS, soon, timepoint="baseline", seed=one.chance.between(0, 10**6))
    yield one.step(Duty.ASSIGN, soon + timedelta(minutes=30))
    first = one.on(one.chance.between(1, 2))
    yield _planned(one, soon + timedelta(minutes=35), first, kind="first_contact")
    if one.fate is Fate.LAPSED:
        yield one.step(Duty.MEET, first + timedelta(hours=1), kind="first_contact", came="missed")
        for days in (4, 6, 9):
            yield one.step(Duty.TRY, one.on(days, 15))
        yield one.step(Duty.DRAFT, one.on(10), **_terms(one, weeks=LONGEST, sessions=4))
        yield one.step(Duty.OFFER, one.on(10, 11))
        yield one.step(Duty.LAPSE, one.on(21), reason_code="no_show")
        yield one.step(Duty.SETTLE, one.on(22))
        return
    yield one.step(Duty.MEET, first + timedelta(hours=1), kind="first_contact", came="attended")
    if one.fate is Fate.DECLINED:
        yield one.step(Duty.DRAFT, one.on(3, 11), **_terms(one, weeks=LONGEST, sessions=4))
        yield one.step(Duty.OFFER, one.on(3, 12))
        yield one.step(Duty.DECLINE, one.on(5), reason_code="conditions_refused")
        yield one.step(Duty.SETTLE, one.on(6))
        return
    yield from _contract(one)


def _contract(one: Life) -> Iterator[Step]:
    """Drafted, offered, signed and approved; then the meetings, and what else happens."""
    weeks = one.chance.one_of(WEEKS)
    away = 9 if one.fate is Fate.SUSPENDED else 0
    # The day after the last; four calendar months are some days more than their weeks.
    ends = 4 + weeks * 7 + away + (7 if weeks == LONGEST else 0)
    ill = 4 + 7 * (weeks // 2)
    stops = ill if one.fate in STOPPING else ends
    meetings = [*range(_weekday(one, 11), stops - 2, DAYS_BETWEEN)]
    if away:
        meetings = [days for days in meetings if not ill <= days <= ill + away]
    comings = ["attended", *(one.chance.weighed(COMES) for _ in meetings[1:])]
    sessions = sum(came != "excused" for came in comings)
    works = one.chance.often(40)
    yield one.step(
        Duty.DRAFT, one.on(3, 11), **_terms(one, weeks=weeks, sessions=sessions, works=works)
    )
    yield one.step(Duty.OFFER, one.on(3, 12))
    yield one.step(Duty.SIGN, one.on(4), roles=["person", "navigator"])
    yield one.step(Duty.SIGN, one.on(4, 16), roles=["supervisor"])
    yield from _meetings(one, meetings, comings)
    if works:
        for week in range(DAYS_OF_WORK):
            days = 16 + 7 * week
            days += away if days >= ill else 0
            if days < stops:
                minutes = HOURS * 60 // DAYS_OF_WORK
                yield one.step(Duty.ENTER, one.on(days, 17), rule="hours", kind="work", minutes=minutes)  # fmt: skip
    yield from HAPPENS.get(one.fate, _nothing)(one, ill)
    if one.fate not in STOPPING:
        yield one.step(Duty.ASSESS, one.on(ends), timepoint="exit", seed=one.chance.between(0, 10**6))  # fmt: skip
        yield one.step(Duty.COMPLETE, one.on(ends, 11))
        yield one.step(Duty.SETTLE, one.on(ends, 12))


def _weekday(one: Life, days: int) -> int:
    """So many days after the start, or the Monday after it."""
    weekday = one.on(days).weekday()
    return days + (7 - weekday if weekday > FRIDAY else 0)


def _meetings(one: Life, meetings: list[int], comings: list[str]) -> Iterator[Step]:
    """Each is planned when the one before is over."""
    planned = one.on(4, 12)
    for days, came in zip(meetings, comings, strict=True):
        yield _planned(one, planned, one.on(days), kind="session")
        planned = one.on(days, 12)
        yield one.step(Duty.MEET, one.on(days, 11), kind="session", came=came)
    if one.fate not in STOPPING:
        yield _planned(one, planned, one.on(meetings[-1] + DAYS_BETWEEN), kind="exit")


def _planned(one: Life, at: datetime, starts_at: datetime, *, kind: str) -> Step:
    place = one.chance.one_of(("navigator_office", "provider", "telephone"))
    said = {"kind": kind, "starts_at": starts_at.isoformat(), "minutes": 50, "place": place}
    return one.step(Duty.PLAN, at, **said)


def _terms(one: Life, *, weeks: int, sessions: int, works: bool = False) -> dict[str, Any]:
    """Not to offend, so many sessions about one need, and perhaps work in the community."""
    wanted = [
        {
            "kind": "offending",
            "rule": "no_offending",
            "objective": "Not to offend (made up)",
            "measure": "No offence in the contract's time",
        },
        {
            "kind": "pathway",
            "pathway": one.chance.one_of(PATHWAYS),
            "rule": "sessions",
            "amount": sessions,
            "objective": "To work on one need (made up)",
            "measure": "So many sessions",
        },
    ]
    if works:
        wanted.append(
            {
                "kind": "community",
                "rule": "hours",
                "amount": HOURS,
                "objective": "To give something back (made up)",
                "measure": "So many hours of voluntary work",
            }
        )
    terms: dict[str, Any] = {"fallback": "charge", "conditions": wanted}
    if weeks < LONGEST:
        terms["ends_on"] = one.on(3 + weeks * 7).date().isoformat()
    return terms


def _nothing(_: Life, __: int) -> Iterator[Step]:
    yield from ()


def _varied(one: Life, day: int) -> Iterator[Step]:
    yield one.step(Duty.VARY, one.on(day, 14), reason_code="needs_changed")
    yield one.step(Duty.SIGN, one.on(day + 1, 14), roles=["person", "navigator"])
    yield one.step(Duty.SIGN, one.on(day + 1, 16), roles=["supervisor"])


def _suspended(one: Life, day: int) -> Iterator[Step]:
    yield one.step(Duty.SUSPEND, one.on(day, 14), reason_code="hospital")
    yield one.step(Duty.RESUME, one.on(day + 9, 14))


def _handed_over(one: Life, day: int) -> Iterator[Step]:
    yield one.step(Duty.HAND_OVER, one.on(day, 14))


def _reviewed(one: Life, day: int) -> Iterator[Step]:
    """Two meetings are missed, a warning written, and somebody else decides on it."""
    fails = one.fate is Fate.FAILED
    for days in (day, day + 4):
        yield _planned(one, one.on(days - 2, 13), one.on(days, 14), kind="review")
        yield one.step(Duty.MEET, one.on(days, 15), kind="review", came="missed")
        yield one.step(Duty.TRY, one.on(days, 16))
        yield one.step(Duty.WARN, one.on(days + 1, 14))
    if fails:
        words = "Made up: nobody came, twice."
        yield one.step(Duty.ENTER, one.on(day + 6), rule="sessions", kind="not_met", words=words)
    yield one.step(Duty.REVIEW, one.on(day + 6, 11), cause="missed_contact")
    yield one.step(Duty.DECIDE, one.on(day + 8), outcome="fail" if fails else "continue")
    if fails:
        yield one.step(Duty.SETTLE, one.on(day + 9))


def _withdrawn(one: Life, day: int) -> Iterator[Step]:
    taken_back = {
        "kind": "programme",
        "withdrawn_at": one.on(day, 13).isoformat(),
        "told_by": "person",
        "reason_code": one.chance.one_of(WITHDRAWING),
    }
    start = one.start
    yield Step(start.arrest, start.suite, one.on(day, 13), Deed.WITHDRAW, taken_back)
    yield one.step(Duty.WITHDRAW, one.on(day, 14), reason_code="consent_withdrawn")
    yield one.step(Duty.SETTLE, one.on(day + 3))


def _died(one: Life, day: int) -> Iterator[Step]:
    yield one.step(Duty.CLOSE, one.on(day, 14), reason_code="death")
    yield one.step(Duty.SETTLE, one.on(day + 3))


HAPPENS = MappingProxyType(
    {
        Fate.VARIED: _varied,
        Fate.SUSPENDED: _suspended,
        Fate.HANDED_OVER: _handed_over,
        Fate.WARNED: _reviewed,
        Fate.FAILED: _reviewed,
        Fate.WITHDRAWN: _withdrawn,
        Fate.DIED: _died,
    }
)
