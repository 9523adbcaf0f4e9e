"""What a door about a case answered once, it answers again only to whoever still reaches it."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession

from builders import a_key, a_person
from checkpoint.access.permissions import holds
from checkpoint.custody.reach.tables import CaseRestriction
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, request_transaction, transaction
from checkpoint.foundation.idempotency import KeptAnswer, asked
from conftest import NOON
from house.test_enumeration import BODIES, filled
from house.test_reach import OPENS, TABLE, doors_of
from reaching import RECORD, Scene

pytestmark = pytest.mark.slow

CLOSED = (404, "answer-out-of-reach")
CONTRACT, REFERRAL = "/v1/contracts/{contract_id}", "/v1/referrals/{referral_id}"
# What cannot be done to the scene as it stands; its answers are kept by the same line of code.
NOT_TRIED = {
    f"POST {RECORD}/{noun}"
    for noun in (
        "allocation/annotations",
        "bail-variations",
        "consents",
        "contracts",
        "crossovers",
        "deviations",
        "navigator",
        "navigator-handovers",
        "programme-start",
        "restrictions/lifting",
        "restrictions/names",
        "restrictions/removals",
        "withdrawals",
    )
} | {
    "POST /v1/appointments/{appointment_id}/attendance",
    f"POST {CONTRACT}/breach-reviews",
    f"POST {CONTRACT}/decline",
    f"POST {CONTRACT}/lapse",
    f"POST {CONTRACT}/offer",
    f"POST {CONTRACT}/outcomes",
    f"POST {CONTRACT}/signatures",
    f"POST {CONTRACT}/victim-challenges",
    "POST /v1/consents/{asking_id}/completion",
    "POST /v1/consents/{asking_id}/withdrawals",
    "POST /v1/crossovers/{crossover_id}/confirmation",
    "POST /v1/crossovers/{crossover_id}/refusal",
    "POST /v1/eligibility-decisions/{decision_id}/determination",
    "POST /v1/eligibility-decisions/{decision_id}/overrides",
    f"POST {REFERRAL}/wait-correction",
}
# The deed itself takes the case out of reach: a lost answer may be asked for again all the same.
ENDS_REACH = {
    f"POST {RECORD}/transfer",
    "POST /v1/navigator-handovers/{handover_id}/refusal",
}

# It is the deed that opens the case, and here it was undone: so the case is closed again.
GIVES_REACH = {
    f"POST {RECORD}/break-glass",
    "POST /v1/navigator-handovers/{handover_id}/acceptance",
}


class Walk:
    """Every creating door about one case, tried by whoever may, and undone; its answer is kept."""

    def __init__(self, app, scene):
        self.app, self.scene = app, scene
        self.kinds = {door: kind for kind, doors in TABLE.items() for door in doors}
        self.doors = [
            each
            for each in doors_of(app)
            if any(part.call is asked for part in each[1].dependant.dependencies)
        ]
        self.kept, self.answered, self.instead = [], {}, {}

    async def undone(self, request: Request) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(request.app.state.engine, expire_on_commit=False) as session:
            session.info["request"] = request.scope.get("state", {})
            yield session
            mine = "SELECT * FROM kept_answer WHERE xmin = pg_current_xact_id()::xid"
            self.kept += [dict(row._mapping) for row in await session.exec(sa.text(mine))]
            await session.rollback()

    async def on(self):
        self.app.dependency_overrides[request_transaction] = self.undone
        for door, route, permission in self.doors:
            for client in self.able(door, permission):
                if door not in self.answered:
                    await self.tried(door, route, client)
        del self.app.dependency_overrides[request_transaction]

    def able(self, door, permission):
        for relationship, opened in OPENS.items():
            people = self.scene.people[relationship].items()
            if self.kinds[door] in opened:
                yield from (client for role, client in people if holds(role, permission))
        if holds(Role.SUPERVISOR, permission):
            yield self.scene.clients(Role.SUPERVISOR, "DURHAMGATE", name="uninvolved")

    async def tried(self, door, route, client):
        body = filled(BODIES[route.name] | self.instead.get(route.name, {}), self.scene.ids)
        for version in range(1, 6):
            request = client.build_request(
                "POST",
                door.split(" ")[1].format(**self.scene.ids),
                json=body,
                headers=a_key() | {"If-Match": f'"{version}"'},
            )
            answer = await client.send(request)
            if answer.status_code != 412:
                break
        if answer.is_success:
            self.answered[door] = (client, request, answer)

    async def again(self):
        """Each door's first answer, and what the same request gets now."""
        for door, (client, request, answer) in self.answered.items():
            yield door, answer, await client.send(request)


async def other_bodies(scene):
    """What the scene has already is done with what it has, or another time."""
    boss = scene.people["own suite"][Role.SUPERVISOR]
    contract = (await boss.get(CONTRACT.format(**scene.ids))).json()
    session = contract["terms"]["conditions"][1]
    navigator = (await boss.get("/v1/navigators")).json()["items"][0]
    return {
        "add_victim": {"person": a_person()},  # whom no other test has named
        "complete_contract": {"reason_code": "named_reason"},
        "declare_conflict": {"navigator_id": navigator["id"]},
        "issue_warning": {"conditions": [session["id"]]},
        "plan_appointment": {"starts_at": "2026-11-06T10:00:00Z"},
        "make_referral": {"condition_key": session["key"]},
        "record_entry": {"condition_key": session["key"]},
        "record_no_provider": {"pathway": "health"},
    }


# What is done for good before the doors are tried again, since it opens others.
FURTHER = (
    (),
    (
        (Role.CUSTODY_OFFICER, f"{RECORD}/risk-view", 1, "record_risk_view"),
        (Role.SUPERVISOR, f"{REFERRAL}/waiting-list", 1, "put_referral_on_waiting_list"),
        (Role.SUPERVISOR, f"{REFERRAL}/start", 2, "start_referral"),
    ),
    (
        (Role.SUPERVISOR, f"{REFERRAL}/end", 3, "end_referral"),
    ),
    (
        (Role.SUPERVISOR, f"{CONTRACT}/suspension", 1, "suspend_contract"),
    ),
)  # fmt: skip


async def gone_further(scene, steps):
    for role, address, seen, name in steps:
        headers = a_key() | {"If-Match": f'"{seen}"'}
        client = scene.people["own suite"][role]
        body = BODIES[name]
        answer = await client.post(address.format(**scene.ids), json=body, headers=headers)
        assert answer.is_success, answer.text


async def test_a_kept_answer_is_given_only_to_whoever_reaches_the_case(app, clients, owner):
    scene = Scene(clients)
    await scene.set()
    walk = Walk(app, scene)
    walk.instead = await other_bodies(scene)
    for steps in FURTHER:
        await gone_further(scene, steps)
        await walk.on()
    assert {door for door, *_ in walk.doors} - walk.answered.keys() == NOT_TRIED
    async with transaction(owner) as session:
        await session.exec(sa.insert(KeptAnswer), params=walk.kept)
    async for door, first, again in walk.again():
        if door in GIVES_REACH:
            assert (again.status_code, again.json()["errorCode"]) == CLOSED, door
        else:
            assert (again.status_code, again.content) == (first.status_code, first.content), door
            assert again.headers["idempotency-replayed"] == "true"
    async with transaction(owner) as session:  # nobody is named, so that nobody reaches it
        await insert(session, closed(scene))
    async for door, first, again in walk.again():
        if door in ENDS_REACH:
            assert again.content == first.content, door
        else:
            assert (again.status_code, again.json()["errorCode"]) == CLOSED, door
            assert "idempotency-replayed" not in again.headers


def closed(scene):
    return CaseRestriction(
        custody_record_id=UUID(scene.ids["record_id"]),
        number=1,
        reason_code="staff",
        words="Works here.",
        restricted_at=NOON,
        restricted_by=uuid4(),
    )
