"""Sheets are published from the shell, and expired drafts are swept from there."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from builders import WHOLE_CONSENT, a_key, eligible
from checkpoint import starter
from checkpoint.consent.references import packaged
from checkpoint.consent.tables import ConsentDraft
from checkpoint.foundation.database import transaction
from checkpoint.foundation.datedfiles import digest
from checkpoint.foundation.idempotency import KeptAnswer
from conftest import at_server
from shell import Shell

TEXT = packaged()["2016-08-01-en"]
SHEETS = "SELECT * FROM information_sheet ORDER BY valid_from, version"
TOLD = "SELECT * FROM audit_entry WHERE event = 'consent.sheet_published'"


def a_sheet(version="test-2099-en", first_day="2099-01-01", **replaced):
    text = TEXT.replace("2016-08-01-en", version).replace(
        "valid_from = 2016-08-01", f"valid_from = {first_day}"
    )
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def publish(shell, tmp_path):
    def publish(content):
        file = tmp_path / "sheet.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return shell("consent", "publish", file)

    return publish


def test_a_new_database_has_the_packages_sheets(shell):
    assert [(row.version, row.digest) for row in shell.found(SHEETS)] == [
        (version, digest(text)) for version, text in packaged().items()
    ]
    assert len(shell.found(TOLD)) == 2


def test_a_force_publishes_its_own_sheet(shell, publish):
    told = publish(a_sheet())
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Published test-2099-en, given from 01 January 2099.\nSHA-256 ")
    assert shell.found(SHEETS)[-1].content == a_sheet()
    assert shell.found(TOLD)[-1].actor_role == "operator"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (a_sheet(first_day="2026-01-01"), "let it begin tomorrow or later"),
        (a_sheet().replace("[research]", "[others]"), "research"),
        (b"\xff", "not UTF-8: look at byte 0"),
    ],
)
def test_a_sheet_that_will_not_do_is_refused(shell, publish, content, says):
    told = publish(content)
    assert (told.code, told.out) == (22, "")
    assert says in told.err
    assert len(shell.found(SHEETS)) == 2


def test_no_file_is_no_sheet(shell):
    told = shell("consent", "publish", "nowhere.toml")
    assert told.code == 22
    assert "nowhere.toml: No such file" in told.err


def test_a_published_sheet_is_not_published_again(shell, publish):
    publish(a_sheet())
    for told in (
        publish(a_sheet()),
        publish(a_sheet("other-2099-en")),
        shell("consent", "publish", "2016-08-01-en"),
    ):
        assert told.code == 19
        assert "never changes" in told.err


def load(shell, **given):
    return asyncio.run(starter.load_starter(shell.url, **given))


def test_the_packages_sheets_are_loaded_once_and_never_over_a_forces_own(shell, publish):
    asyncio.run(at_server("ALTER TABLE information_sheet DISABLE TRIGGER ALL", shell.url))
    shell.found("DELETE FROM information_sheet WHERE version = '2016-08-01-en'")
    load(shell)
    assert [row.version for row in shell.found(SHEETS)] == ["2015-04-07-en"]
    load(shell, trial=True)
    assert [row.version for row in shell.found(SHEETS)] == [*packaged()]


def test_a_packaged_sheet_that_was_published_with_other_bytes_stops_the_start(shell):
    asyncio.run(at_server("ALTER TABLE information_sheet DISABLE TRIGGER ALL", shell.url))
    shell.found("UPDATE information_sheet SET digest = 'x' WHERE version = '2016-08-01-en'")
    told = shell("migrate")
    assert told.code == 22
    assert "2016-08-01-en.toml: it was published with other bytes" in told.err


async def test_a_sheet_that_is_no_longer_what_was_published_is_not_shown(client, owner):
    record = await eligible(client)
    tampered = "content = content || '#'"
    sheet = "WHERE version = '2015-04-07-en'"
    async with owner.begin() as connection:
        for statement in (
            "ALTER TABLE information_sheet DISABLE TRIGGER information_sheet_append_only",
            f"UPDATE information_sheet SET {tampered} {sheet}",
        ):
            await connection.exec_driver_sql(statement)
    place = f"/v1/custody-records/{record['id']}/consents"
    answers = [
        await client.get("/v1/reference/information-sheets"),
        await client.get("/v1/reference/information-sheets/2015-04-07-en"),
        await client.post(place, json=WHOLE_CONSENT, headers=a_key()),
    ]
    async with owner.begin() as connection:
        for statement in (
            f"UPDATE information_sheet SET content = rtrim(content, '#') {sheet}",
            "ALTER TABLE information_sheet ENABLE TRIGGER information_sheet_append_only",
        ):
            await connection.exec_driver_sql(statement)
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.json()["errorCode"] == "information-sheet-changed"


BEGUN = """
    INSERT INTO consent_draft (id, custody_record_id, content, begun_at, begun_by, saved_at,
                               expires_at, version)
    SELECT gen_random_uuid(), record.id, '{"research": {"words": "canary"}}', now() - CAST(:age AS interval),
           gen_random_uuid(), now() - CAST(:age AS interval), now() - CAST(:age AS interval) + interval '1 day', 1
      FROM record
"""
RECORD = """
    WITH someone AS (
        INSERT INTO person (id, family_name, registered_at, registered_by)
        VALUES (gen_random_uuid(), 'Testperson', now(), gen_random_uuid()) RETURNING id
    ), record AS (
        INSERT INTO custody_record (id, reference, person_id, suite, arrested_at, arrived_at,
                                    state, opened_at, opened_by, version)
        SELECT gen_random_uuid(), :reference, id, 'DURHAMGATE', now(), now(), 'detained',
               now(), gen_random_uuid(), 1 FROM someone RETURNING id
    )
"""
SWEPT = "SELECT * FROM audit_entry WHERE event = 'consent.drafts_erased'"


def test_a_sweep_erases_the_words_of_expired_drafts_and_leaves_that_they_were_begun(shell):
    begun = {"CP-0000-0001-0": timedelta(hours=25), "CP-0000-0002-0": timedelta(hours=23)}
    for reference, age in begun.items():
        shell.found(RECORD + BEGUN, reference=reference, age=age)
    told = [shell("housekeeping", "drafts") for _ in range(2)]
    assert [(each.code, each.err) for each in told] == [(0, "")] * 2
    assert [each.out for each in told] == [
        "1 expired drafts erased.\n",
        "0 expired drafts erased.\n",
    ]
    old, young = shell.found("SELECT * FROM consent_draft ORDER BY begun_at")
    assert (old.content, old.erased_at is None) == (None, False)
    assert (young.content is None, young.erased_at) == (False, None)
    (entry,) = shell.found(SWEPT)
    assert (entry.operation, entry.actor_role, entry.subject_kind) == (
        "erasure",
        "operator",
        "consent_draft",
    )
    assert {*entry.subject_ids} == {old.id, old.custody_record_id}
    assert entry.purpose == "left alone until they expired; 1 erased"
    everything = shell.found("SELECT changed_value::text FROM changed_value")
    assert "canary" not in f"{everything}{entry}{old}"


async def test_no_kept_answer_holds_the_words_of_a_draft(client, owner):
    record = await eligible(client)
    words = f"Synthetic words {uuid4()}"
    no = {"answer": "declined", "reason_code": "other", "words": words}
    body = WHOLE_CONSENT | {"draft": True, "programme": no}
    place = f"/v1/custody-records/{record['id']}/consents"
    begun = await client.post(place, json=body, headers=a_key())
    assert begun.status_code == 201
    async with transaction(owner) as session:
        bodies = (await session.exec(select(KeptAnswer.body))).all()
        drafts = (await session.exec(select(ConsentDraft.content))).all()
    assert any(begun.json()["id"].encode() in body for body in bodies)
    assert [body for body in bodies if words.encode() in body] == []
    assert len([draft for draft in drafts if draft and words in str(draft)]) == 1
