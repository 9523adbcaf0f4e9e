"""A masked trial whose cuts tell what came before allocation, and one whose numbers do not add up."""

import random
from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from checkpoint.foundation.database import insert, transaction
from checkpoint.outcomes.cuts.tables import CutParticipant, DataCut
from evaluating import a_cut, adopted, made_up

FLOW = "TEST-FLOW"
GATES = ("arrested", "screened", "eligible", "consented", "allocated")
REASONS = {
    "arrested": ("not_told", "no_staff"),
    "screened": ("ineligible_in_breach", "ineligible", "ineligible_ADULT"),
    "eligible": ("not_asked", "no_reason"),
    "consented": ("allocated_before",),
}


def cases(people: int) -> list[dict[str, Any]]:
    """Everybody who was arrested, by the last gate they came to; ``people`` were allocated."""
    chance = random.Random(11)
    counts: Counter[tuple[Any, ...]] = Counter()
    for number in range(people * 8):
        gate = "allocated" if number < people else chance.choice(GATES[:-1])
        ethnicity = chance.choice(["white"] * 12 + ["black"] * 3 + ["asian"] * 2 + [None])
        sex = chance.choice(["M", "M", "M", "F"])
        band = chance.choice(["18_24", "25_34", "35_44", None])
        counts[gate, chance.choice(["DURHAMGATE", "PETERLEE"]), sex, ethnicity, band] += 1
    names = ("gate", "suite", "sex", "ethnicity", "age_band")
    return [
        dict(zip(names, key, strict=True), cases=n) for key, n in sorted(counts.items(), key=str)
    ]


def a_flow(people: int) -> dict[str, Any]:
    """The same, as a cut of a trial that ran here keeps it."""
    by = cases(people)
    at = Counter({gate: sum(c["cases"] for c in by if c["gate"] == gate) for gate in GATES})
    return {
        "gates": {gate: sum(at[later] for later in GATES[i:]) for i, gate in enumerate(GATES)},
        "stopped": {gate: _shared(at[gate], reasons) for gate, reasons in REASONS.items()},
        "words": {"screened": {"ineligible_ADULT": "Was the person 18 or over when arrested?"}},
        "by": by,
    }


def _shared(count: int, reasons: tuple[str, ...]) -> dict[str, int]:
    """Four to the last reason, all others to the first."""
    rest = dict.fromkeys(reasons[1:], 4)
    return {reasons[0]: count - sum(rest.values())} | rest


async def flowing(engine: AsyncEngine) -> tuple[DataCut, list[CutParticipant]]:
    """Cut 1 adds up; cut 2 has one person more than were allocated; cut 3
    begins at allocation; of cut 4 everybody was left out since; cut 5 has eight
    people in each arm."""
    trial_id = await adopted(
        engine,
        FLOW,
        arms={"treatment": 1, "control": 1, "letter": 1},
        target=200,
        strata=["DARLINGTON"],
        opens_on=date(2022, 6, 1),
        closes_on=date(2023, 6, 1),
        in_effect_from=date(2022, 6, 1),
    )
    common = {"masks": ["A", "B", "C"], "participants": 150}
    cut = a_cut(trial_id, flow=a_flow(150), **common)
    people, _ = made_up(cut, 150)
    for number, each in enumerate(people):
        each.completed = (None, True, False)[number % 3]
    others = [
        a_cut(trial_id, number=2, flow=a_flow(151), **common),
        a_cut(trial_id, number=3, masks=["A", "B", "C"]),
        a_cut(
            trial_id,
            number=4,
            masks=["A", "B", "C"],
            flow=a_flow(17) | {"left_out": {"A": 12, "B": 5, "C": 0}},
        ),
    ]
    few = a_cut(trial_id, number=5, masks=["A", "B", "C"], participants=24, flow=a_flow(24))
    eight_each, _ = made_up(few, 24)
    async with transaction(engine) as session:
        await insert(session, cut, *others, few)
        await insert(session, *people, *eight_each)
    return cut, people
