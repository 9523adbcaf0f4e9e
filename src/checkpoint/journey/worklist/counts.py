"""The list that somebody is shown: what is due of every kind, put in one order, and counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.custody import queries as custody
from checkpoint.delivery import rules as delivery
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import LONGEST, Turn
from checkpoint.foundation.statements import Prepared
from checkpoint.journey.worklist import cases, kept, referred, running, waiting
from checkpoint.journey.worklist.cases import Reach
from checkpoint.journey.worklist.clocks import DAY, LAST_ID, Reckoning
from checkpoint.journey.worklist.facts import MATTERS, OF_TEAM, Matter, is_told
from checkpoint.journey.worklist.queries import RECKONED, TELLING, due_of
from checkpoint.journey.worklist.rules import (
    COUNTED,
    Due,
    Key,
    Opened,
    Stretch,
    WorklistPolicy,
    merged,
    moment_of,
    policy_on,
    reckoning_of,
    stretch_of,
    urgency_of,
)
from checkpoint.journey.worklist.states import Kind
from checkpoint.navigators.queries import caseload_of

# How much is read of each source: enough for a page, to count it, or to fill the longest page.
LENGTHS = (51, COUNTED + 1, LONGEST + 1)


@dataclass(frozen=True)
class Source:
    """Where things of one kind are read: a select by reach, walked in the order of its time."""

    kind: Kind
    rows: Callable[[Reach], Any]

    @cached_property
    def selects(self) -> dict[tuple[Reach, bool, int], Prepared]:
        """Built once, for the first page and later ones, for short pages and long ones."""
        return {
            (reach, later, most): self._select(reach, later=later, most=most)
            for reach in (Reach.SUITES, Reach.CASELOAD)
            for later in (False, True)
            for most in LENGTHS
        }

    def _select(self, reach: Reach, *, later: bool, most: int) -> Prepared:
        rows = self.rows(reach)
        since, id = (rows.selected_columns[name].element for name in ("since", "id"))
        rows = rows.where(since <= sa.bindparam("until", type_=since.type))
        if later:
            seen = sa.bindparam("seen", type_=since.type)
            seen_id = sa.bindparam("seen_id", type_=sa.Uuid())
            rows = rows.where(sa.tuple_(since, id) > sa.tuple_(seen, seen_id))
        # Written out: of a number that is given, PostgreSQL plans for a tenth of everything.
        return Prepared(rows.order_by(since, id).limit(sa.literal_column(str(most))))


SOURCES = (
    Source(Kind.HANDOVER_OFFERED, waiting.handover_offered),
    Source(Kind.NAVIGATOR_ABSENT, waiting.navigator_absent),
    Source(Kind.NAVIGATOR_ABSENT, waiting.navigator_left),
    Source(Kind.CLEARANCE_EXPIRING, waiting.clearance_expiring),
    Source(Kind.DECISION_PENDING, cases.decided(Verdict.PENDING)),
    Source(Kind.DECISION_REFERRED, cases.decided(Verdict.REFER)),
    Source(Kind.OVERRIDE_WAITING, waiting.override_waiting),
    Source(Kind.CONSENT_DRAFT_EXPIRING, cases.consent_draft_expiring),
    Source(Kind.CROSSOVER_WAITING, waiting.crossover_waiting),
    Source(Kind.UNBLINDING_WAITING, waiting.unblinding_waiting),
    Source(Kind.NEEDS_DRAFT_OPEN, cases.needs_draft_open),
    Source(Kind.NO_CONTACT, running.no_contact),
    Source(Kind.TIME_LIMIT_INCIDENT, running.time_limit_incident),
    Source(Kind.REFERRAL_ANSWERED, referred.answered),
    Source(Kind.REFERRAL_LEFT_OPEN, referred.left_open),
)
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Reading:
    """One reader's list at one moment."""

    session: AsyncSession
    actor: Actor
    at: datetime

    def tells(self, kind: Kind) -> bool:
        """Whether this reader is told of a kind."""
        return is_told(kind, holds=lambda permission: holds(self.actor.role, permission))

    @property
    def reach(self) -> Reach:
        """Navigators are told of their caseload, everybody else of their suites."""
        own = holds(self.actor.role, Permission.READ_CASELOAD)
        return Reach.CASELOAD if own else Reach.SUITES

    async def walked(
        self, policy: WorklistPolicy, *, after: Key | None, most: int
    ) -> list[list[Due]]:
        """The first of each source after a place: as many as are wanted, or more."""
        length = min(each for each in LENGTHS if each >= most)
        return [
            await self._walk(source, policy, after=after, most=length)
            for source in SOURCES
            if self.tells(source.kind)
        ]

    async def reckoned(self, policy: WorklistPolicy) -> list[list[Due]]:
        """All of what only its own room can work out, where it is time."""
        found = []
        for kind, read in RECKONED.items():
            if self.tells(kind):
                whole = await read(self.session, policy, actor=self.actor, at=self.at)
                on_list = [one for one in whole if self._is_on_list(one, policy)]
                found.append(sorted(on_list, key=lambda one: one.key))
        return found

    async def opened(self, policy: WorklistPolicy, *, after: Key | None, most: int) -> list[Opened]:
        """Where the first of each matter after a place stand, by what the database keeps."""
        found = await self._opened(MATTERS, self.reach, policy, after=after, most=most)
        if self.actor.role is Role.SUPERVISOR:
            of_team = [matter for matter in MATTERS if matter.kind in OF_TEAM]
            found += await self._opened(of_team, Reach.TEAM, policy, after=after, most=most)
        return found

    async def _opened(
        self,
        matters: Sequence[Matter],
        reach: Reach,
        policy: WorklistPolicy,
        *,
        after: Key | None,
        most: int,
    ) -> list[Opened]:
        told = [matter for matter in matters if self.tells(matter.kind)]
        if not told:
            return []
        reckonings = [self._reckoning(matter, policy) for matter in told]
        asked = [
            self._asked(matter, reckoning, policy, after=after)
            for matter, reckoning in zip(told, reckonings, strict=True)
        ]
        given = {
            "matters": [matter.word for matter in told],
            "after": [since for (since, _), _ in asked],
            "after_id": [id for (_, id), _ in asked],
            "until": [until for _, until in asked],
        }
        length = min(each for each in LENGTHS if each >= most)
        found = await kept.matters(self.session, reach, most=length, **self._given, **given)
        return [
            Opened(told[row.turn - 1].kind, reckonings[row.turn - 1], row.sinces, row.ids)
            for row in found
        ]

    def _asked(
        self, matter: Matter, reckoning: Reckoning, policy: WorklistPolicy, *, after: Key | None
    ) -> tuple[Key, datetime]:
        """From what is read of a matter, and until when."""
        until = moment_of(reckoning.last_due(self.at + policy.allowances[matter.kind].at_risk))
        chased = self.at - policy.chases_days * DAY
        begins = LONG_AGO
        if matter.kind is Kind.APPOINTMENT_TODAY:
            begins = self.at
            until = min(until, self._given["tomorrow"] - A_MOMENT)
        elif matter.kind is Kind.ATTENDANCE_MISSING:
            begins, until = chased - A_MOMENT, min(until, self.at)
        elif matter.kind is Kind.VICTIM_TO_TELL:
            begins = moment_of(london_day(chased)) - A_MOMENT
        elif matter.kind is Kind.FIRST_CONTACT and self.reach is Reach.SUITES:
            begins = chased - A_MOMENT
        first = (begins, LAST_ID)
        if after is None:
            return first, until
        since, id = reckoning.bound(*after)
        return max(first, (moment_of(since), id)), until

    def _reckoning(self, matter: Matter, policy: WorklistPolicy) -> Reckoning:
        after = self._after(matter.kind)
        return TELLING.get(matter.word) or reckoning_of(matter.kind, policy, after=after)

    def _is_on_list(self, one: Due, policy: WorklistPolicy) -> bool:
        return urgency_of(one.due, policy.allowances[one.kind], now=self.at) is not None

    async def _walk(
        self,
        source: Source,
        policy: WorklistPolicy,
        *,
        after: Key | None,
        most: int,
    ) -> list[Due]:
        reckoning = reckoning_of(source.kind, policy, after=self._after(source.kind))
        until = reckoning.last_due(self.at + policy.allowances[source.kind].at_risk)
        given = self._given | {"chased": self.at - policy.chases_days * DAY}
        if after is not None:
            given["seen"], given["seen_id"] = reckoning.bound(*after)
        rows = source.selects[self.reach, after is not None, most]
        found = await rows_of(self.session, rows, **given, until=until)
        return [
            due_of(
                source.kind,
                row,
                place=reckoning.place(row.since),
                due=reckoning.due(row.since),
            )
            for row in found
        ]

    @property
    def _given(self) -> dict[str, Any]:
        today = london_day(self.at)
        days = {"today": today, "tomorrow": london_midnight(today + DAY)}
        whose = custody.reach_of(self.actor) | caseload_of(self.actor, self.at)
        return whose | days | {"now": self.at}

    def _after(self, kind: Kind) -> timedelta | None:
        if kind is not Kind.DISPOSAL_MISSING:
            return None
        return timedelta(days=delivery.policy_on(london_day(self.at)).after_days)


@dataclass(frozen=True)
class Shown:
    """One page, the cursor to the next, and of the first page all that is counted."""

    items: list[Due]
    following: str | None
    counted: Sequence[Stretch] | None
    policy: WorklistPolicy


async def page(reading: Reading, turn: Turn) -> Shown:
    """One page of a reader's list."""
    policy = policy_on(london_day(reading.at))
    seen, wanted = turn.start(), turn.size + 1
    after = None if seen is None else (seen.at, seen.id)
    most = max(wanted, COUNTED + 1) if after is None else wanted
    lists = await reading.walked(policy, after=after, most=most)
    lists += await reading.reckoned(policy)
    opened = await reading.opened(policy, after=after, most=most)
    ready = [(one.key, one) for one in merged(lists, after=after, most=wanted)]
    stands = islice(merge(*(each.standing() for each in opened), key=itemgetter(0)), wanted)
    both: list[tuple[Key, Due | Opened]] = [*ready, *stands]
    found = sorted(both, key=itemgetter(0))[:wanted]
    following = turn.cursor(*found[-2][0]) if len(found) > turn.size else None
    items = await _shown(reading.session, found[: turn.size])
    if after is not None:
        return Shown(items, following, None, policy)
    counted = [stretch_of(each, policy, now=reading.at) for each in lists]
    counted += [each.counted(policy, now=reading.at) for each in opened]
    return Shown(items, following, [each for each in counted if each is not None], policy)


async def _shown(session: AsyncSession, found: Sequence[tuple[Key, Due | Opened]]) -> list[Due]:
    """Reads what is shown of matters; one that somebody has seen to meanwhile is not."""
    rows = await kept.lines(session, [id for (_, id), one in found if isinstance(one, Opened)])
    items = []
    for (_, id), one in found:
        if isinstance(one, Due):
            items.append(one)
        elif id in rows:
            place, due = one.times(rows[id].since)
            items.append(due_of(one.kind, rows[id], place=place, due=due))
    return items
