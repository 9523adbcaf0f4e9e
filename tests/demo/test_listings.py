"""The made-up directory: plainly made up, in the standard's words, and something on each pathway."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.demo.listings import (
    MADE_UP,
    MOST_PLACES,
    PROVIDERS,
    SERVICES,
    TOWNS,
    assured_on,
    location,
    organization,
    places,
    service,
)
from checkpoint.directory.entities import checked
from checkpoint.directory.offers import offer_of
from checkpoint.directory.references import staleness_on
from checkpoint.directory.states import ListingKind
from checkpoint.needs.states import Pathway

FIRST_DAY = date(2026, 7, 23)
SITES = {town.district: str(uuid4()) for town in TOWNS}
SEEDS = st.integers(0, 2**32)


def a_service(number):
    return service(
        number,
        organization_id=str(uuid4()),
        locations=SITES,
        term_id=str(uuid4()),
        assured_on=assured_on(number, 2015, first_day=FIRST_DAY),
    )


DOCUMENTS = [
    *((ListingKind.ORGANIZATION, organization(number)) for number in range(len(PROVIDERS))),
    *((ListingKind.LOCATION, location(town)) for town in TOWNS),
    *((ListingKind.SERVICE, a_service(number)) for number in range(len(SERVICES))),
]


def test_every_listing_says_that_it_is_made_up_and_is_in_the_standards_words():
    for kind, document in DOCUMENTS:
        assert document["name"].startswith("Synthetic")
        assert document["description"].endswith(MADE_UP)
        kept = checked(kind, {"id": str(uuid4())} | document)
        assert document.keys() <= kept.keys()


def test_nobody_is_reached_by_what_it_says():
    text = json.dumps([document for _, document in DOCUMENTS])
    assert {*re.findall(r"[\w.-]+@([\w.-]+)", text)} == {
        f"provider-{number + 1}.example" for number in range(len(PROVIDERS))
    }
    numbers = [each["number"] for kind, document in DOCUMENTS for each in phones(document)]
    assert all(re.fullmatch(r"01632 9600\d\d", number) for number in numbers)
    assert all(re.search(r"//provider-\d\.example/", url) for url in re.findall(r"http\S+", text))


def phones(document):
    yield from document.get("phones", ())
    for contact in document.get("contacts", ()):
        yield from contact["phones"]


def test_places_are_in_county_durham_and_darlington_to_two_decimals():
    assert len({town.district for town in TOWNS}) == len(TOWNS)
    for town in TOWNS:
        assert 54.4 < town.latitude < 55.0
        assert -2.4 < town.longitude < -1.2
        assert (round(town.latitude, 2), round(town.longitude, 2)) == (
            town.latitude,
            town.longitude,
        )


def test_each_pathway_has_offers_and_no_two_are_called_the_same():
    assert {*Counter(made.pathway for made in SERVICES)} == {*Pathway}
    assert min(Counter(made.pathway for made in SERVICES).values()) >= 2
    assert len({made.name for made in SERVICES}) == len(SERVICES)
    assert {made.provider for made in SERVICES} == {*range(len(PROVIDERS))}


@pytest.mark.parametrize("number", range(len(SERVICES)))
def test_what_lookups_read_is_what_was_meant(number):
    made, document = SERVICES[number], checked(ListingKind.SERVICE, {"id": str(uuid4())} | a_service(number))  # fmt: skip
    sites = {UUID(SITES[town.district]): location(town) for town in TOWNS}
    offer = offer_of(document, organization_name=None, locations=sites, terms={}, meaning={})
    assert (offer.minimum_age, offer.maximum_age) == made.ages
    assert offer.languages == made.languages
    assert offer.is_free == (None if made.pounds is None else made.pounds == 0)
    assert (offer.access, offer.is_active) == (made.access, True)
    assert tuple(place.district for place in offer.places) == made.at
    assert len(offer.openings) == len(made.days.split(",")) * len(made.at)


@given(seed=SEEDS)
def test_some_are_stale_in_the_end_and_some_are_not_whatever_the_seed(seed):
    last_day = FIRST_DAY + timedelta(days=123)
    days = staleness_on(last_day).assured_for_days
    said = [assured_on(number, seed, first_day=FIRST_DAY) for number in range(len(SERVICES))]
    assert said == [assured_on(number, seed, first_day=FIRST_DAY) for number in range(len(said))]
    stale = [day for day in said if (last_day - day).days > days]
    assert 2 <= len(stale) <= len(SERVICES) // 2
    assert max(said) < FIRST_DAY


@given(seed=SEEDS)
def test_places_are_few_and_some_services_do_not_say_how_many(seed):
    found = [places(number, seed) for number in range(len(SERVICES))]
    assert found == [places(number, seed) for number in range(len(SERVICES))]
    assert all(1 <= each <= MOST_PLACES for each in found if each is not None)
    assert found.count(None) == sum(not made.counted for made in SERVICES) > 0
