"""A body that did not arrive whole does nothing."""

import pytest

from builders import a_key, a_person, booked
from checkpoint.foundation.bodies import BodyNotJson, read
from traces import counts


async def test_a_body_cut_off_is_refused_and_not_read_as_far_as_it_came():
    arrived = iter([{"body": b"{}", "more_body": True}, {"type": "http.disconnect"}])

    async def receive():
        return {"type": "http.request"} | next(arrived)

    with pytest.raises(BodyNotJson, match="did not arrive whole"):
        await read(receive)


@pytest.mark.parametrize("door", ["decide", "correct"])
async def test_a_request_whose_sender_hangs_up_half_way_changes_nothing(app, client, owner, door):
    record = await booked(client)
    path, method = {
        "decide": ("eligibility-decisions", "POST"),
        "correct": ("person", "PUT"),
    }[door]
    before, told = await counts(owner), []
    arrived = iter([{"type": "http.request", "body": WHOLE[door], "more_body": True}])

    async def receive():
        return next(arrived, {"type": "http.disconnect"})

    async def send(message):
        told.append(message)

    headers = dict(client.headers) | a_key() | {"if-match": '"1"'}
    headers["content-type"] = "application/json"
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": f"/v1/custody-records/{record['id']}/{path}",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }
    await app(scope, receive, send)
    assert told[0]["status"] == 400
    after = await counts(owner)
    assert after.pop("audit_entry", 0) >= before.pop("audit_entry", 0)
    assert after == before
    again = (await client.get(f"/v1/custody-records/{record['id']}")).json()
    assert (again["version"], again["person"]["family_name"]) == (1, a_person()["family_name"])


WHOLE = {"decide": b"{}", "correct": b'{"family_name": "Halfsent"}'}
