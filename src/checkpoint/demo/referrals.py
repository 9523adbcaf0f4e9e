"""To whom somebody on the programme is referred, and what comes of it. Pure, and seeded.

Every share, length and reason in this file is invented, so that each way a referral can go is
seen; none is the programme's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from checkpoint.demo.fates import Fate
from checkpoint.demo.listings import DISTRICTS
from checkpoint.demo.week import Chance, Step

NEXT_SEED = 5_000_011
CONDITION, NEED = "condition", "need"
NEEDS = 55  # of a hundred are also referred for a need that no condition is about
# Who never signs has no condition; whoever does not come at all is referred nowhere.
UNSIGNED, ABSENT = frozenset({Fate.DECLINED}), frozenset({Fate.LAPSED})


class Errand(StrEnum):
    """What is done about a referral; no value is also a duty's or a deed's."""

    REFER = "refer"
    ACKNOWLEDGE = "acknowledge_referral"
    LIST = "put_on_waiting_list"
    START = "start_service"
    ATTEND = "attend_service"
    END = "end_referral"
    UNSHARE = "withdraw_sharing"
    CHASE = "chase_stale_services"
    ASSURE = "assure_stale_services"


class Course(StrEnum):
    """How a referral goes."""

    COMPLETED = "completed"
    AFTER_WAITING = "after_waiting"
    DISENGAGED = "disengaged"
    REFUSED = "refused"  # the provider declines
    UNWILLING = "unwilling"  # the person declines
    FULL = "full"  # waits, and no place comes
    UNSHARED = "unshared"  # the person takes back that they are told of
    RECALLED = "recalled"  # the navigator withdraws it
    UNANSWERED = "unanswered"
    NOBODY = "nobody"  # there is no provider


# The hour of the day at which each is done.
HOURS: Mapping[Errand, int] = MappingProxyType(
    {
        Errand.REFER: 13,
        Errand.ACKNOWLEDGE: 9,
        Errand.LIST: 13,
        Errand.START: 10,
        Errand.ATTEND: 16,
        Errand.END: 13,
        Errand.UNSHARE: 13,
    }
)
# Dealt in turn to whoever is referred, so that each is seen; each deal is shuffled.
DECK = (
    *(Course.COMPLETED,) * 5,
    *(Course.AFTER_WAITING,) * 3,
    *(Course.DISENGAGED, Course.NOBODY) * 2,
    *(Course.REFUSED, Course.UNWILLING, Course.FULL, Course.UNSHARED),
    *(Course.RECALLED, Course.UNANSWERED),
)
RISKS: tuple[tuple[str, ...], ...] = ((), (), (), ("not_alone",), ("self_harm",))
WAYS: tuple[Mapping[str, str], ...] = (
    {"way": "telephone", "value": "01632 960000"},
    {"way": "email", "value": "synthetic.person@example.org"},
    {"way": "through_navigator"},
)
# Why a referral ends, by how.
REASONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "completed": ("goals_reached", "course_finished"),
        "disengaged": ("missed_sessions", "not_reached"),
        "declined_by_person": ("changed_mind", "too_far", "times_do_not_suit"),
        "declined_by_provider": ("not_eligible", "need_too_complex", "risk_too_high"),
        "no_place": ("no_place_soon", "staff_short"),
        "withdrawn": ("need_changed", "other_provider"),
    }
)
WAITING = ("list_full", "staff_short", "assessment_first")
MISSING = ("none_exists", "too_far", "times_do_not_suit", "wait_too_long", "language")


@dataclass(frozen=True, kw_only=True)
class Referred:
    """One referral of somebody who was started: for the condition of their contract, or a need."""

    start: Step
    basis: str
    day: int  # after the start
    chance: Chance

    def step(self, errand: Errand, days: int, /, **body: Any) -> Step:
        """What is done so many days after the referral, at an hour of its kind."""
        start, hour = self.start, HOURS[errand]
        at = (start.at + timedelta(days=self.day + days)).replace(hour=hour, minute=0, second=0)
        at += timedelta(minutes=4 * (start.arrest % 14))
        said = {"basis": self.basis} | body
        return Step(start.arrest, start.suite, at, errand, said, self.chance.often(6))

    def ended(self, days: int, outcome: str, *, by_provider: bool = True) -> Step:
        reason = self.chance.one_of(REASONS[outcome])
        return self.step(
            Errand.END, days, outcome=outcome, reason_code=reason, by_provider=by_provider
        )


def referrals(start: Step, place: int, seed: int, fate: Fate) -> list[Step]:
    """Everything that is done about somebody's referrals, in its order.

    Args:
        start: the step with which they were started.
        place: how many were started before.
        seed: the same seed gives the same referrals.
        fate: how their contract goes.

    Returns:
        Steps of errands; none for whoever never comes.

    Source: none; every share is invented.
    """
    chance = Chance(seed * NEXT_SEED + 17 * place)
    also = chance.often(NEEDS)
    if fate in ABSENT:
        return []
    found: list[Step] = []
    if fate not in UNSIGNED:
        one = Referred(start=start, basis=CONDITION, day=5, chance=chance)
        found += _course(one, course(2 * place, seed))
    if also or fate in UNSIGNED:
        one = Referred(start=start, basis=NEED, day=chance.between(6, 9), chance=chance)
        found += _course(one, course(2 * place + 1, seed))
    return sorted(found, key=lambda step: step.at)


def course(place: int, seed: int) -> Course:
    """How a referral goes.

    Args:
        place: how many might have been made before.
        seed: the same seed deals the same courses.

    Returns:
        The next card of a shuffled deck; once it is dealt out, of another.
    """
    deal, card = divmod(place, len(DECK))
    chance, left = Chance(seed * NEXT_SEED + 7 * deal + 1), [*DECK]
    drawn = [left.pop(chance.between(0, len(left) - 1)) for _ in DECK]
    return drawn[card]


def _course(one: Referred, how: Course) -> Iterator[Step]:
    """Referred, answered, and gone on with until it ends; some have not ended when time is up."""
    chance = one.chance
    told: dict[str, Any] = {
        "contact": dict(chance.one_of(WAYS)),
        "risks": [*chance.one_of(RISKS)],
        "district": chance.one_of(DISTRICTS),
        "nth": chance.between(0, 1),
        "waits": chance.often(50),
    }
    if how is Course.NOBODY:
        told["missing"] = chance.one_of(MISSING)
    yield one.step(Errand.REFER, 0, **told)
    if how in (Course.NOBODY, Course.UNANSWERED):
        return
    known = chance.between(1, 4)
    yield one.step(Errand.ACKNOWLEDGE, known)
    yield from ANSWERS[how](one, known)


def _attended(one: Referred, begins: int, how: Course) -> Iterator[Step]:
    """Started, came once a week or did not, and ended as the provider says."""
    yield one.step(Errand.START, begins)
    missed = how is Course.DISENGAGED
    weeks = 3 if missed else one.chance.between(3, 6)
    comes = [week == 0 or (not missed and not one.chance.often(15)) for week in range(weeks)]
    last = begins + 7 * (weeks - 1)
    yield one.step(Errand.ATTEND, last, weeks=comes)
    yield one.ended(last + 4, "disengaged" if missed else "completed")


def _completed(one: Referred, known: int) -> Iterator[Step]:
    yield from _attended(one, known + one.chance.between(2, 5), Course.COMPLETED)


def _disengaged(one: Referred, known: int) -> Iterator[Step]:
    yield from _attended(one, known + one.chance.between(2, 5), Course.DISENGAGED)


def _listed(one: Referred, known: int) -> Step:
    return one.step(Errand.LIST, known + 2, reason_code=one.chance.one_of(WAITING))


def _after_waiting(one: Referred, known: int) -> Iterator[Step]:
    yield _listed(one, known)
    yield from _attended(one, known + 2 + one.chance.between(6, 18), Course.COMPLETED)


def _refused(one: Referred, known: int) -> Iterator[Step]:
    yield one.ended(known + 3, "declined_by_provider")


def _unwilling(one: Referred, known: int) -> Iterator[Step]:
    yield one.ended(known + 6, "declined_by_person", by_provider=False)


def _full(one: Referred, known: int) -> Iterator[Step]:
    yield _listed(one, known)
    yield one.ended(known + 2 + one.chance.between(18, 28), "no_place")


def _unshared(one: Referred, known: int) -> Iterator[Step]:
    """Taken back while the service goes on: the provider is shown nothing more, and it is ended."""
    yield one.step(Errand.START, known + 3)
    yield one.step(Errand.UNSHARE, known + 12)
    end: dict[str, Any] = {"reason_code": "consent_withdrawn", "by_provider": False}
    yield one.step(Errand.END, known + 13, outcome="withdrawn", **end)


def _recalled(one: Referred, known: int) -> Iterator[Step]:
    yield one.ended(known + 4, "withdrawn", by_provider=False)


ANSWERS = MappingProxyType(
    {
        Course.COMPLETED: _completed,
        Course.AFTER_WAITING: _after_waiting,
        Course.DISENGAGED: _disengaged,
        Course.REFUSED: _refused,
        Course.UNWILLING: _unwilling,
        Course.FULL: _full,
        Course.UNSHARED: _unshared,
        Course.RECALLED: _recalled,
    }
)
