"""By when something is due, how urgently, and how much of it there is. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from checkpoint.contracts.reviews.clocks import raise_by
from checkpoint.contracts.sessions.clocks import policy_on as contact_policy_on
from checkpoint.foundation.calendar import in_force, london_midnight
from checkpoint.journey.stages import prosecution_deadline
from checkpoint.journey.worklist.states import Kind, Urgency

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LAST_ID = UUID(int=2**128 - 1)
FIRST_DAY, DAYS = date(1900, 1, 1).toordinal(), range(366 * 250)
# Of each kind, as many are counted and no more: beyond that the answer is "at least".
COUNTED = 100


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
# so is how long nobody may hear of somebody, and by when contracts are reviewed or answered for.
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
                Kind.CONTRACT_ENDING: _days(14, 3),
                Kind.CONDITION_OPEN: _days(7, 1),
                Kind.REVIEW_DUE: _days(14, 1),
                Kind.ARREST_UNREVIEWED: _days(14, 0),
                Kind.OUTCOME_TO_RECORD: _allow(5 * DAY, 2 * DAY, 5 * DAY),
                Kind.CHALLENGE_OPEN: _days(60, 5),
                Kind.TIME_LIMIT_INCIDENT: _allow(5 * DAY, 2 * DAY, 5 * DAY),
                Kind.GLASS_TO_REVIEW: _allow(3 * DAY, DAY, 3 * DAY),
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


@dataclass(frozen=True)
class FromInstant:
    """Due a span after an instant."""

    span: timedelta = timedelta()

    def due(self, since: datetime) -> datetime:
        """By when."""
        return since + self.span

    place = due

    def last_due(self, by: datetime) -> datetime:
        """The last instant from which something is due by then."""
        return by - self.span

    def bound(self, at: datetime, id: UUID) -> tuple[datetime, UUID]:
        """What comes after a place on the list comes after this instant and id."""
        return at - self.span, id


@dataclass(frozen=True)
class FromDay:
    """Due by the end of a day in England that follows from another, and never goes back with it."""

    day_of: Callable[[date], date] = lambda day: day

    def due(self, since: date) -> datetime:
        """By when: the midnight after the last day."""
        return london_midnight(self.day_of(since) + DAY)

    def place(self, since: date) -> datetime:
        """Where on the list: where several days have one last day, still in the order of those days.

        Six months from the 29th, 30th and 31st of August all end with February. A microsecond a
        day keeps them apart, so that a page ends between two lines and not within them.
        """
        behind = timedelta(microseconds=(self.day_of(since) - since).days)
        return self.due(since) - behind

    def last_due(self, by: datetime) -> date:
        """The last day from which something is due by then."""
        return self._last(self.due, by)

    def bound(self, at: datetime, id: UUID) -> tuple[date, UUID]:
        """What comes after a place on the list comes after this day and id."""
        day = self._last(self.place, at)
        return day, id if self.place(day) == at else LAST_ID

    def _last(self, told: Callable[[date], datetime], by: datetime) -> date:
        found = bisect_right(DAYS, by, key=lambda n: told(date.fromordinal(FIRST_DAY + n)))
        return date.fromordinal(FIRST_DAY + found - 1)


Reckoning = FromInstant | FromDay


def _deadline(day: date) -> date:
    return prosecution_deadline(day) or day


def _silence_ends(day: date) -> date:
    return day + timedelta(days=contact_policy_on(day).silent_days - 1)


def _raised_by(day: date) -> date:
    return raise_by(london_midnight(day))


FROM_DAYS: Mapping[Kind, FromDay] = MappingProxyType(
    {
        Kind.PROSECUTION_DEADLINE: FromDay(_deadline),
        Kind.CLEARANCE_EXPIRING: FromDay(),
        Kind.NAVIGATOR_ABSENT: FromDay(),
        Kind.NO_CONTACT: FromDay(_silence_ends),
        Kind.CONTRACT_ENDING: FromDay(),
        Kind.REVIEW_DUE: FromDay(),
        Kind.ARREST_UNREVIEWED: FromDay(_raised_by),
        Kind.CHALLENGE_OPEN: FromDay(),
    }
)


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


def tallied(
    lists: Iterable[Sequence[Due]], policy: WorklistPolicy, *, now: datetime
) -> tuple[Mapping[Kind, Tally], Mapping[Urgency, Tally]]:
    """How many of each kind and of each urgency there are.

    Args:
        lists: the first of each kind, in order; one more than ``COUNTED`` of a kind tells that
            there are more than are counted.
        policy: the allowances.
        now: the present.

    Returns:
        By kind, those there are; and by urgency, every one of them. What was left uncounted of a
        kind is as urgent as the last that was counted, or less.
    """
    kinds: dict[Kind, int] = {}
    urgencies = dict.fromkeys(Urgency, 0)
    more: set[Urgency] = set()
    longer: set[Kind] = set()
    for each in lists:
        for one in each[:COUNTED]:
            urgency = urgency_of(one.due, policy.allowances[one.kind], now=now) or Urgency.AT_RISK
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
            urgencies[urgency] += 1
        if len(each) > COUNTED:
            longer.add(one.kind)
            more |= {*[*Urgency][[*Urgency].index(urgency) :]}
    return (
        {kind: Tally(kinds[kind], kind in longer) for kind in Kind if kind in kinds},
        {urgency: Tally(count, urgency in more) for urgency, count in urgencies.items()},
    )
