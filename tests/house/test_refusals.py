from fastapi.routing import APIRoute

from checkpoint.directory.published.mounting import described
from checkpoint.directory.published.mounting import published as published_app
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.problems import every_refusal, status_of
from conftest import ROOT


def test_every_refusal_has_its_own_slug_title_and_status():
    refusals = [*every_refusal()]
    slugs = [refusal.slug for refusal in refusals]
    assert len(slugs) == len(set(slugs)) > 25
    assert all(refusal.title and 400 <= status_of(refusal) <= 503 for refusal in refusals)


def test_a_slug_is_written_out_and_never_made_from_the_class_name():
    assert all("slug" in refusal.__dict__ for refusal in every_refusal())


def declared(route: APIRoute) -> set[str]:
    return {
        slug
        for answer in route.responses.values()
        for content in answer.get("content", {}).values()
        for slug in content.get("examples", {})
    }


def test_every_refusal_is_declared_on_some_door_or_belongs_to_the_shell(app):
    published = described(published_app())["paths"]
    paths = app.openapi()["paths"] | {
        f"/open-referral{path}": published[path] for path in published
    }
    on_doors = {
        slug
        for methods in paths.values()
        for operation in methods.values()
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        for slug in content.get("examples", {})
    }
    nowhere = {"nothing-here", "method-not-allowed", "internal-error"}  # any address may answer so
    nowhere |= {"no-place-held"}  # of a place that nobody holds: no door leads there
    shell = {
        "offence-list-rejected",
        "rules-refused",
        "already-published",
        "already-proposed",
        "rule-set-proposal-not-found",
        "two-people-needed",
        "rules-begin-too-early",
        "replay-differs",
        "suite-hours-rejected",
        "needs-instrument-refused",
        "needs-instrument-published",
        "information-sheet-refused",
        "information-sheet-published",
        "protocol-refused",
        "phases-refused",
        "closing-refused",
        "trial-closed-already",
        "seal-refused",
        "trial-file-unreadable",
        "one-hand-too-many",
        "trial-still-open",
        "seed-wrong",
        "proof-failed",
        "feed-not-read",
        "import-under-way",
        "source-not-imported",
        "places-refused",
        "follow-up-too-long",
        "harm-index-refused",
        "harm-index-loaded",
        "outcome-definitions-refused",
        "outcome-definitions-published",
    }
    shell |= {"not-a-demo-database", "no-local-issuer", "demo-interrupted", "demo-trial-not-run"}
    outside = {"identity-provider-unavailable"}
    known = {refusal.slug for refusal in every_refusal()}
    assert known - on_doors == (nowhere | shell | outside) - on_doors
    assert on_doors <= known


def test_every_operation_documents_its_problems_and_an_example(app):
    silent = [
        route.path
        for route in routes_of(app)
        if route.path.startswith("/v1") and not {"401", "403", "503"} <= answers(app, route)
    ]
    assert silent == []


def answers(app, route) -> set[str]:
    operation = app.openapi()["paths"][route.path][next(iter(route.methods)).lower()]
    return operation["responses"].keys()


async def test_every_problem_type_is_explained_at_its_address(clients):
    client = clients.bare()
    for refusal in every_refusal():
        answer = await client.get(f"/problems/{refusal.slug}")
        assert answer.status_code == 200
        assert refusal.title in answer.text


def test_every_refusal_is_in_the_committed_list():
    listed = (ROOT / "docs" / "problems.md").read_text()
    assert [r.slug for r in every_refusal() if f"`{r.slug}`" not in listed] == []
