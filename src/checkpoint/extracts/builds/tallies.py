"""Aggregates: people counted in groups, by arm and outcome; the small suppressed, the rest rounded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from checkpoint.evaluation.control import Table, table
from checkpoint.evaluation.windows import horizons_of, nominal, so_many
from checkpoint.extracts.builds.orders import Order
from checkpoint.extracts.builds.populations import narrowed
from checkpoint.extracts.builds.snapshots import Snapshot, expression
from checkpoint.extracts.columns import Column
from checkpoint.extracts.control import change_rows, flow, summed
from checkpoint.extracts.describing import versions
from checkpoint.extracts.hierarchies import generalised
from checkpoint.extracts.references import Policy
from checkpoint.extracts.states import LABELS, Label
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure

EVERYBODY = "everybody"
NOT_KNOWN = "not_known"
EARLIER = 3  # days by which months of the calendar may end before nominal ones
Tell = Callable[[str, int, int | None], None]
# By group, arm: without and with the outcome.
Cells = dict[str, dict[str, list[int]]]


async def counted(seen: Snapshot, order: Order, *, tell: Tell) -> dict[str, Any]:
    """The tables of an extract of aggregates, as they may leave the force.

    Args:
        seen: the snapshot.
        order: what was asked for.
        tell: told after each field; what it raises ends the build.

    Returns:
        As plain JSON: for each field, measure and horizon, counts by group and arm.
    """
    anybody = await _anybody(seen, order)
    tables = []
    for number, column in enumerate((None, *order.columns), 1):
        tables += await _of_field(seen, order, column, anybody=anybody)
        tell("measuring", number, len(order.columns) + 1)
    return {
        "label": LABELS[Label.AGGREGATES],
        "policy": order.policy.version,
        "trial": order.about.trial,
        "cut": order.about.cut,
        "cut_digest": order.about.cut_digest,
        "population": order.about.population,
        "denominator": denominator(order.cut.conviction_lag_months),
        **versions(order.about),
        "synthetic": order.about.synthetic,
        "last_days": {each.name: nominal(each) for each in horizons_of(order.cut.horizons)},
        "flow": flow([*order.about.gates, ("allocated", order.cut.participants)], order.policy),
        "changes": {code: n for code, _, n in change_rows(order.about.changes, order.policy)},
        "tables": tables,
    }


def denominator(lag_months: int) -> str:
    """Of whom a table's counts are, in words.

    Args:
        lag_months: how much later proof comes in.

    Returns:
        A sentence.
    """
    lag = so_many(lag_months, "month")
    longer = f", for what is proven {lag} before it" if lag_months else ""
    return (
        f"Of the population, those whose horizon had passed by the last day of follow-up{longer}. "
        "Who died, emigrated or was lost before counts as seen; who was followed for less, and no "
        "such end is told, does not count."
    )


async def _anybody(seen: Snapshot, order: Order) -> set[tuple[Measure, int]]:
    """Measures and horizons that had passed for anybody of the whole cut; of no smaller group."""
    wanted = {
        (measure, number): _passed(measure, number)
        for measure in Measure
        for number, _ in enumerate(order.cut.horizons)
    }
    (found,) = await seen.rows(
        f"SELECT {', '.join(f'coalesce(bool_or({each}), FALSE)' for each in wanted.values())} "  # noqa: S608
        "FROM seen_participant WHERE cut_id = :cut_id",
        cut_id=order.cut.id,
    )
    return {each for each, had in zip(wanted, found, strict=True) if had}


async def _of_field(
    seen: Snapshot, order: Order, column: Column | None, *, anybody: set[tuple[Measure, int]]
) -> list[dict[str, Any]]:
    measures = [measure for measure in Measure if measure in order.cut.measures]
    horizons = horizons_of(order.cut.horizons)
    conditions, values = narrowed(order.population, place=":v{}")
    wanted = [
        f"count(*) FILTER (WHERE {seen}) AS {measure}_{number}_seen, "
        f"count(*) FILTER (WHERE {seen} AND {measure}_within[{number + 1}]) AS {measure}_{number}"
        for measure in measures
        for number, horizon in enumerate(horizons)
        for seen in [_counts(measure, number, horizon)]
    ]
    source = f"({expression(column.source)})::text" if column else "''"
    rows = await seen.rows(
        f"SELECT mask, {source} AS value, {', '.join(wanted)} FROM seen_participant "  # noqa: S608
        f"WHERE cut_id = :cut_id{conditions} GROUP BY 1, 2 ORDER BY 1, 2",
        cut_id=order.cut.id,
        **{f"v{number}": value for number, value in enumerate(values)},
    )
    return [
        {
            "by": column.name if column else EVERYBODY,
            "measure": measure.value,
            "horizon": horizon.name,
            "last_day": nominal(horizon),
            **(
                _table(order, column, f"{measure}_{number}", rows)
                if (measure, number) in anybody
                else nobody(order)
            ),
        }
        for measure in measures
        for number, horizon in enumerate(horizons)
    ]


def _passed(measure: Measure, number: int) -> str:
    """In SQL, whether a horizon had passed by the last day on which the measure is complete."""
    return f"{'proven_passed' if measure is Measure.PROVEN else 'passed'}[{number + 1}]"


def _counts(measure: Measure, number: int, horizon: Horizon) -> str:
    """In SQL, whether somebody counts, which their day of allocation decides; as record 47 has it."""
    least = nominal(horizon) - (0 if horizon.months is None else EARLIER)
    ended_early = f"ended_by <> '{EndOfObservation.DATA_CUT}'"
    return f"{_passed(measure, number)} AND (observed_days >= {least} OR {ended_early})"


def nobody(order: Order) -> dict[str, Any]:
    """A table of a horizon that nobody of the cut was observed until: nothing in it is suppressed."""
    arms = sorted({*order.asked.arms.values()})
    return {"arms": arms, "nobody_observed_so_long": True, "groups": [], "total": None}


def _table(
    order: Order, column: Column | None, counted_as: str, rows: Iterable[Any]
) -> dict[str, Any]:
    """One table: a row for each group and arm's outcome, so that small ones hide one another."""
    cells: Cells = {}
    for row in rows:
        group = group_of(column, row.value, order.policy)
        pair = cells.setdefault(group, {}).setdefault(order.asked.arms[row.mask], [0, 0])
        had = getattr(row, counted_as)
        pair[0] += getattr(row, f"{counted_as}_seen") - had
        pair[1] += had
    arms = sorted({*order.asked.arms.values()})
    return {"arms": arms, "nobody_observed_so_long": False} | shown(cells, arms, order.policy)


def group_of(column: Column | None, value: str | None, policy: Policy) -> str:
    """The group that a value is counted in."""
    if column is None:
        return EVERYBODY
    found = generalised(value, column.kind, 0, policy)
    return NOT_KNOWN if found is None else str(found)


def shown(
    cells: Mapping[str, Mapping[str, Sequence[int]]], arms: Sequence[str], policy: Policy
) -> dict[str, Any]:
    """Counts by group and arm as they may leave the force.

    Args:
        cells: by group and arm, people without and with the outcome.
        arms: their names, in order.
        policy: the smallest that is told, and what the rest is rounded to.

    Returns:
        The groups with their counts, and totals of the rounded counts; None is suppressed, and so
        is every total that has a suppressed count in it.
    """
    groups = sorted(cells)
    counts = [
        [count for arm in arms for count in cells[group].get(arm, (0, 0))] for group in groups
    ]
    told: Table = table(counts, policy)
    return {
        "groups": [
            {
                "group": group,
                "counts": [
                    {
                        "arm": arm,
                        "without_outcome": told.cells[place][2 * number],
                        "with_outcome": told.cells[place][2 * number + 1],
                    }
                    for number, arm in enumerate(arms)
                ],
                "total": summed(told.cells[place]),
            }
            for place, group in enumerate(groups)
        ],
        "total": summed(cell for row in told.cells for cell in row),
    }


async def people(seen: Snapshot, order: Order) -> int:
    """How many people are counted."""
    conditions, values = narrowed(order.population, place=":v{}")
    (found,) = await seen.rows(
        f"SELECT count(*) AS people FROM seen_participant WHERE cut_id = :cut_id{conditions}",  # noqa: S608 - words of our own
        cut_id=order.cut.id,
        **{f"v{number}": value for number, value in enumerate(values)},
    )
    return int(found.people)
