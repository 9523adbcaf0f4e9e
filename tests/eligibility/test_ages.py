"""How old somebody is on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import KNOWN, a_person, booked, decided
from checkpoint.eligibility.states import age_years

leap_days = st.integers(476, 524).map(lambda fourth: date(4 * fourth, 2, 29))
days = st.dates(date(1901, 1, 1), date(2099, 12, 31)) | leap_days


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 11, 2), date(2026, 11, 1), 17),
        (date(2008, 11, 2), date(2026, 11, 2), 18),
        (date(2008, 11, 2), date(2026, 11, 3), 18),
        (date(2026, 11, 2), date(2026, 11, 2), 0),
        (date(1926, 12, 31), date(2026, 12, 30), 99),
        (date(2008, 12, 31), date(2026, 1, 1), 17),
    ],
)
def test_an_age_is_reached_on_the_birthday(born, on, years):
    assert age_years(born, on) == years


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2026, 2, 27), 17),
        (date(2026, 2, 28), 17),
        (date(2026, 3, 1), 18),
        (date(2028, 2, 28), 19),
        (date(2028, 2, 29), 20),
        (date(2028, 3, 1), 20),
    ],
)
def test_somebody_born_on_a_leap_day_is_a_year_older_on_1_march_of_a_common_year(on, years):
    assert age_years(date(2008, 2, 29), on) == years


@given(born=days, years=st.integers(1, 99), off=st.integers(-2, 2))
def test_an_age_is_the_difference_of_years_less_one_before_the_birthday(born, years, off):
    on = date(born.year + years, born.month, min(born.day, 28)) + timedelta(days=off)
    before = (on.month, on.day) < (born.month, born.day)
    assert age_years(born, on) == on.year - born.year - before


NEEDED = "The age on record is an estimate, which proves none: a date of birth is needed."
CRITERIA = {"AGETHEN", "AGEARREST", "AGENOW"}


def reasons(decision):
    return {
        found["code"]: (found["answer"], found["reason"])
        for found in decision["findings"]
        if found["code"] in CRITERIA
    }


@pytest.mark.parametrize("years", [10, 17, 18, 19, 45, 120])
async def test_an_estimated_age_proves_none_and_the_reason_says_what_is_needed(client, years):
    person = a_person(date_of_birth=None, estimated_age_years=years)
    decision = await decided(client, await booked(client, person=person, screening=KNOWN))
    assert decision["verdict"] == "pending"
    assert reasons(decision).keys() == CRITERIA
    for answer, reason in reasons(decision).values():
        assert answer == "not_known"
        assert reason.endswith(f"? {NEEDED}")
    wanted = {missing["given_as"] for missing in decision["missing"]}
    assert wanted == {"person.date_of_birth"}
    assert decision["facts"]["age_estimated"] is True


async def test_without_any_age_nothing_is_said_of_an_estimate(client):
    person = a_person(date_of_birth=None)
    decision = await decided(client, await booked(client, person=person, screening=KNOWN))
    assert decision["verdict"] == "pending"
    assert all(NEEDED not in reason for _, reason in reasons(decision).values())
    assert decision["facts"]["age_estimated"] is False


async def test_a_date_of_birth_takes_the_place_of_the_estimate(client):
    person = a_person(date_of_birth=None, estimated_age_years=45)
    record = await booked(client, person=person, screening=KNOWN)
    first = await decided(client, record)
    right = {"date_of_birth": "1981-01-01", "reason": "document_seen"}
    place = f"/v1/custody-records/{record['id']}"
    put = await client.put(f"{place}/person", json=right, headers={"If-Match": '"1"'})
    assert put.status_code == 200, put.text
    again = (await client.get(f"/v1/eligibility-decisions/{first['id']}")).json()
    assert again["overtaken_by"] == ["person"]
    second = await decided(client, put.json())
    assert (second["verdict"], second["facts"]["age_estimated"]) == ("eligible", False)
