"""What becomes of contracts to engage: each story from the custody suite through the front door."""

import pytest

from builders import a_key, an_offence
from contracting import CONTRACT, TODAY, WORK, a_bench
from delivering import problem
from navigating import registered

pytestmark = pytest.mark.slow

__all__ = ["a_bench"]
MORE = [*CONTRACT["conditions"], WORK]
CHANGED = {"reason_code": "needs_changed", "conditions": MORE}


async def test_somebody_declines_to_sign_and_no_contract_comes_of_it(a_bench):
    bench = await a_bench()
    await bench.draft()
    await bench.post("offer")
    wordless = await bench.take("decline", "other")
    assert problem(wordless, 422, "rule-broken")["errors"][0]["code"] == "words-missing"
    answer = await bench.take("decline", "conditions_refused")
    assert answer.status_code == 200, answer.text
    assert bench.contract["state"] == "declined"
    assert [step["step"] for step in bench.contract["next_steps"]] == ["record_outcome"]
    problem(await bench.sign("person"), 409, "contract-step-not-allowed")
    assert bench.contract["starts_on"] is None


async def test_somebody_agrees_and_never_comes_to_sign(a_bench):
    bench = await a_bench()
    await bench.draft()
    await bench.post("offer")
    bench.clock_to("2026-11-20T12:00:00Z")
    wrong = await bench.take("lapse", "death")
    assert problem(wrong, 422, "rule-broken")["errors"][0]["code"] == "reason-of-another-step"
    unknown = await bench.take("lapse", "canary")
    for answer in (wrong, unknown):
        (fault,) = answer.json()["errors"]
        assert fault["pointer"] == "#/reason_code"
        assert fault["detail"] == "Choose one of: no_show, not_reached, out_of_time, other."
    assert unknown.status_code == 422
    answer = await bench.take("lapse", "no_show", "2026-11-20T11:00:00Z")
    assert answer.status_code == 200, answer.text
    assert bench.contract["state"] == "lapsed"
    assert [step["event"] for step in bench.contract["steps"]] == [
        "contract.drafted",
        "contract.offered",
        "contract.lapsed",
    ]


async def test_days_in_hospital_are_given_back(a_bench):
    bench = await a_bench()
    await bench.active()
    assert bench.contract["ends_on"] == "2027-03-02"
    bench.clock_to("2026-12-01T12:00:00Z")
    answer = await bench.take("suspension", "hospital", "2026-11-29T23:30:00Z")
    assert answer.status_code == 200, answer.text
    assert bench.contract["clock"]["stands_still_since"] == "2026-11-29T23:30:00Z"
    problem(await bench.take("suspension", "hospital"), 409, "contract-step-not-allowed")
    bench.clock_to("2026-12-10T12:00:00Z")
    early = await bench.post("resumption", {"happened_at": "2026-11-28T12:00:00Z"})
    assert problem(early, 422, "rule-broken")["errors"][0]["code"] == "before-the-last-step"
    answer = await bench.post("resumption", {"happened_at": "2026-12-10T09:00:00Z"})
    assert answer.status_code == 200, answer.text
    assert (bench.contract["ends_on"], bench.contract["clock"]["excused_days"]) == (
        "2027-03-13",
        11,
    )
    problem(
        await bench.post("resumption", {"happened_at": "2026-12-10T09:00:00Z"}),
        409,
        "contract-step-not-allowed",
    )


async def test_a_contract_is_varied_by_terms_that_are_signed_again_while_the_old_ones_stand(
    a_bench,
):
    bench = await a_bench()
    await bench.active()
    problem(await bench.sign("person"), 409, "no-change-proposed")
    problem(await bench.take("decline", "changed_mind"), 409, "no-change-proposed")
    assert (await bench.post("terms", CHANGED)).status_code == 201
    contract = bench.contract
    assert (contract["state"], contract["terms"]["number"]) == ("active", 1)
    assert (contract["proposed"]["number"], contract["proposed"]["kind"]) == (2, "variation")
    await bench.take("decline", "changed_mind")
    assert (bench.contract["state"], bench.contract["proposed"]) == ("active", None)
    await bench.post("terms", CHANGED)
    await bench.sign("person")
    bench.clock_to("2026-11-10T12:00:00Z")
    await bench.take("suspension", "waiting_list", "2026-11-04T12:00:00Z")
    await bench.post("resumption", {"happened_at": "2026-11-10T12:00:00Z"})
    for role in ("navigator", "supervisor"):
        answer = await bench.sign(role, "2026-11-10T12:00:00Z")
        assert answer.status_code == 201, answer.text
    contract = bench.contract
    assert (contract["terms"]["number"], contract["proposed"]) == (3, None)
    assert (contract["starts_on"], contract["ends_on"]) == ("2026-11-03", "2027-03-08")
    assert len(contract["terms"]["conditions"]) == 3
    assert [each["number"] for each in contract["earlier"]] == [1, 2]


async def test_a_navigator_falls_sick_and_their_contracts_go_on_with_another(a_bench, clients):
    bench = await a_bench()
    await bench.draft()
    await bench.post("offer")
    await bench.sign("navigator")
    colleague = await registered(clients)
    here = f"/v1/navigators/{bench.navigator.id}"
    mapping = [{"custody_record_id": bench.record["id"], "navigator_id": colleague.id}]
    plan = await bench.boss.post(f"{here}/reassignment-plan", json={"mapping": mapping})
    assert plan.json()["holds"], plan.text
    gone = await bench.boss.post(
        f"{here}/reassignments",
        json={"reason_code": "sick", "mapping": mapping},
        headers=a_key() | {"If-Match": plan.headers["etag"]},
    )
    assert gone.status_code == 201, gone.text
    problem(await bench.sign("person"), 404, "contract-not-found")
    bench.navigator = colleague
    assert (await bench.sign("person")).status_code == 201
    assert (await bench.sign("supervisor")).status_code == 201
    assert (bench.contract["state"], bench.contract["ends_on"]) == ("active", "2027-03-02")


@pytest.fixture
def assault():
    """Tried only before magistrates: proceedings start by 1 May 2027, or never."""
    return [an_offence(code="CJ88001", committed_from="2026-11-01")]


async def test_an_extension_past_the_prosecution_clock_is_refused_but_to_a_supervisor(
    a_bench, assault
):
    bench = await a_bench(offences=assault)
    contract = await bench.active()
    assert contract["clock"]["limit_on"] == "2027-04-17"
    more = {"reason_code": "more_time", "conditions": MORE}
    late = problem(
        await bench.post("terms", more | {"ends_on": "2027-04-18"}), 409, "past-prosecution-limit"
    )
    assert late["limit_on"] == "2027-04-17"
    override = more | {"ends_on": "2027-04-18", "override_words": "The prosecutor has laid it."}
    problem(await bench.post("terms", override), 403, "limit-override-not-yours")
    assert (await bench.post("terms", more | {"ends_on": "2027-04-10"})).status_code == 201
    assert bench.contract["proposed"]["kind"] == "extension"
    contract = await bench.sign_all()
    assert (contract["ends_on"], contract["at_risk"]) == ("2027-04-10", [])
    bench.clock_to("2026-12-10T12:00:00Z")
    await bench.take("suspension", "prison", "2026-11-20T12:00:00Z")
    await bench.post("resumption", {"happened_at": "2026-12-10T12:00:00Z"})
    assert bench.contract["ends_on"] == "2027-04-17"  # twenty days excused, seven are left
    answer = await bench.post("terms", override, by=bench.boss)
    assert answer.status_code == 201, answer.text
    contract = await bench.sign_all("2026-12-10T12:00:00Z")
    assert (contract["ends_on"], contract["terms"]["override_words"]) == (
        "2027-04-18",
        "The prosecutor has laid it.",
    )
    assert [risk["risk"] for risk in contract["at_risk"]] == ["past_limit"]
    again = await bench.post("terms", more)  # the same last day is no longer one
    assert again.status_code == 201, again.text


async def test_where_no_prosecution_limit_runs_an_extension_still_has_its_longest_term(a_bench):
    bench = await a_bench()
    contract = await bench.active()
    assert (contract["clock"]["limit_on"], contract["clock"]["longest_on"]) == (None, "2027-05-02")
    more = {"reason_code": "more_time", "conditions": MORE}
    too_long = more | {"ends_on": "2027-05-03"}
    late = problem(await bench.post("terms", too_long), 409, "past-longest-term")
    assert late["longest_on"] == "2027-05-02"
    assert (await bench.post("terms", more | {"ends_on": "2027-05-02"})).status_code == 201
    assert (await bench.sign_all())["ends_on"] == "2027-05-02"
    override = too_long | {"override_words": "The provider's course ends then."}
    problem(await bench.post("terms", override), 403, "limit-override-not-yours")
    assert (await bench.post("terms", override, by=bench.boss)).status_code == 201
    contract = await bench.sign_all()
    assert (contract["ends_on"], contract["terms"]["override_words"]) == (
        "2027-05-03",
        "The provider's course ends then.",
    )
    assert contract["terms"]["override_by"] is not None


async def test_a_contract_is_completed_by_somebody_who_does_not_work_the_case(a_bench):
    bench = await a_bench()
    await bench.active()
    bench.clock_to("2027-03-03T12:00:00Z")
    assert [each["risk"] for each in (await bench.read())["at_risk"]] == ["overdue"]
    problem(await bench.take("completion", "conditions_met"), 403, "not-permitted")
    answer = await bench.take("completion", "conditions_met", by=bench.boss)
    assert problem(answer, 409, "conditions-open")["conditions"] == 2
    named = {"words": "All was seen at the last meeting.", "by": bench.boss}
    answer = await bench.take("completion", "named_reason", "2027-03-03T11:00:00Z", **named)
    assert answer.status_code == 200, answer.text
    assert (bench.contract["state"], bench.contract["at_risk"]) == ("completed", [])
    gone = {"by": bench.boss}
    problem(await bench.take("closure", "death", **gone), 409, "contract-step-not-allowed")
    problem(await bench.post("terms", CHANGED, **gone), 409, "contract-step-not-allowed")
    problem(await bench.post("terms", CHANGED), 404, "contract-not-found")


async def test_consent_that_is_withdrawn_puts_a_contract_at_risk_until_it_is_withdrawn_too(
    a_bench,
):
    bench = await a_bench()
    await bench.active()
    here = f"/v1/custody-records/{bench.record['id']}/consents"
    asking = (await bench.officer.get(here)).json()["items"][0]
    given = await bench.officer.post(
        f"/v1/consents/{asking['id']}/withdrawals",
        json={
            "kind": "programme",
            "reason_code": "no_reason_given",
            "told_by": "person",
            "withdrawn_at": TODAY,
        },
        headers=a_key(),
    )
    assert given.status_code == 201, given.text
    assert [each["risk"] for each in (await bench.read())["at_risk"]] == ["consent_withdrawn"]
    problem(await bench.post("terms", CHANGED), 409, "consent-needed")
    answer = await bench.take("withdrawal", "consent_withdrawn")
    assert answer.status_code == 200, answer.text
    assert bench.contract["state"] == "withdrawn"
