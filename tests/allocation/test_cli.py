"""The statistician's shell: lists are sealed, lodged and proved, and faults are told in a line."""

import asyncio
import json
import re
import stat
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from checkpoint.foundation.calendar import LONDON
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients
from crowd import crowd
from serving import service
from shell import Shell
from trialling import a_protocol

LISTS = "SELECT * FROM sealed_list ORDER BY number"
OWN = "stratum,position,arm\nDURHAMGATE,1,control\nDURHAMGATE,2,treatment\n"
TAMPER = (
    "WITH off AS (SELECT set_config('session_replication_role', 'replica', true)) "
    "DELETE FROM slot USING off WHERE place = 3"
)


@pytest.fixture
def shell(make_database, monkeypatch, tmp_path):
    monkeypatch.setenv("CHECKPOINT_DATA_FOLDER", str(tmp_path))
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


@pytest.fixture
def trial(shell, write):
    """A test trial that is open at DurhamGate."""
    told = shell("trials", "adopt", write("protocol.toml", a_protocol(strata=["DURHAMGATE"])))
    assert told.code == 0, told.err


@pytest.fixture
def seed(tmp_path):
    return tmp_path / "seed.txt"


def refused(told, words):
    assert told.code == 22, told
    assert told.err.startswith("The list cannot be sealed. "), told.err
    assert words in told.err
    assert told.err.count("\n") == 1


def drawn(shell, folder, many):
    """So many cases, drawn through the front door."""

    async def take():
        settings = Settings(
            environment=Environment.DEVELOPMENT,
            database_url=SecretStr(shell.url),
            local_issuer=True,
            data_folder=folder,
        )
        app = service(settings)
        clients = Clients(app)
        at = datetime.now(UTC) - timedelta(minutes=1)
        for case in await crowd(shell.url, ["DURHAMGATE"], many, at=at):
            answer = await clients().put(
                f"/v1/custody-records/{case.record_id}/allocation",
                json={"eligibility_decision_id": str(case.decision_id)},
            )
            assert answer.status_code == 201, answer.text
        for client in clients.opened:
            await client.aclose()
        await app.state.engine.dispose()

    asyncio.run(take())


def test_a_new_seed_is_made_kept_from_others_and_used_again(shell, trial, seed):
    told = shell("allocation", "seal", "TEST-TRIAL", "--seed-file", seed, "--places", 8)
    assert told.code == 0, told.err
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}\n", seed.read_text())
    (listed,) = shell.found(LISTS)
    assert told.out.startswith(f"A new seed is in {seed}. Move it off this machine")
    for line in (
        "Sealed list 1 of TEST-TRIAL (test).",
        f"Digest of the list      {listed.digest}",
        f"Digest as it is sealed  {listed.sealed_digest}",
        f"Commitment to the seed  {listed.seed_commitment}",
        "Put these into the trial file now.",
    ):
        assert line in told.out
    assert seed.read_text().strip() not in told.out
    kept = seed.read_text()
    again = shell("allocation", "seal", "TEST-TRIAL", "--seed-file", seed, "--block", 4)
    assert (again.code, seed.read_text()) == (0, kept)
    assert "A new seed" not in again.out
    assert "DURHAMGATE: 400 places" in again.out


def test_digests_are_lodged_in_the_trial_file_beside_earlier_ones(shell, trial, seed, tmp_path):
    file = tmp_path / "trial.json"
    for _ in range(2):
        told = shell(
            *("allocation", "seal", "TEST-TRIAL", "--seed-file", seed),
            *("--trial-file", file, "--places", 4, "--stratum", "DURHAMGATE"),
        )
        assert told.code == 0, told.err
        assert told.out.endswith(f"Lodged in {file}.\n")
    lodged = json.loads(file.read_text())["lists"]
    assert {(id, each["sealed_digest"]) for id, each in lodged.items()} == {
        (str(row.id), row.sealed_digest) for row in shell.found(LISTS)
    }


def test_the_trial_file_of_the_settings_is_used(shell, trial, seed, tmp_path, monkeypatch):
    file = tmp_path / "trial.json"
    monkeypatch.setenv("CHECKPOINT_TRIAL_FILE", str(file))
    told = shell("allocation", "seal", "TEST-TRIAL", "--seed-file", seed, "--places", 4)
    assert told.out.endswith(f"Lodged in {file}.\n")
    told = shell("allocation", "digests", "TEST-TRIAL")
    assert (told.code, told.out.count("(unchanged)")) == (0, 1), told.err
    file.write_text("{}")
    assert shell("allocation", "digests", "TEST-TRIAL").code == 75


def test_a_list_that_cannot_be_lodged_is_not_sealed(shell, trial, seed, tmp_path):
    told = shell(
        *("allocation", "seal", "TEST-TRIAL", "--seed-file", seed),
        *("--trial-file", tmp_path / "nowhere" / "trial.json"),
    )
    assert told.code != 0
    assert shell.found(LISTS) == []


def test_an_own_list_is_sealed(shell, trial, write):
    told = shell("allocation", "seal", "TEST-TRIAL", "--own-list", write("own.csv", f"\ufeff{OWN}"))
    assert told.code == 0, told.err
    assert "DURHAMGATE: 2 places" in told.out
    assert "Commitment to the seed  -" in told.out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("position,arm\n1,control\n", "The first line must be stratum,position,arm."),
        ("", "The first line must be stratum,position,arm."),
        (b"stratum,position,arm\nDURHAMGATE,1,\xff\n", "no CSV file in UTF-8"),
        (f"{OWN}DURHAMGATE,three,control\n", "Line 4:"),
        (f"{OWN}DURHAMGATE,3\n", "Line 4:"),
        (f"{OWN}DURHAMGATE,3,control,late\n", "Line 4:"),
        (f"{OWN}DURHAMGATE,{'9' * 5000},control\n", "Line 4:"),
        (f"{OWN}DURHAMGATE,٣,control\n", "Line 4:"),
        (f"{OWN}DURHAMGATE,4,control\n", "without a gap"),
        (f"{OWN}DURHAMGATE,3,control\n", "does not keep the ratio"),
    ],
)
def test_an_own_list_with_a_fault_is_refused_and_says_where(shell, trial, write, content, words):
    refused(
        shell("allocation", "seal", "TEST-TRIAL", "--own-list", write("own.csv", content)), words
    )
    assert shell.found(LISTS) == []


@pytest.mark.parametrize("content", ["", "abc", "g" * 64, "0" * 63, "é" * 64])
def test_a_seed_file_that_holds_no_seed_is_refused(shell, trial, seed, content):
    seed.write_text(content)
    refused(shell("allocation", "seal", "TEST-TRIAL", "--seed-file", seed), "The seed file")
    assert shell.found(LISTS) == []


def test_a_seed_file_that_cannot_be_read_is_refused(shell, trial, tmp_path):
    refused(shell("allocation", "seal", "TEST-TRIAL", "--seed-file", tmp_path), "cannot be read")


def test_either_a_seed_or_an_own_list_is_named(shell, trial, seed, write):
    both = ("--seed-file", seed, "--own-list", write("own.csv", OWN))
    for named in ((), both):
        refused(shell("allocation", "seal", "TEST-TRIAL", *named), "either --seed-file or")
    assert not seed.exists()


def test_a_trial_that_is_not_there_is_told(shell, seed):
    assert shell("allocation", "seal", "NONE", "--seed-file", seed).code == 14
    assert shell("allocation", "digests", "NONE").code == 14


@pytest.mark.slow
def test_a_closed_trial_is_proved_and_tampering_is_found(shell, trial, seed, tmp_path, write):
    told = shell("allocation", "seal", "TEST-TRIAL", "--seed-file", seed, "--places", 8)
    assert told.code == 0, told.err
    drawn(shell, tmp_path, 5)
    early = shell("allocation", "verify", "TEST-TRIAL", "--seed-file", seed)
    assert (early.code, "trials close" in early.err) == (19, True)
    amended = {"number": 2, "version": "2.0", "in_effect_from": datetime.now(LONDON).date()}
    text = a_protocol(strata=["DURHAMGATE"], **amended)
    assert shell("trials", "adopt", write("amended.toml", text)).code == 0
    assert shell("allocation", "seal", "TEST-TRIAL", "--seed-file", seed, "--places", 8).code == 0
    assert shell("trials", "close", "TEST-TRIAL", "--why", "Synthetic.").code == 0
    proved = shell("allocation", "verify", "TEST-TRIAL", "--seed-file", seed)
    assert proved.code == 0, proved.err
    assert re.search(
        r"DURHAMGATE: 5 drawn, the first 5 in order; \d+ left when another list took its place\n"
        r"List 2 \(permuted_blocks\): \d+ places\.\n"
        r"  DURHAMGATE: 0 drawn, the first 0 in order\n",
        proved.out,
    )
    assert proved.out.endswith("Proved: 5 draws equal the sealed lists.\n")
    other = tmp_path / "other.txt"
    other.write_text("0" * 64)
    for named in (("--seed-file", other), ()):
        wrong = shell("allocation", "verify", "TEST-TRIAL", *named)
        assert (wrong.code, "give the seed" in wrong.err) == (22, True), wrong
    shell.found(TAMPER)
    found = shell("allocation", "verify", "TEST-TRIAL", "--seed-file", seed)
    assert found.code == 19
    assert found.err.startswith("The draws do not equal what was sealed. List 1: ")
    assert "Proved" not in found.out
