"""Measures look-ups of offers among few services and among many.

    python bench/lookups.py [--services 100 10000]

For each number it fills a database of its own with made-up services in County Durham and
Darlington, of which each says some things and not others; asks all in one process without a socket,
each question to each database in turn, so that whatever else the machine does meets both; and
prints the median and the 95th percentile of each, and how often they are the first number's. The
aim: no more than twice as much among 10,000 as among 100, and 30 ms at the 95th percentile.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import structlog
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from checkpoint.api import create_app
from checkpoint.cli import prepare
from checkpoint.directory import offers
from checkpoint.directory.entities import checked, digest_of
from checkpoint.directory.lookups.references import PlaceKind, places_in, shipped
from checkpoint.directory.lookups.terms import facets, search_keys
from checkpoint.directory.meanings import Term
from checkpoint.directory.references import pathway_terms
from checkpoint.directory.states import ListingKind
from checkpoint.foundation.actors import Role
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.identifiers import new_id
from checkpoint.foundation.server import settle
from checkpoint.foundation.settings import Environment, Settings

ROUNDS, WARM = 60, 12
AIM_RATIO, AIM_MS = 2.0, 30.0
SUBJECTS = [
    "tenancy",
    "homelessness",
    "housing",
    "debt",
    "benefit",
    "budgeting",
    "alcohol",
    "recovery",
    "heroin",
    "needle",
    "jobs",
    "training",
    "literacy",
    "numeracy",
    "apprenticeship",
    "parenting",
    "family",
    "mediation",
    "counselling",
    "anxiety",
    "depression",
    "physiotherapy",
    "dentistry",
    "anger",
    "thinking",
    "mentoring",
    "peer",
    "befriending",
    "volunteering",
    "food",
    "furniture",
]
FORMS = [
    "advice",
    "support",
    "group",
    "clinic",
    "service",
    "project",
    "drop-in",
    "course",
    "outreach",
    "line",
]
WORDS = [
    "people",
    "help",
    "weekly",
    "local",
    "community",
    "friendly",
    "confidential",
    "trained",
    "staff",
    "listen",
    "practical",
    "plan",
    "welcome",
    "partner",
    "council",
    "charity",
    "appointment",
    "telephone",
    "visit",
    "home",
    "centre",
    "skills",
    "confidence",
]
QUESTIONS: dict[str, dict[str, Any]] = {
    "everything": {},
    "a pathway": {"pathway": "finance"},
    "two pathways, both": {"pathway": ["finance", "health"], "match": "all"},
    "near a place": {"place": "DL1"},
    "a pathway within 10 km": {"pathway": "health", "place": "Bishop Auckland", "within_km": 10},
    "open on Tuesday at 10:30": {"day": 2, "time": "10:30"},
    "age, sex, residence": {"age": 24, "sex": "female", "residence": "DL14"},
    "a rare language": {"language": "cy"},
    "free, with a free place": {"free": True, "free_places": True},
    "a word": {"text": "tenancy"},
    "words with slips": {"text": "tenansy advise", "place": "Crook"},
    "all at once": {
        "pathway": "accommodation",
        "place": "DL1",
        "within_km": 15,
        "day": 3,
        "time": "11:00",
        "age": 30,
        "sex": "male",
        "language": "en",
        "free": True,
        "free_places": True,
        "access": "walk_in",
        "residence": "Darlington",
    },
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure look-ups of offers.")
    parser.add_argument("--services", type=int, nargs="+", default=[100, 10_000])
    return parser.parse_args()


class Seeds:
    """Rows by table. Constraints hold; triggers and foreign keys are left aside while they go in."""

    def __init__(self, at: datetime) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.at, self.chance, self.by = at, random.Random(11), new_id()
        (text,) = shipped()
        self.spots = [each for each in places_in(text).places if each.kind is not PlaceKind.AREA]
        self.districts = [each for each in self.spots if each.kind is PlaceKind.DISTRICT]
        self.terms = dict(pathway_terms())

    def listed(self, kind: ListingKind, document: dict[str, Any], **more: Any) -> UUID:
        own = checked(kind, {"id": str(new_id()), **document})
        id = UUID(own["id"])
        row = {
            "id": id,
            "source": "local",
            "kind": kind.value,
            "external_id": str(id),
            "version": 1,
            "document": json.dumps(own),
            "digest": digest_of(own),
            "state": "listed",
            "last_modified": self.at,
            "modified_offset_known": True,
        }
        self.rows["directory_listing"].append(row | more)
        return id

    def service(self, number: int) -> None:
        likely, pick = self.chance.random, self.chance.choice
        if number % 8 == 0:
            self.provider = f"Synthetic Trust {number // 8}"
            self.organization = self.listed(
                ListingKind.ORGANIZATION, {"name": self.provider, "description": "Made up."}
            )
        document = self.document(number)
        near = {UUID(each["location_id"]) for each in document["service_at_locations"]}
        id = self.listed(ListingKind.SERVICE, document, organization_id=self.organization)
        document = json.loads(self.rows["directory_listing"][-1]["document"])
        offer = offers.offer_of(
            document,
            organization_name=self.provider,
            locations={each: self.locations[each] for each in near},
            terms={each: Term(each, name.value, frozenset()) for each, name in self.terms.items()},
            meaning={each: frozenset({name}) for each, name in self.terms.items()},
        )
        own = {name: getattr(offer, name) for name in offers.Offer.__dataclass_fields__}
        places, openings = own.pop("places"), own.pop("openings")
        own = {key: [*value] if isinstance(value, tuple) else value for key, value in own.items()}
        assured = self.at.date() - timedelta(days=self.chance.randrange(400))
        self.rows["directory_offer"].append(
            own
            | {"service_id": id, "state": "listed", "assured_on": pick([assured, assured, None])}
            | {"facets": facets(offer), "search_keys": search_keys(offer)}
        )
        words = {"facets": facets(offer)}
        for table, parts, more in (
            ("directory_offer_place", places, words),
            ("directory_opening", openings, {}),
        ):
            self.rows[table] += [
                {"service_id": id, "position": at} | vars(part) | more
                for at, part in enumerate(parts)
            ]
        if likely() < 0.5:
            most = self.chance.randrange(1, 20)
            held = self.chance.choice([0, most // 2, most])
            self.rows["directory_capacity"].append(
                {
                    "service_id": id,
                    "maximum": most,
                    "held": held,
                    "version": 1,
                    "updated_at": self.at,
                }
            )

    locations: dict[UUID, dict[str, Any]] = {}

    def location(self) -> str:
        spot, scatter = self.chance.choice(self.spots), self.chance.gauss
        within = spot.within[0] if spot.within else "County Durham"
        district = spot.name if spot in self.districts else within
        address = {
            "address_1": "1 Test Street",
            "city": spot.name if spot not in self.districts else "Durham",
            "state_province": "County Durham",
            "postal_code": f"{district} 1AA" if len(district) < 5 else "DL1 1AA",
            "country": "GB",
            "address_type": "physical",
        }
        document: dict[str, Any] = {"location_type": "physical", "addresses": [address]}
        if self.chance.random() < 0.85:
            document["latitude"] = round(spot.latitude + scatter(0, 0.02), 5)
            document["longitude"] = round(spot.longitude + scatter(0, 0.03), 5)
        id = self.listed(ListingKind.LOCATION, document)
        self.locations[id] = json.loads(self.rows["directory_listing"][-1]["document"])
        return str(id)

    def document(self, number: int) -> dict[str, Any]:
        likely, pick, many = self.chance.random, self.chance.choice, self.chance.choices
        terms = self.chance.sample([*self.terms], pick([1, 1, 1, 2, 3]))
        days = self.chance.sample(["MO", "TU", "WE", "TH", "FR", "SA"], pick([1, 2, 5]))
        found: dict[str, Any] = {
            "name": f"{pick(SUBJECTS)} {pick(SUBJECTS)} {pick(FORMS)} {number}".capitalize(),
            "status": "active",
            "organization_id": str(self.organization),
            "description": " ".join(many(WORDS + SUBJECTS, k=pick([20, 60, 120]))),
            "attributes": [{"taxonomy_term_id": str(each)} for each in terms if likely() < 0.9],
            "service_at_locations": [
                {"location_id": self.location()} for _ in range(pick([0, 1, 1, 1, 1, 2]))
            ],
        }
        if likely() < 0.6:
            weekly = {"freq": "WEEKLY", "byday": ",".join(days), "interval": 1}
            found["schedules"] = [
                weekly | {"opens_at": "09:30", "closes_at": pick(["12:30", "17:00"])}
            ]
        if likely() < 0.5:
            found |= {"minimum_age": 18, "maximum_age": pick([25, 30, 65, 99])}
        if likely() < 0.3:
            found["eligible_sexes"] = pick([["female"], ["male"], ["female", "male"]])
        if likely() < 0.3:
            found["eligible_residence"] = [pick(self.spots).name]
        if likely() < 0.8:
            spoken = ["en", pick(["pl", "ro", "ar"])] if likely() < 0.1 else ["en"]
            found["languages"] = [{"code": each} for each in spoken]
        if likely() < 0.6:
            found["cost_options"] = [{"amount": pick([0, 0, 0, 5]), "currency": "GBP"}]
        if likely() < 0.6:
            found["access_way"] = pick(["walk_in", "referral", "both"])
        return {
            key: value
            for key, value in found.items()
            if value != [] or key == "service_at_locations"
        }


async def filled(url: str, services: int) -> None:
    seeds = Seeds(datetime.now(UTC))
    for number in range(services):
        seeds.service(number)
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")
    for table, rows in seeds.rows.items():
        columns = list({name: None for row in rows for name in row})
        await connection.copy_records_to_table(
            table,
            columns=columns,
            records=[tuple(row.get(name) for name in columns) for row in rows],
        )
    await connection.execute("VACUUM ANALYZE")
    print(*(f"{len(rows):,} {table}" for table, rows in seeds.rows.items()), sep=", ")
    await connection.close()


def application(url: str, folder: Path) -> Any:
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(url),
        local_issuer=True,
        data_folder=folder,
        requests_per_minute=1_000_000,
    )
    app = create_app(settings)
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return app


async def measured(apps: dict[int, Any]) -> dict[str, dict[int, list[float]]]:
    """Each question to each database in turn."""
    found: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    async with AsyncExitStack() as stack:
        clients = {}
        for services, app in apps.items():
            token = app.state.local_issuer.token(
                Role.NAVIGATOR, ["DURHAMGATE"], name="bench", at=datetime.now(UTC)
            )
            clients[services] = await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(app),
                    base_url="http://bench",
                    headers={"Authorization": f"Bearer {token}"},
                )
            )
        for number in range(ROUNDS + WARM):
            for name, params in QUESTIONS.items():
                for services, client in clients.items():
                    began = time.perf_counter()
                    answer = await client.get("/v1/service-offers", params=params)
                    took = 1000 * (time.perf_counter() - began)
                    answer.raise_for_status()
                    if number >= WARM:  # the first ones are planned anew
                        found[name][services].append(took)
        for app in apps.values():
            await app.state.engine.dispose()
    return found


def told(found: dict[str, dict[int, list[float]]]) -> None:
    whole: dict[int, list[float]] = defaultdict(list)
    for name, by_size in found.items():
        for services, times in by_size.items():
            whole[services] += times
        print(f"{name:26}", *_figures(by_size))
    print(f"{'all of them':26}", *_figures(whole))
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"Aims: {AIM_RATIO:g} times at most, {AIM_MS:g} ms at the 95th percentile. Load {load}.")


def _figures(by_size: dict[int, list[float]]) -> list[str]:
    few = by_size[next(iter(by_size))]
    return [
        f"{services:>7,}: {statistics.median(times):6.1f} / "
        f"{statistics.quantiles(times, n=20)[-1]:6.1f} ms"
        f" ({statistics.median(times) / statistics.median(few):.2f}x)"
        for services, times in by_size.items()
    ]


def main() -> None:
    asked = arguments()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="checkpoint-lookups-"))
        )
        server = stack.enter_context(embedded(folder / "postgresql"))
        apps = {}
        for services in asked.services:
            url = made(server, f"lookups_{services}")
            prepare(url)
            asyncio.run(filled(url, services))
            apps[services] = application(url, folder)
        settle()  # as the server does
        told(asyncio.run(measured(apps)))


def made(server: str, name: str) -> str:
    async def create() -> None:
        connection = await asyncpg.connect(server)
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    asyncio.run(create())
    return make_url(server).set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
