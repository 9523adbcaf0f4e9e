"""What custody asks of a person is asked of every record that is one with theirs."""

import pytest

from builders import a_booking, a_key, booked, released
from checkpoint.foundation.actors import Role

RECORDS, PEOPLE = "/v1/custody-records/{}", "/v1/people/{}"
BECAUSE = {"reason": "entered_twice", "words": "Synthetic words."}


@pytest.fixture
def merge(client, clients):
    """Merges the other record's person into the one's; gives what parts them again."""
    supervisor = clients(Role.SUPERVISOR, name="merges")

    async def merge(one, other):
        address = PEOPLE.format(one["person"]["id"])

        async def send(where, body):
            tag = (await supervisor.get(address)).headers["etag"]
            answer = await supervisor.post(
                f"{address}/merges{where}", json=body, headers=a_key() | {"If-Match": tag}
            )
            assert answer.status_code == 201, answer.text
            return answer.json()

        done = await send("", BECAUSE | {"other_id": other["person"]["id"]})
        parting = BECAUSE | {"reason": "other"}
        return lambda: send(f"/{done['id']}/parting", parting)

    return merge


async def link(client, record, other):
    address = f"{RECORDS.format(record['id'])}/co-accused"
    return await client.post(address, json={"custody_record_id": other["id"]}, headers=a_key())


async def move(client, record, person_id, tag='"1"'):
    body = {"person_id": person_id, "reason": "wrong_person_selected"}
    address = f"{RECORDS.format(record['id'])}/identity"
    return await client.put(address, json=body, headers={"If-Match": tag})


def code(answer):
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]["code"]


async def test_nobody_is_co_accused_with_a_record_merged_into_theirs(client, merge):
    one, other = await booked(client), await booked(client)
    part = await merge(one, other)
    for pair in ((one, other), (other, one)):
        assert code(await link(client, *pair)) == "same-person"
    await part()
    assert (await link(client, one, other)).status_code == 201


async def test_no_record_is_moved_to_whom_its_person_is_merged_with(client, merge):
    one, other = await booked(client), await booked(client)
    part = await merge(one, other)
    refused = await move(client, other, one["person"]["id"])
    assert code(refused) == "same-person"
    assert "merged" in refused.json()["errors"][0]["detail"]
    await part()
    assert (await move(client, other, one["person"]["id"])).status_code == 200


async def test_no_record_is_moved_to_whom_a_co_accused_is_merged_with(client, merge):
    record, accused, survivor = [await booked(client) for _ in range(3)]
    await link(client, record, accused)
    part = await merge(survivor, accused)
    assert code(await move(client, record, survivor["person"]["id"], '"2"')) == "same-person"
    await part()
    assert (await move(client, record, survivor["person"]["id"], '"2"')).status_code == 200


async def test_a_record_keeps_its_person_while_they_are_merged_and_afterwards(client, merge):
    one, other = await booked(client), await booked(client)
    part = await merge(one, other)
    for parted in (False, True):
        for record in (one, other):
            found = (await client.get(RECORDS.format(record["id"]))).json()
            assert (found["person"], found["version"]) == (record["person"], 1)
        if not parted:
            await part()


async def test_a_merged_persons_particulars_are_put_right_from_their_own_record(client, merge):
    one, other = await booked(client), await booked(client)
    part = await merge(one, other)
    right = {"given_names": "Rightnamely", "reason": "document_seen"}
    address = f"{RECORDS.format(other['id'])}/person"
    answer = await client.put(address, json=right, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    await part()
    names = [
        (await client.get(PEOPLE.format(record["person"]["id"]))).json()["given_names"]
        for record in (one, other)
    ]
    assert names == [one["person"]["given_names"], "Rightnamely"]


async def test_one_who_is_detained_by_a_record_merged_into_theirs_is_not_booked_in_again(
    client, merge
):
    one, other = await released(client, await booked(client)), await booked(client)
    part = await merge(one, other)
    again = a_booking(person=..., person_id=one["person"]["id"])
    refused = await client.post("/v1/custody-records", json=again, headers=a_key())
    assert refused.json()["type"] == "/problems/person-detained-already"
    assert refused.json()["custody_record_id"] == other["id"]
    await part()
    answer = await client.post("/v1/custody-records", json=again, headers=a_key())
    assert answer.status_code == 201, answer.text


async def test_two_records_that_detain_one_person_say_so_once_the_two_are_merged(client, merge):
    one, other = await booked(client), await booked(client)
    part = await merge(one, other)

    async def remarked():
        detention = (await client.get(f"{RECORDS.format(one['id'])}/detention")).json()
        listed = (await client.get("/v1/custody-records", params={"state": "detained"})).json()
        items = {item["id"]: item["also_detained"] for item in listed["items"]}
        told = [each["custody_record_id"] for each in detention["detention"]["also_detained"]]
        return told, items[one["id"]], items[other["id"]]

    assert await remarked() == ([other["id"]], True, True)
    await part()
    assert await remarked() == ([], False, False)


async def test_nobody_is_victim_and_suspect_of_one_record_by_two_names(client, merge):
    record, other = await booked(client), await booked(client)
    await merge(other, record)
    address = f"{RECORDS.format(record['id'])}/victims"
    body = {"person_id": other["person"]["id"]}
    assert code(await client.post(address, json=body, headers=a_key())) == "suspect-here"


async def test_the_ledger_by_person_tells_of_the_records_of_whoever_was_merged_into_them(
    client, clients, merge
):
    one, other = await booked(client), await booked(client)
    part = await merge(one, other)
    await client.get(RECORDS.format(other["id"]))
    auditor = clients(Role.AUDITOR)

    async def told():
        query = {"subject": one["person"]["id"], "size": 100}
        items = (await auditor.get("/v1/ledger-entries", params=query)).json()["items"]
        return any(other["id"] in item["subject_ids"] for item in items)

    assert await told()
    await part()
    assert not await told()
