"""Searches for people among a thousand and among a million, made up, on one PostgreSQL.

The first thousand are the same people in both databases, and each request is sent to both in turn,
one at a time: what is compared is the time one officer waits.
"""

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any

from sqlalchemy.engine import make_url

import servers
from checkpoint.cli import prepare
from checkpoint.foundation.identifiers import new_id
from checkpoint.people import names
from checkpoint.people.identifiers import check_letter
from load import LoadFailed, Sample
from seed import Sender, World, database

FEW, MANY = 1_000, 1_000_000
ASKED, WARM, SENDERS = 300, 60, 40
BY_IDENTIFIER, BY_NAME = "search by identifier", "search by name"
AIMS = {
    BY_IDENTIFIER: (1.5, 10),
    BY_NAME: (3.0, 50),
}  # times the few, and ms at the 95th percentile
SEARCHES = "/v1/person-searches"
SYLLABLES = [
    c + v
    for c in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w")
    for v in "aeiou"
]
ENDS = ["son", "ley", "ton", "man", "well", "", "er", "ard", "ingham", "wick"]
# The commonest family name is borne by one in eighty, the commonest given name by one in fifty.
FAMILIES, GIVEN = 20_000, 2_000
# By name of the search, then by number of people.
Found = dict[str, dict[int, list[Sample]]]


def made_up(count: int, random: Random, ends: list[str]) -> list[str]:
    """So many names, made of syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        body = "".join(random.choices(SYLLABLES, k=random.choice((1, 2, 2, 3))))
        found[(body + random.choice(ends)).capitalize()] = None
    return [*found]


def skewed(values: list[str], random: Random, flat: float) -> Callable[[], str]:
    """Draws that fall off with the rank, as names do; the greater ``flat``, the less steeply."""
    weights = [*accumulate(1 / (rank + flat) for rank in range(1, len(values) + 1))]
    return lambda: random.choices(values, cum_weights=weights)[0]


def somebody(at: datetime) -> Iterator[tuple[Any, ...]]:
    """People without end, always the same ones: every second has two given names and a PNC ID."""
    random = Random(2026)
    family = skewed(made_up(FAMILIES, random, ENDS), random, 9.5)
    given = skewed(made_up(GIVEN, random, ["", "n", "a", "le"]), random, 8)
    by = new_id()
    number = 0
    while True:
        born = date(1940, 1, 1) + timedelta(days=random.randrange(25_000))
        whole = f"{given()} {given()}" if number % 2 else given()
        year, serial = str(1980 + number // 9_000_000), f"{number % 9_000_000:07d}"
        pnc_id = f"{year}/{serial}{check_letter(year, serial)}" if number % 2 == 0 else None
        unknown = number % 50 == 49
        yield new_id(), family(), whole, None if unknown else born, pnc_id, at, by, at
        number += 1


COLUMNS = "id family_name given_names date_of_birth pnc_id registered_at registered_by indexed_at"
UNIQUE = "uq_person_name_key_key_person_id"


async def filled(url: str, count: int) -> None:
    """So many people with their search keys, by COPY; the index is built when they are there."""
    at = datetime.now(UTC)
    async with database(url) as connection:
        # No check of what the generator cannot get wrong: it costs more than the copying.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(f"ALTER TABLE person_name_key DROP CONSTRAINT {UNIQUE}")
        people = islice(somebody(at), count)
        while batch := [*islice(people, 50_000)]:
            await connection.copy_records_to_table("person", columns=COLUMNS.split(), records=batch)
            keys = ((new_id(), key, one[0]) for one in batch for key in names.keys(*one[1:4]))
            await connection.copy_records_to_table(
                "person_name_key", columns=["id", "key", "person_id"], records=keys
            )
        await connection.execute(
            f"ALTER TABLE person_name_key ADD CONSTRAINT {UNIQUE} UNIQUE (key, person_id)"
        )
        await connection.execute("VACUUM ANALYZE")


def questions(name: str) -> list[dict[str, str]]:
    """What is asked about the first thousand: by number, or by name with one slip of each kind."""
    people = [*islice(somebody(datetime.now(UTC)), FEW)]
    if name == BY_IDENTIFIER:
        return [{"identifier": one[4]} for one in people if one[4]]
    found = []
    for number, (_, family, given, born, *_) in enumerate(people):
        if born is None:
            continue
        asked = {"family_name": family, "given_names": given, "date_of_birth": f"{born}"}
        first = given.split()[0]
        swapped = f"{born:%Y-%d-%m}" if born.day <= 12 else f"{born + timedelta(days=1)}"
        slips = [
            {},
            {"family_name": first, "given_names": family},
            {"date_of_birth": swapped},
            {"family_name": family[:-2] + family[-1] + family[-2]},
            {"given_names": None},
            {"given_names": first, "date_of_birth": None},
            {"given_names": None, "date_of_birth": None},
        ]
        whole = asked | slips[number % len(slips)]
        found.append({field: value for field, value in whole.items() if value is not None})
    return found


@dataclass
class Asker:
    """One connection to one service, used by many senders: each has a budget of requests."""

    port: int
    senders: list[Sender]

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ms(self, question: dict[str, str], turn: int) -> float:
        """How long one search takes, until its answer is read."""
        token = self.senders[turn % len(self.senders)].token
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body, began = json.dumps(question), time.perf_counter()
        self.connection.request("POST", SEARCHES, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        took = 1000 * (time.perf_counter() - began)
        if answer.status != 200 or not json.loads(content)["items"]:
            raise LoadFailed(f"A search was answered {answer.status}: {content[:500]!r}")
        return took


async def worlds(world: World, say: Callable[[str], None], count: int) -> dict[int, World]:
    """Two more databases beside the world's, filled."""
    found = {}
    for size in (FEW, count):
        say(f"{size:,} people")
        name = f"checkpoint_people_{size}"
        async with database(world.url) as connection:
            await connection.execute(f"CREATE DATABASE {name}")
        url = make_url(world.url).set(database=name).render_as_string(hide_password=False)
        found[size] = replace(world, url=url)
    return found


def sample(took: list[float]) -> Sample:
    ordered = sorted(took)
    at = [ordered[int(part * len(ordered))] for part in (0.5, 0.95)]
    return Sample(len(took), sum(took) / 1000, *at)


def measured(
    found: dict[int, World], stack: ExitStack, say: Callable[[str], None], rounds: int
) -> Found:
    """Every search put to both in turn, round by round."""
    few, many = sorted(found)
    started = {
        size: stack.enter_context(servers.one(found[size], f"people-{size}")) for size in found
    }
    askers = {
        size: Asker(server.port, found[size].senders[:SENDERS]) for size, server in started.items()
    }
    result: Found = {name: {few: [], many: []} for name in AIMS}
    sent = 0
    for name in AIMS:
        asked = questions(name)
        for number in range(rounds + 1):
            say(f"{name}: round {number or 'to warm up'}")
            took: dict[int, list[float]] = {few: [], many: []}
            for place in range(ASKED if number else WARM):
                for size in (few, many) if place % 2 else (many, few):
                    took[size].append(askers[size].ms(asked[sent % len(asked)], sent))
                sent += 1
            if number:
                for size, times in took.items():
                    result[name][size].append(sample(times))
    return result


def fill(found: dict[int, World]) -> None:
    """Migrate and fill each of them."""
    for size, world in found.items():
        prepare(world.url)
        asyncio.run(filled(world.url, size))
