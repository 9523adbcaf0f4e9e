"""Clients who draw from two processes at once, hang up, and lose the process under them.

What they were told and what is found is held to the sealed lists by ``faults``.
"""

import asyncio
import os
import signal
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
import sqlalchemy as sa

from services import token
from waits import until_waiting

WORKERS = 8  # on each process
ONE_IN = 10  # hangs up before it is answered
PATIENCE = 1_500  # seconds of a storm that does not end
TRIES = 400  # of one case; far beyond any restart
SUITES = ("DURHAMGATE", "PETERLEE", "DARLINGTON")
RETRIED = frozenset({500, 503})


@dataclass(frozen=True)
class Answer:
    """What one try was told; its arm is none of anybody else's business."""

    status: int
    allocation_id: str
    arm: str


@dataclass
class Drawn:
    """By case, every answer in order; how many tries came to nothing; what nobody should see."""

    answers: dict = field(default_factory=lambda: defaultdict(list))
    unheard: Counter = field(default_factory=Counter)
    seen: Counter = field(default_factory=Counter)
    surprises: list = field(default_factory=list)
    heard: int = 0
    seconds: float = 0  # until every case was drawn, kills and restarts included
    done: asyncio.Queue = field(default_factory=asyncio.Queue)


class Drawer:
    """Somebody at one process who sends the same case again until it is answered."""

    def __init__(self, told, services, clients, rng):
        self.told, self.services, self.clients, self.rng = told, services, clients, rng

    async def work(self, cases):
        """Draw what is left to be drawn; every tenth time, hang up at first."""
        while cases:
            case = cases.pop()
            if len(cases) % ONE_IN == 0:
                await self.hung_up(case)
            await self.insist(case)

    async def ask_again(self, cases):
        """The same at the other process, which has to say the same."""
        for turned in (self.services, self.clients):
            turned.reverse()
        while cases:
            await self.insist(cases.pop())

    async def insist(self, case):
        """Until somebody answers; after a failure at either process, as a balancer would."""
        which = 0
        for _ in range(TRIES):
            try:
                await self.services[which].up.wait()
                answer = await self.ask(which, case)
            except httpx.TransportError:
                self.told.seen["cut off"] += 1
                self.told.unheard[case.record_id] += 1
                which = self.rng.randrange(len(self.services))
                continue
            if answer.status_code in RETRIED:
                self.told.seen[f"answered {answer.status_code}"] += 1
                if answer.status_code == 500:
                    self.told.surprises.append("an answer of 500")
                continue
            return self.keep(case, answer)
        self.told.surprises.append("never answered")
        return None

    async def ask(self, which, case):
        body = {"eligibility_decision_id": str(case.decision_id)}
        return await self.clients[which].put(place_of(case), json=body)

    async def hung_up(self, case):
        """Asked, and gone before the answer: the connection is closed under the request."""
        await self.services[0].up.wait()
        asking = asyncio.create_task(self.ask(0, case))
        await asyncio.sleep(self.rng.uniform(0.001, 0.02))  # not when anything came: at any moment
        if asking.done() and not asking.exception():
            self.keep(case, asking.result())
            return
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        self.told.seen["hung up"] += 1
        self.told.unheard[case.record_id] += 1

    def keep(self, case, answer):
        self.told.done.put_nowait(case)
        if answer.status_code not in (200, 201):
            self.told.surprises.append(f"{answer.status_code}: {answer.text}")
            return
        body = answer.json()
        told = Answer(answer.status_code, body["id"], body["arm"])
        self.told.answers[case.record_id].append(told)


def place_of(case):
    return f"/v1/custody-records/{case.record_id}/allocation"


async def a_client(service, name):
    """A connection of its own, to one process."""
    bearer = await asyncio.to_thread(token, service.address, name, SUITES)
    return httpx.AsyncClient(
        base_url=service.address,
        headers={"Authorization": f"Bearer {bearer}"},
        limits=httpx.Limits(max_connections=1),
        timeout=30,
    )


async def drawn(services, cases, rng, *strikes, again=1):
    """Every case, drawn by eight workers at each of the processes, while these are struck.

    Args:
        services: already up.
        cases: that may be drawn.
        rng: chooses who hangs up, and when a process is struck.
        strikes: what is done to the processes, in order, spread over the draws.
        again: every so manieth case is asked for once more in the end, at the other process.
    """
    told, waiting = Drawn(), [*cases]
    rng.shuffle(waiting)
    async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE):
        drawers = []
        for number in range(WORKERS * len(services)):
            turned = services[number % len(services) :] + services[: number % len(services)]
            clients = [
                await stack.enter_async_context(await a_client(service, f"drawer-{number}"))
                for service in turned
            ]
            drawers.append(Drawer(told, turned, clients, rng))
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for drawer in drawers:
                group.create_task(drawer.work(waiting))
            for moment, strike in zip(moments(rng, len(cases), len(strikes)), strikes, strict=True):
                await until_answered(told, rng, moment)
                group.create_task((await strike()).start())
        told.seconds = time.monotonic() - began
        repeated = [*cases][::again]
        async with asyncio.TaskGroup() as group:
            for drawer in drawers:
                group.create_task(drawer.ask_again(repeated))
    return told


def moments(rng, many, strikes):
    """After how many answers each strike comes; early enough that there is work to be hit."""
    return sorted(rng.sample(range(many // 20, many * 4 // 5), strikes))


async def until_answered(told, rng, moment):
    """Until so many were answered, and then at any moment."""
    while told.heard < moment:
        told.heard += 1
        await told.done.get()
    await asyncio.sleep(rng.uniform(0, 0.05))


def killed(service):
    """A strike: the process goes at once."""

    async def strike():
        await service.up.wait()
        service.up.clear()
        os.kill(service.process.pid, signal.SIGKILL)
        await asyncio.to_thread(service.process.wait)
        return service

    return strike


def killed_in_a_draw(service, owner):
    """A strike: the process goes while a draw has its place and is not committed yet."""

    async def strike():
        async with owner.begin() as connection:
            await connection.execute(sa.text("LOCK TABLE arm_reading IN SHARE MODE"))
            await until_waiting(owner, many=WORKERS + 1)  # so at least one of this process
            return await killed(service)()

    return strike
