"""A plainly synthetic directory, entered by the front door."""

from typing import Any

import httpx

from builders import a_key
from checkpoint.directory.references import pathways

DIRECTORY = "/v1/directory"
(PATHWAYS,) = pathways()
TERMS = {term.code.value: str(term.id) for term in PATHWAYS.terms}


def an_organization(**overrides: Any) -> dict[str, Any]:
    return {"name": "Synthetic Trust", "description": "Made up for tests."} | overrides


def a_location(**overrides: Any) -> dict[str, Any]:
    address = {
        "address_1": "1 Test Street",
        "city": "Bishop Auckland",
        "state_province": "County Durham",
        "postal_code": "DL14 7EH",
        "country": "GB",
        "address_type": "physical",
    }
    there = {"latitude": 54.66, "longitude": -1.68, "addresses": [address]}
    return {"location_type": "physical", "name": "Synthetic Centre"} | there | overrides


def a_service(organization_id: str, **overrides: Any) -> dict[str, Any]:
    return {
        "name": "Synthetic Tenancy Advice",
        "status": "active",
        "organization_id": organization_id,
        "attributes": [{"taxonomy_term_id": TERMS["accommodation"]}],
    } | overrides


async def entered(
    client: httpx.AsyncClient, listings: str, document: dict[str, Any]
) -> dict[str, Any]:
    answer = await client.post(
        f"{DIRECTORY}/{listings}", json={"document": document}, headers=a_key()
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{DIRECTORY}/{listings}/{found['id']}"
    return found


async def serving(client: httpx.AsyncClient, **overrides: Any) -> dict[str, Any]:
    """A service with its provider and its place."""
    provider = await entered(client, "organizations", an_organization())
    place = await entered(client, "locations", a_location())
    places = [{"location_id": place["id"]}]
    service = a_service(provider["id"], service_at_locations=places) | overrides
    return await entered(client, "services", service)
