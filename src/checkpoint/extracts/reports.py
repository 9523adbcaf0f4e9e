"""The report of disclosure, and the first page that people read. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from checkpoint.evaluation.control import rounded
from checkpoint.evaluation.facts import MEASURES
from checkpoint.evaluation.windows import so_many
from checkpoint.extracts import beside
from checkpoint.extracts.coarsening import Plan
from checkpoint.extracts.describing import ANONYMOUS, PSEUDONYMISED, About, Listed
from checkpoint.extracts.references import Policy
from checkpoint.extracts.risk import Risk
from checkpoint.extracts.wording import paragraphs
from checkpoint.outcomes.cuts.states import Measure

WORDS = {
    ANONYMOUS: "Tests and an assessment by somebody who tried to find people both say that nobody "
    "can be found in it.",
    PSEUDONYMISED: "It is personal data: treat it so. Nobody is named, and people may still be "
    "found by who knows enough about them.",
}
READING = (
    "Day 0 is the day of allocation; there is no calendar date. A day is the lowest of its step. An "
    "empty cell is not known, or did not happen; `[REDACTED]` was withheld. Text that a "
    "spreadsheet would run begins with an apostrophe."
)
OWN_DAY = (
    "Months end on each person's own day, up to three days later, which no row tells; the trial's "
    "result below goes by that."
)
FILES = (
    "`datapackage.json` is the data dictionary: every column, its type, unit and values. CSV and "
    "Parquet hold the same rows. `SHA256SUMS` has the SHA-256 of every file."
)
CHANGES = (
    "## What changed since the cut before",
    (
        "See `changes.csv`: people by field, named as in the data dictionary and compared before "
        "anything is made coarser. Events are named, and not counted."
    ),
)


def passes(plan: Plan, policy: Policy) -> bool:
    """Whether k and l hold over the declared quasi-identifiers, in this file and as if joined.

    Args:
        plan: what was measured.
        policy: what they have to be.

    Returns:
        False too where the file is empty.
    """
    return all(
        risk.k >= policy.people.k and risk.l >= policy.people.l for risk in (plan.risk, plan.joined)
    )


def report(
    about: About,
    plan: Plan,
    *,
    called: str,
    quasi: Sequence[str],
    outcome: str,
    primary: Mapping[str, Any],
    policy: Policy,
) -> dict[str, Any]:
    """What was measured, made coarser and left out.

    Args:
        about: what is told of the extract.
        plan: how coarse it is, and what was lost.
        called: the label.
        quasi: the declared quasi-identifiers that it has.
        outcome: what l and t are of, as a code.
        primary: the result of everybody, to hold beside that of the file.
        policy: that it was made by.

    Returns:
        The report as plain JSON; no count in it is of fewer people than the policy's smallest.
    """
    assessment = about.assessment
    return {
        "label": called,
        "synthetic": about.synthetic,
        "policy": {"version": policy.version, "title": policy.title, "source": policy.source},
        "quasi_identifiers": [*quasi],
        "declared_to_identify_nobody": dict(about.exempt),
        **_outcome(outcome),
        "required": {"k": policy.people.k, "l": policy.people.l},
        "measured": _measured(plan.risk),
        "measured_as_if_joined_with_earlier_releases": _measured(plan.joined),
        "judged_as_if_joined_to_releases": [*about.joined_to],
        "why_coarser": because(about, plan),
        "tests_pass": passes(plan, policy),
        "made_coarser": [
            {"column": step.column, "level": step.level, "told_as": step.words}
            for step in plan.steps
        ],
        "people_left_out_by_arm": {
            arm: 0 if lost == 0 else rounded(lost, policy) for arm, lost in plan.lost.items()
        },
        "full_cohort_primary_result": dict(primary),
        "intruder_assessment": None
        if assessment is None
        else {
            "nobody_found": assessment.nobody_found,
            "on": assessment.assessed_on.isoformat(),
            "reference": assessment.reference,
        },
    }


def because(about: About, plan: Plan) -> str | None:
    """Why a file is judged with others.

    Args:
        about: with the earlier releases that it is judged with.
        plan: how coarse it is, and what was lost.

    Returns:
        Sentences; None where no release came before, or nothing was made coarser or lost.
    """
    if not about.joined_to or not (plan.steps or any(plan.lost.values())):
        return None
    numbers = ", ".join(map(str, about.joined_to))
    return (
        f"Judged as if joined to release {numbers} of this trial: recipients might put both "
        "together by what happened to people, so what was told before counts as known. That may be "
        "why columns are coarser here, or people left out."
    )


def _outcome(code: str) -> dict[str, Any]:
    return {"outcome": code, "outcome_in_words": MEASURES[Measure(code)]}


def _measured(risk: Risk) -> dict[str, Any]:
    return {"k": risk.k, "l": risk.l, "t": risk.t}


def readme(
    about: About,
    plan: Plan,
    files: Sequence[Listed],
    *,
    called: str,
    primary: Mapping[str, Any],
    policy: Policy,
) -> str:
    """The first page of a package, in plain words.

    Args:
        about: what is told of the extract.
        plan: how coarse it is, and what was lost.
        files: with data.
        called: the label.
        primary: the result of everybody.
        policy: that it was made by.

    Returns:
        Markdown.
    """
    parts = [
        f"# {about.title}: data cut {about.cut}",
        "**Synthetic: nobody in it exists.**" if about.synthetic else "",
        f"This is **{called}**. {WORDS[called]}",
        f"Conditions: {about.conditions}",
        "## What it is of",
        _origin(about),
        READING,
        "## Files",
        _bullets(*(f"`{each.name}`: {each.title}." for each in files)),
        FILES,
        *paragraphs(about.covariates),
        "## Disclosure control",
        (
            f"Policy {policy.version}: {policy.title}. k {plan.risk.k}, l {plan.risk.l}, t "
            f"{plan.risk.t}; see `disclosure-report.json`."
        ),
        _bullets(*(f"`{step.column}`: {step.words}." for step in plan.steps))
        or "Nothing was made coarser than the columns' finest.",
        _lost(plan, policy),
        because(about, plan) or "",
        *beside.page(primary),
        *(CHANGES if about.changes else ()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _origin(about: About) -> str:
    horizons = ", ".join(f"{name} {day}" for name, day in about.horizons)
    months = so_many(about.conviction_lag_months, "month")
    lag = (
        f" Proven is complete {months} before the last day, and as long before the day on "
        "which somebody was lost: end their time there, as the evaluation does."
        if about.conviction_lag_months
        else ""
    )
    masked = "Arms are masked: a letter stands for an arm until two people unblind the trial."
    return _bullets(
        f"Purpose: {about.purpose}",
        f"Agreement: {about.agreement}. For {about.recipient}; given out until {about.expires_on}.",
        f"Population: {about.population}.",
        f"Horizons, by their last day from allocation: {horizons or 'none'}. {OWN_DAY}{lag}",
        *made_by(about),
        "Arms are named." if about.unblinded else masked,
    )


def made_by(about: About) -> tuple[str, ...]:
    """By what an extract was made and what was known then, in sentences, as every first page has it."""
    rules, index = ", ".join(about.rule_sets) or "none", about.harm_index or "none"
    return (
        f"As known at {about.known_until.isoformat()}; followed until {about.followed_until}.",
        f"Definitions {about.definitions}; rules {rules}; harm index {index}.",
        beside.fixed(about),
        f"Data cut {about.cut} of trial {about.trial}, SHA-256 {about.cut_digest}.",
    )


def _lost(plan: Plan, policy: Policy) -> str:
    if not any(plan.lost.values()):
        return "Nobody was left out of the file."
    told = ", ".join(
        f"{arm}: {'nobody' if lost == 0 else f'about {rounded(lost, policy)}'}"
        for arm, lost in plan.lost.items()
    )
    return (
        f"People who would stand out are left out, by arm: {told}. That may bias what is estimated "
        "from the file: hold it beside the result of everybody below."
    )


def _bullets(*lines: str) -> str:
    return "\n".join(f"- {line}" for line in lines)
