"""A masked trial of three arms: every count is that of a plain walk through its people."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from checkpoint.evaluation import facts
from checkpoint.foundation.actors import Role
from evaluating import ROSSI, SMALL

pytestmark = pytest.mark.xdist_group("evaluation")
PLACE = f"/v1/trials/{SMALL}/evaluation"
DOORS = {
    "": "summary",
    "/subgroups": "subgroups",
    "/time-to-event": "time_to_event",
    "/baseline": "baseline",
    "/amounts": "amounts",
}
STATISTICIAN = Role.STATISTICIAN


async def told(at_cuts, door="", role=STATISTICIAN, **params):
    answer = await at_cuts(role).get(f"{PLACE}{door}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def lying(evaluated):
    return evaluated[1]


def window(person, months):
    """Days to the day before the same day so many months on."""
    end = person.allocated_on + relativedelta(months=months)
    clipped = end.day < person.allocated_on.day
    return (end - person.allocated_on).days - (0 if clipped else 1)


def seen(person, measure):
    """Days until somebody was observed; what is proven of whoever was lost, six months less."""
    if measure == "proven" and person.ended_by == "lost_to_follow_up":
        lost = person.allocated_on + timedelta(days=person.observed_days)
        return max((lost - relativedelta(months=6) - person.allocated_on).days, 0)
    return person.observed_days


def passed(cut, person, measure, months):
    until = cut.followed_until
    if measure == "proven":
        until -= relativedelta(months=6)
    width = window(person, months)
    early = person.ended_by != "data_cut"
    return person.allocated_on + timedelta(days=width) <= until and (
        early or person.observed_days >= width
    )


async def test_the_summary_counts_whose_horizon_had_passed_and_to_whom_it_happened(at_cuts, lying):
    cut, people, _ = lying
    found = await told(at_cuts)
    assert (found["cut"]["number"], found["cut"]["digest"]) == (2, "0" * 64)
    assert found["cut"]["rule_sets"] == ["2019-04-01"]
    assert [arm["arm"] for arm in found["arms"]] == [None] * 3
    assert found["masked"].startswith("Arms are letters")
    results = found["populations"][0]["results"]
    assert [(each["measure"], each["horizon"]) for each in results] == [
        (measure, f"{months} months")
        for measure in ("arrest", "charge", "proven")
        for months in (6, 12)
    ]
    assert found["primary_outcome"] is None
    assert found["no_primary_outcome"].startswith("No primary outcome was fixed in advance.")
    assert not any(each["primary"] for each in results)
    for each in results:
        measure, months = each["measure"], int(each["until"].split()[0])
        for arm in each["arms"]:
            of = [p for p in people if p.mask == arm["mask"] and passed(cut, p, measure, months)]
            first = [getattr(p, f"{measure}_day") for p in of]
            happened = [
                day is not None and day <= window(p, months)
                for p, day in zip(of, first, strict=True)
            ]
            assert (arm["people"], arm["happened"]) == (len(of), sum(happened))
            assert arm["gone"] == sum(
                seen(p, measure) < window(p, months) and day is None
                for p, day in zip(of, first, strict=True)
            )
        assert [c["arm"] for c in each["comparisons"]] == ["B", "C"]
        assert {c["compared_with"] for c in each["comparisons"]} == {"A"}
        assert each["tests"][0]["df"] == 2
    assert "30 September 2026" in results[0]["denominator"]
    assert "30 March 2026" in results[-1]["denominator"]


async def test_what_would_tell_the_letters_is_told_of_everybody_together(at_cuts, lying):
    cut, people, _ = lying
    found = (await told(at_cuts))["populations"]
    kept = {"as_delivered": lambda p: p.delivered_mask, "per_protocol": lambda p: p.per_protocol}
    for population in found[1:]:
        of = [p for p in people if kept[population["population"]](p)]
        for each in population["results"]:
            months = int(each["until"].split()[0])
            assert each["arms"] == each["comparisons"] == each["tests"] == []
            assert each["withheld"].startswith("By arm this is withheld")
            assert each["everybody"]["people"] == sum(
                passed(cut, p, each["measure"], months) for p in of
            )
    (only,) = (await told(at_cuts, population="per_protocol"))["populations"]
    assert only == found[2]
    times = await told(at_cuts, "/time-to-event", population="as_delivered")
    assert (times["curves"], times["tests"], times["unadjusted"]) == ([], [], None)
    assert times["everybody"]["people"] == sum(p.delivered_mask is not None for p in people)
    amounts = await told(at_cuts, "/amounts", population="per_protocol")
    for amount in [*amounts["of_cases"], *amounts["within"][0]["amounts"]]:
        assert amount["arms"] == amount["comparisons"] == []
    cost = amounts["of_cases"][1]["everybody"]
    assert (cost["people"], cost["total"]) == (150, sum(p.cost_pence for p in people))
    assert [each["amount"] for each in amounts["of_cases"]] == [
        "distance_travelled",
        "cost_pence",
        "custody_days",
        "wellbeing",
        "victim_satisfaction",
    ]
    for each in amounts["of_cases"][3:]:
        points = [getattr(p, each["amount"]) for p in people]
        known = [one for one in points if one is not None]
        told_of = each["everybody"]
        assert told_of["people"] == len(known) < 150
        assert told_of["mean"]["value"] == pytest.approx(sum(known) / len(known), abs=1e-3)


async def test_curves_count_everybody_until_they_were_seen_no_longer(at_cuts, lying):
    cut, people, _ = lying
    for measure in ("charge", "proven"):
        found = await told(at_cuts, "/time-to-event", measure=measure)
        until = cut.followed_until - relativedelta(months=6 if measure == "proven" else 0)
        for curve in found["curves"]:
            of = [p for p in people if p.mask == curve["mask"]]
            days = Counter(
                getattr(p, f"{measure}_day")
                if getattr(p, f"{measure}_day") is not None
                else max(min(seen(p, measure), (until - p.allocated_on).days), 0)
                for p in of
            )
            assert {s["day"]: s["events"] + s["censored"] for s in curve["steps"]} == days
            assert curve["people"] == len(of)
            for at in curve["at_risk"]:
                left = sum(count for day, count in days.items() if day >= at["day"])
                assert at["at_risk"] == left
    terms = {hazard["term"] for hazard in found["adjusted"]["hazards"]}
    assert {"B", "C", "sex: F", "in_work", "prior_arrests", "housing: none"} <= terms
    assert found["adjusted"]["left_out"]["age"] == "it is not known of everybody"


async def test_amounts_are_sums_over_people(at_cuts, lying):
    cut, people, events = lying
    by_person = {p.participant_id: [] for p in people}
    for each in events:
        if each.measure == "arrest":
            by_person[each.participant_id].append(each)
    found = await told(at_cuts, "/amounts")
    within = found["within"][1]
    assert (within["measure"], within["horizon"]) == ("arrest", "12 months")
    frequency, harm = within["amounts"]
    for arm, harmed in zip(frequency["arms"], harm["arms"], strict=True):
        of = [p for p in people if p.mask == arm["mask"] and passed(cut, p, "arrest", 12)]
        inside = [[e for e in by_person[p.participant_id] if e.day <= window(p, 12)] for p in of]
        assert (arm["people"], arm["total"]) == (len(of), sum(map(len, inside)))
        assert arm["mean"]["value"] == pytest.approx(sum(map(len, inside)) / len(of))
        days = sum(min(p.observed_days, window(p, 12)) for p in of)
        assert arm["a_year"]["value"] == pytest.approx(sum(map(len, inside)) / days * 365.25)
        weights = [
            sum(e.harm_days or 0 for e in each if not e.proactively_detected) for each in inside
        ]
        assert (harmed["people"], harmed["total"]) == (len(of), pytest.approx(sum(weights)))
    assert [c["arm"] for c in harm["comparisons"]] == ["B", "C"]
    assert all(c["ratio"]["value"] > 0 for c in frequency["comparisons"])


async def test_subgroups_come_with_a_warning_and_tests_of_interaction(at_cuts, lying):
    cut, people, _ = lying
    found = await told(at_cuts, "/subgroups", measure="arrest", horizon="6 months")
    assert found["warning"].startswith("Exploratory. 8 tests are made here")
    assert "about 0.4 would" in found["warning"]
    by_name = {each["by"]: each for each in found["subgroups"]}
    assert [*by_name] == ["sex", "age_band", "ethnicity", "offence_group"]
    for level in by_name["sex"]["levels"]:
        for arm in level["arms"]:
            of = [p for p in people if p.sex == level["level"] and p.mask == arm["mask"]]
            assert arm["people"] == sum(passed(cut, p, "arrest", 6) for p in of)
    assert by_name["age_band"]["levels"][-1]["level"] == "not known"
    assert {i["test"]["df"] for i in by_name["sex"]["interactions"]} == {1}


async def test_the_baseline_counts_what_was_known(at_cuts, lying):
    _, people, _ = lying
    found = {each["name"]: each for each in (await told(at_cuts, "/baseline"))["characteristics"]}
    for value in found["housing"]["values"]:
        counted = Counter(p.mask for p in people if p.baseline["housing"] == value["value"])
        assert {arm["mask"]: arm["people"] for arm in value["arms"]} == counted
    assert [value["value"] for value in found["in_work"]["values"]] == ["false", "true"]
    assert found["offence_group"]["values"][-1]["value"] == "not known"
    language = found["language"]["values"]
    assert [value["value"] for value in language] == ["English", "other", "not known"]
    assert sum(arm["people"] for arm in language[-1]["arms"]) == 30
    ages = [p.age for p in people if p.mask == "A" and p.age is not None]
    assert found["age"]["numbers"][0]["mean"] == pytest.approx(sum(ages) / len(ages))


def few_in(found):
    """Every count of people in an answer, by where it stands."""
    if isinstance(found, list):
        return [each for item in found for each in few_in(item)]
    if isinstance(found, dict):
        inner = [each for value in found.values() for each in few_in(value)]
        named = [found[name] for name in ("happened", "people", "events", "gone") if name in found]
        return inner + [each for each in named if isinstance(each, int)]
    return []


async def test_an_evaluator_is_shown_nothing_that_rests_on_one_to_nine(at_cuts):
    for door in ("", "/subgroups", "/time-to-event", "/baseline"):
        found = await told(at_cuts, door, role=Role.EVALUATOR)
        assert [each for each in few_in(found) if 0 < each < 10] == []
    ours, theirs = [
        await told(at_cuts, "/subgroups", role=role) for role in (Role.EVALUATOR, STATISTICIAN)
    ]
    assert "rests on 1 to 9" in str(ours)
    assert (ours["warning"], ours["tests"]) == (theirs["warning"], theirs["tests"])
    for each in ours["subgroups"]:
        hidden = [level["withheld"] for level in each["levels"] if level["withheld"]]
        assert not hidden or each["no_interactions"].startswith("Withheld with the subgroups")
    assert {each["warning"] for by in theirs["subgroups"] for each in by["interactions"]} <= {
        None,
        facts.INTERACTION_OF_FEW,
    }
    assert all(
        bool(by["interactions"]) != bool(by["no_interactions"]) for by in theirs["subgroups"]
    )
    amounts = await told(at_cuts, "/amounts", role=Role.EVALUATOR, measure="proven")
    for amount in amounts["within"][0]["amounts"]:
        few = amount["withheld"] is not None
        assert {arm["total"] is None for arm in amount["arms"]} == {few}
        assert not (few and amount["comparisons"])
    wellbeing, satisfaction = [each["everybody"] for each in amounts["of_cases"][3:]]
    assert (wellbeing["people"] > 9, satisfaction["people"], satisfaction["mean"]) == (
        True,
        None,
        None,
    )


@pytest.mark.parametrize("door", DOORS)
async def test_each_reading_is_one_entry_of_the_ledger(at_cuts, cuts_owner, lying, door):
    query = sa.text(
        "SELECT event, subject_kind, actor_role, subject_ids::text[] FROM audit_entry "
        "ORDER BY recorded_at DESC LIMIT 1"
    )
    await told(at_cuts, door, role=Role.EVALUATOR)
    async with cuts_owner.connect() as connection:
        (entry,) = (await connection.execute(query)).all()
    assert tuple(entry)[:3] == (f"evaluation.{DOORS[door]}_read", "trial", "evaluator")
    assert str(lying[0].id) in entry[3]


@pytest.mark.slow
async def test_the_same_cut_gives_the_same_bytes(at_cuts):
    for door in DOORS:
        first, again = [await at_cuts(STATISTICIAN).get(f"{PLACE}{door}") for _ in range(2)]
        assert first.content == again.content


async def test_an_empty_cut_is_told_as_empty(at_cuts):
    for door in DOORS:
        found = await told(at_cuts, door, cut=1)
        assert {arm["allocated"] for arm in found["arms"]} == {0}


async def test_what_is_known_of_nobody_is_not_known_and_is_no_nought(at_cuts):
    for population in ("as_delivered", "per_protocol"):
        asked = {"population": population, "cut": 1}
        (summary,) = (await told(at_cuts, **asked))["populations"]
        amounts = await told(at_cuts, "/amounts", **asked)
        times = await told(at_cuts, "/time-to-event", **asked)
        told_of = [summary["results"][0], amounts["within"][0], amounts["of_cases"][1], times]
        for each in told_of:
            assert each["withheld"].startswith("Not known of anybody")
        assert (times["curves"], times["tests"], summary["results"][0]["tests"]) == ([], [], [])
    for trial in (ROSSI, SMALL):
        place = f"/v1/trials/{trial}/evaluation/amounts?cut=1"
        cost = (await at_cuts(STATISTICIAN).get(place)).json()["of_cases"][1]
        assert cost["withheld"] == "Not known of anybody in this cut."
        assert cost["everybody"] is None
        assert cost["arms"] == cost["comparisons"] == []
    custody = (await at_cuts(STATISTICIAN).get(place.replace(SMALL, ROSSI))).json()["of_cases"][2]
    assert (custody["withheld"], custody["arms"]) == ("Not known of anybody in this cut.", [])


async def test_what_is_not_there_is_refused(at_cuts):
    client = at_cuts(Role.EVALUATOR)

    async def refused(door, **params):
        answer = await client.get(f"{PLACE}{door}", params=params)
        return answer.status_code, answer.json()["type"].removeprefix("/problems/")

    for door in DOORS:
        assert await refused(door, cut=3) == (404, "data-cut-not-found")
    assert await refused("/subgroups", horizon="9 months") == (422, "rule-broken")
    assert await refused("", cut=0) == (422, "request-not-understood")
    rossi = f"{PLACE.replace(SMALL, ROSSI)}/amounts"
    answer = await client.get(rossi, params={"measure": "proven"})
    assert answer.json()["errors"][0]["code"] == "measure-not-in-cut"
    missing = await client.get("/v1/trials/NONE/evaluation")
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/trial-not-found")
