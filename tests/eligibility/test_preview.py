"""Asking what the rules would say: a deed that leaves an entry and nothing else."""

import ast

import pytest
from sqlmodel import col, select

from builders import KNOWN, a_booking, an_offence
from checkpoint.audit.ledger import LedgerNotWritten
from checkpoint.audit.operations import Operation
from checkpoint.audit.tables import AuditEntry
from checkpoint.eligibility import actions
from checkpoint.eligibility.schemas import PreviewEligibility, PreviewView
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.database import transaction
from checkpoint.foundation.errors import RuleBroken
from conftest import NOON, ROOT


def a_question(**overrides):
    asked = {
        "date_of_birth": "1994-02-11",
        "arrested_at": a_booking()["arrested_at"],
        "offences": [an_offence()],
        "screening": KNOWN,
    }
    return PreviewEligibility.model_validate(asked | overrides)


async def of_officer(session, officer):
    rows = select(AuditEntry).where(col(AuditEntry.actor_id) == officer.id)
    return (await session.exec(rows)).all()


async def test_the_rules_are_asked_and_only_the_asking_is_recorded(session, officer):
    told = PreviewView(**await actions.preview(session, a_question(), by=officer, at=NOON))
    assert (told.verdict, told.rule_set.version) == ("eligible", "2026-11-01")
    assert {found.answer for found in told.findings} == {"met"}
    assert (told.facts["offence_classes"], told.facts["decided_on"]) == (["theft"], "2026-11-03")
    (entry,) = await of_officer(session, officer)
    assert (entry.event, entry.operation) == ("eligibility.previewed", Operation.CONSULTATION)
    assert (entry.subject_kind, entry.subject_ids) == ("preview", [])
    rows = select(EligibilityDecision.id).where(EligibilityDecision.decided_by == officer.id)
    assert (await session.exec(rows)).all() == []


async def test_without_a_time_of_arrest_the_present_counts(session, officer):
    told = await actions.preview(session, a_question(arrested_at=None), by=officer, at=NOON)
    assert (told["facts"]["arrested_on"], told["facts"]["age_at_arrest_years"]) == (
        "2026-11-03",
        32,
    )


async def test_a_question_that_breaks_a_rule_is_refused_and_leaves_no_entry(session, officer):
    question = a_question(offences=[an_offence(code="ZZ99999")])
    with pytest.raises(RuleBroken):
        await actions.preview(session, question, by=officer, at=NOON)
    assert await of_officer(session, officer) == []


async def test_nothing_is_said_that_cannot_be_recorded(without_ledger, officer):
    with pytest.raises(LedgerNotWritten):
        async with transaction(without_ledger) as session:
            await actions.preview(session, a_question(), by=officer, at=NOON)


def test_the_door_of_the_preview_decides_nothing_itself():
    source = (ROOT / "src/checkpoint/eligibility/routes.py").read_text("utf-8")
    called = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
    }
    assert "actions.preview" in called
    assert called & {"gather", "decide", "stored"} == set()
