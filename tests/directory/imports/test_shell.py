import asyncio
import io
import json

import pytest

from checkpoint.directory.imports import reports
from checkpoint.directory.imports.addresses import place_of
from checkpoint.directory.imports.dialects import page_of
from checkpoint.directory.imports.fetching import Fetcher, FetchFailed, Limits
from checkpoint.directory.imports.splitting import rows_of
from checkpoint.directory.states import ListingKind
from feeding import a_page, a_service, an_id, listening, written
from shell import Shell


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


def test_a_feed_is_imported_and_exported_at_the_shell(shell, tmp_path):
    feed = written(tmp_path / "durham.json", a_page([a_service(1), {"id": "2"}]))
    report, out = tmp_path / "report.csv", tmp_path / "out.ndjson"
    told = shell("directory", "import", feed, "--report", report)
    assert (told.code, "1 rejected" in told.out) == (0, True), told
    assert "rejected" in report.read_text()
    assert shell("directory", "export", "--format", "ndjson", "--output", out).code == 0
    assert json.loads(out.read_text())["name"] == "Synthetic service 1"
    assert shell("directory", "export", "--output", tmp_path).code == 22
    assert shell("directory", "import", feed, "--report", tmp_path).code == 22
    assert shell("directory", "import", tmp_path / "nowhere.json").code == 22
    assert shell("directory", "import", feed, "--source", "local").code == 22
    private = shell("directory", "import", "http://127.0.0.1:9/services", "--source", "x")
    assert (private.code, "private network" in private.err) == (22, True)
    runs = "SELECT state FROM directory_import_run ORDER BY ended_at"
    assert [row.state for row in shell.found(runs)] == ["applied"]
    assert shell("directory", "import", tmp_path / "durham.ndjson").code == 22
    assert [row.state for row in shell.found(runs)] == ["applied", "broken_off"]


@pytest.mark.slow
async def test_two_gigabytes_are_not_taken():
    sent = 0

    async def endless(_, writer):
        nonlocal sent
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2147483648\r\n\r\n["
        writer.write(head)
        while sent < 2**31:
            writer.write(b" " * 65_536)
            await writer.drain()
            sent += 65_536

    async with listening(endless) as port:
        url = f"http://127.0.0.1:{port}/services"
        fetcher = Fetcher([place_of(url)], Limits(), reachable=lambda _: True)
        with pytest.raises(FetchFailed, match="larger than"):
            await asyncio.wait_for(fetcher.get(url), 60)
        await fetcher.close()
    assert sent < 2**26


def test_what_is_embedded_in_lists_is_split_off_and_counts_that_are_none_are_none():
    organization = {"id": an_id(1), "name": "O", "description": "O", "locations": [
        {"id": an_id(2), "location_type": "virtual"}], "services": [a_service(3)]}  # fmt: skip
    rows = rows_of(ListingKind.ORGANIZATION, organization, source="x")
    by_kind = {row.kind: row.document for row in rows if row.kind is not ListingKind.ORGANIZATION}
    assert by_kind[ListingKind.SERVICE]["organization_id"] == an_id(1)
    assert "services" not in rows[0].document
    page = page_of({"contents": [], "total_pages": True, "total_items": -1, "last_page": "no"})
    assert (page.pages, page.total, page.last) == (None, None, None)
    item = {"id": an_id(4), "name": "N", "organization_id": "a\x00b", "program_id": 7,
            "fees": float("inf"), "last_modified": "2026-01-01T00:00:00+00:00:30"}  # fmt: skip
    (row,) = rows_of(ListingKind.SERVICE, item, source="x")
    assert row.document.keys() == {"id", "name", "program_id", "status"}


class Pipe(io.StringIO):
    """A file that cannot be gone back in."""

    def seekable(self) -> bool:
        return False


def test_a_report_begins_anew_where_its_file_can_and_goes_on_in_a_pipe():
    file, pipe = io.StringIO(), Pipe()
    for each in (file, pipe):
        reports.Report(each).begin()
    assert pipe.getvalue() == 2 * file.getvalue()
