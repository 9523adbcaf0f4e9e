"""What is open of a case is kept with whatever it follows from, and says who signs next."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from builders import booked, released
from checkpoint.delivery.references import known
from checkpoint.foundation.actors import Role
from contracting import CONTRACT, WORK
from harm import TOLD, VIEWS, added, post
from keeping import on, running, started
from keptmatters import unlike
from people.test_merges import merged, part
from working import due

pytestmark = pytest.mark.usefixtures("agreeing")
CHANGE = {"reason_code": "more_time", "ends_on": "2027-04-20"} | {
    "conditions": [*CONTRACT["conditions"], WORK]
}


async def kept(engine, record):
    async with engine.connect() as connection:
        rows = await connection.execute(
            sa.text("SELECT matter FROM open_matter WHERE custody_record_id = :id"),
            {"id": record["id"]},
        )
        return sorted(row.matter for row in rows)


@pytest.mark.slow
async def test_a_proposed_change_is_due_from_whoever_signs_next(a_bench):
    bench = await a_bench()
    own, boss, record = bench.navigator.client, bench.boss, bench.record
    await bench.active()
    assert (await bench.post("terms", CHANGE)).status_code == 201
    for role, next_one in (
        (None, "the person and their navigator"),
        ("person", "their navigator"),
    ):
        if role:
            assert (await bench.sign(role)).status_code == 201
        line = (await due(own, record))["change_to_sign"]
        assert line["why"].endswith(f"next to sign: {next_one}.")
        assert line["next_step"]["href"] == f"/v1/contracts/{bench.contract['id']}/signatures"
        assert (line["urgency"], line["due_at"]) == ("at_risk", "2026-11-08T12:00:00Z")
        assert not {"change_to_sign", "change_to_approve"} & {*await due(boss, record)}
    assert (await bench.sign("navigator")).status_code == 201
    assert not {"change_to_sign", "change_to_approve"} & {*await due(own, record)}
    assert (await due(boss, record))["change_to_approve"]["next_step"]["allowed"]
    assert (await bench.sign("supervisor")).status_code == 201
    assert "change_to_approve" not in await due(boss, record)

    assert (await bench.post("terms", CHANGE | {"ends_on": "2027-04-25"})).status_code == 201
    assert (await bench.sign("navigator")).status_code == 201
    assert (await due(own, record))["change_to_sign"]["why"].endswith("next to sign: the person.")
    assert (await bench.post("terms", CHANGE | {"ends_on": "2027-04-26"})).status_code == 201
    line = (await due(own, record))["change_to_sign"]
    assert line["why"].endswith("the person and their navigator.")  # of the later one alone
    assert (await bench.take("closure", "moved_away", by=boss)).status_code == 200
    assert not {"change_to_sign", "change_to_approve"} & {*await due(own, record)}


async def test_whatever_a_victim_was_not_told_is_kept_until_they_were(client, owner):
    record = await booked(client)
    assert await kept(owner, record) == []
    victim = await added(client, record, vulnerable=False)
    assert await kept(owner, record) == ["tell_arrested"]
    here = f"victims/{victim['id']}"
    assert (await post(client, f"{here}/views", VIEWS | {"vulnerable": True})).status_code == 201
    assert await kept(owner, record) == ["tell_arrested_soon"]
    await released(client, record)
    both = ["tell_arrested_soon", "tell_released_under_investigation_soon"]
    assert await kept(owner, record) == both
    told = TOLD | {"happened_at": record["arrested_at"]}
    assert (await post(client, f"{here}/notifications", told)).status_code == 201
    assert await kept(owner, record) == both[1:]
    gone = await post(client, f"{here}/withdrawal", {"reason": "wrong_person"})
    assert gone.status_code == 201, gone.text
    assert await kept(owner, record) == []


@pytest.mark.slow
async def test_who_turns_out_to_be_another_after_all_was_not_arrested_again(clients, owner):
    record = await started(clients)
    boss = clients(Role.SUPERVISOR, name="boss")
    await running(clients, record=record)
    on(clients, datetime(2026, 12, 10, 9, tzinfo=UTC))
    times = {"arrested_at": "2026-12-09T20:00:00Z", "arrived_at": "2026-12-09T20:30:00Z"}
    other = await booked(clients(), **times)
    merge = await merged(boss, record["person"]["id"], other["person"]["id"])
    assert "arrest_unreviewed" in await kept(owner, record)
    parted = await part(boss, record["person"]["id"], merge["id"])
    assert parted.status_code == 201, parted.text
    assert "arrest_unreviewed" not in await kept(owner, record)


async def test_two_who_write_of_one_case_at_once_take_turns(client, owner):
    record = await booked(client)
    keep = sa.text("SELECT keep_open_matters(:id)")
    async with owner.connect() as first, owner.connect() as second:
        await first.execute(keep, {"id": record["id"]})
        await second.execute(sa.text("SET LOCAL lock_timeout = '20ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await second.execute(keep, {"id": record["id"]})
        await first.rollback()


async def test_what_was_lost_is_kept_anew(client, owner):
    record = await booked(client)
    await added(client, record)
    (before,) = await kept(owner, record)
    async with owner.begin() as connection:
        given = {"id": record["id"]}
        await connection.execute(
            sa.text("DELETE FROM open_matter WHERE custody_record_id = :id"), given
        )
    assert len(await unlike(owner)) == 1
    async with owner.begin() as connection:
        await connection.execute(sa.text("SELECT keep_open_matters(:id)"), given)
    assert await kept(owner, record) == [before]


def test_the_database_knows_which_outcomes_settle_nothing():
    assert [*known().open_codes] == ["0"]
