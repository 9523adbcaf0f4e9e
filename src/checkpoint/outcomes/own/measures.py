"""What was measured of a case until a cut's last day: wellbeing, satisfaction, cost, needs. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from checkpoint.foundation.calendar import london_day
from checkpoint.outcomes.measuring.states import CaseMeasureKind


class Measured(Protocol):
    """One measure of a case that counts."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def victim_id(self) -> UUID | None: ...
    @property
    def taken_on(self) -> date: ...


class Scored(Protocol):
    """One pathway's score of a needs assessment that counts."""

    @property
    def timepoint(self) -> str: ...
    @property
    def needs_instrument_id(self) -> UUID: ...
    @property
    def assessment_id(self) -> UUID: ...
    @property
    def assessed_at(self) -> datetime: ...
    @property
    def pathway(self) -> str: ...
    @property
    def score(self) -> int | None: ...


@dataclass(frozen=True)
class Measures:
    """What was measured of a case, as a cut has it; None was not recorded."""

    cost_pence: int | None
    wellbeing: int | None
    satisfaction: float | None
    baseline: dict[str, Any]


def measured(rows: Sequence[Measured], *, allocated_on: date, last: date) -> Measures:
    """What was measured of a case.

    Args:
        rows: every measure that counts, in the order of their days.
        allocated_on: day 0; wellbeing until then is what somebody came with.
        last: the last day that counts. What was taken later is left out, and so is a cost of a
            later day; when it was entered does not matter.

    Returns:
        All costs, in pence; wellbeing at the last measure after allocation, 14 to 70, and at the
        last one until then as a covariate; the mean of each victim's last answer, 1 to 5.
    """
    rows = [row for row in rows if row.taken_on <= last]
    costs = [row.value for row in rows if row.kind == CaseMeasureKind.COST]
    wellbeing = [row for row in rows if row.kind == CaseMeasureKind.WELLBEING]
    before = [row.value for row in wellbeing if row.taken_on <= allocated_on]
    after = [row.value for row in wellbeing if row.taken_on > allocated_on]
    answers = {
        row.victim_id: row.value for row in rows if row.kind == CaseMeasureKind.VICTIM_SATISFACTION
    }
    return Measures(
        cost_pence=sum(costs) if costs else None,
        wellbeing=after[-1] if after else None,
        satisfaction=sum(answers.values()) / len(answers) if answers else None,
        baseline={"wellbeing": before[-1]} if before else {},
    )


def distance(rows: Sequence[Scored], *, last: date) -> int | None:
    """How much less, or more, somebody needed at exit, from the last baseline to the last exit.

    Args:
        rows: scores of all baselines and exits that count, in the order of the assessments.
        last: the last day that counts; what was assessed later is left out.

    Returns:
        As ``distance_travelled``; None unless both were taken by then, with one instrument.
    """
    scores: dict[str, dict[tuple[UUID, UUID], dict[str, int | None]]] = defaultdict(dict)
    for row in rows:
        if london_day(row.assessed_at) <= last:
            key = (row.needs_instrument_id, row.assessment_id)
            scores[row.timepoint].setdefault(key, {})[row.pathway] = row.score
    if not scores["baseline"] or not scores["exit"]:
        return None
    (first, _), before = [*scores["baseline"].items()][-1]
    (second, _), after = [*scores["exit"].items()][-1]
    return distance_travelled(before, after) if first == second else None


def distance_travelled(
    baseline: Mapping[str, int | None], end: Mapping[str, int | None]
) -> int | None:
    """How much less, or more, somebody needed at exit.

    Args:
        baseline: scores by pathway at the beginning.
        end: the same at exit, by the same instrument.

    Returns:
        Scores at exit less those at baseline, summed, so below 0 is less need; None unless every
        pathway was scored at both: an unknown answer is no zero.
    """
    if not baseline or baseline.keys() != end.keys():
        return None
    total = 0
    for pathway, before in baseline.items():
        after = end[pathway]
        if before is None or after is None:
            return None
        total += after - before
    return total
