import hashlib
from datetime import date, time
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from checkpoint.directory import references
from checkpoint.directory.meanings import Term, folded, meanings, term_of
from checkpoint.directory.offers import END_OF_DAY, Place, offer_of
from checkpoint.directory.references import (
    crosswalks,
    digest,
    packaged,
    pathway_terms,
    pathways,
    staleness_on,
)
from checkpoint.directory.rules import check_chain, day_of, is_stale
from checkpoint.directory.states import KINDS, LABELS, AccessWay, ListingPath
from checkpoint.directory.views import capacity_of, crosswalk_on, name_of, places_of
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.states import LABELS as NAMES
from checkpoint.needs.states import Pathway
from conftest import NOON

A, B, C = (UUID(int=number) for number in (1, 2, 3))
AT = str(uuid4())
# Written by hand, with the day: what is published never changes.
PUBLISHED = {
    "pathways/2015-04-07-service-offer.toml": "1680cf3d716106cdd269916f38e7d2135a937c2ccf74e1ff03c2d28505553d67",
    "crosswalks/2026-11-23-open-eligibility.toml": "033e0ef4d8fd0bcd6bac822728e63137d58c8263e7fb9dc210ba79a1af5080e3",
    "staleness/2026-11-23-own.toml": "e6ebadff77bfa90ced02981ee6a96bda9e200b6945e987ba58ca2a279973c7ba",
}


def test_what_ships_never_changes():
    found = {}
    for folder in ("pathways", "crosswalks", "staleness"):
        sums = (references.files("checkpoint.directory") / folder / "SHA256SUMS").read_text("utf-8")
        for name, text in packaged(folder).items():
            found[f"{folder}/{name}"] = digest(text)
            assert f"{hashlib.sha256(text.encode()).hexdigest()}  {name}" in sums
    assert found == PUBLISHED


def test_the_pathways_are_a_taxonomy_of_seven_terms_with_ids_of_their_own():
    (found,) = pathways()
    assert {term.code for term in found.terms} == {*Pathway} == {*pathway_terms().values()}
    assert len({found.taxonomy.id, *pathway_terms()}) == 8
    assert all(term.name == NAMES[term.code] for term in found.terms)


def test_what_the_crosswalk_reads_into_another_taxonomy_says_that_it_is_our_own_reading():
    (found,) = crosswalks()
    assert found.basis == "own_reading"
    assert "own reading" in found.source
    assert {each.pathways for each in found.entries} >= {(Pathway.HEALTH,), (Pathway.FINANCE,)}


def test_what_is_stale_is_told_by_the_file_of_the_day():
    rule = staleness_on(date(2026, 11, 23))
    assert rule == staleness_on(date(2020, 1, 1))
    days = rule.assured_for_days
    on = date(2026, 11, 23)
    assert not is_stale(date(2026, 5, 25), days=days, on=on)
    assert is_stale(date(2026, 5, 24), days=days, on=on)
    assert is_stale(None, days=days, on=on)


def test_a_chain_of_terms_ends():
    check_chain(A, [B, C])
    for parents in ([B, A], [B] * 30):
        with pytest.raises(RuleBroken):
            check_chain(A, parents)


def test_every_kind_has_its_address_and_every_word_its_label():
    assert [each.value for each in ListingPath] == [
        "organizations", "services", "locations", "taxonomies", "taxonomy-terms",
    ]  # fmt: skip
    assert [KINDS[each].value for each in ListingPath] == [
        "organization", "service", "location", "taxonomy", "taxonomy_term",
    ]  # fmt: skip
    assert {*AccessWay} <= LABELS.keys()


def test_a_term_means_what_the_nearest_wider_one_means():
    terms = {
        A: Term(A, "Health", frozenset({"oe:health"})),
        B: Term(B, "Addiction", frozenset({"oe:addiction"}), parent_id=A),
        C: Term(C, "Detox", frozenset(), parent_id=B),
    }
    said = {"oe:health": frozenset({Pathway.HEALTH})}
    assert meanings(terms, {}, said)[C] == {Pathway.HEALTH}
    said["oe:addiction"] = frozenset({Pathway.DRUGS_AND_ALCOHOL})
    assert meanings(terms, {}, said)[C] == {Pathway.DRUGS_AND_ALCOHOL}
    assert meanings(terms, {A: Pathway.FINANCE}, {})[B] == {Pathway.FINANCE}
    circle = {A: Term(A, "x", frozenset(), parent_id=B), B: Term(B, "y", frozenset(), parent_id=A)}
    assert meanings(circle, {}, said) == {A: frozenset(), B: frozenset()}
    missing = {A: Term(A, "x", frozenset(), parent_id=B)}
    assert meanings(missing, {}, said) == {A: frozenset()}


def test_a_term_is_called_by_its_uri_its_code_and_its_name():
    document = {"id": str(A), "name": "Housíng", "taxonomy": "OE", "code": "103", "term_uri": "X:1"}
    assert term_of(document).names == {"x:1", "oe:103", "oe:housing"}
    assert term_of({"id": str(A), "name": "x", "parent_id": str(B)}).parent_id == B
    by_id = {"id": str(A), "name": "Housing", "code": "103"}
    assert term_of(by_id, "Open Eligibility").names == {
        "open eligibility:103",
        "open eligibility:housing",
    }
    assert term_of(by_id | {"taxonomy": "OE"}, "X").names == {"oe:103", "oe:housing"}
    assert term_of(by_id).names == set()
    assert folded(" ÉCOLE  straße ") == "ecole strasse"


def test_of_what_was_said_of_a_term_the_last_that_has_begun_holds():
    def row(number, day, *, holds=True):
        return SimpleNamespace(
            term="A:b", pathway="health", number=number, valid_from=date(2026, 1, day), holds=holds
        )

    rows = [row(1, 1), row(2, 10, holds=False), row(3, 20)]
    assert crosswalk_on(rows, date(2025, 12, 31)) == {}
    assert crosswalk_on(rows, date(2026, 1, 9)) == {"a:b": {Pathway.HEALTH}}
    assert crosswalk_on(rows, date(2026, 1, 10)) == {}
    assert crosswalk_on(rows, date(2026, 1, 20)) == {"a:b": {Pathway.HEALTH}}


def offered(locations=None, terms=None, meaning=None, **document):
    return offer_of(
        {"name": "X", "status": "active"} | document,
        organization_name=None,
        locations=locations or {},
        terms=terms or {},
        meaning=meaning or {},
    )


def test_what_is_not_said_or_cannot_be_read_is_unknown():
    for offer in (
        offered(),
        offered(
            minimum_age=-1,
            maximum_age=999,
            eligible_sexes="female",
            eligible_residence=[1],
            access_way=["walk_in"],
            cost_options=[{"option": "ask"}],
            languages=[{}],
            valid_from=7,
            valid_until="soon",
            attributes=[{"taxonomy_term_id": str(A)}, {}],
        ),
        offered(eligible_sexes=["all"], access_way="boat", eligible_residence=[]),
    ):
        unknown = {getattr(offer, name) for name in UNKNOWN}
        assert unknown == {None}
        assert (offer.pathways, offer.places, offer.openings) == ((), (), ())


UNKNOWN = (
    "minimum_age", "maximum_age", "sexes", "languages", "is_free", "access", "residence",
    "valid_from", "valid_until",
)  # fmt: skip


def test_what_is_said_is_read():
    terms = {A: Term(A, "Détox", frozenset())}
    offer = offered(
        terms=terms,
        meaning={A: frozenset({Pathway.HEALTH, Pathway.DRUGS_AND_ALCOHOL})},
        attributes=[{"taxonomy_term_id": str(A)}],
        minimum_age=18,
        maximum_age=65.5,
        eligible_sexes=["Female", "female"],
        eligible_residence=["Bishop Auckland", "DL14"],
        access_way="walk_in",
        languages=[{"code": "UR"}, {"name": "Polish"}],
        cost_options=[{"amount": 0}, {"amount": 35}],
        status="inactive",
    )
    assert offer.pathways == ("drugs_and_alcohol", "health")
    assert (offer.minimum_age, offer.maximum_age) == (18, 65.5)
    assert (offer.sexes, offer.residence) == (("female",), ("bishop auckland", "dl14"))
    assert (offer.access, offer.languages) == (AccessWay.WALK_IN, ("ur", "polish"))
    assert (offer.is_free, offer.is_active) == (False, False)
    assert offer.search_text == "x detox"


def test_a_place_is_where_its_location_says_if_that_can_be():
    def there(**location):
        place = {"id": AT, "location_id": str(A)}
        held = {A: {"addresses": []} | location}
        (found,) = offered(held, service_at_locations=[place]).places
        return found

    postal = {"address_type": "postal", "postal_code": "DL1 1AA", "city": "Darlington"}
    physical = {"address_type": "physical", "postal_code": "dh1  3rj", "city": "Durham"}
    found = there(latitude=54.7, longitude=-1.5, addresses=[postal, physical])
    assert found == Place(UUID(AT), A, 54.7, -1.5, "DH1", "durham")
    assert there(addresses=[postal]).district == "DL1"
    assert there(addresses=[postal | {"postal_code": "ABC 1234"}]).district is None
    for latitude, longitude in ((0, 0), (100, 1), (1, 200), (54.7, None)):
        point = {"latitude": latitude} | ({"longitude": longitude} if longitude is not None else {})
        assert there(**point).latitude is None
    gone = offered(service_at_locations=[{"id": AT, "location_id": str(B)}, {"id": AT}]).places
    assert gone == (Place(UUID(AT)), Place(UUID(AT)))


def test_weekly_hours_are_read_and_others_are_not_guessed():
    weekly = {
        "byday": "mo, TU,1WE",
        "opens_at": "09:00:00Z",
        "closes_at": "17:00",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "until": "2026-06-30",
    }
    monday, tuesday = offered(schedules=[weekly]).openings
    assert (monday.weekday, monday.opens, monday.closes) == (1, time(9), time(17))
    assert (monday.valid_from, monday.valid_until) == (date(2026, 1, 1), date(2026, 6, 30))
    assert (tuesday.weekday, tuesday.location_id) == (2, None)
    for other in ({"freq": "MONTHLY"}, {"interval": 2}, {"byday": "1MO"}):
        assert offered(schedules=[weekly | other]).openings == ()
    place = {
        "id": AT,
        "location_id": str(A),
        "schedules": [{"byday": "SU", "dtstart": "2026-01-04"}],
    }
    (sunday,) = offered({A: {}}, service_at_locations=[place]).openings
    assert (sunday.location_id, sunday.opens, sunday.closes) == (A, None, None)
    assert sunday.valid_from == date(2026, 1, 4)
    late = {"byday": "SU", "opens_at": "22:00", "closes_at": "02:00"}
    spans = [(o.weekday, o.opens, o.closes) for o in offered(schedules=[late]).openings]
    assert spans == [(7, time(22), END_OF_DAY), (1, time(0), time(2))]
    midnight = offered(schedules=[late | {"closes_at": "00:00"}]).openings
    assert [(o.weekday, o.closes) for o in midnight] == [(7, END_OF_DAY)]


def test_places_are_published_where_they_are_stated_and_others_come_after():
    assert capacity_of(None, {}) == {}
    assert places_of(None) is None
    row = SimpleNamespace(service_id=A, maximum=3, held=1, description=None, updated_at=NOON)
    (own,) = capacity_of(row, {})["capacities"]
    assert (own["available"], own["maximum"], "description" in own) == (2, 3, False)
    both = capacity_of(row, {"capacities": [{"id": own["id"]}, {"id": AT}]})["capacities"]
    assert both == [own, {"id": AT}]


def test_everything_has_a_name():
    assert name_of({"id": "1", "name": "N"}) == "N"
    assert name_of({"id": "1", "addresses": [{"address_1": "1 Test Street"}]}) == "1 Test Street"
    assert name_of({"id": "1"}) == "1"
    assert day_of(None) is None
