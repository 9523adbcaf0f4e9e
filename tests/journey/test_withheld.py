"""What is known of other people leaves the house on no paper, whatever it is."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.eligibility.rules import decide, stored
from checkpoint.journey.papers import WITHHELD, paper, question
from checkpoint.journey.states import OF_A_REPORT, OF_OTHERS, Recipient, withheld
from papers import (
    FACTS_KNOWN,
    PERSON,
    PRESENT_RULES,
    RECORD,
    UNSAID,
    a_decision,
    an_offence,
    printed,
)

OTHERS = st.fixed_dictionaries(
    {
        "co_accused": st.sampled_from([True, False, None]),
        "domestic_abuse_grade": st.sampled_from(["none", "standard", "medium", "high", None]),
    }
)


@given(others=OTHERS, recipient=st.sampled_from(Recipient))
def test_what_is_known_of_other_people_changes_nothing_but_the_verdict(others, recipient):
    assert others.keys() == OF_OTHERS
    plain = printed(recipient=recipient)
    found = printed(recipient=recipient, **others)
    as_it_was = {"verdict": plain.verdict, "meaning": plain.meaning}
    assert found.model_copy(update=as_it_was) == plain
    withheld = [line.question for line in found.criteria if line.reason == WITHHELD]
    assert len(withheld) == 2


ASSAULT = {"code": "CJ88116", "title": "Assault by beating"}
CLOCKS = st.sampled_from(
    [
        # Counted from the offence, from a victim's statement, and passed.
        ("running", "2027-05-01", 179),
        ("running", "2028-02-10", 464),
        ("passed", "2026-11-01", -2),
    ]
)


def on_assault(clock, recipient, **overrides):
    names = ("prosecution_limit", "prosecution_last_day", "prosecution_days_left")
    facts = FACTS_KNOWN | dict(zip(names, clock, strict=True))
    facts |= {"offence_schedules": [], "offences_in_force": "in_force"}
    verdict, findings = decide(PRESENT_RULES, facts)
    decision = a_decision(facts=facts, verdict=verdict, findings=stored(findings))
    return paper(
        decision,
        PRESENT_RULES,
        ruling=SimpleNamespace(**UNSAID),
        record=RECORD,
        person=PERSON,
        alleged=[an_offence(**ASSAULT | overrides)],
        decisions=(),
        since=(),
        recipient=recipient,
    )


@given(one=CLOCKS, other=CLOCKS, recipient=st.sampled_from(Recipient))
def test_no_paper_that_leaves_tells_whether_a_victim_made_a_statement(one, other, recipient):
    first, second = on_assault(one, recipient), on_assault(other, recipient)
    as_it_was = {"verdict": first.verdict, "meaning": first.meaning}
    assert second.model_copy(update=as_it_was) == first
    (clock,) = [line for line in first.criteria if "proceedings" in line.question]
    assert (clock.answer, clock.reason) == ("Left out", WITHHELD)
    assert any("common assault" in line for line in first.left_out)


def test_the_file_tells_the_last_day_of_a_common_assault():
    told = dict(on_assault(("running", "2028-02-10", 464), None).facts)
    assert told[question("prosecution_last_day")] == "10 February 2028"


@pytest.mark.parametrize(
    "alleged", [{}, ASSAULT | {"committed_from": date(2022, 6, 27)}], ids=["theft", "before"]
)
def test_where_no_statement_counts_the_last_day_is_told(alleged):
    found = on_assault(
        ("running", "2027-05-01", 179), Recipient.SUBJECT, **{"code": "TH68010"} | alleged
    )
    assert dict(found.facts)[question("prosecution_days_left")] == "179"
    assert not any("common assault" in line for line in found.left_out)


def test_nothing_is_withheld_from_the_file():
    assert withheld([an_offence(**ASSAULT)], recipient=None) == frozenset()
    assert withheld([an_offence(), an_offence(**ASSAULT)], recipient=Recipient.CPS) >= OF_A_REPORT
