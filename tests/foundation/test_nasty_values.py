"""A table of nasty values, put into every field, parameter and header that the API document has."""

from urllib.parse import quote
from uuid import UUID

import pytest

from builders import a_given_name, a_person, booked
from checkpoint.foundation.actors import Role
from traces import entries

LONG = "Canary" * 2_000
NASTY = [
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.1, -0.0, 1e308, 5e-324,
    "", " ", "0", "-1", "1e999", "NaN", "Infinity", "null", "true", "yes", "none", LONG, "Canary\t",
    "Canary\u202e", "Canary\u200b", "Canary\ufeff", "\ufffd", "\U0001f600", "\U0010ffff", "\u0301",
    "\u0130", "\u00df", "\u212a", "'; DROP TABLE person; --", "' OR '1'='1", "%", "_", "\\", "%s%n",
    "{0}", "${jndi:ldap://x}", "{{7*7}}", "<script>alert(1)</script>", "=1+1", "@SUM(1)", "../../x",
    "0000-00-00", "2026-02-30", "2026-13-01", "9999-12-31", "1899-12-31", "-0001-01-01", "2026-W45",
    "2026-11-02T24:00:00Z", "2026-11-02T23:59:60Z", "2026-11-02T21:40:00+99:99",
    "2026-11-02T21:40:00.0000000000001Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "0190b3a0-0000-7000-8000-000000000000", "TH68010", "DURHAMGATE", "\u0661\u0669\u0669\u0664",
    [], ["Canary"], {}, {"Canary": 1}, [[[]]], {"id": {"$ne": None}},
]  # fmt: skip


# Nobody of another test was born then: whoever is put on record here is taken for none of them.
BORN = "1932-05-23"


class Document:
    """The API document, walked: every field of every body, every parameter."""

    def __init__(self, document):
        self.schemas = document["components"]["schemas"]
        self.operations = {
            f"{method.upper()} {path}": operation
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if path.startswith("/v1")
        }

    def resolved(self, schema):
        """The schema itself, beyond references and beyond `or null`."""
        if "$ref" in schema:
            return self.resolved(self.schemas[schema["$ref"].rpartition("/")[2]])
        for name in ("anyOf", "oneOf", "allOf"):
            for part in schema.get(name, []):
                if part.get("type") != "null":
                    return {"examples": schema.get("examples"), **self.resolved(part)}
        return schema

    def body(self, operation):
        content = operation.get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("schema")

    def fields(self, schema, place=()):
        """The place of every field, containers too."""
        schema = self.resolved(schema)
        if place:
            yield place
        for name, part in schema.get("properties", {}).items():
            yield from self.fields(part, (*place, name))
        if "items" in schema:
            yield from self.fields(schema["items"], (*place, 0))

    def sample(self, schema, *, towards=()):
        """A body as the document describes it, with whatever lies on the way to a field."""
        schema = self.resolved(schema)
        if "properties" in schema:
            wanted = [*schema.get("required", []), *towards[:1]]
            body = {
                name: self.sample(
                    schema["properties"][name], towards=towards[1:] if name in towards[:1] else ()
                )
                for name in wanted
            }
            return body | ({"date_of_birth": BORN} if "date_of_birth" in body else {})
        if "items" in schema:
            return [self.sample(schema["items"], towards=towards[1:])]
        return (schema.get("examples") or schema.get("enum") or [None])[0]


def put(body, place, value):
    *way, last = place
    for step in way:
        body = body[step]
    body[last] = value


@pytest.fixture
def document(app):
    return Document(app.openapi())


@pytest.fixture
async def addressed(client):
    person = a_person(family_name=a_given_name(), date_of_birth="1951-12-30")
    record = await booked(client, person=person)
    nothing = str(UUID(int=1))
    return {
        "record_id": record["id"],
        "person_id": record["person"]["id"],
        "decision_id": nothing,
        "override_id": nothing,
        "victim_id": nothing,
        "merge_id": nothing,
        "asking_id": nothing,
        "assessment_id": nothing,
        "crossover_id": nothing,
        "navigator_id": nothing,
        "handover_id": nothing,
        "conflict_id": nothing,
        "glass_id": nothing,
        "contract_id": nothing,
        "appointment_id": nothing,
        "entry_id": nothing,
        "review_id": nothing,
        "challenge_id": nothing,
        "listings": "services",
        "listing_id": nothing,
        "service_id": nothing,
        "referral_id": nothing,
        "no_provider_id": nothing,
        "batch_id": nothing,
        "extract_id": nothing,
        "picture": "flow",
        "form": "svg",
        "number": "1",
        "code": "TEST-NONE",
        "version": "2018-04-01",
    }


class Counted:
    """Sends, and looks at every answer."""

    def __init__(self, clients, owner):
        self.officer, self.auditor = clients(name="fuzzer"), clients(Role.AUDITOR)
        self.supervisor = clients(Role.SUPERVISOR)
        self.owner, self.answers, self.statuses = owner, [], set()

    async def __call__(self, door, path, **request):
        client = self.auditor if "ledger" in path else self.officer
        if door.endswith(("/determination", "/overrides", "/rates", "/merges", "/parting")):
            client = self.supervisor
        answer = await client.request(door.split(" ")[0], path, **request)
        self.answers.append(answer)
        self.statuses.add(answer.status_code)
        assert answer.status_code < 500, (door, request, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", (door, request)
            # What was overtaken is answered with what was sent beside what stands there now.
            if answer.status_code != 412:
                assert "Canary" not in answer.text, (door, request, answer.text)

    async def all_on_record(self, *, but=()):
        logged = [answer for answer in self.answers if answer.status_code not in but]
        # A batch that is taken leaves no entry; its items do.
        logged = [
            answer
            for answer in logged
            if answer.status_code != 200 or answer.url.path != "/v1/batch"
        ]
        assert len(await entries(self.owner, *logged)) == len(logged)


@pytest.fixture
def send(clients, owner):
    return Counted(clients, owner)


def headers_for(number):
    return {"Idempotency-Key": f"nasty-value-{number:08d}", "If-Match": '"1"'}


# In each share every field meets some values and every value some fields; together, all meet all.
SHARES = 16
SHARE = pytest.mark.parametrize(
    "share", [0, *(pytest.param(number, marks=pytest.mark.long) for number in range(1, SHARES))]
)


@pytest.mark.slow
@SHARE
async def test_every_field_of_every_body_takes_nasty_values(document, addressed, send, share):
    tried = 0
    bodies = [
        (door, schema, place)
        for door, operation in document.operations.items()
        if (schema := document.body(operation)) is not None
        for place in document.fields(schema)
    ]
    for number, (door, schema, place) in enumerate(bodies):
        for value in NASTY[(share + number) % SHARES :: SHARES]:
            body = document.sample(schema, towards=place)
            put(body, place, value)
            path = door.split(" ")[1].format(**addressed)
            tried += 1
            await send(door, path, json=body, headers=headers_for(tried))
    assert len(bodies) > 100
    assert tried >= len(bodies) * (len(NASTY) // SHARES)
    assert {201, 422} <= send.statuses
    await send.all_on_record()


@pytest.mark.slow
@SHARE
async def test_every_parameter_and_header_takes_nasty_values(document, addressed, send, share):
    tried = 0
    texts = [value for value in NASTY if isinstance(value, str)]
    parameters = [
        (door, parameter["name"], parameter["in"])
        for door, operation in document.operations.items()
        for parameter in operation.get("parameters", [])
    ]
    for number, (door, name, where) in enumerate(parameters):
        for value in texts[(share + number) % SHARES :: SHARES]:
            path, request = door.split(" ")[1], {"headers": headers_for(tried)}
            if where == "path":
                path = path.replace(f"{{{name}}}", quote(value, safe="") or "%20")
            elif where == "query":
                request["params"] = {name: value}
            else:
                request["headers"] |= {name: value.encode("utf-8")}
            tried += 1
            await send(door, path.format(**addressed), **request)
    assert len(parameters) > 60
    assert tried >= len(parameters) * (len(texts) // SHARES)
    assert {200, 400, 404, 422} <= send.statuses
    await send.all_on_record(but={200})  # code lists hold nobody's data and leave no entry
