"""Amounts of whole cases by arm, once two people have unblinded a trial that ran here."""

import random
from datetime import date

import pytest
from scipy import stats

from builders import a_key
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from evaluating import a_cut, adopted, somebody

pytestmark = pytest.mark.xdist_group("evaluation")
OPEN = "TEST-OPEN"
UNBLIND = {"scope": "trial", "reason_code": "follow_up_complete", "words": "All are followed up."}


@pytest.fixture(scope="module")
async def measured(evaluated, cuts_owner):
    """A trial of two arms whose people were measured, every seventh of them by nobody."""
    chance = random.Random(5)
    closed = {"strata": ["BISHOP-AUCKLAND"], "closes_on": date(2026, 11, 2)}
    cut = a_cut(await adopted(cuts_owner, OPEN, **closed), participants=80)
    people = [
        somebody(
            cut,
            mask="AB"[number % 2],
            # Means of several victims' answers: no whole points.
            victim_satisfaction=round(chance.uniform(1, 5), 3) if number % 7 else None,
            wellbeing=chance.randrange(14, 71) if number % 7 else None,
            cost_pence=chance.randrange(1, 90_000) if number % 7 else None,
        )
        for number in range(80)
    ]
    async with transaction(cuts_owner) as session:
        await insert(session, cut)
        await insert(session, *people)
    return people


async def test_of_all_results_the_one_that_was_fixed_in_advance_is_marked(at_cuts, cuts_owner):
    closed = {"strata": ["BISHOP-AUCKLAND"], "closes_on": date(2026, 11, 2)}
    fixed = {"primary_measure": "proven", "primary_horizon": "12 months"}
    cut = a_cut(await adopted(cuts_owner, "TEST-FIXED", **closed), participants=40, **fixed)
    people = [somebody(cut, mask="AB"[number % 2]) for number in range(40)]
    async with transaction(cuts_owner) as session:
        await insert(session, cut)
        await insert(session, *people)
    answer = await at_cuts(Role.STATISTICIAN).get("/v1/trials/TEST-FIXED/evaluation")
    found = answer.json()
    assert (found["primary_outcome"]["measure"], found["primary_outcome"]["horizon"]) == (
        "proven",
        "12 months",
    )
    assert "fixed in advance by definitions 2015-04-07-starter" in found["primary_outcome"]["words"]
    assert [
        (population["population"], result["measure"], result["horizon"])
        for population in found["populations"]
        for result in population["results"]
        if result["primary"]
    ] == [("intention_to_treat", "proven", "12 months")]


async def test_satisfaction_is_told_by_arm_in_its_own_points_and_has_no_ratio(at_cuts, measured):
    place = f"/v1/trials/{OPEN}"
    manager, statistician = at_cuts(Role.TRIAL_MANAGER), at_cuts(Role.STATISTICIAN, name="second")
    masked = (await statistician.get(f"{place}/evaluation/amounts")).json()["of_cases"]
    assert all(each["arms"] == each["comparisons"] == [] for each in masked)
    made = await manager.post(f"{place}/unblindings", json=UNBLIND, headers=a_key())
    confirmation = f"{place}/unblindings/{made.json()['number']}/confirmation"
    answer = await statistician.post(confirmation, json={}, headers=a_key())
    assert answer.is_success, answer.text
    told = (await statistician.get(f"{place}/evaluation/amounts")).json()["of_cases"]
    told = {each["amount"]: each for each in told}
    for amount, has_ratio in (
        ("victim_satisfaction", False),
        ("wellbeing", False),
        ("cost_pence", True),
    ):
        found = told[amount]
        assert (found["withheld"], found["everybody"]) == (None, None)
        assert {arm["arm"] for arm in found["arms"]} == {"treatment", "control"}
        points = {}
        for arm in found["arms"]:
            known = [getattr(p, amount) for p in measured if p.mask == arm["mask"]]
            points[arm["arm"]] = known = [each for each in known if each is not None]
            assert (arm["people"], arm["a_year"]) == (len(known), None)
            assert arm["total"] == pytest.approx(sum(known))
            assert arm["mean"]["value"] == pytest.approx(sum(known) / len(known), abs=1e-4)
            assert arm["mean"]["low"] < arm["mean"]["value"] < arm["mean"]["high"]
        (apart,) = found["comparisons"]
        assert (apart["arm"], apart["compared_with"]) == ("treatment", "control")
        # Welch's test rests on the squares too: these have to be in the same unit.
        welch = stats.ttest_ind(points["treatment"], points["control"], equal_var=False)
        low, high = welch.confidence_interval()
        assert apart["difference"]["low"] == pytest.approx(low, abs=1e-3)
        assert apart["difference"]["high"] == pytest.approx(high, abs=1e-3)
        assert apart["test"]["p"] == pytest.approx(welch.pvalue, abs=1e-4)
        assert (apart["ratio"] is not None) is has_ratio
    assert all(1 <= arm["mean"]["value"] <= 5 for arm in told["victim_satisfaction"]["arms"])
