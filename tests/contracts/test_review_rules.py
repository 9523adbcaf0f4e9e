from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from checkpoint.contracts.reviews import clocks
from checkpoint.contracts.reviews.rules import check_days, check_failing, check_uninvolved
from checkpoint.contracts.reviews.states import (
    ArrestAlone,
    Cause,
    Ground,
    NothingBroken,
    OffenceBefore,
    ReviewOutcome,
    UninvolvedNeeded,
)
from checkpoint.foundation.errors import RuleBroken

STARTS, TODAY = date(2026, 11, 3), date(2026, 12, 1)


def failing(cause=Cause.OFFENCE, ground=None, offence_on=None, *, broken=False):
    check_failing(cause, ground, offence_on, starts_on=STARTS, today=TODAY, broken=broken)


def test_nobody_decides_what_they_had_a_part_in():
    one, other = uuid4(), uuid4()
    check_uninvolved(one, involved={other})
    with pytest.raises(UninvolvedNeeded):
        check_uninvolved(one, involved={one, other})


def test_an_arrest_alone_fails_nothing():
    with pytest.raises(ArrestAlone):
        failing(Cause.NEW_ARREST)
    with pytest.raises(RuleBroken, match="Say what the failure rests on"):
        failing(Cause.MISSED_CONTACT)
    failing(Cause.NEW_ARREST, Ground.CHARGED, STARTS)


@pytest.mark.parametrize("ground", [Ground.CHARGED, Ground.ADMITTED, Ground.EVIDENCE])
def test_a_failure_for_an_offence_names_a_day_of_the_contract(ground):
    failing(ground=ground, offence_on=STARTS)
    failing(ground=ground, offence_on=TODAY)
    with pytest.raises(OffenceBefore):
        failing(ground=ground, offence_on=date(2026, 11, 2))
    with pytest.raises(RuleBroken, match="not come yet"):
        failing(ground=ground, offence_on=date(2026, 12, 2))
    with pytest.raises(RuleBroken, match="on which day"):
        failing(ground=ground)


def test_a_failure_for_a_condition_rests_on_one_that_is_on_record_as_not_met():
    failing(ground=Ground.CONDITION_BROKEN, broken=True)
    with pytest.raises(NothingBroken):
        failing(ground=Ground.CONDITION_BROKEN)
    with pytest.raises(RuleBroken, match="no offence is the ground"):
        failing(ground=Ground.CONDITION_BROKEN, offence_on=TODAY, broken=True)


def test_nobody_is_blamed_for_offences_that_are_all_from_before():
    before, since = date(2026, 11, 2), STARTS
    for outcome in (ReviewOutcome.FAIL, ReviewOutcome.WARN):
        check_days([before, since], outcome, starts_on=STARTS)
        check_days([], outcome, starts_on=STARTS)
        with pytest.raises(OffenceBefore):
            check_days([before, before], outcome, starts_on=STARTS)
    for outcome in (ReviewOutcome.CONTINUE, ReviewOutcome.VARY, ReviewOutcome.CLOSE):
        check_days([before], outcome, starts_on=STARTS)


@pytest.mark.parametrize(
    ("at", "raised_by", "decided_by"),
    [
        (datetime(2026, 11, 3, 12, tzinfo=UTC), date(2026, 11, 5), date(2026, 11, 10)),
        # Over Christmas: 25 December is a Friday, 28 December its Boxing Day in lieu.
        (datetime(2026, 12, 24, 12, tzinfo=UTC), date(2026, 12, 30), date(2027, 1, 5)),
        # Over Easter: Good Friday is 26 March, Easter Monday 29 March.
        (datetime(2027, 3, 24, 12, tzinfo=UTC), date(2027, 3, 30), date(2027, 4, 2)),
        # The last hour of 31 March in UTC is the first of 1 April in England.
        (datetime(2027, 3, 31, 23, 30, tzinfo=UTC), date(2027, 4, 5), date(2027, 4, 8)),
    ],
)
def test_reviews_are_due_in_working_days(at, raised_by, decided_by):
    assert clocks.raise_by(at) == raised_by
    assert clocks.decide_by(at) == decided_by


def test_a_day_before_every_policy_has_the_first_one():
    assert clocks.policy_on(date(2010, 1, 1)) is clocks.POLICIES[0]
