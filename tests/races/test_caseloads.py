"""Several at one caseload at once, each on a connection of their own."""

import asyncio
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import make_record
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.preconditions import Overtaken
from checkpoint.navigators import actions, cases, queries
from checkpoint.navigators.handovers import actions as handovers
from checkpoint.navigators.handovers.schemas import OfferCase
from checkpoint.navigators.schemas import Chosen, ReassignCaseload
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.states import CaseloadEmpty, How, NavigatorFull, OfferNotOpen
from conftest import NOON
from navigating import make_assigned, make_navigator
from waits import all_there

pytestmark = pytest.mark.slow

STANDING = "SELECT navigator_id FROM navigator_assignment WHERE ended_at IS NULL AND custody_record_id = ANY(:ids)"


def boss():
    return Actor(id=uuid4(), role=Role.SUPERVISOR, suites=frozenset({"DURHAMGATE"}))


async def at_once(api, *deeds):
    """Each deed in its own transaction, begun before any is done."""
    everyone_is_here = asyncio.Barrier(len(deeds))

    async def do(deed):
        async with transaction(api) as session:
            await (await session.connection()).execute(sa.text("SELECT 1"))
            await all_there(everyone_is_here)
            return await deed(session)

    return await asyncio.gather(*[do(deed) for deed in deeds], return_exceptions=True)


async def standing(api, records):
    async with transaction(api) as session:
        given = {"ids": [each.id for each in records]}
        rows = await (await session.connection()).execute(sa.text(STANDING), given)
        return [row.navigator_id for row in rows]


async def test_one_free_place_is_taken_once(api):
    async with transaction(api) as session:
        one = await make_navigator(session, capacity=1)
        records = [await make_record(session) for _ in range(4)]

    def assigning(record):
        async def deed(session):
            to = await actions.candidate(session, one.id, at=NOON)
            case = await queries.case(session, record, at=NOON)
            return await actions.assigned(
                session, to, case, how=How.ASSIGNED, override=None, by=boss(), at=NOON
            )

        return deed

    outcome = await at_once(api, *map(assigning, records))
    assert [type(each) for each in outcome].count(NavigatorFull) == 3
    assert await standing(api, records) == [one.id]


async def test_a_caseload_goes_once_whoever_reassigns_it(api):
    async with transaction(api) as session:
        sick, *others = [await make_navigator(session) for _ in range(3)]
        records = [await make_assigned(session, sick.id) for _ in range(5)]

    def mapped(to):
        return [Chosen(custody_record_id=each.id, navigator_id=to.id) for each in records]

    tags = {}
    async with transaction(api) as session:
        for to in others:
            plan = await cases.plan(session, sick, mapped(to), by=boss(), at=NOON)
            tags[to.id] = plan.tag

    def reassigning(to):
        command = ReassignCaseload(reason_code="sick", mapping=mapped(to))

        async def deed(session):
            done = actions.reassign(session, sick.id, command, seen=tags[to.id], by=boss(), at=NOON)
            return await done

        return deed

    outcome = await at_once(api, *map(reassigning, others * 2))
    refused = [each for each in outcome if isinstance(each, Exception)]
    assert len(refused) == 3
    assert {type(each).__name__ for each in refused} <= {"RuleBroken", "Overtaken", "CaseloadEmpty"}
    found = await standing(api, records)
    assert (len(found), len({*found})) == (5, 1)
    assert sick.id not in found


async def test_what_comes_in_while_a_caseload_goes_is_not_left_behind_unseen(api):
    async with transaction(api) as session:
        sick, other = await make_navigator(session), await make_navigator(session)
        held = await make_assigned(session, sick.id)
        late = await make_record(session)
        plan = await cases.plan(session, sick, None, by=boss(), at=NOON)

    async def assigning(session):
        to = await actions.candidate(session, sick.id, at=NOON)
        case = await queries.case(session, late, at=NOON)
        how = How.ASSIGNED
        return await actions.assigned(session, to, case, how=how, override=None, by=boss(), at=NOON)

    async def reassigning(session):
        command = ReassignCaseload(reason_code="sick")
        return await actions.reassign(session, sick.id, command, seen=plan.tag, by=boss(), at=NOON)

    assigned, gone = await at_once(api, assigning, reassigning)
    assert not isinstance(assigned, Exception)
    found = await standing(api, [held])
    assert (found == [sick.id]) == isinstance(gone, Overtaken)
    assert other.id != sick.id


async def test_an_offer_is_taken_once_and_not_from_a_caseload_that_has_gone(api):
    async with transaction(api) as session:
        sick, one, two = [await make_navigator(session) for _ in range(3)]
        record = await make_assigned(session, sick.id)
        command = OfferCase(navigator_id=one.id, kind="hand_over")
        offer = await handovers.offer(session, record.id, command, by=boss(), at=NOON)
        mapping = [Chosen(custody_record_id=record.id, navigator_id=two.id)]
        old = await staff.named(session, sick.id)
        tag = (await cases.plan(session, old, mapping, by=boss(), at=NOON)).tag
    taker = Actor(id=one.actor_id, role=Role.NAVIGATOR)

    def accepting(session):
        return handovers.accept(session, offer.id, by=taker, at=NOON)

    def reassigning(session):
        command = ReassignCaseload(reason_code="sick", mapping=mapping)
        return actions.reassign(session, sick.id, command, seen=tag, by=boss(), at=NOON)

    *taken, gone = await at_once(api, accepting, accepting, reassigning)
    refused = [each for each in taken if isinstance(each, Exception)]
    assert {type(each) for each in refused} <= {OfferNotOpen}
    (holder,) = await standing(api, [record])
    if holder == one.id:
        assert len(refused) == 1
        assert isinstance(gone, Exception)
    else:
        assert (holder, len(refused)) == (two.id, 2)
    assert not isinstance(gone, CaseloadEmpty) or holder == one.id
