"""What comes after a verdict: the same for a seed, possible from beginning to end, blind to the arm."""

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkpoint.allocation.schemas import Annotate
from checkpoint.consent.references import known
from checkpoint.consent.schemas import AskForConsent, WithdrawConsent
from checkpoint.custody.circumstances.schemas import SaveSafeguards
from checkpoint.delivery.references import known as outcomes
from checkpoint.demo.offers import ANSWERS, DECLINING, NEEDED, OUTCOMES, WITHDRAWING, offered
from checkpoint.demo.week import Deed, week
from checkpoint.trials.rules import parse

UNTIL = datetime(2026, 11, 22, 16, tzinfo=UTC)
SUITES = ("DURHAMGATE", "PETERLEE")
SEEDS = st.integers(0, 2**32)
COMMANDS = {
    Deed.SAVE_SAFEGUARDS: SaveSafeguards,
    Deed.ASK: AskForConsent,
    Deed.WITHDRAW: WithdrawConsent,
    Deed.ANNOTATE: Annotate,
}
ORDER = [Deed.SAVE_SAFEGUARDS, Deed.DECIDE, Deed.ASK, Deed.ENTER, Deed.DELIVER, Deed.ANNOTATE]


def played(seed=2015, *, days=7, until=UNTIL):
    return offered(week(seed, days=days, suites=SUITES, until=until), seed, until=until)


def of(steps, *deeds):
    return [step for step in steps if step.deed in deeds]


@pytest.mark.slow
@given(seed=SEEDS)
@settings(max_examples=20)
def test_the_same_seed_has_the_same_answers_whenever_it_is_played(seed):
    assert played(seed) == played(seed)
    later = played(seed, until=UNTIL + timedelta(days=100, hours=5))
    shape = [(step.arrest, step.deed, step.lost) for step in played(seed)]
    assert shape == [(step.arrest, step.deed, step.lost) for step in later]


@pytest.mark.slow
@given(seed=SEEDS)
@settings(max_examples=20)
def test_the_week_itself_stays_as_it_was(seed):
    before = week(seed, days=7, suites=SUITES, until=UNTIL)
    steps = played(seed)
    assert [step for step in steps if step in before] == before
    assert all(step.at <= UNTIL for step in steps)


@given(seed=SEEDS)
@settings(max_examples=20)
def test_every_step_is_one_that_somebody_could_take_in_its_order(seed):
    steps, last = played(seed), {}
    for step in steps:
        if step.deed in COMMANDS:
            COMMANDS[step.deed].model_validate_json(json.dumps(dict(step.body)))
        if step.deed is Deed.DECIDE:
            last[step.arrest] = step.at
    for step in of(steps, Deed.ASK):
        asked = AskForConsent.model_validate_json(json.dumps(dict(step.body)))
        assert last[step.arrest] < asked.sheet_given_at < asked.answered_at < step.at
    for arrest, decided_at in last.items():
        own = [step for step in steps if step.arrest == arrest and step.at >= decided_at]
        found = [ORDER.index(step.deed) for step in own if step.deed in ORDER]
        assert found == sorted(found)


@given(seed=SEEDS)
@settings(max_examples=20)
def test_whoever_is_needed_came_before_the_sheet_was_given(seed):
    steps = played(seed)
    sheets = {step.arrest: step.body["sheet_given_at"] for step in of(steps, Deed.ASK)}
    for step in of(steps, Deed.SAVE_SAFEGUARDS):
        for who in ("appropriate_adult", "interpreter"):
            came = step.body.get(f"{who}_came_at")
            assert came is None or step.body[f"{who}_needed"]
            assert came is None or came < sheets.get(step.arrest, "9")


def test_a_week_has_something_of_everything():
    steps = played(days=28)
    assert sum(ANSWERS.values()) == sum(NEEDED.values()) == 100
    assert {step.deed for step in steps} == set(Deed)
    assert {step.body["departs"] for step in of(steps, Deed.DELIVER)} == {True, False}
    answers = {step.body["programme"]["answer"] for step in of(steps, Deed.ASK)}
    assert answers == {"given", "declined"}


def test_nobody_plans_by_an_arm():
    told = json.dumps([dict(step.body) for step in of(played(), Deed.ENTER, Deed.DELIVER)])
    assert not any(word in told for word in ("treatment", "control"))


@pytest.mark.parametrize(
    ("used", "listed"),
    [
        (DECLINING, {reason.code for reason in known().declining}),
        (WITHDRAWING, {reason.code for reason in known().withdrawing}),
        (OUTCOMES, {outcome.code for outcome in outcomes().outcomes}),
    ],
)
def test_every_code_is_listed(used, listed):
    assert {*used} <= listed


def test_the_protocol_that_ships_with_the_demo_is_a_test_by_its_name():
    protocol = parse((files("checkpoint.demo") / "protocol.toml").read_text("utf-8"))
    assert (protocol.trial, protocol.kind) == ("TEST-DEMO", "test")
    assert {*protocol.strata} == {*SUITES}
