"""What came of the demo's own trial, in plain words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOTHING = "Nobody was allocated who could be followed up, so there is nothing to evaluate."
CHANCE = (
    "What became of people was made up without knowing their arm, so whatever the arms differ by "
    "is chance."
)
CALLED: Mapping[str, str] = {
    "anonymous": "It calls itself anonymous information.",
    "pseudonymised": "It calls itself pseudonymised personal data. Nobody has tried yet to find "
    "people in it, so it is not called anonymous.",
    "aggregates": "It calls itself aggregates with disclosure control: counts alone, and nobody's "
    "row, so neither anonymous nor pseudonymised rows.",
}
TITLES: Mapping[str, str] = {"person_level": "Person-level extract", "aggregates": "Aggregates"}


@dataclass(frozen=True, kw_only=True)
class Package:
    """What came of a request: a zip and what it calls itself, or why there is none."""

    product: str
    refused: str | None = None
    path: Path | None = None
    label: str | None = None
    report: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was brought in, the evaluation's summary, and what was built."""

    trial: str
    batch: Mapping[str, Any]
    summary: Mapping[str, Any]
    folder: Path
    packages: Sequence[Package]


def in_words(found: Findings) -> Iterator[str]:
    """What came of it, a paragraph each.

    Args:
        found: as the service answered.

    Returns:
        What it is, the follow-up, the main figure, and where the files are.
    """
    batch = found.batch
    yield (
        f"The evaluation of {found.trial} is SYNTHETIC: everybody and everything in it is made up, "
        "and its horizons are weeks."
    )
    yield (
        f"Follow-up: {batch['rows']} rows about {batch['covered']} people, of both arms alike; of "
        f"{batch['lacking']} who were allocated it does not tell."
    )
    yield f"{main_figure(found.summary)} {CHANCE}"
    yield (
        f"In {found.folder}: every figure as JSON, and the participant flow, survival curves, "
        "forest plot and recruitment as SVG, PNG and words, as the trial's statistician sees them. "
        "An evaluator sees nothing that rests on 1 to 9 people."
    )
    yield from (_package(package) for package in found.packages)


def main_figure(summary: Mapping[str, Any]) -> str:
    """The primary outcome, by intention to treat, with its interval.

    Args:
        summary: as ``GET /v1/trials/{code}/evaluation`` tells it to the statistician.

    Returns:
        Counts by arm and the difference in percentage points, or why there is none.
    """
    (own,) = (each for each in summary["populations"] if each["primary"])
    (result,) = (each for each in own["results"] if each["primary"])
    what = f"{result['measures'].lower()} within {result['until']} of allocation"
    of = f"Main figure, fixed in advance: {what}, by intention to treat"
    arms = [
        f"{arm['arm'] or arm['mask']} {arm['happened']} of {arm['people']}"
        for arm in result["arms"]
        if arm["happened"] is not None
    ]
    compared = [each for each in result["comparisons"] if each["points"] is not None]
    if not compared:
        told = f" ({', '.join(arms)})" if arms else ""
        return f"{of}: there is none{told}; too few people had been allocated for so long."
    (first,) = compared[:1]
    points, span = first["points"], first["risk_difference"]
    low, high = (100 * span[end] for end in ("low", "high"))
    return (
        f"{of}: {', '.join(arms)}. That is {abs(points):.1f} percentage points "
        f"{'less' if points < 0 else 'more'} in {first['arm']} than in {first['compared_with']} "
        f"(95 % interval: {low:.1f} to {high:.1f})."
    )


def _package(package: Package) -> str:
    title = TITLES[package.product]
    if package.report is None:
        return f"{title}: refused by disclosure control. {package.refused}."
    counts = "suppressed" in package.report
    told = _suppressed(package.report) if counts else _coarser(package.report)
    return f"{title}: {package.path}. {CALLED[str(package.label)]} {told}"


def _suppressed(report: Mapping[str, Any]) -> str:
    """Of counts: how many are not told."""
    return (
        f"{report['suppressed']} counts under {report['smallest']} are suppressed, and the rest "
        f"rounded to {report['rounded_to']}. Of so few people hardly more can be told."
    )


def _coarser(report: Mapping[str, Any]) -> str:
    """Of rows of people: how alike they were made, and what that cost."""
    columns = {step["column"]: step["told_as"] for step in report["made_coarser"]}
    told = ", ".join(f"{name} ({words})" for name, words in columns.items()) or "none"
    return (
        f"At least {report['measured']['k']} people are alike in what others may know of them "
        f"(required: {report['required']['k']}); columns made coarser for that: {told}."
    )
