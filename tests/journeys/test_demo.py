"""`checkpoint demo`: made-up months, or a week, through the front door; and what came of them."""

import asyncio
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import httpx
import pytest
from fastapi.responses import Response
from pydantic import SecretStr

from builders import a_booking, a_key
from checkpoint.allocation.vault import Vault
from checkpoint.api import create_app
from checkpoint.foundation.database import OWNER_ROLE, engine_for
from checkpoint.foundation.settings import Environment, Settings
from demoing import board, came_of_referrals, contracts
from shell import Shell
from sockets import served
from trialling import SEED, open_trial

pytestmark = pytest.mark.slow

COUNTED = """
    SELECT (SELECT count(*) FROM person) AS people,
           (SELECT count(*) FROM custody_record) AS records,
           (SELECT count(*) FROM eligibility_decision) AS decisions
"""


# How the line of each stage begins.
STAGES = (
    "eligible", "declined", "took", "agreed,", "enrolled directly", "allocated in", "referred",
    "refused", "pending", "screening", "not ",
)  # fmt: skip


def an_app(url, folder):
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(url),
        local_issuer=True,
        data_folder=folder,
    )
    return create_app(settings)


@contextmanager
def serving(url, folder):
    with served(an_app(url, folder), lifespan="on") as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture
def database_of_its_own(make_database):
    return make_database()


@pytest.fixture
def shell(database_of_its_own, monkeypatch):
    return Shell(database_of_its_own, monkeypatch)


def played(shell, address, seed=7):
    told = shell("demo", "--days", 1, "--seed", seed, "--url", address)
    assert told.code == 0, told.err
    return told


def funnel(told):
    return told.out[told.out.index("Everybody arrested") :]


def people_by_line(told):
    """The figure of each line of the funnel."""
    found = {}
    for line in funnel(told).splitlines():
        words = line.split("█")[0].split()
        figures = [word for word in words if word.isdigit()]
        if figures:
            found[" ".join(word for word in words if not word.isdigit())] = int(figures[0])
    return found


@dataclass
class Told:
    """What a demo of its own said."""

    out: str


def test_the_same_seed_ends_with_the_same_funnel(make_database, monkeypatch, tmp_path):
    funnels = []
    for number in range(2):
        shell = Shell(make_database(), monkeypatch)
        folder = tmp_path / str(number)
        with serving(shell.url, folder) as address:
            told = played(shell, address)
        funnels.append(funnel(told))
        assert "Everybody here is made up" in told.out
        assert "No trial is open there" in told.err
        assert "Drawn and given" not in told.out
        (held,) = shell.found(COUNTED)
        counted = people_by_line(told)
        assert held.people == held.records == counted["arrested"] > 8
        assert held.decisions >= counted["decided"]
        assert counted["arrested"] == sum(
            counted[name] for name in counted if name.startswith(STAGES)
        )
    assert funnels[0] == funnels[1]


def test_a_second_week_is_added_to_the_first_and_said_to_be(shell, tmp_path):
    with serving(shell.url, tmp_path) as address:
        first = people_by_line(played(shell, address, seed=1))["arrested"]
        told = played(shell, address, seed=2)
    assert f"{first} made-up people are there already" in told.err
    assert people_by_line(told)["arrested"] > first
    names = shell.found("SELECT DISTINCT family_name FROM person")
    assert all(row.family_name.startswith("Synthetic-") for row in names)


def test_it_refuses_a_database_that_holds_anybody_else(shell, tmp_path):
    with serving(shell.url, tmp_path) as address:
        officer = httpx.post(f"{address}/local-issuer/token", data={"role": "custody_officer", "suite": "PETERLEE"})  # fmt: skip
        token = officer.json()["access_token"]
        answer = httpx.post(
            f"{address}/v1/custody-records",
            json=a_booking(suite="PETERLEE", arrested_at="2026-01-02T21:40:00Z", arrived_at="2026-01-02T21:50:00Z", offences=[{"code": "TH68010", "committed_from": "2026-01-01"}])
            | {"person": {"family_name": "Otherperson", "given_names": "Made", "date_of_birth": "1990-01-01"}},
            headers=a_key() | {"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        before = shell.found(COUNTED)
        told = shell("demo", "--days", 1, "--url", address)
    assert (told.code, told.out) == (19, "")
    assert "somebody who is not made up" in told.err
    assert "Otherperson" not in told.err
    assert shell.found(COUNTED) == before


def test_it_refuses_a_service_without_the_local_issuer(shell, tmp_path):
    production = Settings(
        environment=Environment.PRODUCTION,
        database_url=SecretStr(shell.url),
        issuer="https://issuer.invalid",
        jwks_url="https://issuer.invalid/jwks",
        public_url="https://checkpoint.invalid",
        cursor_key=SecretStr("x" * 32),
        data_folder=tmp_path,
    )
    with served(create_app(production), lifespan="on") as (host, port):
        told = shell("demo", "--days", 1, "--url", f"http://{host}:{port}")
    assert told.code == 13
    assert "local issuer" in told.err


def test_it_says_so_when_nobody_answers(shell):
    for url in ("http://127.0.0.1:9", "no-address", "ftp://127.0.0.1"):
        told = shell("demo", "--url", url)
        assert told.code == 75, told.err
        assert "Nobody answers" in told.err


def test_two_places_at_once_are_too_many(shell, tmp_path):
    told = shell("demo", "--url", "http://127.0.0.1:9", "--folder", tmp_path)
    assert told.code == 2


class Busy:
    """The service behind a door that sends the first few away for a moment."""

    def __init__(self, app, times):
        self.app, self.left = app, times

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and scope["path"].endswith("/screening") and self.left:
            self.left -= 1
            headers = {"Retry-After": "0"}
            await Response(status_code=503, headers=headers)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def test_it_waits_where_it_is_asked_to(shell, tmp_path):
    busy = Busy(an_app(shell.url, tmp_path), times=3)
    with served(busy, lifespan="on") as (host, port):
        played(shell, f"http://{host}:{port}")
    assert busy.left == 0


async def opened(url, folder):
    """A test trial on a database, open since before the week."""
    engine = engine_for(url, role=OWNER_ROLE)
    settings = an_app(url, folder).state.settings
    at = datetime(2024, 1, 2, tzinfo=UTC)
    days = {"in_effect_from": date(2024, 1, 1), "opens_on": date(2024, 1, 1)}
    await open_trial(engine, Vault(settings), SEED, places=60, at=at, **days)
    await engine.dispose()


GIVEN = """
    SELECT (SELECT count(*) FROM allocation) AS allocated,
           (SELECT count(*) FROM programme_start) AS started,
           (SELECT count(*) FROM crossover_answer WHERE outcome = 'confirmed') AS crossed,
           (SELECT count(*) FROM deviation) AS deviated,
           (SELECT count(*) FROM allocation_annotation) AS annotated,
           (SELECT count(*) FROM consent_withdrawal) AS withdrawn
"""


def test_where_a_trial_is_open_people_are_allocated_and_no_arm_is_shown(shell, tmp_path):
    asyncio.run(opened(shell.url, tmp_path))
    with serving(shell.url, tmp_path) as address:
        told = shell("demo", "--days", 4, "--seed", 2, "--url", address)
    assert told.code == 0, told.err
    assert "No trial is open there" not in told.err
    (held,) = shell.found(GIVEN)
    assert people_by_line(told)["allocated in a trial"] == held.allocated > 8
    assert people_by_line(told)["enrolled directly"] == 0
    assert held.started > 0
    assert 0 not in (held.crossed, held.deviated, held.annotated, held.withdrawn), held
    assert not any(word in told.out for word in ("treatment", "control", "Drawn and given"))


@pytest.mark.xdist_group("run")
def test_without_an_address_it_plays_months_on_a_service_of_its_own_and_shows_the_caseload_board(
    tmp_path,
):
    told = a_demo("--cases", "20", "--months", "3", "--folder", tmp_path)
    assert told.returncode == 0, told.stderr
    counted = people_by_line(Told(told.stdout))
    assert counted["arrested"] > 15
    assert counted["enrolled directly"] > 0
    allocated = counted["allocated in a trial"]
    assert allocated > 0
    assert f"Proved: {allocated} draws equal the sealed lists." in told.stdout
    arms = counted.get("drawn: treatment", 0) + counted.get("drawn: control", 0)
    assert arms == allocated
    assert "TEST-DEMO" in (tmp_path / "trial-file.json").read_text()
    assert (tmp_path / "postgresql" / "PG_VERSION").exists()
    assert not (tmp_path / "postgresql" / "postmaster.pid").exists()
    assert len(re.findall(r"arrested, \d+ started, \d+ on contract", told.stderr)) == 2
    everybody, *navigators = reversed(board(told.stdout))
    assert len(navigators) == 5
    assert all(line[0].startswith("Synthetic") for line in navigators)
    assert [sum(column) for column in zip(*map(contracts, navigators), strict=True)] == contracts(
        everybody
    )
    assert sum(contracts(everybody)) > 0
    assert "Synthetic-" not in told.stdout  # whoever takes part
    everywhere, *pathways = reversed(came_of_referrals(told.stdout))
    assert len(pathways) == 7
    assert [sum(column) for column in zip(*pathways, strict=True)] == everywhere
    shown, chosen, came, done, still_open, *_ = everywhere
    assert shown > chosen > 0
    assert chosen >= came
    assert chosen >= done + still_open
    said = " ".join(told.stdout.split())
    assert re.search(r"15 services of 7 providers.* for \d+ of them nobody vouched", said)
    assert re.search(r"Filling the directory.* 29/29", told.stderr)
    assert re.search(r"Playing .* (\d+)/\1 ", told.stderr)
    see_the_end(told, tmp_path / "evaluation")
    again = a_demo("--cases", "5", "--months", "1", "--folder", tmp_path)
    assert again.returncode == 19
    assert "give an empty --folder" in again.stderr


def see_the_end(told, folder):
    """A trial of so few is evaluated, and refused by disclosure control."""
    said = " ".join(told.stdout.split())
    assert "The evaluation of TEST-DEMO is SYNTHETIC" in said
    assert re.search(r"Follow-up: \d+ rows about [1-9]\d* people, of both arms alike", said)
    assert re.search(
        r"Main figure, fixed in advance: arrested again within 1 month .*\d+ of \d+", said
    )
    assert said.count("refused by disclosure control") == 2
    assert re.search(r"Building extracts .* 7/7", told.stderr)
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["synthetic"], summary["unblinded"]) == (True, True)
    assert {arm["arm"] for arm in summary["arms"]} == {"control", "treatment"}
    for name in ("flow", "survival", "forest", "recruitment"):
        assert "synthetic" in (folder / f"{name}.svg").read_text().lower()
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def a_demo(*words):
    return subprocess.run(
        [sys.executable, "-m", "checkpoint", "demo", *map(str, words)],
        env={**os.environ, "CHECKPOINT_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/real"},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
