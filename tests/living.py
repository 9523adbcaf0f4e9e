"""A plain model of a contract's life, to hold beside its record, its ledger and its timeline."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.dialects.postgresql import ARRAY

from checkpoint.audit.tables import AuditEntry
from checkpoint.contracts import actions, queries
from checkpoint.contracts.agreements import actions as agreements
from checkpoint.contracts.agreements.schemas import SaveTerms, SignTerms
from checkpoint.contracts.agreements.states import (
    ApprovedTooEarly,
    NothingProposed,
    PastTheLongest,
    SignedAlready,
)
from checkpoint.contracts.schemas import ResumeContract, TakeStep
from checkpoint.contracts.signatures import actions as signatures
from checkpoint.contracts.states import (
    REASONS,
    ContractEvent,
    ContractNotFound,
    ContractState,
    StepNotAllowed,
)
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.preconditions import Overtaken
from checkpoint.journey.timeline import queries as timeline
from conftest import NOON
from contracting import CONTRACT

ROLES = ("person", "navigator", "supervisor")
STEPS = st.one_of(
    st.just(("save", None)),
    st.tuples(st.just("save"), st.integers(1, 40)),
    st.just(("offer",)),
    st.tuples(st.just("sign"), st.sampled_from(ROLES)),
    st.just(("sign_all",)),
    st.just(("stop", "SUSPENDED")),
    st.just(("resume",)),
    st.tuples(st.just("sleep"), st.integers(1, 30)),
    st.just(("decline",)),
    st.just(("stop", "LAPSED")),
    st.tuples(st.just("stop"), st.sampled_from(["WITHDRAWN", "CLOSED", "COMPLETED", "FAILED"])),
    st.just(("stale",)),
)
LIVE, UNSIGNED = ("active", "suspended"), ("draft", "offered")
WORKED_TO_ITS_END = ("completed", "failed", "withdrawn", "closed")
ENTRIES = sa.select(AuditEntry.__table__.c.event).where(
    AuditEntry.__table__.c.subject_ids.contains(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
)
FIRST_DAY = date(2026, 11, 3)


def months_from(day, months):
    """The last day of so many months by counting days, not by arithmetic on months."""
    month, year = (day.month - 1 + months) % 12 + 1, day.year + (day.month - 1 + months) // 12
    found = day
    while (found.year, found.month) < (year, month) or (
        (found.year, found.month) == (year, month) and found.day < day.day - 1
    ):
        following = found + timedelta(days=1)
        if (following.year, following.month) > (year, month):
            return found
        if (following.year, following.month, following.day) == (year, month, day.day):
            return found
        found = following
    return found


class Life:
    """A contract, and a plain model of where it stands."""

    def __init__(self, session, id, navigator):
        suites = frozenset({"DURHAMGATE"})
        self.session, self.id = session, id
        self.boss = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=suites)
        self.navigator = Actor(id=navigator, role=Role.NAVIGATOR)
        self.today, self.state, self.events = FIRST_DAY, "draft", ["contract.drafted"]
        self.starts = self.ends = self.still = self.change = None
        self.excused, self.signed, self.by = 0, {}, self.navigator
        # What was told: the event, when it happened, when it was recorded, and by whom.
        self.story = [("contract.drafted", NOON, NOON, "navigator")]

    @property
    def at(self):
        return datetime.combine(self.today, time(13), UTC)

    @property
    def worker(self):
        """Who works the contract: its navigator, until its end ends their work."""
        return self.boss if self.state in WORKED_TO_ITS_END else self.navigator

    async def expect(self, refusals, event, deed, *, happened=None):
        if not refusals:
            await deed
            self.events.append(event)
            self.story.append((event, happened or self.at, self.at, self.by.role.value))
            return True
        with pytest.raises(refusals):
            await deed
        return False

    def told(self, by=None):
        self.by = by or self.worker
        return {"seen": len(self.events), "by": self.by, "at": self.at}

    async def save(self, later):
        live = self.state in LIVE
        named = self.ends + timedelta(days=later) if live and later else None
        broken = ()
        if live and named is not None:
            longest = months_from(self.starts, 6) + timedelta(days=self.excused)
            broken = (PastTheLongest,) if named > longest else ()
            broken = (RuleBroken,) if named < self.today else broken
        command = SaveTerms(
            reason_code="needs_changed", ends_on=named, conditions=CONTRACT["conditions"]
        )
        refusals = () if live or self.state in UNSIGNED else (StepNotAllowed,)
        event = "contract.change_proposed" if live else "contract.redrafted"
        deed = agreements.save(self.session, self.id, command, **self.told())
        if not await self.expect(broken or refusals, event, deed):
            return
        self.signed = {}
        if live:
            self.change = (named or self.ends, self.excused)
        else:
            self.state = "draft"

    async def offer(self):
        refusals = () if self.state == "draft" else (StepNotAllowed,)
        deed = agreements.offer(self.session, self.id, **self.told())
        if await self.expect(refusals, "contract.offered", deed):
            self.state = "offered"

    def unsignable(self, role):
        if self.state not in (*LIVE, "offered"):
            return (StepNotAllowed,)
        if self.state in LIVE and self.change is None:
            return (NothingProposed,)
        if role == "supervisor" and not {"person", "navigator"} <= {*self.signed}:
            return (ApprovedTooEarly,)
        return (SignedAlready,) if role in self.signed else ()

    async def sign(self, role):
        refusals = self.unsignable(role)
        third = not refusals and {*self.signed, role} == {*ROLES}
        first = self.state == "offered"
        event = "contract.signed"
        if third:
            event = "contract.started" if first else "contract.changed"
        command = SignTerms(role=role, how="screen", signed_at=self.at)
        by = self.boss if role == "supervisor" else self.worker
        deed = signatures.sign(self.session, self.id, command, **self.told(by))
        # It starts when its person signs, whoever signs last.
        begins = self.signed.get("person", self.at) if third and first else self.at
        if not await self.expect(refusals, event, deed, happened=begins):
            return
        self.signed[role] = self.at
        if third and first:
            self.state, self.starts = "active", self.signed["person"].date()
            self.ends = months_from(self.starts, 4)
        elif third:
            ends, excused = self.change
            self.ends = ends + timedelta(days=self.excused - excused)
        if third:
            self.signed, self.change = {}, None

    async def sign_all(self):
        for role in ROLES:
            await self.sign(role)

    async def stop(self, name):
        event = ContractEvent[name]
        reason = REASONS[event][0] if name != "COMPLETED" else "named_reason"
        command = TakeStep(reason_code=reason, words="Synthetic.", happened_at=self.at)
        begins = {
            "SUSPENDED": ("active",),
            "LAPSED": UNSIGNED,
            "CLOSED": (*LIVE, *UNSIGNED),
        }.get(name, LIVE)
        refusals = () if self.state in begins else (StepNotAllowed,)
        told = self.told(self.boss)
        if name == "COMPLETED":
            deed = actions.complete(self.session, self.id, command, **told)
        elif name == "FAILED":
            told.pop("seen")
            deed = actions.fail(self.session, self.id, command, **told)
        else:
            deed = actions.take(self.session, self.id, event, command, **told)
        if await self.expect(refusals, event.value, deed):
            self.state, self.still = ContractState[name].value, self.today

    async def decline(self):
        command = TakeStep(reason_code="changed_mind", happened_at=self.at)
        live, refusals = self.state in LIVE, ()
        if live and self.change is None:
            refusals = (NothingProposed,)
        elif not live and self.state not in UNSIGNED:
            refusals = (StepNotAllowed,)
        event = "contract.change_declined" if live else "contract.declined"
        deed = actions.decline(self.session, self.id, command, **self.told())
        if await self.expect(refusals, event, deed):
            self.state, self.change = (self.state if live else "declined"), None
            self.signed = {}

    async def resume(self):
        refusals = () if self.state == "suspended" else (StepNotAllowed,)
        command = ResumeContract(happened_at=self.at)
        deed = actions.resume(self.session, self.id, command, **self.told())
        if await self.expect(refusals, "contract.resumed", deed):
            days = (self.today - self.still).days
            self.state, self.excused = "active", self.excused + days
            self.ends += timedelta(days=days)

    async def sleep(self, days):
        self.today += timedelta(days=days)

    async def stale(self):
        command = TakeStep(reason_code="death", happened_at=self.at)
        told = self.told() | {"seen": len(self.events) + 1}
        with pytest.raises(Overtaken):
            await actions.take(self.session, self.id, ContractEvent.CLOSED, command, **told)

    async def check(self):
        """The contract, its steps and the ledger tell what the model does."""
        row = await queries.one(self.session, self.id, by=self.boss, at=self.at)
        if self.state in WORKED_TO_ITS_END:
            with pytest.raises(ContractNotFound):
                await queries.one(self.session, self.id, by=self.navigator, at=self.at)
        found = await queries.whole(self.session, row)
        assert (row.state, row.version) == (self.state, len(self.events))
        assert (row.starts_on, row.ends_on) == (self.starts, self.ends)
        assert (found.stand.excused_days, found.stand.state) == (self.excused, self.state)
        assert [each.event for each in found.steps] == self.events
        assert (found.proposed is not None) == (self.change is not None and self.state in LIVE)
        told = await rows_of(self.session, ENTRIES, ids=[self.id])
        assert sorted(each.event for each in told) == sorted(self.events)  # in several streams
        await self.check_timeline(row.custody_record_id)

    async def check_timeline(self, record_id):
        """The case's timeline tells each step once, as it happened, to whoever may hear it."""
        for by in (replace(each, asks_at=self.at) for each in {self.boss, self.worker}):
            record = await timeline.reached(self.session, record_id, by=by, at=self.at)
            told = [
                each
                for each in await timeline.of_case(self.session, record, by=by)
                if each.event.startswith("contract.")
            ]
            found = [(each.event, each.happened_at, each.recorded_at, each.role) for each in told]
            assert sorted(found) == sorted(self.story)
            assert [each.happened_at for each in told] == sorted(each.happened_at for each in told)
