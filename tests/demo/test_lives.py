"""What becomes of those who were started: the same for a seed, and possible from its first day on."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.contracts.agreements.rules import check_conditions, first_span
from checkpoint.contracts.agreements.schemas import DraftContract
from checkpoint.contracts.clocks import policy_on
from checkpoint.demo.fates import DECK, STOPPING, Duty, Fate, fate
from checkpoint.demo.lives import life
from checkpoint.demo.week import Deed, Step
from checkpoint.foundation.calendar import london_day

START = Step(3, "DURHAMGATE", datetime(2026, 7, 23, 14, 5, tzinfo=UTC), Deed.DELIVER, {})
SEEDS, PLACES = st.integers(0, 2**32), st.integers(0, 100)


def a_life(wanted, seed=2015):
    """The first life with a fate."""
    place = next(place for place in range(len(DECK)) if fate(place, seed) is wanted)
    return life(START, place, seed)


def of(steps, duty):
    return [step for step in steps if step.deed is duty]


@given(seed=SEEDS)
@settings(max_examples=20)
def test_each_deal_has_every_fate_and_is_shuffled(seed):
    for deal in range(2):
        dealt = [fate(deal * len(DECK) + card, seed) for card in range(len(DECK))]
        assert sorted(dealt) == sorted(DECK)
    assert {*DECK} == {*Fate}


def test_another_seed_deals_otherwise():
    assert [fate(card, 1) for card in range(22)] != [fate(card, 2) for card in range(22)]


@given(seed=SEEDS, place=PLACES)
@settings(max_examples=40)
def test_a_life_is_the_same_for_a_seed_and_begins_with_an_assignment(seed, place):
    steps = life(START, place, seed)
    assert steps == life(START, place, seed)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert all(step.at > START.at and step.arrest == START.arrest for step in steps)
    assert [step.deed for step in steps[:3]] == [Duty.ASSESS, Duty.ASSIGN, Duty.PLAN]
    for step in steps:
        json.dumps(dict(step.body))


@given(seed=SEEDS, place=PLACES)
@settings(max_examples=40)
def test_what_is_planned_is_met_afterwards_and_nobody_meets_unplanned(seed, place):
    waiting = {}
    for step in life(START, place, seed):
        if step.deed is Duty.PLAN:
            waiting[step.body["kind"]] = datetime.fromisoformat(step.body["starts_at"])
            assert step.at < waiting[step.body["kind"]]
        if step.deed is Duty.MEET:
            assert waiting.pop(step.body["kind"]) < step.at
    assert {*waiting} <= {"exit"}


@given(seed=SEEDS, place=PLACES)
@settings(max_examples=40)
def test_terms_are_such_as_can_be_agreed_and_kept(seed, place):
    steps = life(START, place, seed)
    (draft,) = of(steps, Duty.DRAFT)
    terms = DraftContract.model_validate_json(json.dumps(dict(draft.body)))
    first = london_day(draft.at)
    span = first_span(terms.ends_on, starts_on=first, policy=policy_on(first))
    check_conditions(
        terms.conditions, from_day=first, ends_on=span.ends_on, known={}, victim_asked=False
    )
    if of(steps, Duty.COMPLETE):
        came = [
            step for step in of(steps, Duty.MEET)[1:] if step.body["came"] in ("attended", "late")
        ]
        sessions = next(each for each in terms.conditions if each.rule == "sessions")
        assert len(came) >= sessions.amount
        worked = sum(
            step.body["minutes"] for step in of(steps, Duty.ENTER) if "minutes" in step.body
        )
        assert worked == sum(60 * each.amount for each in terms.conditions if each.rule == "hours")
        assert of(steps, Duty.COMPLETE)[0].at > draft.at + timedelta(days=40)


OWN = {
    Fate.KEPT: set(),
    Fate.VARIED: {Duty.VARY},
    Fate.SUSPENDED: {Duty.SUSPEND, Duty.RESUME},
    Fate.HANDED_OVER: {Duty.HAND_OVER},
    Fate.WARNED: {Duty.TRY, Duty.WARN, Duty.REVIEW, Duty.DECIDE},
    Fate.FAILED: {Duty.TRY, Duty.WARN, Duty.REVIEW, Duty.DECIDE},
    Fate.DECLINED: {Duty.DECLINE},
    Fate.LAPSED: {Duty.TRY, Duty.LAPSE},
    Fate.WITHDRAWN: {Duty.WITHDRAW},
    Fate.DIED: {Duty.CLOSE},
}


@pytest.mark.parametrize("wanted", Fate)
def test_each_fate_is_told_to_its_end(wanted):
    done = {step.deed for step in a_life(wanted)}
    assert done & set().union(*OWN.values()) == OWN[wanted]
    assert Duty.SETTLE in done
    unsigned = {Fate.DECLINED, Fate.LAPSED}
    assert (Duty.SIGN in done) == (wanted not in unsigned)
    assert (Duty.COMPLETE in done) == (wanted not in unsigned | STOPPING)


def test_a_suspended_contract_meets_nobody_and_ends_later_by_its_days():
    steps = a_life(Fate.SUSPENDED)
    (begins,), (ends,) = of(steps, Duty.SUSPEND), of(steps, Duty.RESUME)
    assert (london_day(ends.at) - london_day(begins.at)).days == 9
    between = [step.deed for step in steps if begins.at < step.at < ends.at]
    assert {*between} <= {Duty.PLAN}


def test_no_duty_is_taken_for_a_deed():
    assert {duty.value for duty in Duty} & {deed.value for deed in Deed} == set()
