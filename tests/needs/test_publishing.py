"""Instruments are checked and published from the shell."""

import asyncio

import pytest

from assessing import assess
from builders import eligible
from checkpoint import starter
from checkpoint.foundation.datedfiles import digest
from checkpoint.needs.references import packaged
from conftest import at_server
from shell import Shell

TEXT = packaged()["2015-04-07-starter"]
INSTRUMENTS = "SELECT * FROM needs_instrument ORDER BY valid_from"
TOLD = "SELECT * FROM audit_entry WHERE event = 'needs.instrument_published'"


def an_instrument(version="test-2099", first_day="2099-01-01", **replaced):
    text = TEXT.replace('version = "2015-04-07-starter"', f'version = "{version}"').replace(
        "valid_from = 2015-04-07", f"valid_from = {first_day}"
    )
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def publish(shell, tmp_path):
    def publish(content, command="publish"):
        file = tmp_path / "instrument.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return shell("needs", command, file)

    return publish


def test_a_new_database_has_the_packages_instrument(shell):
    found = [(row.version, row.digest) for row in shell.found(INSTRUMENTS)]
    assert found == [(version, digest(text)) for version, text in packaged().items()]
    assert len(shell.found(TOLD)) == 1


def test_a_force_checks_and_publishes_its_own(shell, publish):
    checked = publish(an_instrument(), "check")
    assert (checked.code, checked.err) == (0, "")
    assert "health: 3 questions, 0 to 9\n" in checked.out
    assert len(shell.found(INSTRUMENTS)) == 1
    told = publish(an_instrument())
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Published test-2099, used from 01 January 2099.\nSHA-256 ")
    assert checked.out.splitlines()[-1] == told.out.splitlines()[-1]
    assert shell.found(INSTRUMENTS)[-1].content == an_instrument()
    assert shell.found(TOLD)[-1].actor_role == "operator"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (an_instrument(first_day="2026-01-01"), "let it begin tomorrow or later"),
        (an_instrument(finance="fun"), "pathways.2.pathway"),
        (b"\xff", "not UTF-8: look at byte 0"),
    ],
)
def test_an_instrument_that_will_not_do_is_refused(shell, publish, content, says):
    told = publish(content)
    assert (told.code, told.out) == (22, "")
    assert says in told.err
    assert len(shell.found(INSTRUMENTS)) == 1


def test_no_file_is_no_instrument(shell):
    told = shell("needs", "publish", "nowhere.toml")
    assert told.code == 22
    assert "nowhere.toml: No such file" in told.err


def test_a_published_instrument_is_not_published_again(shell, publish):
    publish(an_instrument())
    for told in (
        publish(an_instrument()),
        publish(an_instrument("other-2099")),
        shell("needs", "publish", "2015-04-07-starter"),
    ):
        assert told.code == 19
        assert "never changes" in told.err


def load(shell, **given):
    return asyncio.run(starter.load_starter(shell.url, **given))


def test_the_packages_instrument_is_never_loaded_over_a_forces_own(shell, publish):
    publish(an_instrument())
    asyncio.run(at_server("ALTER TABLE needs_instrument DISABLE TRIGGER ALL", shell.url))
    shell.found("DELETE FROM needs_instrument WHERE version = '2015-04-07-starter'")
    load(shell)
    assert [row.version for row in shell.found(INSTRUMENTS)] == ["test-2099"]
    load(shell, trial=True)
    assert [row.version for row in shell.found(INSTRUMENTS)] == [*packaged(), "test-2099"]


def test_a_packaged_instrument_that_was_published_with_other_bytes_stops_the_start(shell):
    asyncio.run(at_server("ALTER TABLE needs_instrument DISABLE TRIGGER ALL", shell.url))
    shell.found("UPDATE needs_instrument SET digest = 'x'")
    told = shell("migrate")
    assert told.code == 22
    assert "2015-04-07-starter.toml: it was published with other bytes" in told.err


async def test_an_instrument_that_is_no_longer_what_was_published_is_not_shown(client, owner):
    record = await eligible(client)
    async with owner.begin() as connection:
        for statement in (
            "ALTER TABLE needs_instrument DISABLE TRIGGER needs_instrument_append_only",
            "UPDATE needs_instrument SET content = content || '#'",
        ):
            await connection.exec_driver_sql(statement)
    answers = [
        await client.get("/v1/reference/needs-instruments"),
        await client.get("/v1/reference/needs-instruments/2015-04-07-starter"),
        await assess(client, record),
    ]
    async with owner.begin() as connection:
        for statement in (
            "UPDATE needs_instrument SET content = rtrim(content, '#')",
            "ALTER TABLE needs_instrument ENABLE TRIGGER needs_instrument_append_only",
        ):
            await connection.exec_driver_sql(statement)
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.json()["errorCode"] == "needs-instrument-changed"


async def test_what_two_versions_measure_is_compared_only_where_one_says_so(client, owner):
    record = await eligible(client)
    first = await assess(client, record)
    other = an_instrument("test-2098", "2098-01-01")
    row = {"content": other, "digest": digest(other)}
    async with owner.begin() as connection:
        for statement in (
            (
                f"INSERT INTO needs_instrument (id, version, valid_from, digest, content, published_at, "
                f"published_by) SELECT gen_random_uuid(), 'test-2098', '2098-01-01', "
                f"'{row['digest']}', $text${row['content']}$text$, now(), gen_random_uuid()"
            ),
            (
                f"INSERT INTO needs_assessment (id, custody_record_id, number, needs_instrument_id, "
                f"timepoint, assessed_at, completed_at, completed_by) SELECT gen_random_uuid(), "
                f"'{record['id']}', 2, id, 'exit', now(), '2026-11-03T12:00Z', gen_random_uuid() "
                f"FROM needs_instrument WHERE version = 'test-2098'"
            ),
        ):
            await connection.exec_driver_sql(statement)
    assert first.status_code == 201
    address = f"/v1/custody-records/{record['id']}/distance-travelled"
    for ending in ("", ".svg"):
        answer = await client.get(address + ending)
        assert (answer.status_code, answer.json()["errorCode"]) == (409, "needs-not-comparable")
        assert "2015-04-07-starter and test-2098" in answer.json()["detail"]
