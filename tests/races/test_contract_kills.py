"""The service is killed under contracts, deed by deed and in batches: what was acknowledged stands.

Contract, ledger and timeline tell one story afterwards, each deed once and by one transaction.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
import sqlalchemy as sa

from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from conftest import NOON
from keeping import OFFENDING, SESSIONS, SIGNED, started
from navigating import assigned, registered
from storms import SECONDS, Service, kept

SEED = 20261103
SERVE = ("-m", "checkpoint", "serve")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run")]
WORDS = {"objective": "Synthetic objective", "measure": "Synthetic measure"}
TERMS = {"fallback": "charge", "conditions": [each | WORDS for each in (OFFENDING, SESSIONS)]}
THEN = "2026-11-03T12:00:00Z"
HELD = {"kind": "session", "starts_at": THEN, "minutes": 50, "place": "telephone"}
CAME = {"outcome": "attended", "minutes": 50, "complied": True}
STORY = [
    *("contract.drafted", "contract.offered", "contract.signed", "contract.signed"),
    *("contract.started", "contract.suspended", "contract.resumed", "contract.withdrawn"),
]
# A step, its contract and its entry in the ledger were written by one transaction; the contract is
# written anew with each step, so that only its last one shows that.
FOUND = sa.text("""
    SELECT step.number, step.event, entry.event AS entered, contract.state, contract.version,
           step.xmin::text::bigint = entry.xid::text::bigint % 4294967296 AS at_once,
           step.number < contract.version OR contract.xmin = step.xmin AS moved_with_it
      FROM contract
      JOIN contract_step AS step ON step.contract_id = contract.id
      LEFT JOIN audit_entry AS entry ON entry.xid::text::bigint % 4294967296 = step.xmin::text::bigint
     WHERE contract.id = :contract
     ORDER BY step.number
""")
COUNTS = sa.text("""
    SELECT (SELECT count(*) FROM audit_entry WHERE event = ANY(:story)
               AND subject_ids @> ARRAY[CAST(:contract AS uuid)]) AS entries,
           (SELECT count(*) FROM appointment WHERE custody_record_id = :record) AS appointments,
           (SELECT count(*) FROM attendance JOIN appointment ON appointment.id = appointment_id
             WHERE custody_record_id = :record) AS attendances,
           (SELECT count(*) FROM navigator_assignment WHERE custody_record_id = :record
               AND end_reason = 'case_ended') AS ended,
           (SELECT count(*) FROM navigator_assignment WHERE custody_record_id = :record
               AND ended_at IS NULL) AS standing
""")
ONCE = {"entries": len(STORY), "appointments": 1, "attendances": 1, "ended": 1, "standing": 0}


class Told(NamedTuple):
    """What somebody is told of one deed, by itself or in a batch."""

    status: int
    body: Any
    replayed: bool


def answers(answer):
    """What is told of each deed."""
    if "items" in (told := answer.json()):
        return [Told(each["status"], each["body"], each["replayed"]) for each in told["items"]]
    return [Told(answer.status_code, kept(answer), "idempotency-replayed" in answer.headers)]


class Everybody:
    """As the fixture of clients, of a service in a process of its own."""

    def __init__(self):
        self.opened = []

    def reach(self, service):
        self.service = service
        claims = jwt.decode(
            self.token(Role.SUPERVISOR, [], "boss"), options={"verify_signature": False}
        )
        issuer = SimpleNamespace(issuer=claims["iss"])
        self.app = SimpleNamespace(state=SimpleNamespace(local_issuer=issuer))

    def token(self, role, suites, name):
        form = {"role": role.value, "suite": suites or ["DURHAMGATE"], "name": name}
        answer = httpx.post(f"{self.service.address}/local-issuer/token", data=form)
        return answer.json()["access_token"]

    def __call__(self, role=Role.CUSTODY_OFFICER, *suites, name="someone"):
        headers = {"Authorization": f"Bearer {self.token(role, [*suites], name)}"}
        client = httpx.AsyncClient(base_url=self.service.address, headers=headers, timeout=60)
        self.opened.append(client)
        return client


class Worker:
    """Somebody who works one case, and sends the same thing again until it is answered."""

    def __init__(self, service, told, everybody):
        self.service, self.told, self.everybody = service, told, everybody
        self.acknowledged = []  # who sent what, and the first whole answer to it

    async def ready(self):
        """A case that was started and assigned; its contract is drafted before anything is killed."""
        self.record = await started(self.everybody)
        navigator = await registered(self.everybody)
        self.own, self.boss = navigator.client, self.everybody(Role.SUPERVISOR, name="boss")
        assert (await assigned(self.boss, self.record, navigator)).status_code == 201
        self.here = f"/v1/custody-records/{self.record['id']}"
        drafted = await self.insist(self.own, f"{self.here}/contracts", TERMS)
        self.contract = drafted.json()["id"]
        conditions = drafted.json()["terms"]["conditions"]
        self.key = next(each["key"] for each in conditions if each["rule"] == "sessions")
        return self

    async def work(self, *, in_batches):
        """From the offer to the end."""
        offer, *signing = [self.deed("offer", 1, {})] + [
            self.deed("signatures", seen, {"role": role} | SIGNED)
            for seen, role in ((2, "person"), (3, "navigator"), (4, "supervisor"))
        ]
        approval = signing.pop()
        why = {"reason_code": "hospital", "happened_at": THEN}
        still = self.deed("suspension", 5, why)
        again = self.deed("resumption", 6, {"happened_at": THEN})
        held = (f"{self.here}/appointments", HELD | {"condition_key": self.key}, None)
        came = ("/v1/appointments/{1#/id}/attendance", CAME, "{1#etag}")
        await self.all(self.own, [offer, *signing], in_batches=in_batches)
        await self.all(self.boss, [approval], in_batches=in_batches)
        await self.all(self.own, [held, came, still, again], in_batches=in_batches)
        over = self.deed("withdrawal", 7, why | {"reason_code": "changed_mind"})
        await self.all(self.own, [over], in_batches=in_batches)

    def deed(self, noun, seen, body):
        return f"/v1/contracts/{self.contract}/{noun}", body, f'"{seen}"'

    async def all(self, who, deeds, *, in_batches):
        if in_batches:
            await self.batch(who, deeds)
            return
        for path, body, seen in deeds:
            if "{1#" in path:  # what a batch says of the item before
                *_, last = self.acknowledged[-1]
                address = path.replace("{1#/id}", last.json()["id"])
                await self.insist(who, address, body, last.headers["etag"])
            else:
                await self.insist(who, path, body, seen)

    async def batch(self, who, deeds):
        """Sent again, whole and unchanged, until each item is answered as done."""
        items = [
            {"id": str(number), "method": "POST", "path": path, "body": body, "if_match": seen}
            | {"idempotency_key": str(uuid4())}
            for number, (path, body, seen) in enumerate(deeds, 1)
        ]
        while True:
            answer = await self.send(who, "/v1/batch", {"items": items}, {})
            assert answer.status_code == 200, answer.text
            found = answer.json()["items"]
            self.told.seen["items given again"] += sum(each["replayed"] for each in found)
            if all(each["status"] in (200, 201) for each in found):
                self.acknowledged.append((who, "/v1/batch", {"items": items}, {}, answer))
                return

    async def insist(self, who, path, body, seen=None):
        headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": seen} if seen else {})
        answer = await self.send(who, path, body, headers)
        assert answer.status_code in (200, 201), answer.text
        self.told.seen["answers given again"] += "idempotency-replayed" in answer.headers
        self.acknowledged.append((who, path, body, headers, answer))
        return answer

    async def send(self, who, path, body, headers):
        while True:
            await self.service.up.wait()
            try:
                answer = await who.post(path, json=body, headers=headers)
            except httpx.TransportError:
                self.told.seen["cut off"] += 1
                continue
            self.told.done.put_nowait(answer)
            if answer.status_code != 503 and "still-in-flight" not in answer.text:
                return answer

    async def check(self, engine):
        """Nothing that was acknowledged is lost, nothing happened twice, and all tell one story."""
        given = {"contract": UUID(self.contract), "record": UUID(self.record["id"]), "story": STORY}
        async with engine.connect() as connection:
            rows = (await connection.execute(FOUND, given)).all()
            counted = dict((await connection.execute(COUNTS, given)).one()._mapping)
        assert [(row.number, row.event, row.entered) for row in rows] == [
            (number, event, event) for number, event in enumerate(STORY, 1)
        ]
        assert {(row.state, row.version, row.at_once, row.moved_with_it) for row in rows} == {
            ("withdrawn", len(STORY), True, True)
        }
        assert counted == ONCE
        *before, last = self.acknowledged
        for who, path, body, headers, first in before:
            again = await self.send(who, path, body, headers)
            if who is self.own:  # the end took the case from them, and what was kept of it
                first_told, *others = (told.status for told in answers(again))
                assert first_told == 404
                assert {*others} <= {404, 424}  # 424: what builds on an item that was refused
            else:
                self.check_again(again, first)
        self.check_again(await self.send(*last[:-1]), last[-1])
        await self.check_what_is_read()

    @staticmethod
    def check_again(again, first):
        """The same answer is given once more, and said to be."""
        assert [told.body for told in answers(again)] == [told.body for told in answers(first)]
        assert all(told.replayed for told in answers(again))

    async def check_what_is_read(self):
        read = (await self.boss.get(f"/v1/contracts/{self.contract}")).json()
        assert [step["event"] for step in read["steps"]] == STORY
        timeline = (await self.boss.get(f"{self.here}/timeline", params={"size": 200})).json()
        told = Counter(each["event"] for each in timeline["items"])
        assert {event: told[event] for event in STORY} == dict(Counter(STORY))
        assert (told["appointment.planned"], told["appointment.attendance_recorded"]) == (1, 1)
        conditions = (await self.boss.get(f"/v1/contracts/{self.contract}/conditions")).json()
        assert [each["done"] for each in conditions["items"] if each["rule"] == "sessions"] == [1]
        assert (await self.own.get(f"/v1/contracts/{self.contract}")).status_code == 404


async def storm_over_contracts(folder, url, *, kills, workers):
    """So many cases are worked, half of them in batches, while the service is killed that often."""
    rng = random.Random(SEED)
    told = SimpleNamespace(seen=Counter(), done=asyncio.Queue())
    clock = folder / "clock"
    clock.write_text(NOON.isoformat())
    engine = engine_for(url, role=OWNER_ROLE, pool_size=2)
    everybody = Everybody()
    more = {"CHECKPOINT_DATABASE_URL": url, "CHECKPOINT_CLOCK_FILE": str(clock)}
    try:
        async with Service(folder, SERVE, **more) as service, asyncio.timeout(SECONDS):
            everybody.reach(service)
            team = [Worker(service, told, everybody) for _ in range(workers)]
            for each in team:
                await each.ready()
            async with asyncio.TaskGroup() as group:
                working = [
                    group.create_task(each.work(in_batches=number % 2 == 0))
                    for number, each in enumerate(team)
                ]
                for _ in range(kills):
                    if not all(task.done() for task in working):
                        await some_moments(told, rng)
                        await service.kill(told)
            for each in team:
                await each.check(engine)
    finally:
        for client in everybody.opened:
            await client.aclose()
        await engine.dispose()
    return told


async def some_moments(told, rng):
    """Not when an answer has come: at any moment; at once where no answer comes any more."""
    while not told.done.empty():
        told.done.get_nowait()
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            for _ in range(rng.randint(1, 4)):
                await told.done.get()
    await asyncio.sleep(rng.uniform(0, 0.02))


@pytest.fixture
def apart(make_database):
    """A database in which nobody else writes."""
    return make_database()


async def test_kills_under_contracts_and_batches_lose_and_double_nothing(tmp_path, apart):
    told = await storm_over_contracts(tmp_path, apart, kills=2, workers=4)
    assert told.seen["cut off"] > 0, "the kills hit nobody"


@pytest.mark.long
async def test_many_kills_under_contracts_and_batches_lose_and_double_nothing(tmp_path, apart):
    told = await storm_over_contracts(tmp_path, apart, kills=6, workers=12)
    assert told.seen["cut off"] > 6, told.seen
    # Some were done, and their answer was lost with the process.
    assert told.seen["answers given again"] + told.seen["items given again"] > 0, told.seen
