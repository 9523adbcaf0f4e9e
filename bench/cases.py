"""Measures the lists, counts and readings of cases among many, through the front door.

    python bench/cases.py [--cases 20000]

Fills a database of its own with made-up cases of every stage (decided anew, co-accused, put right,
determined, overridden), asks in one process without a socket, and prints the median of each.
"""

import argparse
import asyncio
import json
import logging
import random
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from pydantic import SecretStr

from checkpoint.api import create_app
from checkpoint.cli import prepare
from checkpoint.custody.clocks import Timed, clock_of
from checkpoint.eligibility.facts import Alleged, gather
from checkpoint.eligibility.rules import decide, parse, stored
from checkpoint.foundation.actors import Role
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.identifiers import new_id, new_reference
from checkpoint.foundation.settings import Environment, Settings
from seed import SCREENING

SUITES = ("DURHAMGATE", "PETERLEE")
RULES = "2026-11-01"
SUMMARY, EITHER_WAY = "CJ88116", "TH68010"
SIZE, ROUNDS = 20, 9
DIFFERENCES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {},
    {"interview_stance": None},
    {"interview_stance": None, "evidential_test_met": None},
    {"hate_crime": True},
    {"co_accused": True},
    {"hate_crime": True, "co_accused": True},
    {"interview_stance": "denied"},
    {"lives_in_area": False},
    {"domestic_abuse_grade": "medium"},
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure lists, counts and readings of cases.")
    parser.add_argument("--cases", type=int, default=20_000, help="how many there are")
    return parser.parse_args()


class Seeds:
    """Rows by table, in the order in which they have to be written."""

    def __init__(self, offences: dict[str, Any], rules_id: Any, at: datetime) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.offences, self.rules_id, self.at = offences, rules_id, at
        self.chance, self.by, self.before = random.Random(7), new_id(), None
        text = (files("checkpoint.eligibility") / "rulesets" / f"{RULES}.toml").read_text("utf-8")
        self.rules, self.answers = parse(text), {}

    def add(self, table: str, **values: Any) -> Any:
        row = {"id": new_id()} | values
        self.rows[table].append(row)
        return row["id"]

    def case(self, number: int) -> None:
        at = self.at - timedelta(minutes=26 * (number + 1))
        likely = self.chance.random
        person = self.add(
            "person",
            family_name="Testperson",
            given_names=f"Synthetic {number}",
            date_of_birth=datetime(1960 + number % 40, 1 + number % 12, 7, tzinfo=UTC).date(),
            registered_at=at,
            registered_by=self.by,
        )
        record = self.add(
            "custody_record",
            reference=new_reference(),
            person_id=person,
            suite=SUITES[0] if likely() < 0.8 else SUITES[1],
            arrested_at=at,
            arrived_at=at,
            state="detained",
            opened_at=at,
            opened_by=self.by,
            version=1,
        )
        day, codes = at.date() - timedelta(days=number % 60), [EITHER_WAY, SUMMARY]
        chosen = [codes[likely() < 0.4] for _ in range(1 + (likely() < 0.3))]
        for code in chosen:
            self.offence(record, code, day, at)
        if likely() < 0.1:
            self.add(
                "screening_omission",
                custody_record_id=record,
                number=1,
                reason="released_before",
                recorded_at=at,
                recorded_by=self.by,
            )
            return
        self.screened(record, person, chosen, day, at)

    def offence(self, record: Any, code: str, day: Any, at: datetime) -> None:
        self.add(
            "alleged_offence",
            custody_record_id=record,
            offence_id=self.offences[code],
            committed_from=day,
            committed_until=day,
            committed_in_area=True,
            added_at=at,
        )

    def screened(self, record: Any, person: Any, codes: list[str], day: Any, at: datetime) -> None:
        likely, which = self.chance.random, self.chance.randrange(len(DIFFERENCES))
        known = SCREENING | DIFFERENCES[which]
        saved = {"saved_at": at, "saved_by": self.by, "custody_record_id": record}
        self.add("screening", number=1, **SCREENING | {"hate_crime": None}, **saved)
        self.add("screening", number=2, **known, **saved)
        if likely() < 0.05:
            return
        earlier = None
        for number in range(1, 2 + (likely() < 0.25)):
            earlier, verdict = self.decided(record, number, codes, which, day, at, earlier)
        self.spoken(earlier, verdict, at)
        if likely() < 0.05:
            self.linked(record, at)
        if likely() < 0.03:
            self.put_right(record, person, at)

    def decided(
        self,
        record: Any,
        number: int,
        codes: list[str],
        which: int,
        day: Any,
        at: datetime,
        earlier: Any,
    ) -> tuple[Any, str]:
        verdict, facts, findings, clock = self.answer(tuple(codes), which, (at.date() - day).days)
        made = self.add(
            "eligibility_decision",
            custody_record_id=record,
            number=number,
            record_version=1,
            rule_set_version_id=self.rules_id,
            verdict=verdict,
            facts=facts,
            findings=findings,
            prosecution_clock=clock,
            supersedes_id=earlier,
            decided_at=at,
            decided_by=self.by,
        )
        return made, verdict

    def answer(self, codes: tuple[str, ...], which: int, age: int) -> tuple[str, str, str, str]:
        """What the present rules say; worked out once for each kind of case."""
        if (codes, which, age) not in self.answers:
            day = self.at.date() - timedelta(days=age)
            trial = {SUMMARY: "summary_only", EITHER_WAY: "either_way"}
            kind = {SUMMARY: "common_assault", EITHER_WAY: "theft"}
            clock = clock_of(
                [Timed(None, code, trial[code], day) for code in codes], on=self.at.date()
            )  # type: ignore[arg-type]
            facts = gather(
                born=day.replace(year=1980, day=1),
                arrested_on=self.at.date(),
                decided_on=self.at.date(),
                offences=[
                    Alleged(kind[code], day, committed_in_area=True, code=code, in_force="in_force")
                    for code in codes
                ],
                screening=SCREENING | DIFFERENCES[which],
                clock=clock,
            )
            verdict, findings = decide(self.rules, facts)
            told = (json.dumps(facts), json.dumps(stored(findings)), clock.model_dump_json())
            self.answers[codes, which, age] = (verdict.value, *told)
        return self.answers[codes, which, age]

    def spoken(self, decision: Any, verdict: str, at: datetime) -> None:
        said = {"eligibility_decision_id": decision, "words": "Synthetic."}
        if verdict == "refer" and self.chance.random() < 0.5:
            self.add(
                "determination",
                **said,
                verdict="ineligible",
                reason_code="other",
                determined_at=at,
                determined_by=self.by,
            )
        if verdict in ("eligible", "ineligible") and self.chance.random() < 0.03:
            other = "ineligible" if verdict == "eligible" else "eligible"
            override = self.add(
                "eligibility_override",
                **said,
                number=1,
                verdict=other,
                reason_code="other",
                proposed_rank="inspector",
                proposed_at=at,
                proposed_by=self.by,
            )
            self.add(
                "override_answer",
                eligibility_override_id=override,
                proposed_by=self.by,
                outcome="confirmed",
                answered_at=at,
                answered_by=new_id(),
            )

    def linked(self, record: Any, at: datetime) -> None:
        if self.before is not None:
            told = {"recorded_at": at, "recorded_by": self.by, "custody_record_id": record}
            link = self.add("co_accused", **told, other_record_id=self.before)
            if self.chance.random() < 0.3:
                self.add("co_accused", **told, withdraws_id=link)
        self.before = record

    def put_right(self, record: Any, person: Any, at: datetime) -> None:
        self.add(
            "person_correction",
            person_id=person,
            custody_record_id=record,
            field=self.chance.choice(["date_of_birth", "family_name"]),
            reason="document_seen",
            corrected_at=at,
            corrected_by=self.by,
        )


async def filled(url: str, cases: int, at: datetime) -> None:
    connection = await asyncpg.connect(url)
    offences = {
        row["code"]: row["id"] for row in await connection.fetch("SELECT id, code FROM offence")
    }
    rules_id = await connection.fetchval(
        "SELECT id FROM rule_set_version WHERE version = $1", RULES
    )
    seeds = Seeds(offences, rules_id, at)
    for number in range(cases):
        seeds.case(number)
    for table, rows in seeds.rows.items():
        columns = list({name: None for row in rows for name in row})
        await connection.copy_records_to_table(
            table,
            columns=columns,
            records=[tuple(row.get(name) for name in columns) for row in rows],
        )
    await connection.execute("VACUUM ANALYZE")
    print(*(f"{len(rows):,} {table}" for table, rows in seeds.rows.items()), sep=", ")
    await connection.close()


class Asking:
    """Somebody who asks, and how long the answers took."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(self, path: str, **query: Any) -> tuple[Any, float]:
        began = time.perf_counter()
        answer = await self.client.get(path, params=query)
        took = 1000 * (time.perf_counter() - began)
        answer.raise_for_status()
        return answer.json(), took

    async def told(self, name: str, path: str, **query: Any) -> None:
        times = [(await self.ask(path, **query))[1] for _ in range(ROUNDS + 1)][1:]
        print(f"{name:58} {statistics.median(times):8.1f} ms  (worst {max(times):.1f})")

    async def walked(self, name: str, path: str, **query: Any) -> None:
        """The first pages and the last ones of a whole list."""
        times, after = [], {}
        while True:
            page, took = await self.ask(path, size=SIZE, **query, **after)
            times.append(took)
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        first, last = statistics.median(times[1:11]), statistics.median(times[-11:-1])
        print(f"{name:58} {first:8.1f} ms  first pages, {last:.1f} ms last of {len(times):,}")


NARROWINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("all", {}),
    ("stage not_screened", {"stage": "not_screened"}),
    ("stage screening", {"stage": "screening"}),
    ("stage pending", {"stage": "pending"}),
    ("stage ineligible", {"stage": "ineligible"}),
    ("stage referred", {"stage": "referred"}),
    ("stage eligible", {"stage": "eligible"}),
    ("missing interview_stance", {"missing": "interview_stance"}),
    ("missing, nobody", {"missing": "risk_band"}),
    ("one suite", {"suite": SUITES[1]}),
    ("a month of arrests", {"arrested_from": "2026-06-01", "arrested_until": "2026-06-30"}),
    ("due before", {"due_before": "2026-12-10"}),
    ("due from", {"due_from": "2026-12-10"}),
    (
        "due in a week, eligible",
        {"due_from": "2026-12-10", "due_before": "2026-12-17", "stage": "eligible"},
    ),
)


async def measured(url: str, folder: Path) -> None:
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(url),
        local_issuer=True,
        data_folder=folder,
        requests_per_minute=1_000_000,
    )
    app = create_app(settings)
    logging.disable(logging.CRITICAL)
    transport = httpx.ASGITransport(app)
    for suites in (SUITES[:1], SUITES):
        token = app.state.local_issuer.token(
            Role.CUSTODY_OFFICER, [*suites], name="bench", at=datetime.now(UTC)
        )
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://bench", headers=headers
        ) as client:
            print(f"\n{len(suites)} suite(s)")
            await asked(Asking(client))
    await app.state.engine.dispose()


async def asked(asking: Asking) -> None:
    for order in ("arrest", "deadline"):
        await asking.walked(f"list by {order}", "/v1/cases", order=order)
    for name, query in NARROWINGS:
        await asking.told(f"count: {name}", "/v1/cases/counts", **query)
    for order in ("arrest", "deadline"):
        for name, query in NARROWINGS[1:]:
            await asking.told(
                f"page 1 by {order}: {name}", "/v1/cases", order=order, size=SIZE, **query
            )
    lines, _ = await asking.ask("/v1/cases", stage="eligible", size=1)
    (case,) = lines["items"]
    place = f"/v1/custody-records/{case['record_id']}"
    for path in ("", "/next-steps", "/eligibility-decisions", "/corrections"):
        await asking.told(f"read a record{path}", f"{place}{path}")
    decision = f"/v1/eligibility-decisions/{case['decision_id']}"
    await asking.told("read a decision", decision)


async def main() -> None:
    given = arguments()
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="checkpoint-cases-")
        folder = Path(stack.enter_context(made))
        url = stack.enter_context(embedded(folder / "postgresql"))
        await asyncio.to_thread(prepare, url)
        await filled(url, given.cases, datetime.now(UTC))
        await measured(url, folder)


if __name__ == "__main__":
    asyncio.run(main())
