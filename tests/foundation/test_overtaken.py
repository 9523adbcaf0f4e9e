"""Two who edit one thing: whoever comes second is shown both, and loses nothing they typed."""

from structlog.testing import capture_logs

from assessing import WHOLE_NEEDS, assessed
from builders import (
    DEPARTURE,
    KNOWN,
    a_key,
    asked_for_consent,
    booked,
    decided,
    eligible,
    safeguarded,
)
from checkpoint.access.guards import Holding
from checkpoint.access.permissions import GRANTS, Permission
from checkpoint.foundation.actors import Role
from checkpoint.foundation.addresses import routes_of
from navigating import particulars
from traces import counts, entries

RECORDS = "/v1/custody-records"
STALE = {"If-Match": '"99"'}


async def stale(client, method, address, body, tag='"99"'):
    headers = {"If-Match": tag} | (a_key() if method == "POST" else {})
    answer = await client.request(method, address, json=body, headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (412, "overtaken"), answer.text
    return answer


def fields(answer):
    return {each["pointer"]: (each["yours"], each["present"]) for each in answer.json()["fields"]}


async def shown_once(owner, answer, *about):
    (row,) = await entries(owner, answer)
    assert (row.event, row.operation) == ("request.conflict_shown", "consultation")
    assert row.outcome == "overtaken"
    assert row.purpose is not None
    assert {*about} <= {str(id) for id in row.subject_ids}
    assert len({*row.subject_ids}) == len(row.subject_ids)


async def test_two_who_screen_one_case_are_told_of_each_other(client, clients, owner):
    record = await booked(client, screening=KNOWN)
    here, other = f"{RECORDS}/{record['id']}/screening", clients(name="colleague")
    first = await client.put(here, json=KNOWN | {"hate_crime": True}, headers={"If-Match": '"1"'})
    assert first.status_code == 200, first.text
    before = await counts(owner)
    mine = KNOWN | {"interview_stance": "denied", "hate_crime": None}
    answer = await other.put(here, json=mine, headers={"If-Match": '"1"'})
    assert await counts(owner) == before
    assert fields(answer) == {
        "#/interview_stance": ("denied", KNOWN["interview_stance"]),
        "#/hate_crime": (None, True),
    }
    assert answer.json()["present_etag"] == first.headers["etag"] == '"2"'
    await shown_once(owner, answer, record["id"], record["person"]["id"])
    again = await client.put(here, json=KNOWN | {"hate_crime": True}, headers={"If-Match": '"1"'})
    assert again.json()["fields"] == []
    assert "already" in again.json()["detail"]


async def test_two_who_go_on_with_one_draft_of_needs_lose_nothing(client, clients, owner):
    record = await eligible(client)
    draft = await assessed(client, record, draft=True)
    here = f"/v1/needs-assessments/{draft['id']}"
    colleague = clients(Role.SUPERVISOR, name="colleague")
    question = WHOLE_NEEDS["pathways"]["finance"]["answers"][0]["question"]

    def said(words, option):
        answers = [{"question": question, "option": option}]
        finance = {"own_view": words, "answers": answers, "strengths": []}
        return {"pathways": {"finance": finance}}

    first = await client.patch(here, json=said("Theirs.", "not_known"), headers={"If-Match": '"1"'})
    assert first.status_code == 200, first.text
    answer = await stale(colleague, "PATCH", here, said("Mine.", None), '"1"')
    assert fields(answer) == {
        "#/pathways/finance/answers/0/option": (None, "not_known"),
        "#/pathways/finance/own_view": ("Mine.", "Theirs."),
    }
    assert answer.json()["present"].keys() == {"saved_at", "saved_by"}
    await shown_once(owner, answer, draft["id"], record["id"], record["person"]["id"])
    tag = answer.json()["present_etag"]
    put = await colleague.patch(here, json=said("Both.", "not_known"), headers={"If-Match": tag})
    assert put.json()["form"]["pathways"]["finance"]["own_view"] == "Both."
    last = await stale(client, "POST", f"{here}/completion", {}, tag)
    assert last.json()["present_etag"] == put.headers["etag"]
    assert "fields" not in last.json()


async def test_two_who_go_on_with_one_draft_of_consent(client, clients, owner):
    record = await eligible(client)
    draft = await asked_for_consent(client, record, draft=True, research=...)
    here, other = f"/v1/consents/{draft['id']}", clients(Role.SUPERVISOR)
    first = {"understood": False, "answered_at": "2026-11-03T10:10:00+01:00"}
    assert (await client.patch(here, json=first, headers={"If-Match": '"1"'})).status_code == 200
    mine = first | {"understood": True, "research": {"answer": "given"}}
    answer = await stale(other, "PATCH", here, mine, '"1"')
    assert fields(answer)["#/understood"] == (True, False)
    assert fields(answer)["#/research"][1] is None
    assert fields(answer).keys() == {"#/understood", "#/research"}
    await shown_once(owner, answer, draft["id"], record["id"])
    done = await stale(other, "POST", f"{here}/completion", {}, '"1"')
    assert done.json()["present"].keys() == {"saved_at"}


async def test_every_edit_of_a_record_is_answered_by_its_own_fields(client, owner):
    record = await booked(client)
    here, person = f"{RECORDS}/{record['id']}", record["person"]
    await safeguarded(client, record)
    times = {"authorised_at": "2026-11-02T22:20:00Z"}
    put = await client.put(f"{here}/detention-times", json=times, headers={"If-Match": '"2"'})
    assert put.status_code == 200, put.text
    right = {"given_names": "Other", "family_name": "Testperson", "reason": "mistyped"}
    for door, body, found in (
        ("safeguards", {"interpreter_needed": True}, {"#/appropriate_adult_needed": (None, False), "#/interpreter_needed": (True, False)}),
        ("not-screened", {"reason": "overlooked"}, {"#/reason": ("overlooked", None)}),
        ("detention-times", {"authorised_at": "2026-11-02T22:30:00Z"}, {"#/authorised_at": ("2026-11-02T22:30:00Z", "2026-11-02T22:20:00Z")}),
        ("detention-times", times, {}),
        ("person", right, {"#/given_names": ("Other", person["given_names"])}),
    ):  # fmt: skip
        answer = await client.put(f"{here}/{door}", json=body, headers=STALE)
        assert answer.status_code == 412, (door, answer.text)
        assert fields(answer) == found, door
        await shown_once(owner, answer, record["id"], person["id"])


async def test_a_command_without_a_standing_counterpart_is_told_the_state(client, clients, owner):
    boss = clients(Role.SUPERVISOR)
    record = await booked(client, screening=KNOWN)
    decision = await decided(client, record)
    here, stands = f"{RECORDS}/{record['id']}", {"state": "detained", "suite": "DURHAMGATE"}
    deciding = f"/v1/eligibility-decisions/{decision['id']}"
    person = record["person"]["id"]
    other = {"person_id": (await booked(client))["person"]["id"], "reason": "document_seen"}
    away = {"number": 1, "reason": "did_not_happen"}
    merging = {"other_id": other["person_id"], "reason": "same_number", "words": "Synthetic."}
    taking = {"verdict": "eligible", "reason_code": "suits", "words": "Synthetic."}
    for who, method, address, body, present, about in (
        (client, "POST", f"{here}/eligibility-decisions", {}, stands, person),
        (client, "POST", f"{here}/withdrawals", away, stands, person),
        (client, "PUT", f"{here}/identity", other, stands | {"person_id": person}, person),
        (boss, "POST", f"{deciding}/overrides", DEPARTURE, {"state": "settled", "verdict": "eligible"}, decision["id"]),
        (boss, "POST", f"{deciding}/determination", taking, {"state": "settled", "verdict": "eligible"}, person),
        (boss, "POST", f"/v1/people/{person}/merges", merging, {"same_person_ids": [person]}, person),
    ):  # fmt: skip
        answer = await who.request(method, address, json=body, headers=STALE | a_key())
        assert answer.status_code == 412, (address, answer.text)
        assert answer.json()["present"] == present, address
        await shown_once(owner, answer, about)


async def test_a_navigators_particulars_are_compared_whole(clients, owner):
    boss = clients(Role.SUPERVISOR)
    body = particulars(actor_id="0190b3a0-0000-7000-8000-00000000abcd")
    made = (await boss.post("/v1/navigators", json=body, headers=a_key())).json()
    here = f"/v1/navigators/{made['id']}"
    answer = await stale(boss, "PUT", here, particulars(capacity=5, specialisms=["women"]))
    assert fields(answer).keys() == {"#/capacity", "#/specialisms"}
    await shown_once(owner, answer, made["id"])


async def test_who_may_not_read_it_is_shown_nothing(client, clients, owner):
    record = await booked(client, screening=KNOWN)
    here = f"{RECORDS}/{record['id']}"
    answer = await clients(Role.CUSTODY_OFFICER, "PETERLEE").put(
        f"{here}/screening", json=KNOWN, headers=STALE
    )
    assert answer.status_code == 404
    (row,) = await entries(owner, answer)
    assert row.event == "request.refused"
    wrong = {"given_names": "Canaryword", "reason": "mistyped"}
    with capture_logs() as lines:
        shown = await client.put(f"{here}/person", json=wrong, headers=STALE)
    assert "Canaryword" in shown.text
    assert [line["refused"] for line in lines] == ["overtaken"]
    assert "Canaryword" not in str(lines)
    assert record["person"]["given_names"] not in str(lines)


READING = {
    Permission.SAVE_SCREENING: {Permission.READ_CUSTODY_RECORD, Permission.READ_PERSON},
    Permission.DETAIN: {Permission.READ_CUSTODY_RECORD},
    Permission.DECIDE_ELIGIBILITY: {Permission.READ_CUSTODY_RECORD},
    Permission.DETERMINE_ELIGIBILITY: {Permission.READ_ELIGIBILITY},
    Permission.PROPOSE_OVERRIDE: {Permission.READ_ELIGIBILITY},
    Permission.ASSESS_NEEDS: {Permission.READ_NEEDS},
    Permission.RECORD_CONSENT: {Permission.READ_CONSENT},
    Permission.MERGE_PEOPLE: {Permission.READ_PERSON},
    Permission.WORK_CONTRACT: {Permission.READ_CONTRACT},
    Permission.DECIDE_CONTRACT: {Permission.READ_CONTRACT},
    Permission.PLAN_APPOINTMENT: {Permission.READ_SESSIONS},
    Permission.WORK_SESSIONS: {Permission.READ_SESSIONS},
    Permission.EDIT_LISTINGS: {Permission.READ_LISTINGS},
    Permission.MANAGE_NAVIGATORS: {Permission.MANAGE_NAVIGATORS},
    Permission.WORK_CONTRACT: {Permission.READ_CONTRACT},
    Permission.DECIDE_CONTRACT: {Permission.READ_CONTRACT},
    Permission.PLAN_APPOINTMENT: {Permission.READ_SESSIONS},
    Permission.WORK_SESSIONS: {Permission.READ_SESSIONS},
    Permission.REFER: {Permission.READ_REFERRALS},
    Permission.ANSWER_REFERRAL: {Permission.ANSWER_REFERRAL},
}


def test_whoever_may_edit_may_read_what_a_stale_edit_shows(app):
    """By hand: a new door with If-Match says here which permission its reading takes."""
    editing = set()
    for route in routes_of(app):
        slugs = str([answer.get("content") for answer in route.responses.values()])
        if "'overtaken'" in slugs:
            editing |= {
                each.call.permission
                for each in route.dependant.dependencies
                if isinstance(each.call, Holding)
            }
    assert editing == READING.keys()
    for held in GRANTS.values():
        for permission, reading in READING.items():
            assert permission not in held or reading <= held
