"""The list that somebody is shown: what is due of every kind, put in one order, and counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.permissions import Permission, holds
from checkpoint.allocation.tables import Allocation, Enrolment
from checkpoint.custody import queries as custody
from checkpoint.delivery import rules as delivery
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.calendar import london_day, london_midnight
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.paging import LONGEST, Turn
from checkpoint.foundation.statements import Prepared
from checkpoint.journey.worklist import cases, referred, running, waiting
from checkpoint.journey.worklist.cases import Reach
from checkpoint.journey.worklist.clocks import DAY
from checkpoint.journey.worklist.facts import is_told
from checkpoint.journey.worklist.queries import RECKONED, due_of
from checkpoint.journey.worklist.rules import (
    COUNTED,
    Due,
    WorklistPolicy,
    merged,
    policy_on,
    reckoning_of,
    urgency_of,
)
from checkpoint.journey.worklist.states import Kind
from checkpoint.navigators.queries import caseload_of

Place = tuple[datetime, UUID]
# How much is read of each source: enough to count it, or to fill the longest page.
LENGTHS = (COUNTED + 1, LONGEST + 1)


@dataclass(frozen=True)
class Source:
    """Where things of one kind are read: a select by reach, walked in the order of its time."""

    kind: Kind
    rows: Callable[[Reach], Any]

    @cached_property
    def selects(self) -> dict[tuple[Reach, bool, int], Prepared]:
        """Built once, for the first page and for later ones, for short pages and for long ones."""
        return {
            (reach, later, most): self._select(reach, later=later, most=most)
            for reach in Reach
            for later in (False, True)
            for most in LENGTHS
        }

    def _select(self, reach: Reach, *, later: bool, most: int) -> Prepared:
        rows = self.rows(reach)
        since, id = (rows.selected_columns[name].element for name in ("since", "id"))
        rows = rows.where(since <= sa.bindparam("until", type_=since.type))
        if later:
            seen = (
                sa.bindparam("seen", type_=since.type),
                sa.bindparam("seen_id", type_=sa.Uuid()),
            )
            rows = rows.where(sa.tuple_(since, id) > sa.tuple_(*seen))
        # Written out: of a number that is given, PostgreSQL plans for a tenth of everything.
        return Prepared(rows.order_by(since, id).limit(sa.literal_column(str(most))))


SOURCES = (
    Source(Kind.PROSECUTION_DEADLINE, cases.prosecution_deadline),
    Source(Kind.FIRST_CONTACT, cases.first_contact),
    Source(Kind.NO_NAVIGATOR, cases.no_navigator),
    Source(Kind.HANDOVER_OFFERED, waiting.handover_offered),
    Source(Kind.HANDOVER_UNANSWERED, waiting.handover_unanswered),
    Source(Kind.NAVIGATOR_ABSENT, waiting.navigator_absent),
    Source(Kind.CLEARANCE_EXPIRING, waiting.clearance_expiring),
    Source(Kind.DECISION_PENDING, cases.decided(Verdict.PENDING)),
    Source(Kind.DECISION_REFERRED, cases.decided(Verdict.REFER)),
    Source(Kind.OVERRIDE_WAITING, waiting.override_waiting),
    Source(Kind.CONSENT_DRAFT_EXPIRING, cases.consent_draft_expiring),
    Source(Kind.CROSSOVER_WAITING, waiting.crossover_waiting),
    Source(Kind.UNBLINDING_WAITING, waiting.unblinding_waiting),
    Source(Kind.NEEDS_DRAFT_OPEN, cases.needs_draft_open),
    Source(
        Kind.DISPOSAL_MISSING,
        cases.disposal_missing(Allocation, Allocation.allocated_at),
    ),
    Source(
        Kind.DISPOSAL_MISSING,
        cases.disposal_missing(Enrolment, Enrolment.enrolled_at),
    ),
    Source(Kind.APPOINTMENT_TODAY, running.appointment_today),
    Source(Kind.ATTENDANCE_MISSING, running.attendance_missing),
    Source(Kind.NO_CONTACT, running.no_contact),
    Source(Kind.CONTRACT_UNSIGNED, running.contract_unsigned),
    Source(Kind.CONTRACT_ENDING, running.contract_ending),
    Source(Kind.REVIEW_DUE, running.review_due),
    Source(Kind.ARREST_UNREVIEWED, running.arrest_unreviewed(merged=False)),
    Source(Kind.ARREST_UNREVIEWED, running.arrest_unreviewed(merged=True)),
    Source(Kind.OUTCOME_TO_RECORD, running.outcome_to_record),
    Source(Kind.CHALLENGE_OPEN, running.challenge_open),
    Source(Kind.TIME_LIMIT_INCIDENT, running.time_limit_incident),
    Source(Kind.GLASS_TO_REVIEW, waiting.glass_to_review),
    Source(Kind.REFERRAL_UNACKNOWLEDGED, referred.unacknowledged),
    Source(Kind.REFERRAL_WAITING, referred.waiting),
    Source(Kind.REFERRAL_ANSWERED, referred.answered),
)


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
        self, policy: WorklistPolicy, *, after: Place | None, most: int
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

    def _is_on_list(self, one: Due, policy: WorklistPolicy) -> bool:
        return urgency_of(one.due, policy.allowances[one.kind], now=self.at) is not None

    async def _walk(
        self, source: Source, policy: WorklistPolicy, *, after: Place | None, most: int
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
        whose = custody.scope_of(self.actor) | caseload_of(self.actor, self.at)
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
    counted: Sequence[Sequence[Due]] | None
    policy: WorklistPolicy


async def page(reading: Reading, turn: Turn) -> Shown:
    """One page of a reader's list."""
    policy = policy_on(london_day(reading.at))
    seen = turn.start()
    after = None if seen is None else (seen.at, seen.id)
    lists = await reading.walked(policy, after=after, most=turn.size + 1)
    lists += await reading.reckoned(policy)
    found = merged(lists, after=after, most=turn.size + 1)
    items = found[: turn.size]
    following = turn.cursor(*items[-1].key) if len(found) > turn.size else None
    return Shown(items, following, lists if after is None else None, policy)
