from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from builders import (
    KNOWN,
    REFERRED,
    WHOLE_CONSENT,
    WITHDRAWAL,
    a_key,
    a_person,
    an_offence,
    asked_for_consent,
    booked,
    decided,
    eligible,
    proposed,
    safeguarded,
)
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from conftest import NOON
from navigating import in_caseload, registered
from traces import counts, entries

KEPT = ("consent_draft", "consent_asking", "consent", "consent_withdrawal")
CAME = {
    "appropriate_adult_needed": True,
    "appropriate_adult_reason": "mental_health",
    "appropriate_adult_came_at": "2026-11-03T08:30:00Z",
}
INTERPRETED = {
    "interpreter_needed": True,
    "interpreter_language": "pl",
    "interpreter_came_at": "2026-11-03T09:10:00Z",
}


def place_of(record):
    return f"/v1/custody-records/{record['id']}/consents"


async def ask(client, record, key=None, **changes):
    body = {name: value for name, value in (WHOLE_CONSENT | changes).items() if value is not ...}
    return await client.post(place_of(record), json=body, headers=key or a_key())


async def withdraw(client, asking, key=None, **changes):
    place = f"/v1/consents/{asking['id']}/withdrawals"
    return await client.post(place, json=WITHDRAWAL | changes, headers=key or a_key())


async def standing(client, record):
    listed = (await client.get(place_of(record))).json()
    return {each["kind"]: each["state"] for each in listed["standing"]}


def refused(answer, status, slug):
    assert (answer.status_code, answer.json()["errorCode"]) == (status, slug), answer.text
    return answer.json()


def faults(answer):
    problem = refused(answer, 422, "rule-broken")
    return {(fault["pointer"], fault["code"]) for fault in problem["errors"]}


def steps_of(view):
    return {step["step"]: step for step in view["next_steps"]}


def at(app, moment):
    async def then():
        return moment

    app.dependency_overrides[clock.now] = then


async def test_three_consents_are_given_and_say_what_withdrawing_means(client, owner):
    record = await eligible(client)
    answer = await ask(client, record)
    view = answer.json()
    assert (answer.status_code, view["state"], view["form"]) == (201, "taken", None)
    assert answer.headers["location"] == f"/v1/consents/{view['id']}"
    assert answer.headers["etag"] == '"1-taken"'
    taken = view["taken"]
    assert [each["kind"] for each in taken["consents"]] == [
        "programme",
        "research",
        "information_sharing",
    ]
    assert {each["answer"] for each in taken["consents"]} == {"given"}
    sheet = (await client.get("/v1/reference/information-sheets/2016-08-01-en")).json()
    assert taken["sheet_digest"] == sheet["digest"]
    told = {each["kind"]: each["withdrawing"] for each in sheet["consents"]}
    assert {each["kind"]: each["withdrawing"] for each in taken["consents"]} == told
    assert taken["answered_by"] == record["person"]["id"]
    assert (taken["entered_late"], taken["appropriate_adult_there"]) == (False, False)
    assert steps_of(view).keys() == {
        "withdraw_programme",
        "withdraw_research",
        "withdraw_information_sharing",
    }
    read = await client.get(f"/v1/consents/{view['id']}")
    assert (read.json(), read.headers["etag"]) == (view, '"1-taken"')
    rows = await entries(owner, answer, read)
    assert sorted((row.event, row.operation) for row in rows) == [
        ("consent.read", "consultation"),
        ("consent.taken", "collection"),
    ]
    assert all(str(record["id"]) in map(str, row.subject_ids) for row in rows)


async def test_declining_stays_on_record_with_its_reason(client, clients):
    record = await eligible(client)
    said = {"answer": "declined", "reason_code": "other", "words": "Synthetic words."}
    view = await asked_for_consent(client, record, programme=said, research=said)
    (programme, research, sharing) = view["taken"]["consents"]
    assert (programme["reason"], programme["words"]) == (
        "Another reason, told in words",
        "Synthetic words.",
    )
    assert (research["state"], sharing["state"]) == ("declined", "given")
    navigator = await registered(clients)
    await in_caseload(clients, record, navigator)
    listed = (await navigator.client.get(place_of(record))).json()
    assert [each["state"] for each in listed["standing"]] == ["declined", "declined", "given"]
    assert steps_of(listed)["ask_for_consent"]["why_not"].startswith("Your role")
    again = await asked_for_consent(client, record, information_sharing=...)
    assert again["taken"]["number"] == 2
    assert set((await standing(client, record)).values()) == {"given"}
    items = (await client.get(place_of(record))).json()
    assert [item["taken"]["number"] for item in items["items"]] == [2, 1]
    assert items["next_steps"] == []


async def test_one_is_withdrawn_and_given_again_and_the_others_stand(client, owner):
    record = await eligible(client)
    asking = await asked_for_consent(client, record)
    answer = await withdraw(client, asking, words="Synthetic words.")
    view = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1-taken-1"')
    research = view["taken"]["consents"][1]
    assert (research["answer"], research["state"]) == ("given", "withdrawn")
    assert research["withdrawal"]["reason"] == "No reason given"
    assert research["withdrawal"]["told_by"] == "person"
    assert "What researchers received before is not taken back." in research["withdrawing"]
    assert "withdraw_research" not in steps_of(view)
    assert await standing(client, record) == {
        "programme": "given",
        "research": "withdrawn",
        "information_sharing": "given",
    }
    problem = refused(await withdraw(client, asking), 409, "consent-not-standing")
    assert (problem["kind"], problem["state"]) == ("research", "withdrawn")
    only = dict.fromkeys(("programme", "information_sharing"), ...)
    early = await ask(client, record, **only)
    assert faults(early) == {("#/answered_at", "before-the-last-answer")}
    times = {"sheet_given_at": "2026-11-03T11:10:00Z", "answered_at": "2026-11-03T11:20:00Z"}
    again = await asked_for_consent(client, record, **only, **times)
    assert [each["kind"] for each in again["taken"]["consents"]] == ["research"]
    assert set((await standing(client, record)).values()) == {"given"}
    first = (await client.get(f"/v1/consents/{asking['id']}")).json()
    assert first == view
    (entry,) = await entries(owner, answer)
    assert (entry.event, entry.subject_kind) == ("consent.withdrawn", "consent_withdrawal")


async def test_what_stands_is_not_asked_for_again(client):
    record = await eligible(client)
    await asked_for_consent(client, record)
    problem = refused(await ask(client, record), 409, "consent-stands-already")
    assert problem["kind"] == "programme"
    nothing = dict.fromkeys(("programme", "research", "information_sharing"), ...)
    assert faults(await ask(client, record, **nothing)) == {("#/programme", "nothing-asked")}


async def test_a_retry_asks_and_withdraws_once(client, owner):
    record, key = await eligible(client), a_key()
    first, again = [await ask(client, record, key) for _ in range(2)]
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    once, twice = [await withdraw(client, first.json(), key) for _ in range(2)]
    assert twice.json() == once.json()
    refused(await ask(client, record, key, research=...), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("safeguards", "slug", "missing"),
    [
        (None, "safeguards-not-known", ["appropriate_adult_needed", "interpreter_needed"]),
        (
            {"appropriate_adult_needed": None},
            "safeguards-not-known",
            ["appropriate_adult_needed"],
        ),
        ({"interpreter_needed": None}, "safeguards-not-known", ["interpreter_needed"]),
        (
            {"appropriate_adult_needed": True},
            "safeguards-not-there",
            ["appropriate_adult_came_at"],
        ),
        (
            CAME | {"appropriate_adult_left_at": "2026-11-03T09:19:00Z"},
            "safeguards-not-there",
            ["appropriate_adult_came_at"],
        ),
        (INTERPRETED, "safeguards-not-there", ["interpreter_came_at"]),
        (
            {"interpreter_needed": True, "appropriate_adult_needed": True},
            "safeguards-not-there",
            ["appropriate_adult_came_at", "interpreter_came_at"],
        ),
    ],
)
async def test_without_whom_the_record_says_is_needed_consent_is_refused_and_says_why(
    client, owner, safeguards, slug, missing
):
    record = await booked(client, screening=KNOWN)
    if safeguards is not None:
        record = await safeguarded(client, record, **safeguards)
    await decided(client, record)
    before = await counts(owner, *KEPT)
    problem = refused(await ask(client, record), 409, slug)
    assert problem["missing"] == missing
    assert "safeguards" in problem["detail"]
    declined = {"answer": "declined", "reason_code": "no_reason_given"}
    none = dict.fromkeys(("programme", "research", "information_sharing"), declined)
    refused(await ask(client, record, **none), 409, slug)
    assert await counts(owner, *KEPT) == before


async def test_the_list_says_beforehand_what_stands_in_the_way(client):
    record = await booked(client, screening=KNOWN)
    told = (await client.get(place_of(record))).json()
    assert {each["state"] for each in told["standing"]} == {"not_asked"}
    step = steps_of(told)["ask_for_consent"]
    assert "It stands as: not decided" in step["why_not"]
    await decided(client, record)
    step = steps_of((await client.get(place_of(record))).json())["ask_for_consent"]
    assert step["missing"] == [
        "safeguards.appropriate_adult_needed",
        "safeguards.interpreter_needed",
    ]
    await safeguarded(client, record)
    step = steps_of((await client.get(place_of(record))).json())["ask_for_consent"]
    assert (step["allowed"], step["why_not"], step["missing"]) == (True, None, [])


async def test_with_adult_and_interpreter_there_consent_is_taken(client):
    record = await eligible(client, **CAME, **INTERPRETED | {
        "interpreter_came_at": "2026-11-03T08:50:00Z"
    })  # fmt: skip
    taken = (await asked_for_consent(client, record))["taken"]
    assert (taken["appropriate_adult_there"], taken["interpreter_there"]) == (True, True)


async def test_once_the_missing_is_saved_the_same_asking_goes_through(client):
    record = await eligible(client, appropriate_adult_needed=True)
    refused(await ask(client, record), 409, "safeguards-not-there")
    await safeguarded(client, record, **CAME)
    assert (await ask(client, record)).status_code == 201


@pytest.mark.parametrize("known", [{"interview_stance": "denied"}, {"hate_crime": None}])
async def test_nobody_is_asked_whose_case_does_not_stand_as_eligible(client, owner, known):
    screening = {name: value for name, value in (KNOWN | known).items() if value is not None}
    record = await safeguarded(client, await booked(client, screening=screening))
    before = await counts(owner, *KEPT)
    for draft in (False, True):
        refused(await ask(client, record, draft=draft), 409, "consent-not-open")
    await decided(client, record)
    problem = refused(await ask(client, record), 409, "consent-not-open")
    assert problem["verdict"] in ("ineligible", "pending")
    assert await counts(owner, *KEPT) == before


async def test_what_people_decide_beside_the_rules_counts(client, clients):
    offences = [an_offence(code=REFERRED)]
    record = await safeguarded(client, await booked(client, screening=KNOWN, offences=offences))
    decision = await decided(client, record)
    assert refused(await ask(client, record), 409, "consent-not-open")["verdict"] == "refer"
    supervisor = clients(Role.SUPERVISOR)
    determined = await supervisor.post(
        f"/v1/eligibility-decisions/{decision['id']}/determination",
        json={"verdict": "eligible", "reason_code": "terms_met", "words": "Synthetic."},
        headers=a_key() | {"If-Match": '"1"'},
    )
    assert determined.status_code == 201, determined.text
    assert (await ask(supervisor, record)).status_code == 201


async def test_an_override_to_ineligible_closes_the_asking(client, clients):
    record = await safeguarded(client, await booked(client, screening=KNOWN))
    override = await proposed(clients(Role.SUPERVISOR), await decided(client, record))
    await client.post(f"/v1/overrides/{override['id']}/confirmation", headers=a_key())
    problem = refused(await ask(client, record), 409, "consent-not-open")
    assert problem["verdict"] == "ineligible"


async def test_a_decision_that_is_overtaken_is_decided_again_first(client):
    record = await eligible(client)
    place = f"/v1/custody-records/{record['id']}/offences"
    added = await client.post(place, json=an_offence(), headers=a_key())
    assert added.status_code == 201, added.text
    refused(await ask(client, record), 409, "decision-overtaken")
    step = steps_of((await client.get(place_of(record))).json())["ask_for_consent"]
    assert "decide again" in step["why_not"]


async def test_a_person_under_18_is_never_asked(client, clients):
    born = a_person(date_of_birth="2009-11-03")
    record = await safeguarded(client, await booked(client, screening=KNOWN, person=born))
    decision = await decided(client, record)
    assert decision["verdict"] == "ineligible"
    refused(await ask(client, record), 409, "consent-not-open")
    override = await proposed(clients(Role.SUPERVISOR), decision, verdict="eligible")
    await client.post(f"/v1/overrides/{override['id']}/confirmation", headers=a_key())
    problem = refused(await ask(client, record), 409, "consent-adults-only")
    assert "youth team" in problem["detail"]


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"understood": False}, "consent-not-understood"),
        ({"capacity_in_doubt": True}, "consent-not-understood"),
        ({"legal_advice_offered": False}, "legal-advice-first"),
        ({"legal_advice": "awaited"}, "legal-advice-first"),
    ],
)
async def test_nothing_is_taken_that_was_not_understood_or_came_before_advice(
    client, owner, changes, slug
):
    record = await eligible(client)
    before = await counts(owner, *KEPT)
    refused(await ask(client, record, **changes), 409, slug)
    assert await counts(owner, *KEPT) == before


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"sheet_version": "2015-04-07-en"}, ("#/sheet_version", "sheet-not-in-use")),
        ({"sheet_version": "canary-1"}, ("#/sheet_version", "sheet-not-in-use")),
        ({"sheet_version": ...}, ("#/sheet_version", "not-known-yet")),
        ({"research": ...}, ("#/research", "not-known-yet")),
        ({"sheet_given_at": "2026-11-02T20:00:00Z"}, ("#/sheet_given_at", "before-arrival")),
        ({"answered_at": "2026-11-03T08:00:00Z"}, ("#/answered_at", "answered-before-sheet")),
        ({"answered_at": "2026-11-03T13:00:00Z"}, ("#/answered_at", "in-the-future")),
        ({"answered_at": "1901-01-01T00:00:00Z"}, ("#/answered_at", "answered-before-sheet")),
        ({"research": {"answer": "declined"}}, ("#/research/reason_code", "reason-needed")),
        (
            {"research": {"answer": "declined", "reason_code": "canary"}},
            ("#/research/reason_code", "reason-not-listed"),
        ),
        (
            {"research": {"answer": "given", "words": "canary"}},
            ("#/research", "reason-not-wanted"),
        ),
    ],
)
async def test_an_asking_that_breaks_a_rule_changes_nothing(client, owner, changes, fault):
    record = await eligible(client)
    before = await counts(owner, *KEPT)
    answer = await ask(client, record, **changes)
    assert faults(answer) == {fault}
    assert "canary" not in answer.text
    assert await counts(owner, *KEPT) == before


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"programme": {"answer": "canary"}}, "#/programme/answer"),
        ({"programme": "given"}, "#/programme"),
        ({"understood": "canary"}, "#/understood"),
        ({"sheet_version": "canary canary"}, "#/sheet_version"),
        ({"legal_advice": "canary"}, "#/legal_advice"),
        ({"sheet_given_at": "2026-11-03T09:00:00"}, "#/sheet_given_at"),
        (
            {"research": {"answer": "declined", "reason_code": "other", "words": "canary" * 200}},
            "#/research/words",
        ),
        ({"taken_by": "canary"}, "#/taken_by"),
    ],
)
async def test_a_malformed_asking_is_refused_without_echo(client, changes, pointer):
    record = await eligible(client)
    answer = await ask(client, record, **changes)
    problem = refused(answer, 422, "request-not-understood")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"withdrawn_at": "2026-11-03T09:00:00Z"}, ("#/withdrawn_at", "withdrawn-before-given")),
        ({"withdrawn_at": "2026-11-03T13:00:00Z"}, ("#/withdrawn_at", "in-the-future")),
        ({"reason_code": "canary"}, ("#/reason_code", "reason-not-listed")),
        ({"reason_code": "other"}, ("#/words", "words-needed")),
    ],
)
async def test_a_withdrawal_that_breaks_a_rule_changes_nothing(client, owner, changes, fault):
    asking = await asked_for_consent(client, await eligible(client))
    before = await counts(owner, *KEPT)
    answer = await withdraw(client, asking, **changes)
    assert faults(answer) == {fault}
    assert "canary" not in answer.text
    assert await counts(owner, *KEPT) == before


async def test_what_was_declined_or_never_asked_there_is_not_withdrawn(client):
    record = await eligible(client)
    no = {"answer": "declined", "reason_code": "prefers_court"}
    first = await asked_for_consent(client, record, research=no)
    problem = refused(await withdraw(client, first), 409, "consent-not-standing")
    assert problem["state"] == "declined"
    only = dict.fromkeys(("programme", "information_sharing"), ...)
    second = await asked_for_consent(client, record, **only)
    problem = refused(await withdraw(client, second, kind="programme"), 409, "consent-not-standing")
    assert problem["state"] == "not_asked"
    assert (await withdraw(client, second)).status_code == 201


async def test_paper_that_is_entered_later_says_so(client, app):
    record = await eligible(client)
    at(app, NOON + timedelta(days=2))
    view = await asked_for_consent(client, record, late_reason="paper_first")
    assert (view["taken"]["entered_late"], view["taken"]["late_reason"]) == (True, "paper_first")
    told = await withdraw(client, view, late_reason="told_late")
    withdrawal = told.json()["taken"]["consents"][1]["withdrawal"]
    assert (withdrawal["entered_late"], withdrawal["late_reason"]) == (True, "told_late")


async def test_a_draft_is_saved_read_and_completed_by_somebody_else(client, clients, owner):
    record = await eligible(client)
    begun = await ask(
        client,
        record,
        draft=True,
        answered_at=...,
        research={"answer": "declined", "reason_code": "other", "words": "canary"},
    )
    draft = begun.json()
    assert (begun.status_code, draft["state"], draft["form"]) == (201, "draft", None)
    assert "canary" not in begun.text
    assert draft["missing"] == ["answered_at"]
    assert steps_of(draft).keys() == {"save_consent_draft", "complete_consent_draft"}
    place = f"/v1/consents/{draft['id']}"
    read = await client.get(place)
    assert read.json()["form"]["research"]["words"] == "canary"
    colleague = clients(Role.SUPERVISOR, name="colleague")
    early = await colleague.post(f"{place}/completion", headers=a_key() | {"If-Match": '"1"'})
    assert faults(early) == {("#/answered_at", "not-known-yet")}
    changes = {"answered_at": WHOLE_CONSENT["answered_at"], "research": {"answer": "given"}}
    saved = await colleague.patch(
        place, json=changes | {"late_reason": "busy"}, headers={"If-Match": '"1"'}
    )
    assert (saved.status_code, saved.headers["etag"], saved.json()["missing"]) == (200, '"2"', [])
    form = saved.json()["form"]
    assert (form["research"]["answer"], form["programme"]["answer"]) == ("given", "given")
    cleared = await colleague.patch(place, json={"late_reason": None}, headers={"If-Match": '"2"'})
    assert cleared.json()["form"]["late_reason"] is None
    refused(await client.patch(place, json={}, headers={"If-Match": '"1"'}), 412, "overtaken")
    refused(await client.patch(place, json={}), 428, "if-match-missing")
    key = a_key() | {"If-Match": '"3"'}
    done, again = [await colleague.post(f"{place}/completion", headers=key) for _ in range(2)]
    view = done.json()
    assert (done.status_code, view["id"], view["state"]) == (201, draft["id"], "taken")
    assert again.json() == view
    assert view["begun_by"] != view["taken"]["taken_by"]
    stale = a_key() | {"If-Match": '"3"'}
    refused(await client.post(f"{place}/completion", headers=stale), 409, "consent-taken-already")
    refused(await client.patch(place, json={}, headers=stale), 409, "consent-taken-already")
    events = [row.event for row in await entries(owner, begun, read, saved, done)]
    assert sorted(events) == [
        "consent.draft_begun",
        "consent.draft_saved",
        "consent.read",
        "consent.taken",
    ]
    listed = (await client.get(place_of(record))).json()["items"]
    assert [item["id"] for item in listed] == [draft["id"]]


async def test_a_draft_left_alone_expires_and_nobody_reads_it_from_then_on(client, app):
    record = await eligible(client)
    no = {"answer": "declined", "reason_code": "other", "words": "canary"}
    draft = (await ask(client, record, draft=True, research=no)).json()
    place = f"/v1/consents/{draft['id']}"
    at(app, NOON + timedelta(hours=23))
    saved = await client.patch(place, json={"understood": True}, headers={"If-Match": '"1"'})
    expires = datetime.fromisoformat(saved.json()["expires_at"])
    assert expires == NOON + timedelta(hours=47)
    at(app, expires)
    for answer in (
        await client.get(place),
        await client.patch(place, json={}, headers={"If-Match": '"2"'}),
        await client.post(f"{place}/completion", headers=a_key() | {"If-Match": '"2"'}),
    ):
        refused(answer, 404, "consent-draft-expired")
        assert "canary" not in answer.text
    listed = await client.get(place_of(record))
    (item,) = listed.json()["items"]
    assert (item["state"], item["form"], item["next_steps"]) == ("expired", None, [])
    assert "canary" not in listed.text
    refused(await withdraw(client, draft), 409, "consent-not-standing")
    assert (await ask(client, record)).status_code == 201


async def test_a_draft_that_was_refused_goes_on(client):
    record = await eligible(client, appropriate_adult_needed=True)
    draft = (await ask(client, record, draft=True)).json()
    place, tag = f"/v1/consents/{draft['id']}", {"If-Match": '"1"'}
    answer = await client.post(f"{place}/completion", headers=a_key() | tag)
    refused(answer, 409, "safeguards-not-there")
    assert (await client.get(place)).json()["state"] == "draft"
    await safeguarded(client, record, **CAME)
    answer = await client.post(f"{place}/completion", headers=a_key() | tag)
    assert answer.status_code == 201, answer.text


async def test_an_empty_draft_says_what_it_lacks(client):
    record = await eligible(client)
    begun = await client.post(place_of(record), json={"draft": True}, headers=a_key())
    assert len(begun.json()["missing"]) == 11


async def test_an_asking_elsewhere_is_not_there(client, clients):
    record = await eligible(client)
    taken = await asked_for_consent(client, record)
    draft = (await ask(client, await eligible(client), draft=True)).json()
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    for id in (taken["id"], draft["id"], uuid4()):
        refused(await stranger.get(f"/v1/consents/{id}"), 404, "consent-not-found")
    refused(await stranger.get(place_of(record)), 404, "custody-record-not-found")
    refused(await ask(stranger, record), 404, "custody-record-not-found")
    refused(await withdraw(stranger, taken), 404, "consent-not-found")


async def test_a_navigator_reads_and_records_nothing(client, clients):
    record = await eligible(client)
    asking = await asked_for_consent(client, record)
    whose = await registered(clients)
    navigator = whose.client
    absent = await navigator.get(f"/v1/consents/{asking['id']}")
    refused(absent, 404, "consent-not-found")
    await in_caseload(clients, record, whose)
    view = (await navigator.get(f"/v1/consents/{asking['id']}")).json()
    assert {step["allowed"] for step in view["next_steps"]} == {False}
    refused(await withdraw(navigator, asking), 403, "not-permitted")
    refused(await clients(Role.EVALUATOR).get(f"/v1/consents/{asking['id']}"), 403, "not-permitted")


async def test_the_sheets_and_lists_can_be_read(client):
    sheets = (await client.get("/v1/reference/information-sheets")).json()["items"]
    assert [sheet["code"] for sheet in sheets] == ["2015-04-07-en", "2016-08-01-en"]
    absent = await client.get("/v1/reference/information-sheets/absent")
    refused(absent, 404, "information-sheet-not-found")
    for name in ("declining", "withdrawing"):
        listed = (await client.get(f"/v1/reference/consent-{name}-reasons")).json()
        assert all(item["available_from"] for item in listed["items"])
    kinds = (await client.get("/v1/reference/consent-kinds")).json()["items"]
    assert [kind["code"] for kind in kinds] == ["programme", "research", "information_sharing"]
