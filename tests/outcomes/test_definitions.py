from dataclasses import dataclass
from datetime import date

import pytest

from checkpoint.foundation.datedfiles import digest, in_order
from checkpoint.outcomes.cuts.states import Measure
from checkpoint.outcomes.definitions import day_of, in_use, observed_until
from checkpoint.outcomes.references import (
    DefinitionsUnreadable,
    opened,
    packaged,
    parse,
)
from checkpoint.outcomes.states import Disposed, FollowUpKind

# Written by hand, with the day: what is published never changes.
PUBLISHED = {
    "2015-04-07-starter": "72a9f639da1d1da190e78b7a8d048fe80ea37b799ea0a6e25195f4adaac3cd5d",
    "2016-04-01-primary": "194a5ec51f91b149a27571061ddeaf5c066d160e7a5d86c93f980505fe146bcd",
}
TEXT = packaged()["2015-04-07-starter"]
STARTER = parse(TEXT)
NAMED = packaged()["2016-04-01-primary"]
DAY = date(2017, 4, 7)
CUT = date(2020, 4, 1)


@dataclass
class Event:
    kind: FollowUpKind
    offence_on: date | None = None
    arrested_on: date | None = None
    charged_on: date | None = None
    disposed_on: date | None = None
    disposal: Disposed | None = None


def day(measure, event, *, allocated_on=DAY, followed_until=CUT):
    counted = STARTER.of(measure)
    return day_of(
        counted,
        event,
        allocated_on=allocated_on,
        followed_until=followed_until,
        definitions=STARTER,
    )


def test_published_definitions_never_change():
    assert {version: digest(text) for version, text in packaged().items()} == PUBLISHED


def test_the_starter_counts_arrest_charge_and_proof_at_four_horizons_from_allocation():
    assert [counted.measure for counted in STARTER.measures] == [*Measure]
    assert [horizon.months for horizon in STARTER.horizons] == [6, 12, 18, 24]
    assert (STARTER.index, STARTER.first_day, STARTER.custody) == ("allocation", 1, "counted")
    assert "no board has approved it" in STARTER.note


def test_an_arrest_counts_on_its_day_and_a_charge_on_its_own():
    arrest = Event(FollowUpKind.ARREST, date(2017, 6, 1), date(2017, 6, 3))
    charge = Event(FollowUpKind.CHARGE, date(2017, 6, 1), None, date(2017, 8, 1))
    assert day(Measure.ARREST, arrest) == (date(2017, 6, 3) - DAY).days
    assert day(Measure.CHARGE, charge) == (date(2017, 8, 1) - DAY).days
    assert day(Measure.CHARGE, arrest) is None
    assert day(Measure.ARREST, Event(FollowUpKind.ARREST)) is None
    assert day(Measure.ARREST, Event(FollowUpKind.ARREST, None, date(2017, 6, 3))) == 57


@pytest.mark.parametrize("offence", [date(2017, 4, 6), DAY])
def test_what_was_done_before_the_day_after_allocation_never_counts(offence):
    arrest = Event(FollowUpKind.ARREST, offence, date(2017, 6, 3))
    assert day(Measure.ARREST, arrest) is None
    assert day(Measure.ARREST, Event(FollowUpKind.ARREST, None, offence)) is None


def test_proof_counts_on_the_day_of_the_offence_and_only_where_it_was_proved():
    def proved(disposal, disposed_on=date(2018, 2, 1), offence_on=date(2017, 6, 1)):
        event = Event(FollowUpKind.DISPOSAL, offence_on, disposed_on=disposed_on, disposal=disposal)
        return day(Measure.PROVEN, event)

    assert proved(Disposed.CONVICTION) == proved(Disposed.CAUTION) == 55
    assert proved(Disposed.OUT_OF_COURT) is None
    assert proved(Disposed.ACQUITTED) is None
    assert proved(Disposed.CONVICTION, None) is None
    # Thirty months from 7 April 2017: the longest horizon and the lag.
    assert proved(Disposed.CONVICTION, date(2019, 10, 6)) == 55
    assert proved(Disposed.CONVICTION, date(2019, 10, 7)) is None


def test_proof_is_observed_six_months_less_than_arrests_are():
    arrest, proven = STARTER.of(Measure.ARREST), STARTER.of(Measure.PROVEN)
    assert observed_until(arrest, CUT) == CUT
    assert observed_until(proven, CUT) == date(2019, 10, 1)
    late = Event(
        FollowUpKind.DISPOSAL,
        date(2017, 10, 2),
        disposed_on=date(2018, 3, 1),
        disposal=Disposed.CONVICTION,
    )
    assert day(Measure.PROVEN, late, followed_until=date(2018, 4, 1)) is None
    assert day(Measure.PROVEN, late, followed_until=date(2018, 4, 2)) == 178


def test_proof_that_came_after_the_last_day_is_not_in():
    proved = Event(
        FollowUpKind.DISPOSAL,
        date(2017, 6, 1),
        disposed_on=date(2018, 3, 1),
        disposal=Disposed.CONVICTION,
    )
    assert day(Measure.PROVEN, proved, followed_until=date(2018, 2, 28)) is None
    assert day(Measure.PROVEN, proved, followed_until=date(2018, 3, 1)) == 55


def test_a_trial_is_judged_by_what_was_fixed_when_it_opened():
    later = parse(TEXT.replace("2015-04-07-starter", "later").replace("2015-04-07", "2026-01-01"))
    both = [later, STARTER]
    assert in_use(both, opened_on=date(2025, 12, 31)) is STARTER
    assert in_use(both, opened_on=date(2026, 1, 1)) is later
    assert in_use(both, opened_on=date(2015, 4, 6)) is None


def test_a_measure_that_is_not_defined_is_none_and_has_no_lag():
    text, _, _ = TEXT.partition('[[measures]]\nmeasure = "proven"')
    assert parse(text).of(Measure.PROVEN) is None
    assert (parse(text).lag_months, STARTER.lag_months) == (0, 6)


def test_trials_since_april_2016_are_judged_by_what_is_proven_within_24_months():
    named = parse(NAMED)
    assert (named.primary.measure, named.primary.months) == (Measure.PROVEN, 24)
    assert named.primary.horizon == named.horizons[-1].name == "24 months"
    assert in_use([STARTER, named], opened_on=date(2016, 4, 1)) == named
    assert "no board has approved it" in named.note
    apart = {"version", "title", "valid_from", "source", "note", "primary"}
    assert named.model_dump(exclude=apart) == STARTER.model_dump(exclude=apart)


def test_trials_before_had_no_primary_outcome_and_get_none():
    assert STARTER.primary is None
    assert in_use([STARTER, parse(NAMED)], opened_on=date(2016, 3, 31)) is STARTER


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("months = 24 }\n\n", "months = 9 }\n\n", "primary: its months are none of the horizons"),
        ('measure = "proven", months', 'measure = "fun", months', "primary.measure"),
        (NAMED[NAMED.rindex("[[measures]]") :], "", "primary: its measure is none of those"),
    ],
)
def test_a_primary_outcome_is_one_of_the_measures_within_one_of_the_horizons(old, new, says):
    with pytest.raises(DefinitionsUnreadable, match=says):
        parse(NAMED.replace(old, new))


def test_a_horizon_of_one_month_is_called_so():
    found = parse(TEXT.replace("months = 6, days = 182", "months = 1, days = 30"))
    assert [each.name for each in found.horizons][:2] == ["1 month", "12 months"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('version = "2015', "version = ", "line 3"),
        ("months = 12", "months = 6", "horizons: each longer than the one before"),
        ('measure = "charge"', 'measure = "arrest"', "measures: one stands twice"),
        ('disposals = ["conviction", "caution"]\n', "", "measures.2: disposals are named"),
        ('counted_by = "charge"', 'counted_by = "charge"\nlag_months = 6', "only a disposal comes"),
        ("first_day = 1", "", "first_day: Field required"),
    ],
)
def test_definitions_that_will_not_do_say_where(old, new, says):
    with pytest.raises(DefinitionsUnreadable, match=says):
        parse(TEXT.replace(old, new))


def test_published_definitions_are_opened_only_as_they_were_published():
    assert opened(TEXT, digest(TEXT)) == STARTER
    with pytest.raises(DefinitionsUnreadable, match="the digest differs"):
        opened(TEXT + "#", digest(TEXT))


def test_a_folder_is_held_to_its_digests():
    name, sums = "2015-04-07-starter.toml", f"{digest(TEXT)}  2015-04-07-starter.toml\n"
    assert in_order({name: TEXT, "SHA256SUMS": sums}, parse, DefinitionsUnreadable) == {
        "2015-04-07-starter": TEXT
    }
    with pytest.raises(DefinitionsUnreadable) as told:
        in_order(
            {"other.toml": TEXT, "bad.toml": "x", "SHA256SUMS": sums}, parse, DefinitionsUnreadable
        )
    assert "2015-04-07-starter.toml: SHA256SUMS names it and it is not there" in str(told.value)
    assert "other.toml: it is not named after its version" in str(told.value)
    assert "other.toml: SHA256SUMS does not have its digest" in str(told.value)
    assert "bad.toml: " in str(told.value)
