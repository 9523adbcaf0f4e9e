"""Rule sets as they are published: word for word, once, and each ending as the next begins."""

from datetime import date
from uuid import uuid4

import pytest
from sqlmodel import col, select

from checkpoint.audit.tables import AuditEntry
from checkpoint.eligibility import loading, lookups
from checkpoint.foundation.actors import Actor, Role
from conftest import NOON, rolled_back
from publishing import a_rule_file

OPERATOR = Actor(id=uuid4(), role=Role.OPERATOR)


async def test_rules_are_published_word_for_word_and_in_force_from_their_day(owner, officer):
    text = a_rule_file()
    async with rolled_back(owner) as session:
        published = await loading.publish(session, text, by=OPERATOR, at=NOON)
        assert (await lookups.rule_set(session, "test-2027")).content == text
        assert (await lookups.in_force(session, date(2026, 12, 31))).version == "2026-11-01"
        assert (await lookups.in_force(session, date(2027, 1, 1))).version == "test-2027"
        rows = select(AuditEntry).where(col(AuditEntry.subject_ids).contains([published.id]))
        (entry,) = (await session.exec(rows)).all()
        assert (entry.event, entry.subject_kind) == ("eligibility.published", "rule_set_version")


@pytest.mark.parametrize(
    ("first_day", "ends", "where"),
    [
        ("2027-01-01", "2027-06-01", "test-2027: in_force_until: gap, nothing begins 2027-06-01"),
        ("2026-01-01", "2026-06-01", "test-2027: in_force_until: gap, 2026-11-01 begins"),
        ("2026-01-01", "2026-12-01", "test-2027: in_force_until: overlap, 2026-11-01 begins"),
        ("2017-01-01", None, "2016-08-01: in_force_until: overlap, test-2027 begins 2017-01-01"),
    ],
)
async def test_rules_that_leave_a_gap_or_overlap_are_refused_and_say_where(
    owner, first_day, ends, where
):
    begins = f"in_force_from = {first_day}"
    text = a_rule_file(first_day=first_day)
    if ends:
        text = text.replace(begins, f"{begins}\nin_force_until = {ends}")
    async with rolled_back(owner) as session:
        with pytest.raises(loading.RulesRefused, match=where):
            await loading.publish(session, text, by=OPERATOR, at=NOON)


async def test_rules_may_end_as_the_next_begin(owner):
    begins = "in_force_from = 2026-01-01"
    text = a_rule_file(first_day="2026-01-01")
    text = text.replace(begins, f"{begins}\nin_force_until = 2026-11-01")
    async with rolled_back(owner) as session:
        published = await loading.publish(session, text, by=OPERATOR, at=NOON)
        assert published.applies_to == "arrests_from"


@pytest.mark.parametrize(
    ("version", "first_day"),
    [("2026-11-01", "2027-01-01"), ("test-2027", "2026-11-01"), ("2026-11-01", "2026-11-01")],
    ids=["same name", "same day", "same file"],
)
async def test_published_rules_are_never_published_again(owner, version, first_day):
    async with rolled_back(owner) as session:
        with pytest.raises(loading.AlreadyPublished):
            text = a_rule_file(version, first_day)
            await loading.publish(session, text, by=OPERATOR, at=NOON)


@pytest.mark.parametrize(
    ("replaced", "where"),
    [
        ({'fact = "hate_crime"': 'fact = "hate"'}, "unknown fact hate"),
        ({'code = "HATE"': 'code = "hate"'}, "criteria."),
        ({"value = 18": 'value = "18"'}, "at_least cannot be put to age_at_decision_years"),
        ({"[sources]": "[sources"}, "line"),
    ],
)
async def test_a_rule_file_with_a_fault_is_refused_and_says_where(owner, replaced, where):
    async with rolled_back(owner) as session:
        with pytest.raises(loading.RulesRefused, match=where):
            await loading.publish(session, a_rule_file(**replaced), by=OPERATOR, at=NOON)
