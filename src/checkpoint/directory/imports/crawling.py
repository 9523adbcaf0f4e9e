"""Read a feed over the network: page by page, to its end or to where it stops making sense."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx

from checkpoint.directory.imports.dialects import (
    COLLECTIONS,
    NotAPage,
    Page,
    is_base,
    kind_of,
    page_of,
)
from checkpoint.directory.imports.fetching import Fetcher, FetchFailed, NotThere
from checkpoint.directory.imports.reading import (
    FeedBroken,
    FeedFacts,
    FeedItem,
    Lines,
    line_item,
    parsed,
    text_of,
)
from checkpoint.directory.imports.states import Dialect
from checkpoint.directory.states import ListingKind

PER_PAGE = "50"
AT_ONCE = 8
NDJSON = frozenset({"application/x-ndjson", "application/ndjson"})


class Crawl:
    """One reading of a feed.

    Args:
        fetcher: what may be fetched, and how much.
        url: the feed's base address, or that of one of its lists.
        facts: takes what the feed turns out to be.
    """

    def __init__(self, fetcher: Fetcher, url: str, facts: FeedFacts) -> None:
        self._fetcher, self._url, self.facts = fetcher, url, facts
        self._items = 0

    async def items(self) -> AsyncIterator[FeedItem]:
        """Every item, one at a time.

        Raises:
            FeedBroken: it cannot be read to its end.
        """
        try:
            if _asks_for_lines(self._url):
                async for item in self._lines():
                    yield item
                return
            answer, notes = await self._json(_asking(self._url, 1))
            if is_base(answer):
                async for item in self._base():
                    yield item
                return
            async for item in self._collection(self._url, _page(answer), notes):
                yield item
        except FetchFailed as fault:
            raise FeedBroken(str(fault)) from None

    async def _base(self) -> AsyncIterator[FeedItem]:
        """Each list that the feed has; services it must have."""
        for name, kind in COLLECTIONS.items():
            url = _below(self._url, name)
            try:
                answer, notes = await self._json(_asking(url, 1))
            except NotThere:
                if kind is ListingKind.SERVICE:
                    raise
                continue
            async for item in self._collection(url, _page(answer), notes):
                yield item

    async def _collection(
        self, url: str, page: Page, notes: tuple[str, ...]
    ) -> AsyncIterator[FeedItem]:
        kind = COLLECTIONS.get(httpx.URL(url).path.rstrip("/").rpartition("/")[2])
        self.facts.covered.add(kind or ListingKind.SERVICE)
        self.facts.dialect = page.dialect
        self.facts.total = (self.facts.total or 0) + (page.total or len(page.items))
        first = 1
        if page.first is False:  # it counts its pages from 0
            first = 0
            page, notes = await self._page(url, 0)
        single = bool(page.items) and await self._has_more_by_itself(url, page.items[0], kind)
        seen: dict[bytes, int] = {}
        read, number = 0, first
        while True:
            self.facts.pages += 1
            if not self._new(seen, page, number):
                break
            for each, more in await self._whole(url, page.items, single=single):
                found = kind or kind_of(each, otherwise=ListingKind.SERVICE)
                read += 1
                yield FeedItem(found, each, f"page {number}, item {read}", (*notes, *more))
            if _is_last(page, number - first + 1):
                break
            number += 1
            self._bounded(len(page.items))
            page, notes = await self._page(url, number)
        if page.total is not None and page.total != read:
            self.facts.incomplete.append(f"it told of {page.total} items and gave {read}")

    def _new(self, seen: dict[bytes, int], page: Page, number: int) -> bool:
        """Whether a page is none that was there before."""
        digest = hashlib.sha256(repr(page.items).encode("utf-8", "replace")).digest()
        if page.items and digest in seen:
            self.facts.incomplete.append(f"page {number} is page {seen[digest]} once more")
            return False
        seen[digest] = number
        return True

    def _bounded(self, items: int) -> None:
        self._items += items
        limits = self._fetcher.limits
        if self._items >= limits.items or self.facts.pages >= limits.pages:
            raise FeedBroken(
                f"It goes on after {limits.pages:,} pages or {limits.items:,} items; that many "
                "are taken at most."
            )

    async def _page(self, url: str, number: int) -> tuple[Page, tuple[str, ...]]:
        answer, notes = await self._json(_asking(url, number))
        return _page(answer), notes

    async def _json(self, url: str) -> tuple[Any, tuple[str, ...]]:
        answer = await self._fetcher.get(url)
        text, notes = text_of(answer.body, answer.charset)
        return parsed(text), notes

    async def _has_more_by_itself(self, url: str, item: Any, kind: ListingKind | None) -> bool:
        """Whether a service's own address tells more of it than the list does."""
        if kind not in (None, ListingKind.SERVICE) or not isinstance(item, dict):
            return False
        try:
            alone = await self._alone(url, item)
        except (FetchFailed, FeedBroken):
            return False
        return alone is not None and bool(alone.keys() - item.keys())

    async def _whole(
        self, url: str, items: list[Any], *, single: bool
    ) -> list[tuple[Any, tuple[str, ...]]]:
        """The items of a page, each as its own address has it where that says more."""
        if not single:
            return [(each, ()) for each in items]
        found: list[tuple[Any, tuple[str, ...]]] = []
        for start in range(0, len(items), AT_ONCE):
            part = items[start : start + AT_ONCE]
            alone = await asyncio.gather(*(self._alone(url, each) for each in part))
            found.extend(
                (each, ("/: not there by itself; taken from the list",))
                if one is None
                else (one, ())
                for each, one in zip(part, alone, strict=True)
            )
        return found

    async def _alone(self, url: str, item: Any) -> dict[str, Any] | None:
        given = item.get("id") if isinstance(item, dict) else None
        if not isinstance(given, str) or not given.isprintable() or len(given) > 255:
            return None
        try:
            answer, _ = await self._json(_below(url, quote(given, safe="")))
        except NotThere:
            return None
        return answer if isinstance(answer, dict) and answer.get("id") == given else None

    async def _lines(self) -> AsyncIterator[FeedItem]:
        self.facts.dialect = Dialect.NDJSON
        self.facts.pages = 1
        lines, number = Lines(), 0
        async with self._fetcher.stream(self._url) as (kind, parts):
            if kind not in NDJSON:
                raise FeedBroken("It was asked for NDJSON and answers with something else.")
            async for part in parts:
                for line in lines.add(part):
                    number += 1
                    if found := self._line(line, number):
                        yield found
        for line in lines.end():
            if found := self._line(line, number + 1):
                yield found

    def _line(self, line: bytes | None, number: int) -> FeedItem | None:
        found = line_item(line, number)
        if found is not None:
            self.facts.covered.add(found.kind)
            self._items += 1
            if self._items > self._fetcher.limits.items:
                raise FeedBroken(f"It goes on after {self._fetcher.limits.items:,} items.")
        return found


def _asks_for_lines(url: str) -> bool:
    asked = httpx.URL(url)
    return asked.params.get("format") == "ndjson" or asked.path.endswith((".ndjson", ".jsonl"))


def _asking(url: str, number: int) -> str:
    asked = httpx.URL(url)
    extra = {} if "per_page" in asked.params else {"per_page": PER_PAGE}
    return str(asked.copy_merge_params({**extra, "page": str(number)}))


def _below(url: str, name: str) -> str:
    asked = httpx.URL(url)
    return str(asked.copy_with(raw_path=f"{asked.path.rstrip('/')}/{name}".encode()))


def _page(answer: Any) -> Page:
    try:
        return page_of(answer)
    except NotAPage as fault:
        raise FeedBroken(str(fault)) from None


def _is_last(page: Page, read: int) -> bool:
    """Whether no page comes after the one that was read as so manieth."""
    if not page.items or page.last is True:
        return True
    if page.last is False:
        return False
    return page.pages is None or read >= page.pages
