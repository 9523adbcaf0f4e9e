import re
import socket
from importlib.metadata import version

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from builders import a_booking, a_key
from checkpoint.api import create_app
from checkpoint.foundation import logs
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients

# What every browser fetches for the page, and the address that it may not fetch from.
FETCHED = re.compile(r"""(?:src|href)=["']([^"']+)["']|url:\s*["']([^"']+)["']""")
# The requests, the ways to show what a field takes, and the fields that a first try leaves out.
ASKED = [
    "OpenCustodyRecord",
    "RegisterPerson",
    "AllegeOffence",
    "SaveScreening",
    "Release",
    "PreviewEligibility",
]
SHOWN = {"examples", "enum", "$ref", "items"}
RARELY_SENT = {"OpenCustodyRecord.person_id", "AllegeOffence.committed_until"}
OUTSIDE = re.compile(r"(?:https?:)?//[\w.-]+", re.IGNORECASE)


def nobody_listens():
    """An address at which no server answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"postgresql://nobody@127.0.0.1:{free.getsockname()[1]}/nothing"


@pytest.fixture
async def another():
    """A visitor to a service with settings of its own."""
    opened = []

    def build(**settings):
        app = create_app(Settings(**settings))
        opened.append((app, client := Clients(app).bare()))
        return client

    yield build
    for app, client in opened:
        await client.aclose()
        await app.state.engine.dispose()
    logs.configure(human=True)


@pytest.fixture
def production(another, database):
    def build(**settings):
        return another(
            environment=Environment.PRODUCTION,
            database_url=SecretStr(database),
            issuer="https://identity.example",
            jwks_url="https://identity.example/keys",
            public_url="https://checkpoint.example",
            cursor_key=SecretStr("k" * 32),
            **settings,
        )

    return build


@pytest.fixture
def visitor(clients):
    """Somebody without a token."""
    return clients.bare()


async def numbers(visitor):
    text = (await visitor.get("/metrics")).text
    return {
        (sample.name, *map(sample.labels.get, ("method", "door", "status"))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_ping_answers_pong(visitor):
    answer = await visitor.get("/ping")
    assert (answer.status_code, answer.text) == (200, "pong")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_the_process_lives_and_is_ready(visitor):
    for address in ("/health/liveness", "/health/readiness"):
        answer = await visitor.get(address)
        assert (answer.status_code, answer.json()) == (200, {"status": "up"})
        assert answer.headers["cache-control"] == "no-store"


async def test_health_says_what_was_last_known_of_the_database(another, database):
    visitor = another(
        environment=Environment.DEVELOPMENT, database_url=SecretStr(database), pool_size=3
    )
    first = (await visitor.get("/health")).json()
    assert (first["status"], first["database"], first["database_seen_at"]) == (
        "up",
        "not yet known",
        None,
    )
    await visitor.get("/health/readiness")
    second = (await visitor.get("/health")).json()
    assert (second["database"], second["connections_at_most"]) == ("up", 3)
    assert second["database_seen_at"].endswith("Z")
    assert second["connections_in_use"] == 0


async def test_without_a_database_it_lives_and_is_not_ready(another):
    visitor = another(environment=Environment.DEVELOPMENT, database_url=SecretStr(nobody_listens()))
    answer = await visitor.get("/health/readiness")
    assert (answer.status_code, answer.json()["errorCode"]) == (503, "database-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert (await visitor.get("/health")).json()["database"] == "down"
    for address in ("/ping", "/health", "/health/liveness", "/info", "/metrics", "/docs"):
        assert (await visitor.get(address)).status_code == 200


async def test_info_says_which_build_this_is(another, database):
    visitor = another(
        environment=Environment.DEVELOPMENT, database_url=SecretStr(database), git_ref="abc1234"
    )
    found = (await visitor.get("/info")).json()
    assert re.match(r"3\.\d+\.\d+", found.pop("python"))
    assert found == {
        "name": "checkpoint",
        "version": version("checkpoint"),
        "git_ref": "abc1234",
        "environment": "development",
    }


async def test_metrics_count_requests_by_door_and_status(client, visitor):
    door = "/v1/custody-records/{record_id}"
    counted = ("checkpoint_requests_total", "GET", door, "404")
    timed = ("checkpoint_request_seconds_count", "GET", door, None)
    before = await numbers(visitor)
    await client.get("/v1/custody-records/0190b3a0-0000-7000-8000-000000000000")
    after = await numbers(visitor)
    assert after[counted] == before.get(counted, 0) + 1
    assert after[timed] == before.get(timed, 0) + 1


async def test_metrics_hold_no_ids_and_no_names(client, visitor):
    record = (await client.post("/v1/custody-records", json=a_booking(), headers=a_key())).json()
    await client.get(f"/v1/custody-records/{record['id']}")
    await client.get("/v1/custody-records?suite=DURHAMGATE")
    await client.get("/somewhere/Testperson")
    text = (await visitor.get("/metrics")).text
    found = [word for word in (record["id"], "Testperson", "DURHAMGATE") if word in text]
    assert found == []


async def test_the_docs_page_and_all_it_fetches_come_from_here(visitor):
    page = await visitor.get("/docs")
    assert page.status_code == 200
    assert OUTSIDE.findall(page.text) == []
    addresses = {first or second for first, second in FETCHED.findall(page.text)}
    assert "/openapi.json" in addresses
    assert len(addresses) >= 3
    for address in addresses:
        answer = await visitor.get(address)
        assert (answer.status_code, len(answer.content) > 500) == (200, True), address


@pytest.mark.slow
async def test_the_api_document_is_3_1_and_every_operation_says_what_it_does(visitor):
    document = (await visitor.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    operations = [o for methods in document["paths"].values() for o in methods.values()]
    assert len(operations) > 25
    said = {o["operationId"]: o.get("description") or o["summary"] for o in operations}
    assert [name for name, words in said.items() if not words.rstrip().endswith(".")] == []
    assert len(said) == len(operations)


async def test_every_field_that_is_asked_for_has_an_example_or_a_list_of_values(visitor):
    schemas = (await visitor.get("/openapi.json")).json()["components"]["schemas"]
    fields = {
        f"{name}.{field}": [schema, *schema.get("anyOf", [])]
        for name in ASKED
        for field, schema in schemas[name]["properties"].items()
    }
    assert len(fields) > 25
    silent = {name for name, parts in fields.items() if not any(SHOWN & part.keys() for part in parts)}  # fmt: skip
    assert silent <= RARELY_SENT


@pytest.mark.slow
async def test_production_shows_no_docs_unless_asked_to(production):
    visitor = production()
    for address in ("/docs", "/openapi.json", "/docs/static/swagger-ui.css", "/redoc"):
        answer = await visitor.get(address)
        assert (answer.status_code, answer.json()["errorCode"]) == (404, "nothing-here"), address
    assert (await visitor.get("/ping")).status_code == 200
    asked = production(docs=True)
    assert (await asked.get("/docs")).status_code == 200
    assert (await asked.get("/openapi.json")).status_code == 200


async def test_production_issues_no_tokens(production):
    answer = await production().post("/local-issuer/token", data={"role": "auditor"})
    assert answer.status_code == 404
