"""A trial whose people are followed up: who was allocated, and rows that tell what became of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builders import a_key, a_person, a_pnc_id
from checkpoint.foundation.actors import Role
from staging import Stage
from trialling import consenting

LATER = datetime(2029, 6, 1, 12, tzinfo=UTC)
UNTIL = "2029-05-31"
ALLOCATED = "2026-11-03"
PLACE = "/v1/follow-up-batches"
COLUMNS = (
    "row_key,pnc_id,event,offence_date,arrest_date,charge_date,disposal_date,from_date,"
    "until_date,offence_code,disposal,outcome_code,proactively_detected"
)
NUMBERS = [a_pnc_id(6_000_000 + each) for each in range(8)]


@dataclass
class Followed:
    """A trial with people allocated on 3 November 2026; the first three have PNC IDs."""

    stage: Stage
    records: list[dict[str, Any]]
    allocations: list[str]

    def client(self, role: Role = Role.TRIAL_MANAGER, moment: datetime = LATER, **who: str) -> Any:
        return self.stage.at(moment)(role, **who)


async def followed(stage: Stage, *, people: int = 4, numbered: int = 3) -> Followed:
    """Allocate so many people, through the front door."""
    await stage.trial(places=40)
    found = Followed(stage, [], [])
    clients = stage.at()
    for each in range(people):
        numbers = {"pnc_id": NUMBERS[each]} if each < numbered else {}
        officer = clients(name=f"officer {each}")
        record, decision = await consenting(officer, booking={"person": a_person(**numbers)})
        answer = await officer.put(
            f"/v1/custody-records/{record['id']}/allocation",
            json={"eligibility_decision_id": decision["id"]},
        )
        assert answer.status_code == 201, answer.text
        found.records.append(record)
        found.allocations.append(answer.json()["id"])
    return found


def a_row(number: int, person: int = 0, **overrides: Any) -> dict[str, Any]:
    """An arrest half a year after allocation, unless something else is said."""
    row = {
        "row_key": f"R{number}",
        "pnc_id": NUMBERS[person],
        "event": "arrest",
        "offence_date": "2027-05-01",
        "arrest_date": "2027-05-02",
        "offence_code": "TH68010",
    } | overrides
    return {name: value for name, value in row.items() if value is not ...}


def nothing(number: int, person: int) -> dict[str, Any]:
    """They were looked up, and nothing was found."""
    return {"row_key": f"R{number}", "pnc_id": NUMBERS[person], "event": "nothing"}


async def sent(client: Any, *rows: dict[str, Any], **overrides: Any) -> Any:
    body = {
        "trial": "TEST-TRIAL",
        "source": "PNC",
        "followed_until": UNTIL,
        "rows": [*rows],
    } | overrides
    return await client.post(PLACE, json=body, headers=a_key())


def as_csv(*rows: dict[str, Any], columns: str = COLUMNS, end: str = "\r\n") -> str:
    lines = [",".join(str(row.get(name, "")) for name in columns.split(",")) for row in rows]
    return end.join([columns, *lines, ""])


@pytest.fixture
async def followed_trial(stage: Stage) -> Followed:
    """Four people were allocated; three of them have PNC IDs."""
    return await followed(stage)


@pytest.fixture(scope="session")
def followed_url(make_database: Callable[..., str]) -> str:
    """The database of that one trial."""
    return make_database()


@pytest.fixture(scope="session")
async def shared_trial(
    anyio_backend: object, followed_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Followed]:
    """The same, once for all; a test takes in follow-up from a source of its own."""
    folder: Path = tmp_path_factory.mktemp("followed")
    stage = Stage(followed_url, folder)
    yield await followed(stage)
    await stage.close()
