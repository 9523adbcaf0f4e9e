"""What was put right after a decision: its paper, the list and the next steps say so."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from uuid import UUID

import pytest

from builders import KNOWN, a_person, booked, decided, make_suite
from checkpoint.foundation.actors import Role
from checkpoint.foundation.database import transaction
from checkpoint.journey.rules import person_then, put_right_since, told_since
from checkpoint.journey.states import Recipient
from traces import entries

AGAIN = "Decide again: what the decision rested on was put right since."
ONE, OTHER, RECORD, ELSEWHERE = (UUID(int=number) for number in range(1001, 1005))
TAKEN = UUID(int=20)


@dataclass(frozen=True)
class Correction:
    id: UUID
    field: str = "date_of_birth"
    person_id: UUID = ONE
    custody_record_id: UUID = RECORD
    after: str | None = None
    corrected_at: datetime = datetime(2026, 7, 21, 23, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Decision:
    id: UUID = TAKEN
    person_id: UUID = ONE
    custody_record_id: UUID = RECORD


def at(number):
    return UUID(int=number)


MOVE = Correction(at(30), "person_id", after=str(OTHER))
MOVED = Decision(person_id=OTHER)
BACK = Correction(at(40), "person_id", OTHER, after=str(ONE))


def test_only_what_was_put_right_later_counts_and_of_whom_the_decision_was_about():
    before, born, name = Correction(at(10)), Correction(at(35)), Correction(at(36), "family_name")
    theirs = Correction(at(38), person_id=OTHER)
    elsewhere = replace(MOVE, id=at(39), custody_record_id=ELSEWHERE)
    known = [before, MOVE, born, name, theirs, elsewhere]
    assert put_right_since(MOVED, known) == [MOVE, born, name]
    assert person_then(MOVED, known) == ONE
    assert person_then(replace(MOVED, id=at(31)), known) == OTHER


def test_paper_says_what_was_put_right_and_on_which_day_in_england():
    said = told_since(
        MOVED, [MOVE, Correction(at(35)), Correction(at(36), "pnc_id")], recipient=None
    )
    assert said == (
        (
            "On 22 July 2026 the record was found to be about somebody else. "
            "This decision was about the person named here."
        ),
        (
            "On 22 July 2026 the date of birth was put right. It is printed here as it was put "
            "right; this decision rested on what stood before."
        ),
        "On 22 July 2026 the PNC ID was put right. It is printed here as it was put right.",
    )


def test_a_record_that_was_given_back_is_told_as_such():
    *_, last = told_since(Decision(), [MOVE, BACK], recipient=None)
    assert last.endswith("was found to be about the person of this decision after all.")


def test_what_does_not_stand_on_a_paper_is_not_told_on_it():
    fields = ("date_of_birth", "family_name", "pnc_id", "sex")
    known = [Correction(at(30 + number), field) for number, field in enumerate(fields)]
    counts = {None: 3, Recipient.DEFENCE: 2, Recipient.PANEL: 1}
    for recipient, count in counts.items():
        assert len(told_since(Decision(), known, recipient=recipient)) == count
    for line in told_since(MOVED, [MOVE, *known], recipient=Recipient.PANEL):
        assert "here" not in line


@pytest.fixture
async def suite(owner):
    """A suite that nobody works in but this test."""
    async with transaction(owner) as session:
        return (await make_suite(session)).code


@pytest.fixture
def client(clients, suite):
    return clients(Role.CUSTODY_OFFICER, suite)


class Text(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_data(self, data):
        self.text += data


async def printed(client, decision, **query):
    answer = await client.get(f"/v1/eligibility-decisions/{decision['id']}/record", params=query)
    assert answer.status_code == 200, answer.text
    return answer, " ".join(Text(answer.text).text.split())


async def standing(client, record):
    """What the list says of a record, and whether the next steps say the same."""
    page = await client.get("/v1/cases")
    (line,) = [item for item in page.json()["items"] if item["record_id"] == record["id"]]
    steps = await client.get(f"/v1/custody-records/{record['id']}/next-steps")
    assert steps.json()["overtaken"] == line["overtaken"]
    return line["overtaken"], line["next"]


async def put(client, record, what, **given):
    answer = await client.put(
        f"/v1/custody-records/{record['id']}/{what}",
        json={"reason": "fingerprint_result"} | given,
        headers={"If-Match": f'"{record["version"]}"'},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def case(client, suite, name, born):
    person = a_person(family_name=name, date_of_birth=born)
    return await booked(client, suite=suite, person=person, screening=KNOWN)


async def test_a_wrong_person_corrected_after_the_decision(client, owner, suite):
    record = await case(client, suite, "Testperson-Wrong", "1961-07-19")
    right = await case(client, suite, "Testperson-Right", "1994-02-11")
    first = await decided(client, record)
    before, _ = await printed(client, first)
    assert await standing(client, record) == (False, "Offer the programme.")
    moved = await put(client, record, "identity", person_id=right["person"]["id"])
    assert await standing(client, record) == (True, AGAIN)
    answer, text = await printed(client, first)
    assert answer.headers["etag"] != before.headers["etag"]
    assert "Testperson-Wrong" in text
    assert "19 July 1961" in text
    assert "Testperson-Right" not in text
    assert "11 February 1994" not in text
    assert "Put right since On 3 November 2026 the record was found to be about somebody" in text
    (entry,) = await entries(owner, answer)
    assert [str(id) for id in entry.subject_ids] == [
        first["id"],
        record["id"],
        record["person"]["id"],
    ]
    second = await decided(client, moved)
    assert await standing(client, record) == (False, "Offer the programme.")
    _, text = await printed(client, second)
    assert "Testperson-Right" in text
    assert "Put right since" not in text


async def test_a_date_of_birth_corrected_after_the_decision(client, suite):
    record = await case(client, suite, "Testperson-Born", "1961-07-19")
    decision = await decided(client, record)
    renamed = await put(client, record, "person", family_name="Testperson-Renamed")
    assert await standing(client, record) == (False, "Offer the programme.")
    right = await put(
        client, renamed, "person", family_name="Testperson-Renamed", date_of_birth="1962-07-19"
    )
    assert await standing(client, record) == (True, AGAIN)
    _, text = await printed(client, decision, **{"for": "disclosure", "recipient": "defence"})
    assert "the family name was put right" in text
    assert "the date of birth was put right" in text
    assert "1961" not in text
    await decided(client, right)
    assert await standing(client, record) == (False, "Offer the programme.")


async def test_a_case_without_a_decision_is_not_overtaken(client, suite):
    record = await case(client, suite, "Testperson-Early", "1961-07-19")
    await put(client, record, "person", family_name="Testperson-Early", date_of_birth="1962-07-19")
    assert (await standing(client, record))[0] is False
