import pytest

from checkpoint.foundation.actors import Role
from listing import a_location, a_service, an_organization, entered

HERE = "/v1/service-offers"


@pytest.fixture
def editor(clients):
    return clients(Role.DIRECTORY_EDITOR)


async def test_first(editor, client):
    org = await entered(editor, "organizations", an_organization())
    loc = await entered(editor, "locations", a_location())
    s = await entered(
        editor, "services", a_service(org["id"], service_at_locations=[{"location_id": loc["id"]}])
    )
    for q in (
        {},
        {"place": "DL1"},
        {"place": "DL1", "within_km": 30},
        {"text": "tenansy advise"},
        {"text": "tenancy", "place": "Crook", "within_km": 20},
        {"pathway": ["accommodation", "finance"], "match": "all"},
        {"pathway": ["accommodation", "finance"]},
        {"day": 2},
        {"day": 2, "time": "10:30"},
        {
            "age": 20,
            "sex": "male",
            "language": "pl",
            "free": True,
            "free_places": True,
            "access": "walk_in",
            "residence": "DL14",
        },
    ):
        a = await client.get(HERE, params=q)
        assert a.status_code == 200, (q, a.text)
        print(
            q,
            a.json()["compared"],
            a.json()["more"],
            [
                (i["name"], i["why"], i["unknown"], i["behind"], i["distance_km"])
                for i in a.json()["items"]
            ][:1],
        )
    a = await client.get(
        HERE,
        params={
            "place": "Darlingtn",
            "within_km": 0,
            "residence": "nowhere at all xyz",
            "time": "25:00",
        },
    )
    print(a.text)
    a = await client.get(
        HERE, params={"place": "Darlingtn", "residence": "nowhere at all xyz", "time": "10:00"}
    )
    print(a.text)
