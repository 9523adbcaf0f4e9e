import pytest

from builders import FORECAST, KNOWN, a_booking, a_key, booked
from checkpoint.foundation.actors import Role
from traces import entries

RISK = "/v1/custody-records/{}/risk-{}"


async def view(client, record, **changes):
    sent = {"band": "moderate"} | changes
    return await client.post(RISK.format(record["id"], "view"), json=sent, headers=a_key())


async def forecast(client, record, **changes):
    place = RISK.format(record["id"], "forecast")
    return await client.post(place, json=FORECAST | changes, headers=a_key())


def refused(answer, status, slug):
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug), answer.text
    return answer.json()


def steps_of(risk):
    return {step["step"]: (step["allowed"], step["why_not"]) for step in risk["next_steps"]}


async def test_the_officer_first_and_then_the_tool(client, clients, owner):
    record = await booked(client)
    refused(await forecast(client, record), 409, "own-view-first")
    place = RISK.format(record["id"], "forecast")
    before = await client.get(place)
    assert steps_of(before.json()) == {
        "record_risk_view": (True, None),
        "record_risk_forecast": (False, "Record your own view of the risk first."),
    }
    viewed = await view(client, record, words="First arrest.")
    assert (viewed.status_code, viewed.json()["band"]) == (201, None)
    told = await forecast(client, record)
    assert (told.status_code, told.json()["disagrees"]) == (201, True)
    read = await clients(Role.SUPERVISOR).get(place)
    assert read.json()["forecasts"] == told.json()["forecasts"]
    role = "Your role does not allow this; ask a custody officer."
    assert set(steps_of(read.json()).values()) == {(False, role)}
    rows = await entries(owner, before, viewed, told)
    assert sorted(row.event for row in rows) == [
        "forecast.read",
        "forecast.recorded",
        "forecast.viewed",
    ]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"band": "canary"}, "#/band"),
        ({"votes": {"low": -1, "moderate": 87, "high": 414}}, "#/votes/low"),
        ({"votes": {"low": "8", "moderate": 87, "high": 414}}, "#/votes/low"),
        ({"votes": {"low": 8, "moderate": 87}}, "#/votes/high"),
        ({"trees": 509}, "#/trees"),
    ],
)
async def test_a_malformed_forecast_is_refused_without_echo(client, changes, pointer):
    problem = refused(
        await forecast(client, await booked(client), **changes), 422, "request-not-understood"
    )
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "canary" not in str(problem)


async def test_votes_that_do_not_add_up_break_a_rule(client):
    record = await booked(client)
    await view(client, record)
    answer = await forecast(client, record, votes={"low": 9, "moderate": 87, "high": 414})
    (error,) = refused(answer, 422, "rule-broken")["errors"]
    assert (error["pointer"], error["code"]) == ("#/votes", "votes-do-not-add-up")
    assert "509" in error["detail"]


async def test_a_retry_records_one_view(client):
    record, key = await booked(client), a_key()
    place = RISK.format(record["id"], "view")
    first, again = [await client.post(place, json={"band": "low"}, headers=key) for _ in range(2)]
    assert again.json() == first.json()
    assert len((await client.get(RISK.format(record["id"], "forecast"))).json()["views"]) == 1


async def test_the_tools_and_bands_can_be_read(client):
    (hart,) = (await client.get("/v1/reference/forecast-tools")).json()["items"]
    assert (hart["code"], hart["label"][-11:]) == ("HART 509-trees", "(509 votes)")
    bands = (await client.get("/v1/reference/risk-bands")).json()["items"]
    assert [band["code"] for band in bands] == ["low", "moderate", "high"]


async def test_a_preview_may_be_told_a_band(client):
    question = {"offences": a_booking()["offences"], "screening": KNOWN, "risk_band": "high"}
    answer = await client.post("/v1/eligibility/preview", json=question)
    assert answer.json()["facts"]["risk_band"] == "high"
