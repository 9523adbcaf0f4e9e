"""Populations of one trial less each other, and terms of a model: neither tells of a few people."""

from collections import Counter
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_key
from checkpoint.evaluation import facts
from checkpoint.evaluation.rules import group_of, told_apart
from checkpoint.evaluation.states import Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.foundation.disclosure import is_small
from evaluating import a_cut, adopted, event, somebody

pytestmark = pytest.mark.xdist_group("evaluation")
ITT, DELIVERED, PROTOCOL = Population
TRIAL = "TEST-SUBTRACTED"
PLACE = f"/v1/trials/{TRIAL}"
UNBLIND = {"scope": "trial", "reason_code": "follow_up_complete", "words": "All are followed up."}
# In cut 1 one deviated, in cut 2 twelve did to none of whom it happened; in cut 3 two were given
# what the other arm is given, one from each, so that no arm has fewer people than were drawn.
CUTS = (1, 2, 3)


def deviates(cut, number):
    return number == 3 if cut == 1 else cut == 2 and number % 10 == 1


def crowd(cut):
    """120 people, to 38 of whom it happened; in cut 1 one of these deviated."""
    people, events = [], []
    for number in range(120):
        mask = "AB"[number % 2]
        other = "BA"[number % 2] if cut.number == 3 and number in {3, 4} else mask
        days = [20 + number] if number % 3 == 0 and number not in {6, 111} else []
        if cut.number == 2 and deviates(2, number):
            days = []
        each = somebody(
            cut, mask=mask, delivered_mask=other, per_protocol=not deviates(cut.number, number),
            arrest_day=days[0] if days else None, age=20 + number % 30,
            ethnicity="asian" if number % 11 == 1 else "white" if number % 29 else "black",
            baseline={"veteran": number in {9, 14}},
        )  # fmt: skip
        people.append(each)
        events += [event(each, "arrest", day, harm_days=2.0) for day in days]
    return people, events


@pytest.fixture(scope="module")
async def crowds(evaluated, cuts_owner):
    """Three cuts of one masked trial of two arms."""
    when = {"opens_on": date(2021, 6, 1), "closes_on": date(2022, 5, 1)}
    given = when | {"strata": ["BISHOP-AUCKLAND"], "in_effect_from": when["opens_on"]}
    trial_id = await adopted(cuts_owner, TRIAL, **given)
    async with transaction(cuts_owner) as session:
        for number in CUTS:
            cut = a_cut(trial_id, number=number, measures=["arrest"], participants=120)
            people, events = crowd(cut)
            await insert(session, cut)
            await insert(session, *people)
            await insert(session, *events)


@pytest.fixture
async def told(at_cuts, crowds):
    """What a door of this trial tells a role."""

    async def tell(role, door="", **params):
        answer = await at_cuts(role).get(f"{PLACE}/evaluation{door}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return tell


async def of_all(told, role, cut):
    """By population: why it is withheld, and whatever is told of it, at three doors."""
    summary = await told(role, cut=cut)
    found = {}
    for each in summary["populations"]:
        who = each["population"]
        times = await told(role, "/time-to-event", cut=cut, population=who)
        amounts = await told(role, "/amounts", cut=cut, population=who)
        found[who] = [
            *((one["withheld"], one["everybody"], one["arms"]) for one in each["results"]),
            *((one["withheld"], amount["everybody"], amount["arms"])
              for one in amounts["within"] for amount in one["amounts"]),
            (times["withheld"], times["everybody"], times["curves"]),
        ]  # fmt: skip
    return found


def is_blank(found):
    why, everybody, arms = found
    hidden = everybody is None or {everybody["people"], everybody.get("events")} == {None}
    empty = everybody is None or not (everybody.get("steps") or everybody.get("at_risk"))
    return why == facts.LEAVES_FEW and hidden and empty and arms == []


async def test_who_deviated_alone_is_not_what_one_population_leaves_of_another(told):
    found = await of_all(told, Role.EVALUATOR, cut=1)
    assert all(is_blank(each) for each in found["per_protocol"])
    # All were given their own arm: as delivered leaves nobody over.
    assert {each[1]["people"] for each in found["as_delivered"]} == {120}
    assert all(each[2] for each in found["intention_to_treat"])
    theirs = await of_all(told, Role.STATISTICIAN, cut=1)
    assert {each[1]["people"] for each in theirs["per_protocol"]} == {119}
    first = theirs["per_protocol"][0][1]
    whole = sum(arm["happened"] for arm in theirs["intention_to_treat"][0][2])
    assert (whole, first["happened"]) == (38, 37)


async def test_populations_that_leave_enough_people_over_are_told(told):
    found = await of_all(told, Role.EVALUATOR, cut=2)
    assert {each[1]["people"] for each in found["per_protocol"]} == {108}


async def test_an_adjusted_model_tells_of_no_covariate_how_many_bear_it(told):
    theirs = (await told(Role.STATISTICIAN, "/time-to-event", cut=2))["adjusted"]
    terms = {hazard["term"] for hazard in theirs["hazards"]}
    assert {"B", "age", "veteran", "ethnicity: asian", "ethnicity: others"} <= terms
    assert None not in (theirs["log_likelihood"], theirs["test"]["p"], theirs["concordance"])
    ours = (await told(Role.EVALUATOR, "/time-to-event", cut=2))["adjusted"]
    (arm,) = ours["hazards"]
    assert arm == theirs["hazards"][0]
    assert arm["ratio"] is not None
    assert (ours["log_likelihood"], ours["concordance"], ours["left_out"]) == (None, None, {})
    assert {ours["test"][name] for name in ("statistic", "df", "p")} == {None}
    assert "age, ethnicity, veteran" in ours["adjusted_for"]
    assert "told to the trial's statistician" in ours["adjusted_for"]
    assert "asian" not in str(ours)


async def test_by_arm_too_no_few_are_left_over_once_the_trial_is_unblinded(told, at_cuts):
    masked = await of_all(told, Role.EVALUATOR, cut=3)
    assert {each[1]["people"] for each in masked["as_delivered"]} == {120}
    manager, statistician = at_cuts(Role.TRIAL_MANAGER), at_cuts(Role.STATISTICIAN, name="second")
    made = await manager.post(f"{PLACE}/unblindings", json=UNBLIND, headers=a_key())
    confirmation = f"{PLACE}/unblindings/{made.json()['number']}/confirmation"
    answer = await statistician.post(confirmation, json={}, headers=a_key())
    assert answer.is_success, answer.text
    found = await of_all(told, Role.EVALUATOR, cut=3)
    assert all(is_blank(each) for each in found["as_delivered"])
    theirs = await of_all(told, Role.STATISTICIAN, cut=3)
    assert all(len(each[2]) == 2 for each in theirs["as_delivered"])


GROUPS = st.sampled_from(["A", "B"])
ROWS = st.lists(
    st.builds(
        SimpleNamespace,
        mask=GROUPS,
        delivered_mask=st.one_of(st.none(), GROUPS),
        per_protocol=st.booleans(),
        happened=st.booleans(),
        people=st.integers(0, 25),
    ),
    max_size=9,
)


def cells(row):
    happened = row.people * row.happened
    return row.people, happened, row.people - happened


def counts(rows, population, *, together):
    """By group, and of everybody: people, to whom it happened, and to whom not."""
    found = Counter()
    for row in rows:
        group = group_of(population, row)
        if group is not None:
            for name, count in enumerate(cells(row)):
                found["all", name] += count
                found[group, name] += 0 if together else count
    return found


@given(ROWS, st.booleans())
def test_no_population_that_is_told_less_another_leaves_a_few(rows, unblinded):
    told = told_apart(rows, cells, Role.EVALUATOR, unblinded=unblinded)
    assert ITT in told
    assert told_apart(rows, cells, Role.STATISTICIAN, unblinded=unblinded) == {*Population}
    every = [counts(rows, each, together=not unblinded) for each in told]
    left = [abs(one[at] - two[at]) for one in every for two in every for at in {*one, *two}]
    assert not any(map(is_small, left))


def test_few_who_change_places_are_few_though_each_arm_keeps_its_number():
    def row(mask, delivered, people, *, kept=True):
        given = {"mask": mask, "delivered_mask": delivered, "per_protocol": kept}
        return SimpleNamespace(**given, people=people, happened=False)

    rows = [row("A", "A", 50), row("B", "B", 50), row("A", "B", 2), row("B", "A", 2)]
    masked, known = [
        told_apart(rows, cells, Role.EVALUATOR, unblinded=unblinded) for unblinded in (False, True)
    ]
    assert masked == {*Population}
    assert known == {ITT, PROTOCOL}
    # As delivered leaves a dozen, and per protocol a dozen and three: these three would be told.
    rows = [row("A", "A", 50), row("A", None, 12, kept=False), row("A", "A", 3, kept=False)]
    assert told_apart(rows, cells, Role.EVALUATOR, unblinded=False) == {ITT, DELIVERED}
