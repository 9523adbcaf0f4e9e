"""What was found by attacking the directory: long terms, places off the earth, and HEAD."""

import httpx
import pytest

from builders import a_key
from checkpoint.foundation.actors import Role
from listing import a_location, entered

OPEN = "/open-referral/v3"


@pytest.fixture
def editor(clients):
    return clients(Role.DIRECTORY_EDITOR, name="attacked")


@pytest.mark.parametrize(("term", "status"), [("\u6f22" * 2000, 422), ("u" * 2000, 201)])
async def test_a_term_is_as_long_as_its_index_takes(editor, term, status):
    said = {
        "term": term,
        "pathway": "health",
        "valid_from": "2026-11-03",
        "basis": "own_reading",
        "words": "It reads so.",
    }
    answer = await editor.post("/v1/term-mappings", json=said, headers=a_key())
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "#/term"


async def test_a_place_off_the_earth_moves_no_middle_of_a_postcode(editor, clients):
    address = a_location()["addresses"][0] | {"postal_code": "IV27 4AA"}
    for latitude, longitude in ((100, 1e308), (54.5, 1e308), (58.1, -5.2)):
        there = {"latitude": latitude, "longitude": longitude, "addresses": [address]}
        await entered(editor, "locations", a_location(**there))
    asked = {"postcode": "IV27", "proximity": "1000"}
    answer = await clients.bare().get(f"{OPEN}/service_at_locations", params=asked)
    assert answer.status_code == 200, answer.text


async def test_the_server_beneath_still_knows_that_a_head_has_no_body(app):
    methods = []

    async def server(scope, receive, send):
        async def onward(message):
            methods.append(scope["method"])
            await send(message)

        await app(scope, receive, onward)

    transport = httpx.ASGITransport(server)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as stranger:
        head = await stranger.head(f"{OPEN}/services")
    assert (head.status_code, head.content) == (200, b"")
    assert {*methods} == {"HEAD"}
