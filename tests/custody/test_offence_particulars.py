"""What is known of one alleged offence, its clock, and what ends."""

from datetime import date

import pytest

from builders import KNOWN, a_key, an_offence, booked
from checkpoint.custody.clocks import in_force
from checkpoint.custody.states import InForce

RECORD = "/v1/custody-records/{}"
BEGAN, ENDED = date(2018, 11, 13), date(2024, 1, 1)


async def saved(client, record, screening):
    return await client.put(
        RECORD.format(record["id"]) + "/screening",
        json=screening,
        headers={"If-Match": f'"{record["version"]}"'},
    )


async def test_several_offences_keep_their_own_particulars(client):
    assault = an_offence(
        code="CJ88116",
        crime_reference="12d/3456/26",
        domestic_abuse_grade="medium",
        hate_crime=False,
        formally_reported_on="2026-11-02",
    )
    record = await booked(client, offences=[an_offence(), assault])
    theft, told = record["offences"]
    kept = assault | {"crime_reference": "12D/3456/26", "committed_until": "2026-11-01"}
    assert {name: told[name] for name in kept} == kept
    assert (told["category"], theft["category"]) == ("summary", "either_way")
    assert (theft["domestic_abuse_grade"], theft["crime_reference"]) == (None, None)
    read = await client.get(RECORD.format(record["id"]))
    assert read.json() == record


async def test_the_record_tells_each_offences_last_day_and_the_first_of_them(client):
    drunk = an_offence(code="CJ67002", committed_from="2026-09-15", committed_until="2026-09-20")
    record = await booked(client, offences=[an_offence(), drunk])
    clock = record["prosecution_clock"]
    assert (clock["as_of"], clock["last_day"], clock["days_left"]) == (
        "2026-11-03",
        "2027-03-15",
        132,
    )
    theft, other = clock["offences"]
    assert (theft["time_limit"], theft["last_day"], theft["days_left"]) == ("none", None, None)
    assert (other["time_limit"], other["last_day"]) == ("summary", "2027-03-15")
    assert [each["offence_id"] for each in clock["offences"]] == [
        o["id"] for o in record["offences"]
    ]


async def test_the_cases_grade_counts_for_an_offence_that_has_none_of_its_own(client):
    reported = {"committed_from": "2026-06-01", "formally_reported_on": "2026-11-02"}
    assault = an_offence(code="CJ88001", **reported)
    apart = an_offence(code="CJ88001", domestic_abuse_grade="none", **reported)
    record = await booked(client, offences=[assault, apart])
    days = [each["last_day"] for each in record["prosecution_clock"]["offences"]]
    assert days == ["2026-12-01", "2026-12-01"]
    answer = await saved(client, record, KNOWN | {"domestic_abuse_grade": "standard"})
    clock = answer.json()["prosecution_clock"]
    assert [each["last_day"] for each in clock["offences"]] == ["2027-05-02", "2026-12-01"]
    assert clock["last_day"] == "2026-12-01"


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2018, 11, 12), date(2018, 11, 12), InForce.NOT_IN_FORCE),
        (date(2018, 11, 13), date(2018, 11, 13), InForce.IN_FORCE),
        (date(2018, 11, 12), date(2018, 11, 13), InForce.PARTLY),
        (date(2023, 12, 31), date(2023, 12, 31), InForce.IN_FORCE),
        (date(2023, 12, 31), date(2024, 1, 1), InForce.PARTLY),
        (date(2024, 1, 1), date(2024, 1, 2), InForce.NOT_IN_FORCE),
        (date(2000, 1, 1), date(2026, 1, 1), InForce.PARTLY),
    ],
)
def test_an_offence_is_in_force_from_its_first_day_until_the_day_after_its_last(first, last, told):
    assert in_force(first, last, valid_from=BEGAN, valid_until=ENDED) is told


def test_one_day_that_is_not_known_leaves_that_side_open():
    day = date(2020, 1, 1)
    assert in_force(day, day, valid_from=BEGAN, valid_until=None) is InForce.IN_FORCE
    assert in_force(day, day, valid_from=None, valid_until=ENDED) is InForce.IN_FORCE
    assert in_force(day, day, valid_from=None, valid_until=None) is InForce.NOT_DATED


async def test_an_offence_that_was_none_yet_on_its_day_says_so(client):
    early = an_offence(code="CJ88159", committed_from="2018-11-12")
    record = await booked(client, offences=[early, an_offence(code="CJ88159")])
    assert [o["in_force_on_its_date"] for o in record["offences"]] == ["not_in_force", "in_force"]


async def test_an_order_bail_and_supervision_are_saved_with_their_ends(client):
    ends = {
        "subject_to_order": True,
        "order_ends_on": "2027-02-01",
        "on_bail": True,
        "bail_ends_on": "2026-12-24",
        "under_supervision": True,
        "supervision_ends_on": "2028-01-31",
    }
    answer = await saved(client, await booked(client), ends)
    assert {name: answer.json()["screening"][name] for name in ends} == ends


@pytest.mark.parametrize("ends", ["order_ends_on", "bail_ends_on", "supervision_ends_on"])
@pytest.mark.parametrize("there", [False, None])
async def test_what_there_is_not_has_no_end(client, ends, there):
    what = {
        "order_ends_on": "subject_to_order",
        "bail_ends_on": "on_bail",
        "supervision_ends_on": "under_supervision",
    }[ends]
    record = await booked(client)
    answer = await saved(client, record, {what: there, ends: "2027-02-01"})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (f"#/{ends}", "nothing-to-end")
    read = (await client.get(RECORD.format(record["id"]))).json()
    assert (read["version"], read["screening"]) == (1, None)


async def test_an_offence_put_right_is_checked_by_the_same_rules(client):
    record = await booked(client)
    answer = await client.post(
        RECORD.format(record["id"]) + "/offences",
        json=an_offence(
            formally_reported_on="2026-10-31",
            replaces=record["offences"][0]["id"],
            reason="mistyped",
        ),
        headers=a_key(),
    )
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == "#/formally_reported_on"
