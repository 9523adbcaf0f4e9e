"""The API document against the service: every answer is one that the document promises."""

from contextlib import suppress

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assessing import WHOLE_NEEDS
from builders import KNOWN, WHOLE_CONSENT, a_booking, a_key, a_person
from checkpoint.access.guards import Holding
from checkpoint.access.permissions import holds
from checkpoint.api import create_app
from checkpoint.foundation.actors import TOKEN_ROLES, Role
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.settings import Environment, Settings
from conftest import NOBODYS
from sockets import served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 20, GenerationMode.NEGATIVE: 12}
# The least that every share must have seen, or the questions were too narrow.
EXPECTED = {
    GenerationMode.POSITIVE: {200, 404, 422},
    GenerationMode.NEGATIVE: {200, 400, 401, 404, 422},
}
# Whole tests of seconds each, which both workers share.
SHARES = 12
FEW = {
    mode: settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )
    for mode, examples in EXAMPLES.items()
}


@pytest.fixture(scope="module")
def app(database, tmp_path_factory):
    return create_app(
        Settings(
            environment=Environment.DEVELOPMENT,
            database_url=SecretStr(database),
            local_issuer=True,
            data_folder=tmp_path_factory.mktemp("data"),
            requests_per_minute=1_000_000,
        )
    )


@pytest.fixture(scope="module")
def address(app):
    with served(app, lifespan="on") as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture(scope="module")
def ids(app, address):
    """A record and a decision that exist, so that some requests find something."""
    with httpx.Client(base_url=address, headers=as_a(app, Role.CUSTODY_OFFICER)) as client:
        record = client.post(
            "/v1/custody-records", json=a_booking(screening=KNOWN), headers=a_key()
        ).json()
        decision = client.post(
            f"/v1/custody-records/{record['id']}/eligibility-decisions",
            headers=a_key() | {"If-Match": '"1"'},
        ).json()
        victim = client.post(
            f"/v1/custody-records/{record['id']}/victims",
            json={"person": a_person()},
            headers=a_key(),
        ).json()
        asking = client.post(
            f"/v1/custody-records/{record['id']}/consents",
            json=WHOLE_CONSENT | {"draft": True},
            headers=a_key(),
        ).json()
        assessment = client.post(
            f"/v1/custody-records/{record['id']}/needs-assessments",
            json=WHOLE_NEEDS | {"draft": True},
            headers=a_key(),
        ).json()
    return {
        "asking_id": asking["id"],
        "assessment_id": assessment["id"],
        "record_id": record["id"],
        "person_id": record["person"]["id"],
        "decision_id": decision["id"],
        "victim_id": victim["id"],
    }


def as_a(app, role):
    token = app.state.local_issuer.token(
        role,
        ["DURHAMGATE"],
        name="fuzzer",
        at=utc_now(),
        organization_id=NOBODYS if role is Role.PROVIDER else None,
    )
    return {"Authorization": f"Bearer {token}"}


def made_real(client, case, ids):
    """The same case about things that exist, with a new key and the present version."""
    for name in case.path_parameters.keys() & ids.keys():
        case.path_parameters[name] = ids[name]
    if "Idempotency-Key" in case.headers:
        case.headers.update(a_key())
    if "If-Match" in case.headers:
        present = client.get(f"/v1/custody-records/{ids['record_id']}")
        # Some deed may have taken it from the officer: then it stays as it was drawn.
        case.headers["If-Match"] = present.headers.get("etag", case.headers["If-Match"])


def asker(app, door):
    """Who asks at a door: the first role that is let through."""
    for route in routes_of(app):
        if door in (f"{method} {route.path}" for method in route.methods):
            held = [d.call for d in route.dependant.dependencies if isinstance(d.call, Holding)]
            asking = (Role.CUSTODY_OFFICER, *TOKEN_ROLES)
            return next(each for each in asking if all(holds(each, h.permission) for h in held))
    return Role.CUSTODY_OFFICER


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("mode", EXAMPLES, ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_document_promises(app, address, ids, mode, share):
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.config.update(base_url=address)
    operations = [result.ok() for result in schema.get_all_operations()]
    documented = app.openapi()["paths"].values()
    assert len(operations) == sum(len(methods) for methods in documented)
    seen = {}

    def examine(operation):
        headers = as_a(app, asker(app, operation.label))
        found = seen.setdefault(operation.label, set())

        @FEW[mode]
        @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
        def answers_as_promised(case, real):
            if real and mode is GenerationMode.POSITIVE:
                made_real(client, case, ids)
            answer = case.call(headers=headers)
            found.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        answers_as_promised()

    with httpx.Client(base_url=address, headers=as_a(app, Role.CUSTODY_OFFICER)) as client:
        for operation in operations[share::SHARES]:
            # A door without parameters and body cannot be asked wrongly.
            with suppress(Unsatisfiable):
                examine(operation)
    assert len(seen) == len(operations[share::SHARES])
    statuses = set().union(*seen.values())
    assert statuses >= EXPECTED[mode], seen
