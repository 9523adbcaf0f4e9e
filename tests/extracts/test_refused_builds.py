"""What is not built, or not given out: nearly the same people, cancelled, broken off, expired."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.extracts import cli
from checkpoint.extracts.builds import actions, building, shelf, working
from checkpoint.extracts.builds.building import Cancelled, Going
from checkpoint.extracts.states import BuildFault, BuildStage
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import transaction
from conftest import NOON
from extracting import another_trial, approved, asking, built, cut, refusal, workshop

EVALUATOR, STATISTICIAN = Role.EVALUATOR, Role.STATISTICIAN
OPERATOR = Actor(id=UUID(int=9), role=Role.OPERATOR)


@pytest.fixture
def service(at_trial):
    return at_trial


class Lab:
    """A trial of a test's own, with its cuts and extracts."""

    def __init__(self, engine, trial):
        self.engine, self.trial = engine, trial

    async def cut(self, people, **known):
        return await cut(self.engine, self.trial, people=people, **known)

    async def extract(self, service, number, **changes):
        return await approved(service, number, trial=self.trial, **changes)

    def asking(self, number, **changes):
        return asking(number, trial=self.trial, **changes)

    async def found(self, query):
        async with self.engine.begin() as connection:
            answer = await connection.execute(sa.text(query))
            return answer.all() if answer.returns_rows else []


@pytest.fixture
async def lab(trial_owner):
    return Lab(trial_owner, await another_trial(trial_owner))


@pytest.fixture
async def first(lab, service):
    """An extract of the first cut, which was released."""
    await lab.cut(300)
    made = await lab.extract(service, 1)
    assert (await built(service, made))["state"] == "released"
    return made


async def queued(service, made):
    client = service(STATISTICIAN, name="approving statistician")
    answer = await client.post(f"/v1/extracts/{made['id']}/builds", headers=a_key())
    return client, answer


@pytest.mark.slow
async def test_people_who_differ_by_fewer_than_ten_are_refused(lab, service, first):
    await lab.cut(301)
    await lab.cut(309)
    await lab.cut(312)
    evaluator = service(EVALUATOR)
    for number in (2, 3):
        close = await evaluator.post("/v1/extracts", json=lab.asking(number), headers=a_key())
        assert refusal(close) == (409, "extract-population-too-close")
    narrow = lab.asking(4, population={"age_from": 19})
    assert refusal(await evaluator.post("/v1/extracts", json=narrow, headers=a_key())) == (
        409,
        "extract-population-too-close",
    )
    half = lab.asking(1, population={"sex": ["male"], "age_to": 60})
    assert (await evaluator.post("/v1/extracts", json=half, headers=a_key())).status_code == 201
    other = await lab.extract(service, 4)
    late = await lab.extract(service, 4, population={"observed_days": 10})
    assert (await built(service, other))["state"] == "released"
    assert (await built(service, late))["state"] == "released"


@pytest.mark.slow
async def test_a_correction_to_fewer_than_ten_people_is_no_reason_for_another_release(
    lab, service, first
):
    for known in ({}, {"put_right": 9}, {"moved": 3}, {"put_right": 12}):
        await lab.cut(300, **known)
    evaluator = service(EVALUATOR)
    answers = {
        number: await evaluator.post("/v1/extracts", json=lab.asking(number), headers=a_key())
        for number in (2, 3, 4, 5)
    }
    assert {number: answer.status_code for number, answer in answers.items()} == {
        2: 201, 3: 409, 4: 409, 5: 201
    }  # fmt: skip
    assert refusal(answers[3]) == (409, "extract-population-too-close")
    # Whoever asks learns nothing of a smaller group; whoever builds sees that few changed in it.
    half = lab.asking(4, population={"sex": ["male"]})
    assert refusal(await evaluator.post("/v1/extracts", json=half, headers=a_key()))[0] == 409
    women = await lab.extract(service, 5, population={"sex": ["female"]})
    assert (await built(service, women))["fault"] == "too_close_to_an_earlier_release"
    whole = await lab.extract(service, 5)
    assert (await built(service, whole))["state"] == "released"


@pytest.mark.slow
async def test_a_release_in_between_stops_a_build_of_nearly_the_same(lab, service, first):
    await lab.cut(330)
    await lab.cut(331)
    one, two = await lab.extract(service, 2), await lab.extract(service, 3)
    assert (await built(service, one))["state"] == "released"
    told = await built(service, two)
    assert (told["state"], told["fault"]) == ("failed", "too_close_to_an_earlier_release")
    assert "fewer than 10" in told["fault_meaning"]


@pytest.mark.slow
async def test_few_are_not_left_between_three_releases(lab, service, first):
    found = "SELECT count(*) FROM cut_participant JOIN data_cut ON data_cut.id = cut_id "
    found += f"JOIN trial ON trial.id = trial_id WHERE code = '{lab.trial}' AND age = 41"
    assert 0 < (await lab.found(found))[0][0] < 10
    young = await lab.extract(service, 1, population={"age_to": 40})
    assert (await built(service, young))["state"] == "released"
    evaluator = service(EVALUATOR)
    for ages, status in (({"age_from": 42}, 409), ({"age_from": 41}, 201), ({"age_to": 40}, 201)):
        asked = lab.asking(1, population=ages)
        answer = await evaluator.post("/v1/extracts", json=asked, headers=a_key())
        assert answer.status_code == status


async def test_a_build_is_cancelled_before_and_while_it_runs(lab, service, first):
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
    (build_id,) = (await lab.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]

    def heard(going):
        going.unwanted.set()

    assert await working.one(shop, build_id, going=Going(heard=heard)) is None
    assert (await client.get(place)).json()["state"] == "cancelled"
    digest = (await client.get(f"/v1/extracts/{first['id']}")).json()["release"]["digest"]
    kept = {path.name for path in shelf.folder_of(shop.settings).iterdir()}
    assert f"{digest}.zip" in kept
    assert not any("building" in name for name in kept)


async def test_a_build_that_somebody_was_killed_over_is_taken_up_again(lab, service, first):
    client, answer = await queued(service, first)
    shop, place = workshop(service.app), answer.headers["Location"]
    (build_id,) = (await lab.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]
    async with transaction(shop.engine) as session:
        await actions.begin(session, build_id, by=OPERATOR, at=NOON)
    left = shelf.folder_of(shop.settings) / f"building-{build_id}-1"
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
    digests = await lab.found(
        f"SELECT DISTINCT digest FROM extract_release WHERE request_id = '{first['id']}'"
    )
    assert len(digests) == 1


async def test_a_build_is_not_taken_up_for_ever_nor_after_it_was_cancelled(lab, service, first):
    shop = workshop(service.app)
    client, answer = await queued(service, first)
    await lab.found("UPDATE extract_build SET attempts = 5 WHERE state = 'queued'")
    assert set((await working.work(shop)).values()) == {None}
    failed = (await client.get(answer.headers["Location"])).json()
    assert (failed["state"], failed["fault"]) == ("failed", "broken")
    client, answer = await queued(service, first)
    (build_id,) = (await lab.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]
    async with transaction(shop.engine) as session:
        begun = await actions.begin(session, build_id, by=OPERATOR, at=NOON)
        assert await actions.progress(session, begun, BuildStage.PEOPLE, done=1, total=2)
    cancelled = await client.post(f"{answer.headers['Location']}/cancellation", headers=a_key())
    assert (cancelled.json()["state"], cancelled.json()["percent"]) == ("running", 50)
    assert "cancelled" in cancelled.json()["next_steps"][0]["why_not"]
    async with transaction(shop.engine) as session:
        wanted = await actions.progress(session, begun, BuildStage.PEOPLE, done=2, total=2)
        assert not wanted
    await working.work(shop)
    assert (await client.get(answer.headers["Location"])).json()["state"] == "cancelled"


def scraps(shop, build_id):
    return [*shelf.folder_of(shop.settings).glob(f"building-{build_id}*")]


async def killed_over(lab, service, made, *, times=1):
    """A build that was taken up by a worker who was then killed and left scraps on disk."""
    client, answer = await queued(service, made)
    shop, place = workshop(service.app), answer.headers["Location"]
    (build_id,) = (await lab.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]
    for _ in range(times):
        async with transaction(shop.engine) as session:
            begun = await actions.begin(session, build_id, by=OPERATOR, at=NOON)
    scrap = shelf.folder_of(shop.settings) / f"building-{build_id}-{begun.attempts}"
    scrap.mkdir()
    (scrap / "package.zip").write_text("half")
    return client, shop, place, begun


async def test_nothing_is_left_on_disk_of_a_killed_build_that_is_then_cancelled(
    lab, service, first
):
    client, shop, place, begun = await killed_over(lab, service, first)
    assert (await client.post(f"{place}/cancellation", headers=a_key())).status_code == 200
    await working.work(shop)
    assert (await client.get(place)).json()["state"] == "cancelled"
    assert not scraps(shop, begun.id)


async def test_nothing_is_left_on_disk_of_a_build_that_five_workers_were_killed_over(
    lab, service, first
):
    client, shop, place, begun = await killed_over(lab, service, first, times=5)
    await working.work(shop)
    assert (await client.get(place)).json()["fault"] == "broken"
    assert not scraps(shop, begun.id)
    entries = f"SELECT event FROM audit_entry WHERE '{begun.id}' = ANY(subject_ids)"
    assert ("extract.build_failed",) in await lab.found(entries)


async def test_whoever_lost_their_lock_ends_nothing_that_somebody_else_took_up(lab, service, first):
    client, shop, place, begun = await killed_over(lab, service, first)
    async with transaction(shop.engine) as session:
        await actions.begin(session, begun.id, by=OPERATOR, at=NOON)
    async with transaction(shop.engine) as session:
        await actions.fail(session, begun, BuildFault.BROKEN, by=OPERATOR, at=NOON)
        assert not await actions.progress(session, begun, BuildStage.PEOPLE, done=1, total=2)
        with pytest.raises(Cancelled):
            await building._check_wanted(session, begun, at=NOON)
    assert (await client.get(place)).json()["state"] == "running"
    await working.work(shop)
    told = (await client.get(place)).json()
    assert (told["state"], told["attempts"]) == ("released", 3)


async def test_a_build_whose_database_went_away_is_taken_up_again(lab, service, first, monkeypatch):
    client, answer = await queued(service, first)
    shop, place = workshop(service.app), answer.headers["Location"]

    async def gone(*_args):
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr(building, "_written", gone)
        assert set((await working.work(shop)).values()) == {None}
    assert (await client.get(place)).json()["state"] == "running"
    await working.work(shop)
    told = (await client.get(place)).json()
    assert (told["state"], told["attempts"]) == ("released", 2)


@pytest.mark.slow
async def test_whoever_enters_the_register_waits_for_whoever_is_at_it(lab, service, first):
    _, answer = await queued(service, first)
    shop = workshop(service.app)
    async with transaction(shop.engine) as session:
        await actions.hold_register(session)
        work = asyncio.create_task(working.work(shop))
        await asyncio.sleep(5)
        assert not work.done()
    await work
    told = (await service(STATISTICIAN).get(answer.headers["Location"])).json()
    assert told["state"] == "released"


async def test_a_package_that_is_lost_or_altered_is_not_given_out(lab, service, first):
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


async def test_what_has_expired_is_ended_with_its_key_and_its_package(lab, service, first):
    shop = workshop(service.app)
    assert await cli.remove_expired(shop) == 0
    later = NOON + timedelta(days=400)

    async def then():
        return later

    service.app.dependency_overrides[clock.now] = then
    evaluator = service(EVALUATOR, name="evaluator")
    place = f"/v1/extracts/{first['id']}"
    told = (await evaluator.get(place)).json()
    assert (told["state"], told["ending"]["kind"]) == ("ended", "expired")
    assert refusal(await evaluator.get(f"{place}/package")) == (410, "extract-ended")
    listed = (await evaluator.get("/v1/extracts")).json()["items"]
    assert listed[0]["state"] == "ended"
    over = building.Workshop(shop.engine, shop.url, shop.settings, OPERATOR, lambda: later)
    assert await cli.remove_expired(over) >= 1
    assert not shelf.place(shop.settings, told["release"]["digest"]).exists()
    assert (await evaluator.get(place)).json()["key_destroyed_at"]


async def test_packages_go_that_no_extract_gives_out(lab, service, first):
    shop = workshop(service.app)
    evaluator = service(EVALUATOR, name="evaluator")
    place = f"/v1/extracts/{first['id']}"
    digest = (await evaluator.get(place)).json()["release"]["digest"]
    orphan = shelf.place(shop.settings, "0" * 64)
    orphan.write_text("put here by a build that was killed before it was on record")
    assert await cli.remove_expired(shop) == 0
    assert not orphan.exists()
    assert shelf.place(shop.settings, digest).exists()
    words = {"words": "No longer needed."}
    assert (await evaluator.post(f"{place}/ending", json=words, headers=a_key())).is_success
    assert await cli.remove_expired(shop) == 0
    assert not shelf.place(shop.settings, digest).exists()


async def test_a_key_that_goes_before_a_build_leaves_nothing_to_build_with(lab, service, first):
    await queued(service, first)
    manager = service(Role.TRIAL_MANAGER)
    await manager.post(f"/v1/extracts/{first['id']}/key-destruction", headers=a_key())
    ended = await working.work(workshop(service.app))
    assert [*ended.values()] == [BuildFault.KEY_DESTROYED]


@pytest.mark.parametrize(
    ("noun", "body", "told"),
    [
        ("key-destruction", None, ("failed", "key_destroyed")),
        ("ending", {"words": "Not needed."}, ("cancelled", None)),
    ],
)
async def test_nothing_is_kept_of_what_ends_while_it_is_built(
    lab, service, first, noun, body, told
):
    _, answer = await queued(service, first)
    (build_id,) = (await lab.found("SELECT id FROM extract_build WHERE state = 'queued'"))[0]
    manager, shop, loop = (
        service(Role.TRIAL_MANAGER),
        workshop(service.app),
        asyncio.get_running_loop(),
    )
    place, answers = f"/v1/extracts/{first['id']}/{noun}", []

    def heard(going):
        if not answers:  # told by the thread that reads
            sent = manager.post(place, json=body, headers=a_key())
            answers.append(asyncio.run_coroutine_threadsafe(sent, loop).result(30).status_code)

    await working.one(shop, build_id, going=Going(heard=heard))
    assert answers == [200]
    seen = (await manager.get(answer.headers["Location"])).json()
    assert (seen["state"], seen["fault"]) == told
    counted = f"SELECT count(*) FROM extract_release WHERE request_id = '{first['id']}'"
    assert (await lab.found(counted))[0] == (1,)


async def test_an_arm_of_too_few_gives_no_extract(lab, service):
    await lab.cut(12)
    told = await built(service, await lab.extract(service, 1))
    assert (told["state"], told["fault"]) == ("failed", "too_few_people")


async def test_too_few_people_are_not_asked_for_and_nobody_else_asks(lab, service):
    await lab.cut(9)
    few = await service(EVALUATOR).post("/v1/extracts", json=lab.asking(1), headers=a_key())
    assert refusal(few) == (422, "rule-broken")
    for role in (STATISTICIAN, Role.AUDITOR):
        refused = await service(role).post("/v1/extracts", json=lab.asking(1), headers=a_key())
        assert refusal(refused) == (403, "not-permitted")


async def test_a_build_that_breaks_says_so_and_tells_nothing_else(lab, service, first):
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


async def test_whoever_is_broken_off_leaves_no_sooner_than_the_thread_that_writes():
    going, left = Going(), []

    def write():
        assert going.unwanted.wait(20)
        left.append("thread")
        going.tell(BuildStage.PEOPLE, 1)

    task = asyncio.create_task(building._threaded(going, write))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left == ["thread"]
