"""A booking that breaks several rules hears of all of them, and changes nothing."""

from datetime import date

import pytest

from builders import ARREST, a_booking, a_key, a_person, an_offence
from checkpoint.custody.rules import check_booking
from checkpoint.foundation.errors import RuleBroken, check_all
from conftest import NOON
from traces import counts

WRONG = {
    "arrived_at": "2026-11-02T21:00:00Z",
    "person": a_person(date_of_birth="2000-01-01"),
    "offences": [
        an_offence(),
        an_offence(committed_from="2026-11-01", committed_until="2026-10-01"),
        an_offence(committed_from="2026-11-03"),
        an_offence(committed_from="1999-12-31"),
    ],
}
TOLD = [
    ("#/arrived_at", "arrived-before-arrest"),
    ("#/offences/1/committed_until", "dates-in-order"),
    ("#/offences/2/committed_from", "offence-after-arrest"),
    ("#/offences/3/committed_from", "offence-before-birth"),
]


async def test_every_broken_rule_of_a_booking_is_told_at_once(client, owner):
    before = await counts(owner)
    body = a_booking(**WRONG)
    answer = await client.post("/v1/custody-records", json=body, headers=a_key())
    assert (answer.status_code, answer.json()["errorCode"]) == (422, "rule-broken")
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == TOLD
    assert answer.json()["detail"] == "See errors, field by field."
    assert await counts(owner) == before


def broken(*codes):
    def check():
        if codes:
            raise RuleBroken("#/field", codes[0], f"The rule {codes[0]}.")

    return check


@pytest.mark.parametrize(
    ("checks", "told", "detail"),
    [
        ([broken("a")], ["a"], "The rule a."),
        ([broken(), broken("b"), broken()], ["b"], "The rule b."),
        ([broken("a"), broken("a")], ["a"], "The rule a."),
        ([broken("b"), broken("a"), broken("b")], ["b", "a"], "See errors, field by field."),
    ],
)
def test_each_thing_is_told_once_in_order(checks, told, detail):
    with pytest.raises(RuleBroken) as refused:
        check_all(*checks)
    assert [fault["code"] for fault in refused.value.facts["errors"]] == told
    assert refused.value.detail == detail


@pytest.mark.parametrize("checks", [[], [broken()], [broken(), broken()]])
def test_where_nothing_is_broken_nothing_is_told(checks):
    assert check_all(*checks) is None


@pytest.fixture
def booking():
    def made(born):
        return {
            "arrested_at": ARREST,
            "arrived_at": ARREST,
            "offences": [(date(2026, 11, 1), date(2026, 11, 1))] * 2,
            "born": born and date(*born),
            "suite_open": (None, None),
            "now": NOON,
        }

    return made


def test_a_birth_after_the_arrest_is_told_once_and_not_for_each_offence(booking):
    with pytest.raises(RuleBroken) as refused:
        check_booking(**booking(born=(2026, 11, 3)))
    assert [fault["code"] for fault in refused.value.facts["errors"]] == ["born-after-arrest"]


@pytest.mark.parametrize("born", [None, (1994, 2, 11), (2099, 1, 1)])
def test_a_booking_that_is_good_so_far_breaks_nothing(booking, born):
    check_booking(**booking(born=born))
