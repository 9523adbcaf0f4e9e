from dataclasses import dataclass, replace
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from checkpoint.eligibility.rules import RESTED_ON
from checkpoint.foundation.actors import Role
from checkpoint.journey.rules import relied, shown_by

ONE, OTHER, RECORD, ELSEWHERE = (UUID(int=number) for number in range(1001, 1005))


@dataclass(frozen=True)
class Correction:
    id: UUID
    field: str = "date_of_birth"
    person_id: UUID = ONE
    custody_record_id: UUID = RECORD


@dataclass(frozen=True)
class Decision:
    id: UUID
    person_id: UUID = ONE
    custody_record_id: UUID = RECORD


def at(number):
    return UUID(int=number)


def found(correction, decisions, *others):
    known = sorted([correction, *others], key=lambda one: one.id)
    return [decision.id.int for decision in relied(correction, known, decisions)]


FOUR = [Decision(at(number)) for number in (10, 20, 30, 40)]


def test_the_rules_rest_on_the_date_of_birth():
    assert "date_of_birth" in RESTED_ON


def test_decisions_taken_before_rested_on_what_stood_there_and_later_ones_did_not():
    assert found(Correction(at(25)), FOUR) == [10, 20]


def test_what_was_put_right_twice_is_told_apart():
    first, second = Correction(at(15)), Correction(at(35))
    assert found(first, FOUR, second) == [10]
    assert found(second, FOUR, first) == [20, 30]


def test_another_persons_correction_ends_nothing():
    assert found(Correction(at(35)), FOUR, Correction(at(15), person_id=OTHER)) == [10, 20, 30]


@pytest.mark.parametrize("field", ["family_name", "sex", "pnc_id"])
def test_no_decision_rests_on_a_name_or_a_number(field):
    assert found(Correction(at(25), field=field), FOUR) == []
    assert found(Correction(at(35)), FOUR, Correction(at(15), field=field)) == [10, 20, 30]


def test_every_decision_of_a_record_rested_on_whom_it_was_about():
    move = Correction(at(25), field="person_id")
    decisions = [replace(one, person_id=OTHER) for one in FOUR]
    elsewhere = replace(decisions[0], custody_record_id=ELSEWHERE)
    assert found(move, [*decisions, elsewhere]) == [10, 20]
    assert found(replace(move, id=at(35), person_id=OTHER), decisions, move) == [30]


def test_a_decision_counts_for_whom_the_record_was_about_then():
    moved = Correction(at(25), field="person_id", person_id=ONE)
    decisions = [replace(one, person_id=OTHER) for one in FOUR]
    assert found(Correction(at(45)), decisions, moved) == [10, 20]
    assert found(Correction(at(45), person_id=OTHER), decisions, moved) == [30, 40]


def test_entries_of_doors_that_open_to_one_arm_tell_it():
    def entry(door, *subjects, role=Role.SUPERVISOR):
        return SimpleNamespace(door=door, subject_ids=subjects, actor_role=role)

    one, two = sorted(uuid4() for _ in range(2))
    case = "/v1/custody-records/{record_id}"
    assert shown_by([entry(f"POST {case}/programme-start", two, one)]) == [one, two]
    for door in (f"{case}/crossovers", "/v1/crossovers/{id}/confirmation", f"{case}/deviations"):
        assert shown_by([entry(door, one), entry(door, one)]) == [one]
    of_contracts = (
        *(f"{case}/{noun}" for noun in ("contracts", "appointments", "sessions")),
        *(f"POST {case}/{noun}" for noun in ("contacts", "warnings")),
        "/v1/contracts/{id}/breach-reviews",
        "/v1/me/appointment-feed/revocation",
        "/v1/calendars/{secret}.ics",
    )
    for door in (f"{case}/navigator", *of_contracts):
        assert shown_by([entry(door, one)]) == [one]
    contacts = "/v1/victims/{victim_id}/contact-attempts"
    for door in (f"{case}/allocation", f"{case}/disposals", contacts, "shell"):
        assert shown_by([entry(door, one)]) == []


def test_whatever_a_navigator_did_tells_that_the_case_is_theirs():
    one, door = uuid4(), "/v1/custody-records/{record_id}/needs-assessments"
    for role, told in ((Role.NAVIGATOR, [one]), (Role.CUSTODY_OFFICER, []), (None, [])):
        entry = SimpleNamespace(door=door, subject_ids=[one], actor_role=role)
        assert shown_by([entry]) == told, role
