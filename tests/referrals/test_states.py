"""Which step of a referral leads where, for which reasons, and how long it waited."""

import itertools
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.contracts.states import ContractState
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.states import NeedLevel, Pathway
from checkpoint.referrals import rules
from checkpoint.referrals.making import rules as making
from checkpoint.referrals.references import (
    LABELS,
    REASON_LISTS,
    check_reason,
    check_risks,
    policy_on,
    reasons_of,
)
from checkpoint.referrals.rules import Stand, began, corrected
from checkpoint.referrals.states import (
    ENDED,
    ENDINGS,
    HOLDING,
    NEXT,
    OPEN,
    ContactWay,
    Ending,
    NameShown,
    NeverOnList,
    ReferralBasis,
    ReferralEvent,
    ReferralReason,
    ReferralState,
    RiskToTell,
    StepNotAllowed,
    Withheld,
    step,
)

S, E, R = ReferralState, ReferralEvent, ReferralReason
DAY = date(2026, 11, 3)
NO_STEPS = {E.WAIT_CORRECTED, E.ATTENDED, E.READ, E.LISTED, E.DISCLOSED, E.DISCLOSED_LIST}


def day(number):
    return date(2026, 11, number)


def refused(check, *given, **named):
    with pytest.raises(RuleBroken) as found:
        check(*given, **named)
    (fault,) = found.value.faults
    return fault["pointer"], fault["code"]


def test_every_step_leads_where_the_table_says_and_no_other_begins():
    for state, event in itertools.product([None, *S], E):
        if (state, event) in NEXT:
            assert step(state, event) is NEXT[state, event]
            continue
        with pytest.raises(StepNotAllowed) as found:
            step(state, event)
        assert found.value.facts["state"] == (state.value if state else None)
    assert {event for _, event in NEXT} == {*E} - NO_STEPS


def test_what_has_ended_stays_so_and_whatever_is_open_can_be_declined_or_withdrawn():
    assert not {state for state, _ in NEXT} & ENDED
    for state in OPEN:
        for ending in (Ending.DECLINED_BY_PERSON, Ending.DECLINED_BY_PROVIDER, Ending.WITHDRAWN):
            assert NEXT[state, ENDINGS[ending]].value == ending.value
    assert {ending.value for ending in Ending} == {state.value for state in ENDED}
    assert OPEN - {S.WAITING} == HOLDING


def test_everything_has_a_label_and_every_reason_is_of_a_step():
    for words in (S, R, RiskToTell, NameShown, ContactWay, ReferralBasis):
        assert all(LABELS[word] for word in words)
    listed = {reason for each in REASON_LISTS for held in each.reasons.values() for reason in held}
    assert listed == {*R}


def test_a_step_has_a_reason_of_its_own_dated_list_or_none():
    for event in E:
        offered = reasons_of(event, on=DAY)
        for reason in offered or (None,):
            check_reason(event, reason, on=DAY)
        other = next(each for each in R if each not in offered)
        assert refused(check_reason, event, other, on=DAY)[1] == "reason-of-another-step"
    assert refused(check_reason, E.NO_PLACE, None, on=DAY)[0] == "#/reason_code"
    check_risks((RiskToTell.SELF_HARM, RiskToTell.NOT_ALONE), on=DAY)
    twice = (RiskToTell.SELF_HARM,) * 2
    assert refused(check_risks, twice, on=DAY) == ("#/risks/1", "risk-told-twice")
    assert refused(check_risks, ("another",), on=DAY) == ("#/risks/0", "risk-not-listed")
    assert policy_on(DAY).acknowledged_days < policy_on(DAY).waiting_days


def test_a_wait_lasts_from_its_first_day_until_the_one_before_the_next_step():
    made = began(E.MADE, on=day(1))
    assert (made.state, made.wait, made.wants_place) == (S.MADE, None, True)
    known = made.after(E.ACKNOWLEDGED, on=day(2))
    waits = known.after(E.PUT_ON_LIST, on=day(3))
    assert (waits.acknowledged_on, waits.wait) == (day(2), (day(3), None))
    assert not waits.wants_place
    starts = waits.after(E.STARTED, on=day(10))
    assert (starts.wait, starts.number, starts.wants_place) == ((day(3), day(9)), 4, True)
    assert starts.after(E.COMPLETED, on=day(20)).wait == (day(3), day(9))
    assert waits.after(E.STARTED, on=day(3)).wait is None
    listed = began(E.MADE_TO_WAIT, on=day(5))
    assert (listed.state, listed.wait) == (S.WAITING, (day(5), None))
    assert listed.after(E.NO_PLACE, on=day(6)).wait == (day(5), day(5))
    assert not listed.after(E.NO_PLACE, on=day(6)).wants_place


def test_a_wait_is_put_right_in_its_days_or_never_was():
    waits = began(E.MADE_TO_WAIT, on=day(5))
    assert corrected(waits, R.WRONG_DATES, day(4), None).wait == (day(4), None)
    never = corrected(waits, R.NEVER_WAITED, None, None)
    assert (never.state, never.wait, never.number) == (S.MADE, None, 2)
    known = began(E.MADE, on=day(1)).after(E.ACKNOWLEDGED, on=day(2))
    waited = known.after(E.PUT_ON_LIST, on=day(3))
    assert corrected(waited, R.NEVER_WAITED, None, None).state is S.ACKNOWLEDGED
    starts = waited.after(E.STARTED, on=day(9))
    assert corrected(starts, R.NEVER_WAITED, None, None).state is S.STARTED
    assert corrected(starts, R.WRONG_DATES, day(3), day(5)).wait == (day(3), day(5))
    with pytest.raises(NeverOnList):
        corrected(known, R.NEVER_WAITED, None, None)
    for stand, reason, since, until in (
        (waits, R.WRONG_DATES, None, None),
        (waits, R.WRONG_DATES, day(4), day(5)),
        (waits, R.NEVER_WAITED, day(4), None),
        (starts, R.WRONG_DATES, day(4), None),
        (starts, R.NEVER_WAITED, None, day(4)),
    ):
        assert refused(corrected, stand, reason, since, until)[1] == "days-of-a-wait"
    backwards = refused(corrected, starts, R.WRONG_DATES, day(5), day(4))
    assert backwards == ("#/waited_until", "wait-ends-before-it-begins")


def test_a_wait_is_over_before_the_step_that_ended_it():
    def ended(*steps):
        told = [SimpleNamespace(state=state, happened_on=day(on)) for state, on in steps]
        return rules.wait_ended_on(told)

    assert ended((S.MADE, 1), (S.ACKNOWLEDGED, 2)) is None
    waits = ((S.MADE, 1), (S.WAITING, 2), (S.WAITING, 5))
    assert ended(*waits) is None
    assert ended(*waits, (S.STARTED, 9), (S.STARTED, 12), (S.COMPLETED, 20)) == day(9)
    assert ended(*waits, (S.MADE, 6), (S.WAITING, 7)) is None
    rules.check_wait_over(day(8), ended_on=day(9))
    rules.check_wait_over(None, ended_on=day(9))
    rules.check_wait_over(day(9), ended_on=None)
    late = refused(rules.check_wait_over, day(9), ended_on=day(9))
    assert late == ("#/waited_until", "wait-past-the-next-step")


@given(st.integers(1, 28), st.integers(1, 28), st.integers(1, 28))
def test_days_of_waiting_are_never_below_none(since, until, on):
    counted = rules.waiting_days(day(since), day(until), on=day(on))
    assert counted == max(until - since + 1, 0)
    assert rules.waiting_days(day(since), None, on=day(on)) == max(on - since + 1, 0)
    assert rules.waiting_days(None, None, on=day(on)) == 0


def test_a_step_is_of_a_day_that_has_come_and_not_before_the_last_one():
    rules.check_day(day(3), since=day(3), today=day(3))
    assert refused(rules.check_day, day(4), since=day(1), today=day(3)) == (
        "#/happened_on",
        "in-the-future",
    )
    early = refused(rules.check_day, day(1), since=day(2), today=day(3), field="#/made_on")
    assert early == ("#/made_on", "before-the-last-step")


def test_a_person_is_named_in_full_or_by_initials():
    full, initials = NameShown.FULL_NAME, NameShown.INITIALS
    assert rules.named("Sam Jo", "Test-Person", full) == "Sam Jo Test-Person"
    assert rules.named("Sam Jo", "Test-Person", initials) == "S. J. T. P."
    assert rules.named(None, "Testperson", full) == "Testperson"
    assert rules.named(None, "Testperson", initials) == "T."


def test_a_provider_is_shown_a_person_while_they_consent_and_the_referral_is_open():
    for state in S:
        assert rules.withheld(state, consent_stands=False) is Withheld.CONSENT_NOT_STANDING
        ended = Withheld.ENDED if state in ENDED else None
        assert rules.withheld(state, consent_stands=True) is ended
        for contract in ContractState:
            told = rules.withheld(state, consent_stands=True, contracts=[contract])
            over = contract.value in {"failed", "withdrawn", "closed"}
            assert told is (ended or (Withheld.CONTRACT_ENDED if over else None))


def test_only_whoever_referred_withdraws_and_nobody_attends_before_the_start():
    for ending in {*Ending} - {Ending.WITHDRAWN}:
        rules.check_provider_ends(ending)
    assert refused(rules.check_provider_ends, Ending.WITHDRAWN)[1] == "withdrawn-by-provider"
    for state in S:
        if state in rules.ATTENDING:
            rules.check_attends(state)
            continue
        with pytest.raises(StepNotAllowed):
            rules.check_attends(state)


def test_what_was_entered_last_of_a_day_counts():
    entries = [
        SimpleNamespace(session_on=day(number), attended=came)
        for number, came in ((9, False), (2, True), (9, True))
    ]
    assert rules.attendance(entries) == {day(2): True, day(9): True}
    assert [*rules.attendance(entries)] == [day(2), day(9)]


def a_condition(**overrides):
    found = {
        "key": "a key",
        "rule": "sessions",
        "amount": 4,
        "objective": "To get on top of debts",
        "measure": "Four sessions",
        "due_on": None,
    }
    return SimpleNamespace(**found | overrides)


def test_a_provider_is_told_of_the_person_what_is_asked_for_and_nothing_else():
    person = SimpleNamespace(given_names="Sam", family_name="Testperson")
    contact = SimpleNamespace(way=ContactWay.TELEPHONE, value="01632 960000")
    command = SimpleNamespace(name="initials", contact=contact, risks=(RiskToTell.NOT_ALONE,))
    need = making.Purpose(pathway=Pathway.FINANCE, level=NeedLevel.HIGH)
    told = making.told(person, command, need)
    assert told == {
        "name": "S. T.",
        "contact": {"way": "telephone", "value": "01632 960000"},
        "pathway": "finance",
        "need_level": "high",
        "condition": None,
        "risks": ["not_alone"],
    }
    assert need.basis is ReferralBasis.NEED
    agreed = making.Purpose(pathway=Pathway.FINANCE, condition=a_condition(due_on=day(30)))
    told = making.told(person, command, agreed)
    assert (told["need_level"], told["condition"]["sessions"]) == (None, 4)
    assert told["condition"]["due_on"] == "2026-11-30"
    assert agreed.basis is ReferralBasis.CONDITION
    evidence = making.Purpose(pathway=Pathway.FINANCE, condition=a_condition(rule="evidence"))
    told = making.told(person, command, evidence)["condition"]
    assert (told["sessions"], told["due_on"]) == (None, None)


def test_a_need_was_seen_and_an_offer_is_for_it_or_somebody_says_why():
    parts = {
        Pathway.FINANCE: SimpleNamespace(level="low"),
        Pathway.HEALTH: SimpleNamespace(level=None),
    }
    assert making.level_of(parts, Pathway.FINANCE) is NeedLevel.LOW
    assert making.level_of(parts, Pathway.HEALTH) is None
    assert making.level_of(parts, Pathway.ATTITUDES) is None
    making.check_need(NeedLevel.LOW)
    for level in (None, NeedLevel.NONE_SEEN):
        assert refused(making.check_need, level) == ("#/pathway", "need-not-assessed")
    making.check_offer((), on_pathway=True, words=None)
    excludes = (SimpleNamespace(point="age"),)
    making.check_offer(excludes, on_pathway=True, words="They take him all the same.")
    other = refused(making.check_offer, (), on_pathway=False, words=None)
    assert other == ("#/service_id", "offer-of-another-pathway")
    against = refused(making.check_offer, excludes, on_pathway=True, words=None)
    assert against == ("#/excluded_words", "offer-excludes")


def test_a_stand_says_whether_it_takes_up_a_place():
    for state in S:
        assert Stand(state=state).wants_place is (state in HOLDING)
