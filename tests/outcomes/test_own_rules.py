"""What a cut says of somebody who was allocated here, decided by itself."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from checkpoint.allocation.states import AnnotationKind
from checkpoint.contracts.states import ContractState
from checkpoint.delivery.states import DeliveredArm
from checkpoint.outcomes.own import measures, rules

A, B, C = (UUID(int=each) for each in (1, 2, 3))


def test_of_two_draws_for_one_person_the_first_stands():
    drawn = [
        rules.Drawn(A, B, datetime(2026, 11, 4, tzinfo=UTC)),
        rules.Drawn(C, A, datetime(2026, 11, 3, tzinfo=UTC)),
    ]
    assert rules.standing(drawn, rules.survivors([])) == {A: A, C: C}
    assert rules.standing(drawn, rules.survivors([(B, C), (C, A)])) == {A: C, C: C}


@pytest.mark.parametrize(
    ("given", "assigned", "arms", "arm"),
    [
        (DeliveredArm.NONE_YET, "treatment", ["treatment", "control"], None),
        (DeliveredArm.CONTROL, "treatment", ["treatment", "control"], "control"),
        (DeliveredArm.TREATMENT, "treatment", ["treatment", "control"], "treatment"),
        (DeliveredArm.TREATMENT, "control", ["treatment", "control"], "treatment"),
        (DeliveredArm.TREATMENT, "control", ["one", "two", "control"], None),
        (DeliveredArm.TREATMENT, "two", ["one", "two", "control"], "two"),
    ],
)
def test_what_was_given_is_told_apart_from_what_was_assigned(given, assigned, arms, arm):
    assert rules.delivered_arm(given, assigned, arms) == arm


def test_as_the_protocol_has_it_is_ones_own_arm_and_rightly_allocated():
    assert rules.is_per_protocol("control", "control", [AnnotationKind.DIED])
    assert not rules.is_per_protocol("control", "treatment", [])
    assert not rules.is_per_protocol("control", None, [])
    assert not rules.is_per_protocol("control", "control", [AnnotationKind.INELIGIBLE_AFTERWARDS])


@pytest.mark.parametrize(
    ("contracts", "started", "completed"),
    [
        ([], False, None),
        ([], True, None),
        ([ContractState.COMPLETED], False, None),
        ([ContractState.LAPSED, ContractState.COMPLETED], True, True),
        ([ContractState.FAILED, ContractState.ACTIVE], True, None),
        ([ContractState.DECLINED], True, False),
    ],
)
def test_somebody_completed_where_there_was_something_to_complete(contracts, started, completed):
    assert rules.completed(contracts, started=started) is completed


def test_particulars_are_those_that_stood_then_in_the_record_that_knows_them():
    present = {"sex": "male", "local_authority": None}
    day = datetime(2026, 11, 4, tzinfo=UTC)
    later = [("sex", day, None), ("sex", day.replace(day=5), "female"), ("pnc_id", day, "x")]
    assert rules.as_it_stood(present, later) == {"sex": None, "local_authority": None}
    assert rules.first_known([{"sex": None}, {"sex": "male"}], "sex") == "male"
    assert rules.first_known([{"sex": None}], "sex") is None
    assert rules.sex_of("not_known") is None
    assert rules.sex_of("female") == "female"


def test_ethnicity_and_index_offence_are_told_in_broad_groups():
    assert [rules.ethnicity_group(code) for code in ("W9", "M1", "A4", "B2", "O2")] == [
        "white", "mixed", "asian", "black", "other",
    ]  # fmt: skip
    assert rules.ethnicity_group("NS") is rules.ethnicity_group(None) is None
    assert rules.index_group(["theft"]) == "theft"
    assert rules.index_group(["drug_possession", "theft"]) == "several"
    assert rules.index_group(["unclassified"]) is rules.index_group([]) is None


def test_covariates_are_what_was_locked_but_for_days_and_codes_of_offences():
    facts = {"risk_band": "high", "on_bail": False, "decided_on": "2026-11-03", "co_accused": None}
    assert rules.covariates(facts | {"age_at_decision_years": 30, "offence_codes": ["X"]}) == {
        "risk_band": "high",
        "on_bail": False,
    }


def test_whoever_was_allocated_after_the_last_day_is_not_in_a_cut():
    midnight = datetime(2026, 6, 1, 23, tzinfo=UTC)  # in England the second of June has begun
    drawn = [
        rules.Drawn(A, A, midnight - timedelta(seconds=1)),
        rules.Drawn(B, B, midnight),
        rules.Drawn(C, A, midnight - timedelta(minutes=1)),
    ]
    assert rules.allocated_by(date(2026, 6, 1), [A, B], drawn) == {A}
    assert rules.allocated_by(date(2026, 6, 2), [A, B], drawn) == {A, B}
    assert rules.allocated_by(date(2026, 5, 31), [A, B], drawn) == frozenset()


def test_a_distance_is_travelled_only_between_scores_that_are_all_known():
    assert measures.distance_travelled({"a": 3, "b": 2}, {"a": 1, "b": 3}) == -1
    assert measures.distance_travelled({"a": 3}, {"a": None}) is None
    assert measures.distance_travelled({"a": 3}, {"b": 3}) is None
    assert measures.distance_travelled({}, {}) is None


def a_score(timepoint, day, score, *, assessment=A, instrument=A):
    return SimpleNamespace(
        timepoint=timepoint,
        needs_instrument_id=instrument,
        assessment_id=assessment,
        assessed_at=datetime(2026, 11, day, 12, tzinfo=UTC),
        pathway="drugs",
        score=score,
    )


def test_a_distance_is_from_the_last_baseline_to_the_last_exit_until_the_last_day():
    rows = [
        a_score("baseline", 3, 9),
        a_score("exit", 5, 7, assessment=B),
        a_score("exit", 7, 2, assessment=C),
    ]
    told = [measures.distance(rows, last=date(2026, 11, day)) for day in (4, 5, 6, 7)]
    assert told == [None, -2, -2, -7]
    rows.append(a_score("exit", 7, 1, assessment=UUID(int=4), instrument=B))
    assert measures.distance(rows, last=date(2026, 11, 7)) is None


def test_somebody_is_covered_until_the_last_batch_that_tells_of_them():
    day = date(2026, 11, 3)
    covered = [date(2027, 1, 1), date(2026, 1, 1), date(2026, 12, 1)]
    assert rules.covered_until(covered, allocated_on=day) == date(2027, 1, 1)
    assert rules.covered_until([date(2026, 1, 1)], allocated_on=day) is None


def a_measure(kind, value, day, victim_id=None):
    return SimpleNamespace(
        kind=kind, value=value, taken_on=date(2026, 11, day), victim_id=victim_id
    )


def test_what_was_measured_is_told_apart_by_the_day_of_allocation_and_by_victim():
    rows = [
        a_measure("wellbeing", 40, 2),
        a_measure("victim_satisfaction", 1, 3, A),
        a_measure("wellbeing", 44, 3),
        a_measure("cost", 100, 3),
        a_measure("wellbeing", 50, 4),
        a_measure("victim_satisfaction", 3, 4, A),
        a_measure("victim_satisfaction", 4, 5, B),
        a_measure("cost", 20, 5),
    ]
    found = measures.measured(rows, allocated_on=date(2026, 11, 3), last=date(2026, 11, 5))
    assert (found.cost_pence, found.wellbeing, found.satisfaction) == (120, 50, 3.5)
    assert found.baseline == {"wellbeing": 44}
    until = measures.measured(rows, allocated_on=date(2026, 11, 3), last=date(2026, 11, 4))
    assert (until.cost_pence, until.wellbeing, until.satisfaction) == (100, 50, 3.0)
    day_0 = measures.measured(rows, allocated_on=date(2026, 11, 3), last=date(2026, 11, 3))
    assert (day_0.cost_pence, day_0.wellbeing, day_0.satisfaction) == (100, None, 1.0)
    assert day_0.baseline == {"wellbeing": 44}
    assert measures.measured(
        [], allocated_on=date(2026, 11, 3), last=date(2026, 11, 5)
    ) == measures.Measures(None, None, None, {})
