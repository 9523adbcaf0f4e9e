"""What was found by attacking the directory."""

import httpx

OPEN = "/open-referral/v3"


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
