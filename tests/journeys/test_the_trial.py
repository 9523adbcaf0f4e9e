"""A case of the trial's years that is entered late: its day's rules, which ask for a forecast."""

import pytest

from builders import FORECAST, KNOWN, a_key, an_offence, booked, decided
from checkpoint.foundation.actors import Role

pytestmark = pytest.mark.slow

# What the register of the trial asks besides.
FREE = KNOWN | {"on_bail": False, "under_supervision": False}
VOTES = {"low": 50, "moderate": 50, "high": 50}
RECORD = "/v1/custody-records/{}"


async def arrested_in_2017(client):
    return await booked(
        client,
        suite="DURHAM-CITY",
        arrested_at="2017-06-12T21:40:00Z",
        arrived_at="2017-06-12T22:05:00Z",
        offences=[an_offence(committed_from="2017-06-11")],
        screening=FREE,
    )


async def said_of_the_risk(client, record, band):
    """The officer's own view, and then what the tool said."""
    place = RECORD.format(record["id"])
    told = FORECAST | {"band": band, "votes": VOTES | {band: 409}}
    early = await client.post(f"{place}/risk-forecast", json=told, headers=a_key())
    assert early.json()["errorCode"] == "own-view-first"
    for door, body in (("risk-view", {"band": "moderate"}), ("risk-forecast", told)):
        answer = await client.post(f"{place}/{door}", json=body, headers=a_key())
        assert answer.status_code == 201, answer.text
    assert answer.json()["band"] == band


def risk(decision):
    (found,) = [finding for finding in decision["findings"] if finding["code"] == "RISK"]
    return found


@pytest.mark.parametrize(
    ("band", "verdict", "answer", "reason"),
    [
        ("moderate", "eligible", "met", "moderate risk"),
        ("high", "ineligible", "not_met", "goes its own way and is never randomised"),
        ("low", "ineligible", "not_met", "goes its own way and is never randomised"),
    ],
)
async def test_a_case_of_2017_waits_for_its_forecast_and_goes_by_it(
    clients, band, verdict, answer, reason
):
    client = clients(Role.CUSTODY_OFFICER, "DURHAM-CITY")
    record = await arrested_in_2017(client)
    waiting = await decided(client, record)
    assert waiting["rule_set"]["version"] == "2016-08-01"
    assert waiting["rule_set"]["chosen_because"] == (
        "In force on the day of the arrest, 2017-06-12."
    )
    assert waiting["verdict"] == "pending"
    assert [each["given_as"] for each in waiting["missing"]] == ["risk_forecast.band"]

    await said_of_the_risk(client, record, band)
    decision = await decided(client, record)
    assert decision["facts"]["risk_band"] == band
    assert (decision["verdict"], decision["supersedes_id"]) == (verdict, waiting["id"])
    assert risk(decision)["answer"] == answer
    assert reason in risk(decision)["reason"]
    assert {finding["answer"] for finding in decision["findings"]} == {"met", answer}
