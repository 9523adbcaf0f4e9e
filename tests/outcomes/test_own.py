"""A trial that ran here, as a data cut takes it in: what stood on record at a moment."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from assessing import INSTRUMENT, all_pathways, assessed
from builders import KNOWN, a_key, booked, decided
from checkpoint.allocation.vault import Vault
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import engine_for, transaction
from checkpoint.needs.states import Pathway
from checkpoint.outcomes.cuts.facts import Ended, Happened, Primary, gathered
from checkpoint.outcomes.cuts.spans import Spell
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure
from checkpoint.outcomes.own import cases
from checkpoint.trials import queries as trials
from conftest import NOON
from delivering import problem
from following import ALLOCATED, LATER, NUMBERS, a_row, nothing, sent

DISPOSED = {
    "event": "disposal",
    "arrest_date": "2027-05-02",
    "disposal_date": "2027-09-01",
    "disposal": "conviction",
}


async def source(trial, until=LATER):
    engine = engine_for(trial.stage.url, pool_size=1)
    vault = Vault(trial.stage.settings())
    async with transaction(engine) as session:
        standing = await trials.one(session, "TEST-TRIAL", at=LATER)
        found = await cases.source_of(session, standing, until=until, vault=vault)
        everybody = [] if found is None else [each async for each in found[2]]
    await engine.dispose()
    return (None, []) if found is None else (found[0], everybody)


@pytest.mark.slow
async def test_nothing_is_cut_before_follow_up_has_come(followed_trial):
    assert await source(followed_trial) == (None, [])


@pytest.mark.slow
async def test_everybody_is_taken_in_with_what_became_of_them(followed_trial):
    trial = followed_trial
    officer = trial.stage.at()(name="officer 0")
    path = f"/v1/custody-records/{trial.records[0]['id']}/case-measures"
    cost = {"kind": "cost", "value": 12_345, "taken_on": "2026-11-03", "cost_kind": "provider"}
    assert (await officer.post(path, json=cost, headers=a_key())).status_code == 201
    client = trial.client()
    rows = [
        a_row(1),
        a_row(2, **DISPOSED),
        a_row(3, offence_date="2026-11-03", arrest_date="2026-12-01", proactively_detected=True),
        a_row(4, 1, event="custody", offence_date=..., arrest_date=..., offence_code=...,
              from_date="2027-01-01", until_date="2027-01-10"),
        a_row(5, 1, event="death", offence_date=..., arrest_date=..., offence_code=...,
              from_date="2028-11-03"),
        a_row(6, 1, event="charge", arrest_date=..., charge_date="2027-06-01"),
        nothing(7, 2),
    ]  # fmt: skip
    assert (await sent(client, *rows)).status_code == 201
    withdrawn = {"row_key": "R6", "pnc_id": NUMBERS[1], "event": "withdrawn"}
    assert (await sent(client, withdrawn)).status_code == 201
    programme, everybody = await source(trial)
    assert (programme.followed_until, programme.conviction_lag_months) == (date(2029, 5, 31), 6)
    assert programme.definitions == "2016-04-01-primary"
    assert programme.primary == Primary(Measure.PROVEN, "24 months")
    assert [each.months for each in programme.horizons] == [6, 12, 18, 24]
    assert len(programme.rule_sets) == 1
    assert programme.flow["gates"]["allocated"] == len(everybody) == 4
    assert (
        sum(each["cases"] for each in programme.flow["by"]) == programme.flow["gates"]["arrested"]
    )
    found = {str(each.participant_id): each for each in everybody}
    first, second, third, last = (found[id] for id in trial.allocations)
    assert {each.mask for each in everybody} <= {"A", "B"}
    assert (first.cost_pence, second.cost_pence) == (12_345, None)
    assert (first.age, first.offence_group, first.stratum) == (32, "theft", "DURHAMGATE")
    assert set(first.events) == {
        Happened(Measure.ARREST, 180, "theft"),
        Happened(Measure.PROVEN, 179, "theft"),
    }
    assert second.events == ()
    assert second.spells == (Spell(59, 68),)
    assert second.ends == (Ended(EndOfObservation.DEATH, 731),)
    assert gathered(second, programme).custody_days == 10
    assert gathered(second, programme).custody_day == 59
    assert third.ends == third.events == ()
    assert last.ends == (Ended(EndOfObservation.LOST, 0),)
    assert gathered(last, programme).observed_days == 0
    assert (first.delivered_mask, first.per_protocol, first.completed) == (None, False, None)


@pytest.mark.slow
async def test_a_cut_tells_what_was_known_then(followed_trial):
    trial = followed_trial
    early = datetime(2028, 6, 1, 12, tzinfo=UTC)
    client = trial.client(moment=early)
    rows = [a_row(1), nothing(2, 1), nothing(3, 2)]
    assert (await sent(client, *rows, followed_until="2028-05-31")).status_code == 201
    client = trial.client()
    corrected = a_row(1, arrest_date="2027-05-09")
    assert (await sent(client, corrected, nothing(2, 1))).status_code == 201
    id = UUID(trial.allocations[0])
    then, people = await source(trial, early)
    assert then.followed_until == date(2028, 5, 31)
    assert {each.day for one in people if one.participant_id == id for each in one.events} == {180}
    _, people = await source(trial)
    assert {each.day for one in people if one.participant_id == id for each in one.events} == {187}
    third = next(one for one in people if str(one.participant_id) == trial.allocations[2])
    assert third.ends == (
        Ended(EndOfObservation.LOST, (date(2028, 5, 31) - date(2026, 11, 3)).days),
    )


@pytest.mark.slow
async def test_what_was_delivered_is_derived_from_events_and_stays_behind_masks(followed_trial):
    trial = followed_trial
    arms = {}
    for each, record in enumerate(trial.records):
        officer = trial.stage.at()(name=f"officer {each}")
        path = f"/v1/custody-records/{record['id']}"
        arms[trial.allocations[each]] = (await officer.get(f"{path}/allocation")).json()["arm"]
        if arms[trial.allocations[each]] == "treatment":
            body = {"started_at": "2026-11-03T12:00:00Z"}
            answer = await officer.post(f"{path}/programme-start", json=body, headers=a_key())
        else:
            body = {
                "offence_id": record["offences"][0]["id"],
                "outcome_code": "1",
                "disposed_on": "2026-11-03",
                "decided_by": "police",
            }
            answer = await officer.post(f"{path}/disposals", json=body, headers=a_key())
        assert answer.status_code == 201, answer.text
    assert (await sent(trial.client(), nothing(1, 0))).status_code == 201
    _, people = await source(trial)
    assert len({*arms.values()}) == 2
    assert all(each.per_protocol and each.delivered_mask == each.mask for each in people)
    masks = {arms[str(each.participant_id)]: each.mask for each in people}
    assert sorted(masks.values()) == ["A", "B"]
    _, before = await source(trial, NOON.replace(hour=11))
    assert before == []


@pytest.mark.slow
async def test_whoever_is_not_eligible_is_counted_by_the_first_criterion_not_met(followed_trial):
    trial = followed_trial
    officer = trial.stage.at()(name="officer 0")
    await decided(officer, await booked(officer, screening=KNOWN | {"lives_in_area": False}))
    assert (await sent(trial.client(), nothing(1, 0))).status_code == 201
    programme, _ = await source(trial)
    not_met = await trial.stage.found(
        "SELECT not_met ->> 0 FROM eligibility_decision WHERE verdict = 'ineligible'"
    )
    (((code,)),) = not_met
    assert programme.flow["stopped"]["screened"] == {f"ineligible_{code}": 1}
    (question,) = programme.flow["words"]["screened"].values()
    assert question.endswith("?")


@pytest.mark.slow
async def test_a_cut_of_a_trial_that_runs_here_holds_everybody_behind_masks(followed_trial):
    trial = followed_trial
    statistician = trial.client(Role.STATISTICIAN)
    place = "/v1/trials/TEST-TRIAL/data-cuts"
    early = await statistician.post(place, json={}, headers=a_key())
    assert early.json()["errorCode"] == "nothing-to-cut"
    officer = trial.client(Role.CUSTODY_OFFICER)
    path = f"/v1/custody-records/{trial.records[1]['id']}/case-measures"
    well = {"kind": "wellbeing", "value": 52, "taken_on": "2027-11-03"}
    assert (await officer.post(path, json=well, headers=a_key())).status_code == 201
    rows = [a_row(1), a_row(2, **DISPOSED), nothing(3, 1), nothing(4, 2)]
    assert (await sent(statistician, *rows)).status_code == 201
    answer = await statistician.post(place, json={}, headers=a_key())
    assert answer.status_code == 201, answer.text
    cut = answer.json()
    assert (cut["origin"], cut["participants"], cut["events"]) == ("own", 4, 2)
    assert cut["primary"] == {"measure": "proven", "horizon": "24 months"}
    found = await trial.stage.found(
        "SELECT arrest_day, charge_day, proven_day, observed_days, ended_by, wellbeing "
        "FROM cut_participant ORDER BY observed_days, arrest_day, wellbeing"
    )
    days = (date(2029, 5, 31) - date(2026, 11, 3)).days
    assert [tuple(row) for row in found] == [
        (None, None, None, 0, "lost_to_follow_up", None),
        (180, None, 179, days, "data_cut", None),
        (None, None, None, days, "data_cut", 52),
        (None, None, None, days, "data_cut", None),
    ]
    for arm in ("treatment", "control"):
        assert arm not in answer.text


@pytest.mark.slow
async def test_people_are_taken_in_as_one_and_as_they_stood(followed_trial):
    trial = followed_trial
    ids = [record["person"]["id"] for record in trial.records]
    officer = trial.stage.at()(name="officer 0")
    await assessed(officer, trial.records[0])
    exit_ = {"timepoint": "exit", "assessed_at": "2026-11-03T11:00:00Z"}
    await assessed(officer, trial.records[0], pathways=all_pathways(1), **exit_)
    await assessed(officer, trial.records[2])
    for statement in (
        (
            "INSERT INTO harm_index (id, version, source, digest, weights, loaded_at, loaded_by) VALUES "
            "(gen_random_uuid(), 'synthetic', 'Made up', 'x', 1, '2026-11-03T12:00Z', gen_random_uuid())"
        ),
        (
            "INSERT INTO harm_weight (id, harm_index_id, offence_code, days) "
            "SELECT gen_random_uuid(), id, 'TH68010', 2.5 FROM harm_index"
        ),
        (
            "INSERT INTO person_merge (id, kept_id, other_id, reason, words, merged_at, merged_by) VALUES "
            f"(gen_random_uuid(), '{ids[1]}', '{ids[0]}', 'other', 'One', '2026-11-04T12:00Z', "
            "gen_random_uuid())"
        ),
        f"UPDATE person SET sex = 'female' WHERE id = '{ids[0]}'",
        f"UPDATE person SET sex = 'male' WHERE id = '{ids[2]}'",
        (
            "INSERT INTO person_correction (id, person_id, custody_record_id, field, before, after, "
            f"reason, corrected_at, corrected_by) SELECT gen_random_uuid(), '{ids[2]}', id, 'sex', "
            "'female', 'male', 'misheard', '2029-01-01T12:00Z', gen_random_uuid() "
            f"FROM custody_record WHERE person_id = '{ids[2]}'"
        ),
    ):
        await trial.stage.found(statement)
    early = datetime(2028, 6, 1, 12, tzinfo=UTC)
    rows = [a_row(1, 1), nothing(2, 2)]
    answer = await sent(trial.client(moment=early), *rows, followed_until="2028-05-31")
    assert answer.status_code == 201, answer.text
    again = await sent(trial.client(), *rows)
    assert answer.json()["outcomes"]["new"] == again.json()["outcomes"]["repeated"] == 2
    then, people = await source(trial, early)
    assert then.harm_index == "synthetic"
    assert then.flow["gates"]["consented"] == 4
    assert then.flow["stopped"]["consented"] == {"allocated_before": 1}
    found = {str(each.participant_id): each for each in people}
    assert trial.allocations[1] not in found
    first, third = found[trial.allocations[0]], found[trial.allocations[2]]
    assert {each.harm_days for each in first.events} == {2.5}
    assert (first.sex, third.sex) == ("female", "female")
    assert first.distance_travelled == sum(
        INSTRUMENT.of(pathway).questions[each].options[1].score
        - INSTRUMENT.of(pathway).questions[each].options[0].score
        for pathway in Pathway
        for each in range(len(INSTRUMENT.of(pathway).questions))
    )
    assert third.distance_travelled is None
    _, people = await source(trial)
    assert {each.sex for each in people if str(each.participant_id) == trial.allocations[2]} == {
        "male"
    }


@pytest.mark.slow
async def test_nothing_is_cut_where_nothing_says_what_counts(followed_trial):
    trial = followed_trial
    await trial.stage.found("ALTER TABLE outcome_definitions DISABLE TRIGGER ALL")
    await trial.stage.found("DELETE FROM outcome_definitions")
    statistician = trial.client(Role.STATISTICIAN)
    answer = await statistician.post("/v1/trials/TEST-TRIAL/data-cuts", json={}, headers=a_key())
    assert answer.json()["errorCode"] == "outcome-definitions-not-found"


@pytest.mark.slow
async def test_no_follow_up_is_taken_in_that_cannot_be_recorded(followed_trial):
    trial = followed_trial
    await trial.stage.found("REVOKE INSERT ON audit_entry FROM checkpoint_api")
    answer = await sent(trial.client(), a_row(1))
    assert answer.json()["errorCode"] == "ledger-not-written"
    assert await trial.stage.found("SELECT * FROM follow_up_batch") == []


async def test_a_later_batch_of_another_source_makes_nobody_lost_to_a_cut_of_an_earlier_day(
    followed_trial,
):
    trial = followed_trial
    statistician = trial.client(Role.STATISTICIAN)
    rows = [a_row(1), nothing(2, 1), nothing(3, 2)]
    assert (await sent(trial.client(), *rows, source="PNC", followed_until="2028-05-31")).is_success
    later = await sent(trial.client(), nothing(4, 0), source="PRISONS", followed_until="2029-05-31")
    assert later.is_success
    place = "/v1/trials/TEST-TRIAL/data-cuts"

    async def ends(**asked):
        answer = await statistician.post(place, json=asked, headers=a_key())
        assert answer.status_code == 201, answer.text
        found = await trial.stage.found(
            "SELECT ended_by FROM cut_participant "
            "WHERE cut_id = (SELECT id FROM data_cut ORDER BY number DESC LIMIT 1)"
        )
        return answer.json()["followed_until"], sorted(ended_by for (ended_by,) in found)

    assert await ends() == ("2029-05-31", ["data_cut", *3 * ["lost_to_follow_up"]])
    assert await ends(followed_until="2028-05-31") == (
        "2028-05-31",
        [*3 * ["data_cut"], "lost_to_follow_up"],
    )
    # 1843344000 seconds after 1970 are that same day; nobody writes a day so.
    stamp = await statistician.post(place, json={"followed_until": 1843344000}, headers=a_key())
    assert problem(stamp, 422, "request-not-understood")
    for day, code in (("2030-01-01", "not-followed-so-long"), ("2020-01-01", "before-the-trial")):
        refused = await statistician.post(place, json={"followed_until": day}, headers=a_key())
        assert problem(refused, 422, "rule-broken")["errors"][0]["code"] == code


async def at_another_time(stage, table, id, **times):
    """As if it had happened then."""
    await stage.found(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    told = ", ".join(f"{name} = '{time}'" for name, time in times.items())
    await stage.found(f"UPDATE {table} SET {told} WHERE id = '{id}'")
    await stage.found(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


async def test_a_cut_of_an_earlier_day_has_nobody_and_nothing_of_later_days(followed_trial):
    trial = followed_trial
    stage, after = trial.stage, "2028-06-01T08:00Z"
    await at_another_time(stage, "allocation", trial.allocations[2], allocated_at=after)
    newcomer = await booked(stage.at()(name="officer 0"))
    times = dict.fromkeys(("arrested_at", "arrived_at", "opened_at"), after)
    await at_another_time(stage, "custody_record", newcomer["id"], **times)
    officer, statistician = trial.client(Role.CUSTODY_OFFICER), trial.client(Role.STATISTICIAN)
    path = f"/v1/custody-records/{trial.records[0]['id']}/case-measures"
    for day, pounds, points in (("2027-11-03", 10, 40), ("2028-06-01", 25, 60)):
        cost = {"kind": "cost", "value": 100 * pounds, "taken_on": day, "cost_kind": "provider"}
        well = {"kind": "wellbeing", "value": points, "taken_on": day}
        for body in (cost, well):
            assert (await officer.post(path, json=body, headers=a_key())).status_code == 201
    rows = [
        a_row(1, **DISPOSED),
        a_row(2, 1, **DISPOSED | {"disposal_date": "2028-06-01"}),
        nothing(3, 2),
    ]
    assert (await sent(trial.client(), *rows)).status_code == 201

    async def cut(**asked):
        place = "/v1/trials/TEST-TRIAL/data-cuts"
        answer = await statistician.post(place, json=asked, headers=a_key())
        assert answer.status_code == 201, answer.text
        number = answer.json()["number"]
        ((flow,),) = await stage.found(f"SELECT flow FROM data_cut WHERE number = {number}")
        measured = await stage.found(
            "SELECT cost_pence, wellbeing FROM cut_participant WHERE cost_pence IS NOT NULL "
            f"AND cut_id = (SELECT id FROM data_cut WHERE number = {number})"
        )
        door = f"/v1/trials/TEST-TRIAL/evaluation/flow?cut={number}"
        told = await statistician.get(door)
        assert (told.status_code, told.json()["sums_checked"] > 0) == (200, True), told.text
        counted = answer.json()["participants"], answer.json()["events"]
        return counted, flow["gates"], flow["stopped"]["consented"], [tuple(m) for m in measured]

    everybody = dict.fromkeys(("screened", "eligible", "consented", "allocated"), 4)
    whole = everybody | {"arrested": 5}
    assert await cut() == ((4, 2), whole, {}, [(3500, 60)])
    early = everybody | {"arrested": 4, "allocated": 3}
    stopped = {"not_allocated": 1}
    assert await cut(followed_until="2028-05-31") == ((3, 1), early, stopped, [(1000, 40)])
    assert await cut(followed_until="2028-06-01") == ((4, 2), whole, {}, [(3500, 60)])


async def test_nothing_is_cut_of_days_before_anybody_was_allocated(followed_trial):
    trial = followed_trial
    assert (await sent(trial.client(), nothing(1, 0))).status_code == 201
    day = (datetime.fromisoformat(ALLOCATED).date() - timedelta(days=1)).isoformat()
    place = "/v1/trials/TEST-TRIAL/data-cuts"
    statistician = trial.client(Role.STATISTICIAN)
    refused = await statistician.post(place, json={"followed_until": day}, headers=a_key())
    assert problem(refused, 409, "nothing-to-cut")
