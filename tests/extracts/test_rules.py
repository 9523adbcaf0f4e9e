"""Where a request stands, and until when; the rows of a cut in words."""

import asyncio
import errno
from datetime import date
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from checkpoint.extracts import beside
from checkpoint.extracts.builds import orders, shelf, waking
from checkpoint.extracts.fields import kind_of
from checkpoint.extracts.rules import (
    LONGEST,
    MOST_ASSESSMENTS,
    check_answer,
    check_assessment,
    check_assessor,
    check_expiry,
    ended,
    listed_state,
    percent,
    state_of,
)
from checkpoint.extracts.states import (
    AnswerOutcome,
    EndingKind,
    ExtractAnswered,
    Product,
    RequestState,
)
from checkpoint.foundation.database import rows_of, transaction
from checkpoint.foundation.errors import RuleBroken
from checkpoint.outcomes.cuts.facts import Primary
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.oversight.rules import SecondPersonNeeded

TODAY = date(2026, 11, 3)
YES, NO = (SimpleNamespace(outcome=each, answered_by=each) for each in AnswerOutcome)


@pytest.mark.parametrize(
    ("answers", "ending", "released", "stands"),
    [
        ([], None, False, RequestState.REQUESTED),
        ([YES], None, False, RequestState.REQUESTED),
        ([YES, YES], None, False, RequestState.APPROVED),
        ([YES, NO], None, False, RequestState.REFUSED),
        ([YES, YES], None, True, RequestState.RELEASED),
        ([YES, YES], EndingKind.RECALLED, True, RequestState.ENDED),
        ([NO], EndingKind.WITHDRAWN, False, RequestState.ENDED),
    ],
)
def test_a_list_and_a_page_say_the_same_of_where_a_request_stands(
    answers, ending, released, stands
):
    assert state_of(answers, ending, released=released) is stands
    row = SimpleNamespace(
        refusals=answers.count(NO),
        approvals=answers.count(YES),
        released=released,
        ending=ending,
        expires_on=TODAY,
    )
    assert listed_state(row, today=TODAY) is stands


def test_somebody_answers_once_what_somebody_else_asked_for_until_it_is_decided():
    check_answer([YES], NO.answered_by, requested_by="evaluator")
    with pytest.raises(SecondPersonNeeded):
        check_answer([], "evaluator", requested_by="evaluator")
    for answers, by in (([YES], YES.answered_by), ([NO], YES.answered_by)):
        with pytest.raises(ExtractAnswered):
            check_answer(answers, by, requested_by="evaluator")


def test_the_last_day_is_given_out_on_and_the_day_after_is_not():
    assert ended(None, expires_on=TODAY, today=TODAY) is None
    assert ended(None, expires_on=date(2026, 11, 2), today=TODAY) is EndingKind.EXPIRED
    assert ended(EndingKind.RECALLED, expires_on=TODAY, today=TODAY) is EndingKind.RECALLED
    check_expiry(TODAY, today=TODAY)
    check_expiry(TODAY + LONGEST, today=TODAY)


def test_assessments_are_of_people_by_somebody_else_and_not_without_end():
    with pytest.raises(SecondPersonNeeded):
        check_assessor(YES, requested_by=YES)
    check_assessor(YES, requested_by=NO)
    days = {"released_on": TODAY, "today": TODAY}
    check_assessment(TODAY, Product.PERSON_LEVEL, there=0, **days)
    with pytest.raises(RuleBroken, match="It has"):
        check_assessment(TODAY, Product.PERSON_LEVEL, there=MOST_ASSESSMENTS, **days)
    with pytest.raises(RuleBroken, match="person-level"):
        check_assessment(TODAY, Product.AGGREGATES, there=0, **days)


def test_what_a_package_says_of_its_people_is_in_words_and_in_order():
    assert orders.in_words({}) == "everybody who was allocated, by the arm they were allocated to"
    told = orders.in_words({"sex": ["female", "male"], "age_from": 18})
    assert told.endswith("; of them age from: 18; sex: female, male")
    gates = orders.gates_of(
        {"eligible": 20, "screened": 30, "screened_no": 25, "no": 3, "allocated": 12}, allocated=12
    )
    assert gates == [("screened", 30), ("eligible", 20)]
    own = {"gates": {"arrested": 40, "eligible": 30, "screened": 30, "allocated": 12}, "by": []}
    assert orders.gates_of(own, allocated=12) == [
        ("arrested", 40),
        ("screened", 30),
        ("eligible", 30),
    ]
    assert orders.gates_of({"other": "?"}, allocated=12) == [("in_the_cut", 12)]
    assert [kind_of(each).value for each in (["number"], ["boolean"], ["string", "number"])] == [
        "number",
        "yes_no",
        "code",
    ]


def test_l_and_t_are_of_the_earliest_news_and_the_result_beside_the_rows_is_of_the_primary():
    held = ["proven", "charge"]
    assert beside.earliest(held) is Measure.CHARGE
    assert beside.outcome_of(held, Primary(Measure.PROVEN, "24 months")) is Measure.PROVEN
    assert beside.outcome_of(held, None) is Measure.CHARGE
    assert beside.outcome_of([], None) is Measure.ARREST


def test_what_was_told_before_counts_at_its_finest_and_no_release_counts_itself():
    age, sex = (SimpleNamespace(name=name, source=name, quasi=True) for name in ("age_band", "sex"))

    def released(day, request, **levels):
        return SimpleNamespace(
            released_at=day, request_id=request, product="person_level", levels=levels
        )

    releases = [
        released(1, "a", age_band=1, gone=0),
        released(2, "b", age_band=0),
        released(3, "c", sex=0),
    ]
    assert orders.earlier(releases, [age, sex], "c", None) == [(age, 0)]
    assert orders.earlier(releases, [age, sex], "b", releases[1]) == [(age, 1)]
    assert orders.earlier(releases, [age, sex], "d", None) == [(age, 0), (sex, 0)]


def test_what_changed_is_named_as_the_data_dictionary_names_it():
    def changed(field, part="participants"):
        return SimpleNamespace(part=part, field=field, changed=12)

    rows = [changed(field) for field in ("cost_pence", "age", "mask", "sex", "stratum", "added")]
    assert orders.changes_of([*rows, changed("arrest", "events_gone")]) == [
        ("participants.cost_pounds", 12),
        ("participants.age_band", 12),
        ("participants.arm", 12),
        ("participants.sex", 12),
        ("participants.added", 12),
        ("events_gone.arrest", None),
    ]


async def test_a_worker_is_woken_only_where_a_build_was_left(api):
    waker = waking.Waker(api)
    assert not await waker._left()
    waker.start()
    async with transaction(api) as session:
        waker.wake_after(session)
        await rows_of(session, sa.text("SELECT 1"))
        # Before the commit nobody could find the build, and it would wait half a minute.
        assert not waker._woken.is_set()
    assert waker._woken.is_set()
    await waker.stop()
    await waking.Waker(api).stop()


async def test_a_worker_that_cannot_be_started_is_tried_again(api, monkeypatch):
    tried, twice = [], asyncio.Event()

    async def no_more_processes(*args, **_more):
        tried.append(args)
        if len(tried) == 2:
            twice.set()
        raise BlockingIOError

    async def left(_self):
        return True

    monkeypatch.setattr(waking, "LOOKED_EVERY", 0.01)
    monkeypatch.setattr(waking.Waker, "_left", left)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", no_more_processes)
    waker = waking.Waker(api)
    waker.start()
    async with asyncio.timeout(5):
        await twice.wait()
    await waker.stop()


@pytest.mark.parametrize(
    ("done", "total", "told"),
    [(0, 0, 0), (9, 0, 0), (0, 9, 0), (19_999, 20_000, 90), (2, 3, 60), (7, 7, 100), (8, 7, 100)],
)
def test_how_far_a_build_is_tells_no_count_of_rows(done, total, told):
    assert percent(done, total) == told


@pytest.mark.parametrize(
    ("fault", "lasting"),
    [
        (OSError(errno.ENOSPC, "no space left"), True),
        (PermissionError(errno.EACCES, "not allowed"), True),
        (ConnectionResetError(errno.ECONNRESET, "reset"), False),
        (OSError("the database went away"), False),
        (ValueError("of something else"), False),
    ],
    ids=["full", "not-allowed", "reset", "away", "else"],
)
def test_a_disk_that_takes_nothing_is_no_lost_database(fault, lasting):
    assert shelf.of_the_disk(fault) is lasting
