"""Somebody who stands linked as co-accused counts, whatever the screening says."""

import pytest

from builders import KNOWN, a_key, booked

RECORD = "/v1/custody-records/{}"


async def decided_now(client, record):
    tag = (await client.get(RECORD.format(record["id"]))).headers["etag"]
    place = f"{RECORD.format(record['id'])}/eligibility-decisions"
    answer = await client.post(place, headers=a_key() | {"If-Match": tag})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def link(client, record, **body):
    place = f"{RECORD.format(record['id'])}/co-accused"
    answer = await client.post(place, json=body, headers=a_key())
    assert answer.status_code == 201, answer.text
    return answer.json()["circumstances"]["co_accused"]


@pytest.mark.parametrize("screened", [False, None, True])
async def test_a_link_counts_while_it_stands_and_the_screening_stays(client, screened):
    record = await booked(client, screening=KNOWN | {"co_accused": screened})
    assert (await decided_now(client, record))["facts"]["co_accused"] is screened
    (standing,) = await link(client, record, not_arrested=True)
    linked = await decided_now(client, record)
    assert linked["facts"]["co_accused"] is True
    assert linked["verdict"] == "ineligible"
    kept = (await client.get(RECORD.format(record["id"]))).json()["screening"]
    assert kept["co_accused"] is screened
    await link(client, record, withdraws=standing["id"])
    assert (await decided_now(client, record))["facts"]["co_accused"] is screened


async def test_a_link_counts_on_either_side(client):
    one, other = [await booked(client, screening=KNOWN) for _ in range(2)]
    await link(client, one, custody_record_id=other["id"])
    for record in (one, other):
        assert (await decided_now(client, record))["facts"]["co_accused"] is True
