"""Rule files, the people at the shell who publish them, and old cases to try them on."""

import asyncio
import hashlib
from importlib.resources import files

import pytest
from pydantic import SecretStr

from builders import KNOWN, booked, decided
from checkpoint.foundation import clock
from checkpoint.foundation.settings import Environment, Settings
from conftest import Clients, noon
from serving import service
from shell import Shell

RULES = (files("checkpoint.eligibility") / "rulesets" / "2026-11-01.toml").read_text("utf-8")


def a_rule_file(version="test-2027", first_day="2027-01-01", **replaced):
    """The rules in force under another name and first day, with some of their text replaced."""
    text = RULES.replace('version = "2026-11-01"', f'version = "{version}"')
    text = text.replace("in_force_from = 2026-11-01", f"in_force_from = {first_day}")
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


# A rule set begins after its approval, and the shell's clock goes on: so a day long after.
NEXT = a_rule_file("test-2099", "2099-01-01")
PROPOSED = "SELECT * FROM rule_set_proposal ORDER BY proposed_at"
PUBLISHED = "SELECT * FROM rule_set_version ORDER BY published_at"
TOLD = "SELECT * FROM audit_entry ORDER BY recorded_at"


def digest_of(content):
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest()


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def somebody_else(shell, monkeypatch):
    """A command of another login of this machine."""

    def run(*args):
        with monkeypatch.context() as other:
            other.setattr("os.getuid", lambda: 54_321)
            return shell(*args)

    return run


@pytest.fixture
def written(tmp_path):
    """A file with this content."""

    def written(content):
        file = tmp_path / "rules.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return written


@pytest.fixture
def propose(shell, written):
    """Propose a rule file with this content."""
    return lambda content: shell("eligibility", "propose", written(content))


@pytest.fixture
def publish(propose, somebody_else):
    """Have a rule file with this content proposed, and approved by somebody else."""

    def publish(content):
        told = propose(content)
        if told.code:
            return told
        return somebody_else("eligibility", "approve", digest_of(content))

    return publish


@pytest.fixture
def decisions(shell, tmp_path):
    """Three decisions on three cases, taken through the front door."""

    async def take():
        settings = Settings(
            environment=Environment.DEVELOPMENT,
            database_url=SecretStr(shell.url),
            local_issuer=True,
            data_folder=tmp_path,
        )
        app = service(settings)
        app.dependency_overrides[clock.now] = noon
        client = Clients(app)()
        known = (KNOWN, {}, KNOWN | {"hate_crime": True})
        taken = [await decided(client, await booked(client, screening=facts)) for facts in known]
        await client.aclose()
        await app.state.engine.dispose()
        return taken

    return asyncio.run(take())
