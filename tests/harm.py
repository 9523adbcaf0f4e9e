"""Victims put on a record through the front door, and what is done for them."""

from builders import a_key, a_person

CONTACT = {"attempted_at": "2026-11-03T09:30:00Z", "channel": "telephone", "result": "no_answer"}
VIEWS = {"sought_at": "2026-11-03T10:00:00Z", "stance": "opposes", "restorative_wish": "undecided"}
TOLD = {
    "what": "arrested",
    "happened_at": "2026-11-02T21:40:00Z",
    "told_at": "2026-11-03T10:00:00Z",
    "channel": "telephone",
}


def harmed():
    return {"person": a_person(family_name="Testvictim")}


async def post(client, address, body):
    return await client.post(f"/v1/{address}", json=body, headers=a_key())


async def add(client, record, **overrides):
    return await post(client, f"custody-records/{record['id']}/victims", harmed() | overrides)


async def added(client, record, **overrides):
    answer = await add(client, record, **overrides)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(client, record):
    return (await client.get(f"/v1/custody-records/{record['id']}/victims")).json()["items"]
