"""What the entries of a condition come to, by its own rule of completion. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from checkpoint.contracts.agreements.states import CompletionRule
from checkpoint.contracts.evidence.states import VERDICTS, ConditionState, EntryKind, Unit
from checkpoint.foundation.errors import RuleBroken

MINUTES_PER_HOUR = 60
TOLD_OF_ALL = frozenset({EntryKind.EVIDENCE, EntryKind.BLOCKED, *VERDICTS}) - {EntryKind.MET}
# The mandatory condition is kept or broken: it is never blocked or excused, and it is a review that
# says that it was broken.
ALLOWED: Mapping[CompletionRule, frozenset[EntryKind]] = MappingProxyType(
    {
        CompletionRule.NO_OFFENDING: frozenset({EntryKind.EVIDENCE}),
        CompletionRule.CONTACT: TOLD_OF_ALL | {EntryKind.CONTACT},
        CompletionRule.SESSIONS: TOLD_OF_ALL | {EntryKind.SESSION},
        CompletionRule.HOURS: TOLD_OF_ALL | {EntryKind.WORK},
        CompletionRule.TAG_DATES: TOLD_OF_ALL | {EntryKind.TAG_ON, EntryKind.TAG_OFF},
        CompletionRule.EVIDENCE: TOLD_OF_ALL | {EntryKind.MET},
    }
)
COUNTED: Mapping[CompletionRule, EntryKind] = MappingProxyType(
    {
        CompletionRule.CONTACT: EntryKind.CONTACT,
        CompletionRule.SESSIONS: EntryKind.SESSION,
        CompletionRule.EVIDENCE: EntryKind.EVIDENCE,
    }
)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a condition has come to on a day.

    ``done`` and ``wanted`` are in ``unit``. ``due_on`` is the contract's last day, or the condition's
    own, moved by the days on which somebody else held it up (``excused_days``) and by the contract's.
    """

    state: ConditionState
    done: int
    wanted: int
    unit: Unit
    excused_days: int
    due_on: date
    overdue: bool


@dataclass(frozen=True, kw_only=True)
class Run:
    """What of a contract its conditions depend on.

    ``last_day`` is its last day as it stands, ``excused_days`` how many days were excused since the
    terms were drafted, ``offended`` whether it failed for an offence, ``questioned`` whether a review
    of it is open, and ``still`` whether its clock stands still.
    """

    last_day: date
    excused_days: int = 0
    offended: bool = False
    questioned: bool = False
    still: bool = False


def progress_of(
    condition: Any, entries: Sequence[Any], *, held: Sequence[Any] = (), on: date, run: Run
) -> Progress:
    """What a condition has come to.

    Args:
        condition: with rule, amount, due_on, tag_from and tag_until, as its terms have them.
        entries: those of it that stand, in the order they were entered, with kind, happened_on,
            until and minutes.
        held: the appointments that count for it, with happened_on and minutes. Of each day either
            they or the entries count, whichever comes to more, so that nothing counts twice.
        on: a day in England, at whose end this holds.
        run: the contract's; the mandatory condition is met once its last day is over, no review is
            open and its clock runs. Nothing is overdue while that stands still.

    Returns:
        The last verdict's state if there is one; else met once the rule's own count is reached;
        else blocked while somebody else holds it up, or open.

    Source: domain notes 1.5 (what the conditions are) and 4.5 (a provider's waiting list is no
    breach, and excused time).
    """
    blocked = _blocked(entries, on=on)
    done, wanted, unit = _count(condition, entries, held, blocked, on=on, run=run)
    state = _state(condition, entries, reached=done >= wanted, blocked=on in blocked)
    if run.offended and condition.rule == CompletionRule.NO_OFFENDING:
        state = ConditionState.NOT_MET
    due_on = run.last_day
    if condition.due_on is not None:
        due_on = condition.due_on + timedelta(days=len(blocked) + run.excused_days)
    waiting = state in (ConditionState.OPEN, ConditionState.BLOCKED)
    return Progress(
        state=state,
        done=done,
        wanted=wanted,
        unit=unit,
        excused_days=len(blocked),
        due_on=due_on,
        overdue=waiting and on > due_on and not run.still,
    )


def _state(
    condition: Any, entries: Sequence[Any], *, reached: bool, blocked: bool
) -> ConditionState:
    said = [EntryKind(each.kind) for each in entries if each.kind in VERDICTS]
    if said and said[-1] is not EntryKind.MET:
        return ConditionState(said[-1].value)
    # Evidence speaks for nothing until somebody says so; everything else is counted.
    judged = condition.rule != CompletionRule.EVIDENCE or bool(said)
    if reached and judged:
        return ConditionState.MET
    return ConditionState.BLOCKED if blocked else ConditionState.OPEN


def _count(
    condition: Any,
    entries: Sequence[Any],
    held: Sequence[Any],
    blocked: frozenset[date],
    *,
    on: date,
    run: Run,
) -> tuple[int, int, Unit]:
    """How much is done of how much that is wanted."""
    rule = CompletionRule(condition.rule)
    if rule is CompletionRule.NO_OFFENDING:
        is_over = on > run.last_day and not run.still
        return int(is_over and not run.questioned), 1, Unit.TIMES
    if rule is CompletionRule.HOURS:
        work = Counter[date]()
        for each in entries:
            work[each.happened_on] += each.minutes if each.kind == EntryKind.WORK else 0
        delivered = Counter[date]()
        for each in held:
            delivered[each.happened_on] += each.minutes
        return (work | delivered).total(), condition.amount * MINUTES_PER_HOUR, Unit.MINUTES
    if rule is CompletionRule.TAG_DATES:
        window = _days(condition.tag_from, condition.tag_until)
        worn = _worn(entries, on=on) & window
        return len(worn), max(len(window - (blocked - worn)), 1), Unit.DAYS
    told = Counter(each.happened_on for each in entries if each.kind == COUNTED[rule])
    came = Counter(each.happened_on for each in held)
    return (told | came).total(), condition.amount or 1, Unit.TIMES


def _days(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=day) for day in range((last - first).days + 1))


def _blocked(entries: Iterable[Any], *, on: date) -> frozenset[date]:
    """The days until ``on`` on which somebody else held the condition up."""
    spans = (
        _days(each.happened_on, min(each.until or on, on))
        for each in entries
        if each.kind == EntryKind.BLOCKED
    )
    return frozenset().union(*spans)


def _worn(entries: Iterable[Any], *, on: date) -> frozenset[date]:
    """The days until ``on`` on which the tag was worn, those of fitting and taking off included."""
    tagged = (EntryKind.TAG_ON, EntryKind.TAG_OFF)
    worn, since = frozenset[date](), None
    for each in sorted((e for e in entries if e.kind in tagged), key=lambda e: e.happened_on):
        if each.kind == EntryKind.TAG_ON:
            since = since or each.happened_on
        elif since is not None:
            worn, since = worn | _days(since, each.happened_on), None
    return worn | _days(since, on) if since is not None else worn


def check_kind(rule: CompletionRule, kind: EntryKind) -> None:
    """An entry tells of what the condition's rule can use.

    Args:
        rule: the condition's.
        kind: what is to be entered.

    Raises:
        RuleBroken: kind-not-for-this-rule; lists the kinds that are.
    """
    if kind not in ALLOWED[rule]:
        fitting = ", ".join(sorted(ALLOWED[rule]))
        raise RuleBroken("#/kind", "kind-not-for-this-rule", f"For this condition go: {fitting}.")


def check_uncounted(kind: EntryKind, happened_on: date, held: Iterable[Any]) -> None:
    """Nobody enters by hand what an appointment counts for by itself.

    Args:
        kind: what is to be entered.
        happened_on: its day.
        held: the appointments that count for the condition.

    Raises:
        RuleBroken: counted-by-appointment.
    """
    counted = kind in (EntryKind.SESSION, EntryKind.WORK)
    if counted and happened_on in {each.happened_on for each in held}:
        raise RuleBroken(
            "#/happened_on",
            "counted-by-appointment",
            "An appointment of that day counts by itself. Was there more: enter it as one.",
        )


def check_met(entries: Iterable[Any], kind: EntryKind) -> None:
    """Nobody says that a condition is met by evidence where none is on record.

    Args:
        entries: those of the condition that stand.
        kind: what is to be entered.

    Raises:
        RuleBroken: evidence-missing.
    """
    if kind is EntryKind.MET and not any(each.kind == EntryKind.EVIDENCE for each in entries):
        raise RuleBroken("#/kind", "evidence-missing", "Enter the evidence for it first.")


def check_days(happened_on: date, until: date | None, *, since: date, today: date) -> None:
    """An entry tells of days of the contract that have come.

    Args:
        happened_on: the day, or the first of several.
        until: the last of several; None says that it goes on, or that there is one.
        since: the contract's first day.
        today: in England.

    Raises:
        RuleBroken: before-the-contract, in-the-future or ends-before-it-begins.
    """
    if happened_on < since:
        raise RuleBroken(
            "#/happened_on", "before-the-contract", "This lies before the contract's first day."
        )
    for field, day in (("#/happened_on", happened_on), ("#/until", until)):
        if day is not None and day > today:
            raise RuleBroken(field, "in-the-future", "This day has not come yet.")
    if until is not None and until < happened_on:
        raise RuleBroken("#/until", "ends-before-it-begins", "This lies before happened_on.")


def within(
    days: tuple[date, date | None] | None, *, since: date
) -> tuple[date, date | None] | None:
    """The days of a span that are of the contract.

    Args:
        days: the first and the last, the last None while it goes on; None is no span.
        since: the contract's first day.

    Returns:
        The same from that day on; None where nothing is left of it.
    """
    if days is None:
        return None
    first, last = max(days[0], since), days[1]
    return None if last is not None and last < first else (first, last)
