import json
import zipfile

import pytest

from checkpoint.directory.imports.cli import items_of, origin_of, places_of
from checkpoint.directory.imports.reading import (
    LONGEST_ITEM,
    Document,
    FeedBroken,
    FeedFacts,
    FeedItem,
)
from checkpoint.directory.imports.repairs import mended
from checkpoint.directory.imports.splitting import rows_of
from checkpoint.directory.states import ListingKind
from conftest import SHARED
from feeding import a_page, a_service, an_id, imported, written

TABLES = SHARED / "data/oruk/hsds-3.0/examples/csv"


async def read(path, store):
    facts = FeedFacts()
    return [item async for item in items_of(str(path), None, facts, store)], facts


@pytest.mark.parametrize(
    ("content", "kinds", "incomplete"),
    [
        (a_page([a_service(1)]), ["service"], 0),
        ([{"id": "1", "location_type": "physical"}], ["location"], 0),
        ({"content": [{"id": "1", "vocabulary": "x"}], "totalPages": 9}, ["taxonomy_term"], 1),
        (a_service(1), ["service"], 1),
        ({"contents": [], "organizations": [{"id": "1"}]}, ["organization"], 0),
        (
            b'{"id": "1", "logo": "x"}\n{"id": "2", "version": "x"}\n',
            ["organization", "taxonomy"],
            0,
        ),
        (b"\xef\xbb\xbf[1, 2.5]", ["service", "service"], 0),
    ],
)
async def test_a_file_shows_by_itself_what_it_holds(tmp_path, content, kinds, incomplete):
    items, facts = await read(written(tmp_path / "feed.json", content), tmp_path)
    assert [item.kind for item in items] == kinds
    assert len(facts.incomplete) == incomplete


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b"", "no JSON"),
        ("a.json", b"{}", "no page"),
        ("a.json", b'{"contents": [1', "breaks off"),
        ("a.json", b'{"contents": [1]} x', "goes on"),
        ("a.json", b'{"contents" [1]}', "no JSON"),
        ("a.json", b'{"a":1,' * 1, "breaks off"),
        ("a.json", json.dumps({str(n): n for n in range(300)}).encode(), "too many members"),
        ("a.json", b"[" + b"[" * 200_000, "too deep"),
        ("a.json", b'["' + b"x" * (LONGEST_ITEM + 100_000), "larger than"),
        ("a.zip", b"no zip", "no zip"),
    ],
)
async def test_a_file_that_cannot_be_read_ends_in_words(tmp_path, name, content, told):
    with pytest.raises(FeedBroken, match=told):
        await read(written(tmp_path / name, content), tmp_path)
    with pytest.raises(FeedBroken, match="cannot be read"):
        await read(tmp_path / "nowhere.json", tmp_path)


async def test_lines_that_cannot_be_read_are_rejected_alone(tmp_path):
    long = b"x" * (LONGEST_ITEM + 1)
    deep = b"[" * 100_000
    lines = b"\n".join([b'{"id": "1"}', long, deep, b'{"id": "2"}', b"{} {}", long])
    items, _ = await read(written(tmp_path / "feed.ndjson", lines), tmp_path)
    assert [bool(item.fault) for item in items] == [False, True, True, False, True, True]


def a_package(path, tables):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in tables.items():
            package.writestr(name, content)
    return path


async def test_a_package_is_put_together_from_its_tables(tmp_path):
    tables = {
        "services.csv": "id,name,status,minimum_age,program_id,extension\n"
        's,S,active,18,p,"{""vendor"": 1}"\nt,T,active,x,q,broken\n',
        "programs.csv": "id,name,description\np,P,P\n",
        "phones.csv": "id,service_id,number\nn,s,01\nn,s,01\n",
        "attributes.csv": "id,link_id,link_entity\na,s,service\nb,s,nonsense\n",
        "strangers.csv": "id\n1\n",
        "readme.txt": "x",
    }
    items, facts = await read(a_package(tmp_path / "feed.zip", tables), tmp_path)
    service = items[0].item
    assert (service["minimum_age"], service["program"]["name"], service["vendor"]) == (18, "P", 1)
    assert len(service["phones"]) == 1
    assert len(service["attributes"]) == 2
    assert "program" not in items[1].item
    assert facts.covered == {ListingKind.SERVICE}


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"x.csv": "id\n"}, "no table of HSDS"),
        ({"services.csv": b"id,name\n1,\xff\n"}, "not UTF-8"),
        ({"services.csv": 'id,name\n1,"x'}, "no CSV"),
    ],
)
async def test_a_package_that_is_none_ends_in_words(tmp_path, tables, told):
    with pytest.raises(FeedBroken, match=told):
        await read(a_package(tmp_path / "feed.zip", tables), tmp_path)


async def test_a_package_that_unpacks_without_end_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("checkpoint.directory.imports.packages.MOST_BYTES", 100_000)
    path = a_package(tmp_path / "bomb.zip", {"services.csv": "id,name\n" + "1,\n" * 100_000})
    with pytest.raises(FeedBroken, match="larger than"):
        await read(path, tmp_path)


async def test_rows_that_share_an_id_do_not_multiply_without_end(tmp_path, monkeypatch):
    many = 1_500
    tables = {
        "services.csv": "id,name,status\ns,S,active\nt,T,active\n",
        "contacts.csv": "id,service_id,department\n"
        + "".join(f"c,s,D{number}\n" for number in range(many)),
        "phones.csv": "id,contact_id,service_id,number\n"
        + "".join(f"p{number},c,,{number}\n" for number in range(many))
        + "q,,t,1\nq,,t,1\nq,,t,2\n",
    }
    package = a_package(tmp_path / "shared.zip", tables)
    items, _ = await read(package, tmp_path)
    assert [each.fault for each in items] == [
        "More than 10,000 rows, or 2 MiB of them, belong to it.",
        None,
    ]
    assert [each["number"] for each in items[1].item["phones"]] == ["1", "2"]
    monkeypatch.setattr("checkpoint.directory.imports.packages.MOST_PARTS_IN_ALL", 5_000)
    with pytest.raises(FeedBroken, match=r"more than 5,000 parts"):
        await read(package, tmp_path)
    long = "id,service_id,description\n" + f"p,s,{'x' * 100_000}\n" * 22
    tables = {"services.csv": "id,name,status\ns,S,active\n", "phones.csv": long}
    items, _ = await read(a_package(tmp_path / "long.zip", tables), tmp_path)
    assert "2 MiB" in items[0].fault


@pytest.mark.skipif(not TABLES.exists(), reason="the standard's tables are not beside the project")
async def test_the_standards_own_tables_are_read(tmp_path):
    items, _ = await read(TABLES, tmp_path)
    for item in items:
        (row,) = rows_of(item.kind, item.item, source="tables")
        assert row.document is not None, row.notes


def test_a_feed_is_called_as_its_host_or_its_file():
    origin = origin_of("https://Feed.Council.gov.uk/v3/services?key=secret", None)
    assert (origin.source, origin.address) == (
        "feed-council-gov-uk", "https://Feed.Council.gov.uk/v3/services")  # fmt: skip
    assert origin_of("/tmp/durham.json", None).source == "durham"
    assert [place.host for place in places_of("https://a.uk/", ["b.uk"])] == ["a.uk", "b.uk"]
    assert places_of("durham.json", []) == []
    for given in (lambda: origin_of("1.json", None), lambda: places_of("ftp://x/", [])):
        with pytest.raises(Exception, match=r"Give a|no address"):
            given()


async def test_many_rows_and_unreadable_ones_are_staged_and_kept(owner):
    async def feed():
        for number in range(210):
            name = {"name": "Same", "organization": ..., "service_at_locations": ...}
            yield FeedItem(ListingKind.SERVICE, a_service(f"many-{number}", **name), f"{number}")
        yield FeedItem(ListingKind.SERVICE, None, "line 211", fault="It is no JSON.")

    told, rows = await imported(owner, "many", feed())
    assert (told.outcomes, told.complete) == ({"accepted": 210, "rejected": 1}, False)
    assert len(rows) == 211
    both, _ = await imported(owner, "many", feed(), covered=(ListingKind.TAXONOMY,))
    assert not both.changed


def test_what_is_not_said_is_filled_in_and_what_is_no_place_is_left_out():
    item = {"id": an_id(1), "latitude": 0, "longitude": 0, "addresses": [
        {"id": an_id(2), "address_1": "A", "postal_code": "X", "attention": "A. Testperson"},
        {"id": an_id(3), "address_1": "A"}], "name": {"x": 1}, "transportation": True,
        "alternate_name": float("inf"), "url": "http://[", "organization_id": {},
        "schedules": 5, "x": ["a@b.org", {"y": None}]}  # fmt: skip
    (row,) = rows_of(ListingKind.LOCATION, item, source="x")
    assert row.document["location_type"] == "physical"
    assert "latitude" not in row.document
    assert row.document["transportation"] == "true"
    (address,) = row.document["addresses"]
    assert (address["city"], address["country"]) == ("A", "GB")
    there = {"id": an_id(1), "location_type": "virtual", "latitude": 54.0, "longitude": -1.5}
    assert mended(ListingKind.LOCATION, there, source="x").document == there
    organization = {"id": an_id(4), "name": "O", "organization_identifiers": [
        {"id": an_id(5), "identifier_scheme": "GB-COH", "identifier": "1"}],
        "uri": "data:text/html,x", "year_incorporated": True, "logo": "mailto:x",
        "email": "mailto:desk@council.gov.uk"}  # fmt: skip
    made = mended(ListingKind.ORGANIZATION, organization, source="x").document
    assert made["description"] == "O"
    assert made["organization_identifiers"][0]["identifier_type"] == "GB-COH"
    assert "uri" not in made
    term = {"id": an_id(6), "name": "T", "term_uri": "urn:example:1", "vocabulary": "v"}
    made = mended(ListingKind.TAXONOMY_TERM, term, source="x").document
    assert (made["term_uri"], made["taxonomy"]) == ("urn:example:1", "v")


def test_a_document_is_read_across_the_ends_of_parts():
    text = json.dumps(a_page([a_service(1), 12345])).replace("12345", "12345   ")
    for size in (1, 7, 64):
        parts = iter([text[at : at + size] for at in range(0, len(text), size)])
        found = [item.item for item in Document(lambda p=parts: next(p, ""), FeedFacts()).items()]
        assert found == [a_service(1), 12345]
