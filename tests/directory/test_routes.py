from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.directory import indexing, queries
from checkpoint.directory.states import ListingKind
from checkpoint.foundation.actors import Role
from conftest import NOON
from listing import DIRECTORY, TERMS, a_location, a_service, an_organization, entered, serving
from traces import counts, entries


@pytest.fixture
def editor(clients):
    return clients(Role.DIRECTORY_EDITOR)


def at(version):
    return {"If-Match": f'"{version}"'}


def faults(answer):
    assert answer.status_code == 422, answer.text
    return {each["pointer"]: each["code"] for each in answer.json()["errors"]}


async def test_a_service_is_entered_changed_withdrawn_and_restored_and_all_is_kept(editor, owner):
    service = await serving(editor)
    here = f"{DIRECTORY}/services/{service['id']}"
    assert (service["version"], service["state"], service["stale"]) == (1, "listed", True)
    document = service["document"] | {"name": "Another <b>name</b>", "x_own": {"kept": [1]}}
    changed = await editor.put(here, json={"document": document}, headers=at(1))
    assert changed.status_code == 200, changed.text
    assert changed.json()["document"]["name"] == "Another name"
    assert changed.json()["document"]["x_own"] == {"kept": [1]}
    assert changed.headers["etag"] == '"2"'
    withdrawn = await editor.post(
        f"{here}/withdrawal", json={"reason": "closed", "words": "Gone."}, headers=at(2)
    )
    assert withdrawn.json()["state"] == "withdrawn", withdrawn.text
    gone = await editor.put(here, json={"document": document}, headers=at(3))
    assert gone.json()["errorCode"] == "listing-not-listed"
    twice = await editor.post(f"{here}/withdrawal", json={"reason": "closed"}, headers=at(3))
    assert twice.json()["errorCode"] == "listing-not-listed"
    back = await editor.post(f"{here}/restoration", json={"words": "It is back."}, headers=at(3))
    assert back.json()["state"] == "listed", back.text
    again = await editor.post(f"{here}/restoration", json={"words": "Again."}, headers=at(4))
    assert again.json()["errorCode"] == "listing-stands"
    history = await editor.get(f"{here}/versions")
    told = [(each["version"], each["state"], each["reason"]) for each in history.json()["versions"]]
    assert told == [
        (4, "listed", "It is back."),
        (3, "withdrawn", "closed: Gone."),
        (2, "listed", None),
        (1, "listed", None),
    ]
    first = (await editor.get(f"{here}/versions?size=3")).json()
    assert [each["version"] for each in first["versions"]] == [4, 3, 2]
    rest = await editor.get(f"{here}/versions?size=3&after={first['next']}")
    assert [each["version"] for each in rest.json()["versions"]] == [1]
    assert rest.json()["next"] is None
    assert 'rel="first"' in rest.headers["link"]
    broken = await editor.get(f"{here}/versions?after=nonsense")
    assert broken.json()["errorCode"] == "malformed-cursor"
    for answer, event in (
        (changed, "directory.changed"),
        (withdrawn, "directory.withdrawn"),
        (back, "directory.restored"),
        (history, "directory.history_read"),
    ):
        (row,) = await entries(owner, answer)
        assert (row.event, row.subject_kind) == (event, "directory_service")


async def test_whoever_comes_second_is_shown_both_versions_field_by_field(editor):
    service = await serving(editor)
    here = f"{DIRECTORY}/services/{service['id']}"
    first = service["document"] | {"name": "First"}
    assert (await editor.put(here, json={"document": first}, headers=at(1))).status_code == 200
    second = service["document"] | {"name": "Second"}
    answer = await editor.put(here, json={"document": second}, headers=at(1))
    assert (answer.status_code, answer.json()["errorCode"]) == (412, "overtaken")
    shown = {each["pointer"]: each for each in answer.json()["fields"]}
    name = shown["#/document/name"]
    assert (name["yours"], name["present"]) == ("Second", "First")
    assert name["seen"] == "Synthetic Tenancy Advice"
    for step in ("withdrawal", "restoration", "assurance"):
        body = {
            "withdrawal": {"reason": "closed"},
            "restoration": {"words": "Back."},
            "assurance": {"assured_on": "2026-11-03"},
        }[step]
        late = await editor.post(f"{here}/{step}", json=body, headers=at(1))
        assert (late.status_code, late.json()["errorCode"]) == (412, "overtaken")
        assert (await editor.post(f"{here}/{step}", json=body)).status_code == 428
    never = await editor.put(here, json={"document": second}, headers=at(99))
    assert "seen" not in never.json()["fields"][0]


async def test_bad_input_is_told_field_by_field_and_changes_nothing(editor, owner):
    provider = await entered(editor, "organizations", an_organization())
    before = await counts(owner)

    async def refused(document, listings="services"):
        answer = await editor.post(
            f"{DIRECTORY}/{listings}", json={"document": document}, headers=a_key()
        )
        assert "<script>" not in answer.text
        return faults(answer)

    good = a_service(provider["id"])
    bad = good | {"status": "open", "url": "javascript:alert(1)", "email": "nobody"}
    assert await refused(bad) == {
        "#/document/status": "literal-error",
        "#/document/url": "value-error",
        "#/document/email": "value-error",
    }
    assert await refused({"name": "<script>alert(1)</script>", "status": "active"}) == {
        "#/document/name": "missing"
    }
    for document, told in (
        (good | {"assured_date": "0000-01-01"}, {"#/document/assured_date": "value-error"}),
        (good | {"id": "1", "attributes": []}, {"#/document/id": "value-error"}),
        (good | {"x": [0] * 3000}, {"#/document": "document-unreadable"}),
        (
            {"name": "x", "status": "active", "access_way": "boat"},
            {
                "#/document/organization_id": "provider-missing",
                "#/document/access_way": "access-unknown",
            },
        ),
        (good | {"access_way": ["referral"]}, {"#/document/access_way": "access-unknown"}),
        (
            good | {"valid_from": "2026-05-01", "valid_until": "2026-04-30"},
            {"#/document/valid_until": "ends-before-it-begins"},
        ),
        (good | {"eligible_sexes": ["all"]}, {"#/document/eligible_sexes": "sex-unknown"}),
        (
            good | {"eligible_residence": "DL"},
            {"#/document/eligible_residence": "residence-unreadable"},
        ),
        (good | {"valid_from": "soon"}, {"#/document/valid_from": "day-unreadable"}),
        (
            good | {"organization": provider["document"]},
            {"#/document/organization": "listing-embedded"},
        ),
        (a_service(str(uuid4())), {"#/document": "organization-unknown"}),
        (a_service(TERMS["health"]), {"#/document": "organization-unknown"}),
        (
            good | {"attributes": [{"taxonomy_term_id": str(uuid4())}]},
            {"#/document": "taxonomy-term-unknown"},
        ),
        (
            good | {"attributes": [{"taxonomy_term": {"name": "A", "description": "B"}}]},
            {"#/document/attributes/0/taxonomy_term/id": "missing"},
        ),
    ):
        assert await refused(document) == told
    assert await counts(owner) == before
    taken = await editor.post(
        f"{DIRECTORY}/organizations", json={"document": provider["document"]}, headers=a_key()
    )
    assert taken.json()["errorCode"] == "listing-exists"


async def test_what_stands_below_keys_of_ones_own_is_kept_whatever_it_is(editor):
    for kept in (5, ["x"], [{"taxonomy_term_id": "x"}], [{"taxonomy_term": {"name": "A"}}]):
        own = an_organization(x_own={"attributes": kept})
        found = await entered(editor, "organizations", own)
        assert found["document"]["x_own"] == {"attributes": kept}


async def test_as_many_words_as_are_taken_are_kept_with_the_reason(editor):
    made = await entered(editor, "organizations", an_organization())
    here = f"{DIRECTORY}/organizations/{made['id']}"
    for version, many, status in ((1, 481, 422), (1, 480, 200)):
        said = {"reason": "entered_wrongly", "words": "w" * many}
        answer = await editor.post(f"{here}/withdrawal", json=said, headers=at(version))
        assert answer.status_code == status, answer.text


async def test_terms_stand_in_a_tree_and_never_in_a_circle(editor):
    taxonomy = await entered(editor, "taxonomies", an_organization(name="Own terms"))
    wide = await entered(
        editor, "taxonomy-terms", an_organization(taxonomy_id=taxonomy["id"], name="Wide")
    )
    narrow = await entered(
        editor,
        "taxonomy-terms",
        an_organization(taxonomy_id=taxonomy["id"], parent_id=wide["id"], name="Narrow"),
    )
    circle = wide["document"] | {"parent_id": narrow["id"]}
    here = f"{DIRECTORY}/taxonomy-terms/{wide['id']}"
    answer = await editor.put(here, json={"document": circle}, headers=at(1))
    assert faults(answer) == {"#/document/parent_id": "term-cycle"}
    used = await editor.post(f"{here}/withdrawal", json={"reason": "other"}, headers=at(1))
    assert used.json()["errorCode"] == "listing-in-use"
    page = await editor.get(
        f"{DIRECTORY}/taxonomy-terms", params={"taxonomy_id": taxonomy["id"], "size": 1}
    )
    assert [each["name"] for each in page.json()["items"]] == ["Narrow"]
    rest = await editor.get(
        f"{DIRECTORY}/taxonomy-terms",
        params={"taxonomy_id": taxonomy["id"], "size": 1, "after": page.json()["next"]},
    )
    assert [each["name"] for each in rest.json()["items"]] == ["Wide"]
    own = f"{DIRECTORY}/taxonomy-terms/{TERMS['health']}"
    document = (await editor.get(own)).json()["document"]
    fixed = await editor.put(own, json={"document": document}, headers=at(1))
    assert fixed.json()["errorCode"] == "listing-of-feed"
    other = await editor.get(f"{DIRECTORY}/services/{wide['id']}")
    assert (other.status_code, other.json()["errorCode"]) == (404, "listing-not-found")


async def test_a_stale_service_is_listed_chased_and_assured(editor, clients):
    service = await serving(editor, assured_date="2025-01-31")
    here = f"{DIRECTORY}/services/{service['id']}"

    async def stale():
        listed = await editor.get("/v1/stale-services", params={"size": 200})
        return {each["id"]: each for each in listed.json()["items"]}.get(service["id"])

    assert (await stale())["due_on"] is None
    asked = await editor.post(f"{here}/chases", json={"way": "email"}, headers=a_key())
    assert asked.status_code == 201, asked.text
    assert (await stale())["due_on"] == asked.json()["chases"][0]["due_on"] == "2026-12-01"
    assert not (await stale())["overdue"]
    again = await editor.post(f"{here}/chases", json={"way": "telephone"}, headers=a_key())
    assert again.json()["errorCode"] == "chase-open"
    ahead = await editor.post(f"{here}/assurance", json={"assured_on": "2026-11-04"}, headers=at(1))
    assert faults(ahead) == {"#/assured_on": "day-to-come"}
    assured = await editor.post(
        f"{here}/assurance", json={"assured_on": "2026-11-03"}, headers=at(1)
    )
    assert assured.json()["document"]["assured_date"] == "2026-11-03", assured.text
    assert assured.json()["chases"][0]["answered_at"] is not None
    assert not assured.json()["stale"]
    assert await stale() is None
    officer = await clients().get(here)
    assert officer.status_code == 200


async def test_places_are_stated_and_never_below_what_is_held(editor, session):
    service = await serving(editor)
    here = f"{DIRECTORY}/services/{service['id']}/capacity"
    assert (await editor.get(here)).status_code == 404
    stated = await editor.put(here, json={"maximum": 2}, headers=at(0))
    assert (stated.json()["free"], stated.headers["etag"]) == (2, '"1"'), stated.text
    late = await editor.put(here, json={"maximum": 3}, headers=at(0))
    assert late.json()["errorCode"] == "overtaken"
    more = await editor.put(here, json={"maximum": 3, "description": "Beds"}, headers=at(1))
    assert (await editor.get(here)).json() == more.json()
    (published,) = (
        await queries.assembled(session, ListingKind.SERVICE, [UUID(service["id"])])
    ).values()
    (capacity,) = published["capacities"]
    assert (capacity["available"], capacity["maximum"], capacity["description"]) == (3, 3, "Beds")
    assert published["organization"]["name"] == "Synthetic Trust"
    assert published["service_at_locations"][0]["location"]["name"] == "Synthetic Centre"
    term = published["attributes"][0]["taxonomy_term"]
    assert (term["code"], term["taxonomy"]) == ("accommodation", "Checkpoint critical pathways")


OFFER = "SELECT * FROM directory_offer WHERE service_id = :id"


async def test_what_lookups_read_follows_every_change_and_can_be_made_anew(editor, owner, session):
    service = await serving(
        editor,
        access_way="referral",
        eligible_sexes=["female"],
        cost_options=[{"amount": 0}],
        languages=[{"code": "UR"}],
        schedules=[{"byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"}],
    )
    id = UUID(service["id"])

    async def derived():
        async with owner.connect() as connection:
            (offer,) = (await connection.execute(sa.text(OFFER), {"id": id})).mappings().all()
            return offer

    offer = await derived()
    assert (offer["pathways"], offer["is_free"], offer["access"]) == (
        ["accommodation"],
        True,
        "referral",
    )
    assert (offer["sexes"], offer["languages"]) == (["female"], ["ur"])
    provider = service["document"]["organization_id"]
    here = f"{DIRECTORY}/organizations/{provider}"
    named = an_organization(name="Renamed Trúst")
    changed = await editor.put(here, json={"document": named}, headers=at(1))
    assert changed.status_code == 200, changed.text
    offer = await derived()
    assert offer["organization_name"] == "Renamed Trúst"
    assert "renamed trust" in offer["search_text"]
    place = service["document"]["service_at_locations"][0]["location_id"]
    moved = a_location(latitude=0, longitude=0)
    await editor.put(f"{DIRECTORY}/locations/{place}", json={"document": moved}, headers=at(1))
    rows = sa.text("SELECT * FROM directory_offer_place WHERE service_id = :id")
    async with owner.connect() as connection:
        (there,) = (await connection.execute(rows, {"id": id})).mappings().all()
        assert (there["latitude"], there["district"], there["locality"]) == (
            None,
            "DL14",
            "bishop auckland",
        )
        spans = sa.text("SELECT weekday FROM directory_opening WHERE service_id = :id ORDER BY 1")
        assert [*(await connection.execute(spans, {"id": id})).scalars()] == [1, 2]
    assert await indexing.index_all(session, at=NOON) >= 1
    again = (await session.exec(sa.text(OFFER).bindparams(id=id))).mappings().all()
    assert [dict(each) for each in again] == [dict(await derived())]


async def test_a_term_of_another_taxonomy_is_mapped_and_taken_back(editor, owner):
    uri = f"https://example.org/terms/{uuid4()}"
    wide = await entered(editor, "taxonomy-terms", an_organization(name="W", term_uri=uri))
    term = await entered(editor, "taxonomy-terms", an_organization(name="N", parent_id=wide["id"]))
    service = await serving(editor, attributes=[{"taxonomy_term_id": term["id"]}])

    async def pathways():
        async with owner.connect() as connection:
            row = await connection.execute(sa.text(OFFER), {"id": UUID(service["id"])})
            return row.mappings().one()["pathways"]

    assert await pathways() == []
    said = {
        "term": uri,
        "pathway": "health",
        "valid_from": "2026-11-03",
        "basis": "own_reading",
        "words": "It reads so.",
    }
    mapped = await editor.post("/v1/term-mappings", json=said, headers=a_key())
    assert (mapped.status_code, mapped.json()["number"]) == (201, 1), mapped.text
    assert await pathways() == ["health"]
    for day, code in (("2026-11-02", "earlier-than-last"), ("2026-11-04", "day-to-come")):
        answer = await editor.post(
            "/v1/term-mappings", json=said | {"valid_from": day}, headers=a_key()
        )
        assert faults(answer) == {"#/valid_from": code}
    back = await editor.post("/v1/term-mappings", json=said | {"holds": False}, headers=a_key())
    assert back.json()["number"] == 2
    assert await pathways() == []
    listed = await editor.get("/v1/term-mappings")
    assert [each["holds"] for each in listed.json()["items"] if each["term"] == uri] == [
        True,
        False,
    ]


async def test_a_term_that_names_its_taxonomy_by_id_is_mapped_by_that_ones_name(editor, owner):
    name = f"Zymurgy {uuid4()}"
    head = await entered(editor, "taxonomies", an_organization(name=name))
    told = an_organization(name="Debt", code="Z-1", taxonomy_id=head["id"])
    term = await entered(editor, "taxonomy-terms", told)
    service = await serving(editor, attributes=[{"taxonomy_term_id": term["id"]}])
    said = {
        "term": f"{name}:Z-1",
        "pathway": "finance",
        "valid_from": "2026-11-03",
        "basis": "own_reading",
        "words": "It reads so.",
    }
    mapped = await editor.post("/v1/term-mappings", json=said, headers=a_key())
    assert mapped.status_code == 201, mapped.text
    async with owner.connect() as connection:
        row = await connection.execute(sa.text(OFFER), {"id": UUID(service["id"])})
        assert row.mappings().one()["pathways"] == ["finance"]


async def test_each_transaction_that_changes_the_directory_raises_its_edition_once(editor):
    async def edition():
        answer = await editor.get("/v1/directory-sources")
        assert {each["code"] for each in answer.json()["items"]} >= {"local", "programme"}
        return answer.json()["edition"]

    before = await edition()
    service = await serving(editor)
    assert await edition() == before + 3
    here = f"{DIRECTORY}/services/{service['id']}"
    await editor.put(f"{here}/capacity", json={"maximum": 1}, headers=at(0))
    assert await edition() == before + 4
    assert (await editor.get(here)).status_code == 200
    assert await edition() == before + 4
