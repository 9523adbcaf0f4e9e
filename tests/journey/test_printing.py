"""The printed record of a decision, as a browser, a printer and a screen reader get it."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from builders import DEPARTURE, KNOWN, a_key, a_person, an_offence, booked, decided, proposed
from checkpoint.foundation.actors import Role
from checkpoint.foundation.calendar import moment
from checkpoint.journey.states import Recipient
from traces import entries

NASTY = "<script>alert(1)</script>\"'&amp; {{ 7*7 }}"


class Read(HTMLParser):
    """Every element with its attributes, and the text outside the style sheet."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self.style, self._inside = [], "", "", ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data):
        if self._inside == "style":
            self.style += data
        else:
            self.text += data

    def handle_endtag(self, tag):
        self._inside = ""

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
async def case(client):
    person = a_person(family_name=NASTY[:100], date_of_birth="1961-07-19")
    record = await booked(client, person=person, screening=KNOWN | {"hate_crime": True})
    return record, await decided(client, record)


def address(decision):
    return f"/v1/eligibility-decisions/{decision['id']}/record"


async def asked(client, decision, **query):
    answer = await client.get(address(decision), params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer


async def test_the_file_tells_the_whole_decision(client, case):
    record, decision = case
    answer = await asked(client, decision)
    text = " ".join(Read(answer.text).text.split())
    for finding in decision["findings"]:
        assert finding["question"] in text
        assert finding["reason"] in text
    for told in (
        "Not eligible.",
        decision["meaning"],
        decision["rule_set"]["digest"],
        decision["decided_by"],
        decision["id"],
        record["reference"],
        "Theft from a shop (TH68010), on 1 November 2026",
        "3 November 2026 at 12:00 (GMT)",
        "None by the time of printing",
        answer.headers["etag"].strip('"'),
    ):
        assert told in text, told


async def test_the_page_holds_nothing_that_runs_or_comes_from_elsewhere(client, case):
    _, decision = case
    answer = await asked(client, decision)
    page = Read(answer.text)
    assert NASTY in page.text  # as text, and nothing but text
    tags = {tag for tag, _ in page.elements}
    assert tags <= {
        "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section",
        "h1", "h2", "p", "strong", "ul", "li", "dl", "div", "dt", "dd",
        "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    names = {name for _, attributes in page.elements for name in attributes}
    assert names <= {
        "lang",
        "charset",
        "name",
        "content",
        "id",
        "class",
        "scope",
        "aria-labelledby",
    }
    assert re.search(r"url\(|@import|https?:", page.style) is None
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_screen_reader_finds_its_way(client, case):
    page = Read((await asked(client, case[1])).text)
    assert page.all("html") == [{"lang": "en-GB"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert len(page.all("caption")) == len(page.all("table")) == 1
    heads = [attributes["scope"] for attributes in page.all("th")]
    assert heads == ["col"] * 4 + ["row"] * (len(page.all("tr")) - 1)
    named = {attributes["aria-labelledby"] for attributes in page.all("section")}
    assert named == {attributes["id"] for attributes in page.all("h2")}


@pytest.mark.parametrize("recipient", Recipient)
async def test_a_disclosure_says_to_whom_and_stands_in_the_ledger_as_one(
    client, owner, case, recipient
):
    record, decision = case
    query = {"for": "disclosure", "recipient": recipient.value}
    answer = await asked(client, decision, **query)
    (entry,) = await entries(owner, answer)
    assert (entry.operation, entry.event) == ("disclosure", "journey.record_disclosed")
    assert entry.recipient == recipient
    assert [str(id) for id in entry.subject_ids] == [
        decision["id"],
        record["id"],
        record["person"]["id"],
    ]
    text = Read(answer.text).text
    assert decision["decided_by"] not in answer.text
    assert "Disclosed to" in text
    assert (record["reference"] in text) == (recipient is not Recipient.PANEL)


async def test_the_files_copy_is_a_consultation(client, owner, case):
    answer = await asked(client, case[1], **{"for": "file"})
    (entry,) = await entries(owner, answer)
    assert (entry.operation, entry.event) == ("consultation", "journey.record_printed")
    assert entry.recipient is None


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ({"for": "disclosure"}, "recipient-missing"),
        ({"recipient": "defence"}, "recipient-of-the-file"),
        ({"for": "file", "recipient": "court"}, "recipient-of-the-file"),
    ],
)
async def test_a_disclosure_is_to_somebody_and_the_file_to_nobody(client, owner, case, query, rule):
    answer = await client.get(address(case[1]), params=query)
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("query:recipient", rule)
    assert answer.headers["content-type"] == "application/problem+json"
    (entry,) = await entries(owner, answer)
    assert entry.outcome == "rule-broken"


async def test_the_paper_is_the_same_until_something_on_it_changes(client, case):
    record, decision = case
    first, again = [await asked(client, decision) for _ in range(2)]
    assert first.headers["etag"] == again.headers["etag"]
    later = await decided(client, record)
    changed = await asked(client, decision)
    assert changed.headers["etag"] != first.headers["etag"]
    assert "Number 2, 3 November 2026 at 12:00 (GMT). Not eligible." in Read(changed.text).text
    assert "this is the present decision" in Read((await asked(client, later)).text).text


async def test_an_override_is_printed_once_it_is_proposed_and_again_once_it_is_answered(
    client, clients
):
    record = await booked(client, screening=KNOWN)
    decision = await decided(client, record)
    assert "nobody has determined or overridden it" in (await asked(client, decision)).text
    override = await proposed(clients(Role.SUPERVISOR, name="first"), decision)
    waiting = await asked(client, decision)
    assert "nobody has answered yet" in waiting.text
    second = clients(Role.SUPERVISOR, name="second")
    answer = await second.post(f"/v1/overrides/{override['id']}/confirmation", headers=a_key())
    assert answer.status_code == 200, answer.text
    held = await asked(client, decision)
    assert "Confirmed by a second person" in held.text
    assert held.headers["etag"] != waiting.headers["etag"]
    assert DEPARTURE["words"] in held.text
    out = await asked(client, decision, **{"for": "disclosure", "recipient": "defence"})
    assert "Confirmed by a second person" in out.text
    for hidden in (DEPARTURE["words"], override["proposed_by"], answer.json()["answered_by"]):
        assert hidden not in out.text


async def test_what_was_put_right_before_the_decision_is_printed_as_right(client):
    record = await booked(client, screening=KNOWN)
    right = an_offence(code="CJ67002") | {
        "replaces": record["offences"][0]["id"],
        "reason": "wrong_code",
    }
    offences = f"/v1/custody-records/{record['id']}/offences"
    answer = await client.post(offences, json=right, headers=a_key())
    decision = await decided(client, answer.json())
    text = Read((await asked(client, decision)).text).text
    assert "CJ67002" in text
    assert "TH68010" not in text


async def test_the_next_steps_say_where_the_present_decision_is_printed(client):
    record = await booked(client)
    steps = f"/v1/custody-records/{record['id']}/next-steps"
    assert (await client.get(steps)).json()["record"] is None
    await decided(client, record)
    second = await decided(client, record)
    assert (await client.get(steps)).json()["record"] == address(second)


async def test_a_decision_elsewhere_is_not_printed(clients, case):
    stranger = clients(Role.SUPERVISOR, "PETERLEE", name="stranger")
    answer = await stranger.get(address(case[1]))
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "decision-not-found")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026 at 01:30 (BST)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026 at 01:30 (GMT)"),
    ],
)
def test_the_hour_that_happens_twice_says_which_it_was(at, told):
    assert moment(at) == told
