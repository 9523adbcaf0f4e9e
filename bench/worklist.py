"""Measures the worklist, a caseload and a case's story among few open cases and among many.

    python bench/worklist.py [--cases 1000 20000 100000]

For each number it fills a database of its own with made-up cases that came in within five months,
in two suites, each navigator with thirty; asks in one process without a socket; and prints the
median and the 95th percentile of each, and how often they are the first number's. The aim: no more
than twice as much among 100,000 as among 1,000, and 50 ms at the 95th percentile.
"""

import argparse
import asyncio
import logging
import random
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import asyncpg
import httpx
import structlog
from pydantic import SecretStr

from checkpoint.api import create_app
from checkpoint.cli import prepare
from checkpoint.foundation.actors import Role
from checkpoint.foundation.embedded import embedded
from checkpoint.foundation.identifiers import new_id, new_reference
from checkpoint.foundation.settings import Environment, Settings

SUITES = ("DURHAMGATE", "PETERLEE")
SUMMARY, EITHER_WAY = "CJ88116", "TH68010"
DAYS, DETAINED, EACH, ROUNDS = 150, 40, 30, 40
SIZES = {"": {}, ", 200 lines": {"size": 200}}
ISSUER = "http://127.0.0.1:8000/local-issuer"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the worklist among open cases.")
    parser.add_argument("--cases", type=int, nargs="+", default=[1000, 20_000])
    return parser.parse_args()


class Seeds:
    """Rows by table. Constraints hold; triggers and foreign keys are left aside while they go in."""

    def __init__(self, offences: dict[str, Any], rules: Any, at: datetime) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.offences, self.rules, self.at = offences, rules, at
        self.chance, self.by, self.navigator = random.Random(7), new_id(), None
        self.held = 0

    def add(self, table: str, **values: Any) -> Any:
        row = {"id": new_id()} | values
        self.rows[table].append(row)
        return row["id"]

    def some_navigator(self) -> Any:
        """Each takes thirty."""
        if self.held % EACH == 0:
            number = self.held // EACH
            self.navigator = self.add(
                "navigator",
                actor_id=uuid5(NAMESPACE_URL, f"{ISSUER}/{Role.NAVIGATOR}/nav-{number}"),
                name=f"Synthetic {number}",
                provider="NECA",
                base_suites=[SUITES[number % 2]],
                capacity=EACH,
                specialisms=[],
                registered_at=self.at,
                registered_by=self.by,
                version=1,
            )
            for kind in ("induction", "vetting"):
                self.add(
                    "navigator_clearance",
                    navigator_id=self.navigator,
                    kind=kind,
                    number=1,
                    given_on=date(2015, 4, 7),
                    last_day=self.at.date() + timedelta(days=number % 700),
                    recorded_at=self.at,
                    recorded_by=self.by,
                )
        self.held += 1
        return self.navigator

    def case(self, number: int, cases: int) -> None:
        likely = self.chance.random
        at = self.at - timedelta(days=DAYS) * (number + 1) / cases
        detained = number < DETAINED
        at = self.at - timedelta(hours=number % 12, minutes=5) if detained else at
        left = None if detained else at + timedelta(hours=10)
        person = self.add(
            "person",
            family_name="Testperson",
            given_names=f"Synthetic {number}",
            date_of_birth=date(1960 + number % 40, 1 + number % 12, 7),
            registered_at=at,
            registered_by=self.by,
        )
        record = self.add(
            "custody_record",
            reference=new_reference(),
            person_id=person,
            suite=SUITES[number % 2],
            arrested_at=at,
            arrived_at=at,
            state="detained" if detained else "released",
            released_at=left,
            released_by=None if detained else self.by,
            opened_at=at,
            opened_by=self.by,
            version=1,
        )
        offence = self.add(
            "alleged_offence",
            custody_record_id=record,
            offence_id=self.offences[SUMMARY if likely() < 0.4 else EITHER_WAY],
            committed_from=at.date() - timedelta(days=number % 60),
            committed_until=at.date() - timedelta(days=number % 60),
            committed_in_area=True,
            added_at=at,
        )
        self.decided(record, at)
        if likely() < 0.6:
            self.harmed(record, suite=SUITES[number % 2], at=at, left=left)
        if left is not None:
            self.came_in(record, person, number, at=left)
            if likely() < 0.3:
                self.disposed(record, offence, at=left)

    def decided(self, record: Any, at: datetime) -> None:
        verdict = self.chance.choices(["eligible", "pending", "refer"], [90, 7, 3])[0]
        self.add(
            "eligibility_decision",
            custody_record_id=record,
            number=1,
            record_version=1,
            rule_set_version_id=self.rules,
            verdict=verdict,
            facts="{}",
            findings="[]",
            decided_at=at,
            decided_by=self.by,
        )
        if verdict == "refer" and self.chance.random() < 0.8:
            self.add(
                "determination",
                eligibility_decision_id=self.rows["eligibility_decision"][-1]["id"],
                verdict="eligible",
                reason_code="other",
                words="Synthetic.",
                determined_at=at,
                determined_by=self.by,
            )

    def harmed(self, record: Any, *, suite: str, at: datetime, left: datetime | None) -> None:
        victim = self.add(
            "victim",
            custody_record_id=record,
            person_id=self.rows["person"][0]["id"],
            vulnerable=False,
            added_at=at,
            added_by=self.by,
        )
        stamp = {"recorded_at": at, "recorded_by": self.by}
        happened = [("arrested", at)]
        if left is not None:
            happened.append(("charged", left))
            self.add(
                "movement",
                custody_record_id=record,
                number=1,
                kind="released",
                from_suite=suite,
                left_at=left,
                release_kind="charged",
                **stamp,
            )
        for what, when in happened:
            if self.chance.random() < 0.97:
                self.add(
                    "victim_notification",
                    victim_id=victim,
                    what=what,
                    happened_at=when,
                    told_at=when,
                    channel="telephone",
                    **stamp,
                )

    def came_in(self, record: Any, person: Any, number: int, *, at: datetime) -> None:
        likely = self.chance.random
        enrolment = self.add(
            "enrolment",
            custody_record_id=record,
            person_id=person,
            suite=SUITES[number % 2],
            eligibility_decision_id=self.rows["eligibility_decision"][-1]["id"],
            programme_consent_id=new_id(),
            enrolled_at=at,
            enrolled_by=self.by,
        )
        if likely() < 0.01:
            self.add(
                "consent_draft",
                custody_record_id=record,
                content="{}",
                begun_at=self.at,
                begun_by=self.by,
                saved_at=self.at,
                expires_at=self.at + timedelta(hours=24),
                version=1,
            )
        if likely() < 0.1:
            return
        start = self.add(
            "programme_start",
            custody_record_id=record,
            enrolment_id=enrolment,
            programme_consent_id=new_id(),
            started_at=at,
            recorded_at=at,
            recorded_by=self.by,
        )
        if likely() < 0.95:
            self.worked(record, at)
            self.met(record, at)
            self.contracted(record, start, at)

    def worked(self, record: Any, at: datetime) -> None:
        assignment = self.add(
            "navigator_assignment",
            custody_record_id=record,
            navigator_id=self.some_navigator(),
            number=1,
            how="assigned",
            assigned_at=at,
            assigned_by=self.by,
        )
        if self.chance.random() < 0.01:
            self.add(
                "navigator_handover",
                assignment_id=assignment,
                number=1,
                to_navigator_id=self.chance.choice(self.rows["navigator"])["id"],
                kind="hand_over",
                offered_at=self.at - timedelta(hours=30),
                offered_by=self.by,
            )

    def met(self, record: Any, at: datetime) -> None:
        """Every fortnight an appointment, of which one in fifty has no entry; and the next one."""
        when = at + timedelta(days=1)
        while when < self.at + timedelta(days=14):
            appointment = self.add(
                "appointment",
                custody_record_id=record,
                navigator_id=self.rows["navigator_assignment"][-1]["navigator_id"],
                kind="session",
                starts_at=when,
                minutes=50,
                place="home",
                planned_at=at,
                planned_by=self.by,
            )
            if when < self.at and self.chance.random() < 0.98:
                self.add(
                    "attendance",
                    appointment_id=appointment,
                    number=1,
                    outcome="attended",
                    minutes=50,
                    excused=False,
                    recorded_at=when,
                    recorded_by=self.by,
                )
            when += timedelta(days=14)

    def contracted(self, record: Any, start: Any, at: datetime) -> None:
        """A contract that was started four days after; one in twenty is offered and not signed."""
        signed, first = self.chance.random() < 0.95, (at + timedelta(days=4)).date()
        days = {"starts_on": first, "ends_on": first + timedelta(days=120)} if signed else {}
        contract = self.add(
            "contract",
            custody_record_id=record,
            programme_start_id=start,
            reference=new_reference(),
            fallback="charge",
            state="active" if signed else "offered",
            version=2 if signed else 1,
            terms_number=1,
            drafted_at=at,
            drafted_by=self.by,
            **days,
        )
        terms = self.add(
            "contract_terms",
            contract_id=contract,
            number=1,
            kind="first",
            reason_code="agreed_at_start",
            excused_days=0,
            reckoned="4 calendar months",
            drafted_at=at,
            drafted_by=self.by,
        )
        for number, event in enumerate(("offered", "started")[: 1 + signed], 1):
            self.add(
                "contract_step",
                contract_id=contract,
                number=number,
                event=f"contract.{event}",
                state="active" if event == "started" else "offered",
                terms_number=1,
                excused_days=0,
                happened_at=at + timedelta(days=4 if event == "started" else 0),
                recorded_at=at,
                recorded_by=self.by,
                **(days if event == "started" else {}),
            )
        self.add(
            "contract_condition",
            terms_id=terms,
            key=new_id(),
            position=1,
            kind="pathway",
            pathway="finance",
            objective="Synthetic.",
            measure="Synthetic.",
            due_on=first + timedelta(days=60),
            rule="sessions",
            amount=2,
        )

    def disposed(self, record: Any, offence: Any, *, at: datetime) -> None:
        self.add(
            "disposal",
            custody_record_id=record,
            alleged_offence_id=offence,
            first_entry_id=offence,
            number=1,
            outcome_code="1",
            disposed_on=at.date(),
            decided_by="police",
            conditions=[],
            recorded_at=at,
            recorded_by=self.by,
        )


async def filled(url: str, cases: int, at: datetime) -> Any:
    """The database with so many cases; and the id of one of them."""
    connection = await asyncpg.connect(url)
    offences = {
        row["code"]: row["id"] for row in await connection.fetch("SELECT id, code FROM offence")
    }
    rules = await connection.fetchval("SELECT id FROM rule_set_version LIMIT 1")
    seeds = Seeds(offences, rules, at)
    for number in range(cases):
        seeds.case(number, cases)
    await connection.execute("SET session_replication_role = replica")
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
    return seeds.rows["programme_start"][0]["custody_record_id"]


async def measured(url: str, folder: Path, record: Any) -> dict[str, tuple[float, float]]:
    settings = Settings(
        environment=Environment.DEVELOPMENT,
        database_url=SecretStr(url),
        local_issuer=True,
        issuer=ISSUER,
        data_folder=folder,
        requests_per_minute=1_000_000,
    )
    app = create_app(settings)
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    found: dict[str, tuple[float, float]] = {}
    for role in (Role.NAVIGATOR, Role.CUSTODY_OFFICER, Role.SUPERVISOR):
        name = "nav-0" if role is Role.NAVIGATOR else "bench"
        token = app.state.local_issuer.token(role, [SUITES[0]], name=name, at=datetime.now(UTC))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://bench",
            headers={"Authorization": f"Bearer {token}"},
        ) as client:
            await asked(client, role, record, found)
    await app.state.engine.dispose()
    return found


async def asked(
    client: httpx.AsyncClient, role: Role, record: Any, found: dict[str, tuple[float, float]]
) -> None:
    for words, params in SIZES.items():
        page = await took(client, f"{role}: worklist{words}", "/v1/worklist", params, found)
        if page["next"]:
            after = params | {"after": page["next"]}
            await took(client, f"{role}: its page 2{words}", "/v1/worklist", after, found)
    if role is Role.NAVIGATOR:
        await took(client, f"{role}: caseload", "/v1/me/caseload", {}, found)
        await took(client, f"{role}: a story", f"/v1/custody-records/{record}/timeline", {}, found)


async def took(
    client: httpx.AsyncClient,
    name: str,
    path: str,
    params: dict[str, Any],
    found: dict[str, tuple[float, float]],
) -> Any:
    times, answer = [], None
    for _ in range(ROUNDS + 8):  # the first ones are planned anew
        began = time.perf_counter()
        answer = await client.get(path, params=params)
        times.append(1000 * (time.perf_counter() - began))
        answer.raise_for_status()
    times = times[8:]
    found[name] = (statistics.median(times), statistics.quantiles(times, n=20)[-1])
    return answer.json() if answer else None


async def main() -> None:
    results: dict[int, dict[str, tuple[float, float]]] = {}
    for cases in arguments().cases:
        with ExitStack() as stack:
            made = tempfile.TemporaryDirectory(prefix="checkpoint-worklist-")
            folder = Path(stack.enter_context(made))
            url = stack.enter_context(embedded(folder / "postgresql"))
            await asyncio.to_thread(prepare, url)
            record = await filled(url, cases, datetime.now(UTC))
            results[cases] = await measured(url, folder, record)
    first = next(iter(results.values()))
    for name in first:
        told = [
            f"{cases:>9,}: {found[name][0]:6.1f} / {found[name][1]:6.1f} ms"
            f" ({found[name][0] / first[name][0]:.1f}x)"
            for cases, found in results.items()
            if name in found
        ]
        print(f"{name:44}", *told)


if __name__ == "__main__":
    asyncio.run(main())
