"""By when something is due, how urgently, and how much of it there is. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Self
from uuid import UUID

from checkpoint.foundation.calendar import in_force
from checkpoint.journey.worklist.clocks import DAY, FROM_DAYS, FromDay, FromInstant, Reckoning
from checkpoint.journey.worklist.states import Kind, Urgency

HOUR = timedelta(hours=1)
# Of each kind, as many are counted and no more: beyond that the answer is "at least".
COUNTED = 50


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """How much time something has, and how long before its end it is on the list.

    ``after`` is from what it is counted from until it is due; ``at_risk`` and ``due`` are how long
    before that it counts as the one and as the other.
    """

    after: timedelta = timedelta()
    at_risk: timedelta
    due: timedelta


@dataclass(frozen=True, kw_only=True)
class WorklistPolicy:
    """The allowances that hold from a day on, and who says so."""

    available_from: date
    allowances: Mapping[Kind, Allowance]
    chases_days: int  # for how long a victim who was not told is on the list
    source: str


def _allow(at_risk: timedelta, due: timedelta, after: timedelta = timedelta()) -> Allowance:
    return Allowance(after=after, at_risk=at_risk, due=due)


def _days(at_risk: int, due: int) -> Allowance:  # the last day counts to its end
    return Allowance(at_risk=(at_risk + 1) * DAY, due=(due + 1) * DAY)


# Each holds from its first day until the next one's; the earliest for all days before, too. By when
# a victim is told, a detention reviewed, a draft forgotten or a disposal chased is those rooms' own;
# so is how long nobody may hear of somebody, by when contracts are reviewed or answered for, and
# after how long referrals are chased.
POLICIES = (
    WorklistPolicy(
        available_from=date(2015, 4, 7),  # the programme's first day, in Darlington
        allowances=MappingProxyType(
            {
                Kind.CUSTODY_REVIEW: _allow(2 * HOUR, HOUR),
                Kind.PROSECUTION_DEADLINE: _days(30, 14),
                Kind.FIRST_CONTACT: _allow(72 * HOUR, 24 * HOUR, 72 * HOUR),
                Kind.NO_NAVIGATOR: _allow(24 * HOUR, 24 * HOUR, 24 * HOUR),
                Kind.HANDOVER_OFFERED: _allow(48 * HOUR, 24 * HOUR, 48 * HOUR),
                Kind.HANDOVER_UNANSWERED: _allow(24 * HOUR, timedelta(), 48 * HOUR),
                Kind.NAVIGATOR_ABSENT: _days(3, 0),
                Kind.CLEARANCE_EXPIRING: _days(28, 7),
                Kind.VICTIM_TO_TELL: _days(31, 0),
                Kind.DECISION_PENDING: _allow(24 * HOUR, 12 * HOUR, 24 * HOUR),
                Kind.DECISION_REFERRED: _allow(24 * HOUR, 12 * HOUR, 24 * HOUR),
                Kind.OVERRIDE_WAITING: _allow(24 * HOUR, 12 * HOUR, 24 * HOUR),
                Kind.CONSENT_DRAFT_EXPIRING: _allow(24 * HOUR, 6 * HOUR),
                Kind.CROSSOVER_WAITING: _allow(24 * HOUR, 12 * HOUR, 24 * HOUR),
                Kind.UNBLINDING_WAITING: _allow(5 * DAY, DAY, 5 * DAY),
                Kind.NEEDS_DRAFT_OPEN: _allow(4 * DAY, DAY, 7 * DAY),
                Kind.DISPOSAL_MISSING: _allow(DAY, DAY),
                Kind.APPOINTMENT_TODAY: _allow(DAY + HOUR, DAY + HOUR),
                Kind.ATTENDANCE_MISSING: _allow(DAY, DAY, DAY),
                Kind.NO_CONTACT: _days(3, 0),
                Kind.CONTRACT_UNSIGNED: _allow(5 * DAY, 2 * DAY, 5 * DAY),
                Kind.CHANGE_TO_SIGN: _allow(5 * DAY, 2 * DAY, 5 * DAY),
                Kind.CHANGE_TO_APPROVE: _allow(5 * DAY, 2 * DAY, 5 * DAY),
                Kind.CONTRACT_ENDING: _days(14, 3),
                Kind.CONDITION_OPEN: _days(7, 1),
                Kind.REVIEW_DUE: _days(14, 1),
                Kind.ARREST_UNREVIEWED: _days(14, 0),
                Kind.OUTCOME_TO_RECORD: _allow(5 * DAY, 2 * DAY, 5 * DAY),
                Kind.CHALLENGE_OPEN: _days(60, 5),
                Kind.TIME_LIMIT_INCIDENT: _allow(5 * DAY, 2 * DAY, 5 * DAY),
                Kind.GLASS_TO_REVIEW: _allow(3 * DAY, DAY, 3 * DAY),
                Kind.REFERRAL_UNACKNOWLEDGED: _days(2, 0),
                Kind.REFERRAL_WAITING: _days(7, 1),
                Kind.REFERRAL_ANSWERED: _allow(3 * DAY, 3 * DAY, 3 * DAY),
                Kind.REFERRAL_LEFT_OPEN: _allow(5 * DAY, 2 * DAY, 5 * DAY),
            }
        ),
        chases_days=31,
        source="72 hours: Operation Turning Point's first meeting; 30 and 14 days: domain notes "
        "3.5. All else is this software's default, and no board has approved any of it.",
    ),
)


def policy_on(day: date) -> WorklistPolicy:
    """The policy that holds on a day."""
    return in_force(POLICIES, day)


def reckoning_of(
    kind: Kind, policy: WorklistPolicy, *, after: timedelta | None = None
) -> Reckoning:
    """How the time of a kind is counted.

    Args:
        kind: what is due.
        policy: the allowances.
        after: how long it has, where another room says so.

    Returns:
        From a day for what is due by the end of one, else from an instant.
    """
    if kind in FROM_DAYS:
        return FROM_DAYS[kind]
    return FromInstant(policy.allowances[kind].after if after is None else after)


def urgency_of(due: datetime, allowance: Allowance, *, now: datetime) -> Urgency | None:
    """How urgent something is.

    Args:
        due: by when it has to be done.
        allowance: how long before that it counts as at risk, and as due.
        now: the present.

    Returns:
        Overdue from the very instant on; None where it is not on the list yet.
    """
    if now >= due:
        return Urgency.OVERDUE
    if now >= due - allowance.due:
        return Urgency.DUE
    return Urgency.AT_RISK if now >= due - allowance.at_risk else None


@dataclass(frozen=True, kw_only=True)
class Due:
    """One thing that is due: where it stands on the list, and what its line is made of."""

    kind: Kind
    place: datetime
    due: datetime
    id: UUID
    thing: UUID | None = None
    custody_record_id: UUID | None = None
    person_id: UUID | None = None
    reference: str | None = None
    suite: str | None = None
    words: str | None = None

    @property
    def key(self) -> tuple[datetime, UUID]:
        """Its place, told apart from others of the same instant."""
        return self.place, self.id


def merged(
    lists: Iterable[Sequence[Due]], *, after: tuple[datetime, UUID] | None, most: int
) -> list[Due]:
    """One list out of those of every kind.

    Args:
        lists: each with at least the first ``most`` that come after ``after``.
        after: the place of the last line of the page before; None for the first page.
        most: how many lines are wanted.

    Returns:
        The first of all, in the order of their places.
    """
    found = [each for one in lists for each in one if after is None or each.key > after]
    return sorted(found, key=lambda each: each.key)[:most]


@dataclass(frozen=True)
class Tally:
    """How many there are; ``or_more`` where counting ended before they did."""

    items: int
    or_more: bool


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """The first things of one kind, counted by their urgency; ``or_more`` where there are others."""

    kind: Kind
    items: Mapping[Urgency, int]
    or_more: bool


def stretch_of(found: Sequence[Due], policy: WorklistPolicy, *, now: datetime) -> Stretch | None:
    """What was read of one kind, counted.

    Args:
        found: the first of a kind, in order; one more than ``COUNTED`` tells that there are more
            than are counted.
        policy: the allowances.
        now: the present.

    Returns:
        How many there are of each urgency; None of nothing.
    """
    items = dict.fromkeys(Urgency, 0)
    for one in found[:COUNTED]:
        urgency = urgency_of(one.due, policy.allowances[one.kind], now=now) or Urgency.AT_RISK
        items[urgency] += 1
    return Stretch(kind=found[0].kind, items=items, or_more=len(found) > COUNTED) if found else None


def tallied(
    stretches: Iterable[Stretch],
) -> tuple[Mapping[Kind, Tally], Mapping[Urgency, Tally]]:
    """How many of each kind and of each urgency there are.

    Args:
        stretches: the first of each kind, counted.

    Returns:
        By kind, those there are; and by urgency, every one of them. What was left uncounted of a
        kind is as urgent as the last that was counted, or less.
    """
    kinds: dict[Kind, int] = {}
    urgencies = dict.fromkeys(Urgency, 0)
    more: set[Urgency] = set()
    longer: set[Kind] = set()
    for each in stretches:
        kinds[each.kind] = kinds.get(each.kind, 0) + sum(each.items.values())
        for urgency, count in each.items.items():
            urgencies[urgency] += count
        if each.or_more:
            longer.add(each.kind)
            last = max(n for n, urgency in enumerate(Urgency) if each.items[urgency])
            more |= {*[*Urgency][last:]}
    return (
        {kind: Tally(kinds[kind], kind in longer) for kind in Kind if kind in kinds},
        {urgency: Tally(count, urgency in more) for urgency, count in urgencies.items()},
    )


def moment_of(since: date) -> datetime:
    """A day as it is kept: its midnight in UTC."""
    if isinstance(since, datetime):
        return since
    return datetime.combine(since, time(), UTC)


Key = tuple[datetime, UUID]


@dataclass(frozen=True)
class Opened:
    """The first open matters of one word, by where they stand; what is shown of them is read later."""

    kind: Kind
    reckoning: Reckoning
    sinces: Sequence[datetime]
    ids: Sequence[UUID]

    def _since(self, kept: datetime) -> Any:
        return kept.date() if isinstance(self.reckoning, FromDay) else kept

    def standing(self) -> Iterator[tuple[Key, Self]]:
        """Where each stands on the list, in order."""
        for since, id in zip(self.sinces, self.ids, strict=True):
            yield (self.reckoning.place(self._since(since)), id), self

    def times(self, kept: datetime) -> tuple[datetime, datetime]:
        """Its place on the list, and by when it is due."""
        since = self._since(kept)
        return self.reckoning.place(since), self.reckoning.due(since)

    def counted(self, policy: WorklistPolicy, *, now: datetime) -> Stretch:
        """How many there are of each urgency."""
        sinces = self.sinces[:COUNTED]
        latest = (now, now + policy.allowances[self.kind].due)
        overdue, due = (
            bisect_right(sinces, moment_of(self.reckoning.last_due(by))) for by in latest
        )
        counts = (overdue, due - overdue, len(sinces) - due)
        items = dict(zip(Urgency, counts, strict=True))
        return Stretch(kind=self.kind, items=items, or_more=len(self.sinces) > COUNTED)
