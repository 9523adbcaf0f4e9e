"""A case's whole story, as its reader may hear it."""

import importlib
import pkgutil
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import checkpoint
from builders import WITHDRAWAL, a_key, asked_for_consent, booked, eligible
from checkpoint.access.permissions import GRANTS
from checkpoint.foundation.actors import Role
from checkpoint.journey.timeline.facts import hears
from checkpoint.journey.timeline.rules import DATED, cut, story
from checkpoint.journey.timeline.states import TOLD
from conftest import NOON
from contracting import CONTRACT
from delivering import PROPOSED, STARTED, a_disposal, place, problem, said
from harm import CONTACT, VIEWS, added, post
from meeting import CALL, PAST, WARN, became, planned
from navigating import assigned, here
from traces import entries

# Readings, what is about no case, and what is told of a person and not of a case.
OF_NO_CASE = {
    "access", "directory", "ledger", "people", "request", "housekeeping", "journey", "monitor", "trial", "outcomes",
    "data_cut", "trial_elsewhere", "evaluation", "extract",
}  # fmt: skip
NOT_TOLD = {
    "appointment_feed.made", "appointment_feed.revoked", "appointment_feed.seen",
    "case_measure.recorded", "contract.printed", "disposal.time_limit_incidents_counted",
    "allocation.list_opened", "allocation.list_sealed", "consent.sheet_published",
    "custody.offences_loaded", "custody.reference_added", "custody.schedules_loaded",
    "disposal.due_counted", "eligibility.previewed",
    "eligibility.published", "eligibility.replayed", "eligibility.rules_proposed",
    "navigator.absence_recorded", "navigator.changed", "navigator.clearance_recorded",
    "navigator.providers_added", "navigator.reassignment_planned", "navigator.registered",
    "navigator.suggested", "needs.compared", "needs.instrument_published",
    "referral.gaps_printed", "referral.list_disclosed", "service_offers.shown",
}  # fmt: skip


async def timeline(client, record, **params):
    answer = await client.get(place(record, "timeline"), params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def events(told):
    return [each["event"] for each in told]


def every_event():
    for module in pkgutil.walk_packages(checkpoint.__path__, "checkpoint."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    rooms = [each for each in StrEnum.__subclasses__() if each.__module__.startswith("checkpoint.")]
    found = [each for each in rooms if each.__name__.endswith("Event")]
    assert len(found) >= 15
    return {event.value for each in found for event in each}


def test_every_event_of_every_room_is_told_or_is_known_not_to_be():
    words = every_event()
    assert {*TOLD} <= words
    assert {*DATED} <= {*TOLD}
    left = {word for word in words - {*TOLD} if word.split(".")[0] not in OF_NO_CASE}
    read = {word for word in left if word.split(".")[1].endswith(("read", "listed"))}
    assert left - read == NOT_TOLD


def test_nothing_is_heard_by_omission_and_nothing_that_tells_an_unknown_arm():
    def heard(role, event, *, knows_arm=True):
        return hears(event, holds=GRANTS[role].__contains__, knows_arm=knows_arm)

    assert not heard(Role.SUPERVISOR, "custody.read")
    assert not heard(Role.AUDITOR, "custody.opened")
    assert heard(Role.CUSTODY_OFFICER, "custody.opened", knows_arm=False)
    assert not heard(Role.CUSTODY_OFFICER, "navigator.assigned", knows_arm=False)
    assert heard(Role.CUSTODY_OFFICER, "navigator.assigned")
    navigator = {event for event in TOLD if heard(Role.NAVIGATOR, event)}
    assert {each.split(".")[0] for each in navigator} == {
        *("consent", "contract", "custody", "delivery", "navigator", "needs"),
        *("appointment", "contact", "referral", "service_offers", "warning"),
    }
    assert not heard(Role.NAVIGATOR, "custody.released")
    assert not heard(Role.NAVIGATOR, "victim_challenge.recorded")
    for event in ("contract.started", "appointment.planned", "warning.issued"):
        assert not heard(Role.SUPERVISOR, event, knows_arm=False)
        assert heard(Role.SUPERVISOR, event)
    assert {each for each in navigator if each.startswith("delivery")} == {
        "delivery.programme_started"
    }
    for role in (Role.CUSTODY_OFFICER, Role.SUPERVISOR, Role.NAVIGATOR):
        assert not heard(role, "unblinding.proposed")


AT = datetime(2026, 11, 3, 12, tzinfo=UTC)


def an_entry(number, event, at=AT):
    return SimpleNamespace(id=UUID(int=number), event=event, at=at, actor_role="custody_officer")


def a_row(what, hours, at=AT, code=None):
    happened = at - timedelta(hours=hours)
    return SimpleNamespace(what=what, recorded_at=at, happened_at=happened, code=code)


def test_rows_and_entries_of_one_instant_are_paired_in_the_order_they_were_made():
    written = [
        an_entry(1, "custody.reviewed"),
        an_entry(2, "custody.screened"),
        an_entry(3, "custody.reviewed"),
        an_entry(4, "custody.reviewed"),
    ]
    rows = [a_row("reviewed", 1), a_row("reviewed", 2), a_row("paused", 9)]
    told = story(written, rows)
    assert [one.id.int for one in told] == [3, 1, 2, 4]
    assert [(AT - one.happened_at) / timedelta(hours=1) for one in told] == [2, 1, 0, 0]
    assert {one.recorded_at for one in told} == {AT}


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(1, 4))
def test_pages_of_a_story_hold_each_entry_once(hours, size):
    told = story(
        [an_entry(number, "custody.paused") for number in range(len(hours))],
        [a_row("paused", each) for each in hours],
    )
    walked, after = [], None
    while page := cut(told, after=after, most=size):
        walked += page
        after = page[-1].key
    assert walked == told
    assert [one.happened_at for one in told] == sorted(one.happened_at for one in told)


async def test_a_story_begins_with_the_booking_in_and_tells_when_things_really_happened(
    client, clients, owner
):
    record = await eligible(client)
    asking = await asked_for_consent(client, record)
    withdrawn = await post(client, f"consents/{asking['id']}/withdrawals", WITHDRAWAL)
    assert withdrawn.status_code in (200, 201), withdrawn.text
    victim = await added(client, record, offences=[record["offences"][0]["id"]])
    for noun, body in (("contact-attempts", CONTACT), ("views", VIEWS)):
        assert (await post(client, f"victims/{victim['id']}/{noun}", body)).status_code == 201
    disposal = a_disposal(record, disposed_on="2026-11-03")
    assert (await said(client, record, "disposals", disposal)).status_code == 201
    release = {"released_at": "2026-11-03T08:00:00Z", "release_kind": "under_investigation"}
    version = {"If-Match": '"1"'}
    answer = await client.post(place(record, "release"), json=release, headers=a_key() | version)
    assert answer.status_code == 200, answer.text
    told = await timeline(client, record)
    assert events(told) == [
        "custody.opened",
        "disposal.recorded",
        "custody.released",
        "consent.taken",
        "victim.contacted",
        "victim.views_given",
        "consent.withdrawn",
        "custody.safeguards_saved",
        "eligibility.decided",
        "victim.added",
    ]
    assert [each["happened_at"] for each in told] == sorted(each["happened_at"] for each in told)
    by = {each["event"]: each for each in told}
    assert by["custody.released"] == {
        "id": by["custody.released"]["id"],
        "event": "custody.released",
        "happened_at": "2026-11-03T08:00:00Z",
        "recorded_at": "2026-11-03T12:00:00Z",
        "told": "Released: under investigation.",
        "by": "custody_officer",
        "link": place(record, "detention"),
    }
    assert by["eligibility.decided"]["recorded_at"] is None
    for each in told:
        assert (await client.get(each["link"])).status_code == 200, each
    names = (record["person"]["family_name"], "Testvictim", "opposes", "no_answer")
    answer = await client.get(place(record, "timeline"))
    assert not any(name in answer.text for name in names)
    (entry,) = await entries(owner, answer)
    assert (entry.event, str(entry.subject_ids[0])) == ("journey.timeline_read", record["id"])
    walked, after = [], {}
    while True:
        page = (await client.get(place(record, "timeline"), params={"size": 3} | after)).json()
        walked += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert walked == told
    elsewhere = clients(Role.CUSTODY_OFFICER, "PETERLEE")
    problem(await elsewhere.get(place(record, "timeline")), 404, "custody-record-not-found")


async def test_the_ledger_and_the_story_tell_of_the_same_events(client, owner):
    record = await booked(client)
    made = await client.put(
        place(record, "screening"), json={"lives_in_area": True}, headers={"If-Match": '"1"'}
    )
    opened = await timeline(client, record)
    (entry,) = await entries(owner, made)
    assert [each["event"] for each in opened] == ["custody.opened", entry.event]
    assert opened[1]["id"] == str(entry.id)


@pytest.mark.slow
async def test_whoever_is_blind_hears_the_same_story_of_every_arm(at_trial, a_case, a_navigator):
    treated, control = await a_case("treatment"), await a_case("control")
    officer, someone, other = at_trial(), await a_navigator(), await a_navigator()
    await said(officer, treated, "programme-start", STARTED)
    assert (await assigned(officer, treated, someone)).status_code == 201
    assert (await planned(someone.client, treated)).status_code == 201
    drafted = await post(someone.client, place(treated, "contracts")[4:], CONTRACT)
    assert drafted.status_code == 201, drafted.text
    first = at_trial(Role.SUPERVISOR, name="proposes")
    await first.get(place(control, "allocation"))
    assert (await said(first, control, "crossovers", PROPOSED)).status_code == 201
    blind = at_trial(Role.SUPERVISOR, name="blind to stories")
    stories = [events(await timeline(blind, record)) for record in (treated, control)]
    assert stories[0] == stories[1]
    assert "allocation.drawn" in stories[0]
    known = await timeline(officer, treated)
    assert {
        *("delivery.programme_started", "navigator.assigned"),
        *("appointment.planned", "contract.drafted"),
    } <= {*events(known)}
    started = next(each for each in known if each["event"] == "delivery.programme_started")
    assert started["told"] == "The person was started on the programme."
    assert "delivery.crossover_proposed" in events(await timeline(first, control))
    own = await timeline(someone.client, treated)
    assert {*events(own)} == {
        *("custody.opened", "consent.taken", "delivery.programme_started"),
        *("custody.safeguards_saved", "navigator.assigned"),
        *("appointment.planned", "contract.drafted"),
    }
    links = {each["event"]: each["link"] for each in own}
    assert links["navigator.assigned"] is None
    for link in {*links.values()} - {None}:
        assert (await someone.client.get(link)).status_code == 200, link
    answer = await other.client.get(place(treated, "timeline"))
    problem(answer, 404, "custody-record-not-found")
    assert NOON.isoformat()[:10] in own[-1]["happened_at"]


@pytest.mark.slow
async def test_a_contracts_story_is_told_when_it_happened_to_whoever_works_the_case(
    clients, a_bench
):
    bench = await a_bench()
    own, boss = bench.navigator.client, bench.boss
    await bench.active()
    met = (await planned(own, bench.record, **PAST)).json()
    answer = await became(own, met, "attendance", outcome="missed", excused=False)
    assert answer.status_code == 200, answer.text
    assert (await post(own, here(bench.record, "contacts")[4:], CALL)).status_code == 201
    warning = WARN | {"appointments": [met["id"]]}
    assert (await post(own, here(bench.record, "warnings")[4:], warning)).status_code == 201
    away = clients(Role.CUSTODY_OFFICER, "PETERLEE", name="away")
    broken = {"reason_code": "other", "words": "The person is at the counter here."}
    answer = await away.post(place(bench.record, "break-glass"), json=broken, headers=a_key())
    assert answer.status_code == 201, answer.text
    told = {each["event"]: each for each in await timeline(own, bench.record)}
    assert [each for each in told if each.startswith("contract.")] == [
        *("contract.drafted", "contract.offered", "contract.signed", "contract.started"),
    ]
    for event, happened, words in (
        ("appointment.attendance_recorded", "2026-11-03T09:00:00Z", "took its turn: missed."),
        ("contact.recorded", "2026-11-03T11:00:00Z", "contact with the person: no answer."),
        ("warning.issued", "2026-11-03T11:30:00Z", "The person was warned in writing."),
    ):
        assert told[event]["happened_at"] == happened
        assert told[event]["recorded_at"] == "2026-11-03T12:00:00Z"
        assert told[event]["told"].endswith(words)
        assert (await own.get(told[event]["link"])).status_code == 200
    assert "custody.glass_broken" not in told
    assert "custody.glass_broken" in events(await timeline(boss, bench.record))
