"""Custody that ends observation: a sensitivity analysis beside the trial's own comparison."""

from datetime import date
from types import SimpleNamespace

import lifelines
import pandas as pd
import pytest
from lifelines.statistics import logrank_test

from builders import a_key
from checkpoint.evaluation import facts
from checkpoint.evaluation.rules import told_apart
from checkpoint.evaluation.states import InCustody, Population
from checkpoint.evaluation.times.rules import Ended, ended, untold, with_custody
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from evaluating import ROSSI, SMALL, a_cut, adopted, somebody

pytestmark = pytest.mark.xdist_group("evaluation")
TRIAL = "TEST-CUSTODY"
PLACE = f"/v1/trials/{TRIAL}"
UNBLIND = {"scope": "trial", "reason_code": "follow_up_complete", "words": "All are followed up."}
MANY, FEW, UNKNOWN = 1, 2, 3


def custody_of(cut, number):
    """Days in custody, and from which day: of every fourth in cut 1, of three in the others."""
    if cut == MANY:
        return (30, 2 + number % 20) if number % 4 < 2 else (0, None)
    day = 60 if cut == FEW else None
    return (5, day) if number in {9, 18, 27} else (0, None)


def crowd(cut):
    """160 people; every third was arrested, and some of these after they came into custody."""
    return [
        somebody(
            cut,
            mask="AB"[number % 2],
            arrest_day=(17 * number) % 200 + 1 if number % 3 == 0 else None,
            observed_days=300 + number,
            custody_days=custody_of(cut.number, number)[0],
            custody_day=custody_of(cut.number, number)[1],
            age=20 + number % 40,
        )
        for number in range(160)
    ]


@pytest.fixture(scope="module")
async def in_custody(evaluated, cuts_owner):
    """The people of the first of three cuts of a masked trial."""
    when = {"opens_on": date(2019, 6, 1), "closes_on": date(2020, 5, 1)}
    given = when | {"strata": ["BISHOP-AUCKLAND"], "in_effect_from": when["opens_on"]}
    trial_id = await adopted(cuts_owner, TRIAL, **given)
    cuts = [a_cut(trial_id, number=number, participants=160) for number in (MANY, FEW, UNKNOWN)]
    found = [crowd(cut) for cut in cuts]
    async with transaction(cuts_owner) as session:
        await insert(session, *cuts)
        await insert(session, *(each for people in found for each in people))
    return found[0]


async def told(at_cuts, role=Role.STATISTICIAN, **asked):
    asked = {"measure": "arrest", "in_custody": "censored", "cut": MANY} | asked
    asked = {name: each for name, each in asked.items() if each is not None}
    answer = await at_cuts(role).get(f"{PLACE}/evaluation/time-to-event", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def unblinded(at_cuts, in_custody):
    """The same people, once two have unblinded their trial."""
    manager, statistician = at_cuts(Role.TRIAL_MANAGER), at_cuts(Role.STATISTICIAN, name="second")
    if not (await told(at_cuts))["unblinded"]:
        made = await manager.post(f"{PLACE}/unblindings", json=UNBLIND, headers=a_key())
        confirmation = f"{PLACE}/unblindings/{made.json()['number']}/confirmation"
        assert (await statistician.post(confirmation, json={}, headers=a_key())).is_success
    return in_custody


async def test_custody_would_tell_the_letters_and_is_told_by_no_arm_while_they_are_masked(
    at_cuts, evaluated
):
    _, (cut, people, _) = evaluated
    place = f"/v1/trials/{SMALL}/evaluation/time-to-event"
    asked = {"in_custody": "censored", "cut": cut.number}
    masked = (await at_cuts(Role.STATISTICIAN).get(place, params=asked)).json()
    assert (masked["curves"], masked["tests"], masked["withheld"]) == ([], [], facts.WITHHELD)
    assert (masked["ended_in_custody"], masked["everybody"]["people"]) == ([], len(people))


async def test_custody_ends_observation_only_where_that_is_asked_for(at_cuts, unblinded):
    counted = await told(at_cuts, in_custody="counted")
    assert (counted["in_custody"], counted["ended_in_custody"]) == ("counted", [])
    assert counted == await told(at_cuts, in_custody=None)
    assert counted["denominator"].endswith("Days in custody count as any other.")
    censored = await told(at_cuts)
    assert (censored["in_custody"], censored["withheld"]) == ("censored", None)
    assert "observed until that day" in censored["denominator"]
    assert_as_lifelines_has_it(censored, unblinded)
    of_charges = await told(at_cuts, measure="charge")
    assert of_charges["denominator"].endswith(facts.CUSTODY_OF_CHARGES)


async def test_an_evaluator_gets_its_tests_and_no_curves(at_cuts, unblinded):
    ours, theirs = await told(at_cuts, Role.EVALUATOR), await told(at_cuts)
    for name in ("ended_in_custody", "tests", "unadjusted"):
        assert ours[name] == theirs[name]
        assert ours[name]
    for curve in [*ours["curves"], ours["everybody"]]:
        assert curve["steps"] == curve["horizons"] == curve["at_risk"] == []
        assert curve["median"] is None
    assert ours["coarsened"].startswith("Curves, medians and numbers at risk are")


async def test_few_who_came_into_custody_are_the_statisticians(at_cuts, unblinded):
    few = await told(at_cuts, Role.EVALUATOR, cut=FEW)
    assert few["withheld"] == facts.CUSTODY_LEAVES_FEW
    assert few["everybody"]["events"] is few["everybody"]["people"] is None
    assert (few["curves"], few["tests"], few["ended_in_custody"]) == ([], [], [])
    exact = await told(at_cuts, cut=FEW)
    # The third was arrested on the day itself, and that counts.
    assert sum(each["people"] for each in exact["ended_in_custody"]) == 2


def assert_as_lifelines_has_it(found, people):
    """Each curve, the test and the hazard ratio, worked out once more from the people."""
    arms = {curve["mask"]: curve for curve in found["curves"]}
    times, gone = {}, {}
    for mask, curve in arms.items():
        mine = [each for each in people if each.mask == mask]
        days, happened, missed = zip(*(until(each) for each in mine), strict=True)
        times[mask] = (days, happened)
        gone[mask] = [sum(each is not None for each in missed), sum(map(bool, missed))]
        kept = lifelines.KaplanMeierFitter().fit(days, happened).survival_function_
        for step in curve["steps"]:
            assert step["survival"] == pytest.approx(kept.loc[step["day"]].item())
        assert (curve["people"], curve["events"]) == (len(mine), sum(happened))
    assert all(min(each) >= 10 for each in gone.values())
    told = {each["mask"]: [each["people"], each["missed"]] for each in found["ended_in_custody"]}
    assert told == gone
    first, second = (times[mask] for mask in arms)
    test = logrank_test(first[0], second[0], first[1], second[1])
    assert found["tests"][0]["statistic"] == pytest.approx(test.test_statistic)
    rows = [
        {"day": day, "happened": happened, "other": group}
        for group, (days, those) in enumerate((first, second))
        for day, happened in zip(days, those, strict=True)
    ]
    fitted = lifelines.CoxPHFitter().fit(pd.DataFrame(rows), "day", "happened")
    (hazard,) = found["unadjusted"]["hazards"]
    assert hazard["ratio"] == pytest.approx(fitted.hazard_ratios_["other"], rel=1e-4)


def until(person):
    """The day, whether it happened, and whether custody came sooner and missed it; None: not sooner."""
    happened = person.arrest_day is not None
    day = person.arrest_day if happened else person.observed_days
    if person.custody_day is None or person.custody_day >= day:
        return day, happened, None
    return person.custody_day, False, happened


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.STATISTICIAN])
async def test_nothing_is_worked_out_where_nobody_knows_from_when(at_cuts, in_custody, role):
    answers = [await told(at_cuts, role, cut=UNKNOWN)]
    place = f"/v1/trials/{ROSSI}/evaluation/time-to-event"
    rossi = await at_cuts(role).get(place, params={"in_custody": "censored"})
    for found in [*answers, rossi.json()]:
        assert found["withheld"] == facts.CUSTODY_UNKNOWN
        assert (found["curves"], found["everybody"]["steps"], found["tests"]) == ([], [], [])


async def test_another_word_for_custody_is_refused(at_cuts, in_custody):
    asked = {"in_custody": "ignored"}
    answer = await at_cuts(Role.EVALUATOR).get(f"{PLACE}/evaluation/time-to-event", params=asked)
    assert answer.status_code == 422
    assert "censored" in answer.text


def row(people, *, mask="A", happened=False, sooner=False, missed=False, unknown=False, given=None):
    flags = {"happened": happened, "sooner": sooner, "missed": missed, "unknown": unknown}
    return SimpleNamespace(
        people=people, mask=mask, delivered_mask=given, per_protocol=True, **flags
    )


CROWD = [row(50), row(40, happened=True), row(12, sooner=True), row(11, sooner=True, missed=True)]


def test_whom_custody_ended_the_observation_of_is_counted_by_letter():
    itt = Population.INTENTION_TO_TREAT
    assert ended(CROWD, itt, InCustody.COUNTED) == {}
    assert ended(CROWD, Population.AS_DELIVERED, InCustody.CENSORED) == {}
    found = ended(CROWD, itt, InCustody.CENSORED)
    assert found == {"A": Ended(people=113, happened=40, sooner=23, missed=11)}
    assert untold(found, Role.EVALUATOR) is None
    assert untold({}, Role.EVALUATOR) is None


@pytest.mark.parametrize(
    "few",
    [
        [row(50), row(40, happened=True), row(9, sooner=True)],
        [row(50), row(40, happened=True), row(12, sooner=True), row(9, sooner=True, missed=True)],
        [row(6), row(74, happened=True), row(20, sooner=True, missed=True)],
    ],
)
def test_an_analysis_that_leaves_few_beside_the_other_is_the_statisticians(few):
    found = ended(few, Population.INTENTION_TO_TREAT, InCustody.CENSORED)
    assert untold(found, Role.EVALUATOR) == facts.CUSTODY_LEAVES_FEW
    assert untold(found, Role.STATISTICIAN) is None


def test_one_whose_day_nobody_knows_ends_the_analysis():
    found = ended([*CROWD, row(1, unknown=True)], Population.INTENTION_TO_TREAT, InCustody.CENSORED)
    assert untold(found, Role.STATISTICIAN) == facts.CUSTODY_UNKNOWN


def test_populations_are_not_told_beside_each_other_where_few_of_those_who_differ_were_in_custody():
    rows = [
        SimpleNamespace(**vars(each) | {"mask": mask, "delivered_mask": mask})
        for each in CROWD
        for mask in "AB"
    ]
    rows += [row(37), row(3, sooner=True, missed=True)]
    everybody = frozenset(Population)
    both = told_apart(rows, with_custody, Role.EVALUATOR, unblinded=True)
    assert Population.AS_DELIVERED not in both
    assert told_apart(rows[:-1], with_custody, Role.EVALUATOR, unblinded=True) == everybody
