"""Counts into risks and comparisons, as their reader may see them; no session."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkpoint.evaluation import facts, views
from checkpoint.evaluation.estimates import (
    Group,
    association,
    odds_ratio,
    risk,
    risk_difference,
    risk_ratio,
)
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.risks.queries import gone, happened, people
from checkpoint.evaluation.risks.schemas import (
    ArmResultView,
    ComparisonView,
    GroupView,
    PopulationView,
    PrimaryOutcomeView,
    ResultView,
    SummaryView,
)
from checkpoint.evaluation.rules import Arm, folded, shown_gone, telling, told_apart, told_together
from checkpoint.evaluation.states import Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import rests_on_few
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Measure, Origin

Counts = Mapping[str, Mapping[str, int]]
NOTHING = {"people": 0, "happened": 0, "gone": 0}


def summary(
    opened: Opened,
    allocated: Mapping[str, int],
    counted: Sequence[Any],
    populations: Iterable[Population],
    *,
    role: Role,
) -> SummaryView:
    """Every measure within every horizon for each population that is asked for.

    Args:
        opened: the cut.
        allocated: how many, by mask.
        counted: what ``queries.counted`` found.
        populations: in the order in which they are told.
        role: the reader's.
    """
    told = [
        PopulationView(
            population=population,
            meaning=facts.POPULATIONS[population],
            primary=population is Population.INTENTION_TO_TREAT,
            results=[
                result(opened, counted, population, measure, number, role=role)
                for measure in opened.measures
                for number in range(len(opened.horizons))
            ],
        )
        for population in populations
    ]  # fmt: skip
    primary = primary_outcome(opened)
    return SummaryView(
        **views.beginning(opened, allocated, role=role),
        primary_outcome=primary,
        no_primary_outcome=_primary_in_words(opened) if primary is None else None,
        populations=told,
    )


def primary_outcome(opened: Opened) -> PrimaryOutcomeView | None:
    """What the trial is judged by, and who says so; None: nothing was fixed in advance."""
    primary, cut = opened.primary, opened.cut
    if primary is None:
        return None
    return PrimaryOutcomeView(
        measure=primary.measure,
        measures=facts.MEASURES[primary.measure],
        horizon=primary.horizon,
        fixed_by=cut.definitions,
        words=_primary_in_words(opened),
    )


def _primary_in_words(opened: Opened) -> str:
    return facts.primary_in_words(
        opened.primary,
        origin=Origin(opened.cut.origin),
        definitions=opened.cut.definitions,
        since=opened.primary_since,
    )


def counts_of(
    rows: Iterable[Any], population: Population, measure: Measure, number: int
) -> dict[str, dict[str, int]]:
    """One result's three counts, by mask."""
    named = {"people": people(measure, number), "happened": happened(measure, number)}
    named["gone"] = gone(measure, number)
    sums = folded(rows, population, named.values())
    return {
        mask: {name: found[column] for name, column in named.items()}
        for mask, found in sums.items()
    }


def result(
    opened: Opened,
    rows: Sequence[Any],
    population: Population,
    measure: Measure,
    number: int,
    *,
    role: Role,
) -> ResultView:
    """One result; without arms where these would tell which is which."""
    horizon = opened.horizons[number]
    of = {**views.of(opened, measure, horizon), "population": population}
    of["primary"] = population is Population.INTENTION_TO_TREAT and opened.primary == Primary(
        measure, horizon.name
    )
    counts = counts_of(rows, population, measure, number)
    blank: dict[str, Any] = {"everybody": None, "arms": [], "comparisons": [], "tests": []}
    if not counts and population in facts.UNKNOWN:
        return ResultView(**of, withheld=facts.UNKNOWN[population], **blank)
    apart, gone_apart = _apart(opened, rows, measure, number, role=role)
    if population not in apart:
        return ResultView(**of, withheld=facts.LEAVES_FEW, **blank)
    gone = population in gone_apart
    if telling(population, unblinded=opened.unblinded):
        withheld, blank["everybody"] = _together(counts, gone=gone, role=role)
        return ResultView(**of, withheld=withheld, **blank)
    listed = [(arm, counts.get(arm.mask, NOTHING)) for arm in opened.arms]
    few = any(rests_on_few(cells_of(each), role) for _, each in listed)
    gone = gone and shown_gone((each["gone"] for _, each in listed), role)
    arms = arms_shown(listed, shown=not few, gone=gone, role=role)
    if few:
        return ResultView(**of, withheld=facts.SMALL, **(blank | {"arms": arms}))
    groups = [Group(each["people"], each["happened"]) for _, each in listed]
    tests = [views.test(each) for each in association(groups)]
    comparisons = compared(listed)
    return ResultView(
        **of, withheld=None, everybody=None, arms=arms, comparisons=comparisons, tests=tests
    )


def _apart(
    opened: Opened, rows: Sequence[Any], measure: Measure, number: int, *, role: Role
) -> tuple[frozenset[Population], frozenset[Population]]:
    """Which populations are told beside each other; and of which it is told who is gone."""

    def cells(row: Any) -> tuple[int, ...]:
        all_of, had = getattr(row, people(measure, number)), getattr(row, happened(measure, number))
        return all_of, had, all_of - had

    def left(row: Any) -> tuple[int, ...]:
        return (getattr(row, gone(measure, number)),)

    told, told_gone = (
        told_apart(rows, each, role, unblinded=opened.unblinded) for each in (cells, left)
    )
    return told, told_gone


def _together(counts: Counts, *, gone: bool, role: Role) -> tuple[str, GroupView]:
    """Everybody of a population, and why not by arm."""
    whole = {name: sum(each[name] for each in counts.values()) for name in NOTHING}
    few = rests_on_few(cells_of(whole), role)
    gone = gone and shown_gone([whole["gone"]], role)
    group = _group(whole, *told_together([whole["people"]], role), shown=not few, gone=gone)
    return f"{facts.WITHHELD} {facts.SMALL}" if few else facts.WITHHELD, GroupView(**group)


def arms_shown(
    listed: Sequence[tuple[Arm, Mapping[str, int]]], *, shown: bool, gone: bool, role: Role
) -> list[ArmResultView]:
    """Each arm's counts and risk."""
    told = told_together([counts["people"] for _, counts in listed], role)
    return [
        ArmResultView(mask=arm.mask, arm=arm.name, **_group(counts, people, shown=shown, gone=gone))
        for (arm, counts), people in zip(listed, told, strict=True)
    ]


def _group(
    counts: Mapping[str, int], people: int | None, *, shown: bool, gone: bool
) -> dict[str, Any]:
    group = Group(counts["people"], counts["happened"])
    return {
        "people": people,
        "happened": counts["happened"] if shown else None,
        "gone": counts["gone"] if shown and gone else None,
        "risk": views.estimate(risk(group)) if shown else None,
    }


def cells_of(counts: Mapping[str, int]) -> tuple[int, ...]:
    """What a risk rests on: to how many it happened, and to how many it did not."""
    return counts["happened"], counts["people"] - counts["happened"]


def compared(listed: Sequence[tuple[Arm, Mapping[str, int]]]) -> list[ComparisonView]:
    """Each other arm beside the first."""
    (first, of_first), *others = listed
    reference = Group(of_first["people"], of_first["happened"])
    found = []
    for arm, counts in others:
        group = Group(counts["people"], counts["happened"])
        difference, ratio = risk_difference(group, reference), risk_ratio(group, reference)
        found.append(
            ComparisonView(
                arm=arm.label,
                compared_with=first.label,
                risk_difference=views.estimate(difference),
                points=None if difference.value is None else 100 * difference.value,
                risk_ratio=views.estimate(ratio),
                relative_change_percent=None if ratio.value is None else 100 * (ratio.value - 1),
                odds_ratio=views.estimate(odds_ratio(group, reference)),
            )
        )
    return found
