"""What a cut's row keeps of its programme, and what is digested of it."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from checkpoint.outcomes.cuts.facts import Horizon, Primary, Programme
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.cuts.values import line, primary_of, told, worded

PROGRAMME = Programme(
    followed_until=date(2018, 8, 31),
    measures=(Measure.ARREST, Measure.PROVEN),
    definitions="made-up",
    definitions_digest="0" * 64,
    horizons=(Horizon("12 months", months=12),),
)
PROVEN = Primary(Measure.PROVEN, "12 months")


def test_a_cut_without_a_primary_outcome_is_digested_as_it_was_before_there_could_be_one():
    assert line(told(PROGRAMME)) == (
        b'{"conviction_lag_months":0,"definitions":"made-up","definitions_digest":"'
        + b"0" * 64
        + b'","flow":{},"followed_until":"2018-08-31","harm_index":null,"horizons":[{"days":null,'
        b'"months":12,"name":"12 months"}],"measures":["arrest","proven"],"rule_sets":[]}\n'
    )


def test_a_primary_outcome_is_kept_and_digested():
    found = told(replace(PROGRAMME, primary=PROVEN))
    assert found == told(PROGRAMME) | {
        "primary_measure": "proven",
        "primary_horizon": "12 months",
    }
    assert primary_of(SimpleNamespace(**found)) == PROVEN


@pytest.mark.parametrize(
    "primary", [Primary(Measure.CHARGE, "12 months"), Primary(Measure.PROVEN, "24 months")]
)
def test_what_was_not_followed_or_not_for_so_long_is_no_primary_outcome(primary):
    assert told(replace(PROGRAMME, primary=primary)) == told(PROGRAMME)
    row = SimpleNamespace(primary_measure=None, primary_horizon=None)
    assert primary_of(row) is None


def test_words_about_covariates_are_kept_beside_the_digest():
    described = {"prior": {"type": "number", "label": "Before"}}
    assert worded(replace(PROGRAMME, covariates=described)) == {"covariates": described}
    assert worded(PROGRAMME) == {"covariates": None}
