"""A protocol says all it has to, its amendments take nothing back, and a trial stands somewhere."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.trials.rules import (
    Adopted,
    Phase,
    ProtocolUnreadable,
    amendment_faults,
    digest,
    entry_faults,
    in_effect,
    parse,
    phase_faults,
    state_on,
    words_of_closing,
)
from checkpoint.trials.states import TrialKind, TrialState
from trialling import HOLDERS, a_protocol

TODAY = date(2026, 11, 3)
days = st.dates(date(2015, 1, 1), date(2030, 1, 1))


def test_a_whole_protocol_is_read():
    protocol = parse(a_protocol())
    assert (protocol.trial, protocol.kind) == ("TEST-TRIAL", TrialKind.TEST)
    assert dict(protocol.arms) == {"treatment": 1, "control": 1}
    assert protocol.strata == ("DURHAMGATE", "PETERLEE")
    assert len(digest(a_protocol())) == 64


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"trial": "LIVE-ONE"}, "begins with TEST-"),
        ({"trial": "TEST-ONE", "kind": "live"}, "begins with TEST-"),
        ({"trial": "TEST-no capitals"}, "capital letters"),
        ({"arms": {"treatment": 1}}, "arms: at least two"),
        ({"arms": {"treatment": 1, "usual": 1}}, "one of them control"),
        ({"arms": {"treatment": 0, "control": 1}}, "arms.treatment"),
        ({"strata": ["DURHAMGATE", "DURHAMGATE"]}, "stands there twice"),
        ({"strata": []}, "strata"),
        ({"closes_on": date(2026, 1, 1), "opens_on": date(2026, 1, 1)}, "closes_on: a day after"),
        ({"target": 1}, "target"),
        ({"colour": "blue"}, "colour"),
        ({"block_sizes": [4, 6, 8]}, "block_sizes"),
        ({"holders": {}}, "holders.sponsor"),
        ({"number": 0}, "number"),
        ({"changed": None}, "changed"),
    ],
)
def test_a_protocol_that_lacks_or_breaks_something_is_refused_with_its_place(change, fault):
    with pytest.raises(ProtocolUnreadable, match=fault):
        parse(a_protocol(**change))


def test_every_fault_of_a_protocol_is_told_at_once():
    with pytest.raises(ProtocolUnreadable) as refused:
        parse(a_protocol(target=1, number=0))
    assert "target" in str(refused.value)
    assert "number" in str(refused.value)


def test_what_is_no_toml_is_refused():
    with pytest.raises(ProtocolUnreadable):
        parse("trial = ")


def faults(before=None, state=TrialState.OPEN, on=TODAY, **changes):
    first = parse(a_protocol())
    new = parse(a_protocol(**({"number": 2, "in_effect_from": TODAY} | changes)))
    return amendment_faults(new, before or first, state=state, on=on)


def test_an_amendment_from_today_on_that_takes_nothing_back_may_be_adopted():
    assert faults() == []
    assert faults(strata=["DURHAMGATE", "PETERLEE", "DARLINGTON"], target=900) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"number": 3}, "number: the next version has the number 2"),
        ({"strata": ["PETERLEE"]}, "missing: DURHAMGATE"),
        ({"opens_on": date(2026, 11, 2)}, "opens_on"),
        ({"in_effect_from": TODAY - timedelta(days=1)}, "in_effect_from"),
        ({"trial": "TRIAL", "kind": "live"}, "kind"),
        ({"state": TrialState.CLOSED}, "closed"),
    ],
)
def test_an_amendment_that_takes_something_back_is_refused(change, fault):
    assert any(fault in found for found in faults(**change))


def test_the_day_of_opening_may_still_move_before_it_came():
    assert faults(state=TrialState.ANNOUNCED, opens_on=date(2027, 1, 1)) == []


def test_a_first_version_has_the_number_one():
    first = parse(a_protocol())
    assert amendment_faults(first, None, state=TrialState.ANNOUNCED, on=TODAY) == []
    second = parse(a_protocol(number=2))
    assert amendment_faults(second, None, state=TrialState.ANNOUNCED, on=TODAY)


ONE = Adopted(1, date(2026, 1, 1), date(2026, 2, 1), date(2027, 1, 1))
TWO = Adopted(2, date(2026, 6, 1), date(2026, 2, 1), None)


@pytest.mark.parametrize(
    ("on", "closed", "state"),
    [
        (date(2026, 1, 31), False, TrialState.ANNOUNCED),
        (date(2026, 2, 1), False, TrialState.OPEN),
        (date(2026, 12, 31), False, TrialState.OPEN),
        (date(2027, 1, 1), False, TrialState.CLOSED),
        (date(2026, 3, 1), True, TrialState.CLOSED),
    ],
)
def test_a_trial_stands_where_its_days_say(on, closed, state):
    assert state_on([ONE], on, closed=closed) is state


def test_an_amendment_may_keep_a_trial_open_longer():
    assert state_on([ONE, TWO], date(2027, 6, 1), closed=False) is TrialState.OPEN


@given(days)
def test_some_version_counts_on_every_day(on):
    assert in_effect([ONE, TWO], on) is (TWO if on >= TWO.in_effect_from else ONE)


def test_the_programme_runs_from_its_first_day_until_its_last():
    phase = Phase("DARLINGTON", date(2015, 4, 7), date(2023, 6, 1), "source")
    assert [phase.is_live(d) for d in (date(2015, 4, 6), date(2015, 4, 7), date(2023, 6, 1))] == [
        False,
        True,
        False,
    ]


def test_phases_of_one_suite_neither_overlap_nor_end_before_they_begin():
    first = Phase("A", date(2015, 1, 1), None, "s")
    later = Phase("A", date(2016, 1, 1), None, "s")
    turned = Phase("B", date(2016, 1, 1), date(2015, 1, 1), "s")
    assert phase_faults([later, first]) == ["A: 2016-01-01: overlaps the phase before"]
    assert phase_faults([turned]) == ["B: live_until: a day after live_from"]
    assert phase_faults([Phase("A", date(2014, 1, 1), date(2015, 1, 1), "s"), first]) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": "   "}, "title: spaces or line ends stand around it"),
        ({"source": "Made up\\u202e for tests"}, "source: Leave out control"),
        ({"trial": "TEST-TRIAL\\n"}, "trial: spaces or line ends stand around it"),
        ({"holders": HOLDERS | {"sponsor": "Synthetic\\u0000"}}, "sponsor: Leave out control"),
        ({"closes_on": date(9999, 12, 31)}, "closes_on: The year must be"),
        ({"in_effect_from": date(1, 1, 1)}, "in_effect_from: The year must be"),
        ({"opens_on": date(2015, 4, 6)}, "opens_on: 07 April 2015"),
    ],
)
def test_what_cannot_be_meant_is_not_adopted_but_read_where_it_was(change, fault):
    protocol = parse(a_protocol(**change))
    assert any(each.startswith(fault) for each in entry_faults(protocol)), entry_faults(protocol)


def test_a_protocol_that_can_be_meant_has_no_fault():
    assert entry_faults(parse(a_protocol(opens_on=date(2015, 4, 7)))) == []
    assert entry_faults(parse(a_protocol(closes_on=date(2030, 1, 1)))) == []


def test_why_a_trial_is_closed_is_kept_without_spaces_around_it():
    assert words_of_closing(" Target reached. ") == "Target reached."
    for words in ("", "  ", "x" * 1001):
        with pytest.raises(ValueError, match="1 to 1,000 characters"):
            words_of_closing(words)
