"""Which terms may be agreed, and how long they run. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from checkpoint.contracts.agreements.states import (
    LEAST_HOURS,
    MOST_HOURS,
    MOST_OF_A_KIND,
    RULES,
    CompletionRule,
    ConditionKind,
    PastTheLimit,
    PastTheLongest,
    TermsKind,
)
from checkpoint.contracts.clocks import TermPolicy, last_day, moved
from checkpoint.foundation.errors import RuleBroken, check_all
from checkpoint.needs.states import Pathway


class Wanted(Protocol):
    """A condition, as somebody wants it."""

    @property
    def key(self) -> UUID | None: ...

    @property
    def kind(self) -> ConditionKind: ...

    @property
    def pathway(self) -> Pathway | None: ...

    @property
    def due_on(self) -> date | None: ...

    @property
    def rule(self) -> CompletionRule: ...

    @property
    def amount(self) -> int | None: ...

    @property
    def tag_from(self) -> date | None: ...

    @property
    def tag_until(self) -> date | None: ...


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days that terms would run, and in what words that is reckoned."""

    ends_on: date
    reckoned: str


def check_conditions(
    wanted: Sequence[Wanted],
    *,
    from_day: date,
    ends_on: date,
    known: Mapping[UUID, ConditionKind],
    victim_asked: bool,
) -> None:
    """The conditions of terms: up to five, not to offend always among them.

    Args:
        wanted: in their order.
        from_day: the first day on which one may be due, in England.
        ends_on: the last one.
        known: the conditions of earlier terms, each key with its kind.
        victim_asked: whether a victim of the case asked for a restorative approach.

    Raises:
        RuleBroken: all that is broken, with the place of each.

    Source: domain notes 1.5.
    """
    check_all(
        lambda: _check_kinds(wanted),
        *(
            lambda number=number, each=each: _check_one(
                number, each, from_day=from_day, ends_on=ends_on
            )
            for number, each in enumerate(wanted)
        ),
        lambda: _check_keys(wanted, known),
        lambda: _check_victim(wanted, asked=victim_asked),
    )


def _check_kinds(wanted: Sequence[Wanted]) -> None:
    kinds = [each.kind for each in wanted]
    if ConditionKind.OFFENDING not in kinds:
        raise RuleBroken(
            "#/conditions", "offending-missing", "Not to offend is a condition of every contract."
        )
    for number, each in enumerate(wanted):
        if kinds[: number + 1].count(each.kind) > MOST_OF_A_KIND[each.kind]:
            raise RuleBroken(
                f"#/conditions/{number}/kind",
                "too-many-of-a-kind",
                f"A contract has {MOST_OF_A_KIND[each.kind]} of this kind at most.",
            )
        if each.pathway and each.pathway in [other.pathway for other in wanted[:number]]:
            raise RuleBroken(
                f"#/conditions/{number}/pathway", "pathway-twice", "Name each pathway once."
            )


def _check_one(number: int, each: Wanted, *, from_day: date, ends_on: date) -> None:
    at = f"#/conditions/{number}"
    if each.rule not in RULES[each.kind]:
        offered = ", ".join(RULES[each.kind])
        raise RuleBroken(f"{at}/rule", "rule-of-another-kind", f"Choose one of: {offered}.")
    if (each.kind is ConditionKind.PATHWAY) != (each.pathway is not None):
        raise RuleBroken(
            f"{at}/pathway", "pathway-by-kind", "Name the pathway, and only of that kind."
        )
    counted = each.rule in (CompletionRule.SESSIONS, CompletionRule.HOURS)
    if counted != (each.amount is not None):
        raise RuleBroken(
            f"{at}/amount", "amount-by-rule", "Say how many, of sessions and hours only."
        )
    if each.kind is ConditionKind.COMMUNITY and not LEAST_HOURS <= (each.amount or 0) <= MOST_HOURS:
        raise RuleBroken(
            f"{at}/amount", "hours-of-work", f"{LEAST_HOURS} to {MOST_HOURS} hours are agreed."
        )
    _check_days(at, each, from_day=from_day, ends_on=ends_on)


def _check_days(at: str, each: Wanted, *, from_day: date, ends_on: date) -> None:
    tagged = each.rule is CompletionRule.TAG_DATES
    if {each.tag_from is not None, each.tag_until is not None} != {tagged}:
        raise RuleBroken(
            f"{at}/tag_from", "tag-dates-by-rule", "Name both days of a tag, and of nothing else."
        )
    if each.tag_from and each.tag_until and each.tag_until < each.tag_from:
        raise RuleBroken(f"{at}/tag_until", "tag-ends-before", "It ends before it begins.")
    for name, day in (("due_on", each.due_on), ("tag_until", each.tag_until)):
        if day is not None and not from_day <= day <= ends_on:
            raise RuleBroken(
                f"{at}/{name}", "not-in-the-contract", "Name a day within the contract."
            )


def _check_keys(wanted: Sequence[Wanted], known: Mapping[UUID, ConditionKind]) -> None:
    seen: set[UUID] = set()
    for number, each in enumerate(wanted):
        if each.key is None:
            continue
        at = f"#/conditions/{number}/key"
        if known.get(each.key) is not each.kind:
            raise RuleBroken(
                at, "key-unknown", "Send the key of a condition of that kind, or none."
            )
        if each.key in seen:
            raise RuleBroken(at, "key-twice", "Send each key once.")
        seen.add(each.key)


def _check_victim(wanted: Sequence[Wanted], *, asked: bool) -> None:
    for number, each in enumerate(wanted):
        if each.kind is ConditionKind.VICTIM and not asked:
            raise RuleBroken(
                f"#/conditions/{number}/kind",
                "no-victim-asked",
                "Only where a victim asked for a restorative approach, and as their last answer.",
            )


def first_span(named: date | None, *, starts_on: date, policy: TermPolicy) -> Span:
    """How long first terms run.

    Args:
        named: the last day that was named; None is four months on.
        starts_on: the first day, in England.
        policy: how many months there are.

    Returns:
        Its last day, and how that is reckoned.

    Raises:
        RuleBroken: last-day-passed or too-long.
    """
    longest = last_day(starts_on, months=policy.months)
    if named is None:
        return Span(ends_on=longest, reckoned=f"{policy.months} calendar months")
    if named < starts_on:
        raise RuleBroken("#/ends_on", "last-day-passed", "This day comes before its first.")
    if named > longest:
        raise RuleBroken(
            "#/ends_on", "too-long", f"A contract begins with {policy.months} months at most."
        )
    return Span(ends_on=named, reckoned=f"A day within {policy.months} calendar months, named")


def changed_span(
    named: date | None, *, ends_on: date, excused: int, today: date
) -> tuple[TermsKind, Span]:
    """What a change of a contract that runs is, and how long it runs then.

    Args:
        named: the last day that was named; None stays as it is.
        ends_on: its last day so far.
        excused: days excused so far.
        today: in England.

    Returns:
        A variation or an extension; and its last day, with how that is reckoned.

    Raises:
        RuleBroken: not-later or last-day-passed.
    """
    time = f", {excused} days excused" if excused else ""
    if named is None or named == ends_on:
        return TermsKind.VARIATION, Span(ends_on=ends_on, reckoned=f"The last day it had{time}")
    if named < ends_on:
        raise RuleBroken("#/ends_on", "not-later", "Name a later day; an early end is completion.")
    if named < today:
        raise RuleBroken("#/ends_on", "last-day-passed", "This day is over.")
    words = f"A later day, named; before it {ends_on.isoformat()}{time}"
    return TermsKind.EXTENSION, Span(ends_on=named, reckoned=words)


def effective(ends_on: date, *, excused_then: int, excused: int, limit: date | None) -> date:
    """The last day of a change at the moment it counts.

    Args:
        ends_on: the last day that was agreed.
        excused_then: days excused when it was drafted.
        excused: days excused since the contract began.
        limit: the last day that the prosecution clock allows; None is none.

    Returns:
        That day and what was excused since the change was drafted, never past the limit.
    """
    return moved(ends_on, excused - excused_then, limit=limit)


def check_limit(ends_on: date, *, limit: date | None, override: str | None) -> None:
    """No contract outlasts the time in which its offences can be prosecuted, unless somebody says so.

    Args:
        ends_on: its last day.
        limit: the last day that the prosecution clock allows; None is none.
        override: a supervisor's words, if they let it.

    Raises:
        PastTheLimit: says the last day there is.
    """
    if limit is not None and ends_on > limit and override is None:
        raise PastTheLimit(
            f"Its last day is {limit.isoformat()} at the latest: name one until then, or ask a "
            "supervisor to save the terms with the reason why it may pass it.",
            limit_on=limit.isoformat(),
        )


def check_longest(ends_on: date, *, longest: date | None, override: str | None) -> None:
    """No contract is extended without end, even where no prosecution limit runs, unless somebody says so.

    Args:
        ends_on: its last day.
        longest: the last day that extensions may give it; None before it has started.
        override: a supervisor's words, if they let it.

    Raises:
        PastTheLongest: says the last day there is.
    """
    if longest is not None and ends_on > longest and override is None:
        raise PastTheLongest(
            f"Its last day is {longest.isoformat()} at the latest: name one until then, or ask a "
            "supervisor to save the terms with the reason why it may pass it.",
            longest_on=longest.isoformat(),
        )
