"""`checkpoint demo`: a made-up week through the front door, and the funnel at its end."""

import os
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest
from fastapi.responses import Response
from pydantic import SecretStr

from builders import a_booking, a_key
from checkpoint.api import create_app
from checkpoint.foundation.settings import Environment, Settings
from shell import Shell
from sockets import served

COUNTED = """
    SELECT (SELECT count(*) FROM person) AS people,
           (SELECT count(*) FROM custody_record) AS records,
           (SELECT count(*) FROM eligibility_decision) AS decisions
"""


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


def test_the_same_seed_ends_with_the_same_funnel(make_database, monkeypatch, tmp_path):
    funnels = []
    for number in range(2):
        shell = Shell(make_database(), monkeypatch)
        folder = tmp_path / str(number)
        with serving(shell.url, folder) as address:
            told = played(shell, address)
        funnels.append(funnel(told))
        assert "Everybody here is made up" in told.out
        (held,) = shell.found(COUNTED)
        counted = people_by_line(told)
        assert held.people == held.records == counted["arrested"] > 8
        assert held.decisions >= counted["decided"]
        assert counted["arrested"] == sum(
            counted[name]
            for name in counted
            if name.startswith(("eligible", "referred", "refused", "pending", "screening", "not "))
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
            json=a_booking(suite="PETERLEE", arrested_at="2026-01-02T21:40:00Z", arrived_at="2026-01-02T21:50:00Z", offences=[{"code": "TH68010", "committed_from": "2026-01-01"}]),
            headers=a_key() | {"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
        before = shell.found(COUNTED)
        told = shell("demo", "--days", 1, "--url", address)
    assert (told.code, told.out) == (19, "")
    assert "somebody who is not made up" in told.err
    assert "Testperson" not in told.err
    assert shell.found(COUNTED) == before


def test_it_refuses_a_service_without_the_local_issuer(shell, tmp_path):
    production = Settings(
        environment=Environment.PRODUCTION,
        database_url=SecretStr(shell.url),
        issuer="https://issuer.invalid",
        jwks_url="https://issuer.invalid/jwks",
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


@pytest.mark.xdist_group("run")
def test_without_an_address_it_starts_a_service_of_its_own_and_keeps_what_it_is_told_to(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "checkpoint", "demo", "--days", "1", "--folder", str(tmp_path)],
        env={**os.environ, "CHECKPOINT_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/real"},
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert told.returncode == 0, told.stderr
    assert "arrested" in told.stdout
    assert (tmp_path / "postgresql" / "PG_VERSION").exists()
    assert not (tmp_path / "postgresql" / "postmaster.pid").exists()
