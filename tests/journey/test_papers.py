"""The words on the paper: plain, complete, and nobody else's business on those that leave."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from checkpoint.eligibility.facts import FACTS
from checkpoint.eligibility.states import Verdict
from checkpoint.journey.papers import question, value
from checkpoint.journey.states import Recipient
from papers import (
    CONFIRMED,
    DECLINED,
    DETERMINED,
    FACTS_KNOWN,
    FIRST,
    PROPOSED,
    RECORD,
    RULES,
    SECOND,
    STAFF,
    UNSAID,
    WORDS,
    a_decision,
    an_offence,
    printed,
)


def test_the_file_has_everything():
    found = printed()
    assert (found.purpose, found.verdict) == ("For the file", "Eligible")
    assert dict(found.who) == {
        "Name": "Testperson",
        "Date of birth": "11 February 1994",
        "Custody record": "CP-7K3M-2QXH-N",
        "Arrested": "2 November 2026 at 21:40 (GMT)",
        "PNC ID": "2001/1234567L",
        "Custody suite": "DURHAMGATE",
    }
    assert dict(found.decided) == {
        "Decided": "3 November 2026 at 12:00 (GMT)",
        "By staff number": STAFF,
        "Which decision": "Number 1 of this case",
    }
    assert found.alleged == ("Theft from a shop (TH68010), on 1 November 2026, in the force area",)
    assert [line.question for line in found.criteria] == [c.question for c in RULES.criteria]
    assert {line.answer for line in found.criteria} == {"Met"}
    assert len(found.facts) == len(FACTS)
    assert (found.said, found.missing, found.later, found.left_out) == ((), (), (), ())
    assert dict(found.rules)["SHA-256 of the rules"] == "d" * 64
    assert {"S2", "S3", "CYPA"} == {code for code, _ in found.sources}


def test_who_is_not_known_is_said_to_be_not_known():
    nobody = SimpleNamespace(
        family_name="Testperson", given_names="Synthetic", date_of_birth=None, pnc_id=None
    )
    who = dict(printed(person=nobody).who)
    assert who["Name"] == "Synthetic Testperson"
    assert who["Date of birth"] == who["PNC ID"] == "Not known"


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"committed_in_area": False}, "on 1 November 2026, outside the force area"),
        ({"committed_in_area": None}, "on 1 November 2026, place not known"),
        (
            {"committed_from": date(2026, 10, 30)},
            "between 30 October 2026 and 1 November 2026, in the force area",
        ),
    ],
)
def test_days_and_places_are_told_as_far_as_they_are_known(overrides, told):
    assert printed(alleged=[an_offence(**overrides)]).alleged[0].endswith(told)


@pytest.mark.parametrize(
    ("name", "fact", "told"),
    [
        ("lives_in_area", True, "Yes"),
        ("lives_in_area", False, "No"),
        ("lives_in_area", None, "Not known"),
        ("age_at_offence_years", 32, "32"),
        ("earliest_offence_on", "2026-11-01", "1 November 2026"),
        ("interview_stance", "no_reply", "Made no reply"),
        ("offence_classes", ["public_order", "unclassified"], "Public order, Unclassified"),
        ("offence_codes", ["PU86116", "TH68010"], "PU86116, TH68010"),
        ("prosecution_limit", "none", "No"),
        ("prosecution_limit", "passed", "It has passed"),
        ("risk_band", "high", "High"),
        ("domestic_abuse_grade", "none", "Not linked to domestic abuse"),
        ("asked_long_ago", "some_code", "Some code"),
    ],
)
def test_a_fact_is_told_in_plain_english(name, fact, told):
    assert value(name, fact) == told


@pytest.mark.parametrize(
    ("limit", "told"), [("none", "There is none"), ("running", "Not known"), (None, "Not known")]
)
def test_where_no_limit_runs_its_last_day_is_none_and_not_unknown(limit, told):
    facts = dict(printed(prosecution_limit=limit).facts)
    assert facts[question("prosecution_last_day")] == told


def test_a_fact_that_is_no_longer_asked_keeps_its_name():
    assert question("asked_long_ago") == "asked_long_ago"
    kept = printed(a_decision(facts=FACTS_KNOWN | {"asked_long_ago": 7}))
    assert kept.facts[-1] == ("asked_long_ago", "7")


def test_what_is_not_known_is_asked_and_special_terms_are_a_supervisors():
    found = printed(interview_stance=None, offence_classes=["burglary_residential"])
    answers = {line.question: line.answer for line in found.criteria}
    assert "What did the person say in interview?" in found.missing
    assert {"Not known yet", "Met; for a supervisor", "Met"} == set(answers.values())


def test_later_decisions_are_told_in_order_and_earlier_ones_only_by_number():
    three = [
        a_decision(number, verdict=verdict, decided_at=datetime(2026, 7, number, 23, tzinfo=UTC))
        for number, verdict in enumerate((Verdict.PENDING, Verdict.REFER, Verdict.ELIGIBLE), 1)
    ]
    found = printed(three[1], decisions=three[::-1])
    assert found.later == ("Number 3, 4 July 2026 at 00:00 (BST). Eligible.",)
    assert dict(found.decided)["Which decision"].endswith("in place of the one before")
    assert len(printed(three[0], decisions=three).later) == 2


@pytest.mark.parametrize("recipient", Recipient)
def test_nobody_of_the_staff_leaves_the_house(recipient):
    found = printed(recipient=recipient)
    assert STAFF not in found.model_dump_json()
    assert "PNC ID" not in dict(found.who)
    assert len(found.left_out) >= 2


def test_the_file_tells_what_a_supervisor_determined():
    assert dict(printed(said=DETERMINED).said) == {
        "A supervisor determined": "Not eligible",
        "Determined": "4 November 2026 at 09:00 (GMT)",
        "Why": "The rules leave it open, and the case does not suit",
        "In words": WORDS,
        "By staff number": FIRST,
    }


def test_the_file_tells_what_two_people_put_above_the_rules():
    assert dict(printed(said=CONFIRMED).said) == {
        "To depart from the rules": "Proposal number 2",
        "To": "Not eligible",
        "Why": "A risk to somebody that the rules do not see",
        "What became of it": "Confirmed by a second person",
        "Answered": "4 November 2026 at 09:00 (GMT)",
        "In words": WORDS,
        "Proposed by staff number": f"{FIRST} (chief inspector)",
        "Answered by staff number": SECOND,
    }


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ({}, ""),
        (PROPOSED, ""),
        (DECLINED, ""),
        (CONFIRMED, "Not eligible. Two people departed from the rules. The usual process applies."),
        (
            DETERMINED,
            "Not eligible. A supervisor did not take the case. The usual process applies.",
        ),
    ],
)
def test_what_stands_in_place_of_the_verdict_is_told_beside_it(said, stands):
    found = printed(said=UNSAID | said)
    assert (found.verdict, found.instead) == ("Eligible", stands)


def test_an_override_that_does_not_hold_is_told_as_such():
    waiting = dict(printed(said=PROPOSED).said)
    assert waiting["What became of it"].startswith("Proposed; nobody has answered yet")
    assert waiting.keys() & {"Answered", "Answered by staff number"} == set()
    assert dict(printed(said=DECLINED).said)["What became of it"].startswith("Declined")


@pytest.mark.parametrize("said", [DETERMINED, PROPOSED, CONFIRMED, DECLINED])
@pytest.mark.parametrize("recipient", Recipient)
def test_neither_who_said_it_nor_their_words_leave_the_house(said, recipient):
    found = printed(said=said, recipient=recipient)
    text = found.model_dump_json()
    assert [told for told in (WORDS, FIRST, SECOND, "chief inspector") if told in text] == []
    assert dict(found.said)["Why"] == dict(printed(said=said).said)["Why"]
    assert "What people wrote in their own words. The file has it." in found.left_out


def test_a_panel_is_not_told_who_it_is_about():
    found = printed(recipient=Recipient.PANEL)
    text = found.model_dump_json()
    assert dict(found.who).keys() == {"Custody suite"}
    assert [w for w in ("Testperson", "1994", RECORD.reference, "21:40") if w in text] == []
    assert "Name" in dict(printed(recipient=Recipient.DEFENCE).who)


def test_the_digest_is_that_of_what_is_printed():
    assert printed().digest == printed().digest
    others = [printed(hate_crime=None), printed(recipient=Recipient.COURT)]
    others.append(printed(decisions=[a_decision(), a_decision(2)]))
    others += [printed(said=said) for said in (PROPOSED, CONFIRMED, DETERMINED)]
    assert len({printed().digest, *(other.digest for other in others)}) == 7
