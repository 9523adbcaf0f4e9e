"""A refusal says what a pattern wants in words, with an example that is taken; never the pattern."""

import re
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.faults import plainly
from checkpoint.foundation.schemas import Spelt

TOLD_BY_EXAMPLE = {"example", "examples"}


def constraints(kind, seen):
    """The constraints of every text in a type, however deep it lies."""
    if get_origin(kind) is Annotated:
        yield kind.__metadata__
    for part in get_args(kind):
        yield from constraints(part, seen)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        for field in kind.model_fields.values():
            yield field.metadata
            yield from constraints(field.annotation, seen)


def asked_of(route):
    """What a door asks for: its body, and what stands in its address."""
    body = route.body_field
    if body is not None:
        yield from constraints(body.field_info.annotation, set())
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        for parameter in (*dependant.query_params, *dependant.path_params):
            yield parameter.field_info.metadata
            yield from constraints(parameter.field_info.annotation, set())


def patterns(metadata):
    parts = [part for each in metadata for part in (each, *getattr(each, "metadata", ()))]
    return {part.pattern for part in parts if getattr(part, "pattern", None)}


def published_patterns(part, schemas):
    """Every pattern below a part of the API document, whatever it refers to included."""
    found, seen, waiting = set(), set(), [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += [value for name, value in part.items() if name not in TOLD_BY_EXAMPLE]
            found |= {part["pattern"]} if isinstance(part.get("pattern"), str) else set()
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
    return found


def told_and_silent(app):
    """By pattern and its words the example that is told of it; and patterns without words."""
    told, silent = {}, set()
    for route in routes_of(app):
        for metadata in asked_of(route):
            spelt = [each for each in metadata if isinstance(each, Spelt)]
            for pattern in patterns(metadata):
                if spelt:
                    told[pattern, spelt[0].words] = spelt[0].example
                else:
                    silent.add((route.path, pattern))
    return told, silent


def test_every_pattern_that_a_door_asks_for_is_told_in_words(app):
    told, silent = told_and_silent(app)
    assert silent == set()
    assert [
        (words, example)
        for (pattern, words), example in told.items()
        if not re.fullmatch(pattern, example)
    ] == []


def test_no_pattern_that_the_document_asks_for_is_overlooked(app):
    document = app.openapi()
    asked = [
        part
        for path in document["paths"].values()
        for operation in path.values()
        for part in (*operation.get("parameters", ()), operation.get("requestBody", {}))
        if part.get("in") != "header"
    ]
    published = published_patterns(asked, document["components"]["schemas"])
    told, _ = told_and_silent(app)
    assert published == {pattern for pattern, _ in told} != set()


def test_a_pattern_is_refused_in_words_with_an_example_and_without_the_value():
    kind: Any = Annotated[
        str, Field(pattern="^[A-Z]{2}[0-9]$"), Spelt("two capitals and a digit", "DL1")
    ]
    assert TypeAdapter(kind).validate_python("DL1") == "DL1"
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python("<wrong>")
    assert plainly(refused.value.errors()[0]) == {
        "pointer": "#/",
        "code": "string-pattern-mismatch",
        "detail": "Write two capitals and a digit, as DL1.",
    }
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(7)
    assert plainly(refused.value.errors()[0])["detail"] == "Write this as text, in quotes."


async def test_a_filter_of_the_wrong_form_is_refused_in_words(client):
    answer = await client.get("/v1/custody-records", params={"suite": "Durham Gate!"})
    (fault,) = answer.json()["errors"]
    assert fault["detail"].endswith("without spaces, as DURHAMGATE.")
    assert "^" not in fault["detail"]
