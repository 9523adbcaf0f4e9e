"""Every server here listens on loopback; only a test says that loopback may be reached."""

import asyncio
import gzip
import time
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest

from checkpoint.directory.imports.addresses import AddressRefused, is_public, place_of
from checkpoint.directory.imports.crawling import Crawl
from checkpoint.directory.imports.fetching import Fetcher, FetchFailed, Limits, NotThere
from checkpoint.directory.imports.reading import FeedBroken, FeedFacts
from checkpoint.directory.imports.states import Dialect
from checkpoint.directory.states import ListingKind
from feeding import a_page, a_service, answer, listening

QUICK = Limits(
    connect_seconds=2, read_seconds=1, answer_seconds=2, answer_bytes=100_000,
    stream_bytes=100_000, pages=20, items=200,
)  # fmt: skip


async def crawled(port, path="/services", limits=QUICK):
    url = f"http://127.0.0.1:{port}{path}"
    fetcher = Fetcher([place_of(url)], limits, reachable=lambda _: True)
    facts = FeedFacts()
    try:
        return [item async for item in Crawl(fetcher, url, facts).items()], facts
    finally:
        await fetcher.close()


def page_of(target):
    return int(parse_qs(urlsplit(target).query)["page"][0])


async def test_pages_of_both_dialects_are_read_to_their_end():
    async def v3(target, writer):
        number = page_of(target) if "?" in target else 0
        if not number:
            answer(writer, b"", status="404 Not Found")
        else:
            answer(writer, a_page([a_service(number)], number=number, pages=3, total=3))

    async with listening(v3) as port:
        items, facts = await crawled(port)
    assert ([each.item["name"][-1] for each in items], facts.incomplete) == (["1", "2", "3"], [])

    async def v1(target, writer):
        if target.startswith("/services/"):
            one = {"id": target.rpartition("/")[2], "name": "Whole", "organization": {}, "more": 1}
            answer(writer, one)
            return
        number = page_of(target)
        content = [{"id": str(number), "name": "Brief", "organization": {}}]
        page = {"totalElements": 2, "totalPages": 2, "number": number, "size": 1, "empty": False}
        answer(writer, page | {"first": number == 0, "last": number == 1, "content": content})

    async with listening(v1) as port:
        items, facts = await crawled(port)
    assert [each.item["name"] for each in items] == ["Whole", "Whole"]
    assert [each.item["id"] for each in items] == ["0", "1"]
    assert (facts.dialect, facts.incomplete) == (Dialect.ORUK_1, [])


async def test_a_base_address_leads_to_every_list_and_lines_are_read_as_they_come():
    async def feed(target, writer):
        path = target.partition("?")[0]
        if path == "/v3":
            answer(writer, {"version": "HSDS-UK-3.0", "profile": "x", "openapi_url": "x"})
        elif path == "/v3/services":
            answer(writer, a_page([a_service("base")]))
        elif path == "/v3/taxonomies":
            answer(writer, a_page([]))
        elif path == "/lines.ndjson":
            answer(
                writer,
                b'{"id": "1", "status": "active"}\n\nnonsense\n',
                kind="application/x-ndjson",
            )
        else:
            answer(writer, b"", status="404 Not Found")

    async with listening(feed) as port:
        items, facts = await crawled(port, "/v3")
        assert facts.covered == {ListingKind.SERVICE, ListingKind.TAXONOMY}
        assert len(items) == 1
        items, facts = await crawled(port, "/lines.ndjson")
        assert [each.fault for each in items] == [None, "It is no JSON."]
        with pytest.raises(FeedBroken, match="nothing at this address"):
            await crawled(port, "/nowhere")


async def test_a_feed_that_repeats_itself_or_lies_about_its_pages_is_told_of():
    async def again(target, writer):
        answer(writer, a_page([a_service("same")], number=1, pages=10**6, total=10**6))

    async with listening(again) as port:
        items, facts = await crawled(port)
    assert len(items) == 1
    assert any("once more" in why for why in facts.incomplete)

    async def endless(target, writer):
        number = page_of(target) if "?" in target else 0
        answer(writer, a_page([a_service(number)], number=1, pages=2) | {"last_page": False})

    async with listening(endless) as port:
        with pytest.raises(FeedBroken, match="goes on after"):
            await crawled(port)


BOMB = gzip.compress(bytes(50_000_000))


@pytest.mark.parametrize(
    ("sent", "headers", "told"),
    [
        (b" " * 200_000, {}, "larger than 100,000 bytes"),
        (BOMB, {"Content_Encoding": "gzip"}, "larger than 100,000 bytes"),
        (gzip.compress(b"{}", mtime=0)[:-9], {"Content_Encoding": "gzip"}, "breaks off"),
        (b"no gzip", {"Content_Encoding": "gzip"}, "cannot be unpacked"),
        (zlib.compress(BOMB), {"Content_Encoding": "gzip, gzip"}, "not asked for"),
        (b"<html>", {"kind": "text/html"}, "Content-Type"),
        (b"[" * 100_000, {}, "nested too deep"),
        (b"{}", {}, "no page"),
        (b'{"contents": [}', {}, "no JSON"),
        (b"[] []", {}, "goes on after its end"),
        (b"", {"status": "302 Found", "Location": "http://10.0.0.1/services"}, "not on the list"),
        (b"", {"status": "302 Found", "Location": "/services"}, "More than 5 redirects"),
        (b"", {"status": "302 Found", "Location": "file:///etc/passwd"}, "no address of the web"),
        (b"", {"status": "500 Oops"}, "answers with 500"),
    ],
)
async def test_a_hostile_answer_ends_in_words(sent, headers, told):
    async def hostile(_, writer):
        answer(writer, sent, **headers)

    async with listening(hostile) as port:
        with pytest.raises(FeedBroken, match=told):
            await crawled(port)


async def test_numbers_without_end_and_wrong_charsets_cost_a_note_and_no_page():
    async def odd(_, writer):
        body = b'{"contents": [{"id": "1", "name": "caf\xe9", "n": NaN, "m": %s}]}' % (b"9" * 5000)
        answer(writer, body, kind="application/json; charset=utf-8")

    async with listening(odd) as port:
        (item,), _ = await crawled(port)
    assert item.item["name"] == "café"
    assert item.notes


async def test_a_server_that_stops_sending_is_not_waited_for():
    async def slow(_, writer):
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n["
        )
        await writer.drain()

        await asyncio.Event().wait()

    began = time.monotonic()
    limits = Limits(connect_seconds=1, read_seconds=0.2, answer_seconds=0.3, crawl_seconds=0.2)
    async with listening(slow) as port:
        with pytest.raises(FeedBroken):
            await crawled(port, limits=limits)
    assert time.monotonic() - began < 5


async def test_a_feed_that_never_ends_is_given_up_after_its_time():
    async def endless(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"\n" * 1000)
            await writer.drain()

    limits = Limits(connect_seconds=1, read_seconds=1, stream_bytes=10**12, crawl_seconds=0.2)
    async with listening(endless) as port:
        with pytest.raises(FeedBroken, match=r"not ended within 0\.2 seconds"):
            await crawled(port, "/services?format=ndjson", limits=limits)
        fetcher = Fetcher([place_of(f"http://127.0.0.1:{port}")], limits, reachable=lambda _: True)
        fetcher._ends = 0.0
        with pytest.raises(FetchFailed, match="not ended"):
            await fetcher.get(f"http://127.0.0.1:{port}/services")
        await fetcher.close()


async def test_no_private_address_is_reached_whatever_name_leads_there():
    async def inner(_, writer):
        answer(writer, a_page([]))

    async with listening(inner) as port:
        for found in (["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], []):

            async def resolve(_host, _port, found=found):
                return found

            place = place_of(f"http://feed.council.gov.uk:{port}/")
            fetcher = Fetcher([place], QUICK, resolve=resolve)
            with pytest.raises(FetchFailed, match=r"private network|no address"):
                await fetcher.get(f"http://feed.council.gov.uk:{port}/services")
            await fetcher.close()
        asked = []

        async def once(host, _port):
            asked.append(host)
            return ["127.0.0.1"]

        fetcher = Fetcher([place], QUICK, resolve=once, reachable=lambda _: True)
        assert (await fetcher.get(f"http://feed.council.gov.uk:{port}/services")).body
        await fetcher.close()
        assert asked == ["feed.council.gov.uk"]  # connected to what was checked, not asked again


def test_only_addresses_of_the_open_internet_are_public():
    inner = (
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001::1", "no",
    )  # fmt: skip
    assert [each for each in inner if is_public(each)] == []
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")
    for url in ("ftp://x/", "http://u:p@x/", "http:///x", "http://[x/", "http://x:99999/", "x"):
        with pytest.raises(AddressRefused):
            place_of(url)
    assert issubclass(NotThere, FetchFailed)
