import asyncio
import json

import pytest
import sqlalchemy as sa

from checkpoint.access.authentication import shell_actor
from checkpoint.directory.imports import staging
from checkpoint.directory.imports.cli import NOTHING_TAKEN, origin_of, run
from checkpoint.directory.imports.exporting import export
from checkpoint.directory.imports.loading import Origin, importing
from checkpoint.directory.imports.reading import FeedBroken, FeedItem
from checkpoint.directory.imports.staging import ON_NO_PATHWAY
from checkpoint.directory.imports.states import (
    FeedNotRead,
    Format,
    ImportUnderWay,
    SourceNotImported,
)
from checkpoint.directory.references import pathway_terms
from checkpoint.directory.states import ListingKind
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from feeding import AT, a_page, a_service, an_id, imported, items_in, written

STANDING = "SELECT count(*) FROM directory_listing WHERE source = :source AND state = 'listed'"
VERSIONS = """
    SELECT count(*) FROM directory_listing_version AS kept JOIN directory_listing AS own
        ON own.id = kept.listing_id WHERE own.source = :source
"""
ENTRIES = "SELECT count(*) FROM audit_entry WHERE subject_ids @> ARRAY[CAST(:run AS uuid)]"


async def counted(engine, sql, **given):
    async with engine.connect() as connection:
        return (await connection.execute(sa.text(sql), given)).scalar_one()


async def test_a_feed_is_taken_over_and_taking_it_over_again_changes_nothing(owner):
    services = [a_service(f"again-{n}") for n in range(5)]
    told, rows = await imported(owner, "again", items_in(services))
    assert told.outcomes == {"accepted": 15}, [row.notes for row in rows]
    assert told.changes == {"new": 15}
    assert await counted(owner, STANDING, source="again") == 15
    assert await counted(owner, ENTRIES, run=told.run) == 1
    edition = await counted(owner, "SELECT number FROM directory_edition")
    again, _ = await imported(owner, "again", items_in(services))
    assert again.changes == {"unchanged": 15}
    assert not again.changed
    assert await counted(owner, VERSIONS, source="again") == 15
    assert await counted(owner, "SELECT number FROM directory_edition") == edition


async def test_what_vanished_is_marked_after_a_complete_crawl_only_and_may_come_back(owner):
    services = [a_service(f"gone-{n}") for n in range(3)]
    await imported(owner, "gone", items_in(services))
    told, _ = await imported(owner, "gone", items_in(services[:1]), incomplete=("it is a page",))
    assert (told.vanished, told.complete) == (0, False)
    told, _ = await imported(owner, "gone", items_in([]))
    assert told.vanished == 0
    told, _ = await imported(owner, "gone", items_in([services[0], {"id": services[1]["id"]}]))
    assert told.outcomes["rejected"] == 1
    assert told.vanished == 3 + 2  # a rejected one was there; what it embedded was not
    told, _ = await imported(owner, "gone", items_in(services))
    assert (told.changes["back"], told.changes["unchanged"]) == (5, 4)


async def test_a_crawl_that_is_cut_off_leaves_the_directory_whole(owner):
    services = [a_service(f"cut-{n}") for n in range(3)]
    await imported(owner, "cut", items_in(services))

    async def cut():
        yield FeedItem(ListingKind.SERVICE, services[0] | {"name": "Another"}, "item 1")
        raise FeedBroken("It breaks off.")

    told, _ = await imported(owner, "cut", cut())
    assert (told.state, told.why, told.changed) == ("broken_off", "It breaks off.", False)
    assert await counted(owner, VERSIONS, source="cut") == 9
    assert await counted(owner, ENTRIES, run=told.run) == 1


async def test_what_is_wrong_in_itself_or_twice_is_rejected_and_ids_of_others_are_left_to_them(
    owner,
):
    first, ring = a_service("ids-1"), [an_id("ring", n) for n in range(3)]
    await imported(owner, "ids-a", items_in([first]))

    def term(number, parent):
        return {"id": ring[number], "name": f"Term {number}", "parent_id": parent}

    async def feed():
        for item in (first, first | {"name": "Twice"}, {"name": "No id"}, "no object"):
            yield FeedItem(ListingKind.SERVICE, item, "services")
        for number in range(3):
            item = term(number, ring[(number + 1) % 3])
            yield FeedItem(ListingKind.TAXONOMY_TERM, item, "terms")

    told, rows = await imported(owner, "ids-b", feed())
    assert told.outcomes["rejected"] == 3
    assert any("twice" in note for row in rows for note in row.notes)
    circles = [row for row in rows if "/parent_id: a circle of terms; left out" in row.notes]
    assert len(circles) == 3
    assert not told.complete
    assert await counted(owner, STANDING, source="ids-b") == 6
    again, _ = await imported(owner, "ids-b", feed())
    assert not again.changed


async def test_a_source_is_imported_once_at_a_time_and_never_our_own(owner):
    origin = Origin("alone", "alone", "alone")
    async with importing(owner, origin, by=shell_actor(), at=AT):
        with pytest.raises(ImportUnderWay):
            async with importing(owner, origin, by=shell_actor(), at=AT):
                pass
    async with importing(owner, origin, by=shell_actor(), at=AT):
        pass
    with pytest.raises(SourceNotImported):
        async with importing(owner, Origin("local", "x", "x"), by=shell_actor(), at=AT):
            pass


async def test_the_directory_is_held_for_applying_alone(owner):
    free = "SELECT pg_try_advisory_xact_lock(hashtext('directory'))"
    origin = Origin("held", "held", "held")
    async with importing(owner, origin, by=shell_actor(), at=AT) as (work, session):
        await work.stage(items_in([a_service("held-0"), a_service("held-0")]))
        await work.compare()
        assert await counted(owner, free)
        assert await work.alone()
        assert not await counted(owner, free)
        await work.apply(ended=AT)
        await session.commit()
        assert await counted(owner, free)


async def test_what_was_changed_while_it_was_compared_is_compared_anew(owner):
    origin = Origin("late", "late", "late")
    terms = {"term": "T", "name": "T", "description": "T"}
    shared = a_service("late", attributes=[{"taxonomy_term": {"id": an_id("late-term")} | terms}])
    async with importing(owner, origin, by=shell_actor(), at=AT) as (work, session):
        await work.stage(items_in([shared, {"name": "of no id"}]))
        await work.compare()
        assert work.told.changes == {"new": 4}
        assert work.told.why == "1 items have no id"
        await imported(owner, "sooner", items_in([shared]))
        assert not await work.alone()
        # The term stands as the other has it; of whatever else has its id, there are two now.
        assert work.told.changes == {"new": 3}
        assert work.told.why == "1 items have no id"
        notes = [note async for row in staging.rows(session) for note in row.notes]
        assert notes.count(ON_NO_PATHWAY) == 1
        await work.apply(ended=AT)
        await session.commit()
    assert await counted(owner, STANDING, source="late") == 3
    assert await counted(owner, STANDING, source="sooner") == 4


async def test_services_on_no_pathway_are_told_of(owner, tmp_path, capsys):
    (term, _), *_ = pathway_terms().items()
    wider = {"id": an_id("narrow"), "name": "N", "description": "N", "parent_id": str(term)}
    services = [
        a_service("path-0", attributes=[{"taxonomy_term_id": str(term)}]),
        a_service("path-1", attributes=[{"taxonomy_term": wider}]),
        a_service("path-2", attributes=[{"taxonomy_term": {
            "id": an_id("nothing"), "name": "X", "description": "X"}}]),
        a_service("path-3"),
    ]  # fmt: skip
    feed, report = written(tmp_path / "path.json", a_page(services)), tmp_path / "report.csv"
    for dry_run in (True, False):
        await run(owner, str(feed), origin_of(str(feed), "path"), None,
                  dry_run=dry_run, report=report)  # fmt: skip
        said = capsys.readouterr().out
        assert "On no pathway: 2 services. Look-ups by pathway put them behind" in said
        lines = [line for line in report.read_text().splitlines() if ON_NO_PATHWAY in line]
        assert [an_id(f"path-{n}", "service") in line for n, line in enumerate(lines, 2)] == [
            True, True]  # fmt: skip
        ended = report.read_text().splitlines()[-1].rpartition(",")[2]
        assert ended == ("a dry run: nothing was changed" if dry_run else "applied")
    unfound = """SELECT count(*) FROM directory_offer JOIN directory_listing ON id = service_id
                  WHERE source = :source AND pathways = '{}'"""
    assert await counted(owner, unfound, source="path") == 2


async def test_a_feed_that_was_mistyped_leaves_nothing_behind(owner, tmp_path):
    known = "SELECT count(*) FROM directory_source WHERE code = :source"
    runs = "SELECT count(*) FROM directory_import_run WHERE source = :source"
    for source, left in (("mistyped", 0), ("typed", 1)):
        if left:
            await imported(owner, source, items_in([a_service("typed")]))
        before = await counted(owner, runs, source=source)
        with pytest.raises(FeedNotRead):
            await run(owner, str(tmp_path / "nowhere.json"), Origin(source, source, "nowhere"),
                      None, dry_run=False, report=None)  # fmt: skip
        assert await counted(owner, known, source=source) == left
        assert await counted(owner, runs, source=source) == before + left


async def test_a_file_of_which_nothing_can_be_taken_leaves_no_source_behind(
    owner, tmp_path, capsys
):
    known = "SELECT count(*) FROM directory_source WHERE code = 'another-file'"
    runs = "SELECT count(*) FROM directory_import_run WHERE source = 'another-file'"
    feed, origin = tmp_path / "feed.json", Origin("another-file", "another-file", "feed.json")
    for content in ([], [1, "x"], [{"id": "1"}]):
        written(feed, a_page(content))
        await run(owner, str(feed), origin, None, dry_run=False, report=None)
        assert NOTHING_TAKEN in capsys.readouterr().out
        assert (await counted(owner, known), await counted(owner, runs)) == (0, 0)
    cut = json.dumps(a_page([{"id": "1"}, {"id": "2"}])).encode()[:-9]
    with pytest.raises(FeedNotRead):
        await run(owner, str(written(feed, cut)), origin, None, dry_run=False, report=None)
    assert NOTHING_TAKEN in capsys.readouterr().out
    assert (await counted(owner, known), await counted(owner, runs)) == (0, 0)
    written(feed, a_page([a_service("another-file"), {"id": "1"}]))
    await run(owner, str(feed), origin, None, dry_run=False, report=None)
    assert NOTHING_TAKEN not in capsys.readouterr().out
    assert (await counted(owner, known), await counted(owner, runs)) == (1, 1)
    written(feed, a_page([]))
    await run(owner, str(feed), origin, None, dry_run=False, report=None)
    assert (await counted(owner, known), await counted(owner, runs)) == (1, 2)


async def test_a_dry_run_says_what_would_change_and_changes_nothing(owner, tmp_path, capsys):
    await imported(owner, "dry", items_in([a_service("dry-0"), a_service("dry-1")]))
    changed = a_service("dry-0", name="Renamed", minimum_age=-1)
    feed = written(tmp_path / "dry.json", a_page([changed, {"id": "=1+1"}]))
    report = tmp_path / "report.csv"
    origin = origin_of(str(feed), "dry")
    await run(owner, str(feed), origin, None, dry_run=True, report=report)
    said = capsys.readouterr().out
    assert "changed: service" in said
    assert "name" in said
    assert "vanished: service" in said
    assert "A dry run: nothing was changed." in said
    lines = report.read_text()
    assert "repaired,changed,name" in lines
    assert "'=1+1" in lines
    assert await counted(owner, VERSIONS, source="dry") == 6
    await run(owner, str(feed), origin, None, dry_run=False, report=None)
    assert await counted(owner, VERSIONS, source="dry") == 10
    broken = written(tmp_path / "broken.json", json.dumps(a_page([changed])).encode()[:-9])
    with pytest.raises(FeedNotRead):
        await run(owner, str(broken), origin, None, dry_run=False, report=None)
    assert await counted(owner, VERSIONS, source="dry") == 10


@pytest.mark.parametrize("form", [*Format])
async def test_what_was_exported_and_imported_is_exported_again_byte_for_byte(
    make_database, tmp_path, form
):
    services = [
        a_service(
            f"round-{n}",
            url="http://www.example.com",
            email="team@council.gov.uk",
            vendor={"audience": ["Homeless", 5, 1.5, True], "note": '"quoted",\nand a line'},
            contacts=[{"id": an_id(n, "contact"), "department": "Desk",
                       "phones": [{"id": an_id(n, "phone"), "number": "01", "languages": [
                           {"id": an_id(n, "language"), "code": "ur"}]}]}],
            program={"id": an_id("program"), "name": "P", "description": "P"},
            attributes=[{"id": an_id(n, "attribute"), "taxonomy_term": {
                "id": an_id("term"), "name": "T", "description": "T",
                "taxonomy_detail": {"id": an_id("taxonomy"), "name": "X", "description": "X"}}}],
        )
        for n in range(3)
    ]  # fmt: skip
    sent = []
    for number in range(2):
        engine = engine_for(await asyncio.to_thread(make_database), role=OWNER_ROLE, pool_size=2)
        try:
            if number == 0:
                await imported(engine, "round", items_in(services))
            else:
                name = {"csv": "feed.zip", "ndjson": "feed.ndjson"}.get(form.value, "feed.json")
                feed = written(tmp_path / name, sent[0])
                await run(engine, str(feed), origin_of(str(feed), None), None,
                          dry_run=False, report=None)  # fmt: skip
            parts = []
            async with transaction(engine) as session:
                assert await export(session, form, parts.append) == 3
            sent.append(b"".join(parts))
        finally:
            await engine.dispose()
    assert sent[0] == sent[1]
