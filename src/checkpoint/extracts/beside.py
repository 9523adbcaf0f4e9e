"""What stands beside a file of rows: the trial's result, and the counts of everybody. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkpoint.evaluation.control import table
from checkpoint.extracts.coarsening import Plan
from checkpoint.extracts.describing import About
from checkpoint.extracts.references import Policy

EVERYBODY = (
    "Of everybody whom the trial allocated, in the arm they were allocated to, as the trial's "
    "evaluation counts."
)
ALL_TIME = "in the whole time that each person was observed"


def result(outcomes: Mapping[str, Sequence[int]], *, whole: bool, policy: Policy) -> dict[str, Any]:
    """People of each arm without and with the outcome, as they may be told.

    Args:
        outcomes: by arm, people without and with the outcome.
        whole: whether all of these are in the file. Then the counts are exact, as the file tells them
            anyway; else they are suppressed and rounded, so that nothing can be told of those who
            were left out by taking one from the other.
        policy: the smallest that is shown.

    Returns:
        By arm: people, people with the outcome, and their share of those; None is suppressed.
    """
    shown: dict[str, tuple[int | None, ...]]
    if whole:
        smallest = policy.aggregates.smallest
        shown = {
            arm: tuple(counts) if min(counts) >= smallest else (None, None)
            for arm, counts in outcomes.items()
        }
    else:
        cells = table([*outcomes.values()], policy).cells
        shown = dict(zip(outcomes, cells, strict=True))
    arms = {}
    for arm, (without, had) in shown.items():
        people = None if without is None or had is None else without + had
        share = None if people is None or had is None else round(had / people, 6)
        arms[arm] = {"people": people, "with_outcome": had, "share": share}
    return {"exact": whole, "arms": arms}


def primary(about: About, plan: Plan, *, outcome: str, policy: Policy) -> dict[str, Any]:
    """The primary result of everybody, by horizon; and what the file's own counts are held beside.

    Args:
        about: with the result by horizon.
        plan: with everybody whom the extract is of, those too who were left out of the file.
        outcome: the measure, as a code.
        policy: the smallest that is shown.

    Returns:
        The counts of all observed time, by arm; under ``at_horizons`` those within each horizon, by
        intention to treat, as the evaluation counts them.
    """
    whole = not any(plan.lost.values())
    at_horizons = [
        {"horizon": each.horizon, "denominator": each.denominator}
        | result(each.counts, whole=whole and each.everybody, policy=policy)
        for each in about.results
    ]
    return {
        "counted": f"{outcome} {ALL_TIME}",
        **result(plan.outcomes, whole=whole, policy=policy),
        "at_horizons": at_horizons,
    }


def page(primary: Mapping[str, Any]) -> list[str]:
    """The same as it stands on the first page.

    Args:
        primary: as ``primary`` gives it.

    Returns:
        Parts of Markdown.
    """
    within = [
        (each["horizon"], arm, told)
        for each in primary["at_horizons"]
        for arm, told in each["arms"].items()
    ]
    said = [
        f"{each['horizon']}: {each['denominator']} {_told(each)}" for each in primary["at_horizons"]
    ]
    first = [
        "## Primary result of everybody",
        EVERYBODY,
        "\n".join(f"- {each}" for each in said),
        _table("horizon", within),
    ]
    all_time = [("all observed", arm, told) for arm, told in primary["arms"].items()]
    return [
        *(first if said else ()),
        "## What to hold beside the file's own counts",
        f"{primary['counted']}: not as long for each, so no result of the trial. {_told(primary)}",
        _table("time", all_time),
    ]


def _table(first: str, rows: Iterable[tuple[str, str, Mapping[str, Any]]]) -> str:
    lines = [
        f"| {first} | arm | people | with the outcome | share |",
        "| --- | --- " * 2 + "| --- |",
    ]
    for name, arm, told in rows:
        cells = [told["people"], told["with_outcome"], told["share"]]
        shown = ("suppressed" if each is None else str(each) for each in cells)
        lines.append(f"| {name} | {arm} | {' | '.join(shown)} |")
    return "\n".join(lines)


def _told(result: Mapping[str, Any]) -> str:
    exact = "Counts are exact." if result["exact"] else "Counts are rounded."
    cells = (each[name] for each in result["arms"].values() for name in ("people", "with_outcome"))
    return exact + (" What rests on too few is suppressed." if None in cells else "")
