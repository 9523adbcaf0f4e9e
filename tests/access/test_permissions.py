"""Who holds what."""

import re

import pytest

from checkpoint.access.permissions import (
    ANYBODY,
    EVERYONE,
    GRANTS,
    STRONG,
    STRONG_FOR,
    Permission,
    holds,
)
from checkpoint.foundation.actors import TOKEN_ROLES, Role

# By hand, from the programme: who may change a case, and who may see everybody's doings.
CHANGES = {
    Permission.ADD_ALIAS,
    Permission.DECIDE_ELIGIBILITY,
    Permission.OPEN_CUSTODY_RECORD,
    Permission.RELEASE_FROM_CUSTODY,
    Permission.SAVE_SCREENING,
}


def test_every_role_is_listed():
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("permission", Permission)
def test_each_permission_is_held_by_someone(permission):
    assert [role for role in Role if holds(role, permission)]


@pytest.mark.parametrize("permission", Permission)
def test_the_operator_holds_none_of_them(permission):
    assert not holds(Role.OPERATOR, permission)


def test_no_token_can_carry_the_role_of_the_operator():
    assert set(TOKEN_ROLES) == set(Role) - {Role.OPERATOR}


@pytest.mark.parametrize("role", [role for role in TOKEN_ROLES if role is not Role.PROVIDER])
def test_whoever_is_of_the_programme_may_read_the_code_lists(role):
    assert holds(role, Permission.READ_REFERENCE)
    assert GRANTS[role] >= EVERYONE


def test_a_provider_answers_its_referrals_and_reads_who_it_is_and_its_reasons():
    answers = Permission.ANSWER_REFERRAL
    assert GRANTS[Role.PROVIDER] == {answers} | ANYBODY
    assert {Permission.READ_ME, Permission.READ_REFERRAL_REASONS} == ANYBODY
    assert [role for role in Role if holds(role, answers)] == [Role.PROVIDER]


@pytest.mark.parametrize("permission", sorted(CHANGES))
def test_only_custody_officers_change_a_case_in_the_suite(permission):
    assert [role for role in Role if holds(role, permission)] == [Role.CUSTODY_OFFICER]


def test_only_auditors_read_the_ledger_and_they_read_no_case():
    assert [role for role in Role if holds(role, Permission.READ_LEDGER)] == [Role.AUDITOR]
    # Numbers, and who received which; nobody's case.
    numbers = {
        Permission.READ_EXTRACTS,
        Permission.READ_EXTRACT_REGISTER,
        Permission.READ_OFFER_GAPS,
        Permission.READ_OVERRIDE_RATES,
    }
    assert GRANTS[Role.AUDITOR] == {Permission.READ_LEDGER} | EVERYONE | numbers


def test_those_who_monitor_a_trial_see_no_case_and_no_arm():
    monitors = [role for role in Role if holds(role, Permission.MONITOR_TRIAL)]
    assert monitors == [Role.STATISTICIAN, Role.TRIAL_MANAGER]
    for role in monitors:
        assert not GRANTS[role] & {Permission.READ_ARM, Permission.READ_CUSTODY_RECORD}
        asks = holds(role, Permission.PROPOSE_UNBLINDING)
        assert asks != holds(role, Permission.ANSWER_UNBLINDING)


def test_an_evaluator_sees_figures_and_extracts_and_no_custody_record():
    assert GRANTS[Role.EVALUATOR] == EVERYONE | {
        Permission.BUILD_EXTRACT,
        Permission.DOWNLOAD_EXTRACT,
        Permission.END_EXTRACT,
        Permission.READ_CUTS,
        Permission.READ_EVALUATION,
        Permission.READ_EXTRACTS,
        Permission.READ_OFFER_GAPS,
        Permission.REQUEST_EXTRACT,
    }


def test_navigators_read_and_assess_and_decide_nothing():
    assert GRANTS[Role.NAVIGATOR] == EVERYONE | {
        Permission.ANSWER_HANDOVER,
        Permission.ASSESS_NEEDS,
        Permission.DECLARE_CONFLICT,
        Permission.OFFER_HANDOVER,
        Permission.PLAN_APPOINTMENT,
        Permission.RAISE_REVIEW,
        Permission.READ_CASELOAD,
        Permission.READ_CONSENT,
        Permission.READ_CUSTODY_RECORD,
        Permission.READ_LISTINGS,
        Permission.READ_MEASURES,
        Permission.READ_NEEDS,
        Permission.READ_CONTRACT,
        Permission.READ_SESSIONS,
        Permission.WORK_CONTRACT,
        Permission.WORK_SESSIONS,
        Permission.READ_NEXT_STEPS,
        Permission.READ_OFFER_GAPS,
        Permission.READ_REFERRALS,
        Permission.RECORD_MEASURE,
        Permission.REFER,
        Permission.READ_TIMELINE,
        Permission.READ_WORKLIST,
        Permission.SEND_BATCH,
    }


def test_whoever_decides_may_also_preview_and_read():
    for role in Role:
        if holds(role, Permission.DECIDE_ELIGIBILITY):
            assert holds(role, Permission.PREVIEW_ELIGIBILITY)
            assert holds(role, Permission.READ_ELIGIBILITY)
            assert holds(role, Permission.READ_CUSTODY_RECORD)


def test_doors_that_show_what_everybody_did_need_strong_proof_for_an_hour():
    assert {Permission.READ_LEDGER} == STRONG
    assert STRONG_FOR.total_seconds() == 3_600


def test_permissions_are_a_thing_and_a_verb_and_stand_in_order():
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*:[a-z]+", permission) for permission in Permission)
    names = [permission.name for permission in Permission]
    assert names == sorted(names)
    assert len(Permission) == len(Permission.__members__)


def test_grants_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        GRANTS[Role.OPERATOR] = frozenset(Permission)
    assert all(isinstance(held, frozenset) for held in GRANTS.values())
