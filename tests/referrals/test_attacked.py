"""What was found by attacking referrals: answers that are given again, and what goes on at once."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from builders import WITHDRAWAL, a_key
from checkpoint.foundation.actors import Role
from referring import TODAY, answered, listed, places, provider

NAMED = "full_name"


async def answered_once(client, made, key):
    headers = key | {"If-Match": f'"{made["version"]}"'}
    address = f"/v1/provider/referrals/{made['id']}/acknowledgement"
    return await client.post(address, json={"happened_on": TODAY}, headers=headers)


@pytest.mark.parametrize("kind", ["information_sharing", "programme"])
async def test_a_provider_is_not_given_a_name_again_once_consent_is_withdrawn(
    a_desk, clients, kind
):
    desk, key = await a_desk(), a_key()
    offer = await listed(desk.engine)
    made = await desk.referred(offer, name=NAMED)
    theirs, given = provider(clients, offer), desk.record["person"]["given_names"]
    first = await answered_once(theirs, made, key)
    again = await answered_once(theirs, made, key)
    assert given in first.text
    assert again.text == first.text
    consents = (await clients().get(f"{desk.here}/consents")).json()["items"]
    body = WITHDRAWAL | {"kind": kind}
    address = f"/v1/consents/{consents[0]['id']}/withdrawals"
    taken = await clients().post(address, json=body, headers=a_key())
    assert taken.status_code == 201, taken.text
    late = await answered_once(theirs, made, key)
    assert (late.status_code, late.headers["idempotency-replayed"]) == (200, "true")
    assert (late.json()["withheld"], late.json()["told"]) == ("consent_not_standing", None)
    assert given not in late.text


async def test_whoever_changed_providers_is_given_no_answer_of_the_one_before(a_desk, clients):
    desk, key = await a_desk(), a_key()
    offer, other = await listed(desk.engine), await listed(desk.engine)
    made = await desk.referred(offer, name=NAMED)
    issuer, at = clients.app.state.local_issuer, datetime.now(UTC)
    answers = []
    for each in (offer, other):
        organization = UUID(each.organization_id)
        token = issuer.token(Role.PROVIDER, [], name="mover", at=at, organization_id=organization)
        answers.append(
            await answered_once(clients.bare(Authorization=f"Bearer {token}"), made, key)
        )
    assert [each.status_code for each in answers] == [200, 404]
    assert desk.record["person"]["given_names"] not in answers[1].text


async def test_nobody_is_referred_to_an_offer_that_is_withdrawn_at_that_moment(a_desk, owner):
    desk = await a_desk()
    offer = await listed(desk.engine, maximum=3)
    async with owner.connect() as editor:
        await editor.execute(
            sa.text("SELECT * FROM directory_capacity WHERE service_id = :id FOR UPDATE"),
            {"id": UUID(offer.service_id)},
        )
        referring = asyncio.ensure_future(desk.refer(offer))
        await _waits_for_a_lock(owner)
        for table, key in (("directory_listing", "id"), ("directory_offer", "service_id")):
            await editor.execute(
                sa.text(f"UPDATE {table} SET state = 'withdrawn' WHERE {key} = :id"),
                {"id": UUID(offer.service_id)},
            )
        await editor.commit()
    refused = await referring
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["code"] == "offer-not-listed"
    assert await places(desk.engine, offer) == (3, 0)


async def _waits_for_a_lock(owner):
    async with owner.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        for _ in range(2000):
            if await connection.scalar(waiting):
                return
    raise AssertionError("nobody waits")


async def test_a_provider_reads_who_it_is_and_is_told_the_reasons_of_each_step(a_desk, clients):
    desk = await a_desk()
    offer = await listed(desk.engine)
    made, theirs = await desk.referred(offer), provider(clients, offer)
    me = (await theirs.get("/v1/me")).json()
    assert (me["role"], me["organization_id"]) == ("provider", offer.organization_id)
    assert "referral:answer" in me["permissions"]
    assert (await theirs.get("/v1/reference/referral-reasons")).status_code == 200
    for noun, said, first in (
        ("waiting-list", {}, "list_full, staff_short"),
        ("end", {"outcome": "completed"}, "goals_reached, course_finished"),
        ("end", {"outcome": "perhaps"}, "'list_full', 'staff_short'"),
    ):
        wrong = await answered(theirs, made, noun, reason_code="SYNTHETIC", **said)
        (fault,) = [e for e in wrong.json()["errors"] if e["pointer"] == "#/reason_code"]
        assert (fault["code"], "SYNTHETIC" in wrong.text) == ("enum", False)
        assert fault["detail"].startswith(f"Choose one of: {first}"), fault
