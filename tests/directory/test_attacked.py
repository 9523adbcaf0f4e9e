"""What was found by attacking the directory: long terms, places off the earth, and HEAD."""

import httpx
import pytest

from checkpoint.foundation.actors import Role
from listing import a_location, entered

OPEN = "/open-referral/v3"


@pytest.fixture
def editor(clients):
    return clients(Role.DIRECTORY_EDITOR, name="attacked")


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
