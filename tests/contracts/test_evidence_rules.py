from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.contracts.agreements.states import CompletionRule
from checkpoint.contracts.evidence.rules import (
    ALLOWED,
    Run,
    check_days,
    check_kind,
    check_met,
    check_uncounted,
    progress_of,
)
from checkpoint.contracts.evidence.states import ConditionState, EntryKind, Unit
from checkpoint.foundation.errors import RuleBroken

FIRST, LAST = date(2026, 11, 3), date(2027, 3, 2)
RUN = Run(last_day=LAST)
K, S = EntryKind, ConditionState


def condition(rule, amount=None, due_on=date(2026, 12, 31), **tag):
    dates = {"tag_from": None, "tag_until": None} | tag
    return SimpleNamespace(rule=rule, amount=amount, due_on=due_on, **dates)


def entry(kind, day=FIRST, until=None, minutes=None):
    return SimpleNamespace(kind=kind, happened_on=day, until=until, minutes=minutes)


def come_to(rule, *entries, held=(), on=FIRST, run=RUN, **more):
    return progress_of(condition(rule, **more), entries, held=held, on=on, run=run)


def came(day=FIRST, minutes=60):
    return SimpleNamespace(happened_on=day, minutes=minutes)


def day(number):
    return FIRST + timedelta(days=number)


def test_the_mandatory_condition_is_met_once_the_last_day_is_over_unless_an_offence_failed_it():
    rule = CompletionRule.NO_OFFENDING
    assert come_to(rule, on=LAST).state is S.OPEN
    assert come_to(rule, on=LAST + timedelta(days=1)).state is S.MET
    offended = Run(last_day=LAST, offended=True)
    assert come_to(rule, on=LAST + timedelta(days=1), run=offended).state is S.NOT_MET
    still = come_to(rule, on=LAST + timedelta(days=1), run=Run(last_day=LAST, still=True))
    assert (still.state, still.overdue) == (S.OPEN, False)
    questioned = Run(last_day=LAST, questioned=True)
    assert come_to(rule, on=LAST + timedelta(days=1), run=questioned).state is S.OPEN
    assert come_to(CompletionRule.CONTACT, run=offended).state is S.OPEN


def test_work_is_tallied_in_minutes_against_hours():
    rule = CompletionRule.HOURS
    almost = [entry(K.WORK, minutes=720), entry(K.WORK, minutes=359)]
    found = come_to(rule, *almost, amount=18)
    assert (found.done, found.wanted, found.unit, found.state) == (1079, 1080, Unit.MINUTES, S.OPEN)
    assert come_to(rule, *almost, entry(K.WORK, minutes=1), amount=18).state is S.MET


def test_sessions_and_contacts_are_counted_and_contact_alone_wants_one():
    sessions = [entry(K.SESSION)] * 5 + [entry(K.EVIDENCE)]
    assert come_to(CompletionRule.SESSIONS, *sessions, amount=6).state is S.OPEN
    assert come_to(CompletionRule.SESSIONS, *sessions, entry(K.SESSION), amount=6).state is S.MET
    assert come_to(CompletionRule.CONTACT).wanted == 1
    assert come_to(CompletionRule.CONTACT, entry(K.CONTACT)).state is S.MET


def test_what_somebody_came_to_counts_and_of_one_day_nothing_counts_twice():
    rule, more = CompletionRule.SESSIONS, {"amount": 3}
    assert come_to(rule, held=[came(), came(), came(day(1))], **more).state is S.MET
    assert come_to(rule, entry(K.SESSION), held=[came()], **more).done == 1
    assert come_to(rule, entry(K.SESSION, day(1)), held=[came()], **more).done == 2
    assert come_to(rule, entry(K.SESSION), entry(K.SESSION), held=[came()], **more).done == 2
    hours, more = CompletionRule.HOURS, {"amount": 18}
    assert come_to(hours, entry(K.WORK, minutes=90), held=[came()], **more).done == 90
    both = come_to(hours, entry(K.WORK, minutes=90), entry(K.EVIDENCE), held=[came()] * 2, **more)
    assert (both.done, both.unit) == (120, Unit.MINUTES)
    assert come_to(hours, entry(K.WORK, day(1), minutes=90), held=[came()], **more).done == 150
    assert come_to(rule, entry(K.NOT_MET), held=[came()], amount=1).state is S.NOT_MET


def test_nobody_enters_by_hand_what_an_appointment_counts_for():
    check_uncounted(K.SESSION, day(1), [came()])
    check_uncounted(K.EVIDENCE, FIRST, [came()])
    for kind in (K.SESSION, K.WORK):
        with pytest.raises(RuleBroken) as refusal:
            check_uncounted(kind, FIRST, [came()])
        assert refusal.value.faults[0]["code"] == "counted-by-appointment"


def test_evidence_speaks_for_nothing_until_somebody_says_that_it_does():
    rule = CompletionRule.EVIDENCE
    assert come_to(rule, entry(K.EVIDENCE)).state is S.OPEN
    assert come_to(rule, entry(K.EVIDENCE), entry(K.MET)).state is S.MET
    assert come_to(rule, entry(K.MET)).state is S.OPEN  # the evidence was withdrawn since


def test_the_last_verdict_goes_before_the_count():
    rule = CompletionRule.CONTACT
    assert come_to(rule, entry(K.CONTACT), entry(K.NOT_MET)).state is S.NOT_MET
    assert come_to(rule, entry(K.NOT_MET), entry(K.EXCUSED)).state is S.EXCUSED


def test_a_tag_is_worn_on_every_day_of_its_dates():
    dates = {"tag_from": day(1), "tag_until": day(10)}
    rule = CompletionRule.TAG_DATES
    on, off = entry(K.TAG_ON, day(1)), entry(K.TAG_OFF, day(4))
    assert come_to(rule, on, on=day(9), **dates).done == 9
    assert come_to(rule, on, on=day(10), **dates).state is S.MET
    broken = come_to(rule, on, off, entry(K.TAG_ON, day(6)), on=day(20), **dates)
    assert (broken.done, broken.wanted, broken.unit, broken.state) == (9, 10, Unit.DAYS, S.OPEN)
    again = entry(K.TAG_ON, day(2))  # said twice
    assert come_to(rule, on, again, off, on=day(20), **dates).done == 4
    assert come_to(rule, off, on=day(20), **dates).done == 0  # taken off, and never fitted


def test_days_on_which_a_provider_held_the_tag_up_are_not_wanted():
    dates = {"tag_from": day(1), "tag_until": day(10)}
    held_up = entry(K.BLOCKED, day(1), until=day(3))
    found = come_to(CompletionRule.TAG_DATES, held_up, entry(K.TAG_ON, day(4)), on=day(10), **dates)
    assert (found.done, found.wanted, found.state) == (7, 7, S.MET)
    never = come_to(CompletionRule.TAG_DATES, entry(K.BLOCKED, day(1)), on=day(10), **dates)
    assert (never.wanted, never.state) == (1, S.BLOCKED)  # an excuse is for a supervisor to give


def test_a_block_is_no_breach_and_moves_the_due_day_by_its_days():
    rule, due = CompletionRule.SESSIONS, {"amount": 1, "due_on": day(5)}
    assert come_to(rule, on=day(6), **due).overdue
    waiting = entry(K.BLOCKED, day(0))
    found = come_to(rule, waiting, on=day(3), **due)
    assert (found.state, found.excused_days, found.due_on) == (S.BLOCKED, 4, day(9))
    over = entry(K.BLOCKED, day(0), until=day(3))
    twice = entry(K.BLOCKED, day(2), until=day(3))
    found = come_to(rule, over, twice, on=day(9), **due)
    assert (found.state, found.due_on, found.overdue) == (S.OPEN, day(9), False)
    assert come_to(rule, over, on=day(10), **due).overdue
    assert come_to(rule, entry(K.BLOCKED, day(9)), on=day(6), **due).excused_days == 0


def test_without_a_day_of_its_own_a_condition_is_due_on_the_contracts_last():
    excused = Run(last_day=LAST, excused_days=10)
    assert come_to(CompletionRule.CONTACT, due_on=None, run=excused).due_on == LAST
    assert come_to(CompletionRule.CONTACT, due_on=day(1), run=excused).due_on == day(11)


def test_each_rule_takes_what_it_can_use_and_nothing_else():
    for rule in CompletionRule:
        for kind in EntryKind:
            if kind in ALLOWED[rule]:
                check_kind(rule, kind)
                continue
            with pytest.raises(RuleBroken, match="For this condition go"):
                check_kind(rule, kind)
    assert ALLOWED[CompletionRule.NO_OFFENDING] == {K.EVIDENCE}
    assert not {K.WORK, K.MET} & ALLOWED[CompletionRule.SESSIONS]


def test_met_wants_evidence_on_record():
    check_met([entry(K.EVIDENCE)], K.MET)
    check_met([], K.NOT_MET)
    with pytest.raises(RuleBroken, match="Enter the evidence"):
        check_met([entry(K.BLOCKED)], K.MET)


@pytest.mark.parametrize(
    ("happened_on", "until", "rule"),
    [
        (day(-1), None, "before-the-contract"),
        (day(6), None, "in-the-future"),
        (day(1), day(6), "in-the-future"),
        (day(3), day(2), "ends-before-it-begins"),
        (day(5), None, None),
        (day(0), day(5), None),
    ],
)
def test_an_entry_tells_of_days_that_have_come(happened_on, until, rule):
    if rule is None:
        check_days(happened_on, until, since=FIRST, today=day(5))
        return
    with pytest.raises(RuleBroken) as broken:
        check_days(happened_on, until, since=FIRST, today=day(5))
    assert broken.value.faults[0]["code"] == rule


ENTRIES = st.builds(
    entry,
    st.sampled_from(sorted(EntryKind)),
    st.integers(0, 30).map(day),
    st.none(),
    st.integers(1, 720),
)


@given(st.sampled_from(sorted(CompletionRule)), st.lists(ENTRIES, max_size=8), st.integers(0, 40))
def test_whatever_is_entered_a_condition_stands_somewhere_and_never_is_due_earlier(
    rule, entries, on
):
    dates = {"tag_from": day(2), "tag_until": day(20)}
    found = come_to(rule, *entries, amount=18, due_on=day(10), on=day(on), **dates)
    assert found.done >= 0
    assert found.wanted >= 1
    assert found.due_on >= day(10)
    assert not (found.overdue and found.state in (S.MET, S.EXCUSED, S.NOT_MET))
