"""The form in which an entry is sealed."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.audit.ledger import canonical, composed, plain, purpose_of
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import STREAMS, AuditEntry
from checkpoint.foundation.actors import Actor, Role

AT = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)
OFFICER = Actor(id=UUID(int=130), role=Role.CUSTODY_OFFICER, suites=frozenset({"B", "A"}))
# By hand: what the trigger fills in, and what holds all the rest.
LEFT_OUT = {"sequence", "xid", "recorded_at", "canonical"}


def entry(*, by=OFFICER, **facts):
    whole = {
        "id": UUID(int=9),
        "request_id": UUID(int=8),
        "door": "POST /v1/custody-records",
        "operation": Operation.COLLECTION,
        "event": "custody.opened",
        "outcome": "done",
        "subject_kind": "custody_record",
        "subject_ids": [ONE, TWO],
        "changed_fields": [],
        "at": AT,
    }
    return composed(by=by, **whole | facts)


entry()  # the first one of a process takes long, longer than a property may


def test_the_canonical_text_is_this_one_to_the_letter():
    assert entry(purpose="custody_officer:A,B")["canonical"] == (
        '{"actor_id":"00000000-0000-0000-0000-000000000082","actor_role":"custody_officer",'
        '"at":"2026-11-05T12:00:00.000000Z","changed_fields":[],"client":null,'
        '"door":"POST /v1/custody-records","event":"custody.opened",'
        '"id":"00000000-0000-0000-0000-000000000009","operation":"collection","outcome":"done",'
        '"purpose":"custody_officer:A,B","recipient":null,'
        '"request_id":"00000000-0000-0000-0000-000000000008","stream":2,'
        '"subject_ids":["00000000-0000-0000-0000-000000000001",'
        '"00000000-0000-0000-0000-000000000002"],"subject_kind":"custody_record"}'
    )


def test_every_column_is_in_it_but_what_the_database_fills_in():
    columns = {column.key for column in AuditEntry.__table__.c}
    assert columns >= LEFT_OUT
    assert set(json.loads(entry()["canonical"])) == columns - LEFT_OUT


def test_what_the_database_fills_in_changes_nothing():
    filled = entry() | {"sequence": 7, "xid": "1234", "recorded_at": AT}
    assert canonical(filled) == entry()["canonical"]


@pytest.mark.parametrize(
    "other",
    [
        {"id": TWO},
        {"request_id": TWO},
        {"door": "shell"},
        {"operation": Operation.ALTERATION},
        {"event": "custody.released"},
        {"outcome": "not-your-suite"},
        {"subject_kind": "person"},
        {"subject_ids": [TWO, ONE]},
        {"changed_fields": ["hate_crime"]},
        {"at": AT + timedelta(microseconds=1)},
        {"purpose": "other"},
        {"recipient": "somebody"},
        {"by": None},
        {"by": Actor(id=OFFICER.id, role=Role.SUPERVISOR)},
        {"by": Actor(id=OFFICER.id, role=OFFICER.role, client="tablet")},
    ],
)
def test_a_change_of_anything_changes_the_text(other):
    assert entry(**other)["canonical"] != entry()["canonical"]


def test_names_stand_in_order_and_nothing_is_spaced():
    text = entry()["canonical"]
    names = [*json.loads(text)]
    assert names == sorted(names)
    assert text == json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)


@given(
    at=st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_the_same_instant_in_another_time_zone_gives_the_same_text(at, minutes):
    elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert entry(at=elsewhere)["canonical"] == entry(at=at)["canonical"]
    assert datetime.fromisoformat(json.loads(entry(at=at)["canonical"])["at"]) == at


@given(words=st.text(st.characters(codec="utf-8")))
def test_any_words_read_back_the_same(words):
    assert json.loads(entry(door=words)["canonical"])["door"] == words


def test_letters_are_kept_as_they_are():
    assert '"door":"Zo\u00eb \U0001f600"' in entry(door="Zo\u00eb \U0001f600")["canonical"]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, None),
        (7, 7),
        (True, True),
        (Role.AUDITOR, "auditor"),
        (ONE, "00000000-0000-0000-0000-000000000001"),
        ([AT, None, [ONE]], ["2026-11-05T12:00:00.000000Z", None, [str(ONE)]]),
        (datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=UTC), "2026-07-01T12:00:00.000005Z"),
    ],
)
def test_each_kind_of_value_has_one_plain_form(value, form):
    assert plain(value) == form
    assert type(plain(value)) is type(form)


@given(number=st.integers(0, 2**128 - 1))
def test_each_actor_has_one_stream(number):
    made = entry(by=Actor(id=UUID(int=number), role=Role.AUDITOR))
    assert made["stream"] == number % 64
    assert STREAMS == 64


def test_what_nobody_we_know_did_stands_in_the_first_stream():
    unknown = entry(by=None)
    assert unknown["stream"] == 0
    assert [unknown[name] for name in ("actor_id", "actor_role", "client")] == [None] * 3


def test_the_purpose_is_the_role_and_its_suites_in_order():
    assert purpose_of(OFFICER) == "custody_officer:A,B"
    assert purpose_of(Actor(id=ONE, role=Role.AUDITOR)) == "auditor:-"
