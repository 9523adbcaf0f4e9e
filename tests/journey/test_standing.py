"""What people put in the place of the rules' verdict, in the list of cases and in their count."""

from itertools import product

import pytest
import sqlalchemy as sa

from builders import (
    DETERMINATION,
    KNOWN,
    REFERRED,
    a_key,
    an_offence,
    booked,
    decided,
    make_answer,
    make_decision,
    make_determination,
    make_override,
    make_record,
    make_screening,
    make_suite,
    proposed,
)
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.journey import cases
from checkpoint.journey.stages import stage_of

SETTLED = {Verdict.ELIGIBLE: Verdict.INELIGIBLE, Verdict.INELIGIBLE: Verdict.ELIGIBLE}
ANSWERS = [(), (None,), ("declined",), ("confirmed",), ("declined", "confirmed")]
# Everything that people can say of a decision: what they come to, and the answers to overrides.
SAID = {
    None: [None],
    Verdict.PENDING: [None],
    Verdict.REFER: [None, *SETTLED],
    Verdict.ELIGIBLE: ANSWERS,
    Verdict.INELIGIBLE: ANSWERS,
}
DECIDED = [(verdict, said) for verdict, all_said in SAID.items() for said in all_said]


async def decide_and_say(session, record, verdict, said):
    """One more decision and what people said of it; gives what they put in its place, and how."""
    if verdict is None:
        return None, None
    decision = await make_decision(session, record, verdict)
    if verdict is Verdict.REFER and said:
        await make_determination(session, decision, said)
        return said, "determination"
    if verdict not in SETTLED:
        return None, "rules"
    for number, outcome in enumerate(said, 1):
        override = await make_override(session, decision, SETTLED[verdict], number=number)
        if outcome:
            await make_answer(session, override, outcome)
    confirmed = "confirmed" in said
    return (SETTLED[verdict], "override") if confirmed else (None, "rules")


@pytest.mark.slow
async def test_sql_and_stages_agree_over_everything_that_can_be(session):
    expected = {}
    for screened, first, last in product([False, True], DECIDED, DECIDED):
        record = await make_record(session)
        if screened:
            await make_screening(session, record)
            await make_screening(session, record, number=2)
        ends = [(one[0], *await decide_and_say(session, record, *one)) for one in (first, last)]
        verdict, standing, basis = ends[1] if ends[1][0] else ends[0]
        stage = stage_of(screened=screened, verdict=verdict, standing=standing)
        expected[record.id] = (stage, standing or verdict, basis)
    columns = (cases.RECORD.c.id, cases.STAGE, cases.VERDICT, cases.BASIS)
    rows = sa.select(*columns).select_from(cases.CASES).where(cases.RECORD.c.id.in_(expected))
    found = (await session.exec(rows)).all()
    assert len(found) == len(expected) == 2 * len(DECIDED) ** 2 == 450
    assert {id: tuple(rest) for id, *rest in found} == expected


@pytest.fixture
async def suite(owner):
    """A suite that nobody works in but this test."""
    async with transaction(owner) as session:
        return (await make_suite(session)).code


async def got(client, address, **query):
    answer = await client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_list_and_the_count_go_by_what_stands_and_reconcile(clients, suite):
    officer = clients(Role.CUSTODY_OFFICER, suite)
    first, second = (clients(Role.SUPERVISOR, suite, name=name) for name in ("first", "second"))

    async def case(code="TH68010", **facts):
        record = await booked(
            officer, suite=suite, screening=KNOWN | facts, offences=[an_offence(code=code)]
        )
        return await decided(officer, record)

    async def determined(verdict):
        decision = await case(REFERRED)
        answer = await first.post(
            f"/v1/eligibility-decisions/{decision['id']}/determination",
            json=DETERMINATION | {"verdict": verdict, "reason_code": "other"},
            headers=a_key() | {"If-Match": '"1"'},
        )
        assert answer.status_code == 201, answer.text
        return decision

    async def overridden(verdict, **facts):
        decision = await case(**facts)
        override = await proposed(first, decision, verdict=verdict)
        address = f"/v1/overrides/{override['id']}/confirmation"
        assert (await second.post(address, headers=a_key())).status_code == 200
        return decision

    made = {
        (await case(REFERRED))["id"]: ("referred", "refer", "rules"),
        (await determined("eligible"))["id"]: ("eligible", "eligible", "determination"),
        (await determined("ineligible"))["id"]: ("ineligible", "ineligible", "determination"),
        (await overridden("ineligible"))["id"]: ("ineligible", "ineligible", "override"),
        (await overridden("eligible", hate_crime=True))["id"]: ("eligible", "eligible", "override"),
        (await case(hate_crime=True))["id"]: ("ineligible", "ineligible", "rules"),
    }
    lines = (await got(officer, "/v1/cases"))["items"]
    found = {line["decision_id"]: (line["stage"], line["verdict"], line["basis"]) for line in lines}
    assert found == made
    narrowed = (await got(officer, "/v1/cases", stage="ineligible"))["items"]
    assert {line["decision_id"] for line in narrowed} == {
        id for id, (stage, *_) in made.items() if stage == "ineligible"
    }
    counts = await got(officer, "/v1/cases/counts")
    stages = {row["stage"]: row["records"] for row in counts["stages"]}
    assert (stages["ineligible"], stages["eligible"], stages["referred"]) == (3, 2, 1)
    assert [(row["criterion"], row["records"]) for row in counts["ineligible"]] == [("HATE", 1)]
    assert counts["by_supervisor"] == 2
