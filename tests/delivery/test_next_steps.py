"""What comes next is told to each reader as far as they may know; and nothing without the ledger."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from builders import a_key, booked, make_offence, make_record
from checkpoint.allocation.vault import Vault
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.custody import queries as custody
from checkpoint.delivery import actions, queries
from checkpoint.delivery.schemas import RecordDisposal
from checkpoint.delivery.tables import Disposal
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from conftest import NOON
from delivering import PROPOSED, a_disposal, place, said

SUITES = frozenset({"DURHAMGATE"})


@pytest.fixture
def steps_for(trial_owner, trial_settings):
    """The steps that somebody of a role is told who has not been shown the case's arm."""

    async def told(record, role):
        by = Actor(id=uuid4(), role=role, suites=SUITES)
        async with transaction(trial_owner) as session:
            of_suite = Actor(id=uuid4(), role=Role.SUPERVISOR, suites=SUITES)
            row = await custody.one(session, UUID(record["id"]), actor=of_suite)
            vault, on = Vault(trial_settings), date(2026, 11, 3)
            found = await queries.next_steps(session, row, vault=vault, by=by, on=on)
        return [(step.step, step.allowed) for step in found]

    return told


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.SUPERVISOR, [("read_allocation", True), ("record_disposal", True)]),
        (Role.NAVIGATOR, [("record_disposal", False)]),
    ],
)
async def test_the_blind_are_told_the_same_of_either_arm(a_case, steps_for, role, expected):
    for arm in ("treatment", "control"):
        assert await steps_for(await a_case(arm), role) == expected


async def test_a_case_that_is_not_in_the_programme_has_no_steps_here(at_trial, steps_for):
    record = await booked(at_trial())
    assert await steps_for(record, Role.SUPERVISOR) == []


async def test_a_case_that_was_disposed_of_waits_for_no_disposal(at_trial, a_case, steps_for):
    record = await a_case("control")
    await said(at_trial(), record, "disposals", a_disposal(record))
    assert await steps_for(record, Role.SUPERVISOR) == [("read_allocation", True)]


async def test_a_proposed_crossover_is_answered_by_somebody_else(a_case, supervisor):
    record = await a_case("control")
    first, second = await supervisor(record, "first"), await supervisor(record, "second")
    told = (await said(first, record, "crossovers", PROPOSED)).json()
    crossover = told["crossovers"][0]["id"]
    own = {step["step"]: step for step in told["next_steps"]}
    read = (await second.get(place(record, "delivery"))).json()["next_steps"]
    theirs = {step["step"]: step for step in read}
    assert own.keys() == theirs.keys()
    for name, noun in (("confirm_crossover", "confirmation"), ("decline_crossover", "refusal")):
        assert own[name]["why_not"] == "You proposed it; somebody else answers."
        assert theirs[name]["allowed"]
        assert theirs[name]["href"] == f"/v1/crossovers/{crossover}/{noun}"
    assert not theirs["start_programme"]["allowed"]
    door = theirs["confirm_crossover"]["href"]
    after = (await second.post(door, headers=a_key())).json()["next_steps"]
    assert [(step["step"], step["allowed"]) for step in after] == [
        ("start_programme", True),
        ("record_disposal", True),
    ]


async def test_nothing_is_disposed_of_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record = await make_record(session)
        offence = await make_offence(session, record)
    command = RecordDisposal(
        offence_id=offence.id, outcome_code="1", disposed_on=NOON.date(), decided_by="police"
    )
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await actions.dispose(session, record.id, command, by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        rows = select(Disposal.id).where(Disposal.custody_record_id == record.id)
        assert (await session.exec(rows)).all() == []
