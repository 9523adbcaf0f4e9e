"""What may be agreed, what puts it at risk, and who decides."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from checkpoint.contracts import rules
from checkpoint.contracts.agreements import rules as agreed
from checkpoint.contracts.agreements.states import (
    ApprovedByTheNavigator,
    ApprovedTooEarly,
    CompletionRule,
    ConditionKind,
    PastTheLimit,
    PastTheLongest,
    SignatureRole,
    SignedAlready,
    TermsKind,
)
from checkpoint.contracts.clocks import POLICIES
from checkpoint.contracts.rules import Risk, Stand
from checkpoint.contracts.signatures import rules as signatures
from checkpoint.contracts.states import (
    ConditionsOpen,
    ContractState,
    DecidedByTheNavigator,
    StepReason,
)
from checkpoint.foundation.errors import RuleBroken
from checkpoint.needs.states import Pathway

TODAY, ENDS, LATER = date(2026, 11, 3), date(2027, 3, 2), date(2027, 4, 1)
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
KEY = UUID(int=1)


@dataclass(frozen=True)
class A:
    kind: ConditionKind
    rule: CompletionRule
    key: UUID | None = None
    pathway: Pathway | None = None
    due_on: date | None = None
    amount: int | None = None
    tag_from: date | None = None
    tag_until: date | None = None


K, R = ConditionKind, CompletionRule
OFFENDING = A(K.OFFENDING, R.NO_OFFENDING)
FINANCE = A(K.PATHWAY, R.SESSIONS, pathway=Pathway.FINANCE, amount=4)
HEALTH = A(K.PATHWAY, R.EVIDENCE, pathway=Pathway.HEALTH)
WORK = A(K.COMMUNITY, R.HOURS, amount=18)
TAG = A(K.TAG, R.TAG_DATES, tag_from=TODAY, tag_until=ENDS)
VICTIM = A(K.VICTIM, R.CONTACT)


def broken(*wanted, known=None, asked=True):
    """The rules that conditions break, with the place of each."""
    try:
        agreed.check_conditions(
            wanted, from_day=TODAY, ends_on=ENDS, known=known or {}, victim_asked=asked
        )
    except RuleBroken as refusal:
        return {
            (fault["pointer"].removeprefix("#/conditions"), fault["code"])
            for fault in refusal.faults
        }
    return set()


def test_five_conditions_of_the_five_kinds_are_agreed():
    assert broken(OFFENDING) == set()
    assert broken(OFFENDING, VICTIM, FINANCE, HEALTH, replace(WORK, amount=36)) == set()
    assert broken(OFFENDING, replace(TAG, key=KEY), known={KEY: K.TAG}) == set()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([FINANCE], {("", "offending-missing")}),
        ([OFFENDING, OFFENDING], {("/1/kind", "too-many-of-a-kind")}),
        ([OFFENDING, FINANCE, FINANCE], {("/2/pathway", "pathway-twice")}),
        ([replace(OFFENDING, rule=R.HOURS)], {("/0/rule", "rule-of-another-kind")}),
        ([replace(OFFENDING, pathway=Pathway.HEALTH)], {("/0/pathway", "pathway-by-kind")}),
        ([OFFENDING, replace(FINANCE, pathway=None)], {("/1/pathway", "pathway-by-kind")}),
        ([OFFENDING, replace(FINANCE, amount=None)], {("/1/amount", "amount-by-rule")}),
        ([OFFENDING, replace(HEALTH, amount=3)], {("/1/amount", "amount-by-rule")}),
        ([OFFENDING, replace(WORK, amount=17)], {("/1/amount", "hours-of-work")}),
        ([OFFENDING, replace(WORK, amount=37)], {("/1/amount", "hours-of-work")}),
        ([OFFENDING, replace(TAG, tag_until=None)], {("/1/tag_from", "tag-dates-by-rule")}),
        ([replace(OFFENDING, tag_from=TODAY, tag_until=ENDS)], {("/0/tag_from", "tag-dates-by-rule")}),
        (
            [OFFENDING, replace(TAG, tag_from=ENDS, tag_until=TODAY)],
            {("/1/tag_until", "tag-ends-before")},
        ),
        ([OFFENDING, replace(TAG, tag_until=LATER)], {("/1/tag_until", "not-in-the-contract")}),
        ([replace(OFFENDING, due_on=LATER)], {("/0/due_on", "not-in-the-contract")}),
        ([OFFENDING, replace(HEALTH, key=uuid4())], {("/1/key", "key-unknown")}),
        ([OFFENDING, replace(FINANCE, key=KEY), replace(HEALTH, key=KEY)], {("/2/key", "key-twice")}),
        (
            [replace(FINANCE, amount=None), replace(WORK, amount=1)],
            {("", "offending-missing"), ("/0/amount", "amount-by-rule"), ("/1/amount", "hours-of-work")},
        ),
    ],
)  # fmt: skip
def test_conditions_that_break_a_rule_are_told_with_their_place(wanted, expected):
    assert broken(*wanted, known={KEY: K.PATHWAY}) == expected


def test_a_victims_condition_needs_a_victim_who_asked():
    assert broken(OFFENDING, VICTIM, asked=False) == {("/1/kind", "no-victim-asked")}


def codes(refusal):
    return [fault["code"] for fault in refusal.value.faults]


def test_first_terms_run_four_months_or_until_a_sooner_day_that_is_named():
    def span(named):
        return agreed.first_span(named, starts_on=TODAY, policy=POLICIES[0])

    assert span(None).ends_on == ENDS
    assert span(date(2027, 1, 31)).ends_on == date(2027, 1, 31)
    for named, code in ((date(2026, 11, 2), "last-day-passed"), (date(2027, 3, 3), "too-long")):
        with pytest.raises(RuleBroken) as refused:
            span(named)
        assert codes(refused) == [code]


def test_a_change_keeps_the_last_day_or_names_a_later_one():
    def span(named, ends_on=ENDS, excused=0):
        return agreed.changed_span(named, ends_on=ends_on, excused=excused, today=TODAY)

    assert span(None) == span(ENDS)
    assert span(None)[0] is TermsKind.VARIATION
    assert span(None, excused=3)[1].reckoned == "The last day it had, 3 days excused"
    kind, found = span(LATER, excused=3)
    assert (kind, found.ends_on) == (TermsKind.EXTENSION, LATER)
    assert found.reckoned == "A later day, named; before it 2027-03-02, 3 days excused"
    for named, ends_on, code in (
        (date(2027, 3, 1), ENDS, "not-later"),
        (date(2026, 11, 2), date(2026, 11, 1), "last-day-passed"),
    ):
        with pytest.raises(RuleBroken) as refused:
            span(named, ends_on)
        assert codes(refused) == [code]


def test_days_excused_since_a_change_was_drafted_are_added_when_it_counts():
    def last(limit):
        return agreed.effective(LATER, excused_then=3, excused=10, limit=limit)

    assert last(None) == date(2027, 4, 8)
    assert last(date(2027, 4, 5)) == date(2027, 4, 5)
    assert last(date(2027, 1, 1)) == LATER


def test_no_contract_passes_the_limit_but_by_a_supervisors_words():
    agreed.check_limit(ENDS, limit=None, override=None)
    agreed.check_limit(ENDS, limit=ENDS, override=None)
    agreed.check_limit(ENDS, limit=TODAY, override="The prosecutor knows.")
    with pytest.raises(PastTheLimit) as refused:
        agreed.check_limit(ENDS, limit=TODAY, override=None)
    assert refused.value.facts == {"limit_on": "2026-11-03"}


def test_nothing_is_extended_past_the_longest_term_but_by_a_supervisors_words():
    agreed.check_longest(ENDS, longest=None, override=None)
    agreed.check_longest(ENDS, longest=ENDS, override=None)
    agreed.check_longest(ENDS, longest=TODAY, override="The provider begins in May.")
    with pytest.raises(PastTheLongest) as refused:
        agreed.check_longest(ENDS, longest=TODAY, override=None)
    assert refused.value.facts == {"longest_on": "2026-11-03"}


def test_the_approval_is_another_persons_than_the_navigators():
    me, you = uuid4(), uuid4()
    person, navigator, supervisor = SignatureRole
    signatures.check_signing(person, by=me, signed={navigator: me})
    signatures.check_signing(supervisor, by=you, signed={person: me, navigator: me})
    for signed in ({}, {person: me}, {navigator: me}):
        with pytest.raises(ApprovedTooEarly):
            signatures.check_signing(supervisor, by=you, signed=signed)
    with pytest.raises(ApprovedByTheNavigator):
        signatures.check_signing(supervisor, by=me, signed={person: you, navigator: me})
    with pytest.raises(SignedAlready):
        signatures.check_signing(person, by=me, signed={person: you})
    assert signatures.is_signed([*SignatureRole])
    assert not signatures.is_signed([person, navigator])


def test_what_is_signed_or_happens_is_neither_early_nor_to_come():
    early, later = datetime(2026, 11, 3, 11, tzinfo=UTC), datetime(2026, 11, 3, 13, tzinfo=UTC)
    for check, code in (
        (signatures.check_signed_at, "signed-too-early"),
        (rules.check_when, "before-the-last-step"),
    ):
        check(NOON, since=NOON, now=NOON)
        for moment, told in ((early, code), (later, "in-the-future")):
            with pytest.raises(RuleBroken) as refused:
                check(moment, since=NOON, now=NOON)
            assert codes(refused) == [told]


def test_whoever_works_the_case_does_not_decide_its_end():
    me = uuid4()
    rules.check_decider(me, workers={uuid4()})
    with pytest.raises(DecidedByTheNavigator):
        rules.check_decider(me, workers={me})


def test_completion_says_no_more_than_its_conditions_do():
    rules.check_completion(StepReason.CONDITIONS_MET, unmet=0, excused=0)
    rules.check_completion(StepReason.CONDITIONS_EXCUSED, unmet=0, excused=2)
    rules.check_completion(StepReason.NAMED_REASON, unmet=3, excused=0)
    for reason, unmet, excused in (
        (StepReason.CONDITIONS_MET, 0, 1),
        (StepReason.CONDITIONS_MET, 1, 0),
        (StepReason.CONDITIONS_EXCUSED, 1, 1),
    ):
        with pytest.raises(ConditionsOpen):
            rules.check_completion(reason, unmet=unmet, excused=excused)


def test_a_contract_is_at_risk_by_its_consent_its_limit_the_clock_and_its_last_day():
    active = Stand(state=ContractState.ACTIVE, starts_on=TODAY, ends_on=ENDS)

    def told(stand=active, consent=True, limit=None, prosecute_by=None, on=TODAY):
        return rules.risks(
            stand, consent_stands=consent, limit=limit, prosecute_by=prosecute_by, on=on
        )

    assert told() == []
    assert told(consent=False, limit=TODAY) == [Risk.CONSENT_WITHDRAWN, Risk.PAST_LIMIT]
    assert told(prosecute_by=date(2026, 12, 3)) == [Risk.PROSECUTION_SOON]
    assert told(prosecute_by=date(2026, 12, 4)) == []
    assert told(on=LATER) == [Risk.OVERDUE]
    assert told(replace(active, state=ContractState.SUSPENDED), on=LATER) == []
    assert told(replace(active, state=ContractState.CLOSED), consent=False) == []
    assert {*Risk} == rules.RISK_WORDS.keys()


def test_a_resumed_contract_gets_its_days_back():
    still = Stand(state=ContractState.SUSPENDED, number=5, ends_on=ENDS, excused_days=2)
    found = rules.resumed(still, 10, limit=None)
    assert (found.ends_on, found.excused_days, found.number) == (date(2027, 3, 12), 12, 6)
    assert rules.resumed(still, 10, limit=date(2027, 3, 5)).ends_on == date(2027, 3, 5)
    assert rules.began() == Stand(state=ContractState.DRAFT)
