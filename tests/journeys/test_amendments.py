"""A trial's protocol is amended while it runs, and never once its list may be known."""

from datetime import date

import pytest

from checkpoint.trials.rules import Adopted, amendment_faults, parse, state_on
from checkpoint.trials.states import TrialState
from trialling import a_protocol

TODAY, CLOSES = date(2026, 11, 20), date(2026, 12, 1)
LATER = {"number": 2, "version": "2.0", "closes_on": date(2027, 6, 1)}


def versions(*protocols):
    return [Adopted(p.number, p.in_effect_from, p.opens_on, p.closes_on) for p in protocols]


@pytest.mark.parametrize(
    ("acts_from", "faults"),
    [
        (date(2026, 11, 25), []),
        (CLOSES, []),
        (
            date(2026, 12, 2),
            ["in_effect_from: by the day the trial closes; then its list may be proved"],
        ),
    ],
)
def test_an_amendment_acts_before_the_trial_closes_or_not_at_all(acts_from, faults):
    first = parse(a_protocol(closes_on=CLOSES))
    second = parse(a_protocol(in_effect_from=acts_from, **LATER))
    assert amendment_faults(second, first, state=TrialState.OPEN, on=TODAY) == faults
    between = state_on(versions(first, second), CLOSES, closed=False)
    assert (between is TrialState.CLOSED) == bool(faults)
