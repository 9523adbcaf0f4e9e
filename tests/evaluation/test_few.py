"""A trial of which each arm has fewer than ten: an evaluator is told not even how many."""

import re

import pytest

from checkpoint.evaluation.rules import told_together
from checkpoint.foundation.actors import Role
from flowing import FLOW

pytestmark = pytest.mark.xdist_group("evaluation")
PLACE = f"/v1/trials/{FLOW}/evaluation"
DOORS = ("", "/amounts", "/baseline", "/equality", "/flow", "/recruitment", "/subgroups")
FEW = re.compile(r"(?:: |of |n = )[1-9](?: people)?(?:[,;.)]|$)", re.MULTILINE)
PEOPLE = {"people", "allocated", "known", "happened", "gone", "events", "at_risk", "came"}


async def found(client, door, **asked):
    answer = await client.get(f"{PLACE}{door}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer


def counts_of_people(found):
    """Every count of people that an answer holds, wherever it stands."""
    if isinstance(found, list):
        return [each for item in found for each in counts_of_people(item)]
    if not isinstance(found, dict):
        return []
    own = [n for name, n in found.items() if name in PEOPLE and type(n) is int]
    return own + [each for value in found.values() for each in counts_of_people(value)]


def test_groups_that_stand_beside_each_other_are_told_together_or_not_at_all():
    assert told_together([12, 40], Role.EVALUATOR) == [12, 40]
    assert told_together([12, 0], Role.EVALUATOR) == [12, 0]
    assert told_together([7, 40], Role.EVALUATOR) == [None, None]
    assert told_together([7, 40], Role.STATISTICIAN) == [7, 40]


@pytest.mark.parametrize("door", DOORS)
async def test_no_figure_tells_an_evaluator_how_many_one_to_nine_people_are(at_cuts, flowed, door):
    answers = [
        (await found(at_cuts(role), door, cut=5)).json()
        for role in (Role.EVALUATOR, Role.STATISTICIAN)
    ]
    ours, theirs = [counts_of_people(answer) for answer in answers]
    assert [each for each in ours if 0 < each < 10] == []
    assert 8 in theirs
    assert {arm["allocated"] for arm in answers[0]["arms"]} == {None}


@pytest.mark.parametrize("population", ["intention_to_treat", "as_delivered", "per_protocol"])
async def test_no_curve_tells_an_evaluator_how_many_one_to_nine_people_are(
    at_cuts, flowed, population
):
    asked = {"cut": 5, "population": population}
    for door in ("/time-to-event", "/amounts"):
        answer = await found(at_cuts(Role.EVALUATOR), door, **asked)
        assert [each for each in counts_of_people(answer.json()) if 0 < each < 10] == []


@pytest.mark.parametrize("picture", ["flow", "survival", "forest", "recruitment"])
async def test_no_picture_tells_an_evaluator_how_many_one_to_nine_people_are(
    at_cuts, flowed, picture
):
    ours, theirs = [
        FEW.findall((await found(at_cuts(role), f"/{picture}.txt", cut=5)).text)
        for role in (Role.EVALUATOR, Role.STATISTICIAN)
    ]
    assert ours == []
    assert theirs or picture == "recruitment"
