"""A trial that ran elsewhere is brought in whole, or nothing of it is; and then it is cut."""

import json

import pytest
import sqlalchemy as sa

from builders import a_key
from checkpoint.foundation.actors import Role
from checkpoint.monitor.rules import masks
from conftest import SHARED
from outcomes.conftest import CODE, MANIFEST

PLACE = "/v1/trials-elsewhere"
MANAGER, STATISTICIAN, EVALUATOR = Role.TRIAL_MANAGER, Role.STATISTICIAN, Role.EVALUATOR
SMALL = {"participants": 2, "events": 1, "covariates": {}, "unit": "day"}
PEOPLE = [
    {"participant": "P1", "arm": "aid", "observed": 100, "delivered": "aid", "custody_days": 3},
    {"participant": "P2", "arm": "control", "observed": 90, "ended_by": "death"},
]
EVENTS = [{"participant": "P1", "measure": "arrest", "at": 40}]
COUNTED = sa.text("""
    SELECT mask, count(*) AS people, count(arrest_day) FILTER (WHERE arrest_day <= 364) AS arrested
      FROM cut_participant JOIN data_cut ON data_cut.id = cut_participant.cut_id
     WHERE data_cut.trial_id = (SELECT id FROM trial WHERE code = :code) AND data_cut.number = 1
     GROUP BY mask
""")
STORED = sa.text("""
    SELECT DISTINCT mask, delivered_mask FROM elsewhere_participant AS person
      JOIN trial_edition ON trial_edition.id = person.trial_edition_id WHERE code = 'OPENED'
""")
UNTOLD = sa.text("""
    SELECT DISTINCT person.custody_days, found.proactively_detected
      FROM cut_participant AS person JOIN data_cut ON data_cut.id = person.cut_id
      LEFT JOIN cut_event AS found USING (cut_id, participant_id)
     WHERE data_cut.digest = :digest ORDER BY 1 NULLS FIRST
""")
MEASURED = sa.text("""
    SELECT observed_days, custody_days, custody_day, cost_pence
      FROM cut_participant AS person JOIN data_cut ON data_cut.id = person.cut_id
     WHERE data_cut.digest = :digest ORDER BY observed_days
""")
LAST = sa.text("SELECT event, operation FROM audit_entry ORDER BY recorded_at DESC LIMIT 1")


async def sent(client, place, body, status=201):
    answer = await client.post(place, json=body, headers=a_key())
    assert answer.status_code == status, answer.text
    return answer.json()


def slug(told):
    return told["type"].removeprefix("/problems/")


async def brought_in(client, manifest, people, events):
    place = f"{PLACE}/{manifest['code']}"
    await sent(client, PLACE, manifest)
    await sent(client, f"{place}/participants", {"part": 1, "rows": people})
    if events:
        await sent(client, f"{place}/follow-up", {"part": 1, "rows": events})
    return await sent(client, f"{place}/completion", {}, 200)


async def test_rossi_comes_in_through_the_api_and_its_cut_has_the_published_counts(
    clients, rossi, owner
):
    manager, statistician = clients(MANAGER), clients(STATISTICIAN)
    told = await brought_in(manager, MANIFEST, rossi["participants"], rossi["follow_up"])
    assert (told["state"], told["received"]) == (
        "completed",
        {"participants": 432, "follow_up": 114},
    )
    trial = (await manager.get(f"/v1/trials/{CODE}")).json()
    assert (trial["kind"], trial["state"]) == ("elsewhere", "closed")
    cut = await sent(statistician, f"/v1/trials/{CODE}/data-cuts", {})
    assert (cut["participants"], cut["events"], cut["masks"]) == (432, 114, ["A", "B"])
    key = clients.app.state.vault.key()
    said = masks(MANIFEST["arms"], key=key, trial=CODE)
    async with owner.connect() as connection:
        rows = (await connection.execute(COUNTED, {"code": CODE})).all()
    counted = {row.mask: (row.people, row.arrested) for row in rows}
    assert counted == {said["aid"]: (216, 48), said["control"]: (216, 66)}
    published = SHARED / "data" / "trials" / "rossi_1980.expected.json"
    if not published.exists():
        pytest.skip("the published figures are not here")
    expected = json.loads(published.read_text())
    assert counted[said["aid"]] == (expected["arm_n"]["fin1"], expected["events"]["fin1"])
    assert counted[said["control"]] == (expected["arm_n"]["fin0"], expected["events"]["fin0"])


async def test_a_correction_is_another_edition_and_its_cut_says_what_it_changed(clients, owner):
    manager, statistician = clients(MANAGER), clients(STATISTICIAN)
    manifest = MANIFEST | SMALL | {"code": "CORRECTED"}
    cuts = "/v1/trials/CORRECTED/data-cuts"
    await brought_in(manager, manifest, PEOPLE, EVENTS)
    first = await sent(statistician, cuts, {})
    same = await sent(statistician, cuts, {})
    assert first["digest"] == same["digest"]
    assert first.pop("changes") is None
    async with owner.connect() as connection:
        rows = (await connection.execute(UNTOLD, {"digest": first["digest"]})).all()
    assert [tuple(row) for row in rows] == [(None, None), (3, None)]
    assert same["changes"]["in_words"] == "Nothing changed since data cut 1."
    people = [PEOPLE[0] | {"observed": 120}, {"participant": "P3", "arm": "control"}]
    events = [EVENTS[0] | {"at": 41}, EVENTS[0] | {"at": 300}]
    await brought_in(manager, manifest | {"events": 2}, people, events)
    third = await sent(statistician, cuts, {})
    assert (third["definitions"], third["events"]) == ("elsewhere-2", 1)
    evaluator = clients(EVALUATOR)
    few = (await evaluator.get(f"{cuts}/3/changes")).json()
    assert set(few["participants"].values()) == {None}
    assert (few["events_added"], few["events_gone"]) == ({"arrest": None}, {"arrest": None})
    assert few["in_words"].startswith("Since data cut 2: participants: fewer than 10 added,")
    assert (await evaluator.get(f"{cuts}/3")).json()["events"] is None
    told = (await statistician.get(f"{cuts}/3/changes")).json()
    assert told == third["changes"]
    assert told["in_words"] == (
        "Since data cut 2: participants: 1 added, 1 arrest_day, 1 gone, 1 observed_days; "
        "events added: 1 arrest; events gone: 1 arrest."
    )
    assert told["participants"] == {"added": 1, "gone": 1, "observed_days": 1, "arrest_day": 1}
    assert (told["events_added"], told["events_gone"]) == ({"arrest": 1}, {"arrest": 1})
    none = (await evaluator.get(f"{cuts}/2/changes")).json()
    assert (none["before"], none["participants"]) == (1, {})
    alone = (await evaluator.get(f"{cuts}/1/changes")).json()
    assert (alone["before"], alone["in_words"]) == (None, "The first: nothing was there before.")
    async with owner.connect() as connection:
        assert tuple((await connection.execute(LAST)).one()) == (
            "data_cut.changes_read",
            "consultation",
        )
    listed = (await evaluator.get(cuts)).json()["items"]
    assert [each["number"] for each in listed] == [3, 2, 1]
    assert (await statistician.get(f"{cuts}/1")).json() == first
    missing = await evaluator.get(f"{cuts}/9")
    assert (missing.status_code, slug(missing.json())) == (404, "data-cut-not-found")
    protocols = (await manager.get("/v1/trials/CORRECTED")).json()
    assert protocols["protocol_version"] == "elsewhere-2"


async def test_parts_may_come_again_after_an_interruption_and_nothing_counts_until_all_is_here(
    clients,
):
    manager, statistician = clients(MANAGER), clients(STATISTICIAN)
    manifest = MANIFEST | SMALL | {"code": "INTERRUPTED"}
    place = f"{PLACE}/INTERRUPTED"
    await sent(manager, PLACE, manifest)
    assert slug(await sent(manager, PLACE, manifest, 409)) == "trial-edition-under-way"
    for _ in range(2):
        await sent(manager, f"{place}/follow-up", {"part": 1, "rows": EVENTS})
        await sent(manager, f"{place}/participants", {"part": 1, "rows": PEOPLE[:1]})
    assert (await manager.get(place)).json()["parts"] == [
        {"kind": "follow_up", "part": 1, "rows": 1},
        {"kind": "participants", "part": 1, "rows": 1},
    ]
    other = await sent(manager, f"{place}/participants", {"part": 1, "rows": PEOPLE[1:]}, 409)
    assert slug(other) == "trial-part-received"
    early = await sent(manager, f"{place}/completion", {}, 422)
    assert early["detail"] == "participants: 1 rows are here, the manifest tells of 2"
    assert (await statistician.get("/v1/trials/INTERRUPTED")).status_code == 404
    await sent(manager, f"{place}/participants", {"part": 2, "rows": PEOPLE[1:]})
    await sent(manager, f"{place}/completion", {}, 200)
    done = await sent(manager, f"{place}/completion", {}, 404)
    assert slug(done) == "trial-edition-not-found"
    cut = await sent(statistician, "/v1/trials/INTERRUPTED/data-cuts", {})
    assert (cut["participants"], cut["events"]) == (2, 1)
    listed = (await statistician.get(PLACE)).json()["items"]
    assert "INTERRUPTED" in {each["code"] for each in listed}


async def test_rows_that_do_not_fit_are_told_one_by_one_and_nothing_of_the_part_is_kept(clients):
    manager = clients(MANAGER)
    place = f"{PLACE}/UNFITTING"
    await sent(manager, PLACE, MANIFEST | SMALL | {"code": "UNFITTING", "events": 4})
    rows = [PEOPLE[0], PEOPLE[0], PEOPLE[1] | {"arm": "other", "covariates": {"x": 1}}]
    told = await sent(manager, f"{place}/participants", {"part": 1, "rows": rows}, 422)
    assert [each["pointer"] for each in told["errors"]] == ["#/rows/2/arm", "#/rows/2/covariates/x"]
    told = await sent(manager, f"{place}/participants", {"part": 1, "rows": rows[:2]}, 422)
    assert [each["code"] for each in told["errors"]] == ["participant-twice"]
    events = [EVENTS[0], EVENTS[0], EVENTS[0] | {"participant": "NOBODY"}, EVENTS[0] | {"at": 1}]
    await sent(manager, f"{place}/participants", {"part": 1, "rows": PEOPLE})
    again = await sent(manager, f"{place}/participants", {"part": 2, "rows": PEOPLE[:1]}, 422)
    assert again["errors"][0]["pointer"] == "#/rows/0/participant"
    await sent(manager, f"{place}/follow-up", {"part": 1, "rows": events})
    told = await sent(manager, f"{place}/completion", {}, 422)
    assert told["detail"].splitlines() == [
        (
            "follow_up rows 3, counted through all parts as they came: It tells of somebody who is "
            "none of the participants."
        ),
        (
            "follow_up rows 2, counted through all parts as they came: It says no more than an "
            "earlier one. Leave it out; two that happened on one day or in one week differ in "
            "offence_group or harm_days, or are told in days."
        ),
    ]
    await sent(manager, f"{place}/abandonment", {}, 200)
    told = (await manager.get(place)).json()
    assert [each["state"] for each in told["editions"]] == ["abandoned"]
    missing = await sent(clients(STATISTICIAN), "/v1/trials/UNFITTING/data-cuts", {}, 404)
    assert slug(missing) == "trial-not-found"
    assert slug((await manager.get(f"{PLACE}/UNHEARD")).json()) == "trial-elsewhere-not-found"


async def test_two_people_unblind_a_trial_from_elsewhere_as_any_other(clients, owner):
    manager, statistician = clients(MANAGER), clients(STATISTICIAN, name="statistician")
    await brought_in(manager, MANIFEST | SMALL | {"code": "OPENED"}, PEOPLE, EVENTS)
    place = "/v1/trials/OPENED"
    body = {"scope": "trial", "reason_code": "follow_up_complete", "words": "It ended long ago."}
    proposed = await sent(manager, f"{place}/unblindings", body)
    answer = f"{place}/unblindings/{proposed['number']}/confirmation"
    told = await sent(statistician, answer, {}, 200)
    assert told["outcome"] == "confirmed"
    for door in ("recruitment", "strata", "balance", "conduct", "unblindings"):
        answer = await manager.get(f"{place}/{door}")
        assert answer.status_code == 200, answer.text
    said = masks(MANIFEST["arms"], key=clients.app.state.vault.key(), trial="OPENED")
    async with owner.connect() as connection:
        rows = await connection.execute(STORED)
        stored = {tuple(row) for row in rows}
    assert stored == {(said["aid"], said["aid"]), (said["control"], None)}


async def test_a_trial_in_which_nothing_happened_can_be_cut(clients):
    manifest = MANIFEST | SMALL | {"code": "QUIET", "events": 0}
    await brought_in(clients(MANAGER), manifest, PEOPLE, [])
    cut = await sent(clients(STATISTICIAN), "/v1/trials/QUIET/data-cuts", {})
    assert (cut["participants"], cut["events"]) == (2, 0)


async def test_a_cut_of_the_past_has_what_was_known_then(clients):
    manager, statistician = clients(MANAGER), clients(STATISTICIAN)
    await brought_in(manager, MANIFEST | SMALL | {"code": "LATER"}, PEOPLE, EVENTS)
    cuts = "/v1/trials/LATER/data-cuts"
    early = await sent(statistician, cuts, {"known_until": "2026-11-03T11:59:59Z"}, 409)
    assert slug(early) == "nothing-to-cut"
    late = await sent(statistician, cuts, {"known_until": "2026-11-03T12:00:01Z"}, 422)
    assert late["errors"][0]["code"] == "moment-to-come"
    now = await sent(statistician, cuts, {"known_until": "2026-11-03T12:00:00Z"})
    assert now["known_until"] == "2026-11-03T12:00:00Z"


async def test_whoever_was_allocated_after_an_earlier_last_day_leaves_the_flow_by_name(
    clients, owner
):
    manager, statistician = clients(MANAGER), clients(STATISTICIAN)
    flow = {"screened": 9, "consented": 4, "consented_declined": 1, "screened_not_eligible": 5}
    manifest = {name: each for name, each in MANIFEST.items() if name != "allocated_on"}
    manifest |= SMALL | {"code": "STAGGERED", "participants": 3, "events": 3, "flow": flow}
    people = [
        {"participant": "P1", "arm": "aid", "allocated_on": "1971-10-01", "observed": 300,
         "custody_days": 3, "custody_day": 200, "cost_pence": 500},
        {"participant": "P2", "arm": "control", "allocated_on": "1972-03-01", "observed": 200},
        {"participant": "P3", "arm": "control", "allocated_on": "1972-02-29", "observed": 10},
    ]  # fmt: skip
    events = [
        {"participant": who, "measure": "arrest", "at": day}
        for who, day in (("P1", 40), ("P1", 290), ("P2", 5))
    ]
    await brought_in(manager, manifest, people, events)
    cuts = "/v1/trials/STAGGERED/data-cuts"
    whole = await sent(statistician, cuts, {})
    short = await sent(statistician, cuts, {"followed_until": "1972-02-29"})
    assert (whole["participants"], whole["events"]) == (3, 3)
    assert (short["participants"], short["events"]) == (2, 1)
    same = await sent(statistician, cuts, {"followed_until": manifest["followed_until"]})
    assert same["digest"] == whole["digest"]
    async with owner.connect() as connection:
        rows = await connection.execute(MEASURED, {"digest": short["digest"]})
        assert [tuple(row) for row in rows] == [(0, None, None, None), (151, 0, None, None)]
        rows = await connection.execute(MEASURED, {"digest": whole["digest"]})
        assert [tuple(row) for row in rows][-1] == (300, 3, 200, 500)
    for number, reasons in ((1, {"declined": 1}), (2, {"allocated_afterwards": 1, "declined": 1})):
        told = await statistician.get(f"/v1/trials/STAGGERED/evaluation/flow?cut={number}")
        assert told.status_code == 200, told.text
        last = told.json()["gates"][-1]
        assert {each["code"]: each["people"] for each in last["stopped"]} == reasons


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ({"screened": 9, "screened_not_eligible": 5}, "screened: 9 people, but 7 leave it"),
        ({"screened": 1}, "screened.not_told: -1 people"),
        ({"screened": 9, "eligible_declined": 7}, "eligible_declined: it belongs to no gate"),
    ],
)
async def test_a_flow_that_does_not_add_up_is_refused_with_its_manifest(clients, flow, said):
    manifest = MANIFEST | SMALL | {"code": "UNSOUND", "flow": flow}
    told = await sent(clients(MANAGER), PLACE, manifest, 422)
    assert slug(told) == "rule-broken"
    (fault,) = told["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/flow", "flow-does-not-reconcile")
    assert said in fault["detail"]
    assert "Correct the manifest's flow" in fault["detail"]
    assert (await clients(MANAGER).get(f"{PLACE}/UNSOUND")).status_code == 404


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, {"measure": "arrest", "horizon": "52 weeks"}),
        (
            {"measure": "arrest", "horizon": "52 weeks"},
            {"measure": "arrest", "horizon": "26 weeks"},
        ),
        ({"measure": "arrest", "horizon": "52 weeks"}, None),
    ],
    ids=["named", "another", "left-out"],
)
async def test_another_edition_changes_the_primary_outcome_only_if_it_says_so(
    clients, first, second, request
):
    manager, statistician = clients(MANAGER), clients(STATISTICIAN)
    code = f"JUDGED-{request.node.callspec.id.upper()}"
    manifest = MANIFEST | SMALL | {"code": code}
    await sent(manager, PLACE, manifest)
    await sent(manager, f"{PLACE}/{code}/abandonment", {}, 200)
    await brought_in(manager, manifest | {"primary": first}, PEOPLE, EVENTS)
    await brought_in(manager, manifest | {"primary": first}, PEOPLE, EVENTS)
    told = await sent(manager, PLACE, manifest | {"primary": second}, 422)
    (fault,) = told["errors"]
    assert (fault["pointer"], fault["code"]) == ("#/changed", "primary-changed-untold")
    assert "The primary outcome of edition 3 was " in fault["detail"]
    assert "Say in changed that it differs and why" in fault["detail"]
    cuts, figures = f"/v1/trials/{code}/data-cuts", f"/v1/trials/{code}/evaluation"
    await sent(statistician, cuts, {})
    before = (await statistician.get(figures)).json()
    said = manifest | {"primary": second, "changed": "The registration was found."}
    await brought_in(manager, said, PEOPLE, EVENTS)
    await sent(statistician, cuts, {})
    after = (await statistician.get(figures)).json()
    both = [words_of(each, named) for each, named in ((before, first), (after, second))]
    assert ["from edition 4 on" in each.lower() for each in both] == [False, True]
    earlier = (await statistician.get(figures, params={"cut": 1})).json()
    assert words_of(earlier, first) == both[0]


def words_of(told, named):
    if named is None:
        assert told["primary_outcome"] is None
        return told["no_primary_outcome"]
    return told["primary_outcome"]["words"]


async def test_a_horizon_of_another_name_is_the_same_and_one_of_another_length_is_not(clients):
    manager = clients(MANAGER)
    manifest = MANIFEST | SMALL | {"code": "RENAMED"}
    await brought_in(manager, manifest, PEOPLE, EVENTS)
    renamed = {"primary": {"measure": "arrest", "horizon": "one year"}}
    longer = renamed | {"horizons": [{"name": "one year", "days": 365}]}
    told = await sent(manager, PLACE, manifest | longer, 422)
    assert told["errors"][0]["code"] == "primary-changed-untold"
    await sent(
        manager, PLACE, manifest | renamed | {"horizons": [{"name": "one year", "days": 364}]}
    )
