"""Papers of a made-up decision, and what they are made from."""

from datetime import UTC, date, datetime
from importlib.resources import files
from types import SimpleNamespace
from uuid import UUID

from checkpoint.eligibility.facts import FACTS
from checkpoint.eligibility.rules import decide, parse, stored
from checkpoint.eligibility.states import Verdict
from checkpoint.journey.papers import paper
from checkpoint.oversight.states import Outcome

RULES, PRESENT_RULES = (
    parse((files("checkpoint.eligibility") / "rulesets" / f"{version}.toml").read_text())
    for version in ("2018-04-01", "2026-11-01")
)
FACTS_KNOWN = dict.fromkeys(FACTS) | {
    "age_at_offence_years": 32,
    "age_at_arrest_years": 32,
    "age_at_decision_years": 32,
    "lives_in_area": True,
    "offences_in_area": True,
    "earliest_offence_on": "2026-11-01",
    "offence_classes": ["public_order", "theft"],
    "offence_codes": ["PU86116", "TH68010"],
    "prosecution_limit": "none",
    "interview_stance": "admitted",
    "evidential_test_met": None,
    "subject_to_order": False,
    "detained_for_court": False,
    "detained_under_mental_health_act": False,
    "co_accused": False,
    "domestic_abuse_grade": "none",
    "hate_crime": False,
    "understands_obligations": True,
    "decided_on": "2026-11-03",
}
STAFF = "3c9f1b32-0000-4000-8000-00000000aaaa"
PERSON = SimpleNamespace(
    family_name="Testperson", given_names=None, date_of_birth=date(1994, 2, 11), pnc_id="2001/1234567L"
)  # fmt: skip
RECORD = SimpleNamespace(
    reference="CP-7K3M-2QXH-N",
    suite="DURHAMGATE",
    arrested_at=datetime(2026, 11, 2, 21, 40, tzinfo=UTC),
)


def an_offence(**overrides):
    fields = {"code": "TH68010", "title": "Theft from a shop", "committed_in_area": True}
    days = {"committed_from": date(2026, 11, 1), "committed_until": date(2026, 11, 1)}
    return SimpleNamespace(**(fields | days | overrides))


def a_decision(number=1, facts=FACTS_KNOWN, **overrides):
    verdict, findings = decide(RULES, facts)
    fields = {
        "id": UUID(int=number),
        "number": number,
        "facts": facts,
        "findings": stored(findings),
        "verdict": verdict,
        "version": RULES.version,
        "in_force_from": RULES.in_force_from,
        "digest": "d" * 64,
        "decided_at": datetime(2026, 11, 3, 12, tzinfo=UTC),
        "decided_by": UUID(STAFF),
    }
    return SimpleNamespace(**(fields | overrides))


FIRST, SECOND = "3c9f1b32-0000-4000-8000-00000000bbbb", "3c9f1b32-0000-4000-8000-00000000cccc"
WORDS = "Said in somebody's own words."
UNSAID = dict.fromkeys(
    [
        "determination_verdict",
        "override_id",
        "override_verdict",
        "outcome",
        "answered_at",
        "answered_by",
    ]
)
DETERMINED = UNSAID | {
    "determination_verdict": Verdict.INELIGIBLE,
    "determination_reason_code": "does_not_suit",
    "determination_words": WORDS,
    "determined_at": datetime(2026, 11, 4, 9, tzinfo=UTC),
    "determined_by": UUID(FIRST),
}
PROPOSED = UNSAID | {
    "override_id": UUID(int=7),
    "override_number": 2,
    "override_verdict": Verdict.INELIGIBLE,
    "override_reason_code": "risk",
    "override_words": WORDS,
    "proposed_rank": "chief_inspector",
    "proposed_by": UUID(FIRST),
}
ANSWERED = {"answered_at": datetime(2026, 11, 4, 9, tzinfo=UTC), "answered_by": UUID(SECOND)}
CONFIRMED = PROPOSED | ANSWERED | {"outcome": Outcome.CONFIRMED}
DECLINED = PROPOSED | ANSWERED | {"outcome": Outcome.DECLINED}


def printed(
    decision=None, *, recipient=None, decisions=(), person=PERSON, alleged=(), said=UNSAID, **facts
):
    return paper(
        decision or a_decision(facts=FACTS_KNOWN | facts),
        RULES,
        ruling=SimpleNamespace(**said),
        record=RECORD,
        person=person,
        alleged=alleged or [an_offence()],
        decisions=decisions,
        since=(),
        recipient=recipient,
    )
