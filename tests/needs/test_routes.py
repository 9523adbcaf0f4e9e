from datetime import timedelta
from uuid import uuid4

import pytest

from assessing import (
    INSTRUMENT,
    WHOLE_NEEDS,
    a_pathway,
    all_pathways,
    answered,
    assess,
    assessed,
    place_of,
)
from builders import KNOWN, a_key, booked, eligible
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from checkpoint.needs.scoring import score
from checkpoint.needs.states import Pathway
from conftest import NOON
from traces import counts, entries

KEPT = ("needs_draft", "needs_assessment", "needs_pathway", "needs_answer", "needs_statement")
TOUCHED = {
    "strengths": [{"words": "Pays the rent on time.", "basis": "fact"}],
    "statements": [{"words": "May have to move.", "basis": "assessment"}],
    "own_view": "I want a place of my own.",
}
REFUSED = {"not_assessed": {"reason_code": "refused"}}


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


def here(assessment):
    return f"/v1/needs-assessments/{assessment['id']}"


async def complete(client, assessment, tag, key=None, **body):
    headers = (key or a_key()) | {"If-Match": tag}
    return await client.post(f"{here(assessment)}/completion", json=body, headers=headers)


async def save(client, assessment, tag, **changes):
    return await client.patch(here(assessment), json=changes, headers={"If-Match": tag})


async def begun(client, record, **changes):
    answer = await client.post(place_of(record), json={"draft": True} | changes, headers=a_key())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_needs_are_assessed_at_once_and_scored(client, owner):
    record = await eligible(client)
    pathways = all_pathways(
        accommodation=a_pathway("accommodation", 1, **TOUCHED),
        finance=REFUSED | {"own_view": "That is my business."},
        health=a_pathway("health", answers=[*answered("health", 2)[:2], {"question": "gets_treatment", "option": "not_known"}]),
    )  # fmt: skip
    external = [{"code": "crime_pics_score", "score": 41}]
    answer = await assess(client, record, pathways=pathways, external_scores=external)
    view = answer.json()
    assert (answer.status_code, view["state"], view["missing"]) == (201, "completed", [])
    assert answer.headers["location"] == here(view)
    assert answer.headers["etag"] == '"1-completed"'
    found = {each["pathway"]: each for each in view["pathways"]}
    home, money, health = found["accommodation"], found["finance"], found["health"]
    assert (home["score"], home["level"], home["complete"]) == (3, "medium", True)
    assert [each["label"] for each in home["answers"]] == [
        "With friends, in a hostel or somewhere else for the time being",
        "Perhaps",
    ]
    assert home["strengths"] == [TOUCHED["strengths"][0] | {"carried_over": False}]
    assert home["statements"][0]["basis"] == "assessment"
    assert home["own_view"] == TOUCHED["own_view"]
    assert (money["score"], money["not_assessed_reason"]) == (None, "refused")
    assert (money["linked_to_offending"], money["answers"]) == (None, [])
    assert (health["score"], health["score_at_least"], health["score_at_most"]) == (None, 6, 9)
    assert health["answers"][2]["score"] is None
    assert [each["score"] for each in view["external_scores"]] == [41]
    read = await client.get(here(view))
    assert read.json() == view
    events = sorted(row.event for row in await entries(owner, answer, read))
    assert events == ["needs.assessed", "needs.read"]


async def test_the_same_request_twice_assesses_once(client, owner):
    record, key = await eligible(client), a_key()
    first = await assess(client, record, key)
    before = await counts(owner, *KEPT)
    again = await assess(client, record, key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert await counts(owner, *KEPT) == before


async def test_a_draft_is_saved_half_done_and_completed_by_somebody_else(client, clients, owner):
    record = await eligible(client)
    draft = await begun(client, record, timepoint="baseline")
    assert (draft["state"], len(draft["missing"])) == ("draft", 24)
    completing = steps_of(draft)["complete_needs_draft"]
    assert (completing["allowed"], completing["missing"]) == (False, draft["missing"])
    assert steps_of(draft).keys() == {"save_needs_draft", "complete_needs_draft"}
    (line,) = (await client.get(place_of(record))).json()["items"]
    assert line["next_steps"] == draft["next_steps"]
    one = await save(client, draft, '"1"', pathways={"accommodation": a_pathway("accommodation")})
    colleague = clients(Role.SUPERVISOR, name="colleague")
    two = await save(
        colleague,
        draft,
        one.headers["etag"],
        assessed_at=WHOLE_NEEDS["assessed_at"],
        pathways={"accommodation": {"own_view": TOUCHED["own_view"]}},
    )
    said = two.json()["form"]["pathways"]["accommodation"]
    assert said["own_view"] == TOUCHED["own_view"]
    assert [each["option"] for each in said["answers"]] == ["own_or_family", "no"]
    refused(await save(client, draft, '"2"', timepoint="review"), 412, "overtaken")
    refused(await client.patch(here(draft), json={}), 428, "if-match-missing")
    early = await complete(colleague, draft, '"3"')
    assert ("#/pathways/health/linked_to_offending", "not-known-yet") in faults(early)
    rest = {each: a_pathway(each) for each in Pathway if each is not Pathway.ACCOMMODATION}
    three = await save(client, draft, '"3"', pathways=rest)
    assert three.json()["missing"] == []
    assert steps_of(three.json())["complete_needs_draft"]["allowed"]
    key = a_key()
    done, again = [await complete(colleague, draft, '"4"', key) for _ in range(2)]
    assert (done.status_code, done.json()["id"]) == (201, draft["id"])
    assert again.json() == done.json()
    view = done.json()
    assert view["begun_by"] != view["completed"]["completed_by"]
    refused(await save(client, draft, '"5"', timepoint="review"), 409, "needs-assessment-completed")
    refused(await complete(client, draft, '"5"'), 409, "needs-assessment-completed")
    events = [row.event for row in await entries(owner, one, two, three, done)]
    assert sorted(events) == ["needs.assessed", *["needs.draft_saved"] * 3]


async def test_a_draft_waits_for_days_and_keeps_its_instrument(client, app):
    record = await eligible(client)
    draft = await begun(client, record, **{k: v for k, v in WHOLE_NEEDS.items() if k != "draft"})
    at(app, NOON + timedelta(days=40))
    assert (await client.get(here(draft))).json()["form"] == draft["form"]
    listed = (await client.get(place_of(record))).json()
    assert [item["id"] for item in listed["items"]] == [draft["id"]]
    step = steps_of(listed)["assess_needs"]
    assert (step["allowed"], step["why_not"]) == (False, "One is half-done; go on with that.")
    assert (await complete(client, draft, '"1"')).status_code == 201


async def test_a_case_has_one_draft_and_it_is_named(client):
    record = await eligible(client)
    draft = await begun(client, record)
    answer = await client.post(place_of(record), json={"draft": True}, headers=a_key())
    assert refused(answer, 409, "needs-draft-open")["assessment_id"] == draft["id"]


async def test_a_first_assessment_wants_an_eligible_case(client):
    record = await booked(client, screening=KNOWN)
    answer = await assess(client, record)
    assert refused(answer, 409, "needs-not-open")["verdict"] == "not decided"
    listed = (await client.get(place_of(record))).json()
    assert steps_of(listed)["assess_needs"]["why_not"].startswith("Needs are first assessed where")
    prefilled = (await client.get(f"{place_of(record)}/prefilled")).json()
    assert (prefilled["prefilled_from"], prefilled["left_out"]) == (None, [])


async def test_the_next_one_is_pre_filled_and_each_answer_is_marked_until_confirmed(client):
    record = await eligible(client)
    pathways = all_pathways(
        accommodation=a_pathway("accommodation", 1, **TOUCHED), finance=dict(REFUSED)
    )
    first = await assessed(client, record, pathways=pathways)
    prefilled = (await client.get(f"{place_of(record)}/prefilled")).json()
    assert prefilled["prefilled_from"] == first["id"]
    form = prefilled["pathways"]
    home = form["accommodation"]
    assert {each["carried_over"] for each in (*home["answers"], *home["strengths"])} == {True}
    assert (home["own_view"], form["finance"]) == (None, None)
    draft = await begun(
        client,
        record,
        timepoint="review",
        assessed_at="2026-11-03T11:00:00Z",
        prefilled_from=first["id"],
        pathways=form | {"finance": REFUSED},
    )
    assert draft["missing"] == []
    assert "pathways/accommodation/strengths/0" in draft["not_confirmed"]
    saved = await save(
        client, draft, '"1"', pathways={"accommodation": {"answers": answered("accommodation", 1)}}
    )
    assert "pathways/accommodation/answers/where_living" not in saved.json()["not_confirmed"]
    early = faults(await complete(client, draft, '"2"'))
    assert {code for _, code in early} == {"not-confirmed-yet"}
    done = (await complete(client, draft, '"2"', confirm_carried_over=True)).json()
    assert done["completed"]["prefilled_from"] == first["id"]
    scores = [[each["score"] for each in a["completed"]["scores"]] for a in (first, done)]
    assert scores[0] == scores[1]
    found = {each["pathway"]: each for each in done["pathways"]}
    assert {a["carried_over"] for a in found["accommodation"]["answers"]} == {False}
    assert {a["carried_over"] for a in found["health"]["answers"]} == {True}
    assert found["health"]["link_carried_over"] is True


async def test_a_correction_is_another_assessment_and_the_first_is_read_as_it_was(client, app):
    record = await eligible(client)
    first = await assessed(client, record)
    refused(await assess(client, record), 409, "needs-baseline-taken")
    at(app, NOON + timedelta(days=1))
    why = {"corrects": first["id"], "correction_reason": "entered_wrongly"}
    worse = all_pathways(health=a_pathway("health", 2))
    second = await assessed(client, record, pathways=worse, **why)
    assert second["completed"]["corrects"] == first["id"]
    refused(await assess(client, record, **why), 409, "needs-assessment-corrected")
    now = await client.get(here(first))
    assert now.json()["completed"]["corrected_by"] == second["id"]
    assert now.headers["etag"] == '"1-corrected"'
    assert now.json()["pathways"] == first["pathways"]
    then = {"as_of": "2026-11-03T23:00:00Z"}
    assert (await client.get(here(first), params=then)).json() == first
    absent = await client.get(here(second), params=then)
    refused(absent, 404, "needs-assessment-not-found")
    listed = [(await client.get(place_of(record), params=p)).json() for p in ({}, then)]
    ids = [[item["id"] for item in each["items"]] for each in listed]
    assert ids == [[second["id"], first["id"]], [first["id"]]]
    assert listed[1]["items"][0]["completed"]["corrected_by"] is None
    assert listed[1]["next_steps"] == []


async def test_a_draft_is_not_told_as_of_another_moment_and_nothing_as_of_the_future(client):
    record = await eligible(client)
    draft = await begun(client, record)
    past, future = {"as_of": "2026-11-03T11:00:00Z"}, {"as_of": "2027-11-03T11:00:00Z"}
    refused(await client.get(here(draft), params=past), 404, "needs-assessment-not-found")
    assert (await client.get(place_of(record), params=past)).json()["items"] == []
    for address in (here(draft), place_of(record)):
        assert faults(await client.get(address, params=future)) == {
            ("query:as_of", "in-the-future")
        }


async def two_assessments(client):
    record = await eligible(client)
    before = all_pathways(
        accommodation=a_pathway("accommodation", 2),
        finance=dict(REFUSED),
        health=a_pathway("health", answers=[{"question": code.code, "option": "not_known"} for code in INSTRUMENT.of(Pathway.HEALTH).questions]),
    )  # fmt: skip
    first = await assessed(client, record, pathways=before)
    after = all_pathways(attitudes=a_pathway("attitudes", 1))
    second = await assessed(
        client, record, timepoint="exit", assessed_at="2026-11-03T11:30:00Z", pathways=after
    )
    return record, first, second


async def test_distance_travelled_is_told_pathway_by_pathway(client, owner):
    record, first, second = await two_assessments(client)
    address = f"/v1/custody-records/{record['id']}/distance-travelled"
    answer = await client.get(address)
    view = answer.json()
    assert (view["earlier"]["assessment_id"], view["later"]["assessment_id"]) == (
        first["id"],
        second["id"],
    )
    found = {each["pathway"]: each for each in view["pathways"]}
    assert [each["difference"] for each in view["pathways"]] == [-6, 0, None, 0, 0, None, 3]
    assert found["finance"]["why_not"] == "no figure, for it was not assessed the first time."
    assert found["health"]["why_not"].endswith("not all answers were known the first time.")
    listed = (await client.get(place_of(record))).json()
    assert steps_of(listed)["read_distance_travelled"]["href"] == address
    assert steps_of(listed).keys() >= {"assess_needs", "read_prefilled_needs"}
    back = await client.get(address, params={"from": second["id"], "to": first["id"]})
    reversed_ = [each["difference"] for each in back.json()["pathways"]]
    assert reversed_ == [6, 0, None, 0, 0, None, -3]
    assert {row.event for row in await entries(owner, answer, back)} == {"needs.compared"}
    picture = await client.get(view["picture"])
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in picture.headers["content-security-policy"]
    assert "Accommodation: from 6 to 0 of 6, 6 less." in picture.text
    assert record["person"]["given_names"] not in picture.text


async def test_one_assessment_travels_nowhere(client):
    record, first, _ = await two_assessments(client)
    address = f"/v1/custody-records/{record['id']}/distance-travelled"
    for params in ({"from": str(uuid4())}, {"from": first["id"], "to": str(uuid4())}):
        refused(await client.get(address, params=params), 404, "needs-assessment-not-found")
    other = await eligible(client)
    await assessed(client, other)
    for ending in ("", ".svg"):
        address = f"/v1/custody-records/{other['id']}/distance-travelled{ending}"
        refused(await client.get(address), 409, "needs-too-few-assessments")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"instrument_version": "other-2099"}, ("#/instrument_version", "instrument-not-in-use")),
        ({"prefilled_from": str(uuid4())}, ("#/prefilled_from", "assessment-not-here")),
        ({"timepoint": None}, ("#/timepoint", "not-known-yet")),
        ({"pathways": {"canary": {}}}, ("#/pathways/canary", "extra-forbidden")),
        (
            {"pathways": {"health": {"answers": [{"question": "Canary", "option": "no"}]}}},
            ("#/pathways/health/answers/0/question", "string-pattern-mismatch"),
        ),
        (
            {"pathways": {"health": {"own_view": "x" * 1001}}},
            ("#/pathways/health/own_view", "too-long"),
        ),
        (
            {"pathways": {"health": {"strengths": TOUCHED["strengths"] * 11}}},
            ("#/pathways/health/strengths", "too-long"),
        ),
        ({"external_scores": [{"code": "crime_pics_score", "score": 4.5}]}, ("#/external_scores/0/score", "int-type")),
    ],
)  # fmt: skip
async def test_bad_input_is_refused_by_its_place_and_changes_nothing(client, owner, changes, fault):
    record, before = await eligible(client), await counts(owner, *KEPT)
    answer = await assess(client, record, **changes)
    problem = answer.json()
    assert answer.status_code == 422, answer.text
    assert fault in {(each["pointer"], each["code"]) for each in problem["errors"]}
    assert "Canary" not in answer.text
    assert await counts(owner, *KEPT) == before
    assert len(await entries(owner, answer)) == 1


async def test_a_draft_takes_nothing_that_the_instrument_does_not_ask(client):
    record = await eligible(client)
    draft = await begun(client, record)
    wrong = [{"question": "elsewhere", "option": "no"}]
    answer = await save(client, draft, '"1"', pathways={"health": {"answers": wrong}})
    assert faults(answer) == {("#/pathways/health/answers/0/question", "question-not-asked")}
    assert (await client.get(here(draft))).headers["etag"] == '"1"'


async def test_an_assessment_elsewhere_is_not_there_and_navigators_reach_none_but_their_own(
    client, clients
):
    record, first, _ = await two_assessments(client)
    stranger = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    for id in (first["id"], uuid4()):
        refused(
            await stranger.get(f"/v1/needs-assessments/{id}"), 404, "needs-assessment-not-found"
        )
    refused(await stranger.get(place_of(record)), 404, "custody-record-not-found")
    refused(await assess(stranger, record), 404, "custody-record-not-found")
    navigator = clients(Role.NAVIGATOR)  # of that suite, which opens nothing to them
    refused(await navigator.get(here(first)), 404, "needs-assessment-not-found")
    refused(await assess(navigator, record), 404, "custody-record-not-found")


async def test_the_instrument_and_the_lists_can_be_read(client):
    listed = (await client.get("/v1/reference/needs-instruments")).json()["items"][0]
    assert listed["code"] == INSTRUMENT.version
    read = (await client.get(f"/v1/reference/needs-instruments/{listed['code']}")).json()
    assert read["instrument"] == INSTRUMENT.model_dump(mode="json")
    absent = await client.get("/v1/reference/needs-instruments/absent")
    refused(absent, 404, "needs-instrument-not-found")
    pathways = (await client.get("/v1/reference/pathways")).json()["items"]
    assert [each["code"] for each in pathways] == [*Pathway]
    crossing = (await client.get("/v1/reference/pathway-crosswalk")).json()
    assert len(crossing["entries"]) == 9


async def test_every_stored_score_comes_out_again_from_its_answers(client):
    _, first, second = await two_assessments(client)
    for assessment in (first, second):
        for each in assessment["pathways"]:
            answers = {answer["question"]: answer["option"] for answer in each["answers"]}
            found = score(INSTRUMENT.of(Pathway(each["pathway"])), INSTRUMENT.levels, answers)
            told = (each["score"], each["score_at_least"], each["score_at_most"], each["level"])
            assert told == (found.score, found.at_least, found.at_most, found.level)
