"""What happens in a made-up week: who is arrested, and what the suite enters. Pure, and seeded.

Every share in this file is invented, so that each way a case can go is seen; none is the
programme's.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

Value = TypeVar("Value")
# How everybody made up here is known: their family names begin with this.
MARK = "Synthetic-"
READMES = "Testperson"  # the family name of everybody who is booked in by hand from the README
FAMILIES = (
    "Alder", "Bramble", "Cobble", "Dovecote", "Elderberry", "Foxglove", "Gorse", "Hawthorn",
    "Inkwell", "Juniper", "Kestrel", "Lantern", "Meadow", "Nettle", "Osprey", "Pebble",
    "Quarry", "Rowan", "Sycamore", "Thistle", "Umbra", "Viaduct", "Willow", "Yarrow",
)  # fmt: skip
GIVEN = (
    "Ash", "Blake", "Casey", "Drew", "Ellis", "Finley", "Gray", "Harper", "Indigo", "Jules",
    "Kit", "Logan", "Morgan", "Noel", "Oakley", "Parker", "Quinn", "Robin", "Sage", "Toby",
    "Umber", "Vesper", "Winter", "Xan", "Yael",
)  # fmt: skip
TAKEN = (
    "TH68010", "TH68010", "TH68020", "TH68027", "CD71039", "MD71530", "PU86116", "CJ67002",
    "CJ88001", "OF61102", "FA06001", "PL96001", "PH97004", "CJ88144",
)  # fmt: skip
ON_SPECIAL_TERMS = ("TH68026", "MD71533", "CY33054")
MISTAKEN = "TH68072"
NOT_TAKEN = ("RT88007", "TH68023", "RT88333")
KNOWN: Mapping[str, Any] = MappingProxyType(
    {
        "lives_in_area": True,
        "interview_stance": "admitted",
        "evidential_test_met": True,
        "subject_to_order": False,
        "on_bail": False,
        "under_supervision": False,
        "detained_for_court": False,
        "detained_under_mental_health_act": False,
        "co_accused": False,
        "domestic_abuse_grade": "none",
        "hate_crime": False,
        "understands_obligations": True,
    }
)
# What is known before anybody is interviewed.
AT_FIRST = ("lives_in_area", "subject_to_order", "detained_for_court", "co_accused")
# What stands in the way of some: facts of the screening, or of the arrest.
OBSTACLES: tuple[Mapping[str, Any], ...] = (
    {"interview_stance": "denied"},
    {"interview_stance": "denied"},
    {"interview_stance": "no_reply", "evidential_test_met": False},
    {"subject_to_order": True},
    {"subject_to_order": True},
    {"lives_in_area": False},
    {"co_accused": True},
    {"hate_crime": True},
    {"domestic_abuse_grade": "high"},
    {"detained_for_court": True},
    {"understands_obligations": False},
    {"code": NOT_TAKEN},
    {"code": NOT_TAKEN},
    {"days_old": (120, 170)},
    {"in_area": False},
    {"age_years": 17},
)
SPECIAL: tuple[Mapping[str, Any], ...] = (
    {"code": ON_SPECIAL_TERMS},
    {"code": ON_SPECIAL_TERMS},
    {"interview_stance": "part_admission"},
    {"domestic_abuse_grade": "standard"},
    {"domestic_abuse_grade": "medium"},
)
# How a case goes, and how many of a hundred do.
COURSES: Mapping[str, int] = MappingProxyType(
    {"clean": 33, "refused": 27, "special": 10, "pending": 8, "begun": 7, "unscreened": 15}
)
# Arrests in a suite in a day, the first suite's and the others'.
BUSY, QUIET = (9, 15), (2, 5)
DAY_MINUTES = 24 * 60


class Deed(StrEnum):
    """What the suite does."""

    BOOK_IN = "book_in"
    SAVE = "save"
    DECIDE = "decide"
    REPLACE_OFFENCE = "replace_offence"
    CORRECT_PERSON = "correct_person"
    RELEASE = "release"
    SAVE_SAFEGUARDS = "save_safeguards"
    ASK = "ask"
    WITHDRAW = "withdraw"
    ENTER = "enter"
    DELIVER = "deliver"
    ANNOTATE = "annotate"


@dataclass(frozen=True)
class Step:
    """One request: for which arrest, in which suite, when, what is sent; and whether its answer
    is lost on the way, so that it is sent again.
    """

    arrest: int
    suite: str
    at: datetime
    deed: StrEnum
    body: Mapping[str, Any]
    lost: bool = False


class Chance:
    """Chances that fall the same way for a seed on every Python: they rest on ``random()`` alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing secret hangs on it

    def often(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def between(self, least: int, most: int) -> int:
        return least + int(self._random.random() * (most - least + 1))

    def one_of(self, values: Sequence[Value]) -> Value:
        return values[self.between(0, len(values) - 1)]

    def weighed(self, shares: Mapping[str, int]) -> str:
        return self.one_of([name for name, share in shares.items() for _ in range(share)])


def week(seed: int, *, days: int, suites: Sequence[str], until: datetime) -> list[Step]:
    """Everything that the suites do, in the order in which it happens.

    Args:
        seed: the same seed gives the same people, cases and verdicts.
        days: how many days, ending with ``until``.
        suites: codes of the suites that are open; the first is the busy one.
        until: what would come later is left out, so some are still in the suite.

    Returns:
        Every request, by its time, the earlier arrest first.

    Source: none; every share is invented.
    """
    chance, steps, number = Chance(seed), [], 0
    for day in range(days):
        for place, suite in enumerate(suites):
            for _ in range(chance.between(*(QUIET if place else BUSY))):
                minutes = day * DAY_MINUTES + _minute(chance)
                at = until - timedelta(minutes=days * DAY_MINUTES - minutes)
                steps += list(case(number, chance, suite=suite, arrested=at))
                number += 1
    kept = [step for step in steps if step.at <= until]
    return sorted(kept, key=lambda step: (step.at, step.arrest))


def _minute(chance: Chance) -> int:
    """A minute of the day; every second arrest is in its last third."""
    first = DAY_MINUTES * 2 // 3 if chance.often(50) else 0
    return chance.between(first, DAY_MINUTES - 1)


def case(
    number: int,
    chance: Chance,
    *,
    suite: str,
    arrested: datetime,
    courses: Mapping[str, int] = COURSES,
) -> Iterator[Step]:
    """One arrest, and what the suite enters of it.

    Args:
        number: of the arrest, from 0 on; who it is depends on it.
        chance: what decides everything else.
        suite: the code of the suite.
        arrested: when.
        courses: how a case goes, and how many of a hundred do.

    Returns:
        Every request of the suite, not in the order of their times.
    """
    course = chance.weighed(courses)
    facts = _facts(course, chance)
    booking = _booking(number, chance, facts, suite=suite, arrested=arrested)
    at = arrested + timedelta(minutes=30)

    def step(deed: Deed, body: Mapping[str, Any], *, hours: float = 0) -> Step:
        return Step(number, suite, at + timedelta(hours=hours), deed, body, chance.often(8))

    wrong, corrections = _mistaken(booking, chance)
    yield step(Deed.BOOK_IN, wrong)
    for deed, body in corrections.items():
        yield step(deed, body, hours=0.4)
    screening = {name: facts[name] for name in KNOWN}
    yield from _screened(course, chance, screening, step)
    hours = chance.between(8, 18)
    released = (at + timedelta(hours=hours)).isoformat()
    kind = "charged" if course == "refused" else "under_investigation"
    yield step(Deed.RELEASE, {"released_at": released, "release_kind": kind}, hours=hours)


def _facts(course: str, chance: Chance) -> dict[str, Any]:
    """What is true of somebody whose case goes this way."""
    facts = dict(KNOWN)
    if course == "refused":
        for _ in range(1 + chance.often(35)):
            facts |= chance.one_of(OBSTACLES)
    if course == "special":
        facts |= chance.one_of(SPECIAL)
    return facts


def _mistaken(
    booking: Mapping[str, Any], chance: Chance
) -> tuple[Mapping[str, Any], Mapping[Deed, Mapping[str, Any]]]:
    """A booking as it was entered, perhaps wrongly, and what then puts it right."""
    person, (offence,) = booking["person"], booking["offences"]
    entered, right = dict(booking), {}
    if chance.often(6):
        entered["person"] = person | {"family_name": person["family_name"] + "s"}
        right[Deed.CORRECT_PERSON] = person | {"reason": "misheard"}
    if chance.often(8):
        entered["offences"] = [offence | {"code": MISTAKEN}]
        right[Deed.REPLACE_OFFENCE] = offence
    return entered, right


def _screened(
    course: str, chance: Chance, screening: Mapping[str, Any], step: Any
) -> Iterator[Step]:
    """The screening as it comes in, and what is decided on it."""
    if course == "unscreened":
        return
    first = {name: screening[name] for name in AT_FIRST}
    in_one_go = course not in ("begun", "pending") and chance.often(50)
    if not in_one_go:
        yield step(Deed.SAVE, first, hours=1)
    if course == "begun":
        return
    if not in_one_go:
        yield step(Deed.DECIDE, {}, hours=1.2)  # pending: nobody has been interviewed
    if course == "pending":
        return
    interviewed = chance.between(3, 7)
    yield step(Deed.SAVE, screening, hours=interviewed)
    yield step(Deed.DECIDE, {}, hours=interviewed + 0.2)


def _booking(
    number: int, chance: Chance, facts: Mapping[str, Any], *, suite: str, arrested: datetime
) -> dict[str, Any]:
    """Who, where, when, and what is alleged."""
    committed = arrested.date() - timedelta(days=chance.between(*facts.get("days_old", (1, 20))))
    offence = {
        "code": chance.one_of(facts.get("code", TAKEN)),
        "committed_from": committed.isoformat(),
        "committed_in_area": facts.get("in_area", True),
    }
    age_years = facts.get("age_years", chance.between(19, 58))
    return {
        "person": _person(number, born=arrested.date() - timedelta(days=age_years * 365 + 180)),
        "suite": suite,
        "arrested_at": arrested.isoformat(),
        "arrived_at": (arrested + timedelta(minutes=25)).isoformat(),
        "offences": [offence],
    }


def _person(number: int, *, born: date) -> dict[str, Any]:
    """Somebody who does not exist; no two of 600 in a row share both names."""
    return {
        "family_name": MARK + FAMILIES[number % len(FAMILIES)],
        "given_names": GIVEN[number % len(GIVEN)],
        "date_of_birth": born.isoformat(),
    }
