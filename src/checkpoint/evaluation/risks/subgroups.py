"""Counts by what was known before into subgroups, with how far to trust them; no session."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkpoint.evaluation import facts, views
from checkpoint.evaluation.covariates import NOT_KNOWN
from checkpoint.evaluation.estimates import ALPHA, Group
from checkpoint.evaluation.interaction import interaction
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.risks.schemas import (
    InteractionView,
    LevelView,
    SubgroupResultsView,
    SubgroupsView,
)
from checkpoint.evaluation.risks.views import NOTHING, arms_shown, cells_of, compared, counts_of
from checkpoint.evaluation.rules import Arm, hidden_levels, shown_gone
from checkpoint.evaluation.schemas import OfView
from checkpoint.evaluation.states import Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import SMALLEST, rests_on_few
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure

Level = tuple[str, dict[str, dict[str, int]]]


def subgroups(
    opened: Opened,
    allocated: Mapping[str, int],
    measure: Measure,
    horizon: Horizon,
    counted: Mapping[str, Sequence[Any]],
    *,
    role: Role,
) -> SubgroupResultsView:
    """One measure within one horizon by intention to treat, for each thing that is known.

    Args:
        opened: the cut.
        allocated: how many, by mask.
        measure: what is counted.
        horizon: how long after allocation is looked at.
        counted: by name, counts of people with one ``level`` each.
        role: the reader's.
    """
    population = Population.INTENTION_TO_TREAT
    of = OfView(**views.of(opened, measure, horizon), population=population, withheld=None)
    found = [_by(opened.arms, name, rows, measure, role=role) for name, rows in counted.items()]
    tests = sum(made for _, made in found)
    return SubgroupResultsView(
        **views.beginning(opened, allocated, role=role),
        warning=facts.EXPLORATORY.format(tests=tests, chance=f"{tests * ALPHA:.1f}"),
        tests=tests,
        of=of,
        subgroups=[each for each, _ in found],
    )


def _by(
    arms: Sequence[Arm], name: str, rows: Iterable[Any], measure: Measure, *, role: Role
) -> tuple[SubgroupsView, int]:
    """What is told of one thing, and how many tests are made of it, told or not."""
    by_level: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_level[NOT_KNOWN if row.level is None else str(row.level)].append(row)
    population = Population.INTENTION_TO_TREAT
    levels = [
        (level, counts_of(found, population, measure, 0))
        for level, found in sorted(by_level.items(), key=lambda e: (e[0] == NOT_KNOWN, e[0]))
    ]
    cells = {
        level: [cell for arm in arms for cell in cells_of(counts.get(arm.mask, NOTHING))]
        for level, counts in levels
    }
    hidden = hidden_levels(cells, role)
    why = {
        level: facts.SMALL if rests_on_few(cells[level], role) else facts.ANOTHERS_FEW
        for level in hidden
    }
    gone = shown_gone((each["gone"] for _, found in levels for each in found.values()), role)
    made = _interactions(arms, levels)
    none = facts.INTERACTION_WITHHELD if hidden else facts.NO_INTERACTION
    view = SubgroupsView(
        by=name,
        levels=[
            _level(arms, each, withheld=why.get(each[0]), gone=gone, role=role) for each in levels
        ],
        interactions=[] if hidden else made,
        no_interactions=none if hidden or not made else None,
    )
    return view, len(made)


def _level(
    arms: Sequence[Arm], level: Level, *, withheld: str | None, gone: bool, role: Role
) -> LevelView:
    name, counts = level
    listed = [(arm, counts.get(arm.mask, NOTHING)) for arm in arms]
    return LevelView(
        level=name,
        withheld=withheld,
        arms=[] if withheld else arms_shown(listed, shown=True, gone=gone, role=role),
        comparisons=[] if withheld else compared(listed),
    )


def _interactions(arms: Sequence[Arm], levels: Sequence[Level]) -> list[InteractionView]:
    first, *others = arms
    found = []
    for arm in others:
        pairs = [
            tuple(
                Group(counts.get(each.mask, NOTHING)["people"],
                      counts.get(each.mask, NOTHING)["happened"])
                for each in (arm, first)
            )
            for _, counts in levels
        ]  # fmt: skip
        test, pooled = interaction(pairs)  # type: ignore[arg-type]
        few = any(
            min(each.with_event, each.people - each.with_event) < SMALLEST
            for pair in pairs
            for each in pair
        )
        if test.p is not None:
            found.append(
                InteractionView(
                    arm=arm.label,
                    compared_with=first.label,
                    test=views.test(test),
                    pooled_odds_ratio=views.estimate(pooled),
                    warning=facts.INTERACTION_OF_FEW if few else None,
                )
            )
    return found
