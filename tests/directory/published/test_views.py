from checkpoint.directory.published import views
from checkpoint.directory.published.states import Form
from checkpoint.directory.published.views import Shelf
from checkpoint.directory.states import ListingKind

TERM = {"id": "t", "name": "Drink", "description": "d", "taxonomy_id": "x", "parent_id": "p"}
TAXONOMY = {"id": "x", "name": "Pathways", "description": "d", "version": "1"}
SHELF = Shelf(
    organizations={"o": {"id": "o", "name": "O", "description": "d", "phones": [{"id": "1"}]}},
    locations={"l": {"id": "l", "location_type": "physical", "organization_id": "secret"}},
    terms={"t": TERM},
    taxonomies={"x": TAXONOMY},
    capacities={"s": [{"available": 3}]},
)
SERVICE = {
    "id": "s",
    "name": "S",
    "status": "active",
    "organization_id": "o",
    "last_modified": "2026-01-01T00:00:00Z",
    "attributes": [{"id": "a", "taxonomy_term_id": "t"}, {"id": "b", "taxonomy_term_id": "hidden"}],
    "languages": [{"id": "e", "attributes": [{"id": "c", "value": "free"}]}],
    "service_at_locations": [
        {"id": "1", "location_id": "l"},
        {"id": "2", "location_id": "hidden"},
        {"id": "3", "description": "Anywhere."},
    ],
}


def test_nobody_is_named_and_nothing_is_empty_however_deep():
    document = {
        "id": "s",
        "assurer_email": "somebody@example.org",
        "url": "",
        "fees": None,
        "phones": [],
        "contacts": [{"id": "1", "name": "Testperson"}, {"id": "2", "title": "Desk"}, "odd"],
        "metadata": [{"updated_by": "Testperson"}],
        "x": {"contacts": {"kept": True}, "y": [{"z": None}, "", [None], 0, False]},
    }
    assert views.published(document) == {
        "id": "s",
        "contacts": [{"id": "2", "title": "Desk"}],
        "x": {"contacts": {"kept": True}, "y": [0, False]},
    }


def test_the_short_form_says_only_what_is_said_once_and_who_provides_it():
    assert views.service(SERVICE, SHELF, Form.BRIEF) == {
        "id": "s",
        "name": "S",
        "status": "active",
        "organization_id": "o",
        "last_modified": "2026-01-01T00:00:00Z",
        "organization": {"id": "o", "name": "O", "description": "d"},
    }


def test_the_least_form_of_a_place_is_whose_it_is_where_and_when_that_changed():
    service = {"id": "s", "name": "S", "status": "active", "last_modified": "2026"}
    row = {"service_at_location_id": "1", "service_id": "s", "location_id": None}
    told = {"id": "1", "service_id": "s", "last_modified": "2026"}
    assert views.least_place(row, service) == told
    assert views.least_place(row | {"location_id": "l"}, service) == told | {"location_id": "l"}


def test_the_full_form_nests_what_is_published_and_leaves_the_rest_out():
    whole = views.service(SERVICE, SHELF, Form.FULL)
    (attribute,) = whole["attributes"]
    assert attribute["taxonomy_term"] == {
        "taxonomy": "Pathways",
        "id": "t",
        "name": "Drink",
        "description": "d",
        "taxonomy_id": "x",
        "taxonomy_detail": TAXONOMY,
    }
    assert whole["languages"] == SERVICE["languages"]
    assert [each["id"] for each in whole["service_at_locations"]] == ["1", "3"]
    assert whole["service_at_locations"][0]["location"] == {"id": "l", "location_type": "physical"}
    assert whole["organization"]["phones"] == [{"id": "1"}]
    assert whole["capacities"] == [{"available": 3}]
    nowhere = {"id": "s2", "service_at_locations": [{"id": "2", "location_id": "hidden"}]}
    assert views.service(nowhere, SHELF, Form.FULL) == {"id": "s2"}


def test_a_service_at_a_place_holds_both():
    whole = views.at_place(SERVICE, SERVICE["service_at_locations"][0], SHELF, Form.FULL)
    assert whole["service_id"] == whole["service"]["id"] == "s"
    assert "service_at_locations" not in whole["service"]
    brief = views.at_place(SERVICE, SERVICE["service_at_locations"][0], SHELF, Form.BRIEF)
    assert brief["location"] == {"id": "l", "location_type": "physical"}
    assert "attributes" not in brief["service"]


def test_a_parent_that_is_published_is_named():
    shelf = Shelf(organizations=SHELF.organizations, terms={"p": TERM})
    child = {"id": "c", "name": "C", "description": "d", "parent_organization_id": "o"}
    assert views.organization(child, shelf, Form.FULL) == child
    assert views.term(TERM, shelf) == TERM
    place = {"id": "l", "location_type": "virtual", "organization_id": "o"}
    assert views.location(place, shelf, Form.BRIEF) == place


def test_a_taxonomy_tells_its_terms_only_where_they_are_given():
    assert views.taxonomy(TAXONOMY) == TAXONOMY
    (term,) = views.taxonomy(TAXONOMY, [TERM])["taxonomy_terms"]
    assert term["taxonomy"] == "Pathways"


def test_ids_are_found_however_deep_they_stand():
    assert [*views.ids_in({"a": [{"id": "1"}, 2], "b": {"id": "3"}, "id": 4}, "id")] == ["1", "3"]


def test_what_staff_write_under_names_of_their_own_is_for_them():
    kept = {
        "id": "s",
        "access_way": "walk_in",
        "valid_until": "2026-12-31",
        "phones": [{"number": "1", "languages": [{"code": "pl", "accessibility": "BSL"}]}, "odd"],
        "organization": {"id": "o", "name": "O"},
        "service_at_locations": "odd",
    }
    own = {"note": "ring Testperson", "term": {"deep": "no text"}, "eligible": True}
    odd = {**kept, **own, "phones": [{**kept["phones"][0], "extension_of": "Testperson"}, "odd"]}
    odd["organization"] = {**kept["organization"], "access_way": "not a service's", **own}
    assert views.defined(ListingKind.SERVICE, odd) == kept
    taxonomy = {"id": "t", "access_way": "no service", "valid_from": "2026-01-01"}
    shown = {"id": "t", "valid_from": "2026-01-01"}
    assert views.defined(ListingKind.TAXONOMY, taxonomy) == shown
