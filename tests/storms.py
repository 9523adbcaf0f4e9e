"""Clients who go on while the service is killed under them, and write down what they were told."""

import asyncio
import os
import signal
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx

from builders import KNOWN, a_booking, a_person
from services import RUN, free_port, postmaster, started, stopped, token

RECORDS = "/v1/custody-records"
KEPT_HEADERS = ("etag", "location", "content-type")
SECONDS = 240  # of a storm that nobody survives


@dataclass(frozen=True)
class Case:
    """One person's way through the suite, with the keys under which it was asked for."""

    name: str
    record_id: UUID
    decision_id: UUID
    keys: tuple[str, str]


@dataclass
class Told:
    """What the clients were answered: the service is held to all of it."""

    cases: list[Case] = field(default_factory=list)
    # By key: what was sent, and the first whole answer to it.
    sent: dict[str, tuple[str, dict, dict]] = field(default_factory=dict)
    first: dict[str, tuple] = field(default_factory=dict)
    requests: list[UUID] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    seen: Counter = field(default_factory=Counter)
    done: asyncio.Queue = field(default_factory=asyncio.Queue)
    unavailable: asyncio.Event = field(default_factory=asyncio.Event)


class Service:
    """The service in a process of its own, always at the same address."""

    def __init__(self, folder, command=RUN, **more):
        self.folder, self.command, self.more = folder, command, more
        self.port, self.up = free_port(), asyncio.Event()
        self.address = f"http://127.0.0.1:{self.port}"

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *_):
        await asyncio.to_thread(stopped, self.process)

    async def start(self):
        more = {"CHECKPOINT_REQUESTS_PER_MINUTE": "1000000"} | self.more
        starting = (started, self.folder, self.port, self.command)
        self.process = await asyncio.to_thread(*starting, **more)
        self.up.set()

    async def kill(self, told):
        self.up.clear()
        os.kill(self.process.pid, signal.SIGKILL)
        await asyncio.to_thread(self.process.wait)
        await self.start()

    async def kill_with_database(self, told):
        told.unavailable.clear()
        os.kill(postmaster(self.folder), signal.SIGKILL)
        await told.unavailable.wait()
        await self.kill(told)


class Officer:
    """Somebody who sends the same thing again until it is answered."""

    def __init__(self, service, told, client):
        self.service, self.told, self.client = service, told, client
        self.keys = []

    async def work(self, over):
        while not over.is_set():
            try:
                await self.case(f"Storm{uuid4().hex}")
            except Surprised as surprise:
                self.told.surprises.append(str(surprise))

    async def case(self, name):
        booking, deciding = str(uuid4()), str(uuid4())
        person = a_person(family_name=name)
        booked = await self.once(booking, RECORDS, a_booking(person=person))
        here = f"{RECORDS}/{booked['id']}"
        await self.screen(here)
        decided = await self.once(deciding, f"{here}/eligibility-decisions", {}, seen='"2"')
        case = Case(name, UUID(booked["id"]), UUID(decided["id"]), (booking, deciding))
        self.told.cases.append(case)

    async def once(self, key, address, body, *, seen=None):
        headers = {"Idempotency-Key": key} | ({"If-Match": seen} if seen else {})
        self.keys.append(key)
        self.told.sent[key] = address, body, headers
        answer = await self.insist("POST", address, body, headers)
        self.told.first[key] = kept(answer)
        self.expect(answer, 201)
        return answer.json()

    async def screen(self, here):
        """An edit has no key. Nobody else edits this record, so version 2 is one's own doing."""
        answer = await self.insist("PUT", f"{here}/screening", KNOWN, {"If-Match": '"1"'})
        if answer.status_code == 412:
            self.told.seen["edits found done"] += 1
            answer = await self.insist("GET", here)
        self.expect(answer, 200)
        if answer.headers["etag"] != '"2"':
            self.told.surprises.append(f"{answer.headers['etag']} after one edit")

    async def insist(self, method, address, body=None, headers=None):
        asked = {} if body is None else {"json": body}
        while True:
            await self.service.up.wait()
            try:
                answer = await self.client.request(method, address, headers=headers, **asked)
            except httpx.TransportError:
                self.told.seen["cut off"] += 1
                continue
            if answer.status_code == 503:
                self.told.seen["unavailable"] += 1
                self.told.unavailable.set()
                continue
            self.told.requests.append(UUID(answer.headers["x-request-id"]))
            self.told.done.put_nowait(answer)
            if "still-in-flight" not in answer.text:
                return answer

    def expect(self, answer, status):
        if "idempotency-replayed" in answer.headers:
            self.told.seen["answers given again"] += 1
        if answer.status_code != status:
            raise Surprised(f"{answer.request.method} was answered {answer.status_code}")

    async def ask_again(self, key):
        """Every first answer must come back byte for byte, however often its sender was cut off."""
        answer = await self.insist("POST", *self.told.sent[key])
        if kept(answer) != self.told.first[key]:
            self.told.surprises.append("another answer under the same key")
        if answer.headers.get("idempotency-replayed") != "true":
            self.told.surprises.append("done twice under one key")


class Surprised(Exception):
    """An answer that nobody who was answered before could get."""


def kept(answer):
    return (
        answer.status_code,
        answer.content,
        *(answer.headers.get(name) for name in KEPT_HEADERS),
    )


async def storm(service, rng, *strikes, clients=6):
    """Each strike comes at a random moment in the middle of the clients' work.

    Args:
        service: already up.
        rng: chooses the moments.
        strikes: what is done to the service, in order; they are told what the clients were.
        clients: how many work at once, each on a connection of their own.
    """
    told, over = Told(), asyncio.Event()
    async with AsyncExitStack() as stack, asyncio.timeout(SECONDS):
        officers = [
            Officer(service, told, await stack.enter_async_context(a_client(service, number)))
            for number in range(clients)
        ]
        async with asyncio.TaskGroup() as group:
            for officer in officers:
                group.create_task(officer.work(over))
            for strike in strikes:
                await some_answers(told, rng)
                await strike(told)
            await some_answers(told, rng)
            over.set()
        for officer in officers:
            for key in officer.keys:
                await officer.ask_again(key)
    return told


async def some_answers(told, rng):
    while not told.done.empty():
        told.done.get_nowait()
    for _ in range(rng.randint(8, 40)):
        await told.done.get()
    await asyncio.sleep(rng.uniform(0, 0.02))  # not when an answer has come: at any moment


def a_client(service, number):
    bearer = token(service.address, f"officer-{number}")
    headers = {"Authorization": f"Bearer {bearer}"}
    return httpx.AsyncClient(base_url=service.address, headers=headers)
