"""One person proposes a rule set and another approves it, at the shell and in the database."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select

from checkpoint.eligibility import cli, loading
from checkpoint.eligibility.tables import RuleSetProposal, RuleSetVersion
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import OWNER_ROLE, engine_for, insert, transaction
from conftest import NOON, rolled_back
from publishing import NEXT, PROPOSED, PUBLISHED, RULES, TOLD, digest_of
from waits import all_there

FIRST, SECOND = (Actor(id=uuid4(), role=Role.OPERATOR) for _ in range(2))
DIGEST = digest_of(NEXT)


def test_nothing_holds_that_is_only_proposed(shell, propose):
    before = shell.found(PUBLISHED)
    told = propose(NEXT)
    assert (told.code, told.err) == (0, "")
    assert told.out == (
        "Proposed test-2099, to be in force from 01 January 2099.\n"
        f"Another login approves it: checkpoint eligibility approve {DIGEST}\n"
    )
    assert shell.found(PUBLISHED) == before


def test_whoever_proposed_does_not_approve_whatever_their_environment_says(
    shell, propose, monkeypatch
):
    propose(NEXT)
    before = shell.found(PUBLISHED), shell.found(TOLD)
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    told = shell("eligibility", "approve", DIGEST)
    assert told.code == 13
    assert "another login" in told.err
    assert (shell.found(PUBLISHED), shell.found(TOLD)) == before


@pytest.mark.parametrize("named", ["0" * 64, DIGEST[:20], "test-2099"])
def test_an_approval_names_the_whole_digest(shell, propose, somebody_else, named):
    propose(NEXT)
    told = somebody_else("eligibility", "approve", named)
    assert told.code == 14
    assert "whole SHA-256" in told.err


def test_the_same_file_is_proposed_once_and_approved_once(shell, propose, publish, somebody_else):
    propose(NEXT)
    assert propose(NEXT).code == 19
    assert somebody_else("eligibility", "approve", DIGEST.upper()).code == 0
    assert somebody_else("eligibility", "approve", DIGEST).code == 19
    assert len(shell.found(PROPOSED)) == 1


def test_of_two_proposals_for_one_day_the_first_to_be_approved_stands(
    shell, propose, somebody_else
):
    other = NEXT.replace("test-2099", "test-2099-b")
    assert [propose(text).code for text in (NEXT, other)] == [0, 0]
    assert somebody_else("eligibility", "approve", digest_of(other)).code == 0
    told = somebody_else("eligibility", "approve", DIGEST)
    assert (told.code, told.out) == (19, "")


def test_a_file_is_checked_without_being_proposed(shell, written):
    before = shell.found(PROPOSED), shell.found(TOLD)
    told = shell("eligibility", "check", written(NEXT))
    assert told.code == 0
    assert f"{NEXT.count('[[criteria]]')} criteria, no fault" in told.out
    assert told.out.endswith(f"SHA-256 {DIGEST}\n")
    late = shell("eligibility", "check", written(NEXT.replace("2099-01-01", "2019-01-01")))
    assert (late.code, "1 January 2019; make it" in late.err) == (22, True)
    own = shell("eligibility", "check", "2018-04-01")
    assert own.code == 0
    assert (shell.found(PROPOSED), shell.found(TOLD)) == before


BEFORE = NEXT[: NEXT.index('code = "ALONE"')]
LINE = len(BEFORE.splitlines())  # of its [[criteria]], counted from 1
PLACE = f"line {LINE}, criterion {BEFORE.count('[[criteria]]')}"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (
            'fact = "co_accused"',
            'fact = "accomplice"',
            f"{PLACE} (ALONE), met_when 1, all 1: unknown fact accomplice",
        ),
        (
            'code = "ALONE"',
            "",
            f"{PLACE} (without a code), code: Field required",
        ),
        ('title = "', 'titel = "', "title: Field required\ntitel: Extra inputs are not permitted"),
        ("[sources]", "[sources", f"at line {NEXT.splitlines().index('[sources]') + 1}"),
        ("S2: hate crime", "S9: hate crime", "the file: HATE: no source S9 in [sources]"),
    ],
    ids=["fact", "no code", "title", "not TOML", "source"],
)
def test_a_check_says_where_a_file_is_wrong(shell, written, old, new, where):
    assert old in NEXT
    told = shell("eligibility", "check", written(NEXT.replace(old, new)))
    assert told.code == 22
    assert where in told.err, told.err
    faults = told.err.splitlines()[1:]
    assert told.err.startswith(f"The rule file cannot be published. Faults: {len(faults)}.\n")


def test_a_criterion_that_is_no_table_is_a_fault_and_no_crash(shell, written):
    told = shell("eligibility", "check", written("criteria = [1]"))
    assert told.code == 22
    assert "criterion 1 (without a code)" in told.err


def test_neither_a_file_nor_a_version_is_said_so(shell):
    for command in ("check", "propose"):
        told = shell("eligibility", command, "no-such-rules")
        assert told.code == 14
        assert "Name a rule file" in told.err


async def test_a_first_start_publishes_what_ships_and_a_later_one_leaves_it_to_people(owner):
    async with rolled_back(owner) as session:
        assert await cli.load_starter(session) == []
        rows = select(RuleSetVersion.origin).where(RuleSetVersion.content == RULES)
        assert (await session.exec(rows)).all() == ["package"]


def test_packaged_rules_that_are_new_wait_for_two_people_but_not_where_the_service_is_tried(
    shell, somebody_else, monkeypatch
):
    shell.found("SELECT set_config('session_replication_role', 'replica', false)")
    renamed = (
        "WITH off AS (SELECT set_config('session_replication_role', 'replica', true)) "
        "UPDATE rule_set_version SET version = 'older', in_force_from = '2017-01-01', "
        "digest = 'older' FROM off WHERE version = '2026-11-01'"
    )
    shell.found(renamed)
    known = "SELECT origin FROM rule_set_version WHERE version = '2026-11-01'"
    engine_url = shell.url

    async def start(*, trial):
        engine = engine_for(engine_url, role=OWNER_ROLE, pool_size=1)
        async with transaction(engine) as session:
            left = await cli.load_starter(session, trial=trial)
        await engine.dispose()
        return left

    assert asyncio.run(start(trial=False)) == ["2026-11-01"]
    assert shell.found(known) == []
    assert shell("eligibility", "propose", "2026-11-01").code == 0  # though its day is past
    assert somebody_else("eligibility", "approve", digest_of(RULES)).code == 0
    assert [row.origin for row in shell.found(known)] == ["two_people"]
    assert asyncio.run(start(trial=True)) == []


async def test_a_rule_set_begins_on_a_day_after_its_approval(owner):
    today = date(2026, 11, 3)
    for days, text in [
        (n, NEXT.replace("2099-01-01", f"{today + timedelta(days=n)}")) for n in (-1, 0, 1)
    ]:
        async with rolled_back(owner) as session:
            if days < 1:
                with pytest.raises(loading.BeginsTooEarly, match="04 November 2026 or later"):
                    await loading.propose(session, text, by=FIRST, at=NOON)
                continue
            await loading.propose(session, text, by=FIRST, at=NOON)
            late = NOON + timedelta(days=1)
            with pytest.raises(loading.BeginsTooEarly):
                await loading.approve(session, digest_of(text), by=SECOND, at=late)
            published = await loading.approve(session, digest_of(text), by=SECOND, at=NOON)
            assert (published.proposed_by, published.published_by) == (FIRST.id, SECOND.id)
            assert published.digest == digest_of(text)


async def test_what_is_published_is_not_proposed_again(owner):
    async with rolled_back(owner) as session:
        with pytest.raises(loading.AlreadyPublished):
            await loading.propose(session, RULES, packaged=True, by=FIRST, at=NOON)


async def test_of_several_who_approve_at_once_one_publishes(make_database):
    url = await asyncio.to_thread(make_database)
    engine = engine_for(url, role=OWNER_ROLE, pool_size=4)
    async with transaction(engine) as session:
        await loading.propose(session, NEXT, by=FIRST, at=NOON)
    everyone_is_ready = asyncio.Barrier(4)

    async def approve():
        async with transaction(engine) as session:
            await all_there(everyone_is_ready)
            by = Actor(id=uuid4(), role=Role.OPERATOR)
            return await loading.approve(session, DIGEST, by=by, at=NOON)

    outcome = await asyncio.gather(*[approve() for _ in range(4)], return_exceptions=True)
    await engine.dispose()
    assert [type(one) for one in outcome].count(RuleSetVersion) == 1
    assert [type(one) for one in outcome].count(loading.AlreadyPublished) == 3


async def test_the_database_itself_wants_two_people_and_the_very_file(owner):
    async with rolled_back(owner) as session:
        proposal = await loading.propose(session, NEXT, by=FIRST, at=NOON)
        fields = proposal.model_dump(exclude={"id"})
        fields |= {"published_at": NOON, "published_by": SECOND.id, "origin": "two_people"}
        wrong = [
            {"published_by": FIRST.id},
            {"proposed_by": uuid4()},
            {"digest": digest_of("another file")},
            {"origin": "package"},
            {"proposed_by": None},
            {"proposed_at": None},
        ]
        for change in wrong:
            with pytest.raises(sa.exc.IntegrityError):
                async with session.begin_nested():
                    await insert(session, RuleSetVersion(**fields | change))
        rows = select(RuleSetProposal.content).where(RuleSetProposal.digest == DIGEST)
        assert (await session.exec(rows)).all() == [NEXT]
