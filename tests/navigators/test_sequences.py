"""Whatever is assigned, offered, taken, covered and reassigned: what a plain model says, and no more."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import make_record
from checkpoint.custody.tables import CustodyRecord
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.navigators import actions, cases, queries
from checkpoint.navigators.conflicts import actions as conflicts
from checkpoint.navigators.handovers import actions as handovers
from checkpoint.navigators.handovers.schemas import OfferCase
from checkpoint.navigators.schemas import (
    Chosen,
    DeclareConflict,
    EndAssignment,
    ReassignCaseload,
)
from checkpoint.navigators.states import (
    CaseloadEmpty,
    ConflictDeclaredAlready,
    CoveredAlready,
    HoldsAlready,
    How,
    NavigatorConflicted,
    NavigatorFull,
    NoNavigator,
    NotCovered,
    NotPlaceable,
    OfferNotOpen,
)
from conftest import NOON, rolled_back
from navigating import make_navigator

CAPACITIES, CASES, MOST = (1, 2, 2, 3), 5, 16
WHO, WHICH, WORD = st.integers(0, 3), st.integers(0, CASES - 1), st.booleans()
STEPS = st.one_of(
    st.tuples(st.just("assign"), WHICH, WHO, WORD),
    st.tuples(st.just("offer"), WHICH, WHO, WORD),
    st.tuples(st.just("cover"), WHICH, WHO, WORD),
    st.tuples(st.just("accept"), WHICH),
    st.tuples(st.just("decline"), WHICH),
    st.tuples(st.just("end"), WHICH),
    st.tuples(st.just("end_cover"), WHICH),
    st.tuples(st.just("reassign"), WHO, st.none() | WHO, WORD),
    st.tuples(st.just("conflict"), WHICH, WHO),
    st.tuples(st.just("sleep")),
)
ALL = "SELECT navigator_id, custody_record_id, override_words FROM navigator_assignment WHERE ended_at IS NULL AND custody_record_id = ANY(:ids)"
LIVE = actions.sa.select(CustodyRecord.id).where(queries.IN_CASELOAD)
SEEN: Counter[tuple[str, bool]] = Counter()  # deeds by name, and whether they were done


class Life:
    """Navigators, cases, and a plain model of whose they are, who covers, and what is offered."""

    def __init__(self, session, navigators, records):
        self.session, self.navigators, self.records = session, navigators, records
        suites = frozenset({"DURHAMGATE"})
        self.boss = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=suites)
        self.at = NOON
        self.holder, self.cover, self.offers = {}, {}, {}
        self.against = set()

    def live(self, case):
        who, last, _ = self.cover.get(case, (None, None, False))
        return who if last is not None and london_day(self.at) <= last else None

    def load(self, who):
        return sum(1 for each in self.holder.values() if each == who) + sum(
            1 for case in self.cover if self.live(case) == who
        )

    def refusal(self, case, who, word):
        """Which refusal the rules ask for, and whether the capacity is passed."""
        if self.holder.get(case) == who:
            return HoldsAlready, False
        if (case, who) in self.against:
            return NavigatorConflicted, False
        full = self.load(who) - (self.live(case) == who) >= CAPACITIES[who]
        return (NavigatorFull if full and not word else None), full

    def give(self, case, who):
        self.holder[case] = who
        self.cover.pop(case, None)
        self.offers.pop(case, None)

    async def expect(self, refusal, deed):
        SEEN[deed.__name__, refusal is None] += 1
        if refusal is None:
            return await deed
        with pytest.raises(refusal):
            await deed
        return None

    async def assign(self, case, who, word):
        if case in self.holder:
            return
        to = await actions.candidate(self.session, self.navigators[who].id, at=self.at)
        found = await queries.case(self.session, self.records[case], at=self.at)
        refusal, full = self.refusal(case, who, word)
        words = "Needed." if word else None
        deed = actions.assigned(
            self.session, to, found, how=How.ASSIGNED, override=words, by=self.boss, at=self.at
        )
        row = await self.expect(refusal, deed)
        if row is not None:
            assert (row.override_words is not None) == full
            self.give(case, who)

    async def offer(self, case, who, word, kind="hand_over"):
        last = london_day(self.at) + timedelta(days=1) if kind == "cover" else None
        command = OfferCase(
            navigator_id=self.navigators[who].id,
            kind=kind,
            cover_last_day=last,
            override_words="Needed." if word else None,
        )
        if case not in self.holder:
            refusal = NoNavigator
        elif kind == "cover" and self.live(case) is not None:
            refusal = CoveredAlready
        else:
            refusal, _ = self.refusal(case, who, word)
        by, at = self.boss, self.at
        deed = handovers.offer(self.session, self.records[case].id, command, by=by, at=at)
        row = await self.expect(refusal, deed)
        if row is not None:
            self.offers[case] = (row.id, who, kind, last, word)

    async def cover_(self, case, who, word):
        await self.offer(case, who, word, "cover")

    def by(self, who):
        return Actor(id=self.navigators[who].actor_id, role=Role.NAVIGATOR)

    async def accept(self, case):
        if case not in self.offers:
            return
        id, who, kind, last, word = self.offers[case]
        refusal, full = self.refusal(case, who, word)
        if last is not None and london_day(self.at) > last:
            refusal = OfferNotOpen
        elif kind == "cover" and self.live(case) is not None:
            refusal = CoveredAlready
        deed = handovers.accept(self.session, id, by=self.by(who), at=self.at)
        await self.expect(refusal, deed)
        if refusal is not None:
            return
        if kind == "cover":
            del self.offers[case]
            self.cover[case] = (who, last, full)
        else:
            self.give(case, who)

    async def decline(self, case):
        if case not in self.offers:
            return
        id, who, _, last, _ = self.offers[case]
        over = last is not None and london_day(self.at) > last
        deed = handovers.decline(self.session, id, "No.", by=self.by(who), at=self.at)
        await self.expect(OfferNotOpen if over else None, deed)
        if not over:
            del self.offers[case]

    async def end(self, case):
        refusal = None if case in self.holder else NoNavigator
        command = EndAssignment(reason="case_ended")
        id = self.records[case].id
        deed = actions.end(self.session, id, command, by=self.boss, at=self.at)
        await self.expect(refusal, deed)
        self.holder.pop(case, None)
        self.cover.pop(case, None)
        self.offers.pop(case, None)

    async def end_cover(self, case):
        if case not in self.holder:
            refusal = NoNavigator
        else:
            refusal = None if self.live(case) is not None else NotCovered
        id = self.records[case].id
        await self.expect(refusal, handovers.end_cover(self.session, id, by=self.boss, at=self.at))
        self.cover.pop(case, None)

    async def reassign(self, old, whom, word):
        navigator = self.navigators[old]
        held = [case for case, who in self.holder.items() if who == old]
        covered = [case for case in self.cover if self.live(case) == old]
        mapping = None
        if whom is not None:
            mapping = [
                Chosen(
                    custody_record_id=self.records[case].id,
                    navigator_id=self.navigators[whom].id,
                    override_words="Needed." if word else None,
                )
                for case in held
            ]
        plan = await cases.plan(self.session, navigator, mapping, by=self.boss, at=self.at)
        refusal = None if all(each.holds for each in plan.placed) else NotPlaceable
        if not held and not covered:
            refusal = CaseloadEmpty
        command = ReassignCaseload(reason_code="sick", mapping=mapping)
        deed = actions.reassign(
            self.session, navigator.id, command, seen=plan.tag, by=self.boss, at=self.at
        )
        if await self.expect(refusal, deed) is None:
            return
        number = {each.id: place for place, each in enumerate(self.navigators)}
        which = {each.id: place for place, each in enumerate(self.records)}
        for each in plan.placed:
            who = number[each.candidate.id]
            assert who != old
            assert whom in (None, who)
            assert (which[each.case.id], who) not in self.against
            self.give(which[each.case.id], who)
        for case in covered:
            del self.cover[case]
        assert self.load(old) == 0

    async def conflict(self, case, who):
        command = DeclareConflict(navigator_id=self.navigators[who].id, relation="knows_person")
        id = self.records[case].id
        declared = ConflictDeclaredAlready if (case, who) in self.against else None
        deed = conflicts.declare(self.session, id, command, by=self.boss, at=self.at)
        await self.expect(declared, deed)
        self.against.add((case, who))

    async def sleep(self):
        self.at += timedelta(days=1)

    async def check(self):
        ids = [each.id for each in self.records]
        statement = actions.sa.text(ALL)
        rows = await rows_of(self.session, statement, ids=ids)
        assert {row.custody_record_id: row.navigator_id for row in rows} == {
            self.records[case].id: self.navigators[who].id for case, who in self.holder.items()
        }
        assert len(rows) == len(self.holder)  # never two that stand
        for who, navigator in enumerate(self.navigators):
            given = queries.caseload_of(self.by(who), self.at)
            seen = {row.id for row in await rows_of(self.session, LIVE, **given)}
            assert seen == {
                self.records[case].id
                for case in range(CASES)
                if who in (self.holder.get(case), self.live(case))
            }
            worded = sum(
                1 for row in rows if row.navigator_id == navigator.id and row.override_words
            ) + sum(
                1 for case, (_, _, full) in self.cover.items() if self.live(case) == who and full
            )
            assert self.load(who) - worded <= CAPACITIES[who]


@pytest.mark.slow
@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=4, max_size=MOST))
async def test_cases_go_where_the_model_says_and_capacity_is_passed_only_by_a_word(api, steps):
    async with rolled_back(api) as session:
        await lived(session, steps)


async def lived(session, steps):
    navigators = [await make_navigator(session, capacity=each) for each in CAPACITIES]
    records = [await make_record(session) for _ in range(CASES)]
    life = Life(session, navigators, records)
    # Nobody else may be suggested.
    others = "UPDATE navigator SET last_day = '2026-01-01' WHERE id <> ALL(:ids)"
    ids = {"ids": [each.id for each in navigators]}
    await (await session.connection()).execute(actions.sa.text(others), ids)
    for case, who in enumerate((1, 2, 3)):
        await life.assign(case, who, word=False)
    for kind, *given_ in steps:
        await {"cover": life.cover_}.get(kind, getattr(life, kind, None))(*given_)
        await life.check()


# Drawn by Hypothesis alone, the test above might see nothing happen.
async def test_the_model_sees_every_deed_done_and_refused(api):
    SEEN.clear()
    steps = [
        ("offer", 0, 2, True), ("accept", 0), ("cover", 1, 3, False), ("accept", 1),
        ("cover", 1, 0, False), ("offer", 2, 2, False), ("conflict", 2, 0), ("conflict", 2, 0),
        ("offer", 2, 0, True),
        ("cover", 2, 1, False), ("sleep",), ("sleep",), ("accept", 2), ("decline", 2),
        ("offer", 2, 1, True), ("decline", 2), ("end_cover", 1), ("cover", 2, 1, True),
        ("accept", 2), ("end_cover", 2), ("reassign", 3, 0, True), ("reassign", 3, 1, True),
        ("reassign", 0, None, False), ("reassign", 2, None, False), ("end", 0), ("end", 0),
        ("assign", 0, 0, False), ("assign", 3, 0, False), ("assign", 3, 0, True),
    ]  # fmt: skip
    async with rolled_back(api) as session:
        await lived(session, steps)
    deeds = {"offer", "accept", "decline", "end", "end_cover", "reassign", "assigned", "declare"}
    assert {(deed, done) for deed in deeds for done in (True, False)} == {*SEEN}
