from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessing import INSTRUMENT, WHOLE_NEEDS, a_pathway, all_pathways
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.facts import carried_over, merged, missing_of, not_confirmed_of
from checkpoint.needs.forms import NeedsForm
from checkpoint.needs.rules import (
    check_complete,
    check_known,
    check_one_draft,
    check_series,
    chosen,
    not_open,
)
from checkpoint.needs.states import (
    LABELS,
    BaselineTaken,
    CorrectedAlready,
    CorrectionReason,
    DraftOpen,
    NeedLevel,
    NotAssessedReason,
    OffendingLink,
    Pathway,
    StatementBasis,
    Timepoint,
    TooFewAssessments,
    tag_of_completed,
)
from conftest import NOON


def a_form(**changes):
    return NeedsForm.model_validate(WHOLE_NEEDS | changes)


def with_one(pathway, **changes):
    return a_form(pathways=all_pathways(**{pathway: a_pathway(pathway, **changes)}))


def complete(form, *, confirmed=False, since=NOON - timedelta(hours=12)):
    check_complete(form, INSTRUMENT, confirmed=confirmed, since=since, now=NOON)


def faults(check, *args, **kwargs):
    with pytest.raises(RuleBroken) as refused:
        check(*args, **kwargs)
    return {(fault["pointer"], fault["code"]) for fault in refused.value.faults}


def test_every_word_has_a_label():
    words = (
        Pathway, Timepoint, NeedLevel, OffendingLink, StatementBasis, NotAssessedReason,
        CorrectionReason,
    )  # fmt: skip
    assert {value for each in words for value in each} == LABELS.keys()


def test_a_tag_tells_a_completed_assessment_from_a_draft_and_from_one_put_right():
    assert tag_of_completed(2, corrected=False) == "2-completed"
    assert tag_of_completed(2, corrected=True) == "2-corrected"


def test_an_empty_form_lacks_everything_that_is_asked():
    missing = missing_of(NeedsForm(), INSTRUMENT)
    questions = sum(len(part.questions) for part in INSTRUMENT.pathways)
    assert len(missing) == 2 + questions + 7
    assert missing[:3] == [
        "timepoint",
        "assessed_at",
        "pathways/accommodation/answers/where_living",
    ]


def test_a_whole_form_lacks_nothing_and_may_be_completed():
    assert missing_of(a_form(), INSTRUMENT) == []
    complete(a_form())


def test_what_is_not_assessed_lacks_nothing_and_not_known_is_an_answer():
    form = with_one(
        "finance", answers=..., linked_to_offending=..., not_assessed={"reason_code": "refused"}
    )
    complete(form)
    unknown = [
        {"question": "money_lasts", "option": "not_known"},
        {"question": "debts", "option": "not_known"},
    ]
    complete(with_one("finance", answers=unknown))


def test_all_that_is_wrong_is_told_at_once():
    form = a_form(
        assessed_at=None,
        corrects=str(uuid4()),
        pathways=all_pathways(
            finance=a_pathway("finance", not_assessed={"reason_code": "other"}),
            health=a_pathway("health", linked_to_offending={"answer": "no", "carried_over": True}),
        ),
    )
    assert faults(complete, form) == {
        ("#/assessed_at", "not-known-yet"),
        ("#/pathways/finance/not_assessed", "answered-and-not-assessed"),
        ("#/pathways/finance/not_assessed/words", "words-needed"),
        ("#/pathways/health/linked_to_offending", "not-confirmed-yet"),
        ("#/correction_reason", "correction-without-reason"),
    }


def test_what_is_carried_over_is_confirmed_one_by_one_or_all_at_once():
    answers = [
        {"question": "money_lasts", "option": "no", "carried_over": True},
        {"question": "debts", "option": "no"},
    ]
    strength = {"words": "Synthetic.", "basis": "assessment", "carried_over": True}
    form = with_one("finance", answers=answers, strengths=[strength], statements=[])
    places = ["pathways/finance/answers/money_lasts", "pathways/finance/strengths/0"]
    assert not_confirmed_of(form) == places
    assert faults(complete, form) == {(f"#/{place}", "not-confirmed-yet") for place in places}
    complete(form, confirmed=True)


@pytest.mark.parametrize(
    ("assessed_at", "code"),
    [("2026-11-03T12:06:00Z", "in-the-future"), ("2026-11-02T23:59:00Z", "before-arrival")],
)
def test_somebody_is_assessed_between_arrival_and_now(assessed_at, code):
    assert faults(complete, a_form(assessed_at=assessed_at)) == {("#/assessed_at", code)}


def test_questions_and_options_are_the_instruments_own():
    form = with_one(
        "finance",
        answers=[
            {"question": "where_living", "option": "for_now"},
            {"question": "money_lasts", "option": "often"},
            {"question": "debts", "option": None},
            {"question": "debts", "option": "no"},
        ],
    )
    here = "#/pathways/finance/answers"
    assert faults(check_known, form, INSTRUMENT) == {
        (f"{here}/0/question", "question-not-asked"),
        (f"{here}/1/option", "option-not-offered"),
        (f"{here}/2/question", "answered-twice"),
        (f"{here}/3/question", "answered-twice"),
    }


def test_another_bodys_score_has_a_place_and_a_range():
    scores = [
        {"code": "crime_pics_score", "score": 40},
        {"code": "crime_pics_score", "score": None},
    ]
    check_known(a_form(external_scores=scores[:1]), INSTRUMENT)
    twice = faults(check_known, a_form(external_scores=scores), INSTRUMENT)
    assert {code for _, code in twice} == {"answered-twice"}
    wrong = [{"code": "elsewhere", "score": 1}, {"code": "crime_pics_score", "score": 201}]
    assert faults(check_known, a_form(external_scores=wrong), INSTRUMENT) == {
        ("#/external_scores/0/code", "score-not-asked"),
        ("#/external_scores/1/score", "score-out-of-range"),
    }


def test_a_change_is_put_to_a_draft_question_by_question():
    said = {
        "timepoint": "baseline",
        "pathways": {
            "finance": {
                "answers": [{"question": "debts", "option": "no", "carried_over": True}],
                "own_view": "It is hard.",
            }
        },
        "external_scores": [{"code": "crime_pics_score", "score": 1}],
    }
    change = {
        "timepoint": None,
        "pathways": {
            "finance": {
                "answers": [
                    {"question": "money_lasts", "option": "no"},
                    {"question": "debts", "option": "some"},
                ]
            },
            "health": {"own_view": "I sleep badly."},
        },
        "external_scores": [{"code": "crime_pics_score", "score": None}],
    }
    assert merged(said, change) == {
        "pathways": {
            "finance": {
                "answers": [
                    {"question": "debts", "option": "some"},
                    {"question": "money_lasts", "option": "no"},
                ],
                "own_view": "It is hard.",
            },
            "health": {"own_view": "I sleep badly."},
        },
        "external_scores": [],
    }
    assert merged(said, {"pathways": {"finance": None}})["pathways"] == {}
    gone = merged(said, {"pathways": None, "external_scores": None})
    assert gone == {"timepoint": "baseline"}


QUESTIONS = [question.code for question in INSTRUMENT.of(Pathway.HEALTH).questions]
CHANGES = st.lists(
    st.dictionaries(
        st.sampled_from(QUESTIONS), st.sampled_from(["no", "somewhat", None]), min_size=1
    )
)


@given(changes=CHANGES)
def test_nothing_that_was_typed_is_lost_however_often_a_draft_is_saved(changes):
    said, expected = {}, {}
    for change in changes:
        answers = [{"question": code, "option": option} for code, option in change.items()]
        said = merged(said, {"pathways": {"health": {"answers": answers}}})
        expected |= change
    found = said.get("pathways", {}).get("health", {}).get("answers", [])
    assert {a["question"]: a["option"] for a in found} == {
        code: option for code, option in expected.items() if option is not None
    }


def test_what_is_not_asked_any_more_is_left_out_and_named():
    said = {
        Pathway.FINANCE: {
            "linked_to_offending": OffendingLink.NO,
            "answers": {"money_lasts": "not_known", "debts": "huge", "rent": "late"},
            "strengths": [{"words": "Synthetic.", "basis": "fact"}],
            "statements": [],
        },
        Pathway.HEALTH: {
            "linked_to_offending": None,
            "answers": {},
            "strengths": [],
            "statements": [],
        },
    }
    pathways, left_out = carried_over(said, INSTRUMENT)
    assert pathways == {
        "finance": {
            "answers": [{"question": "money_lasts", "option": "not_known", "carried_over": True}],
            "linked_to_offending": {"answer": "no", "carried_over": True},
            "strengths": [{"words": "Synthetic.", "basis": "fact", "carried_over": True}],
            "statements": [],
        }
    }
    assert left_out == ["pathways/finance/answers/debts", "pathways/finance/answers/rent"]


@pytest.mark.parametrize("verdict", [*Verdict, None])
def test_a_first_assessment_is_begun_where_a_case_stands_as_eligible(verdict):
    assert (not_open(verdict) is None) == (verdict is Verdict.ELIGIBLE)


def test_a_case_has_one_draft_at_a_time():
    check_one_draft(None)
    waiting = uuid4()
    with pytest.raises(DraftOpen) as refused:
        check_one_draft(waiting)
    assert refused.value.facts == {"assessment_id": str(waiting)}


def taken(timepoint, corrected_by=None):
    return SimpleNamespace(id=uuid4(), timepoint=timepoint, corrected_by=corrected_by)


def test_a_case_has_one_baseline_and_each_is_put_right_once():
    first = taken(Timepoint.BASELINE)
    correction = {"corrects": str(first.id), "correction_reason": "learnt_later"}
    check_series(a_form(), [])
    check_series(a_form(timepoint="review"), [first])
    check_series(a_form(**correction), [first])
    with pytest.raises(BaselineTaken):
        check_series(a_form(), [first])
    put_right = taken(Timepoint.BASELINE)
    gone = SimpleNamespace(id=first.id, timepoint=first.timepoint, corrected_by=put_right.id)
    with pytest.raises(CorrectedAlready):
        check_series(a_form(**correction), [put_right, gone])
    assert faults(check_series, a_form(**correction), []) == {("#/corrects", "assessment-not-here")}


def test_the_baseline_and_the_last_that_stands_are_compared_unless_others_are_named():
    review, base, last = taken(Timepoint.REVIEW), taken(Timepoint.BASELINE), taken(Timepoint.EXIT)
    gone = taken(Timepoint.EXIT, corrected_by=last.id)
    every = [last, gone, base, review]
    assert chosen(every, from_id=None, to_id=None) == (base, last)
    assert chosen(every, from_id=review.id, to_id=gone.id) == (review, gone)
    assert chosen(every, from_id=uuid4(), to_id=None) == (None, last)
    assert chosen([last, review], from_id=None, to_id=None) == (review, last)
    with pytest.raises(TooFewAssessments):
        chosen([last, gone], from_id=gone.id, to_id=None)
