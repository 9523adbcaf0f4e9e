"""What stands beside a file of rows: the trial's result, and the counts of everybody. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from checkpoint.evaluation.control import table
from checkpoint.evaluation.facts import MEASURES, primary_in_words
from checkpoint.extracts.coarsening import Plan
from checkpoint.extracts.describing import About
from checkpoint.extracts.references import Policy
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Measure

EVERYBODY = (
    "Of everybody whom the trial allocated, in the arm they were allocated to, as the trial's "
    "evaluation counts."
)
EARLIEST = "What is counted here is the earliest news that the data cut holds, which nobody fixed."
LIKE_L_AND_T = "l and t are of the same: the earliest news that the data cut holds."
OTHERWISE = "It is not the primary outcome."
ALL_TIME = "in the whole time that each person was observed"
WITHIN = "within each horizon"


def earliest(measures: Sequence[str]) -> Measure:
    """The measure that l, t and the counts of all observed time are of.

    Not the primary one: in a trial's first months nobody can have been proven to reoffend, and a file
    that tells of arrests has to be checked on these.

    Args:
        measures: that the cut holds, as codes.

    Returns:
        The one of which news comes first.
    """
    return next((each for each in Measure if each.value in measures), Measure.ARREST)


def outcome_of(measures: Sequence[str], primary: Primary | None) -> Measure:
    """The measure that the result of everybody within each horizon is of.

    Args:
        measures: that the cut holds, as codes.
        primary: its primary outcome; None: none was fixed in advance.

    Returns:
        The primary one; where none was fixed, the earliest news that the cut holds.
    """
    return earliest(measures) if primary is None else primary.measure


def fixed(about: About) -> str:
    """Which outcome was fixed as primary in advance, and who says so; or that none was.

    Args:
        about: with the primary outcome, the trial's origin and the version of its definitions.

    Returns:
        Sentences, the same as the evaluation's.
    """
    return primary_in_words(
        about.primary,
        origin=about.origin,
        definitions=about.definitions,
        since=about.primary_since,
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

    Within horizons it is that of the primary outcome where one was fixed in advance, and says whether
    it is; of all observed time it is that of the measure that l and t are of.

    Args:
        about: with the result by horizon, of the measure that ``outcome_of`` gives.
        plan: with everybody whom the extract is of, those too who were left out of the file.
        outcome: the measure that l and t are of, as ``earliest`` gives it, as a code.
        policy: the smallest that is shown.

    Returns:
        The counts of all observed time, by arm; under ``at_horizons`` those within each horizon, by
        intention to treat, as the evaluation counts them, the primary one marked. Each says in words
        what is counted.
    """
    measure = Measure(outcome) if about.primary is None else about.primary.measure
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
        "words": fixed(about) if about.primary else f"{fixed(about)} {EARLIEST}",
        "counted": f"{MEASURES[Measure(outcome)]} {ALL_TIME}",
        "counted_at_horizons": f"{MEASURES[measure]} {WITHIN}",
        "same_measure": measure == outcome,
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
        f"{primary['counted_at_horizons']}:",
        "\n".join(f"- {each}" for each in said),
        _table("horizon", within),
    ]
    all_time = [("all observed", arm, told) for arm, told in primary["arms"].items()]
    about_it = [
        f"{primary['counted']}: not as long for each, so no result of the trial.",
        LIKE_L_AND_T,
        *(() if primary["same_measure"] else (OTHERWISE,)),
        _told(primary),
    ]
    return [
        *(first if said else ()),
        "## What to hold beside the file's own counts",
        " ".join(about_it),
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
