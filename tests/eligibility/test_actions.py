from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from builders import ARREST, KNOWN, make_offence, make_person, make_record, make_screening
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry
from checkpoint.custody import actions as custody
from checkpoint.custody.queries import CustodyRecordNotFound
from checkpoint.custody.schemas import AddOffence, SaveScreening
from checkpoint.eligibility import actions, loading, queries
from checkpoint.eligibility.lookups import NoRulesInForce
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.foundation.preconditions import Overtaken
from checkpoint.oversight import queries as oversight
from conftest import NOON, rolled_back
from publishing import RULES, a_rule_file

OPERATOR = Actor(id=uuid4(), role=Role.OPERATOR)
STRANGER = Actor(id=uuid4(), role=Role.CUSTODY_OFFICER, suites=frozenset({"PETERLEE"}))
# Written by hand for the record of `a_case`, decided at NOON.
FACTS = KNOWN | {
    "age_at_offence_years": 32,
    "age_at_arrest_years": 32,
    "age_at_decision_years": 32,
    "age_estimated": False,
    "offences_in_area": True,
    "earliest_offence_on": "2026-11-01",
    "offence_classes": ["theft"],
    "offence_codes": ["TH68010"],
    "offence_schedules": [],
    "offences_in_force": "not_dated",
    "prosecution_limit": "none",
    "prosecution_last_day": None,
    "prosecution_days_left": None,
    "risk_band": None,
    "order_ends_on": None,
    "on_bail": None,
    "bail_ends_on": None,
    "under_supervision": None,
    "supervision_ends_on": None,
    "arrested_on": "2026-11-02",
    "decided_on": "2026-11-03",
}


async def a_case(session, **overrides):
    person = await make_person(session, date_of_birth=date(1994, 2, 11))
    record = await make_record(session, person_id=person.id, **overrides)
    await make_offence(session, record)
    await make_screening(session, record)
    return record


async def entries_of(session, subject):
    rows = select(AuditEntry).where(col(AuditEntry.subject_ids).contains([subject]))
    return (await session.exec(rows.order_by(col(AuditEntry.sequence)))).all()


async def test_a_case_is_decided_on_what_stands_in_its_record(session, officer):
    record = await a_case(session, version=4)
    decision, rules = await actions.decide_case(session, record.id, seen=4, by=officer, at=NOON)
    stored = await oversight.one(session, decision.id, actor=officer)
    assert (stored.verdict, stored.number, stored.supersedes_id) == ("eligible", 1, None)
    assert stored.superseded_by_id is None
    assert (stored.record_version, stored.decided_at, stored.decided_by) == (4, NOON, officer.id)
    assert stored.facts == FACTS
    assert {finding["answer"] for finding in stored.findings} == {"met"}
    assert len(stored.findings) == RULES.count("[[criteria]]")
    assert (stored.rule_set_version_id, stored.content) == (rules.rules_id, RULES)
    (entry,) = await entries_of(session, decision.id)
    assert entry.subject_ids == [decision.id, record.id, record.person_id]
    assert (entry.event, entry.operation) == ("eligibility.decided", Operation.COLLECTION)


async def test_what_is_learnt_later_changes_no_decision(session, officer):
    record = await a_case(session)
    decision, _ = await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    worse = SaveScreening.model_validate(KNOWN | {"hate_crime": True})
    arson = AddOffence(code="CD71015", committed_from="2026-10-01")
    await custody.save_screening(session, record.id, worse, seen=1, by=officer, at=NOON)
    await custody.add_offence(session, record.id, arson, by=officer, at=NOON)
    session.expire_all()
    stored = await oversight.one(session, decision.id, actor=officer)
    assert (stored.verdict, stored.facts, stored.record_version) == ("eligible", FACTS, 1)


async def test_each_decision_supersedes_the_one_before(session, officer):
    record = await a_case(session)
    made = []
    for version, stance in enumerate(("denied", "no_reply", "admitted"), start=1):
        said = SaveScreening.model_validate(KNOWN | {"interview_stance": stance})
        await custody.save_screening(session, record.id, said, seen=version, by=officer, at=NOON)
        at = NOON + timedelta(minutes=version)
        decided = await actions.decide_case(session, record.id, seen=version + 1, by=officer, at=at)
        made.append(decided[0])
    assert [d.verdict for d in made] == ["ineligible", "eligible", "eligible"]
    assert [d.number for d in made] == [1, 2, 3]
    assert [d.record_version for d in made] == [2, 3, 4]
    assert [d.supersedes_id for d in made] == [None, made[0].id, made[1].id]
    listed = await queries.of_case(session, record.id, actor=officer)
    assert [decision.id for decision in listed] == [d.id for d in reversed(made)]
    later = [(await oversight.one(session, d.id, actor=officer)).superseded_by_id for d in made]
    assert later == [made[1].id, made[2].id, None]


async def test_a_case_without_a_screening_is_pending(session, officer):
    record = await make_record(session)
    await make_offence(session, record)
    decision, _ = await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    assert decision.verdict == "pending"
    assert {name: decision.facts[name] for name in KNOWN} == dict.fromkeys(KNOWN)


async def test_days_are_those_of_england(session, officer):
    night = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    record = await a_case(session, arrested_at=night, arrived_at=night)
    decision, _ = await actions.decide_case(session, record.id, seen=1, by=officer, at=night)
    assert decision.facts["decided_on"] == "2026-07-02"


@pytest.mark.parametrize("seen", [1, 3, -1])
async def test_a_decision_on_another_version_is_refused(session, officer, seen):
    record = await a_case(session, version=2)
    with pytest.raises(Overtaken) as refused:
        await actions.decide_case(session, record.id, seen=seen, by=officer, at=NOON)
    assert refused.value.facts["present_etag"] == '"2"'
    assert await queries.of_case(session, record.id, actor=officer) == []


async def test_another_suites_case_cannot_be_told_from_none(session, officer):
    record = await a_case(session)
    for id in (record.id, uuid4()):
        with pytest.raises(CustodyRecordNotFound):
            await actions.decide_case(session, id, seen=1, by=STRANGER, at=NOON)


async def test_nothing_is_decided_of_an_arrest_before_the_first_rules(session, officer):
    eve = datetime(2015, 4, 6, 22, 59, tzinfo=UTC)  # a minute before the first day in England
    for at, rules in ((eve, None), (eve + timedelta(minutes=1), "2015-04-07")):
        record = await a_case(session, arrested_at=at, arrived_at=at)
        if rules is None:
            with pytest.raises(NoRulesInForce):
                await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
        else:
            decided = await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
            assert decided[1].version == rules


async def test_nothing_is_decided_that_cannot_be_recorded(without_ledger, officer):
    async with transaction(without_ledger) as session:
        record = await a_case(session)
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    async with transaction(without_ledger) as session:
        rows = select(EligibilityDecision.id)
        rows = rows.where(EligibilityDecision.custody_record_id == record.id)
        assert (await session.exec(rows)).all() == []


async def under(session, officer, *, arrested, decided):
    """The rules that decide a case, and why these."""
    record = await a_case(session, arrested_at=arrested, arrived_at=arrested)
    decision, rules = await actions.decide_case(session, record.id, seen=1, by=officer, at=decided)
    told = queries.view(decision, rules, by=officer)
    assert told.rule_set.version == rules.version
    return rules.version, told.rule_set.chosen_because


YEARS_ON = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arrested", "version"),
    [
        (datetime(2015, 4, 7, tzinfo=UTC), "2015-04-07"),
        (datetime(2016, 7, 31, 22, 59, tzinfo=UTC), "2015-04-07"),
        (datetime(2016, 7, 31, 23, 0, tzinfo=UTC), "2016-08-01"),
        (datetime(2018, 3, 31, 22, 59, tzinfo=UTC), "2016-08-01"),
        (datetime(2018, 3, 31, 23, 0, tzinfo=UTC), "2018-04-01"),
        (datetime(2026, 10, 31, 23, 59, tzinfo=UTC), "2018-04-01"),
        (datetime(2026, 11, 1, tzinfo=UTC), "2026-11-01"),
    ],
)
async def test_the_rules_of_the_day_of_the_arrest_decide_however_late(
    session, officer, arrested, version
):
    found, because = await under(session, officer, arrested=arrested, decided=YEARS_ON)
    assert found == version
    assert because.startswith("In force on the day of the arrest, ")


async def test_rules_that_begin_between_arrest_and_decision_leave_the_case_alone(owner, officer):
    async with rolled_back(owner) as session:
        await loading.publish(session, a_rule_file(), by=OPERATOR, at=NOON)
        found, because = await under(session, officer, arrested=ARREST, decided=YEARS_ON)
        assert found == "2026-11-01"
        assert because == "In force on the day of the arrest, 2026-11-02."
        assert (await under(session, officer, arrested=YEARS_ON, decided=YEARS_ON))[
            0
        ] == "test-2027"


async def test_rules_that_take_every_decision_take_the_case_from_their_day(owner, officer):
    first = "in_force_from = 2027-01-01"
    at_once = a_rule_file(**{first: f'{first}\napplies_to = "decisions_from"'})
    late = YEARS_ON + timedelta(days=40)
    async with rolled_back(owner) as session:
        await loading.publish(session, at_once, by=OPERATOR, at=NOON)
        later = a_rule_file("test-2027-b", "2027-02-01")
        await loading.publish(session, later, by=OPERATOR, at=NOON)
        day_before = YEARS_ON - timedelta(seconds=1)
        found = [
            await under(session, officer, arrested=ARREST, decided=at)
            for at in (day_before, YEARS_ON, late)
        ]
        assert [version for version, _ in found] == ["2026-11-01", "test-2027", "test-2027"]
        assert found[1][1] == (
            "In force since 2027-01-01 for every decision, whatever the day of the arrest."
        )
        assert (await under(session, officer, arrested=late, decided=late))[0] == "test-2027-b"


async def test_the_clock_of_the_day_is_locked_with_the_decision(session, officer):
    record = await a_case(session)
    await make_offence(
        session,
        record,
        "CJ67002",
        committed_from=date(2026, 9, 20),
        committed_until=date(2026, 9, 25),
    )
    decision, rules = await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    stored = await oversight.one(session, decision.id, actor=officer)
    clock = queries.view(stored, stored, by=officer).prosecution_clock
    assert (str(clock.as_of), str(clock.last_day), clock.days_left) == (
        "2026-11-03",
        "2027-03-20",
        137,
    )
    assert [each.code for each in clock.offences] == ["TH68010", "CJ67002"]
    assert stored.facts["prosecution_days_left"] == 137
    assert queries.view(decision, rules, by=officer).prosecution_clock == clock
