from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.eligibility.states import Basis, Verdict
from checkpoint.foundation.actors import Rank
from checkpoint.foundation.errors import RuleBroken
from checkpoint.foundation.preconditions import TAG
from checkpoint.oversight import rules
from checkpoint.oversight.rules import RankTooLow, SecondPersonNeeded
from checkpoint.oversight.states import Outcome, OversightState

DAY = date(2026, 11, 3)
ELIGIBLE, INELIGIBLE = Verdict.ELIGIBLE, Verdict.INELIGIBLE
NOBODY = {"superseded": False, "determined": False, "proposed": False, "outcome": None}
HIGH_ENOUGH = {
    "inspector",
    "chief_inspector",
    "superintendent",
    "chief_superintendent",
    "assistant_chief_constable",
    "deputy_chief_constable",
    "chief_constable",
}


def test_an_inspector_or_above_may_override():
    for rank in Rank:
        if rank in HIGH_ENOUGH:
            assert rules.check_rank(rank, on=DAY) is rank
        else:
            with pytest.raises(RankTooLow, match=f"Your rank: {rank.value}"):
                rules.check_rank(rank, on=DAY)


def test_whoever_has_no_rank_is_told_where_it_comes_from():
    with pytest.raises(RankTooLow, match=r"none that your login tells.*whoever keeps your login"):
        rules.check_rank(None, on=DAY)


def test_the_policy_of_a_day_is_the_last_to_have_begun():
    assert rules.policy_on(DAY).flag_above_percent == 5
    assert rules.policy_on(date(2014, 1, 1)) == rules.POLICIES[0]
    days = [policy.available_from for policy in rules.POLICIES]
    assert days == sorted(set(days))
    assert all(policy.source for policy in rules.POLICIES)


def test_nobody_is_their_own_second_person():
    first = uuid4()
    rules.check_second_person(uuid4(), first=first)
    with pytest.raises(SecondPersonNeeded):
        rules.check_second_person(first, first=first)


def test_an_override_comes_to_the_other_answer():
    rules.check_departure(ELIGIBLE, by_rules=INELIGIBLE)
    with pytest.raises(RuleBroken) as refused:
        rules.check_departure(ELIGIBLE, by_rules=ELIGIBLE)
    assert refused.value.facts["errors"][0]["pointer"] == "#/verdict"


@pytest.mark.parametrize(
    ("verdict", "said", "state"),
    [
        ("pending", {}, "pending"),
        ("refer", {}, "referred"),
        ("refer", {"determined": True}, "determined"),
        ("eligible", {}, "settled"),
        ("ineligible", {}, "settled"),
        ("ineligible", {"proposed": True}, "proposed"),
        ("ineligible", {"proposed": True, "outcome": Outcome.CONFIRMED}, "overridden"),
        ("eligible", {"proposed": True, "outcome": Outcome.DECLINED}, "declined"),
        ("eligible", {"superseded": True}, "superseded"),
        ("refer", {"superseded": True, "determined": True}, "superseded"),
    ],
)
def test_where_a_decision_stands(verdict, said, state):
    assert rules.state_of(Verdict(verdict), **(NOBODY | said)) == state


def test_an_earlier_override_stands_where_it_was_answered():
    now = OversightState.PROPOSED
    assert rules.state_of_override(None, now) is now
    assert rules.state_of_override(Outcome.DECLINED, now) is OversightState.DECLINED
    gone = OversightState.SUPERSEDED
    assert rules.state_of_override(Outcome.CONFIRMED, gone) is gone


@given(st.integers(1, 999), st.sampled_from(OversightState), st.integers(0, 99))
def test_every_tag_can_be_sent_back(number, state, proposals):
    tag = rules.tag_of(number, state, proposals=proposals)
    assert TAG.match(f'"{tag}"')[1] == tag


def test_a_tag_changes_with_every_step():
    story = [
        rules.tag_of(1, OversightState.SETTLED),
        rules.tag_of(1, OversightState.PROPOSED, proposals=1),
        rules.tag_of(1, OversightState.DECLINED, proposals=1),
        rules.tag_of(1, OversightState.PROPOSED, proposals=2),
        rules.tag_of(1, OversightState.DECLINED, proposals=2),
        rules.tag_of(1, OversightState.PROPOSED, proposals=3),
        rules.tag_of(1, OversightState.OVERRIDDEN, proposals=3),
        rules.tag_of(1, OversightState.SUPERSEDED, proposals=3),
    ]
    assert story[0] == "1"
    assert len({*story}) == len(story)


@pytest.mark.parametrize(
    ("verdict", "determined", "overridden", "outcome", "standing"),
    [
        ("refer", None, None, None, ("refer", Basis.RULES)),
        ("refer", ELIGIBLE, None, None, ("eligible", Basis.DETERMINATION)),
        ("eligible", None, INELIGIBLE, None, ("eligible", Basis.RULES)),
        ("eligible", None, INELIGIBLE, Outcome.DECLINED, ("eligible", Basis.RULES)),
        ("eligible", None, INELIGIBLE, Outcome.CONFIRMED, ("ineligible", Basis.OVERRIDE)),
    ],
)
def test_what_holds(verdict, determined, overridden, outcome, standing):
    found = rules.standing_of(
        Verdict(verdict), determined=determined, overridden=overridden, outcome=outcome
    )
    assert found == standing


def test_the_days_of_a_rate_are_in_order():
    rules.check_days(None, DAY)
    rules.check_days(DAY, None)
    rules.check_days(DAY, date(2026, 11, 4))
    with pytest.raises(RuleBroken):
        rules.check_days(DAY, DAY)


@pytest.mark.parametrize(
    ("overrides", "decisions", "rate", "flagged"),
    [
        (0, 0, None, False),
        (0, 3, 0, False),
        (1, 20, 5, False),
        (1, 19, 100 / 19, True),
        (6, 100, 6, True),
        (5, 100, 5, False),
        (1, 1, 100, True),
    ],
)
def test_a_suite_is_flagged_above_five_in_a_hundred(overrides, decisions, rate, flagged):
    assert rules.percent_of(overrides, decisions) == rate
    assert rules.is_flagged(overrides, decisions, above_percent=5) is flagged
