"""What comes of referrals: the same for a seed, each way dealt, and possible from its first step on."""

import json
import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.demo.fates import DECK as FATES
from checkpoint.demo.fates import Duty, Fate, fate
from checkpoint.demo.listings import DISTRICTS
from checkpoint.demo.referrals import (
    ANSWERS,
    CONDITION,
    DECK,
    MISSING,
    NEED,
    REASONS,
    WAITING,
    WAYS,
    Course,
    Errand,
    course,
    referrals,
)
from checkpoint.demo.referring import ENDED_EARLY, ENDING, OPEN
from checkpoint.demo.week import Deed, Step
from checkpoint.referrals.offers.states import NoProviderReason
from checkpoint.referrals.references import reasons_of
from checkpoint.referrals.schemas import EndReferral, MakeReferral, PutOnList
from checkpoint.referrals.states import ENDINGS, NEXT, Ending, ReferralEvent
from checkpoint.referrals.states import OPEN as OPEN_STATES

START = Step(3, "DURHAMGATE", datetime(2026, 7, 23, 14, 5, tzinfo=UTC), Deed.DELIVER, {})
DAY = date(2026, 11, 3)
SEEDS, PLACES = st.integers(0, 2**32), st.integers(0, 100)
EVENTS = {
    Errand.ACKNOWLEDGE: ReferralEvent.ACKNOWLEDGED,
    Errand.LIST: ReferralEvent.PUT_ON_LIST,
    Errand.START: ReferralEvent.STARTED,
}


@given(seed=SEEDS)
@settings(max_examples=20)
def test_each_deal_has_every_course_and_is_shuffled(seed):
    for deal in range(2):
        dealt = [course(deal * len(DECK) + card, seed) for card in range(len(DECK))]
        assert sorted(dealt) == sorted(DECK)
    assert {*DECK} == {*Course} == {*ANSWERS} | {Course.UNANSWERED, Course.NOBODY}


@given(seed=SEEDS, place=PLACES)
@settings(max_examples=40)
def test_referrals_are_the_same_for_a_seed_and_every_step_may_follow_the_one_before(seed, place):
    own = fate(place, seed)
    steps = referrals(START, place, seed, own)
    assert steps == referrals(START, place, seed, own)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    for basis in (CONDITION, NEED):
        first, *after = [step for step in steps if step.body["basis"] == basis] or [None]
        assert first is None or first.deed is Errand.REFER
        state = NEXT[None, ReferralEvent.MADE]
        for step in after:
            assert step.at > first.at
            if step.deed is Errand.END:
                state = NEXT[state, ENDINGS[Ending(step.body["outcome"])]]
            elif step.deed in EVENTS:
                state = NEXT[state, EVENTS[step.deed]]
    for step in steps:
        json.dumps(dict(step.body))


@given(seed=SEEDS, place=PLACES)
@settings(max_examples=40)
def test_what_is_sent_is_what_the_doors_take(seed, place):
    for step in referrals(START, place, seed, Fate.KEPT):
        body, day = dict(step.body), step.at.date().isoformat()
        if step.deed is Errand.REFER:
            sent = {name: body[name] for name in ("contact", "risks", "district")}
            sent |= {"service_id": str(uuid4()), "pathway": "health", "name": "initials"}
            MakeReferral.model_validate_json(json.dumps(sent))
        if step.deed is Errand.LIST:
            said = {"happened_on": day, "reason_code": body["reason_code"]}
            PutOnList.model_validate_json(json.dumps(said))
        if step.deed is Errand.END:
            said = {name: body[name] for name in ("outcome", "reason_code")}
            EndReferral.model_validate_json(json.dumps(said | {"happened_on": day}))
            own = Ending.WITHDRAWN, Ending.DECLINED_BY_PERSON
            assert body["by_provider"] is (body["outcome"] not in own)


@pytest.mark.parametrize("own", Fate)
def test_whoever_never_comes_is_referred_nowhere_and_without_a_contract_for_a_need_alone(own):
    found = {
        step.body["basis"] for place in range(20) for step in referrals(START, place, 2015, own)
    }
    wanted = {Fate.LAPSED: set(), Fate.DECLINED: {NEED}}
    assert found == wanted.get(own, {CONDITION, NEED})


def test_some_months_have_something_of_everything():
    steps = [
        step
        for place in range(2 * len(FATES))
        for step in referrals(START, place, 2015, fate(place, 2015))
    ]
    assert {step.deed for step in steps} == {*Errand} - {Errand.CHASE, Errand.ASSURE}
    ends = {step.body["outcome"] for step in steps if step.deed is Errand.END}
    assert ends == {*Ending}


def test_every_code_is_listed_and_an_end_begins_where_the_room_lets_it():
    for outcome, reasons in REASONS.items():
        assert {*reasons} <= {*reasons_of(ENDINGS[Ending(outcome)], on=DAY)}
    assert {*WAITING} <= {*reasons_of(ReferralEvent.PUT_ON_LIST, on=DAY)}
    assert {*ENDED_EARLY.values()} <= {*reasons_of(ReferralEvent.WITHDRAWN, on=DAY)}
    assert {*MISSING} <= {*NoProviderReason}
    assert {*OPEN} == {*OPEN_STATES}
    for ending in Ending:
        begins = {state for state, event in NEXT if event is ENDINGS[ending]}
        assert {*ENDING.get(ending, OPEN)} == begins


def test_nobody_is_reached_by_what_a_provider_is_told():
    told = [way.get("value", "") for way in WAYS]
    assert all(re.fullmatch(r"|01632 960000|[\w.]+@example\.org", value) for value in told)
    assert all(re.fullmatch(r"[A-Z]{2}\d{1,2}", district) for district in DISTRICTS)


def test_no_errand_is_taken_for_a_duty_or_a_deed():
    assert not {*map(str, Errand)} & {*map(str, Duty), *map(str, Deed)}
