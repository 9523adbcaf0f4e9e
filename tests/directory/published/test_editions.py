import asyncio
import threading
from contextlib import asynccontextmanager

from checkpoint.directory.published import lookups
from checkpoint.directory.published.guarding import Edition, Editions
from checkpoint.directory.published.queries import MANY, beside


async def test_an_edition_is_read_once_for_all_who_ask_and_again_when_it_is_old(
    shelves, open_app, monkeypatch
):
    clock, begun = [10.0], []
    reading = lookups.reading

    @asynccontextmanager
    async def counted(engine):
        begun.append(engine)
        async with reading(engine) as session:
            yield session

    monkeypatch.setattr(lookups, "reading", counted)
    editions = Editions(open_app.state.publishing.engine, timer=lambda: clock[0])
    found = await asyncio.gather(*(editions.now() for _ in range(8)))
    assert (len(begun), len({*found})) == (1, 1)
    clock[0] = 11.5
    assert (await editions.now()).read_at == 11.5
    assert len(begun) == 2


async def test_what_was_read_last_holds_even_after_a_restored_backup(open_app):
    editions = Editions(open_app.state.publishing.engine, timer=lambda: 5.0)
    editions.note(Edition(9, 3.0))
    editions.note(Edition(4, 5.0))
    editions.note(Edition(10, 4.0))
    assert await editions.now() == Edition(4, 5.0)


async def test_many_listings_are_put_together_beside_the_loop_and_few_within_it():
    for many, beside_it in ((MANY, False), (MANY + 1, True)):
        found = await beside(many, threading.get_ident)
        assert (found != threading.get_ident()) is beside_it
