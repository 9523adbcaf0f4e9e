"""Somebody's worklist, walked to its end."""

from typing import Any


async def worklist(client: Any, **params: Any) -> list[dict[str, Any]]:
    """Every line of it."""
    found: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        answer = await client.get("/v1/worklist", params={"size": 200} | params | after)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


async def due(client: Any, record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is due of one case, by kind."""
    lines = await worklist(client)
    return {each["kind"]: each for each in lines if each["custody_record_id"] == record["id"]}
