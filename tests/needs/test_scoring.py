from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessing import INSTRUMENT, answered
from checkpoint.needs.facts import answers_of, carried_over, spoken_of
from checkpoint.needs.forms import PathwaysForm
from checkpoint.needs.scoring import (
    distance,
    in_words,
    score,
    why_no_distance,
    why_not_comparable,
)
from checkpoint.needs.states import NOT_KNOWN, NeedLevel, Pathway

ACCOMMODATION = INSTRUMENT.of(Pathway.ACCOMMODATION)
POINTS = st.none() | st.integers(0, 20)


def scored(pathway, answers):
    return score(INSTRUMENT.of(pathway), INSTRUMENT.levels, answers)


def options(pathway, *, unknown=True):
    """Some answers to the questions about a pathway; absent or not known where they may be."""
    return st.fixed_dictionaries(
        {},
        optional={
            question.code: st.sampled_from(
                [option.code for option in question.options] + [NOT_KNOWN] * unknown
            )
            for question in INSTRUMENT.of(pathway).questions
        },
    )


def whole(pathway):
    return st.fixed_dictionaries(
        {
            question.code: st.sampled_from([option.code for option in question.options])
            for question in INSTRUMENT.of(pathway).questions
        }
    )


@pytest.mark.parametrize(
    ("living", "risk", "points", "level"),
    [
        ("own_or_family", "no", 0, NeedLevel.NONE_SEEN),
        ("own_or_family", "perhaps", 1, NeedLevel.LOW),
        ("for_now", "no", 2, NeedLevel.LOW),
        ("for_now", "perhaps", 3, NeedLevel.MEDIUM),
        ("nowhere", "perhaps", 4, NeedLevel.MEDIUM),
        ("for_now", "yes", 5, NeedLevel.HIGH),
        ("nowhere", "yes", 6, NeedLevel.HIGH),
    ],
)
def test_answers_come_to_points_and_points_to_a_level(living, risk, points, level):
    found = scored(Pathway.ACCOMMODATION, {"where_living": living, "home_at_risk": risk})
    assert (found.score, found.at_least, found.at_most) == (points, points, points)
    assert (found.level, found.highest) == (level, 6)


@pytest.mark.parametrize(
    "answers", [{}, {"home_at_risk": NOT_KNOWN}, {"home_at_risk": "elsewhere"}]
)
def test_an_unknown_answer_is_no_zero(answers):
    found = scored(Pathway.ACCOMMODATION, answers | {"where_living": "nowhere"})
    assert (found.score, found.level) == (None, None)
    assert (found.at_least, found.at_most) == (3, 6)


@given(pathway=st.sampled_from(Pathway), data=st.data())
def test_a_score_does_not_change_while_an_unknown_stays_unknown(pathway, data):
    known = data.draw(options(pathway, unknown=False))
    asked = [question.code for question in INSTRUMENT.of(pathway).questions]
    spelt_out = known | {code: NOT_KNOWN for code in asked if code not in known}
    assert scored(pathway, known) == scored(pathway, spelt_out)


@given(pathway=st.sampled_from(Pathway), data=st.data())
def test_what_becomes_known_only_narrows_what_a_score_can_come_to(pathway, data):
    some = data.draw(options(pathway))
    every = data.draw(whole(pathway))
    known = {code: option for code, option in some.items() if option != NOT_KNOWN}
    before, after = scored(pathway, some), scored(pathway, every | known)
    assert before.at_least <= after.score <= before.at_most
    assert (before.score is None) == (len(known) < len(every))
    assert 0 <= before.at_least <= before.at_most <= before.highest


@given(first=POINTS, second=POINTS)
def test_the_way_back_is_the_way_there_reversed(first, second):
    there, back = distance(first, second), distance(second, first)
    assert (there is None) == (back is None) == (first is None or second is None)
    assert there is None or there == -back


@given(data=st.data())
def test_a_form_filled_in_from_the_last_one_comes_to_the_same_scores(data):
    answers = {pathway: data.draw(options(pathway)) for pathway in Pathway}
    said = {
        pathway: {
            "linked_to_offending": "yes",
            "answers": given_,
            "strengths": [],
            "statements": [{"words": "Synthetic.", "basis": "fact"}],
        }
        for pathway, given_ in answers.items()
    }
    pathways, left_out = carried_over(said, INSTRUMENT)
    form = SimpleNamespace(pathways=PathwaysForm.model_validate(pathways))
    again = {pathway: answers_of(part) for pathway, part in spoken_of(form).items()}
    assert left_out == []
    assert {p: scored(p, a) for p, a in again.items()} == {
        p: scored(p, a) for p, a in answers.items()
    }
    every = [a for part in spoken_of(form).values() for a in (*part.answers, *part.statements)]
    assert all(each.carried_over for each in every)


def other(**changes):
    return INSTRUMENT.model_copy(update={"version": "next"} | changes)


def test_only_versions_that_say_so_are_compared():
    named = other(comparable_with=(INSTRUMENT.version,))
    assert why_not_comparable(INSTRUMENT, INSTRUMENT) is None
    assert why_not_comparable(INSTRUMENT, named) is why_not_comparable(named, INSTRUMENT) is None
    told = why_not_comparable(INSTRUMENT, other())
    assert told.startswith("They answer different questions: 2015-04-07-starter and next.")


def test_versions_that_count_to_other_highest_scores_are_not_compared():
    first, *rest = INSTRUMENT.pathways
    shorter = first.model_copy(update={"questions": first.questions[:1]})
    changed = other(comparable_with=(INSTRUMENT.version,), pathways=(shorter, *rest))
    assert why_not_comparable(INSTRUMENT, changed).endswith("highest scores for: Accommodation.")


@pytest.mark.parametrize(
    ("first", "second", "assessed", "why_not"),
    [
        (1, 2, (True, True), None),
        (None, 2, (True, True), "no figure, for not all answers were known the first time."),
        (1, None, (True, False), "no figure, for it was not assessed the second time."),
        (
            None,
            None,
            (False, True),
            (
                "no figure, for it was not assessed the first time and not all answers were known "
                "the second time."
            ),
        ),
    ],
)
def test_where_there_is_no_figure_the_reason_is_told(first, second, assessed, why_not):
    assert why_no_distance(first, second, assessed=assessed) == why_not
    told = in_words(Pathway.HEALTH, first, second, highest=9, why_not=why_not)
    assert told == (
        "Health: from 1 to 2 of 9, 1 more." if why_not is None else f"Health: {why_not}"
    )


@pytest.mark.parametrize(
    ("first", "second", "told"), [(3, 1, "2 less"), (1, 1, "the same"), (0, 9, "9 more")]
)
def test_the_way_is_told_in_words(first, second, told):
    words = in_words(Pathway.HEALTH, first, second, highest=9, why_not=None)
    assert words == f"Health: from {first} to {second} of 9, {told}."


def test_the_tests_own_answers_are_the_instruments():
    assert answered("accommodation") == [
        {"question": "where_living", "option": "own_or_family"},
        {"question": "home_at_risk", "option": "no"},
    ]
    assert ACCOMMODATION.highest == 6
