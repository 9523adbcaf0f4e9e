"""A transfer, release or return that never was is withdrawn, and everything follows what stands."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_booking, a_key, booked, released
from checkpoint.custody.movements.rules import check_withdrawal, release_that_stands
from checkpoint.custody.movements.states import MovementKind, ReturnReason
from checkpoint.foundation.actors import Role
from checkpoint.foundation.errors import RuleBroken
from traces import counts, entries

RELEASE = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
TRANSFER = {
    "suite": "PETERLEE",
    "left_at": "2026-11-03T00:10:00Z",
    "arrived_at": "2026-11-03T00:50:00Z",
}
BACK = {
    "suite": "DURHAMGATE",
    "arrived_at": "2026-11-03T09:00:00Z",
    "reason": "answering_bail",
    "authorised_at": "2026-11-03T09:10:00Z",
    "late_reason": "busy",
}
BECAUSE = {"number": 1, "reason": "did_not_happen"}
REVIEW = {"held_at": "2026-11-03T03:50:00Z", "authority": "inspector"}


def there(record):
    return f"/v1/custody-records/{record['id']}"


async def post(client, record, noun, body):
    return await client.post(f"{there(record)}/{noun}", json=body, headers=a_key())


async def withdraw(client, record, **overrides):
    headers = a_key() | {"If-Match": f'"{record["version"]}"'}
    body = BECAUSE | overrides
    return await client.post(f"{there(record)}/withdrawals", json=body, headers=headers)


async def take_back(client, record, **overrides):
    body = BACK | {"reference": record["reference"]} | overrides
    body = {name: value for name, value in body.items() if value is not None}
    answer = await client.post("/v1/custody-returns", json=body, headers=a_key())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def history(client, record):
    return (await client.get(f"{there(record)}/detention")).json()


def fault(answer):
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["errors"]
    return found["pointer"], found["code"]


@pytest.fixture
def peterlee(clients):
    return clients(Role.CUSTODY_OFFICER, "PETERLEE", name="colleague")


async def test_a_release_that_never_was_is_withdrawn_and_the_clock_runs_on(client, owner):
    record = await booked(client)
    gone = await released(client, record)
    answer = await withdraw(client, gone, words="The wrong button.")
    assert answer.status_code == 201, answer.text
    held = answer.json()
    assert (held["state"], held["released_at"], held["version"]) == ("detained", None, 3)
    assert held["detention"]["release"] is None
    assert held["detention"]["clock"] == record["detention"]["clock"]
    (movement,) = (await history(client, held))["movements"]
    withdrawn = movement.pop("withdrawn")
    assert (movement["kind"], movement["left_at"]) == ("released", RELEASE["released_at"])
    assert (withdrawn["reason"], withdrawn["words"]) == ("did_not_happen", "The wrong button.")
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.changed_fields) == (
        "custody.movement_withdrawn",
        ["released_at", "released_by", "state"],
    )
    again = await post(client, held, "release", RELEASE | {"released_at": "2026-11-03T04:00:00Z"})
    assert again.json()["released_at"] == "2026-11-03T04:00:00Z"
    numbers = [row["number"] for row in (await history(client, held))["movements"]]
    assert numbers == [1, 2]


async def test_the_suite_that_has_a_record_by_mistake_sends_it_back(client, peterlee):
    record = await booked(client)
    await post(client, record, "transfer", TRANSFER)
    here = (await peterlee.get(there(record))).json()
    answer = await withdraw(peterlee, here, reason="wrong_record")
    assert (answer.status_code, answer.json()["suite"]) == (201, "DURHAMGATE")
    assert (await peterlee.get(there(record))).status_code == 404
    found = (await client.get(there(record))).json()
    assert (found["suite"], found["state"], found["version"]) == ("DURHAMGATE", "detained", 3)


async def test_who_sent_a_record_away_by_mistake_takes_it_back_while_nobody_has_changed_it(
    client, peterlee
):
    record = await booked(client)
    sent = (await post(client, record, "transfer", TRANSFER)).json()
    assert (await withdraw(client, sent)).json()["suite"] == "DURHAMGATE"
    sent = (await post(client, record, "transfer", TRANSFER)).json()
    saved = await peterlee.put(
        f"{there(record)}/screening", json={"hate_crime": False}, headers={"If-Match": '"4"'}
    )
    assert saved.status_code == 200, saved.text
    late = await withdraw(client, sent, number=2)
    assert (late.status_code, late.json()["errorCode"]) == (412, "overtaken")
    assert "present_etag" not in late.json()
    assert "ask a colleague there" in late.json()["detail"]
    other = await withdraw(peterlee, {"id": record["id"], "version": 9}, number=2)
    assert (other.status_code, other.json()["present_etag"]) == (412, '"5"')
    await post(peterlee, record, "release", RELEASE)
    late = await withdraw(client, sent | {"version": 6}, number=2)
    assert late.status_code == 404


def offered(record):
    steps = {step["step"]: step for step in record["next_steps"]}
    return {name: steps[name]["why_not"] for name in ("vary_bail", "withdraw_movement")}


async def test_what_can_be_withdrawn_or_varied_stands_among_the_next_steps(client, clients):
    unmoved, not_on_bail = (
        "Nobody has moved them since they were booked in.",
        "The person is not on bail in this case.",
    )
    record = await booked(client)
    assert record["detention"]["last_movement"] is None
    assert offered(record) == {"vary_bail": not_on_bail, "withdraw_movement": unmoved}
    sent = (await post(client, record, "transfer", TRANSFER)).json()
    assert sent["detention"]["last_movement"] == 1
    assert offered(sent)["withdraw_movement"] is None
    assert "another suite" in offered(sent)["vary_bail"]
    await withdraw(client, sent)
    bail = {"return_at": "2026-11-24T10:00:00Z", "conditional": False}
    body = RELEASE | {"release_kind": "on_bail", "bail": bail}
    gone = (await post(client, record, "release", body)).json()
    assert gone["detention"]["last_movement"] == 2
    assert offered(gone) == {"vary_bail": None, "withdraw_movement": None}
    seen = await clients(Role.SUPERVISOR).get(there(record))
    assert {why_not[:14] for why_not in offered(seen.json()).values()} == {"Your role does"}


async def test_a_record_that_was_never_here_is_not_taken_back(clients, client):
    record = await booked(client)
    sent = (await post(client, record, "transfer", TRANSFER)).json()
    stranger = clients(Role.CUSTODY_OFFICER, "NEWTON-AYCLIFFE", name="stranger")
    answer = await withdraw(stranger, sent)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "custody-record-not-found")


async def test_a_return_that_never_was_leaves_the_release_and_what_was_given_for_it_counts_no_more(
    client,
):
    record = await booked(client, authorised_at="2026-11-02T22:15:00Z")
    gone = await released(client, record)
    back = await take_back(client, record)
    answer = await withdraw(client, back, number=2)
    assert answer.status_code == 201, answer.text
    left = answer.json()
    assert (left["state"], left["released_at"]) == ("released", RELEASE["released_at"])
    assert left["detention"] == gone["detention"]
    told = await history(client, left)
    assert [(e["kind"], e["moot"]) for e in told["entries"]] == [
        ("authorised", False),
        ("authorised", True),
        ("arrived", True),
    ]
    later = await take_back(client, record, arrived_at="2026-11-03T08:00:00Z", authorised_at=None)
    assert later["detention"]["clock"]["authorised_at"] is None


async def test_a_voluntary_attendance_is_withdrawn_and_the_record_goes_back(client, peterlee):
    record = await booked(client)
    gone = await released(client, record)
    came = await take_back(
        peterlee,
        record,
        suite="PETERLEE",
        reason="voluntary_attendance",
        authorised_at=None,
    )
    answer = await withdraw(peterlee, came, number=2)
    assert (answer.json()["suite"], answer.json()["state"]) == ("DURHAMGATE", "released")
    assert answer.json()["detention"] == gone["detention"]


async def test_what_later_movements_rest_on_is_withdrawn_only_after_them(client, owner):
    record = await booked(client)
    await released(client, record)
    back = await take_back(client, record)
    before = await counts(owner)
    assert fault(await withdraw(client, back)) == ("#/number", "later-movement-stands")
    assert fault(await withdraw(client, back, number=3)) == ("#/number", "movement-not-here")
    after = await counts(owner)
    assert {name for name in after if after[name] != before[name]} <= {"audit_entry"}
    once = (await withdraw(client, back, number=2)).json()
    assert fault(await withdraw(client, once, number=2)) == ("#/number", "movement-not-here")
    assert (await withdraw(client, once)).json()["state"] == "detained"


async def test_a_return_with_a_review_in_it_is_not_withdrawn(client):
    record = await booked(client)
    await released(client, record)
    back = await take_back(client, record)
    reviewed = await post(client, back, "reviews", REVIEW | {"held_at": "2026-11-03T11:00:00Z"})
    answer = await withdraw(client, reviewed.json(), number=2)
    assert fault(answer) == ("#/number", "entries-in-stay")


async def test_a_release_is_not_withdrawn_while_another_record_here_detains_the_person(client):
    record = await booked(client)
    gone = await released(client, record)
    body = a_booking(person=..., person_id=record["person"]["id"])
    other = (await client.post("/v1/custody-records", json=body, headers=a_key())).json()
    answer = await withdraw(client, gone)
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "person-detained-already")
    assert answer.json()["reference"] == other["reference"]


async def test_a_release_on_the_road_or_before_an_entry_is_refused(client, peterlee):
    record = await booked(client)
    await post(client, record, "transfer", TRANSFER)
    road = await post(
        peterlee, record, "release", RELEASE | {"released_at": "2026-11-03T00:30:00Z"}
    )
    assert fault(road) == ("#/released_at", "released-before-arrival")
    pause = {"reason": "hospital", "paused_at": "2026-11-03T05:00:00Z"}
    assert (await post(peterlee, record, "pauses", pause)).status_code == 201
    early = await post(peterlee, record, "release", RELEASE)
    assert fault(early) == ("#/released_at", "released-before-entry")


async def test_nobody_is_transferred_after_their_release(client):
    record = await booked(client)
    await released(client, record)
    answer = await post(client, record, "transfer", TRANSFER)
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "custody-step-not-allowed")


async def test_another_reason_is_given_in_words_and_the_version_is_wanted(client):
    gone = await released(client, await booked(client))
    assert fault(await withdraw(client, gone, reason="other")) == ("#/", "value-error")
    assert (await withdraw(client, gone, reason="other", words="Told wrongly.")).is_success
    blind = await client.post(f"{there(gone)}/withdrawals", json=BECAUSE, headers=a_key())
    assert blind.status_code == 428


async def test_victims_are_not_to_be_told_of_a_release_that_never_was(client):
    record = await booked(client)
    body = {"person": a_booking()["person"] | {"given_names": "Harmed"}, "vulnerable": False}
    added = await post(client, record, "victims", body)
    assert added.status_code == 201, added.text
    gone = await released(client, record)
    await withdraw(client, gone)
    told = (await client.get(f"{there(record)}/victims")).json()["items"][0]["notifications"]
    assert {row["what"] for row in told} == {"arrested"}


MOVES = st.lists(
    st.sampled_from(
        [
            (MovementKind.TRANSFERRED, None),
            (MovementKind.RELEASED, None),
            (MovementKind.RETURNED, ReturnReason.ANSWERING_BAIL),
            (MovementKind.RETURNED, ReturnReason.VOLUNTARY_ATTENDANCE),
        ]
    )
)


@given(MOVES)
def test_somebody_is_released_exactly_when_nothing_detained_them_after_their_last_release(moves):
    rows = [SimpleNamespace(kind=kind, return_reason=reason) for kind, reason in moves]
    left = release_that_stands(rows)
    last = [n for n, (kind, _) in enumerate(moves) if kind is MovementKind.RELEASED][-1:]
    since = moves[last[0] + 1 :] if last else []
    detained = [one for one in since if one[1] is not ReturnReason.VOLUNTARY_ATTENDANCE]
    assert (left is None) is (not last or bool(detained))
    assert left is None or left is rows[last[0]]


def test_only_the_last_that_stands_may_go():
    rows = [SimpleNamespace(id=uuid4(), number=number) for number in (1, 3)]
    check_withdrawal(3, rows)
    for number in (1, 2, 4):
        with pytest.raises(RuleBroken):
            check_withdrawal(number, rows)
    with pytest.raises(RuleBroken):
        check_withdrawal(1, [])
