import pytest

from checkpoint.directory.rules import check_possible
from checkpoint.foundation.actors import Role
from checkpoint.foundation.errors import RuleBroken
from listing import DIRECTORY, serving


def week(**said):
    return {"id": "x", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"} | said


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"minimum_age": 0, "maximum_age": 150},
        {"minimum_age": 18, "maximum_age": 18, "cost_options": [{"amount": 0}, {"option": "x"}]},
        {"schedules": [week(), week(byday="1MO, -1su"), week(opens_at="22:00", closes_at="00:00")]},
        {"schedules": [{"byday": "MO", "opens_at": "09:00"}, {"description": "By appointment."}]},
    ],
)
def test_what_can_be_is_taken(document):
    check_possible(document)


def test_everything_that_cannot_be_is_told_with_its_place_and_a_remedy():
    with pytest.raises(RuleBroken) as refused:
        check_possible(
            {
                "minimum_age": 200,
                "maximum_age": -1,
                "cost_options": [{"amount": 3}, {"amount": -0.5}],
                "schedules": [week(byday="Monday"), week(byday="54MO"), week(byday="MO,")],
                "service_at_locations": [
                    {},
                    {"schedules": [week(opens_at="22:00", closes_at="02:00")]},
                ],
            }
        )
    assert [(each["pointer"], each["code"]) for each in refused.value.faults] == [
        ("#/document/minimum_age", "age-impossible"),
        ("#/document/maximum_age", "age-impossible"),
        ("#/document/maximum_age", "ages-crossed"),
        ("#/document/cost_options/1/amount", "amount-negative"),
        *((f"#/document/schedules/{n}/byday", "weekday-unknown") for n in range(3)),
        ("#/document/service_at_locations/1/schedules/0/closes_at", "closes-before-it-opens"),
    ]
    assert "two schedules" in refused.value.faults[-1]["detail"]


async def test_staff_are_told_at_the_door(clients):
    editor = clients(Role.DIRECTORY_EDITOR)
    service = await serving(editor)
    answer = await editor.put(
        f"{DIRECTORY}/services/{service['id']}",
        json={"document": service["document"] | {"minimum_age": 30, "maximum_age": 20}},
        headers={"If-Match": '"1"'},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/document/maximum_age"
