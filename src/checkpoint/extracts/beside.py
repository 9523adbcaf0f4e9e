"""What stands beside a file of rows: the trial's result, and the counts of everybody. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from checkpoint.evaluation.control import table
from checkpoint.extracts.coarsening import Plan
from checkpoint.extracts.describing import About
from checkpoint.extracts.references import Policy
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Measure, Origin

EVERYBODY = (
    "Of everybody whom the trial allocated, in the arm they were allocated to, as the trial's "
    "evaluation counts."
)
FIXED: Mapping[Origin, str] = MappingProxyType(
    {
        Origin.OWN: "Primary outcome: {measure} within {horizon}, fixed in advance by definitions "
        "{definitions}.",
        Origin.ELSEWHERE: "Primary outcome: {measure} within {horizon}, as the manifest of the "
        "trial names it ({definitions}); the trial ran elsewhere, and that it was fixed in advance is "
        "the word of whoever brought it in.",
    }
)
NOT_FIXED = (
    "Primary outcome: none was fixed in advance. Whichever result is taken for the main one is "
    "exploratory."
)
EARLIEST = "What is counted here is the earliest news that the data cut holds, which nobody fixed."
ALL_TIME = "in the whole time that each person was observed"


def outcome_of(measures: Sequence[str], primary: Primary | None) -> Measure:
    """The measure that l, t and the result beside the rows are of.

    Args:
        measures: that the cut holds, as codes.
        primary: its primary outcome; None: none was fixed in advance.

    Returns:
        The primary one; where none was fixed, the earliest news that the cut holds.
    """
    if primary is not None:
        return primary.measure
    return next((each for each in Measure if each.value in measures), Measure.ARREST)


def fixed(about: About) -> str:
    """Which outcome was fixed as primary in advance, and who says so; or that none was.

    Args:
        about: with the primary outcome, the trial's origin and the version of its definitions.

    Returns:
        Sentences.
    """
    if about.primary is None:
        return NOT_FIXED
    return FIXED[about.origin].format(
        measure=about.primary.measure,
        horizon=about.primary.horizon,
        definitions=about.definitions,
    )


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
    """The result of everybody, by horizon; and what the file's own counts are held beside.

    It is that of the primary outcome where one was fixed in advance, and says whether it is.

    Args:
        about: with the result by horizon.
        plan: with everybody whom the extract is of, those too who were left out of the file.
        outcome: the measure, as ``outcome_of`` gives it.
        policy: the smallest that is shown.

    Returns:
        The counts of all observed time, by arm; under ``at_horizons`` those within each horizon, by
        intention to treat, as the evaluation counts them, the primary one marked.
    """
    horizon = None if about.primary is None else about.primary.horizon
    whole = not any(plan.lost.values())
    at_horizons = [
        {
            "horizon": each.horizon,
            "primary": each.horizon == horizon,
            "denominator": each.denominator,
        }
        | result(each.counts, whole=whole and each.everybody, policy=policy)
        for each in about.results
    ]
    return {
        "fixed_in_advance": about.primary is not None,
        "words": fixed(about) if about.primary else f"{NOT_FIXED} {EARLIEST}",
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
        (f"{each['horizon']} (primary)" if each["primary"] else each["horizon"], arm, told)
        for each in primary["at_horizons"]
        for arm, told in each["arms"].items()
    ]
    said = [
        f"{each['horizon']}: {each['denominator']} {_told(each)}" for each in primary["at_horizons"]
    ]
    first = [
        f"## {'Primary result' if primary['fixed_in_advance'] else 'Result'} of everybody",
        EVERYBODY,
        primary["words"],
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
