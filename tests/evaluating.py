"""Data cuts to evaluate: Rossi's trial, unblinded; and a made-up one with three masked arms."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from builders import a_key
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.database import insert, transaction
from checkpoint.foundation.identifiers import new_id
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure, Origin
from checkpoint.outcomes.cuts.tables import CutEvent, CutParticipant, DataCut
from checkpoint.trials import loading as adopting
from checkpoint.trials import queries as trials
from conftest import NOON, Clients
from outcomes.conftest import CODE, MANIFEST
from trialling import a_protocol

ROSSI, SMALL = CODE, "TEST-SMALL"
MONTHS = [{"name": f"{months} months", "months": months} for months in (6, 12)]


def a_cut(trial_id: UUID, **overrides: Any) -> DataCut:
    """A data cut without people."""
    given: dict[str, Any] = {
        "trial_id": trial_id,
        "number": 1,
        "origin": Origin.OWN,
        "known_until": datetime(2026, 10, 1, tzinfo=UTC),
        "followed_until": date(2026, 9, 30),
        "measures": [*Measure],
        "definitions": "2015-04-07-starter",
        "definitions_digest": "d" * 64,
        "horizons": MONTHS,
        "conviction_lag_months": 6,
        "rule_sets": ["2019-04-01"],
        "harm_index": "made-up-1",
        "masks": ["A", "B"],
        "participants": 0,
        "events": 0,
        "flow": {},
        "digest": "0" * 64,
        "software": "0.1.0",
        "taken_at": datetime(2026, 10, 1, tzinfo=UTC),
        "taken_by": uuid4(),
    }
    return DataCut(**(given | overrides))


def somebody(cut: DataCut, **overrides: Any) -> CutParticipant:
    """Somebody in it."""
    given: dict[str, Any] = {
        "cut_id": cut.id,
        "participant_id": new_id(),
        "mask": "A",
        "delivered_mask": None,
        "per_protocol": True,
        "completed": None,
        "stratum": "DURHAMGATE",
        "allocated_on": date(2025, 1, 1),
        "baseline": {},
        "observed_days": 637,
        "ended_by": EndOfObservation.DATA_CUT,
    }
    return CutParticipant(**(given | overrides))


async def adopted(engine: AsyncEngine, code: str, **protocol: Any) -> UUID:
    """A trial; its id."""
    by = Actor(id=uuid4(), role=Role.OPERATOR)
    async with transaction(engine) as session:
        await adopting.adopt(session, a_protocol(trial=code, **protocol), by=by, at=NOON)
        return (await trials.one(session, code, at=NOON)).id


# The age that people had is a column of its own and told in bands; as a covariate, in years.
OF_AGE = MANIFEST | {
    "code": "ROSSI-BY-AGE",
    "covariates": MANIFEST["covariates"] | {"age_years": {"type": "number", "label": "Age"}},
}


async def rossis(clients: Clients, manifest: Mapping[str, Any] = MANIFEST) -> None:
    """Rossi's trial of aid for released prisoners, brought in, cut and unblinded by the front door."""
    from lifelines.datasets import load_rossi

    manager, statistician = clients(Role.TRIAL_MANAGER), clients(Role.STATISTICIAN, name="second")
    people, events = [], []
    for number, row in enumerate(load_rossi().to_dict("records")):
        reference = f"R{number:03}"
        row["age_years"] = row["age"]
        covariates = {name: int(row[name]) for name in manifest["covariates"]}
        people.append(
            {"participant": reference, "arm": "aid" if row["fin"] else "control",
             "delivered": "aid" if row["fin"] else "control",
             "age": int(row["age"]), "observed": int(row["week"]), "covariates": covariates}
        )  # fmt: skip
        if row["arrest"]:
            week = int(row["week"])
            people[-1]["observed"] = 52
            events.append({"participant": reference, "measure": "arrest", "at": week})
    await brought_in(clients, manifest, people, events)
    place = f"/v1/trials/{manifest['code']}"
    whole = {"scope": "trial", "reason_code": "follow_up_complete", "words": "All are followed up."}
    made = await _sent(manager, f"{place}/unblindings", whole)
    await _sent(statistician, f"{place}/unblindings/{made['number']}/confirmation", {})


async def brought_in(
    clients: Clients,
    manifest: dict[str, Any],
    people: list[dict[str, Any]],
    events: list[dict[str, Any]],
) -> None:
    """A trial from elsewhere, brought in and cut by the front door."""
    manager, statistician = clients(Role.TRIAL_MANAGER), clients(Role.STATISTICIAN, name="second")
    place = f"/v1/trials-elsewhere/{manifest['code']}"
    counts = {"participants": len(people), "events": len(events)}
    await _sent(manager, "/v1/trials-elsewhere", manifest | counts)
    await _sent(manager, f"{place}/participants", {"part": 1, "rows": people})
    if events:
        await _sent(manager, f"{place}/follow-up", {"part": 1, "rows": events})
    await _sent(manager, f"{place}/completion", {})
    await _sent(statistician, f"/v1/trials/{manifest['code']}/data-cuts", {})


async def _sent(client: httpx.AsyncClient, place: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(place, json=body, headers=a_key())
    assert answer.is_success, answer.text
    return dict(answer.json())


def event(person: CutParticipant, measure: Measure, day: int, **overrides: Any) -> CutEvent:
    given = {"cut_id": person.cut_id, "participant_id": person.participant_id}
    return CutEvent(**given, measure=measure, day=day, **overrides)


def made_up(cut: DataCut, people: int) -> tuple[list[CutParticipant], list[CutEvent]]:
    """People of three arms, allocated over two years, with events in no order; always the same."""
    chance = random.Random(7)
    first, found, events = date(2024, 6, 1), [], []
    for number in range(people):
        allocated_on = first + timedelta(days=chance.randrange(730))
        last = (cut.followed_until - allocated_on).days
        ended = chance.choices([*EndOfObservation], weights=(12, 1, 1, 1))[0]
        observed = last if ended is EndOfObservation.DATA_CUT else chance.randrange(last)
        mask = "ABC"[number % 3]
        each = somebody(
            cut, mask=mask, allocated_on=allocated_on, observed_days=observed, ended_by=ended,
            delivered_mask=chance.choice([mask, mask, mask, "A", None]),
            per_protocol=chance.random() < 0.8, sex=chance.choice(["F", "M", "M", "M"]),
            age=chance.choice([None, *range(18, 70)]), ethnicity=chance.choice("WWWBAO"),
            residence="E06000047", offence_group=chance.choice(["theft", "violence", None]),
            stratum=chance.choice(["DURHAMGATE", "PETERLEE"]),
            baseline={"prior_arrests": chance.randrange(9), "in_work": chance.random() < 0.4,
                      "housing": chance.choice(["own", "hostel", "none"])},
            cost_pence=chance.randrange(10_000, 90_000),
            distance_travelled=chance.choice([None, -3, 0, 4]),
            wellbeing=14 + number % 57 if number % 4 else None,
            victim_satisfaction=1 + number % 13 / 3 if number % 20 == 7 else None,
        )  # fmt: skip
        if number % 5:
            each.baseline = each.baseline | {"language": "other" if number % 2 else "English"}
        lag = cut.followed_until - timedelta(days=183) - allocated_on
        for measure in Measure:
            until = min(observed, lag.days) if measure is Measure.PROVEN else observed
            days = sorted(
                chance.choices(range(until + 1), k=chance.choice([0, 0, 1, 3]))
                if until >= 0
                else []
            )
            if days:
                setattr(each, f"{measure}_day", days[0])
            events += [
                event(each, measure, day, harm_days=chance.choice([None, 2.0, 19.5]),
                      proactively_detected=chance.random() < 0.2)
                for day in days
            ]  # fmt: skip
        found.append(each)
    return found, events


async def small(engine: AsyncEngine) -> tuple[DataCut, list[CutParticipant], list[CutEvent]]:
    """A test trial of three arms that is open and masked, with 150 people in its second cut."""
    arms = {"treatment": 1, "control": 1, "letter": 1}
    trial_id = await adopted(engine, SMALL, arms=arms)
    cut = a_cut(trial_id, number=2, masks=["A", "B", "C"], participants=150)
    people, events = made_up(cut, 150)
    async with transaction(engine) as session:
        await insert(session, a_cut(trial_id, masks=["A", "B", "C"]))
        await insert(session, cut)
        await insert(session, *people)
        await insert(session, *events)
    return cut, people, events
