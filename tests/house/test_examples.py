"""Every body has an example that is taken as it stands, and a body that is not sent is told whole."""

import json

import pytest
from pydantic import TypeAdapter

from builders import a_key
from checkpoint.access.guards import Holding
from checkpoint.access.permissions import holds
from checkpoint.foundation.actors import TOKEN_ROLES
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.faults import unsent
from checkpoint.foundation.schemas import Command
from house.test_enumeration import ABSENT, IDS

PLACES = dict.fromkeys([*IDS, "person_id", "merge_id", "listing_id", "extract_id"], ABSENT)
PLACES |= {"listings": "services", "code": "SYN", "number": "1"}


def bodies(app):
    """Each door that takes a body, what it may be, and how the document describes it."""
    for route in routes_of(app):
        if route.body_field is not None and route.path.startswith("/v1"):
            (method,) = route.methods
            described = app.openapi()["paths"][route.path][method.lower()]["requestBody"]
            form = described["content"]["application/json"]["schema"]
            yield f"{method} {route.path}", route, form


def examples_of(app, form):
    """The whole bodies that the document shows for it, or the one that its fields' make."""
    first = form["anyOf"][0] if "anyOf" in form else form
    named = app.openapi()["components"]["schemas"][first["$ref"].rpartition("/")[2]]
    parts = {name: part.get("examples") for name, part in named.get("properties", {}).items()}
    whole = (
        [{name: shown[0] for name, shown in parts.items()}] if parts and all(parts.values()) else []
    )
    return named.get("examples", whole)


def test_every_body_has_an_example_and_it_is_taken_as_it_stands(app):
    found = {}
    for door, route, form in bodies(app):
        found[door] = examples_of(app, form)
        for example in found[door]:
            kind = TypeAdapter(route.body_field.field_info.annotation)
            assert kind.validate_json(json.dumps(example)) is not None
    assert [door for door, examples in found.items() if not examples] == []
    assert len(found) > 100


def opened_by(clients, route):
    """Somebody whose role opens a door."""
    (lock,) = [d.call for d in route.dependant.dependencies if isinstance(d.call, Holding)]
    return clients(next(role for role in TOKEN_ROLES if holds(role, lock.permission)))


@pytest.mark.slow
async def test_a_body_that_is_not_sent_is_told_field_by_field(app, clients):
    for door, route, _ in bodies(app):
        form = route.body_field.field_info.annotation
        if not isinstance(form, type):
            continue  # it may be left out
        assert issubclass(form, Command), door
        method, path = door.split(" ")
        headers = a_key() | {"If-Match": '"1"'}
        client = opened_by(clients, route)
        answer = await client.request(method, path.format(**PLACES), headers=headers)
        assert answer.status_code == 422, (door, answer.text)
        named = [fault["pointer"] for fault in answer.json()["errors"]]
        wanted = [f"#/{n}" for n, field in form.model_fields.items() if field.is_required()]
        assert named == (wanted or ["#/"]), door


def test_a_body_without_required_fields_is_asked_for_as_a_whole():
    assert [fault["detail"] for fault in unsent([])] == ["Send a JSON object."]
    assert [fault["pointer"] for fault in unsent(["suite", "left_at"])] == ["#/suite", "#/left_at"]
