"""What comes after a verdict: who agrees, who takes it back, and what they are given. Pure, seeded.

Every share in this file is invented, so that each way a case can go is seen; none is the
programme's. What is planned here is played only where a case turns out to be eligible.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from checkpoint.demo.week import Chance, Deed, Step

NEXT_SEED = 1_000_003  # each arrest has chances of its own, so that none moves another's
# What is answered, and by how many of a hundred.
ANSWERS: Mapping[str, int] = MappingProxyType(
    {"all": 60, "not_shared": 10, "no_research": 8, "nothing": 22}
)
# Who has to be beside the person, and how many of a hundred need them.
NEEDED: Mapping[str, int] = MappingProxyType(
    {"nobody": 78, "adult": 10, "interpreter": 9, "adult_away": 3}
)
DECLINING = (
    "prefers_court", "disputes_offence", "legal_advice", "conditions", "commitments",
    "help_not_wanted", "no_reason_given", "no_reason_given", "other",
)  # fmt: skip
WITHDRAWING = ("commitments", "conditions", "moving_away", "no_reason_given")
DEPARTING = 15  # of a hundred: crosses over, or deviates, by the arm
WITHDRAWS_BEFORE, WITHDRAWS_AFTER, ANNOTATED = 5, 12, 12  # of a hundred
OUTCOMES = ("1", "1", "1", "3", "8")
ASKED: Mapping[str, Any] = MappingProxyType(
    {
        "legal_advice_offered": True,
        "understood": True,
        "understanding_checked": "own_words",
        "capacity_in_doubt": False,
    }
)


def offered(steps: Sequence[Step], seed: int, *, until: datetime) -> list[Step]:
    """A week with what comes after its verdicts.

    Args:
        steps: the week.
        seed: the same seed gives the same answers.
        until: what would come later is left out.

    Returns:
        Every request, by its time, the earlier arrest first.
    """
    booked = {step.arrest: step for step in steps if step.deed is Deed.BOOK_IN}
    decided = {step.arrest: step for step in steps if step.deed is Deed.DECIDE}  # the last one
    found = [*steps]
    for arrest, decision in decided.items():
        chance = Chance(seed * NEXT_SEED + arrest)
        found += _after(chance, booked[arrest], decision)
    kept = [step for step in found if step.at <= until]
    return sorted(kept, key=lambda step: (step.at, step.arrest))


def _after(chance: Chance, booking: Step, decision: Step) -> Iterator[Step]:
    """The safeguards, known just before the decision, and everything that may follow it."""

    def step(deed: Deed, body: Mapping[str, Any], *, minutes: int) -> Step:
        at = decision.at + timedelta(minutes=minutes)
        return Step(decision.arrest, decision.suite, at, deed, body, chance.often(8))

    needed = chance.weighed(NEEDED)
    came = (booking.at + timedelta(minutes=20)).isoformat()
    yield step(Deed.SAVE_SAFEGUARDS, _safeguards(needed, came), minutes=-3)
    asked = _asking(chance, decision.at)
    yield step(Deed.ASK, asked, minutes=25)
    if chance.often(WITHDRAWS_BEFORE):
        yield step(Deed.WITHDRAW, _withdrawal(chance, decision.at, minutes=35), minutes=36)
    yield step(Deed.ENTER, {}, minutes=45)
    yield step(Deed.DELIVER, _fate(chance), minutes=60)
    if chance.often(ANNOTATED):
        yield step(Deed.ANNOTATE, _annotation(chance), minutes=75)
    if chance.often(WITHDRAWS_AFTER):
        yield step(Deed.WITHDRAW, _withdrawal(chance, decision.at, minutes=89), minutes=90)


def _safeguards(needed: str, came: str) -> dict[str, Any]:
    """Who is needed beside the person; whoever is, came in good time, but for one who did not."""
    adult, interpreter = needed.startswith("adult"), needed == "interpreter"
    found: dict[str, Any] = {"appropriate_adult_needed": adult, "interpreter_needed": interpreter}
    if adult:
        found |= {
            "appropriate_adult_reason": "mental_health",
            "appropriate_adult_kind": "scheme_volunteer",
        }
    if needed == "adult":
        found["appropriate_adult_came_at"] = came
    if interpreter:
        found |= {
            "interpreter_language": "pl",
            "interpreter_presence": "telephone",
            "interpreter_came_at": came,
        }
    return found


def _asking(chance: Chance, decided_at: datetime) -> dict[str, Any]:
    """What the person was told and answered; the sheet's version is for the player to find."""
    how = chance.weighed(ANSWERS)
    declined = {"answer": "declined", "reason_code": chance.one_of(DECLINING)}
    if declined["reason_code"] == "other":
        declined["words"] = "A made-up reason."
    by_chance = {"answer": "declined", "reason_code": "decided_by_chance"}
    private = {"answer": "declined", "reason_code": "privacy"}
    given = {"answer": "given"}
    programme, research, sharing = {
        "all": (given, given, given),
        "not_shared": (given, given, private),
        "no_research": (given, by_chance, given),
        "nothing": (declined, declined, declined),
    }[how]
    return {
        **ASKED,
        "legal_advice": "had" if chance.often(30) else "not_wanted",
        "sheet_given_at": (decided_at + timedelta(minutes=5)).isoformat(),
        "answered_at": (decided_at + timedelta(minutes=20)).isoformat(),
        "programme": programme,
        "research": research,
        "information_sharing": sharing,
    }


def _withdrawal(chance: Chance, decided_at: datetime, *, minutes: int) -> dict[str, Any]:
    return {
        "kind": "programme",
        "withdrawn_at": (decided_at + timedelta(minutes=minutes)).isoformat(),
        "told_by": "person",
        "reason_code": chance.one_of(WITHDRAWING),
    }


def _fate(chance: Chance) -> dict[str, Any]:
    """What the case is given, settled before anybody knows its arm."""
    return {"departs": chance.often(DEPARTING), "outcome_code": chance.one_of(OUTCOMES)}


def _annotation(chance: Chance) -> dict[str, Any]:
    kind = chance.one_of(("ineligible_afterwards", "withdrew", "other"))
    return {"kind": kind, "words": "Made up, and noted by somebody who has not seen the arm."}
