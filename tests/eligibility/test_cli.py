import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from builders import KNOWN, a_key, an_offence, booked
from checkpoint.foundation import clock
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients, noon
from publishing import NEXT, PROPOSED, PUBLISHED, TOLD, digest_of
from serving import service

A_QUESTION = {"date_of_birth": "1994-02-11", "offences": [an_offence()], "screening": KNOWN}

# What no login of the service can do: the trigger is out of force for its superuser.
TAMPER = (
    "WITH off AS (SELECT set_config('session_replication_role', 'replica', true)) "
    "UPDATE eligibility_decision SET {} FROM off WHERE id = CAST(:id AS uuid)"
)


def test_a_rule_file_is_published_and_recorded(shell, publish):
    before, entries = shell.found(PUBLISHED), shell.found(TOLD)
    told = publish(NEXT)
    digest = hashlib.sha256(NEXT.encode()).hexdigest()
    assert told.code == 0, told.err
    assert told.out == (f"Published test-2099, in force from 01 January 2099.\nSHA-256 {digest}\n")
    *old, new = shell.found(PUBLISHED)
    assert old == before
    assert (new.content, new.digest) == (NEXT, digest)
    *earlier, proposed, entry = shell.found(TOLD)
    assert earlier == entries
    assert entry.subject_ids == [new.id]
    assert (entry.event, entry.actor_role) == ("eligibility.published", "operator")
    assert (proposed.event, proposed.actor_role) == ("eligibility.rules_proposed", "operator")
    assert (new.origin, new.proposed_by, new.published_by) == (
        "two_people",
        proposed.actor_id,
        entry.actor_id,
    )
    assert proposed.actor_id != entry.actor_id


def test_a_rule_file_with_other_line_ends_is_published_word_for_word_too(shell, publish):
    content = NEXT.replace("\n", "\r\n").encode()
    told = publish(content)
    assert told.code == 0, told.err
    new = shell.found(PUBLISHED)[-1]
    assert new.content.encode() == content
    assert hashlib.sha256(content).hexdigest() in told.out


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (NEXT.replace('fact = "co_accused"', 'fact = "accomplice"'), "unknown fact accomplice"),
        (
            NEXT.replace('code = "ALONE"', ""),
            f"criteria.{NEXT[: NEXT.index('ALONE')].count('[[criteria]]') - 1}.code",
        ),
        (
            NEXT.replace("[sources]", "[sources"),
            f"at line {NEXT.splitlines().index('[sources]') + 1}",
        ),
        (NEXT.replace('version = "test-2099"', 'version = "Test 2099!"'), "version"),
        (NEXT + "\nfurther = 1\n", "further"),
        ("", "criteria"),
        (b"version = \xff", "UTF-8"),
    ],
    ids=["fact", "no code", "not TOML", "version", "unknown part", "empty", "not UTF-8"],
)
def test_a_rule_file_with_a_fault_is_refused_and_says_where(shell, propose, content, where):
    before = shell.found(PROPOSED), shell.found(TOLD)
    told = propose(content)
    assert told.code == 22, told
    assert told.err.startswith("The rule file cannot be published. ")
    assert where in told.err
    assert (shell.found(PROPOSED), shell.found(TOLD)) == before


@pytest.mark.parametrize(
    "content",
    [NEXT, NEXT.replace("2099-01-01", "2099-02-02"), NEXT.replace("test-2099", "test-2099-b")],
    ids=["the same file", "the same version", "the same first day"],
)
def test_what_is_published_is_never_published_again(shell, publish, content):
    assert publish(NEXT).code == 0
    before = shell.found(PUBLISHED), shell.found(TOLD)
    told = publish(content)
    assert (told.code, told.out) == (19, "")
    assert "never changes" in told.err
    assert (shell.found(PUBLISHED), shell.found(TOLD)) == before


def test_no_rules_are_proposed_or_published_that_cannot_be_recorded(shell, propose, somebody_else):
    assert propose(NEXT).code == 0
    shell.found("REVOKE INSERT ON audit_entry FROM checkpoint_owner")
    before = shell.found(PROPOSED), shell.found(PUBLISHED)
    for told in (
        propose(NEXT.replace("test-2099", "test-2100").replace("2099-01-01", "2100-01-01")),
        somebody_else("eligibility", "approve", digest_of(NEXT)),
    ):
        assert told.code == 75
        assert "so nothing was done" in told.err
    assert (shell.found(PROPOSED), shell.found(PUBLISHED)) == before


def test_an_empty_house_replays_nothing(shell):
    told = shell("eligibility", "replay")
    assert (told.code, told.out) == (0, "0 decisions replayed, 0 came out differently.\n")


def test_every_decision_comes_out_the_same_again(shell, decisions):
    told = shell("eligibility", "replay")
    assert (told.code, told.out) == (0, "3 decisions replayed, 0 came out differently.\n")
    assert "Replaying" in told.err


def test_decisions_come_out_the_same_after_new_rules(shell, decisions, publish):
    harder = NEXT.replace("value = 18 }] }]", "value = 99 }] }]")
    assert harder != NEXT
    assert publish(harder).code == 0
    assert shell("eligibility", "replay").code == 0


@pytest.mark.parametrize(
    "tampered",
    [
        "verdict = 'eligible'",
        """facts = facts || '{"hate_crime": false}'""",
        """facts = facts || '{"age_at_arrest_years": "old"}'""",
        "facts = '{}'",
        "facts = '[]'",
        "findings = findings - 0",
        """findings = jsonb_set(findings, '{0,reason}', '"Because."')""",
        """findings = '[{"code": "MADEUP"}]'""",
    ],
)
def test_a_decision_that_was_tampered_with_is_named(shell, decisions, tampered):
    victim = decisions[2]["id"]
    shell.found(TAMPER.format(tampered), id=victim)
    told = shell("eligibility", "replay")
    assert told.out == "3 decisions replayed, 1 came out differently.\n"
    assert told.code == 19
    assert victim in told.err
    assert decisions[0]["id"] not in told.err
    assert decisions[1]["id"] not in told.err


MANY_MORE = """
    INSERT INTO eligibility_decision (id, number, supersedes_id, custody_record_id, record_version,
           rule_set_version_id, verdict, facts, findings, decided_at, decided_by)
    SELECT CAST(md5(CAST(n AS text)) AS uuid), n,
           CASE n WHEN 2 THEN first.id ELSE CAST(md5(CAST(n - 1 AS text)) AS uuid) END,
           custody_record_id, record_version, rule_set_version_id, verdict, facts, findings,
           decided_at, decided_by
      FROM eligibility_decision AS first, generate_series(2, 1200) AS n
     WHERE first.id = CAST(:id AS uuid)
"""


@pytest.mark.slow
def test_more_decisions_than_one_batch_are_all_replayed(shell, decisions):
    shell.found(MANY_MORE, id=decisions[0]["id"])
    told = shell("eligibility", "replay")
    assert (told.code, told.out) == (0, "1,202 decisions replayed, 0 came out differently.\n")


CHANGE_RULES = (
    "WITH off AS (SELECT set_config('session_replication_role', 'replica', true)) "
    "UPDATE rule_set_version SET {} FROM off WHERE version = '2026-11-01'"
)


def test_decisions_under_rules_that_were_changed_are_named(shell, decisions):
    shell.found(CHANGE_RULES.format("content = content || '# a word more'"))
    told = shell("eligibility", "replay")
    assert (told.code, told.out) == (19, "3 decisions replayed, 3 came out differently.\n")


def test_rules_that_were_changed_decide_nothing_any_more(shell, tmp_path):
    async def ask():
        settings = Settings(
            environment=Environment.DEVELOPMENT,
            database_url=SecretStr(shell.url),
            local_issuer=True,
            data_folder=tmp_path,
        )
        app = service(settings)
        app.dependency_overrides[clock.now] = noon
        client = Clients(app)()
        record = await booked(client, screening=KNOWN)
        shell_changed()
        refused = [
            await client.post(
                f"/v1/custody-records/{record['id']}/eligibility-decisions",
                headers=a_key() | {"If-Match": '"1"'},
            ),
            await client.post("/v1/eligibility/preview", json=A_QUESTION),
        ]
        await client.aclose()
        await app.state.engine.dispose()
        return refused

    def shell_changed():
        with ThreadPoolExecutor(1) as aside:
            aside.submit(shell.found, CHANGE_RULES.format("content = content || ' '")).result()

    for answer in asyncio.run(ask()):
        assert (answer.status_code, answer.json()["errorCode"]) == (503, "rules-changed")
        assert "2026-11-01" in answer.json()["detail"]
    assert shell.found("SELECT count(*) FROM eligibility_decision") == [(0,)]


def test_a_start_finds_a_rule_file_that_was_published_with_other_bytes(shell):
    shell.found(CHANGE_RULES.format("digest = md5(content) || md5(digest)"))
    told = shell("migrate")
    assert told.code == 22
    assert "2026-11-01.toml: it was published with other bytes" in told.err


def test_a_start_publishes_the_earlier_sets_that_are_not_there_yet(shell):
    shell.found(
        "WITH off AS (SELECT set_config('session_replication_role', 'replica', true)) "
        "DELETE FROM rule_set_version USING off WHERE version <> '2018-04-01'"
    )
    assert shell("migrate").code == 0
    versions = shell.found("SELECT version FROM rule_set_version ORDER BY in_force_from")
    assert [row.version for row in versions] == [
        "2015-04-07",
        "2016-08-01",
        "2018-04-01",
        "2026-11-01",
    ]
    assert shell("migrate").code == 0
