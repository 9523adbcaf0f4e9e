"""The door x relationship table of one case, written by hand: a new door without a row here fails.

Roles stand in test_doors; here is which cases a role that may open the door then reaches by it.
"""

from collections import defaultdict
from collections.abc import AsyncIterator

import pytest
from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.guards import Holding
from checkpoint.access.permissions import holds
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.database import request_transaction
from house.test_enumeration import ABSENT, told
from reaching import RECORD, Scene

# A door that reads opens by broken glass, too; one that works does not. What is asked of a
# supervisor's suites alone, and what is said by whoever was offered a case, are neither.
READS, WORKS, LEADS, OFFERED, BREAKS = "reads", "works", "leads", "offered", "breaks"
CONTRACT = "/v1/contracts/{contract_id}"
TABLE = {
    READS: {
        f"GET {RECORD}",
        f"GET {RECORD}/allocation",
        f"GET {RECORD}/allocation/annotations",
        f"GET {RECORD}/consents",
        f"GET {RECORD}/corrections",
        f"GET {RECORD}/delivery",
        f"GET {RECORD}/detention",
        f"GET {RECORD}/disposals",
        f"GET {RECORD}/distance-travelled",
        f"GET {RECORD}/distance-travelled.svg",
        f"GET {RECORD}/eligibility-decisions",
        f"GET {RECORD}/enrolment",
        f"GET {RECORD}/navigator",
        f"GET {RECORD}/navigator-suggestions",
        f"GET {RECORD}/case-measures",
        f"GET {RECORD}/needs-assessments",
        f"GET {RECORD}/needs-assessments/prefilled",
        f"GET {RECORD}/next-steps",
        f"GET {RECORD}/restrictions",
        f"GET {RECORD}/risk-forecast",
        f"GET {RECORD}/sessions",
        f"GET {RECORD}/timeline",
        f"GET {RECORD}/victims",
        f"GET {RECORD}/contracts",
        f"GET {RECORD}/no-provider-available",
        f"GET {RECORD}/referrals",
        f"GET {RECORD}/service-offers",
        "GET /v1/referrals/{referral_id}",
        "GET /v1/appointments/{appointment_id}",
        f"GET {CONTRACT}",
        f"GET {CONTRACT}/breach-reviews",
        f"GET {CONTRACT}/conditions",
        f"GET {CONTRACT}/outcomes",
        f"GET {CONTRACT}/paper",
        f"GET {CONTRACT}/victim-challenges",
        f"GET {CONTRACT}/victims-to-tell",
        "GET /v1/consents/{asking_id}",
        "GET /v1/eligibility-decisions/{decision_id}",
        "GET /v1/eligibility-decisions/{decision_id}/record",
        "GET /v1/needs-assessments/{assessment_id}",
        "GET /v1/overrides/{override_id}",
        "GET /v1/victims/{victim_id}",
    },
    WORKS: {
        f"PUT {RECORD}/{noun}"
        for noun in [
            "allocation",
            "detention-times",
            "enrolment",
            "identity",
            "not-screened",
            "person",
            "safeguards",
            "screening",
        ]
    }
    | {
        f"POST {RECORD}/{noun}"
        for noun in [
            "allocation/annotations",
            "appointments",
            "bail-variations",
            "case-measures",
            "co-accused",
            "consents",
            "contacts",
            "contracts",
            "crossovers",
            "deviations",
            "disposals",
            "eligibility-decisions",
            "extensions",
            "navigator",
            "navigator-conflicts",
            "navigator-cover/end",
            "navigator-handovers",
            "navigator/end",
            "needs-assessments",
            "offences",
            "pauses",
            "no-provider-available",
            "no-provider-available/{no_provider_id}/withdrawal",
            "programme-start",
            "referrals",
            "release",
            "restrictions",
            "restrictions/lifting",
            "restrictions/names",
            "restrictions/removals",
            "reviews",
            "risk-forecast",
            "risk-view",
            "transfer",
            "victims",
            "warnings",
            "withdrawals",
        ]
    }
    | {
        f"POST {CONTRACT}/{noun}"
        for noun in [
            "breach-reviews",
            "breach-reviews/{review_id}/decision",
            "closure",
            "completion",
            "condition-entries",
            "condition-entries/{entry_id}/withdrawal",
            "decline",
            "lapse",
            "offer",
            "outcomes",
            "resumption",
            "signatures",
            "suspension",
            "terms",
            "victim-challenges",
            "victim-challenges/{challenge_id}/decision",
            "withdrawal",
        ]
    }
    | {
        f"POST /v1/referrals/{{referral_id}}/{noun}"
        for noun in [
            "acknowledgement",
            "end",
            "sessions",
            "start",
            "wait-correction",
            "waiting-list",
        ]
    }
    | {
        "PATCH /v1/consents/{asking_id}",
        "PATCH /v1/needs-assessments/{assessment_id}",
        "POST /v1/appointments/{appointment_id}/attendance",
        "POST /v1/appointments/{appointment_id}/cancellation",
        "POST /v1/appointments/{appointment_id}/move",
        "POST /v1/consents/{asking_id}/completion",
        "POST /v1/consents/{asking_id}/withdrawals",
        "POST /v1/crossovers/{crossover_id}/confirmation",
        "POST /v1/crossovers/{crossover_id}/refusal",
        "POST /v1/eligibility-decisions/{decision_id}/determination",
        "POST /v1/eligibility-decisions/{decision_id}/overrides",
        "POST /v1/needs-assessments/{assessment_id}/completion",
        "POST /v1/overrides/{override_id}/confirmation",
        "POST /v1/overrides/{override_id}/refusal",
        "POST /v1/victims/{victim_id}/contact-attempts",
        "POST /v1/victims/{victim_id}/notifications",
        "POST /v1/victims/{victim_id}/views",
        "POST /v1/victims/{victim_id}/withdrawal",
    },
    LEADS: {"POST /v1/break-glass/{glass_id}/review"},
    OFFERED: {
        "POST /v1/navigator-handovers/{handover_id}/acceptance",
        "POST /v1/navigator-handovers/{handover_id}/refusal",
    },
    BREAKS: {f"POST {RECORD}/break-glass"},
}
# About a person of the staff, and nobody's case; see tests/navigators.
# So is what a provider reaches: by its organization, and by no case; see tests/referrals.
NOT_OF_A_CASE = (
    "{navigator_id}",
    "{conflict_id}",
    "/v1/people/",
    "/v1/provider/",
    "/v1/directory/",
    "{batch_id}",
    "/v1/extracts/",
)
# For each relationship, the doors that it opens to a role that may open them at all.
OPENS = {
    "own suite": {READS, WORKS, LEADS, BREAKS},
    "other suite": {BREAKS},
    "in caseload": {READS, WORKS},
    "covering": {READS, WORKS},
    "was in caseload": set(),
    "offered": {OFFERED},
    "broken glass": {READS, BREAKS},
    "glass that stands no longer": {BREAKS},
    "team works it": {READS, BREAKS},
}
RESTRICTED = {
    "own suite": set(),
    "other suite": set(),
    "in caseload": set(),
    "covering": set(),
    "was in caseload": set(),
    "offered": set(),
    "broken glass": set(),
    "glass that stands no longer": set(),
    "team works it": set(),
    "own suite, named": {READS, WORKS, LEADS, BREAKS},
    "in caseload, named": {READS, WORKS},
    "other suite, named": {BREAKS},
}


def doors_of(app):
    """Each door about one case, with the permission it asks for."""
    for route in routes_of(app):
        (lock,) = [d.call for d in route.dependant.dependencies if isinstance(d.call, Holding)] or [
            None
        ]
        if "_id}" in route.path and not any(each in route.path for each in NOT_OF_A_CASE):
            for method in route.methods:
                yield f"{method} {route.path}", route, lock.permission


async def undone(request: Request) -> AsyncIterator[AsyncSession]:
    """A transaction whose work is undone, so that every door finds the same scene."""
    async with AsyncSession(request.app.state.engine, expire_on_commit=False) as session:
        session.info["request"] = request.scope.get("state", {})
        yield session
        await session.rollback()


def test_every_door_about_one_case_stands_in_the_table_once(app):
    rows = [door for doors in TABLE.values() for door in doors]
    assert len(rows) == len(set(rows))
    assert {door for door, _, _ in doors_of(app)} == set(rows)


@pytest.fixture
async def scene(clients):
    scene = Scene(clients)
    await scene.set()
    return scene


READ_ONLY = ("glass-reads-only", "team-reads-only")


async def let_in(scene, door, route, client, absent):
    """Whether a door opened; or what is wrong with how it was closed.

    ``absent`` keeps what the door says to this role of what is not there: that is nobody's case.
    """
    answer = await scene.knock(client, door, route)
    if answer.status_code != 404:
        closed = answer.status_code == 403 and answer.json()["errorCode"] in READ_ONLY
        return not closed if answer.status_code < 500 else answer.text
    if answer.json()["errorCode"] in ("allocation-not-found", "enrolment-not-found"):
        return True  # reached; only no trial is open here
    declared = route.responses.get(404, {}).get("content", {}).get("application/problem+json", {})
    if answer.json()["errorCode"] not in declared.get("examples", {}):
        return f"{answer.json()['errorCode']} is not declared"
    if door not in absent:
        nowhere = dict.fromkeys(scene.ids, ABSENT)
        absent[door] = told(await scene.knock(client, door, route, ids=nowhere))
    return False if told(answer) == absent[door] else answer.text


async def found_by(app, scene, expected):
    """Every door that is open to somebody it should be closed to, or the other way round."""
    app.dependency_overrides[request_transaction] = undone
    kinds = {door: kind for kind, doors in TABLE.items() for door in doors}
    wrong, absent = [], defaultdict(dict)
    for door, route, permission in doors_of(app):
        if "{crossover_id}" in door:
            continue
        for relationship, opened in expected.items():
            able = [role for role in scene.people[relationship] if holds(role, permission)]
            for role in able[:1]:
                client = scene.people[relationship][role]
                found = await let_in(scene, door, route, client, absent[role])
                if found is not (kinds[door] in opened):
                    wrong.append((door, relationship, role.value, found))
    del app.dependency_overrides[request_transaction]
    return wrong


@pytest.mark.slow
async def test_who_reaches_one_case_by_which_door(app, scene):
    assert await found_by(app, scene, OPENS) == []


@pytest.mark.slow
async def test_a_restricted_case_is_as_absent_to_whoever_is_not_named(app, scene):
    await scene.restrict()
    assert await found_by(app, scene, RESTRICTED) == []
