import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.directory.imports.dialects import NotAPage, modern, page_of
from checkpoint.directory.imports.linking import circular, relinked
from checkpoint.directory.imports.mending import mended_value
from checkpoint.directory.imports.repairs import Unusable, mended
from checkpoint.directory.imports.shapes import Kind
from checkpoint.directory.imports.splitting import rows_of
from checkpoint.directory.states import ListingKind
from conftest import SHARED
from feeding import a_service, an_id

SERVICE = ListingKind.SERVICE
REAL = SHARED / "data/oruk/feeds/bristol-services-page1.redacted.json"
# Each defect that was found in a real feed, what becomes of it, and what is told of it.
DEFECTS = (
    ({"last_modified": "2025-09-02T12:06:15.654"},
     {"last_modified": "2025-09-02T12:06:15.654000+01:00"}, "/last_modified: no offset"),
    ({"minimum_age": -1, "maximum_age": -1}, {}, "/minimum_age: no age"),
    ({"minimum_age": 30, "maximum_age": 18}, {}, "/minimum_age: above the maximum"),
    ({"minimum_age": "18"}, {"minimum_age": 18}, "/minimum_age: a number written as text"),
    ({"description": "<h1>About</h1><p>Us &amp; you</p>"}, {"description": "About\nUs & you"},
     "/description: freed of markup"),
    ({"name": "<script>alert(1)</script>Help"}, {"name": "Help"}, "/name: freed of markup"),
    ({"url": "javascript:alert(1)"}, {}, "/url: no web address"),
    ({"url": "www.help.org.uk"}, {"url": "http://www.help.org.uk"}, "/url: a web address without"),
    ({"email": "Unknown-1@noemail.invalid"}, {}, "/email: a mailbox that stands for none"),
    ({"email": "nobody"}, {}, "/email: no e-mail address"),
    ({"assured_date": "0001-01-01"}, {}, "/assured_date: no day of the years"),
    ({"assured_date": "0000-00-00T00:00:00"}, {}, "/assured_date: no day of the years"),
    ({"assured_date": "5/4/2025"}, {"assured_date": "2025-04-05"}, "/assured_date: a day written"),
    ({"status": "Active"}, {"status": "active"}, "/status: not one of the standard's values"),
    ({"status": None}, {"status": "active"}, "/status: not said"),
    ({"assurer_email": "a.person@council.gov.uk"}, {}, "/assurer_email: tells of one person"),
    ({"contacts": [{"id": an_id(1), "name": "Ann Testperson"}]}, {}, "/contacts/0: a contact that"),
    ({"pc_metadata": {"assured_by": "a@council.gov.uk", "n": 1}}, {"pc_metadata": {"n": 1}},
     "/pc_metadata/assured_by: an e-mail address"),
    ({"pc_x": {"<script>": 1, "n": float("nan"), "m": 2.0}}, {"pc_x": {"m": 2}},
     "/pc_x: a name that is none"),
    ({"minimum_age": 10**400}, {}, "/minimum_age: a number out of all range"),
    ({"name": "A\x00B\u202e"}, {"name": "AB"}, "/name: freed of"),
    ({"organizationId": an_id(2)}, {"organization_id": an_id(2)}, "/organization_id: its name"),
    ({"phones": {"number": "01"}}, None, "/phones: one thing where a list belongs"),
    ({"phones": [{"number": "01", "serviceId": an_id(3)}]}, None, "/phones/0: no id"),
    ({"phones": [{"id": an_id(4)}, 5, {"id": an_id(5), "number": 1}]}, None,
     "/phones/0: lacks what the standard requires"),
    ({"service_areas": [{"id": an_id(6), "uri": "http://www.example.com"}]}, None,
     "/service_areas/0/uri: an address that stands for none"),
    ({"schedules": [{"id": an_id(7), "freq": "weekly", "wkst": "Monday", "opens_at": "9:00",
                     "closes_at": "24:00", "valid_from": "soon"}]}, None,
     "/schedules/0/valid_from: no day"),
    ({"metadata": [{"id": an_id(8)}]}, {}, "/metadata: tells who changed what"),
    ({"attributes": [{"id": an_id(9), "taxonomy_term_id": "housing"}]}, None,
     "/attributes/0/taxonomy_term_id: no UUID"),
    ({"vendor": {"attributes": [{"taxonomy_term_id": "x"}]}}, {}, "/vendor/attributes"),
    ({"capacities": [{"id": an_id(10), "available": -1, "unit": {"id": an_id(11), "name": "x"},
                      "updated": "2026-01-01T00:00:00Z"}]}, {}, "/capacities/0/available: fewer"),
    ({"last_modified": "yesterday"}, {}, "/last_modified: no instant"),
    ({"last_modified": "2026-01-01 10:00+00:00"}, {"last_modified": "2026-01-01T10:00:00+00:00"},
     "/last_modified: an instant in another form"),
    ({"fees": 5, "alert": ["x"], "url": "http://a b"}, {"fees": "5"}, "/fees: a number or truth"),
    ({"description": "x" * 30_000}, {"description": "x" * 20_000}, "/description: cut off"),
)  # fmt: skip


def test_what_says_nothing_is_left_and_what_stands_twice_is_taken_once():
    assert mended_value(Kind.WORDS, None, pytest.fail) is None
    phone = {"id": an_id(20), "number": "01"}
    capacity = {"id": an_id(21), "available": 3, "unit": {"name": "place"},
                "updated": "2026-01-01T00:00:00Z"}  # fmt: skip
    hours = {"id": an_id(22), "freq": "WEEKLY", "opens_at": "at nine"}
    bare = {"id": an_id(19), "name": "Bare", "status": "active"}
    item = bare | {"phones": [phone, phone], "capacities": [capacity], "schedules": [hours]}
    (row,) = rows_of(SERVICE, item, source="feed")
    (kept,) = row.document["capacities"]
    assert (kept["available"], kept["unit"]["name"]) == (3, "place")
    assert row.document["phones"] == [phone]
    assert "opens_at" not in row.document["schedules"][0]
    assert not any("/unit: no id" in note for note in row.notes)


def test_a_page_may_be_a_bare_list_and_what_holds_no_list_is_none():
    assert page_of([{"id": "1"}]).items == [{"id": "1"}]
    for none in ({"contents": "none"}, 5):
        with pytest.raises(NotAPage):
            page_of(none)
    both = modern({"schedules": [], "regular_schedules": [1], "eligibilitys": [{}]}, "service")
    assert both["schedules"] == []


@pytest.mark.parametrize(("defect", "left", "told"), DEFECTS)
def test_a_defect_is_mended_or_left_out_and_told_of(defect, left, told):
    bare = {"id": an_id("bare"), "name": "Bare", "status": "active"}
    item = {name: value for name, value in (bare | defect).items() if value is not None}
    (row,) = rows_of(SERVICE, item, source="feed")
    assert row.outcome == "repaired", row.notes
    assert any(note.startswith(told) for note in row.notes), row.notes
    if left is not None:
        expected = {key: each for key, each in bare.items() if key not in defect} | left
        assert row.document == expected
    assert "<script" not in json.dumps(row.document).lower()
    (again,) = rows_of(SERVICE, row.document, source="feed")
    assert (again.outcome, again.notes, again.document) == ("accepted", (), row.document)


@pytest.mark.skipif(not REAL.exists(), reason="the published feed is not beside the project")
def test_a_page_of_a_real_feed_is_survived():
    for item in json.loads(REAL.read_text())["contents"]:
        service, organization = rows_of(SERVICE, item, source="bristol")
        assert (service.outcome, organization.outcome) == ("repaired", "accepted")
        assert not service.offset_known
        assert "minimum_age" not in service.document
        assert "pc_metadata" in service.document
        assert "assurer_email" not in service.document
        assert "<p>" not in service.document["description"]


def test_version_one_is_read_in_the_words_of_version_three():
    old = {
        "id": "service-1",
        "name": "Old",
        "organization": {"id": "o1", "name": "O", "description": "O", "url": "http://o.org.uk"},
        "regular_schedules": [{"id": "1", "byday": "MO"}],
        "service_taxonomys": [{"id": "2", "taxonomy": {"id": "t", "name": "T", "vocabulary": "v"}}],
        "eligibilitys": [{"id": "3", "eligibility": "All", "minimum_age": 18, "maximum_age": 25}],
        "fundings": [{"id": "4", "source": "Grant"}],
        "languages": [{"id": "5", "language": "Urdu"}],
        "service_areas": [{"id": "6", "service_area": "Durham"}],
        "service_at_locations": [
            {
                "id": "7",
                "location": {
                    "id": "8",
                    "latitude": 54.7,
                    "longitude": -1.5,
                    "physical_addresses": [
                        {"id": "9", "address_1": "1 Street", "postal_code": "X"}
                    ],
                    "accessibility_for_disabilities": [{"id": "10", "accessibility": "Ramp"}],
                },
            }
        ],
    }
    service, *others = rows_of(SERVICE, old, source="old")
    document = service.document
    assert (document["minimum_age"], document["eligibility_description"]) == (18, "All")
    assert document["languages"][0]["name"] == "Urdu"
    assert document["service_areas"][0]["name"] == "Durham"
    assert document["funding"][0]["source"] == "Grant"
    assert document["schedules"][0]["byday"] == "MO"
    by_kind = {row.kind: row for row in others}
    assert by_kind[ListingKind.ORGANIZATION].document["website"] == "http://o.org.uk"
    assert by_kind[ListingKind.TAXONOMY_TERM].document["taxonomy"] == "v"
    assert document["attributes"][0]["taxonomy_term_id"] == by_kind[
        ListingKind.TAXONOMY_TERM].document["id"]  # fmt: skip
    place = by_kind[ListingKind.LOCATION].document
    assert place["accessibility"][0]["description"] == "Ramp"
    assert place["addresses"][0]["city"] == "1 Street"
    assert service.external_id == "service-1"
    assert modern({"attributes": [5]}, "service") == {"attributes": [5]}
    assert modern({"languages": [5], "eligibilitys": 5}, "x")["languages"] == [5]


def deep(levels):
    made = {}
    for _ in range(levels):
        made = {"x": made, "y": 1}
    return made


@pytest.mark.parametrize(
    "item", [None, [], {}, {"id": ""}, {"id": "x" * 300}, {"id": True}, {"id": "1", "x": deep(40)},
             {"id": "1", "x": [1] * 3000}, {"id": "1", "x": "y" * 1_100_000}],
)  # fmt: skip
def test_what_cannot_be_mended_is_rejected(item):
    (row,) = rows_of(SERVICE, item, source="feed")
    assert (row.outcome, row.document) == ("rejected", None)
    with pytest.raises(Unusable):
        mended(SERVICE, item, source="feed")


def test_what_lacks_what_it_must_have_is_rejected_by_itself():
    (service,) = rows_of(
        SERVICE, a_service(1, organization={"id": "o"}, service_at_locations=...), source="feed"
    )
    assert service.notes == ("/organization/id: no UUID; one was made of it",
                             "/organization: lacks what the standard requires; left out")  # fmt: skip
    (row,) = rows_of(SERVICE, {"id": "1", "status": "active"}, source="feed")
    assert "/name: missing" in row.notes
    (row,) = rows_of(SERVICE, a_service(1, organization=..., service_at_locations=..., x=deep(18)),
                     source="feed")  # fmt: skip
    assert row.outcome == "rejected"
    (row,) = rows_of(SERVICE, {"id": "1", "name": "Big", "x": ["y" * 10_000] * 40}, source="feed")
    assert row.outcome == "rejected"
    notes = rows_of(SERVICE, {"id": "1", "name": "N", "phones": [1] * 90}, source="feed")[0].notes
    assert len(notes) < 50


def test_an_id_with_markup_is_neither_kept_nor_told():
    seen = set()
    for marked in ("<script>alert(1)</script>", "&lt;script&gt;1", "<b>1", "a<b"):
        item = a_service(1, id=marked, organization={"id": marked, "name": "O", "description": "D"})
        rows = rows_of(SERVICE, item, source="feed")
        assert [row.outcome for row in rows] == ["repaired", "accepted", "accepted"]
        assert all(row.external_id == row.document["id"] for row in rows)
        seen |= {row.external_id for row in rows[:2]}
        (row,) = rows_of(SERVICE, {"id": marked, "x": [1] * 3_000}, source="feed")
        assert (row.outcome, row.external_id) == ("rejected", "")
    assert len(seen) == 8  # ids that differ stay so
    (row,) = rows_of(SERVICE, {"id": "R&D <1>", "name": "N", "status": "active"}, source="feed")
    assert row.external_id == "R&D <1>"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FIELDS = ("name", "description", "url", "email", "status", "minimum_age", "assured_date", "phones",
          "last_modified", "schedules", "organization", "contacts", "attributes", "extra",
          "service_at_locations", "program", "capacities")  # fmt: skip


@given(item=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_whatever_is_sent_comes_to_rows_and_what_was_mended_stays_as_it_is(item):
    for row in rows_of(SERVICE, {"id": an_id("any"), "name": "N"} | item, source="any"):
        if row.document is not None:
            (again,) = rows_of(row.kind, row.document, source="any")
            assert (again.notes, again.document) == ((), row.document)


def test_circles_are_found_and_renamed_ids_are_renamed_wherever_they_stand():
    assert circular({1: 2, 2: 3, 3: 1, 4: 1, 5: 5, 6: 7}) == {1, 2, 3, 5}
    document = {"id": "s", "organization_id": "o", "service_at_locations": [{"location_id": "l"}],
                "attributes": [{"link_id": "s", "link_entity": "service", "taxonomy_term_id": "t"}],
                "program": {"id": "o"}}  # fmt: skip
    renamed = {("service", "s"): "S", ("organization", "o"): "O", ("location", "l"): "L",
               ("taxonomy_term", "t"): "T"}  # fmt: skip
    assert relinked(SERVICE, document, renamed) == {
        "id": "S", "organization_id": "O", "service_at_locations": [{"location_id": "L"}],
        "attributes": [{"link_id": "S", "link_entity": "service", "taxonomy_term_id": "T"}],
        "program": {"id": "o"}}  # fmt: skip
