from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.contracts.agreements.states import CompletionRule
from checkpoint.contracts.sessions import rules, states
from checkpoint.contracts.sessions.spans import Span, clashes
from checkpoint.contracts.sessions.states import (
    AppointmentKind,
    AppointmentState,
    ChangeReason,
    ClashOf,
    ClashWhy,
    ExcuseReason,
    Outcome,
)
from checkpoint.foundation.errors import RuleBroken
from checkpoint.victims.states import ContactResult
from conftest import NOON

HOUR = timedelta(hours=1)
PLANNED, MISSED = AppointmentState.PLANNED, AppointmentState.MISSED
ATTENDED, LATE = AppointmentState.ATTENDED, AppointmentState.LATE


def broken(check, *args, **kwargs):
    with pytest.raises(RuleBroken) as refusal:
        check(*args, **kwargs)
    return [(fault["pointer"], fault["code"]) for fault in refusal.value.faults]


def test_an_appointment_stands_where_its_entries_say():
    def stands(outcome=None, *, moved=False, cancelled=False):
        return states.state_of(moved=moved, cancelled=cancelled, outcome=outcome).value

    assert stands() == "planned"
    assert stands(moved=True) == "moved"
    assert stands(cancelled=True) == "cancelled"
    assert [stands(each) for each in Outcome] == ["attended", "late", "missed"]
    assert stands(Outcome.MISSED, cancelled=True) == "cancelled"


def test_only_a_planned_one_is_moved_and_only_one_that_stands_is_held():
    for state in AppointmentState:
        for check, allowed in (
            (states.check_open, state is PLANNED),
            (states.check_held, state.value not in ("moved", "cancelled")),
        ):
            if allowed:
                check(state)
            else:
                with pytest.raises(states.AppointmentNotOpen) as refusal:
                    check(state)
                assert refusal.value.facts == {"state": state.value}


def test_what_somebody_came_to_or_missed_is_cancelled_only_as_a_mistake():
    for state in AppointmentState:
        states_ = {ChangeReason.ILL: state is PLANNED}
        states_[ChangeReason.ENTERED_WRONGLY] = state.value not in ("moved", "cancelled")
        for reason, allowed in states_.items():
            if allowed:
                states.check_cancellable(state, reason)
            else:
                with pytest.raises(states.AppointmentNotOpen):
                    states.check_cancellable(state, reason)


def test_an_appointment_counts_for_what_is_counted_in_sessions_or_hours_from_the_first_day_on():
    first, asked = NOON.date(), {uuid4(): rule for rule in CompletionRule}
    for key, rule in asked.items():
        if rule in (CompletionRule.SESSIONS, CompletionRule.HOURS):
            states.check_counted(key, asked, on=first, since=first)
            day = first - timedelta(days=1)
            found = broken(states.check_counted, key, asked, on=day, since=first)
            assert found == [("#/condition_key", "before-the-contract")]
        else:
            found = broken(states.check_counted, key, asked, on=first, since=first)
            assert found == [("#/condition_key", "condition-not-counted")]
    found = broken(states.check_counted, uuid4(), {}, on=first, since=None)
    assert found == [("#/condition_key", "condition-not-counted")]


def test_every_word_has_a_label():
    words = [
        *AppointmentKind, *AppointmentState, *states.PlaceKind, *states.AskedBy, *ChangeReason,
        *Outcome, *ExcuseReason, *states.ContactBy, *states.WarningHow,
    ]  # fmt: skip
    assert {word: states.LABELS.get(word) for word in words if not states.LABELS.get(word)} == {}


def test_an_appointment_lies_between_the_arrest_and_a_year_ahead():
    since, edge = NOON - HOUR, NOON + rules.FURTHEST
    for fine in (since, NOON, edge):
        rules.check_when(fine, since=since, now=NOON)
    early, far = since - timedelta(microseconds=1), edge + timedelta(microseconds=1)
    assert broken(rules.check_when, early, since=since, now=NOON) == [
        ("#/starts_at", "before-the-arrest")
    ]
    assert broken(rules.check_when, far, since=since, now=NOON) == [
        ("#/starts_at", "too-far-ahead")
    ]


def test_what_is_entered_has_happened_since_the_arrest():
    given = {"since": NOON - HOUR, "now": NOON, "field": "#/x"}
    rules.check_entered_since(NOON, **given)
    assert broken(rules.check_entered_since, NOON + HOUR, **given) == [("#/x", "in-the-future")]
    assert broken(rules.check_entered_since, NOON - 2 * HOUR, **given) == [
        ("#/x", "before-the-arrest")
    ]


def test_nobody_came_to_what_has_not_begun():
    rules.check_begun(NOON + timedelta(minutes=5), now=NOON)
    assert broken(rules.check_begun, NOON + timedelta(minutes=6), now=NOON) == [
        ("#/outcome", "not-begun")
    ]


def test_what_has_begun_is_cancelled_only_where_it_was_a_mistake():
    rules.check_cancelling(ChangeReason.ILL, starts_at=NOON + HOUR, now=NOON)
    rules.check_cancelling(ChangeReason.ENTERED_WRONGLY, starts_at=NOON, now=NOON)
    assert broken(rules.check_cancelling, ChangeReason.ILL, starts_at=NOON, now=NOON) == [
        ("#/reason", "has-begun")
    ]


@pytest.mark.parametrize("excuse", [None, ExcuseReason.ILL])
@pytest.mark.parametrize("minutes", [None, 45])
@pytest.mark.parametrize("outcome", [*Outcome])
@pytest.mark.parametrize("excused", [True, False])
def test_minutes_are_of_who_came_and_excuses_of_who_did_not(outcome, minutes, excuse, excused):
    expected = []
    if outcome is Outcome.MISSED and minutes is not None:
        expected.append(("#/minutes", "minutes-of-nobody"))
    if outcome is not Outcome.MISSED and minutes is None:
        expected.append(("#/minutes", "minutes-missing"))
    if excused and outcome is Outcome.ATTENDED:
        expected.append(("#/excused", "nothing-to-excuse"))
    elif excused != (excuse is not None):
        expected.append(("#/excuse_reason", "excuse-missing" if excused else "not-excused"))
    if expected:
        found = broken(rules.check_attendance, outcome, minutes, excuse, excused=excused)
        assert found == expected
    else:
        rules.check_attendance(outcome, minutes, excuse, excused=excused)


def test_an_appointment_is_with_whoever_has_the_case_or_covers_it():
    holder, coverer, other = uuid4(), uuid4(), uuid4()
    assert rules.check_navigator(None, holder=holder, coverer=coverer) == holder
    assert rules.check_navigator(coverer, holder=holder, coverer=coverer) == coverer
    assert broken(rules.check_navigator, other, holder=holder, coverer=coverer) == [
        ("#/navigator_id", "navigator-not-of-case")
    ]
    assert broken(rules.check_navigator, other, holder=holder, coverer=None) != []


def test_only_the_very_same_time_is_refused():
    rules.check_single(NOON, [NOON + HOUR])
    with pytest.raises(states.DoubleBooked):
        rules.check_single(NOON, [NOON + HOUR, NOON])


def test_a_warning_is_for_what_was_missed_or_not_done():
    def entry(state, *, excused=False, complied=None):
        return SimpleNamespace(id=uuid4(), state=state, excused=excused, complied=complied)

    missed, idle = entry(MISSED), entry(ATTENDED, complied=False)
    fine = [
        entry(MISSED, excused=True), entry(ATTENDED), entry(LATE, complied=True),
        entry(PLANNED, excused=None),
    ]  # fmt: skip
    found = [missed, idle, *fine]
    rules.check_grounds([missed.id, idle.id], found)
    for each in fine:
        assert broken(rules.check_grounds, [missed.id, each.id], found) == [
            ("#/appointments/1", "nothing-to-warn-of")
        ]
    assert broken(rules.check_grounds, [uuid4()], found) == [
        ("#/appointments/0", "appointment-not-here")
    ]
    here = uuid4()
    rules.check_conditions([here], {here})
    assert broken(rules.check_conditions, [here, uuid4()], {here}) == [
        ("#/conditions/1", "condition-not-here")
    ]


def test_spans_that_only_touch_do_not_clash():
    def row(hours, minutes=60):
        return SimpleNamespace(starts_at=NOON + hours * HOUR, minutes=minutes)

    span, touching = Span.of(NOON, 60), [row(-1), row(1)]
    within, around = row(0.5, 5), row(-2, 480)
    nobody = {"of_person": [], "of_navigator": [], "absences": []}
    assert clashes(span, **nobody | {"of_person": touching}) == []
    found = clashes(span, **nobody | {"of_person": [within], "of_navigator": [around]})
    assert [(each.of, each.why, each.starts_at) for each in found] == [
        (ClashOf.PERSON, ClashWhy.APPOINTMENT, within.starts_at),
        (ClashOf.NAVIGATOR, ClashWhy.APPOINTMENT, around.starts_at),
    ]
    assert found[1].ends_at == NOON + 6 * HOUR


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [
        (date(2026, 11, 3), date(2026, 11, 3), True),
        (date(2026, 11, 1), None, True),
        (date(2026, 11, 1), date(2026, 11, 2), False),
        (date(2026, 11, 4), None, False),
    ],
)
def test_an_absence_clashes_on_its_days(first, last, there):
    found = clashes(Span.of(NOON, 60), of_person=[], of_navigator=[], absences=[(first, last)])
    assert bool(found) == there
    if found:
        assert (found[0].of, found[0].why) == (ClashOf.NAVIGATOR, ClashWhy.ABSENCE)
        assert found[0].ends_at == (datetime(2026, 11, 4, tzinfo=UTC) if last else None)


def test_the_dose_is_what_was_planned_delivered_and_excused():
    def entry(state, minutes=60, delivered=None, *, excused=None, kind=AppointmentKind.SESSION):
        return SimpleNamespace(
            state=state, minutes=minutes, delivered_minutes=delivered, excused=excused, kind=kind
        )

    first, session = rules.doses(
        [
            entry(ATTENDED, delivered=50),
            entry(LATE, delivered=20, excused=True),
            entry(MISSED, 45, excused=False),
            entry(MISSED, 30, excused=True),
            entry(PLANNED),
            entry(AppointmentState.MOVED),
            entry(AppointmentState.CANCELLED),
            entry(ATTENDED, delivered=0, kind=AppointmentKind.FIRST_CONTACT),
        ]
    )
    assert session == rules.Dose(
        kind=AppointmentKind.SESSION,
        planned=5,
        delivered=2,
        missed=1,
        excused=1,
        open=1,
        cancelled=1,
        planned_minutes=255,
        delivered_minutes=70,
        excused_minutes=30,
    )
    assert (first.kind, first.planned, first.delivered) == (AppointmentKind.FIRST_CONTACT, 1, 1)
    assert rules.doses([]) == []


ENTRIES = st.lists(
    st.builds(
        SimpleNamespace,
        state=st.sampled_from(AppointmentState),
        kind=st.sampled_from(AppointmentKind),
        minutes=st.integers(5, 480),
        delivered_minutes=st.none() | st.integers(0, 480),
        excused=st.sampled_from([None, True, False]),
    )
)


@given(ENTRIES)
def test_every_appointment_that_was_not_moved_counts_once(entries):
    found = rules.doses(entries)
    counted = sum(dose.planned + dose.cancelled for dose in found)
    assert counted == sum(each.state is not AppointmentState.MOVED for each in entries)
    for dose in found:
        assert dose.planned == dose.delivered + dose.missed + dose.excused + dose.open


def test_somebody_was_reached_where_they_came_or_answered():
    def came(state, hours):
        return SimpleNamespace(state=state, starts_at=NOON + hours * HOUR)

    def sought(result, hours):
        return SimpleNamespace(result=result, attempted_at=NOON + hours * HOUR)

    found = rules.contacts_made(
        [came(ATTENDED, 1), came(LATE, 2), came(MISSED, 3), came(PLANNED, 4)],
        [sought(ContactResult.REACHED, 5), sought(ContactResult.NO_ANSWER, 6)],
    )
    assert found == [NOON + hours * HOUR for hours in (1, 2, 5)]
