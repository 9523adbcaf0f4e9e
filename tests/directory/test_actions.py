import asyncio
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command

from checkpoint.directory import actions, loading, queries
from checkpoint.directory.references import crosswalks
from checkpoint.directory.schemas import StateCapacity, WithdrawListing
from checkpoint.directory.states import (
    ListingKind,
    ListingNotListed,
    NoPlaceFree,
    NoPlaceHeld,
    PlacesHeld,
    WithdrawalReason,
)
from checkpoint.directory.upkeep import actions as upkeep
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from conftest import NOON, alembic_config
from listing import serving
from shell import Shell

SERVICE = ListingKind.SERVICE
CLOSED = WithdrawListing(reason=WithdrawalReason.CLOSED)


@pytest.fixture
async def service(clients):
    return UUID((await serving(clients(Role.DIRECTORY_EDITOR)))["id"])


@pytest.fixture
def doing():
    by = Actor(id=UUID(int=7), role=Role.DIRECTORY_EDITOR)
    return {"by": by, "at": NOON}


async def test_of_many_who_want_the_last_places_as_many_get_one_as_there_are(api, service, doing):
    async with transaction(api) as session:
        assert not await actions.hold_place(session, service, at=NOON)
        stated = StateCapacity(maximum=3)
        await upkeep.state_capacity(session, service, stated, seen=0, **doing)

    async def wanted():
        async with transaction(api) as session:
            return await actions.hold_place(session, service, at=NOON)

    found = await asyncio.gather(*(wanted() for _ in range(8)), return_exceptions=True)
    assert found.count(True) == 3
    assert sum(isinstance(each, NoPlaceFree) for each in found) == 5
    async with transaction(api) as session:
        fewer = StateCapacity(maximum=2)
        with pytest.raises(PlacesHeld):
            await upkeep.state_capacity(session, service, fewer, seen=1, **doing)
        with pytest.raises(PlacesHeld):
            await actions.withdraw(session, SERVICE, service, CLOSED, seen=1, **doing)
    async with transaction(api) as session:
        for _ in range(3):
            await actions.release_place(session, service, at=NOON)
        with pytest.raises(NoPlaceHeld):
            await actions.release_place(session, service, at=NOON)


async def test_what_a_feed_says_stays_and_our_own_word_stands_beside_it(owner, api, service, doing):
    async with owner.begin() as connection:
        feed = "INSERT INTO directory_source (code, name, is_local) VALUES ('a-feed', 'F', false)"
        await connection.execute(sa.text(f"{feed} ON CONFLICT DO NOTHING"))
        moved = "UPDATE directory_listing SET source = 'a-feed' WHERE id = :id"
        await connection.execute(sa.text(moved), {"id": service})
    async with transaction(api) as session:
        await upkeep.assure(session, SERVICE, service, NOON.date(), seen=1, **doing)
        found = await queries.listing(session, service)
        assert found.assured_on == NOON.date()
        assert "assured_date" not in found.document
        assert found.version == 2


async def test_what_ships_is_loaded_once_and_everything_is_derived_anew(session, service, doing):
    assert await loading.load(session, **doing) == 0
    assert await loading.reindex(session, **doing) >= 1


async def test_what_lookups_read_of_a_service_is_written_by_one_deed_at_a_time(
    api, session, service, doing
):
    found = await queries.listing(session, service)
    place = UUID(found.document["service_at_locations"][0]["location_id"])
    moved = (await queries.listing(session, place)).document | {"name": "Another name"}
    deeds = (
        lambda unit: upkeep.assure(unit, SERVICE, service, NOON.date(), seen=1, **doing),
        lambda unit: actions.change(unit, ListingKind.LOCATION, place, moved, seen=1, **doing),
        lambda unit: loading.reindex(unit, **doing),
    )

    async def done(deed):
        async with transaction(api) as unit:
            await deed(unit)
            await asyncio.sleep(0.1)  # so that all of them are under way

    await asyncio.gather(*(done(deed) for deed in deeds))


@pytest.mark.slow
async def test_what_ships_is_loaded_where_nothing_stands(make_database, doing):
    url = await asyncio.to_thread(make_database, empty=True)
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
    engine = engine_for(url, role=OWNER_ROLE, pool_size=1)
    async with transaction(engine) as session:
        shipped = [each for one in crosswalks() for each in one.entries]
        assert await loading.load(session, **doing) == 8 + len(shipped)
        assert await loading.load(session, **doing) == 0
    await engine.dispose()


async def test_only_what_stands_is_chased_and_assured(api, service, doing):
    async with transaction(api) as session:
        await actions.withdraw(session, SERVICE, service, CLOSED, seen=1, **doing)
    async with transaction(api) as session:
        with pytest.raises(ListingNotListed):
            await upkeep.assure(session, SERVICE, service, NOON.date(), seen=2, **doing)


@pytest.mark.slow
def test_what_lookups_read_is_made_anew_at_the_shell(make_database, monkeypatch):
    told = Shell(make_database(), monkeypatch)("directory", "reindex")
    assert (told.code, told.out) == (0, "Derived anew for 0 services.\n")
