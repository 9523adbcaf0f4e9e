"""Published rule sets never change: their digests are written here by hand, with the day."""

from sqlmodel.ext.asyncio.session import AsyncSession

from builders import KNOWN, booked, decided
from checkpoint.eligibility import cli, queries
from checkpoint.eligibility.rules import digest, parse
from conftest import ROOT

FOLDER = ROOT / "src" / "checkpoint" / "eligibility" / "rulesets"
PUBLISHED = {
    "2015-04-07": "1f830412fff6db0a37ea7ffa2b4fa90bea6ef153515b3ed212fbe0c035cfc033",
    "2016-08-01": "5e79ef891f9a76c48e38b6d19b75891198f95c8a5fcd875561a127efb94b9419",
    "2018-04-01": "b4d67bac0915aea9d5fbc35cf2f84f9b805c485bf6f9bf86e9cd2d16805a8a3c",
    "2026-11-01": "4b26580395527efd04a8879bee0783fd0134f0cce51ce79924f42f6ca4fecc03",
}


def rule_files():
    return [f for f in sorted(FOLDER.glob("*.toml")) if not f.name.endswith(".cases.toml")]


def test_a_published_rule_set_never_changes():
    assert {f.stem: digest(f.read_text("utf-8")) for f in rule_files()} == PUBLISHED


def test_each_file_bears_the_name_of_its_version_and_first_day():
    for file in rule_files():
        rules = parse(file.read_text("utf-8"))
        assert file.stem == rules.version
        assert rules.in_force_from.isoformat() == rules.version


def test_every_rule_set_has_worked_cases():
    assert all((FOLDER / f"{f.stem}.cases.toml").exists() for f in rule_files())


async def test_stored_decisions_replay_to_the_same_findings(client, owner):
    for screening in (KNOWN, {}, KNOWN | {"hate_crime": True}):
        await decided(client, await booked(client, screening=screening))
    async with AsyncSession(owner) as session:
        assert await cli.replayed(session, await queries.count(session)) == []
