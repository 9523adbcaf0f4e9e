"""What is not built, or not given out: nearly the same people, cancelled, broken off, expired."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from builders import a_key
from checkpoint.extracts import cli
from checkpoint.extracts.builds import actions, building, shelf, working
from checkpoint.extracts.builds.building import Cancelled, Chunks, Going
from checkpoint.extracts.states import BuildFault, BuildStage
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from conftest import NOON
from extracting import approved, asking, built, cut, refusal, workshop

EVALUATOR, STATISTICIAN = Role.EVALUATOR, Role.STATISTICIAN
OPERATOR = Actor(id=UUID(int=9), role=Role.OPERATOR)


@pytest.fixture
def service(stage):
    return stage.at()


@pytest.fixture
async def first(stage, service):
    """A trial whose first cut was released."""
    await stage.trial()
    await cut(stage.owner, people=300)
    made = await approved(service, 1)
    assert (await built(service, made))["state"] == "released"
    return made


async def queued(service, made):
    client = service(STATISTICIAN, name="approving statistician")
    answer = await client.post(f"/v1/extracts/{made['id']}/builds", headers=a_key())
    return client, answer


async def test_people_who_differ_by_fewer_than_ten_are_refused(stage, service, first):
    await cut(stage.owner, people=301)
    await cut(stage.owner, people=309)
    await cut(stage.owner, people=312)
    evaluator = service(EVALUATOR)
    for number in (2, 3):
        close = await evaluator.post("/v1/extracts", json=asking(number), headers=a_key())
        assert refusal(close) == (409, "extract-population-too-close")
    by_one = await evaluator.post(
        "/v1/extracts", json=asking(4, population={"age_from": 19}), headers=a_key()
    )
    assert by_one.status_code == 201
    other = await approved(service, 4)
    late = await approved(service, 4, population={"observed_days": 10})
    assert (await built(service, other))["state"] == "released"
    same_again = await built(service, late)
    assert same_again["state"] == "released"


async def test_a_release_in_between_stops_a_build_of_nearly_the_same(stage, service, first):
    await cut(stage.owner, people=330)
    await cut(stage.owner, people=331)
    one, two = await approved(service, 2), await approved(service, 3)
    assert (await built(service, one))["state"] == "released"
    told = await built(service, two)
    assert (told["state"], told["fault"]) == ("failed", "too_close_to_an_earlier_release")
    assert "fewer than 10" in told["fault_meaning"]


async def test_a_build_is_cancelled_before_and_while_it_runs(stage, service, first):
    client, answer = await queued(service, first)
    place = answer.headers["Location"]
    _, twice = await queued(service, first)
    assert refusal(twice) == (409, "extract-build-under-way")
    auditor = (await service(Role.AUDITOR).get(place)).json()
    assert not auditor["next_steps"][0]["allowed"]
    cancelled = await client.post(f"{place}/cancellation", headers=a_key())
    assert cancelled.json()["state"] == "cancelled"
    again = await client.post(f"{place}/cancellation", headers=a_key())
    assert refusal(again) == (409, "extract-build-over")
    gone = await client.post(f"{place[:-1]}77/cancellation", headers=a_key())
    assert refusal(gone) == (404, "extract-build-not-found")
    _, answer = await queued(service, first)
    place, shop = answer.headers["Location"], workshop(service.app)
    (build_id,) = (await stage.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]

    def heard(going):
        going.unwanted.set()

    assert await working.one(shop, build_id, going=Going(heard=heard)) is None
    assert (await client.get(place)).json()["state"] == "cancelled"
    digest = (await client.get(f"/v1/extracts/{first['id']}")).json()["release"]["digest"]
    kept = [path.name for path in shelf.folder_of(shop.settings).iterdir()]
    assert kept == [f"{digest}.zip"]


async def test_a_build_that_somebody_was_killed_over_is_taken_up_again(stage, service, first):
    client, answer = await queued(service, first)
    shop, place = workshop(service.app), answer.headers["Location"]
    (build_id,) = (await stage.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]
    async with transaction(shop.engine) as session:
        await actions.begin(session, build_id, at=NOON)
    left = shelf.folder_of(shop.settings) / f"building-{build_id}"
    left.mkdir()
    (left / "half").write_text("half")
    running = (await client.get(place)).json()
    assert (running["state"], running["attempts"]) == ("running", 1)
    async with working.leased(shop.engine, build_id) as mine:
        assert mine
        assert await working.one(shop, build_id) is None
    assert await working.work(shop) == {build_id: None}
    done = (await client.get(place)).json()
    assert (done["state"], done["attempts"]) == ("released", 2)
    assert not left.exists()
    digests = await stage.found("SELECT DISTINCT digest FROM extract_release")
    assert len(digests) == 1


async def test_a_build_is_not_taken_up_for_ever_nor_after_it_was_cancelled(stage, service, first):
    shop = workshop(service.app)
    client, answer = await queued(service, first)
    await stage.found("UPDATE extract_build SET attempts = 5 WHERE state = 'queued'")
    assert set((await working.work(shop)).values()) == {None}
    failed = (await client.get(answer.headers["Location"])).json()
    assert (failed["state"], failed["fault"]) == ("failed", "broken")
    client, answer = await queued(service, first)
    (build_id,) = (await stage.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]
    async with transaction(shop.engine) as session:
        await actions.begin(session, build_id, at=NOON)
        assert await actions.progress(session, build_id, BuildStage.PEOPLE, done=1, total=2)
    cancelled = await client.post(f"{answer.headers['Location']}/cancellation", headers=a_key())
    assert (cancelled.json()["state"], cancelled.json()["done"]) == ("running", 1)
    assert "cancelled" in cancelled.json()["next_steps"][0]["why_not"]
    async with transaction(shop.engine) as session:
        wanted = await actions.progress(session, build_id, BuildStage.PEOPLE, done=2, total=2)
        assert not wanted
    await working.work(shop)
    assert (await client.get(answer.headers["Location"])).json()["state"] == "cancelled"


async def test_a_package_that_is_lost_or_altered_is_not_given_out(stage, service, first):
    evaluator = service(EVALUATOR, name="evaluator")
    place = f"/v1/extracts/{first['id']}"
    digest = (await evaluator.get(place)).json()["release"]["digest"]
    path = shelf.place(service.app.state.settings, digest)
    path.write_bytes(path.read_bytes() + b" ")
    assert refusal(await evaluator.get(f"{place}/package")) == (410, "extract-package-not-kept")
    path.unlink()
    assert refusal(await evaluator.get(f"{place}/package")) == (410, "extract-package-not-kept")
    assert (await built(service, first))["state"] == "released"
    assert (await evaluator.get(f"{place}/package")).status_code == 200


async def test_what_has_expired_is_ended_with_its_key_and_its_package(stage, service, first):
    shop = workshop(service.app)
    assert await cli.remove_expired(shop) == 0
    later = NOON + timedelta(days=400)
    evaluator = stage.at(later)(EVALUATOR, name="evaluator")
    place = f"/v1/extracts/{first['id']}"
    told = (await evaluator.get(place)).json()
    assert (told["state"], told["ending"]["kind"]) == ("ended", "expired")
    assert refusal(await evaluator.get(f"{place}/package")) == (410, "extract-ended")
    listed = (await evaluator.get("/v1/extracts")).json()["items"]
    assert listed[0]["state"] == "ended"
    over = building.Workshop(shop.engine, shop.url, shop.settings, OPERATOR, lambda: later)
    assert await cli.remove_expired(over) == 1
    assert [*shelf.folder_of(shop.settings).iterdir()] == []
    assert (await evaluator.get(place)).json()["key_destroyed_at"]


async def test_a_key_that_goes_before_a_build_leaves_nothing_to_build_with(stage, service, first):
    await queued(service, first)
    manager = service(Role.TRIAL_MANAGER)
    await manager.post(f"/v1/extracts/{first['id']}/key-destruction", headers=a_key())
    ended = await working.work(workshop(service.app))
    assert [*ended.values()] == [BuildFault.KEY_DESTROYED]


async def test_an_arm_of_too_few_gives_no_extract(stage, service):
    await stage.trial()
    await cut(stage.owner, people=12)
    told = await built(service, await approved(service, 1))
    assert (told["state"], told["fault"]) == ("failed", "too_few_people")


async def test_too_few_people_are_not_asked_for_and_nobody_else_asks(stage, service):
    await stage.trial()
    await cut(stage.owner, people=9)
    few = await service(EVALUATOR).post("/v1/extracts", json=asking(1), headers=a_key())
    assert refusal(few) == (422, "rule-broken")
    for role in (STATISTICIAN, Role.AUDITOR):
        refused = await service(role).post("/v1/extracts", json=asking(1), headers=a_key())
        assert refusal(refused) == (403, "not-permitted")


async def test_a_thread_that_goes_ends_the_copying_and_the_other_way_round():
    chunks = Chunks()
    chunks.leave()
    with pytest.raises(Cancelled):
        await chunks.put(b"x")
    await chunks.end()
    assert [*chunks] == []
    chunks = Chunks()
    read = asyncio.create_task(asyncio.to_thread(lambda: [*chunks]))
    for _ in range(3):
        await chunks.put(b"x")
    await chunks.end()
    assert await read == [b"x"] * 3


async def test_a_build_that_breaks_says_so_and_tells_nothing_else(stage, service, first):
    await queued(service, first)
    shop = workshop(service.app)
    broken = building.Workshop(
        shop.engine,
        shop.url.replace("checkpoint_test", "gone"),
        shop.settings,
        OPERATOR,
        shop.clock,
    )
    assert [*(await working.work(broken)).values()] == [BuildFault.BROKEN]


async def test_the_build_of_an_unknown_extract_is_none(service):
    client = service(STATISTICIAN)
    gone = await client.post(f"/v1/extracts/{uuid4()}/builds", headers=a_key())
    assert refusal(gone) == (404, "extract-not-found")
