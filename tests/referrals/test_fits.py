"""Whether an offer fits somebody: why, what is unknown, and what excludes it."""

from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.needs.states import NeedLevel, Pathway
from checkpoint.referrals.offers.fits import (
    SIDES,
    Need,
    Offer,
    Point,
    Seeker,
    fit,
    needs_of,
    ranked,
)
from checkpoint.referrals.offers.states import LABELS, NoProviderReason, NoProviderWithdrawal

PLAIN = Offer(service_id=UUID(int=1), organization_id=UUID(int=2), name="Synthetic offer")
WHO = Seeker(age=25, sex="male")


def kind_of(point, seeker, offer):
    """On which side a point stands, and what is said of it; None where it is left out."""
    found = fit(seeker, offer)
    for side in SIDES:
        for told in getattr(found, side):
            if told.point is point:
                return side
    return None


@pytest.mark.parametrize(
    ("point", "said", "known", "side"),
    [
        (Point.AGE, {}, {}, "unknown"),
        (Point.AGE, {"minimum_age": 18.0}, {"age": None}, "unknown"),
        (Point.AGE, {"minimum_age": 18.0}, {"age": 18}, "why"),
        (Point.AGE, {"minimum_age": 18.0}, {"age": 17}, "excludes"),
        (Point.AGE, {"maximum_age": 25.0}, {"age": 25}, "why"),
        (Point.AGE, {"maximum_age": 25.0}, {"age": 26}, "excludes"),
        (Point.SEX, {}, {}, "unknown"),
        (Point.SEX, {"sexes": frozenset({"female", "male"})}, {"sex": None}, "why"),
        (Point.SEX, {"sexes": frozenset({"female"})}, {"sex": "not_known"}, "unknown"),
        (Point.SEX, {"sexes": frozenset({"female"})}, {"sex": "female"}, "why"),
        (Point.SEX, {"sexes": frozenset({"female"})}, {}, "excludes"),
        (Point.RESIDENCE, {}, {}, "unknown"),
        (Point.RESIDENCE, {"residence": frozenset({"dl14"})}, {}, "unknown"),
        (Point.RESIDENCE, {"residence": frozenset({"dl14"})}, {"district": "DL14"}, "why"),
        (Point.RESIDENCE, {"residence": frozenset({"dl14"})}, {"district": "DH1"}, "excludes"),
        (
            Point.RESIDENCE,
            {"residence": frozenset({"dl14", "crook"})},
            {"district": "DH1"},
            "unknown",
        ),
        (Point.LANGUAGE, {"languages": frozenset({"en"})}, {}, None),
        (Point.LANGUAGE, {}, {"language": "pl"}, "unknown"),
        (Point.LANGUAGE, {"languages": frozenset({"en", "pl"})}, {"language": "pl"}, "why"),
        (Point.LANGUAGE, {"languages": frozenset({"en"})}, {"language": "pl"}, "excludes"),
        (Point.LANGUAGE, {"languages": frozenset({"en", "polish"})}, {"language": "pl"}, "unknown"),
        (Point.LANGUAGE, {"languages": frozenset({"eng"})}, {"language": "pl"}, "unknown"),
        (Point.DAYS, {"days": frozenset({1})}, {}, None),
        (Point.DAYS, {}, {"days": frozenset({1})}, "unknown"),
        (Point.DAYS, {"days": frozenset({1, 3})}, {"days": frozenset({3, 5})}, "why"),
        (Point.DAYS, {"days": frozenset({1})}, {"days": frozenset({7})}, "excludes"),
        (Point.PLACE, {"districts": frozenset({"DL1"})}, {}, None),
        (Point.PLACE, {}, {"district": "DL1"}, "unknown"),
        (Point.PLACE, {"districts": frozenset({"DL1"})}, {"district": "DL1"}, "why"),
        (Point.PLACE, {"districts": frozenset({"DL1"})}, {"district": "DH1"}, None),
        (Point.FREE_PLACES, {}, {}, "unknown"),
        (Point.FREE_PLACES, {"maximum": 3, "free_places": 1}, {}, "why"),
        (Point.FREE_PLACES, {"maximum": 3, "free_places": 0}, {}, "behind"),
        (Point.COST, {}, {}, "unknown"),
        (Point.COST, {"is_free": True}, {}, "why"),
        (Point.COST, {"is_free": False}, {}, None),
    ],
)
def test_every_point_speaks_for_an_offer_or_against_it_or_is_not_known(point, said, known, side):
    assert kind_of(point, replace(WHO, **known), replace(PLAIN, **said)) == side


AGES = st.none() | st.integers(0, 99)


@given(AGES, AGES, AGES)
def test_what_is_not_known_excludes_nobody_and_every_point_is_told_once(age, least, most):
    found = fit(replace(WHO, age=age), replace(PLAIN, minimum_age=least, maximum_age=most))
    told = [each for side in SIDES for each in getattr(found, side)]
    assert len(told) == len({each.point for each in told})
    if age is None:
        assert not found.excludes
    assert all(each.words.endswith(".") for each in told)


def test_what_excludes_comes_last_and_a_full_house_before_it():
    best = replace(PLAIN, service_id=UUID(int=4), minimum_age=18.0, is_free=True, name="B")
    full = replace(best, service_id=UUID(int=5), maximum=2, free_places=0)
    young = replace(best, service_id=UUID(int=6), maximum_age=18.0)
    other = replace(best, service_id=UUID(int=7), name="a")
    found = [each.offer.service_id.int for each in ranked(WHO, [young, full, PLAIN, best, other])]
    assert found == [7, 4, 1, 5, 6]


def a_part(level, linked=None):
    return SimpleNamespace(level=level, linked_to_offending=linked)


def test_the_worst_need_comes_first_and_of_equals_what_is_linked_to_the_offending():
    found = needs_of(
        {
            Pathway.ACCOMMODATION: a_part("low"),
            Pathway.FINANCE: a_part("high", "no"),
            Pathway.HEALTH: a_part("high", "yes"),
            Pathway.ATTITUDES: a_part("none_seen"),
            Pathway.DRUGS_AND_ALCOHOL: a_part(None),
            Pathway.CHILDREN_AND_FAMILIES: a_part("high", "no"),
        }
    )
    assert [need.pathway for need in found] == [
        Pathway.HEALTH,
        Pathway.FINANCE,
        Pathway.CHILDREN_AND_FAMILIES,
        Pathway.ACCOMMODATION,
    ]
    assert found[0] == Need(pathway=Pathway.HEALTH, level=NeedLevel.HIGH, linked="yes")


def test_every_reason_has_its_words():
    for words in (NoProviderReason, NoProviderWithdrawal):
        assert all(LABELS[word] for word in words)
