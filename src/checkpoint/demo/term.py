"""Some months of the suites: who is arrested on which day, and what follows a verdict. Pure, seeded.

Every share in this file is invented, so that each way a case can go is seen; none is the
programme's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from checkpoint.demo.followup import known_by_number
from checkpoint.demo.offers import offered
from checkpoint.demo.week import DAY_MINUTES, Chance, Step, case

# How a case goes, and how many of a hundred do: more of them may come in than in a week.
COURSES: Mapping[str, int] = MappingProxyType(
    {"clean": 58, "refused": 17, "special": 8, "pending": 3, "begun": 3, "unscreened": 11}
)
BUSY = 60  # of a hundred arrests, in the first suite


def term(
    seed: int, *, cases: int, suites: Sequence[str], since: datetime, until: datetime
) -> list[Step]:
    """Everything that the suites do, and what is offered to whom, in its order.

    Args:
        seed: the same seed gives the same people, cases and answers.
        cases: how many are arrested, spread over the days.
        suites: codes of the suites that are open; the first is the busy one.
        since: when the first day begins.
        until: what would come later is left out.

    Returns:
        Every request, by its time, the earlier arrest first.

    Source: none; every share is invented.
    """
    chance, steps = Chance(seed), list[Step]()
    minutes = (until - since).days * DAY_MINUTES
    for number in range(cases):
        apart = minutes * number // cases + chance.between(0, DAY_MINUTES // 2)
        suite = suites[0] if chance.often(BUSY) else chance.one_of(suites[1:] or suites)
        arrested = since + timedelta(minutes=apart)
        steps += list(case(number, chance, suite=suite, arrested=arrested, courses=COURSES))
    return offered([known_by_number(step) for step in steps], seed, until=until)
