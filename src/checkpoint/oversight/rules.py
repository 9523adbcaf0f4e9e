"""Where a decision stands, who may depart from it, and how often they do. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from checkpoint.eligibility.states import Basis, Verdict
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.calendar import in_force
from checkpoint.foundation.errors import RuleBroken
from checkpoint.oversight.states import (
    MEANING,
    SPEAKS_FOR,
    DeterminationReason,
    Outcome,
    OversightState,
)

SETTLED = (Verdict.ELIGIBLE, Verdict.INELIGIBLE)


class RankTooLow(errors.Forbidden):
    slug = "rank-too-low"
    title = "Overrides and crossovers are for higher ranks"


class SecondPersonNeeded(errors.Forbidden):
    slug = "second-person-needed"
    title = "Somebody else must answer what you proposed"


@dataclass(frozen=True, kw_only=True)
class OverridePolicy:
    """Who may override, and from what share of decisions a suite is flagged."""

    available_from: date
    least_rank: Rank
    flag_above_percent: int
    source: str


# Each holds from its first day until the next one's; the earliest for all days before, too.
POLICIES = (
    OverridePolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        least_rank=Rank.INSPECTOR,
        flag_above_percent=5,
        source="Default of this software (domain notes 7.1 e); no board has approved it.",
    ),
)


def policy_on(day: date) -> OverridePolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


def check_rank(rank: Rank | None, *, on: date) -> Rank:
    """The rank of whoever proposes an override is high enough.

    Args:
        rank: as the identity provider gives it; None where it gives none.
        on: the day in England whose policy counts.

    Returns:
        That rank.

    Raises:
        RankTooLow: below the policy's least rank, or the identity provider gave none.
    """
    least = policy_on(on).least_rank
    if rank is None or not rank.is_at_least(least):
        yours = rank.value.replace("_", " ") if rank else "none that your login tells"
        raise RankTooLow(
            f"Your rank: {yours}. Ask an {least.value.replace('_', ' ')} or above to propose it; "
            "if yours is wrong, whoever keeps your login puts it right."
        )
    return rank


def check_second_person(second: UUID, *, first: UUID) -> None:
    """Whoever answers an override is not whoever proposed it.

    Args:
        second: who answers.
        first: who proposed.

    Raises:
        SecondPersonNeeded: they are the same.
    """
    if second == first:
        raise SecondPersonNeeded(
            "Ask another officer or supervisor of the suite to answer it with their own login."
        )


def check_departure(verdict: Verdict, *, by_rules: Verdict) -> None:
    """An override comes to the other answer than the rules.

    Args:
        verdict: what it is to come to.
        by_rules: the locked decision's.

    Raises:
        RuleBroken: the two are the same.
    """
    if verdict is by_rules:
        raise RuleBroken(
            "#/verdict",
            "no-departure",
            "The rules come to that already; an override comes to the other answer.",
        )


def check_reason(reason: DeterminationReason, *, verdict: Verdict) -> None:
    """A determination's reason speaks for its verdict.

    Args:
        reason: why, by its code.
        verdict: what the supervisor says.

    Raises:
        RuleBroken: reason-contradicts-verdict; lists the reasons that fit.
    """
    fitting = [each for each in DeterminationReason if SPEAKS_FOR.get(each, verdict) is verdict]
    if reason not in fitting:
        raise RuleBroken(
            "#/reason_code",
            "reason-contradicts-verdict",
            f"With {verdict.value} go: {', '.join(fitting)}. Check the verdict, too.",
        )


def state_of(
    verdict: Verdict, *, superseded: bool, determined: bool, proposed: bool, outcome: Outcome | None
) -> OversightState:
    """Where a decision stands.

    Args:
        verdict: by the rules, as it was locked.
        superseded: whether a later decision took its place.
        determined: whether a supervisor determined it.
        proposed: whether an override of it was proposed.
        outcome: what the second person said of the last override; None while it is open.

    Returns:
        One state, whatever the facts are; a later decision counts before anything else.
    """
    if superseded:
        return OversightState.SUPERSEDED
    if verdict is Verdict.PENDING:
        return OversightState.PENDING
    if verdict is Verdict.REFER:
        return OversightState.DETERMINED if determined else OversightState.REFERRED
    if not proposed:
        return OversightState.SETTLED
    return ANSWERED[outcome]


ANSWERED: Mapping[Outcome | None, OversightState] = MappingProxyType(
    {
        None: OversightState.PROPOSED,
        Outcome.CONFIRMED: OversightState.OVERRIDDEN,
        Outcome.DECLINED: OversightState.DECLINED,
    }
)


def state_of_override(outcome: Outcome | None, decision: OversightState) -> OversightState:
    """Where one override stands, which may be an earlier one than its decision's last.

    Args:
        outcome: what the second person said of this one; None while it is open.
        decision: where its decision stands.

    Returns:
        Its own answer's state; its decision's while it has none, or once that is superseded.
    """
    if outcome is None or decision is OversightState.SUPERSEDED:
        return decision
    return ANSWERED[outcome]


# What nobody has spoken on has the tag that it was given when it was locked.
UNTOUCHED = frozenset({OversightState.PENDING, OversightState.REFERRED, OversightState.SETTLED})


def tag_of(number: int, state: OversightState, *, proposals: int = 0) -> str:
    """The entity tag of a decision: it changes whenever what holds of it does.

    Args:
        number: the decision's, from 1.
        state: where it stands.
        proposals: how many overrides were proposed, since a second one brings the state back.

    Returns:
        The number alone while nobody has spoken; else with the state, and from the second
        proposal on with their count.
    """
    if state in UNTOUCHED:
        return str(number)
    again = proposals if state in (OversightState.PROPOSED, OversightState.DECLINED) else 0
    return f"{number}-{state.value}" + (f"-{again}" if again > 1 else "")


def standing_of(
    verdict: Verdict,
    *,
    determined: Verdict | None,
    overridden: Verdict | None,
    outcome: Outcome | None,
) -> tuple[Verdict, Basis]:
    """What holds of a decision, and what that rests on.

    Args:
        verdict: by the rules, as it was locked.
        determined: what a supervisor determined, if one did.
        overridden: what the last override comes to, if one was proposed.
        outcome: what the second person said of that; an override holds only once confirmed.

    Returns:
        The standing verdict, and whether it is the rules', a supervisor's or two people's.
    """
    if determined is not None:
        return determined, Basis.DETERMINATION
    if overridden is not None and outcome is Outcome.CONFIRMED:
        return overridden, Basis.OVERRIDE
    return verdict, Basis.RULES


def put_in_place(verdict: Verdict, ruling: Any) -> tuple[Verdict, str] | None:
    """What people put in the place of the rules' verdict.

    Args:
        verdict: by the rules, as it was locked.
        ruling: its determination and last override, each None where there is none.

    Returns:
        The standing verdict and what it means; None where the rules' own stands.
    """
    found, basis = standing_of(
        verdict,
        determined=ruling.determination_verdict,
        overridden=ruling.override_verdict,
        outcome=ruling.outcome,
    )
    return None if basis is Basis.RULES else (found, MEANING[basis, found])


def check_days(first: date | None, until: date | None) -> None:
    """Days of decisions in order.

    Args:
        first: the first day; None is from the beginning.
        until: the first day that is no longer among them; None is open.

    Raises:
        RuleBroken: there would be no day among them.
    """
    if first is not None and until is not None and until <= first:
        raise RuleBroken(
            "#/decided_until", "days-out-of-order", "Choose a day after the first one."
        )


def percent_of(overrides: int, decisions: int) -> float | None:
    """How many in a hundred decisions were overridden.

    Args:
        overrides: confirmed ones of these decisions, 0 or more.
        decisions: that somebody could depart from, 0 or more.

    Returns:
        Per cent, 0 to 100, not rounded; None where nothing was decided.
    """
    return 100 * overrides / decisions if decisions else None


def is_flagged(overrides: int, decisions: int, *, above_percent: int) -> bool:
    """Whether overrides pass a share of decisions.

    Args:
        overrides: confirmed ones of these decisions, 0 or more.
        decisions: that somebody could depart from, 0 or more.
        above_percent: the share in per cent, 0 to 100.

    Returns:
        True above that share; exactly that share does not pass it.

    Source: domain notes 7.1 e: "a suite whose overrides pass 5 % of its decisions is flagged".
    """
    return overrides * 100 > above_percent * decisions
