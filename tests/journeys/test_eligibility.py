"""Cases as a suite meets them, read aloud: what is asked, what is told, and what changes it."""

from datetime import UTC, datetime

import pytest

from builders import KNOWN, a_key, a_person, an_offence, booked, decided
from checkpoint.foundation import clock

pytestmark = pytest.mark.slow

RECORD = "/v1/custody-records/{}"


def it_is(app, moment):
    """The programme's clock stands there from now on."""

    async def then():
        return datetime.fromisoformat(moment).replace(tzinfo=UTC)

    app.dependency_overrides[clock.now] = then


async def screened(client, record, **facts):
    answer = await client.put(
        RECORD.format(record["id"]) + "/screening",
        json=KNOWN | facts,
        headers={"If-Match": f'"{record["version"]}"'},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put_right(client, record, **offence):
    (wrong,) = record["offences"]
    answer = await client.post(
        RECORD.format(record["id"]) + "/offences",
        json=an_offence(replaces=wrong["id"], reason="wrong_code", **offence),
        headers=a_key(),
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def against(decision):
    return {f["code"]: f for f in decision["findings"] if f["answer"] != "met" or f["refers"]}


async def test_interviewed_and_eligible(client):
    record = await booked(client)
    waiting = await decided(
        client, await screened(client, record, interview_stance="not_interviewed")
    )
    assert waiting["verdict"] == "pending"
    assert [each["given_as"] for each in waiting["missing"]] == ["screening.interview_stance"]
    record = await screened(client, record | {"version": 2}, interview_stance="no_reply")
    decision = await decided(client, record)
    assert (decision["verdict"], decision["ineligible_until"]) == ("eligible", None)
    assert decision["rule_set"]["chosen_because"] == (
        "In force on the day of the arrest, 2026-11-02."
    )
    assert decision["prosecution_clock"]["last_day"] is None  # theft may be tried on indictment


async def test_an_order_that_ends_next_week_keeps_somebody_out_until_then_and_no_longer(
    app, client
):
    record = await booked(client)
    record = await screened(client, record, subject_to_order=True, order_ends_on="2026-11-10")
    today = await decided(client, record)
    assert (today["verdict"], today["ineligible_until"]) == ("ineligible", "2026-11-10")
    assert against(today)["ORDERS"]["until"] == "2026-11-10"
    listed = await client.get(RECORD.format(record["id"]) + "/eligibility-decisions")
    assert listed.json()["items"][0]["ineligible_until"] == "2026-11-10"
    it_is(app, "2026-11-10T12:00")
    assert (await decided(client, record))["verdict"] == "ineligible"
    it_is(app, "2026-11-11T12:00")
    next_week = await decided(client, record)
    assert (next_week["verdict"], next_week["ineligible_until"]) == ("eligible", None)
    old = (await client.get(f"/v1/eligibility-decisions/{today['id']}")).json()
    assert (old["verdict"], old["ineligible_until"]) == ("ineligible", "2026-11-10")


async def test_an_order_without_a_known_end_keeps_somebody_out_without_a_day(client):
    record = await screened(client, await booked(client), subject_to_order=True)
    decision = await decided(client, record)
    assert (decision["verdict"], decision["ineligible_until"]) == ("ineligible", None)


async def test_of_an_offence_dated_across_a_range_the_earliest_day_counts(client):
    wide = an_offence(code="CJ67002", committed_from="2026-07-20", committed_until="2026-10-30")
    record = await screened(client, await booked(client, offences=[wide]))
    first = await decided(client, record)
    assert (first["verdict"], set(against(first))) == ("ineligible", {"RECENT", "CLOCK"})
    assert first["prosecution_clock"]["last_day"] == "2027-01-20"
    record = await put_right(
        client, record, code="CJ67002", committed_from="2026-10-01", committed_until="2026-10-30"
    )
    assert record["prosecution_clock"]["last_day"] == "2027-04-01"
    second = await decided(client, record)
    assert (second["verdict"], second["supersedes_id"]) == ("eligible", first["id"])


async def test_a_17_year_old_who_turns_18_has_three_ages_and_goes_to_a_supervisor(app, client):
    record = await booked(client, person=a_person(date_of_birth="2008-11-05"))
    record = await screened(client, record)
    minor = await decided(client, record)
    assert minor["verdict"] == "ineligible"
    assert set(against(minor)) == {"AGETHEN", "AGEARREST", "AGENOW"}
    assert "youth team" in against(minor)["AGENOW"]["reason"]
    assert minor["ineligible_until"] is None
    it_is(app, "2026-11-05T09:00")
    adult = await decided(client, record)
    ages = [adult["facts"][f"age_at_{when}_years"] for when in ("offence", "arrest", "decision")]
    assert ages == [17, 17, 18]
    assert (adult["verdict"], set(against(adult))) == ("refer", {"AGETHEN", "AGEARREST"})


async def test_a_wrong_person_put_right_after_the_decision_is_decided_again(client):
    record = await screened(client, await booked(client))
    first = await decided(client, record)
    assert first["verdict"] == "eligible"
    corrected = await client.put(
        RECORD.format(record["id"]) + "/person",
        json=a_person(date_of_birth="2009-02-11", reason="document_seen"),
        headers={"If-Match": f'"{record["version"]}"'},
    )
    assert corrected.status_code == 200, corrected.text
    second = await decided(client, corrected.json())
    assert (second["verdict"], second["supersedes_id"]) == ("ineligible", first["id"])
    assert "AGENOW" in against(second)
    old = (await client.get(f"/v1/eligibility-decisions/{first['id']}")).json()
    assert (old["verdict"], old["facts"]["age_at_arrest_years"]) == ("eligible", 32)


async def test_domestic_assault_reported_late_is_told_its_longer_rule(client):
    assault = an_offence(code="CJ88116", committed_from="2026-09-01", domestic_abuse_grade="medium")
    record = await screened(client, await booked(client, offences=[assault]))
    short = await decided(client, record)
    assert (short["verdict"], set(against(short))) == ("refer", {"CLOCK", "DOMESTIC"})
    (told,) = short["prosecution_clock"]["offences"]
    assert (told["last_day"], told["time_limit"]) == ("2027-03-01", "summary")
    assert "statement" in told["note"]
    record = await put_right(client, record, **assault | {"formally_reported_on": "2026-11-02"})
    longer = await decided(client, record)
    (told,) = longer["prosecution_clock"]["offences"]
    assert (told["last_day"], told["days_left"]) == ("2027-05-02", 180)
    assert (longer["verdict"], set(against(longer))) == ("refer", {"DOMESTIC"})


async def test_when_the_last_day_to_prosecute_has_passed_nothing_is_left_to_defer(app, client):
    record = await screened(client, await booked(client, offences=[an_offence(code="CJ67002")]))
    assert (await decided(client, record))["verdict"] == "eligible"
    it_is(app, "2027-05-02T12:00")
    late = await decided(client, record)
    assert late["verdict"] == "ineligible"
    assert {"CLOCK", "RECENT"} <= set(against(late))
    assert late["prosecution_clock"]["days_left"] == -1
    read = (await client.get(RECORD.format(record["id"]))).json()
    assert read["prosecution_clock"]["days_left"] == -1


async def test_one_offence_of_several_settles_its_own_grade_flag_and_law(client):
    offences = [
        an_offence(),
        an_offence(code="CD98074", crime_reference="12D/3456/26"),
        an_offence(code="CJ88159", committed_from="2018-11-12"),
    ]
    record = await screened(client, await booked(client, offences=offences))
    decision = await decided(client, record)
    assert decision["verdict"] == "ineligible"
    assert {"HATE", "INFORCE", "RECENT"} == set(against(decision))
    assert decision["facts"]["hate_crime"] is False  # the code says it, whatever the flag
