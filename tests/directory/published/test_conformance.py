"""Whoever reads the whole directory finds nothing that the standards would not have so."""

import json
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from checkpoint.directory.entities import Organization, Service, ServiceAtLocation
from checkpoint.directory.parts import Taxonomy, TaxonomyTerm
from checkpoint.directory.published.schemas import DetailsView, PageView
from checkpoint.directory.published.views import OWN_WORDS, OWN_WORDS_OF_SERVICES, PERSONAL
from conftest import SHARED
from shelving import known_as

ORUK = "https://openreferraluk.org/specifications/3.0/schema/"
HSDS = "https://hsds.example/3.0/"
FOLDERS = {ORUK: "oruk-3.0", HSDS: "hsds-3.0"}
PATHS = {
    "services": ("service", Service, ("", "minimal=true", "full=true")),
    "service_at_locations": (
        "service_at_location",
        ServiceAtLocation,
        ("", "minimal=true", "full=true"),
    ),
    "organizations": ("organization", Organization, ("", "full=true", "full_service=true")),
    "taxonomies": ("taxonomy", Taxonomy, ("",)),
    "taxonomy_terms": ("taxonomy_term", TaxonomyTerm, ("",)),
}


async def crawled(stranger):
    """Every body there is: its path's name, whether it is a list, and what it says."""
    yield "", False, (await stranger.get("/")).json()
    for name, (_, _, forms) in PATHS.items():
        ids = set()
        for form in forms:
            link = f"/{name}?per_page=2&{form}"
            while link:
                answer = await stranger.get(link)
                assert answer.status_code == 200, answer.text
                page = answer.json()
                ids |= {each["id"] for each in page["contents"]}
                yield name, True, page
                link = answer.links.get("next", {}).get("url", "").removeprefix("/open-referral/v3")
        for id in sorted(ids):
            answer = await stranger.get(f"/{name}/{id}")
            assert answer.status_code == 200, answer.text
            yield name, False, answer.json()


def holes(value, place="$"):
    """Where something is null or empty."""
    if value is None or value in ("", {}) or (value == [] and place != "$.contents"):
        yield place
    for key, each in value.items() if isinstance(value, dict) else ():
        yield from holes(each, f"{place}.{key}")
    for number, each in enumerate(value if isinstance(value, list) else ()):
        yield from holes(each, f"{place}[{number}]")


async def typed(reader):
    """How many bodies there are, once each is as our own types say."""
    seen = 0
    async for name, is_list, body in crawled(reader):
        seen += 1
        assert [*holes(body)] == []
        if not name:
            DetailsView.model_validate(body)
            continue
        entity = PATHS[name][1]
        for each in body["contents"] if is_list else [body]:
            kept = entity.model_validate(each).model_dump(exclude_unset=True, mode="json")
            assert kept == each
        if is_list:
            PageView[entity].model_validate(body)
            assert body.keys() == PageView.model_fields.keys()
    return seen


async def test_every_page_and_every_id_is_as_our_own_types_say(stranger):
    assert await typed(stranger) > 30


async def test_a_directory_without_listings_answers_with_empty_pages(stranger):
    for name in PATHS:
        body = (await stranger.get(f"/{name}?search=nothinglikeit")).json()
        assert (body["empty"], body["contents"], body["total_items"], body["total_pages"]) == (
            True,
            [],
            0,
            0,
        )
        assert (body["first_page"], body["last_page"]) == (True, True)


def standard(base):
    """The schemas of one standard, offline."""
    folder = SHARED / "data" / "oruk" / FOLDERS[base] / "schema"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here")
    resources = [
        (base + file.name, Resource.from_contents(json.loads(file.read_text("utf-8")), DRAFT202012))
        for file in folder.glob("*.json")
    ]
    return Registry().with_resources(resources)


class Judge:
    """What one standard finds wrong with a body."""

    def __init__(self, base):
        self.base, self.registry, self.known = base, standard(base), {}
        checked = Draft202012Validator.FORMAT_CHECKER.checkers.keys()
        assert {"uuid", "date-time", "uri", "email"} <= checked

    def faults(self, file, body):
        if file not in self.known:
            self.known[file] = Draft202012Validator(
                {"$ref": f"{self.base}{file}.json"},
                registry=self.registry,
                format_checker=Draft202012Validator.FORMAT_CHECKER,
            )
        return [(fault.json_path, fault.message) for fault in self.known[file].iter_errors(body)]

    def of_listing(self, kind, listing):
        services = [*listing.get("services", []), *filter(None, [listing.get("service")])]
        found = [self.faults("service", service) for service in services]
        return sum(found, self.faults(kind, listing))

    def of_page(self, kind, page):
        found = [self.of_listing(kind, each) for each in page["contents"]]
        return sum(found, self.faults(f"{kind}_list", page) if self.base == ORUK else [])


async def judged(base, reader):
    """Which lists and listings there are, once none is found against a standard."""
    judge, seen = Judge(base), set()
    async for name, is_list, body in crawled(reader):
        seen.add((name, is_list))
        if name:
            kind = PATHS[name][0]
            found = judge.of_page(kind, body) if is_list else judge.of_listing(kind, body)
            assert found == [], (name, body)
        elif base == ORUK:
            assert judge.faults("api_details", body) == []
    return seen


@pytest.mark.parametrize("base", FOLDERS, ids=FOLDERS.values())
async def test_every_body_is_valid_by_the_standards_with_strict_formats(stranger, base):
    judge = Judge(base)
    for wrong in ({"id": "x"}, {"last_modified": "2026-01-01T00:00:00"}, {"url": "no uri"}):
        service = {"id": known_as("x"), "name": "n", "status": "active"}
        assert judge.faults("service", service) == []
        assert judge.faults("service", service | wrong)
    assert len(await judged(base, stranger)) == 11


async def test_the_api_document_is_one_of_openapi_3_1_and_says_what_is_answered(stranger):
    document = (await stranger.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    paths = {f"/{name}{tail}" for name in PATHS for tail in ("", "/{id}")} | {"/"}
    assert document["paths"].keys() == paths
    assert '"null"' not in json.dumps(document["components"]["schemas"]["Service"])
    for path, operations in document["paths"].items():
        assert operations.keys() == {"get"}
        assert "security" not in operations["get"], path
        assert {"200", "304", "422", "429", "503"} <= operations["get"]["responses"].keys()
    own_words = {f"`{name}`" for name in OWN_WORDS | OWN_WORDS_OF_SERVICES}
    assert [each for each in own_words if each not in document["info"]["description"]] == []
    for name, parameters in PARAMETERS.items():
        asked = document["paths"][f"/{name}"]["get"]["parameters"]
        assert {each["name"] for each in asked} == set(parameters.split()), name


async def test_whoever_edits_is_told_that_the_world_reads_it(app):
    for name in ("CreateListing", "ChangeListing"):
        told = app.openapi()["components"]["schemas"][name]["properties"]["document"]["description"]
        assert "open to anybody, at `/open-referral/v3/`" in told
        assert [each for each in PERSONAL if f"`{each}`" not in told] == []


EVERY = "search page per_page format"
PARAMETERS = {
    "services": f"{EVERY} taxonomy_term_id taxonomy_id organization_id modified_after minimal full",
    "service_at_locations": f"{EVERY} taxonomy_term_id taxonomy_id organization_id modified_after "
    "minimal full postcode proximity",
    "organizations": f"{EVERY} full_service full",
    "taxonomies": EVERY,
    "taxonomy_terms": f"{EVERY} taxonomy_id top_only parent_id",
}


@pytest.mark.parametrize("file", ["oruk-3.0/openapi.json", "hsds-3.0/schema/openapi.json"])
async def test_every_parameter_of_the_standards_is_taken(stranger, file):
    path = SHARED / "data" / "oruk" / file
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    theirs = json.loads(path.read_text("utf-8"))
    ours = (await stranger.get("/openapi.json")).json()["paths"]
    assert theirs["paths"].keys() == ours.keys()
    for address, operations in theirs["paths"].items():
        asked = operations["get"].get("parameters", [])
        named = {
            urlsplit(each.get("$ref", each.get("name"))).fragment or each["name"] for each in asked
        }
        taken = {each["name"] for each in ours[address]["get"].get("parameters", [])}
        assert {name.rpartition("/")[2] for name in named} <= taken, address


async def test_what_a_page_gives_is_what_its_id_gives(stranger):
    for name in ("services", "service_at_locations"):
        for each in (await stranger.get(f"/{name}?full=true")).json()["contents"]:
            assert (await stranger.get(f"/{name}/{each['id']}")).json() == each
    assert (await stranger.get(f"/services/{known_as('rooms')}")).json()["attributes"]
