"""What happens to people in custody on nights that are not like the others."""

from datetime import UTC, datetime

import pytest

from builders import KNOWN, a_key, an_offence, booked, decided
from checkpoint.foundation import clock
from checkpoint.foundation.actors import Role
from traces import entries

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(clients):
    return clients(Role.CUSTODY_OFFICER, "DURHAMGATE", name="officer at the hub")


@pytest.fixture
def peterlee(clients):
    return clients(Role.CUSTODY_OFFICER, "PETERLEE", name="officer at Peterlee")


@pytest.fixture
def it_is(app):
    """Sets the service's clock, in the time that is spoken in England."""

    def set_to(spoken):
        moment = datetime.fromisoformat(spoken).astimezone(UTC)

        async def now():
            return moment

        app.dependency_overrides[clock.now] = now

    return set_to


def clock_of(answer):
    assert answer.is_success, answer.text
    return answer.json()["detention"]["clock"]


async def test_transferred_at_midnight_as_the_clocks_change(hub, peterlee, it_is):
    it_is("2026-10-24T22:30:00+01:00")
    record = await booked(
        hub,
        arrested_at="2026-10-24T21:40:00+01:00",
        arrived_at="2026-10-24T22:10:00+01:00",
        authorised_at="2026-10-24T22:20:00+01:00",
        offences=[an_offence(committed_from="2026-10-24")],
        screening={"lives_in_area": True},
    )
    here = f"/v1/custody-records/{record['id']}"
    # The hub is full: at midnight she is driven to Peterlee, while the clocks go back.
    it_is("2026-10-25T01:20:00+00:00")
    driven = {
        "suite": "PETERLEE",
        "left_at": "2026-10-25T00:00:00+01:00",
        "arrived_at": "2026-10-25T01:10:00+01:00",
    }
    moved = await hub.post(f"{here}/transfer", json=driven, headers=a_key())
    assert clock_of(moved)["counted_minutes"] == 4 * 60 + 10
    # Peterlee asks what is due. Six hours after 22:20 is 03:20, since one hour came twice.
    due = clock_of(await peterlee.get(here))
    assert due["review_due_local"] == "Sunday 25 October 2026, 03:20 GMT"
    assert due["ends_at_local"] == "Sunday 25 October 2026, 21:10 GMT"
    # The inspector comes in the second of the two hours that are called half past one.
    it_is("2026-10-25T01:40:00+00:00")
    held = {"held_at": "2026-10-25T01:30:00+00:00", "authority": "inspector"}
    reviewed = await peterlee.post(f"{here}/reviews", json=held, headers=a_key())
    assert clock_of(reviewed)["review_due_local"] == "Sunday 25 October 2026, 10:30 GMT"
    unclear = held | {"held_at": "2026-10-25T01:30:00"}
    asked = await peterlee.post(f"{here}/reviews", json=unclear, headers=a_key())
    assert "this hour happened twice" in asked.json()["errors"][0]["detail"]
    # Peterlee goes on with the hub's half screening, and decides.
    version = reviewed.headers["etag"]
    screened = await peterlee.put(f"{here}/screening", json=KNOWN, headers={"If-Match": version})
    assert (await decided(peterlee, screened.json()))["verdict"] == "eligible"
    told = (await peterlee.get(f"{here}/detention")).json()
    assert [move["from_suite"] for move in told["movements"]] == ["DURHAMGATE"]


async def test_the_system_was_down_and_the_night_is_entered_the_next_morning(hub, it_is, owner):
    # From ten in the evening the suite writes on paper. In the morning it is typed in.
    it_is("2026-11-03T08:30:00+00:00")
    record = await booked(
        hub,
        arrested_at="2026-11-02T21:40:00+00:00",
        arrived_at="2026-11-02T22:05:00+00:00",
        authorised_at="2026-11-02T22:15:00+00:00",
        late_reason="system_down",
    )
    here = f"/v1/custody-records/{record['id']}"
    detention = record["detention"]
    assert (detention["entered_late"], detention["late_reason"]) == (True, "system_down")
    assert record["arrived_at"] == "2026-11-02T22:05:00Z"
    assert record["opened_at"] == "2026-11-03T08:30:00Z"
    # Until the paper of the night's review is typed in, the clock says that it is overdue.
    assert detention["clock"]["review_overdue"]
    held = {"held_at": "2026-11-03T03:50:00Z", "authority": "inspector"}
    typed = await hub.post(
        f"{here}/reviews", json=held | {"late_reason": "system_down"}, headers=a_key()
    )
    assert not clock_of(typed)["review_overdue"]
    # What is entered in time says nothing of lateness.
    release = {"released_at": "2026-11-03T08:20:00Z", "release_kind": "no_further_action"}
    released = await hub.post(f"{here}/release", json=release, headers=a_key())
    assert released.json()["detention"]["release"]["entered_late"] is False
    story = (await hub.get(f"{here}/detention")).json()
    late = {entry["kind"]: entry["entered_late"] for entry in story["entries"]}
    assert late == {"authorised": True, "arrived": True, "reviewed": True}
    # The ledger holds when it was entered, and nothing is made to look earlier than it was.
    (entry,) = await entries(owner, typed)
    assert entry.at == datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


async def test_released_under_investigation_half_screened_and_resumed_in_another_suite(
    hub, peterlee, it_is
):
    it_is("2026-11-03T04:35:00+00:00")
    record = await booked(hub, screening={"lives_in_area": True, "hate_crime": False})
    here = f"/v1/custody-records/{record['id']}"
    release = {"released_at": "2026-11-03T04:30:00Z", "release_kind": "under_investigation"}
    assert (await hub.post(f"{here}/release", json=release, headers=a_key())).is_success
    # Nobody knows yet what he will say, so the decision waits.
    released = (await hub.get(here)).json()
    assert (await decided(hub, released))["verdict"] == "pending"
    # Three weeks later he comes to Peterlee to be interviewed, with his paper.
    it_is("2026-11-24T10:20:00+00:00")
    came = {
        "reference": record["reference"].lower(),
        "suite": "PETERLEE",
        "arrived_at": "2026-11-24T10:00:00Z",
        "reason": "voluntary_attendance",
    }
    assert (await peterlee.get(here)).status_code == 404
    taken = await peterlee.post("/v1/custody-returns", json=came, headers=a_key())
    assert taken.status_code == 200, taken.text
    assert taken.json()["screening"]["lives_in_area"] is True
    assert taken.json()["state"] == "released"
    # Peterlee screens what was missing and decides; the first decision stands in the history.
    version = taken.headers["etag"]
    screened = await peterlee.put(f"{here}/screening", json=KNOWN, headers={"If-Match": version})
    decision = await decided(peterlee, screened.json())
    assert (decision["verdict"], decision["number"]) == ("eligible", 2)


async def test_bailed_and_back_in_another_suite_the_hours_go_on(hub, peterlee, it_is):
    it_is("2026-11-03T04:35:00+00:00")
    record = await booked(hub)
    here = f"/v1/custody-records/{record['id']}"
    bail = {"return_at": "2026-11-24T10:00:00Z", "suite": "PETERLEE", "conditional": False}
    release = {"released_at": "2026-11-03T04:05:00Z", "release_kind": "on_bail", "bail": bail}
    released = await hub.post(f"{here}/release", json=release, headers=a_key())
    assert clock_of(released)["counted_minutes"] == 6 * 60
    it_is("2026-11-24T11:00:00+00:00")
    overdue = (await hub.get(here)).json()["detention"]["release"]["bail"]
    assert overdue["overdue"]
    back = {
        "reference": record["reference"],
        "suite": "PETERLEE",
        "arrived_at": "2026-11-24T10:30:00Z",
        "reason": "answering_bail",
    }
    answer = await peterlee.post("/v1/custody-returns", json=back, headers=a_key())
    # Eighteen of the twenty-four hours are left.
    assert clock_of(answer)["ends_at"] == "2026-11-25T04:30:00Z"
