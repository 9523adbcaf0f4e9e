from uuid import UUID

import pytest

from checkpoint.directory import queries
from checkpoint.directory.states import ListingKind
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from listing import DIRECTORY, TERMS, serving


@pytest.fixture
def editor(clients):
    return clients(Role.DIRECTORY_EDITOR)


async def test_what_rests_on_a_listing_is_found_and_keeps_it_there(editor, owner):
    service = (await serving(editor))["document"]
    place = service["service_at_locations"][0]["location_id"]
    rests = {
        ListingKind.ORGANIZATION: service["organization_id"],
        ListingKind.LOCATION: place,
        ListingKind.TAXONOMY_TERM: TERMS["accommodation"],
    }
    async with transaction(owner) as session:
        for kind, id in rests.items():
            assert UUID(service["id"]) in await queries.services_on(session, [UUID(id)])
            assert await queries.users(session, UUID(id), kind) >= 1
        assert await queries.users(session, UUID(service["id"]), ListingKind.SERVICE) == 0
    for name in ("organizations/" + service["organization_id"], f"locations/{place}"):
        used = await editor.post(
            f"{DIRECTORY}/{name}/withdrawal", json={"reason": "other"}, headers={"If-Match": '"1"'}
        )
        assert used.json()["errorCode"] == "listing-in-use"
