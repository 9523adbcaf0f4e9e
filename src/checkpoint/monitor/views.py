"""Rows of the monitor into views; no session."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.consent.references import label_of
from checkpoint.consent.states import ConsentAnswer, ConsentKind
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.schemas import NextStep
from checkpoint.monitor.balance import Balance, BalancePolicy
from checkpoint.monitor.facts import COUNTED, KNOWN, STAGES
from checkpoint.monitor.rules import WEEK, line_at, needed_a_week, weeks
from checkpoint.monitor.schemas import (
    AnsweredView,
    ArmView,
    BalanceView,
    CompletenessView,
    ConductView,
    FactView,
    PassedView,
    PolicyView,
    RecruitmentView,
    RefusalsView,
    StrataView,
    StratumBalanceView,
    StratumLevelView,
    SuiteOverridesView,
    SuiteRecruitmentView,
    SuiteWeekView,
    UnblindingView,
    WeekView,
)
from checkpoint.monitor.states import MEANING, REASONS
from checkpoint.oversight import rules as oversight
from checkpoint.oversight.counts import DECISIONS_COUNTED, OVERRIDES_COUNTED
from checkpoint.trials.queries import Standing

WITHHELD_STRATA = (
    "Counts by arm, places left and where blocks end: whoever knows earlier draws could infer the "
    "next from them. A total tells nothing of an arm, and the warning's day not where a list ends."
)
WITHHELD_ARMS = (
    "Which arm is behind which mask, and how many each has, until two people unblind the trial: "
    "counts by arm would help whoever guesses the next, and colour what people see in cases."
)
METHOD = (
    "Every draw since opening is judged, in order, against how its list was made. Permuted blocks: "
    "an order that no blocks of the sealed sizes can make is raised for certain. Beside it, bets "
    "at fair odds against the design; it is raised when they have won the policy's riches, which a "
    "design that is kept reaches in at most one of so many trials, however often it is looked at."
)
CONDUCT_COUNTED: Mapping[str, str] = {
    "decisions": DECISIONS_COUNTED,
    "overrides": OVERRIDES_COUNTED,
    "allocated": COUNTED["allocated"],
    "crossovers": "Authorised starts on a contract of somebody allocated to the control, "
    "to everybody allocated in the suite, so that the rate tells no count by arm.",
    "enrolled_before": "People who were allocated and had been enrolled directly on another "
    "case, so that they know the programme whatever their arm.",
    "answered": "Cases at the trial's suites in which the consent was last answered while "
    "the trial was open, by that last answer.",
}
STEPS = ("screened", "eligible", "consented", "allocated")


def _head(trial: Standing) -> dict[str, Any]:
    return {"trial": trial.code, "kind": trial.kind, "state": trial.state}


def _passed(counts: Counter[str]) -> PassedView:
    return PassedView(**{step: counts[step] for step in STEPS})


def recruitment(trial: Standing, rows: Sequence[Any], *, at: datetime) -> RecruitmentView:
    """Recruitment by week, in total and by suite."""
    protocol, today = trial.protocol, london_day(at)
    last = min([today, *([london_day(trial.closed_at)] if trial.closed_at else [])])
    mondays = weeks(protocol.opens_on, last)
    opens, closes = protocol.opens_on, protocol.closes_on
    lines = [
        line_at(protocol.target, opens_on=opens, closes_on=closes, end=monday + WEEK)
        for monday in mondays
    ]
    total = sum(row.cases for row in rows if row.step == "allocated")
    return RecruitmentView(
        **_head(trial),
        opens_on=opens,
        closes_on=closes,
        target=protocol.target,
        allocated=total,
        needed_a_week=needed_a_week(
            protocol.target, allocated=total, closes_on=closes, today=today
        ),
        counted=dict(COUNTED),
        weeks=[
            WeekView(**week, line=line)
            for week, line in zip(_weeks(rows, mondays), lines, strict=True)
        ],
        suites=[
            SuiteRecruitmentView(
                suite=suite,
                weeks=[
                    SuiteWeekView(**week)
                    for week in _weeks([row for row in rows if row.suite == suite], mondays)
                ],
            )
            for suite in trial.strata
        ],
    )


def _weeks(rows: Sequence[Any], mondays: Sequence[Any]) -> list[dict[str, Any]]:
    found, so_far = [], Counter[str]()
    for monday in mondays:
        in_week = Counter[str]()
        for row in rows:
            if row.week == monday:
                in_week[row.step] += row.cases
        so_far += in_week
        found.append({"week_of": monday, "in_week": _passed(in_week), "so_far": _passed(so_far)})
    return found


def strata(trial: Standing, allocated: Mapping[str, int], low: Mapping[str, bool]) -> StrataView:
    """Totals by stratum."""
    return StrataView(
        **_head(trial),
        withheld=WITHHELD_STRATA,
        items=[
            StratumLevelView(suite=suite, allocated=allocated[suite], runs_low=low[suite])
            for suite in trial.strata
        ],
    )


def balance(
    trial: Standing,
    found: Balance,
    masks: Mapping[str, str],
    counted: Mapping[str, int] | None,
    *,
    policy: BalancePolicy,
) -> BalanceView:
    """What the check says; ``counted`` by arm only of a trial that is unblinded."""
    return BalanceView(
        **_head(trial),
        balance=found.state,
        meaning=MEANING[found.state],
        ratio=dict(trial.protocol.arms),
        method=METHOD,
        policy=PolicyView.model_validate(policy),
        unblinded=counted is not None,
        withheld=WITHHELD_ARMS if counted is None else None,
        arms=[
            ArmView(
                mask=mask,
                arm=None if counted is None else arm,
                allocated=None if counted is None else counted.get(arm, 0),
            )
            for arm, mask in masks.items()
        ],
        strata=[
            StratumBalanceView(suite=suite, state=state) for suite, state in found.strata.items()
        ],
    )


def conduct(
    trial: Standing,
    *,
    overrides: Sequence[Any],
    allocated: Mapping[str, int],
    enrolled_before: Mapping[str, int],
    crossovers: Mapping[str, int],
    answers: Sequence[Any],
    complete: Sequence[Any],
    at: datetime,
) -> ConductView:
    """Departures by suite, refusals by reason, and what is known by stage."""
    policy = oversight.policy_on(london_day(at))
    percent = policy.flag_above_percent
    return ConductView(
        **_head(trial),
        counted={**CONDUCT_COUNTED},
        flag_above_percent=percent,
        source=policy.source,
        suites=[
            _suite(row, allocated, enrolled_before, crossovers, above_percent=percent)
            for row in overrides
        ],
        answered=[_answered(kind, answers) for kind in ConsentKind],
        refusals=[
            RefusalsView(
                kind=row.kind,
                reason_code=row.reason_code,
                reason=label_of(ConsentAnswer.DECLINED, row.reason_code),
                declined=row.cases,
            )
            for row in answers
            if row.reason_code is not None
        ],
        completeness=[_complete(stage, complete) for stage in STAGES],
    )


def _suite(
    row: Any,
    allocated: Mapping[str, int],
    enrolled_before: Mapping[str, int],
    crossovers: Mapping[str, int],
    *,
    above_percent: int,
) -> SuiteOverridesView:
    people = allocated.get(row.code, 0)
    crossed = crossovers.get(row.code, 0)
    flagged = oversight.is_flagged(row.overrides, row.decisions, above_percent=above_percent)
    return SuiteOverridesView(
        suite=row.code,
        decisions=row.decisions,
        overrides=row.overrides,
        override_rate_percent=oversight.percent_of(row.overrides, row.decisions),
        overrides_flagged=flagged,
        allocated=people,
        enrolled_before=enrolled_before.get(row.code, 0),
        crossovers=crossed,
        crossover_rate_percent=oversight.percent_of(crossed, people),
        crossovers_flagged=oversight.is_flagged(crossed, people, above_percent=above_percent),
    )


def _answered(kind: ConsentKind, answers: Sequence[Any]) -> AnsweredView:
    own = [row for row in answers if row.kind == kind]
    return AnsweredView(
        kind=kind,
        answered=sum(row.cases for row in own),
        declined=sum(row.cases for row in own if row.reason_code is not None),
    )


def _complete(stage: str, rows: Sequence[Any]) -> CompletenessView:
    row = next((row for row in rows if row.step == stage), None)
    cases = row.cases if row else 0
    facts = []
    for fact, meaning in KNOWN.items():
        known = getattr(row, fact) if row else 0
        percent = oversight.percent_of(known, cases)
        facts.append(FactView(fact=fact, meaning=meaning, known=known, percent=percent))
    return CompletenessView(stage=stage, cases=cases, counted=STAGES[stage], facts=facts)


def unblinding(trial: str, row: Any, *, by: Actor, arm: str | None = None) -> UnblindingView:
    """A proposal, what became of it, and what this reader may do about it."""
    derived = {"trial", "reason", "arm", "next_steps"}
    fields = UnblindingView.model_fields.keys() - derived
    return UnblindingView(
        **{name: getattr(row, name) for name in fields},
        trial=trial,
        reason=REASONS[row.reason_code],
        arm=arm,
        next_steps=_steps(trial, row, by=by) if row.outcome is None else [],
    )


def _steps(trial: str, row: Any, *, by: Actor) -> list[NextStep]:
    why_not = None
    if row.proposed_by == by.id:
        why_not = "You proposed it; somebody else answers."
    elif not holds(by.role, Permission.ANSWER_UNBLINDING):
        why_not = "Your role does not allow this; ask the trial's statistician."
    place = f"/v1/trials/{trial}/unblindings/{row.number}"
    return [
        NextStep(
            step=step, method="POST", href=f"{place}/{noun}", allowed=not why_not, why_not=why_not
        )
        for step, noun in (
            ("confirm_unblinding", "confirmation"),
            ("decline_unblinding", "refusal"),
        )
    ]
