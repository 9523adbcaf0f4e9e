"""What goes wrong in other people's randomisation services, tried here one by one."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from builders import (
    KNOWN,
    WITHDRAWAL,
    a_key,
    asked_for_consent,
    booked,
    eligible,
    released,
)
from checkpoint.allocation.sequence import label_of, sequence
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from checkpoint.trials import loading as trials
from conftest import NOON
from trialling import SEED, consenting

EVEN, SIZES = {"treatment": 1, "control": 1}, (4, 6, 8)
LABEL = label_of("TEST-TRIAL", 1, "DURHAMGATE")
ALLOCATIONS = "SELECT * FROM allocation ORDER BY place"
REFUSED = r"append-only|never|refus|chang"
BECAUSE = {"reason": "other", "words": "Synthetic words."}


def place_of(record):
    return f"/v1/custody-records/{record['id']}/allocation"


async def draw(client, record, decision):
    return await client.put(place_of(record), json={"eligibility_decision_id": decision["id"]})


async def drawn(client, **booking):
    record, decision = await consenting(client, booking=booking or None)
    answer = await draw(client, record, decision)
    assert answer.status_code == 201, answer.text
    return record, decision, answer.json()


async def refused(stage, answer, status, slug):
    """Refused with a problem of its own; nothing was drawn, and no arm is told."""
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}"), answer.text
    assert "treatment" not in answer.text
    assert await stage.found(ALLOCATIONS) == []
    return answer.json()


async def merge(client, kept, other):
    """Two records of one person become one."""
    seen = (await client.get(f"/v1/people/{kept}")).headers["etag"]
    answer = await client.post(
        f"/v1/people/{kept}/merges",
        json=BECAUSE | {"other_id": other},
        headers=a_key() | {"If-Match": seen},
    )
    assert answer.status_code == 201, answer.text


async def test_a_draw_that_was_answered_to_nobody_is_answered_the_same_again(at_trial, trial_owner):
    officer = at_trial()
    record, _, told = await drawn(officer)
    count = sa.text("SELECT count(*) FROM allocation WHERE custody_record_id = :id")
    body = {"eligibility_decision_id": str(uuid4())}  # the client kept nothing but the case
    for _ in range(3):
        again = await officer.put(place_of(record), json=body)
        assert (again.status_code, again.json()) == (200, told)
    async with trial_owner.connect() as connection:
        assert (await connection.execute(count, {"id": record["id"]})).scalar_one() == 1


async def test_a_transfer_after_the_draw_changes_neither_arm_nor_stratum(at_trial):
    record, decision, told = await drawn(at_trial())
    transfer = {
        "suite": "PETERLEE",
        "left_at": "2026-11-03T12:00:00Z",
        "arrived_at": "2026-11-03T12:00:00Z",
    }
    moved = await at_trial().post(
        f"/v1/custody-records/{record['id']}/transfer", json=transfer, headers=a_key()
    )
    assert moved.status_code == 200, moved.text
    there = at_trial(Role.CUSTODY_OFFICER, "PETERLEE")
    answers = [await there.get(place_of(record)), await draw(there, record, decision)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json() for answer in answers] == [told, told]
    assert told["stratum"] == "DURHAMGATE"


@pytest.mark.slow
async def test_a_transfer_between_decision_and_draw_does_not_change_the_stratum(stage):
    await stage.trial(strata=["DURHAMGATE", "PETERLEE"])
    record, decision = await consenting(stage.at()())
    later = stage.at(NOON + timedelta(hours=2))
    transfer = {
        "suite": "PETERLEE",
        "left_at": "2026-11-03T12:30:00Z",
        "arrived_at": "2026-11-03T13:00:00Z",
    }
    moved = await later().post(
        f"/v1/custody-records/{record['id']}/transfer", json=transfer, headers=a_key()
    )
    assert moved.status_code == 200, moved.text
    answer = await draw(later(Role.CUSTODY_OFFICER, "PETERLEE"), record, decision)
    assert (answer.status_code, answer.json()["stratum"]) == (201, "DURHAMGATE"), answer.text


async def test_a_suite_outside_every_stratum_draws_nothing(stage):
    await stage.trial()
    peterlee = stage.at()(Role.CUSTODY_OFFICER, "PETERLEE")
    record, decision = await consenting(peterlee, booking={"suite": "PETERLEE"})
    await refused(stage, await draw(peterlee, record, decision), 409, "outside-every-stratum")


async def test_nobody_names_a_stratum_of_their_own(stage):
    await stage.trial(strata=["DURHAMGATE", "PETERLEE"])
    officer = stage.at()()
    record, decision = await consenting(officer)
    for said in ({"stratum": "PETERLEE"}, {"suite": "PETERLEE"}, {"stratum": None}):
        body = {"eligibility_decision_id": decision["id"]} | said
        answer = await officer.put(place_of(record), json=body)
        assert answer.status_code == 422, answer.text
    assert await stage.found(ALLOCATIONS) == []


@pytest.mark.slow
async def test_an_exhausted_stratum_draws_nothing_and_what_was_drawn_stands(stage, capsys):
    await stage.trial(places=1)
    arms = sequence(SEED, LABEL, EVEN, SIZES, places=1)
    officer = stage.at()()
    taken = [await drawn(officer) for _ in arms]
    assert [told["arm"] for *_, told in taken] == arms
    record, decision = await consenting(officer)
    answer = await draw(officer, record, decision)
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "stratum-exhausted")
    assert len(await stage.found(ALLOCATIONS)) == len(arms)
    before, decided, told = taken[0]
    assert (await draw(officer, before, decided)).json() == told
    assert (await officer.get(place_of(record))).status_code == 404
    said = capsys.readouterr()
    assert (said.out + said.err).count("stratum_runs_low") == len(arms)


@pytest.mark.slow
async def test_an_abandoned_draft_of_consent_holds_no_place(stage):
    await stage.trial()
    officer = stage.at()()
    record = await eligible(officer)
    draft = await officer.post(
        f"/v1/custody-records/{record['id']}/consents", json={"draft": True}, headers=a_key()
    )
    assert draft.status_code == 201, draft.text
    listed = await officer.get(f"/v1/custody-records/{record['id']}/eligibility-decisions")
    answer = await draw(officer, record, listed.json()["items"][0])
    await refused(stage, answer, 409, "consent-needed")
    await drawn(officer)
    assert [row.place for row in await stage.found(ALLOCATIONS)] == [1]


@pytest.mark.slow
async def test_a_refused_draw_takes_no_place(stage):
    await stage.trial()
    officer = stage.at()()
    for _ in range(3):
        record = await booked(officer)
        await draw(officer, record, {"id": str(uuid4())})
    told = [(await drawn(officer))[2]["arm"] for _ in range(3)]
    assert told == sequence(SEED, LABEL, EVEN, SIZES, places=3)[:3]
    assert [row.place for row in await stage.found(ALLOCATIONS)] == [1, 2, 3]


@pytest.mark.slow
async def test_whoever_is_merged_after_a_draw_has_the_arm_that_was_drawn(stage):
    await stage.trial()
    clients = stage.at()
    officer, supervisor = clients(), clients(Role.SUPERVISOR)
    first, _, told = await drawn(officer)
    second, decision = await consenting(officer)
    await merge(supervisor, second["person"]["id"], first["person"]["id"])
    answer = await draw(officer, second, decision)
    assert answer.status_code == 200, answer.text
    again = answer.json()
    assert (again["id"], again["arm"], again["for_this_case"]) == (told["id"], told["arm"], False)
    assert len(await stage.found(ALLOCATIONS)) == 1


@pytest.mark.slow
async def test_of_two_who_were_allocated_and_then_merged_the_first_stands_and_both_are_kept(stage):
    await stage.trial()
    clients = stage.at()
    officer, supervisor = clients(), clients(Role.SUPERVISOR)
    first, second = await drawn(officer), await drawn(officer)
    await merge(supervisor, second[0]["person"]["id"], first[0]["person"]["id"])
    for own, *_ in (first, second):
        await released(officer, own)
    record, decision = await consenting(
        officer, booking={"person": ..., "person_id": second[0]["person"]["id"]}
    )
    again = (await draw(officer, record, decision)).json()
    assert (again["id"], again["arm"]) == (first[2]["id"], first[2]["arm"])
    for (own, _, told), stands in ((first, True), (second, False)):
        found = (await officer.get(place_of(own))).json()
        assert found | {"stands": True, "meaning": told["meaning"]} == told
        assert (found["stands"], found["meaning"] == told["meaning"]) == (stands, stands)
    assert len(await stage.found(ALLOCATIONS)) == 2


@pytest.mark.slow
async def test_a_record_about_somebody_merged_away_draws_nothing(stage):
    await stage.trial()
    clients = stage.at()
    officer = clients()
    kept, _ = await consenting(officer)
    other, decision = await consenting(officer)
    await merge(clients(Role.SUPERVISOR), kept["person"]["id"], other["person"]["id"])
    told = await refused(stage, await draw(officer, other, decision), 409, "person-merged-away")
    assert told["person_id"] == kept["person"]["id"]


async def test_an_overtaken_decision_draws_nothing(stage):
    await stage.trial()
    officer = stage.at()()
    record, decision = await consenting(officer)
    saved = await officer.put(
        f"/v1/custody-records/{record['id']}/screening",
        json=KNOWN | {"hate_crime": True},
        headers={"If-Match": f'"{record["version"]}"'},
    )
    assert saved.status_code == 200, saved.text
    await refused(stage, await draw(officer, record, decision), 409, "decision-overtaken")


@pytest.mark.parametrize("kind", ["programme", "research"])
async def test_a_consent_that_was_taken_back_before_the_draw_draws_nothing(stage, kind):
    await stage.trial()
    officer = stage.at()()
    record = await eligible(officer)
    asking = await asked_for_consent(officer, record)
    back = await officer.post(
        f"/v1/consents/{asking['id']}/withdrawals",
        json=WITHDRAWAL | {"kind": kind},
        headers=a_key(),
    )
    assert back.status_code < 300, back.text
    listed = await officer.get(f"/v1/custody-records/{record['id']}/eligibility-decisions")
    answer = await draw(officer, record, listed.json()["items"][0])
    assert kind in (await refused(stage, answer, 409, "consent-needed"))["missing"]


@pytest.mark.slow
async def test_a_closed_trial_draws_nothing_and_what_was_drawn_is_told_on(stage):
    await stage.trial()
    officer = stage.at()()
    before, decided, told = await drawn(officer)
    by = Actor(id=uuid4(), role=Role.OPERATOR)
    async with transaction(stage.owner) as session:
        await trials.close(session, "TEST-TRIAL", words="Synthetic.", by=by, at=NOON)
    record, decision = await consenting(officer)
    answer = await draw(officer, record, decision)
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "trial-is-closed")
    assert len(await stage.found(ALLOCATIONS)) == 1
    assert (await draw(officer, before, decided)).json() == told


@pytest.mark.slow
async def test_an_announced_trial_draws_nothing(stage):
    await stage.trial(opens_on=date(2026, 11, 4))
    officer = stage.at()()
    record, decision = await consenting(officer)
    await refused(stage, await draw(officer, record, decision), 409, "no-trial-open")
    body = {"eligibility_decision_id": decision["id"]}
    direct = await officer.put(f"/v1/custody-records/{record['id']}/enrolment", json=body)
    assert direct.status_code == 201, direct.text
    open_now = stage.at(datetime(2026, 11, 4, 12, tzinfo=UTC))()
    await refused(stage, await draw(open_now, record, decision), 409, "already-enrolled")


@pytest.mark.parametrize("table", ["allocation", "slot", "sealed_list", "list_secret"])
async def test_nothing_that_was_sealed_or_drawn_is_deleted_even_by_the_owner(
    at_trial, trial_owner, table
):
    await drawn(at_trial())
    for statement in (
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"UPDATE {table} SET id = gen_random_uuid()",
    ):
        async with trial_owner.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError, match=REFUSED):
                await connection.execute(sa.text(statement))


async def test_a_case_or_a_person_that_was_allocated_cannot_be_deleted(at_trial, trial_owner):
    record, _, told = await drawn(at_trial())
    for table, id in (("custody_record", record["id"]), ("person", record["person"]["id"])):
        async with trial_owner.connect() as connection:
            with pytest.raises(sa.exc.DBAPIError):
                await connection.execute(sa.text(f"DELETE FROM {table} WHERE id = :id"), {"id": id})
    assert (await at_trial().get(place_of(record))).json() == told
