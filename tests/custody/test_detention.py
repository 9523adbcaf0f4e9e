"""What the clock hears of, through the front door."""

import pytest

from builders import a_booking, a_key, booked
from traces import entries

REVIEW = {"held_at": "2026-11-03T03:50:00Z", "authority": "inspector"}
POSTPONED = {"postponed_at": "2026-11-03T03:50:00Z", "reason": "questioning"}
PAUSE = {"reason": "hospital", "paused_at": "2026-11-02T23:00:00Z"}
EXTEND = {
    "authority": "superintendent",
    "granted_at": "2026-11-03T11:00:00Z",
    "until": "2026-11-04T10:05:00Z",
}


def there(record):
    return f"/v1/custody-records/{record['id']}"


async def post(client, record, noun, body):
    return await client.post(f"{there(record)}/{noun}", json=body, headers=a_key())


async def history(client, record):
    return (await client.get(f"{there(record)}/detention")).json()


def fault(answer):
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["errors"]
    return found["pointer"], found["code"]


async def test_every_answer_about_a_record_carries_its_clock(client):
    clock = (await booked(client))["detention"]["clock"]
    assert clock == {
        "relevant_time": "2026-11-02T22:05:00Z",
        "authorised_at": None,
        "running": True,
        "counted_minutes": 13 * 60 + 55,
        "allowed_minutes": 24 * 60,
        "ends_at": "2026-11-03T22:05:00Z",
        "ends_at_local": "Tuesday 3 November 2026, 22:05 GMT",
        "overdue": False,
        "reviews": 0,
        "review_due_at": "2026-11-03T04:05:00Z",
        "review_due_local": "Tuesday 3 November 2026, 04:05 GMT",
        "review_overdue": True,
        "review_postponed": None,
        "remarks": [
            "When detention was authorised is not known: reviews are counted from arrival."
        ],
    }


async def test_times_may_be_given_at_booking_in(client):
    record = await booked(
        client,
        relevant_time="2026-11-02T21:55:00Z",
        authorised_at="2026-11-02T22:20:00Z",
        late_reason="system_down",
    )
    detention = record["detention"]
    assert detention["clock"]["ends_at"] == "2026-11-03T21:55:00Z"
    assert detention["clock"]["review_due_at"] == "2026-11-03T04:20:00Z"
    assert (detention["entered_late"], detention["late_reason"]) == (True, "system_down")
    told = (await history(client, record))["entries"]
    assert [entry["kind"] for entry in told] == ["relevant_time", "authorised", "arrived"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"relevant_time": "2026-11-02T21:39:00Z"}, ("#/relevant_time", "relevant-time-range")),
        ({"relevant_time": "2026-11-02T22:06:00Z"}, ("#/relevant_time", "relevant-time-range")),
        ({"authorised_at": "2026-11-02T22:04:00Z"}, ("#/authorised_at", "authorised-before-arrival")),
        ({"authorised_at": "2099-01-01T00:00:00Z"}, ("#/authorised_at", "in-the-future")),
    ],
)  # fmt: skip
async def test_times_that_cannot_be_are_refused_at_booking_and_later(client, times, expected):
    answer = await client.post("/v1/custody-records", json=a_booking(**times), headers=a_key())
    assert fault(answer) == expected
    record = await booked(client)
    address = f"{there(record)}/detention-times"
    later = await client.put(address, json=times, headers={"If-Match": '"1"'})
    assert fault(later) == expected


async def test_times_that_become_known_later_are_set_and_the_last_counts(client, owner):
    record = await booked(client)
    address = f"{there(record)}/detention-times"
    for minute, version in ((20, 1), (25, 2)):
        times = {"authorised_at": f"2026-11-02T22:{minute}:00Z"}
        answer = await client.put(address, json=times, headers={"If-Match": f'"{version}"'})
        assert answer.status_code == 200, answer.text
    assert answer.json()["detention"]["clock"]["authorised_at"] == "2026-11-02T22:25:00Z"
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.changed_fields) == ("custody.times_set", ["authorised_at"])
    stale = await client.put(address, json=times, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    nothing = await client.put(address, json={}, headers={"If-Match": '"3"'})
    assert fault(nothing) == ("#/", "value-error")


async def test_a_review_is_held(client, owner):
    record = await booked(client)
    answer = await post(client, record, "reviews", REVIEW)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    clock = answer.json()["detention"]["clock"]
    assert (clock["reviews"], clock["review_due_at"]) == (1, "2026-11-03T12:50:00Z")
    assert not clock["review_overdue"]
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.changed_fields) == ("custody.reviewed", ["held_at"])


async def test_a_review_is_put_off_with_its_reason(client):
    record = await booked(client)
    answer = await post(client, record, "reviews", POSTPONED)
    clock = answer.json()["detention"]["clock"]
    assert (clock["reviews"], clock["review_postponed"]) == (0, "questioning")


async def test_a_wrong_entry_is_put_right_and_both_are_kept(client):
    record = await booked(client)
    await post(client, record, "reviews", REVIEW | {"held_at": "2026-11-03T00:50:00Z"})
    (wrong,) = (await history(client, record))["entries"]
    answer = await post(client, record, "reviews", REVIEW | {"replaces": wrong["id"]})
    clock = answer.json()["detention"]["clock"]
    assert (clock["reviews"], clock["review_due_at"]) == (1, "2026-11-03T12:50:00Z")
    kept = (await history(client, record))["entries"]
    assert [entry["replaces_id"] for entry in kept] == [None, wrong["id"]]
    again = await post(client, record, "reviews", REVIEW | {"replaces": wrong["id"]})
    assert fault(again) == ("#/replaces", "entry-not-here")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("#/", "value-error")),
        (REVIEW | POSTPONED, ("#/", "value-error")),
        ({"held_at": REVIEW["held_at"]}, ("#/", "value-error")),
        ({"held_at": REVIEW["held_at"], "reason": "questioning"}, ("#/", "value-error")),
        (REVIEW | {"held_at": "2026-11-02T22:00:00Z"}, ("#/held_at", "not-detained-then")),
        (REVIEW | {"held_at": "2099-01-01T00:00:00Z"}, ("#/held_at", "in-the-future")),
        (POSTPONED | {"postponed_at": "2026-11-02T22:00:00Z"}, ("#/postponed_at", "not-detained-then")),
    ],
)  # fmt: skip
async def test_a_review_that_cannot_be_is_refused(client, body, expected):
    record = await booked(client)
    assert fault(await post(client, record, "reviews", body)) == expected


async def test_a_superintendent_extends_to_36_hours_and_no_further(client):
    record = await booked(client)
    answer = await post(client, record, "extensions", EXTEND)
    clock = answer.json()["detention"]["clock"]
    assert (clock["ends_at"], clock["allowed_minutes"]) == ("2026-11-04T10:05:00Z", 36 * 60)
    assert clock["remarks"][-1].startswith("A superintendent extended detention before")
    too_far = EXTEND | {"until": "2026-11-04T10:06:00Z"}
    assert fault(await post(client, record, "extensions", too_far)) == ("#/until", "beyond-power")
    again = await post(client, record, "extensions", EXTEND)
    assert fault(again) == ("#/granted_at", "extension-already")
    court = EXTEND | {"authority": "magistrates_court", "until": "2026-11-06T22:05:00Z"}
    court["granted_at"] = "2026-11-03T11:30:00Z"
    extended = await post(client, record, "extensions", court)
    assert extended.json()["detention"]["clock"]["allowed_minutes"] == 96 * 60


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"until": "2026-11-03T11:00:00Z"}, ("#/until", "dates-in-order")),
        ({"granted_at": "2026-11-02T21:00:00Z"}, ("#/granted_at", "not-detained-then")),
        ({"replaces": "0190b3a0-0000-7000-8000-000000000000"}, ("#/replaces", "entry-not-here")),
    ],
)
async def test_an_extension_that_cannot_be_is_refused(client, overrides, expected):
    record = await booked(client)
    assert fault(await post(client, record, "extensions", EXTEND | overrides)) == expected


async def test_the_clock_stands_still_in_hospital_until_the_pause_is_ended(client):
    record = await booked(client)
    await post(client, record, "reviews", REVIEW)
    answer = await post(client, record, "pauses", PAUSE)
    clock = answer.json()["detention"]["clock"]
    assert (clock["running"], clock["ends_at"], clock["counted_minutes"]) == (False, None, 55)
    (_, begun) = (await history(client, record))["entries"]
    ended = PAUSE | {"resumed_at": "2026-11-03T02:00:00Z", "replaces": begun["id"]}
    clock = (await post(client, record, "pauses", ended)).json()["detention"]["clock"]
    assert (clock["running"], clock["ends_at"]) == (True, "2026-11-04T01:05:00Z")


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"resumed_at": "2026-11-02T23:00:00Z"}, ("#/resumed_at", "dates-in-order")),
        ({"resumed_at": "2099-01-01T00:00:00Z"}, ("#/resumed_at", "in-the-future")),
        ({"paused_at": "2026-11-02T22:00:00Z"}, ("#/paused_at", "not-detained-then")),
        ({"paused_at": "2026-11-03T06:30:00Z"}, ("#/paused_at", "pauses-overlap")),
        ({"resumed_at": "2026-11-03T06:30:00Z"}, ("#/paused_at", "pauses-overlap")),
    ],
)
async def test_a_pause_that_cannot_be_is_refused(client, overrides, expected):
    record = await booked(client)
    first = PAUSE | {"paused_at": "2026-11-03T06:00:00Z", "resumed_at": "2026-11-03T07:00:00Z"}
    assert (await post(client, record, "pauses", first)).status_code == 201
    assert fault(await post(client, record, "pauses", PAUSE | overrides)) == expected


async def test_what_happened_in_a_detention_is_entered_after_it_too(client):
    record = await booked(client)
    release = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "no_further_action"}
    await post(client, record, "release", release)
    answer = await post(client, record, "reviews", REVIEW | {"late_reason": "paper_first"})
    assert answer.status_code == 201
    (entry,) = (await history(client, record))["entries"]
    assert (entry["entered_late"], entry["late_reason"]) == (True, "paper_first")
    after = REVIEW | {"held_at": "2026-11-03T04:31:00Z"}
    assert fault(await post(client, record, "reviews", after)) == ("#/held_at", "not-detained-then")


async def test_a_review_is_entered_once(client):
    record = await booked(client)
    assert (await post(client, record, "reviews", REVIEW)).status_code == 201
    again = await post(client, record, "reviews", REVIEW)
    assert fault(again) == ("#/held_at", "review-already")
    (stands,) = (await history(client, record))["entries"]
    right = await post(client, record, "reviews", REVIEW | {"replaces": stands["id"]})
    assert right.status_code == 201, right.text


async def test_nobody_is_released_before_a_review(client):
    record = await booked(client)
    await post(client, record, "reviews", REVIEW)
    gone = {"released_at": "2026-11-03T03:49:00Z", "release_kind": "charged"}
    early = await post(client, record, "release", gone)
    assert fault(early) == ("#/released_at", "released-before-entry")
    gone["released_at"] = REVIEW["held_at"]
    assert (await post(client, record, "release", gone)).status_code == 200
