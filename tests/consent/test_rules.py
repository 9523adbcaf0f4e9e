from datetime import timedelta
from types import SimpleNamespace

import pytest

from builders import WHOLE_CONSENT
from checkpoint.consent import rules
from checkpoint.consent.rules import LegalAdviceFirst, NotUnderstood
from checkpoint.consent.schemas import Answered, ConsentForm
from checkpoint.consent.states import ConsentKind, ConsentStands, ConsentState
from checkpoint.foundation.errors import RuleBroken
from conftest import NOON

HOUR = timedelta(hours=1)
ALL = [*ConsentKind]


def form(**changes):
    return ConsentForm.model_validate(WHOLE_CONSENT | changes)


def broken(check, *args, **given):
    with pytest.raises(RuleBroken) as refused:
        check(*args, **given)
    return [(fault["pointer"], fault["code"]) for fault in refused.value.faults]


def test_a_whole_asking_lacks_nothing():
    assert rules.missing_of(form(), never_asked=ALL) == []
    rules.check_whole([])
    rules.check_asks(form())


def test_everything_that_lacks_is_told_at_once():
    missing = rules.missing_of(ConsentForm(), never_asked=ALL)
    assert missing == [*rules.NEEDED, "programme", "research", "information_sharing"]
    assert broken(rules.check_whole, missing) == [
        (f"#/{name}", "not-known-yet") for name in missing
    ]


def test_no_is_an_answer_and_lacks_nothing():
    said = form(understood=False, legal_advice_offered=False, capacity_in_doubt=False)
    assert rules.missing_of(said, never_asked=ALL) == []


def test_what_was_answered_before_need_not_be_asked_again_but_something_is():
    said = form(programme=None, information_sharing=None)
    assert rules.missing_of(said, never_asked=[ConsentKind.RESEARCH]) == []
    assert rules.missing_of(said, never_asked=[ConsentKind.PROGRAMME]) == ["programme"]
    nothing = form(programme=None, research=None, information_sharing=None)
    assert rules.missing_of(nothing, never_asked=[]) == []
    assert broken(rules.check_asks, nothing) == [("#/programme", "nothing-asked")]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"legal_advice_offered": False}, LegalAdviceFirst),
        ({"legal_advice": "awaited"}, LegalAdviceFirst),
        ({"understood": False}, NotUnderstood),
        ({"capacity_in_doubt": True}, NotUnderstood),
    ],
)
def test_nothing_is_taken_before_advice_and_understanding(changes, kind):
    with pytest.raises(kind):
        rules.check_understood(form(**changes))


def test_advice_had_or_not_wanted_and_understood_is_enough():
    for advice in ("had", "not_wanted"):
        rules.check_understood(form(legal_advice=advice))


@pytest.mark.parametrize(
    ("sheet", "answers", "fault"),
    [
        (NOON + HOUR, NOON + HOUR, ("#/sheet_given_at", "in-the-future")),
        (NOON, NOON + HOUR, ("#/answered_at", "in-the-future")),
        (NOON - 5 * HOUR, NOON, ("#/sheet_given_at", "before-arrival")),
        (NOON, NOON - HOUR, ("#/answered_at", "answered-before-sheet")),
    ],
)
def test_sheet_and_answers_come_in_their_order(sheet, answers, fault):
    said = form(sheet_given_at=sheet.isoformat(), answered_at=answers.isoformat())
    assert broken(rules.check_times, said, since=NOON - 4 * HOUR, now=NOON) == [fault]


def test_sheet_and_answers_may_be_of_one_moment():
    said = form(sheet_given_at=NOON.isoformat(), answered_at=NOON.isoformat())
    rules.check_times(said, since=NOON, now=NOON)


def test_nobody_is_asked_before_what_they_last_said_of_the_same():
    said = form(answered_at=NOON.isoformat(), research=None)
    later = SimpleNamespace(last_at=NOON + HOUR)
    earlier = SimpleNamespace(last_at=NOON)
    rules.check_since_last(said, {ConsentKind.RESEARCH: later, ConsentKind.PROGRAMME: earlier})
    assert broken(rules.check_since_last, said, {ConsentKind.PROGRAMME: later}) == [
        ("#/answered_at", "before-the-last-answer")
    ]


def test_what_stands_is_not_asked_for():
    states = dict.fromkeys(ConsentKind, ConsentState.DECLINED)
    rules.check_steps(form(), states)
    states[ConsentKind.RESEARCH] = ConsentState.GIVEN
    rules.check_steps(form(research=None), states)
    with pytest.raises(ConsentStands) as refused:
        rules.check_steps(form(), states)
    assert refused.value.facts["kind"] == "research"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"answer": "declined"}, ("#/research/reason_code", "reason-needed")),
        ({"answer": "declined", "reason_code": "other"}, ("#/research/words", "words-needed")),
        ({"answer": "given", "reason_code": "other"}, ("#/research", "reason-not-wanted")),
        ({"answer": "given", "words": "Synthetic."}, ("#/research", "reason-not-wanted")),
    ],
)
def test_a_reason_goes_with_declining_alone(said, fault):
    assert broken(rules.check_reason_given, Answered(**said), field="#/research") == [fault]


@pytest.mark.parametrize(
    "said",
    [
        {"answer": "given"},
        {"answer": "declined", "reason_code": "no_reason_given"},
        {"answer": "declined", "reason_code": "other", "words": "Synthetic."},
    ],
)
def test_no_reason_given_is_a_reason(said):
    rules.check_reason_given(Answered(**said), field="#/research")


def test_the_tag_of_taken_answers_changes_with_each_withdrawal():
    tags = [rules.tag_of_taken(2, withdrawn=count) for count in range(4)]
    assert tags == ["2-taken", "2-taken-1", "2-taken-2", "2-taken-3"]
