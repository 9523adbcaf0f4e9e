"""One person with two records: what is put right from one is known to the other."""

from sqlmodel import select

from builders import a_person, booked
from checkpoint.custody import cli
from checkpoint.custody.tables import Suite
from checkpoint.foundation.actors import Role
from conftest import rolled_back


async def correct(client, record, **particulars):
    return await client.put(
        f"/v1/custody-records/{record['id']}/person",
        json=a_person(**particulars),
        headers={"If-Match": f'"{record["version"]}"'},
    )


async def test_a_correction_moves_every_record_of_the_person(client):
    first = await booked(client)
    second = await booked(client, person=..., person_id=first["person"]["id"])
    assert (await correct(client, second, date_of_birth="1990-01-01")).status_code == 200
    again = (await client.get(f"/v1/custody-records/{first['id']}")).json()
    assert (again["version"], again["person"]["date_of_birth"]) == (2, "1990-01-01")


async def test_whoever_works_in_only_one_of_the_suites_cannot_correct(client, clients):
    record = await booked(client)
    peterlee = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="elsewhere")
    theirs = await booked(peterlee, person=..., person_id=record["person"]["id"], suite="PETERLEE")
    refused = await correct(peterlee, theirs, family_name="Vandal")
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "not-your-suite")
    unchanged = (await client.get(f"/v1/custody-records/{record['id']}")).json()
    assert unchanged["person"]["family_name"] == "Testperson"


async def test_what_is_left_out_of_a_correction_stays(client):
    record = await booked(client)
    answer = await client.put(
        f"/v1/custody-records/{record['id']}/person",
        json={"family_name": "Testperson-Other"},
        headers={"If-Match": '"1"'},
    )
    assert answer.json()["person"]["date_of_birth"] == "1994-02-11"


async def test_suites_that_are_new_are_loaded_though_the_offences_are_known(owner):
    async with rolled_back(owner) as session:
        suite = (await session.exec(select(Suite).where(Suite.code == "BISHOP-AUCKLAND"))).one()
        await session.delete(suite)
        await session.flush()
        await cli.load_starter(session)
        rows = select(Suite).where(Suite.code == "BISHOP-AUCKLAND")
        assert (await session.exec(rows)).first() is not None
