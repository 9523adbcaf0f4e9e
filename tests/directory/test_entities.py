import json
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from checkpoint.directory.entities import (
    ServiceAtLocation,
    canonical,
    checked,
    columns_of,
    digest_of,
    readable,
)
from checkpoint.directory.parting import joined, named_in, parted, terms_in
from checkpoint.directory.states import ListingKind
from checkpoint.directory.values import DEEPEST, LARGEST, cleaned, plain
from checkpoint.foundation.errors import RuleBroken
from conftest import SHARED

ORUK = SHARED / "data" / "oruk"
ID = "2a3483ea-8966-4f50-9dc3-7bafa1e5c623"
OTHER = "42d3fa20-b36d-4822-b5dc-68029911caaf"
STEMS = ("service_at_location", "service", "organization", "taxonomy_term", "taxonomy", "location")
PROFILES = {"oruk-3.0": "https://openreferraluk.org/specifications/3.0/schema/", "hsds-3.0": ""}


def examples():
    """Each official example with what it is of, one by one."""
    for profile in PROFILES:
        for path in sorted((ORUK / profile / "examples").glob("*.json")):
            stem = next((stem for stem in STEMS if path.stem.startswith(stem)), None)
            if stem:
                whole = json.loads(path.read_text("utf-8"))
                for each in whole["contents"] if path.stem.endswith("_list") else [whole]:
                    yield stem, each


def validators(profile):
    base = PROFILES[profile]
    schemas = {
        path.name: json.loads(path.read_text("utf-8"))
        for path in (ORUK / profile / "schema").glob("*.json")
    }
    resources = {base + name: DRAFT202012.create_resource(each) for name, each in schemas.items()}
    registry = Registry().with_resources(resources.items())
    checker = FormatChecker()
    assert {"uri", "date-time", "email", "uuid"} <= checker.checkers.keys()
    return {
        stem: Draft202012Validator(
            {"$ref": f"{base}{stem}.json"}, registry=registry, format_checker=checker
        )
        for stem in STEMS
    }


@pytest.mark.skipif(not ORUK.exists(), reason="the official examples are not here")
def test_every_official_example_is_taken_and_what_is_given_out_validates_strictly():
    found = list(examples())
    assert len(found) >= 20
    both = [validators(profile) for profile in PROFILES]
    for stem, example in found:
        if stem == "service_at_location":
            entity = ServiceAtLocation.model_validate(cleaned(example))
            given_out = entity.model_dump(mode="json", exclude_none=True, exclude_unset=True)
        else:
            kind = ListingKind(stem)
            given_out = checked(kind, example)
            own, others = parted(kind, given_out)
            held = {UUID(each["id"]): each for _, each in others}
            back = joined(kind, own, held)
            for each in both:
                assert not list(each[stem].iter_errors(back)), stem
            assert parted(kind, checked(kind, back))[0] == own
            for part, document in others:
                assert checked(part, document) == document
        assert canonical(given_out) == canonical(cleaned(example))
        for each in both:
            assert not list(each[stem].iter_errors(given_out)), stem


@pytest.mark.skipif(not ORUK.exists(), reason="the schemas are not here")
def test_the_schemas_refuse_what_is_wrong_so_that_the_proof_above_proves_something():
    bad = {"id": "1", "name": "x", "status": "open", "last_modified": "2025-09-02T12:06:15"}
    for profile in PROFILES:
        wrong = {each.json_path for each in validators(profile)["service"].iter_errors(bad)}
        assert wrong == {"$.id", "$.status", "$.last_modified"}


HOSTILE = {
    "<p>One</p><p>Two<br>Three</p>": "One\nTwo\nThree",
    "<script>alert(1)</script>Name": "Name",
    "&lt;script&gt;alert(1)&lt;/script&gt;Name": "Name",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;Name": "Name",
    "<\u200bscript>alert(1)</script>": "",
    "<img src=x onerror=alert(1)>Name": "Name",
    "<svg/onload=alert(1)>": "",
    "Fish & chips, 5 < 6": "Fish & chips, 5 < 6",
    "AT&amp;T": "AT&T",
    "\x00N\x07a\u202eme\r\n": "Name",
    "a\n\n\n\nb": "a\n\nb",
    "  plain ": "plain",
}


def test_no_html_and_no_hidden_character_outlives_the_way_in():
    for text, left in HOSTILE.items():
        assert plain(text) == left, text
    deep = "<script>"
    for _ in range(20):
        deep = deep.replace("&", "&amp;").replace("<", "&lt;")
    assert "<" not in plain(deep)
    assert "&" not in plain(deep)


@given(st.text(alphabet="<>&;ltgamp/scrip\"' =\u200b#x3c60", max_size=60))
def test_plain_text_stays_as_it_is_and_no_decoding_makes_a_tag_of_it(text):
    found = plain(text)
    assert plain(found) == found


def test_what_is_null_or_empty_is_left_out_however_deep():
    sent = {"a": None, "b": "", "c": [None, "", {}], "d": {"e": []}, "<b></b>": 1, "f": [0, False]}
    assert cleaned(sent) == {"f": [0, False]}


def test_what_json_cannot_hold_or_nobody_can_read_is_refused():
    deep: object = "x"
    for _ in range(DEEPEST + 1):
        deep = [deep]
    for value in (deep, [0] * 2001, float("nan"), float("inf"), LARGEST + 1):
        with pytest.raises(ValueError, match="must"):
            cleaned({"x": value} if not isinstance(value, list) else value)
    with pytest.raises(RuleBroken, match="finite"):
        readable(ListingKind.SERVICE, {"id": ID, "x": float("nan")})


GOOD = {
    "id": ID,
    "name": "x",
    "status": "active",
    "url": "https://example.org/a?b=%20c#d",
    "email": "team@example.org",
    "last_modified": "2026-03-31T09:30:00.123+01:00",
    "assured_date": "2026-03-31",
    "minimum_age": 18,
    "schedules": [{"opens_at": "09:30", "closes_at": "17:00:00Z", "freq": "WEEKLY"}],
}
BAD = {
    "id": ("", "1", 7, None),
    "url": ("example.org", "javascript:alert(1)", "ftp://example.org", "https://exa mple.org", "http:///x"),
    "email": ("nobody", "a@b c", "@b"),
    "status": ("open", "ACTIVE"),
    "last_modified": ("2026-03-31T09:30:00", "2026-02-30T09:30:00Z", "0000-01-01T00:00:00Z", "now"),
    "assured_date": ("0000-01-01", "2026-02-30", "31/03/2026", "20260331"),
    "minimum_age": ("18", True),
    "name": (7, "x" * 20_001),
    "schedules": ([{"opens_at": "25:00"}], [{"opens_at": "9"}], [{"freq": "DAILY"}], ["x"], {"a": 1}),
    "service_areas": ([{"uri": "data:text/html,x"}], [{"uri": "no"}], [{"uri": "a:%zz"}]),
}  # fmt: skip


def test_every_value_keeps_the_strict_form_of_the_standard():
    assert checked(ListingKind.SERVICE, GOOD)["id"] == ID
    upper = checked(ListingKind.SERVICE, GOOD | {"id": ID.upper()})
    assert upper == checked(ListingKind.SERVICE, GOOD)
    for name, values in BAD.items():
        for value in values:
            with pytest.raises(ValidationError):
                checked(ListingKind.SERVICE, GOOD | {name: value})


def test_a_part_without_an_id_has_the_same_one_each_time():
    one, other = (checked(ListingKind.SERVICE, GOOD) for _ in range(2))
    assert one == other
    part = {"opens_at": "09:30", "closes_at": "17:00:00Z", "freq": "WEEKLY"}
    assert one["schedules"][0]["id"] == str(uuid5(UUID(ID), canonical(part).decode()))
    nested = GOOD | {"contacts": [{"name": "Desk", "phones": [{"number": "1"}]}], "x": [{"y": 1}]}
    contact = checked(ListingKind.SERVICE, nested)["contacts"][0]
    assert {"id", "name", "phones"} == contact.keys()
    assert "id" in contact["phones"][0]
    assert checked(ListingKind.SERVICE, nested)["x"] == [{"y": 1}]
    inside = GOOD | {
        "organization": {"id": OTHER, "name": "x", "description": "x", "phones": [{"number": "1"}]}
    }
    assert "id" in checked(ListingKind.SERVICE, inside)["organization"]["phones"][0]


def test_the_digest_is_of_the_content_and_not_of_the_order():
    assert digest_of({"a": 1, "b": "é"}) == digest_of({"b": "é", "a": 1})
    assert canonical({"b": "é", "a": [1.5]}) == '{"a":[1.5],"b":"é"}'.encode()


def test_the_columns_of_a_document_are_what_can_be_read_of_it():
    said = {"valid_from": "2026-01-01", "valid_until": "never", "assured_date": "2026-03-31"}
    found = columns_of(said)
    assert (str(found["valid_from"]), found["valid_until"]) == ("2026-01-01", None)
    assert str(found["assured_on"]) == "2026-03-31"


TERM = {"id": OTHER, "name": "Term", "description": "x"}
PLACE = {"id": "3a19ff88-4620-4d17-9830-ac1d859eb5d5", "location_type": "physical"}


def test_an_organization_is_parted_from_its_services_and_places():
    service = {"id": ID, "name": "x", "status": "active"}
    own, others = parted(
        ListingKind.ORGANIZATION,
        {"id": OTHER, "name": "x", "services": [service], "locations": [PLACE]},
    )
    assert own == {"id": OTHER, "name": "x"}
    assert others == [
        (ListingKind.LOCATION, {"organization_id": OTHER} | PLACE),
        (ListingKind.SERVICE, {"organization_id": OTHER} | service),
    ]


def test_a_taxonomy_is_parted_from_its_terms_and_a_term_from_its_taxonomy():
    taxonomy = {"id": ID, "name": "x", "description": "x"}
    own, others = parted(ListingKind.TAXONOMY, taxonomy | {"taxonomy_terms": [TERM]})
    assert (own, others) == (
        taxonomy,
        [(ListingKind.TAXONOMY_TERM, {"taxonomy_id": ID} | TERM)],
    )
    own, others = parted(ListingKind.TAXONOMY_TERM, TERM | {"taxonomy_detail": taxonomy})
    assert (own, others) == (TERM | {"taxonomy_id": ID}, [(ListingKind.TAXONOMY, taxonomy)])
    term = TERM | {"taxonomy_id": ID, "parent_id": PLACE["id"]}
    assert named_in(ListingKind.TAXONOMY_TERM, term) == {
        ListingKind.TAXONOMY: {UUID(ID)},
        ListingKind.TAXONOMY_TERM: {UUID(PLACE["id"])},
    }


def test_what_is_not_held_stays_an_id_and_odd_extensions_are_left_alone():
    stored = {
        "id": ID,
        "organization_id": OTHER,
        "attributes": [{"id": ID, "taxonomy_term_id": OTHER}, "odd", {"id": ID}],
        "service_at_locations": [{"id": ID, "location_id": PLACE["id"]}, {"id": OTHER}],
    }
    assert joined(ListingKind.SERVICE, stored, {}) == stored
    assert parted(ListingKind.SERVICE, stored) == (stored, [])
    assert {*terms_in(stored)} == {UUID(OTHER)}
    assert named_in(ListingKind.SERVICE, stored)[ListingKind.LOCATION] == {UUID(PLACE["id"])}
    assert joined(ListingKind.ORGANIZATION, {"id": ID}, {}) == {"id": ID}
    assert named_in(ListingKind.SERVICE, {"id": ID}) == {ListingKind.LOCATION: set()}
