"""The one page of a contract."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from checkpoint.contracts import papers
from checkpoint.contracts.agreements.states import CompletionRule, TermsKind
from checkpoint.contracts.papers import STANDINGS, asks_of, runs_of, title_of
from checkpoint.contracts.states import LIVE, OPEN, Fallback
from contracting import CONTRACT, WORK
from delivering import problem
from traces import entries

SNEAKY = "<script>alert(1)</script> & all"


async def test_a_contract_prints_on_one_page_with_what_is_agreed_and_who_signed(a_bench, owner):
    bench = await a_bench()
    wanted = [CONTRACT["conditions"][0] | {"objective": SNEAKY}, *CONTRACT["conditions"][1:]]
    await bench.draft(conditions=wanted, ends_on="2027-01-31")
    here = f"/v1/contracts/{bench.contract['id']}/paper"
    draft = await bench.navigator.client.get(here)
    assert draft.status_code == 200, draft.text
    for words in (
        "This is a draft. Nothing is agreed yet.",
        "It runs from the day on which you sign, until 31 January 2027.",
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; all",
        "Working on a need: Financial management and income",
        "Come to 4 sessions.",
        "the police may charge you instead",
        f"Your navigator: {bench.navigator.name}.",
        bench.contract["reference"],
    ):
        assert words in draft.text, words
    assert "<script" not in draft.text
    assert draft.headers["content-security-policy"].startswith("default-src 'none'")
    assert [row.event for row in await entries(owner, draft)] == ["contract.printed"]
    await bench.post("offer")
    await bench.sign_all()
    running = await bench.officer.get(here)
    assert "It runs from 3 November 2026 until 31 January 2027." in running.text
    assert running.text.count("Signed 3 November 2026 at 12:00 (GMT)") == 3
    again = await bench.boss.get(here)
    assert again.headers["etag"] == running.headers["etag"] != draft.headers["etag"]


async def test_each_version_prints_with_how_it_stands(a_bench):
    bench = await a_bench()
    await bench.active()
    here = f"/v1/contracts/{bench.contract['id']}/paper"
    changed = {"reason_code": "more_time", "ends_on": "2027-04-20"}
    saved = await bench.post("terms", changed | {"conditions": [*CONTRACT["conditions"], WORK]})
    assert saved.status_code == 201, saved.text
    proposed = await bench.officer.get(here)
    assert "This is a change that is offered to you." in proposed.text
    assert "until 20 April 2027" in proposed.text
    first = await bench.officer.get(here, params={"terms": 1})
    assert "This contract runs." in first.text
    missing = problem(await bench.officer.get(here, params={"terms": 9}), 422, "rule-broken")
    assert missing["errors"][0]["pointer"] == "query:terms"
    await bench.sign_all()
    first = await bench.officer.get(here, params={"terms": 1})
    assert "These terms are not those that count." in first.text
    await bench.take("closure", "death")
    assert "This contract has ended." in (await bench.officer.get(here)).text


@pytest.mark.parametrize(
    ("rule", "amount", "asks"),
    [
        (CompletionRule.NO_OFFENDING, None, "Do not commit an offence while this contract runs."),
        (CompletionRule.CONTACT, None, "Take part as it was agreed with you."),
        (CompletionRule.SESSIONS, 1, "Come to 1 session."),
        (CompletionRule.HOURS, 18, "Work 18 hours."),
        (CompletionRule.EVIDENCE, None, "Show your navigator that it is done."),
        (CompletionRule.TAG_DATES, None, "Wear the tag from 4 November 2026 to 5 November 2026."),
    ],
)
def test_a_condition_says_what_it_asks_in_one_sentence(rule, amount, asks):
    days = {"tag_from": date(2026, 11, 4), "tag_until": date(2026, 11, 5)}
    assert asks_of(SimpleNamespace(rule=rule, amount=amount, **days)) == asks


def test_the_words_cover_every_code_and_moments_are_those_of_england():
    assert STANDINGS.keys() == OPEN > LIVE
    assert papers.FALLBACKS.keys() == {*Fallback}
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert papers.moment(summer) == "2 July 2026 at 00:30 (BST)"
    assert title_of(SimpleNamespace(kind="tag", pathway=None)) == "Wearing a tag"


def test_before_it_is_signed_a_page_says_for_how_long_it_would_run():
    terms = SimpleNamespace(ends_on=None, reckoned="4 calendar months", kind=TermsKind.FIRST)
    told = runs_of(terms, starts_on=None, ends_on=None)
    assert told == "It runs from the day on which you sign, for 4 calendar months."
