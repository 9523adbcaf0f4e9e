"""By which way a case comes in, and what closes it."""

import pytest

from checkpoint.allocation.rules import unsealed, way_in
from checkpoint.trials.states import TrialKind, TrialState

OPEN, ANNOUNCED, CLOSED = TrialState.OPEN, TrialState.ANNOUNCED, TrialState.CLOSED


@pytest.mark.parametrize(
    ("states", "within", "live", "way", "slug"),
    [
        ({}, None, True, "enrol", None),
        ({}, None, False, "enrol", "programme-not-live"),
        ({"A": ANNOUNCED}, "A", True, "enrol", None),
        ({"A": ANNOUNCED}, "A", False, "enrol", "programme-not-live"),
        ({"A": CLOSED}, "A", True, "enrol", None),
        ({"A": OPEN}, "A", True, "allocate", None),
        ({"A": OPEN}, "A", False, "allocate", None),
        ({"A": CLOSED, "B": OPEN}, "B", True, "allocate", None),
        ({"A": OPEN}, None, True, "allocate", "trial-is-closed"),
    ],
)
def test_a_trial_that_is_open_comes_before_everything_else(states, within, live, way, slug):
    found, refusal = way_in(states, within=within, live=live)
    assert (found, getattr(refusal, "slug", None)) == (way, slug)


@pytest.mark.parametrize(
    ("kinds", "wanted", "told"),
    [
        ([], TrialKind.LIVE, "yet to seal"),
        ([TrialKind.TEST], TrialKind.LIVE, "live lists alone"),
        ([TrialKind.LIVE], TrialKind.TEST, "test lists alone"),
        ([TrialKind.LIVE], TrialKind.LIVE, None),
        ([TrialKind.TEST, TrialKind.TEST], TrialKind.TEST, None),
    ],
)
def test_a_list_of_the_other_kind_is_no_list(kinds, wanted, told):
    refusal = unsealed(kinds, wanted=wanted)
    assert (refusal is None) == (told is None)
    assert told is None or told in refusal.detail
