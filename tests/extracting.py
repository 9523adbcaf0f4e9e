"""Data cuts to make extracts of, and extracts asked for and approved."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from builders import a_key
from checkpoint.evaluation.windows import so_many
from checkpoint.extracts.builds import working
from checkpoint.extracts.builds.building import Workshop
from checkpoint.foundation.actors import Actor, Role
from checkpoint.foundation.identifiers import new_id
from checkpoint.outcomes.cuts.states import EndOfObservation, Measure, Origin
from checkpoint.outcomes.cuts.tables import CutEvent, CutParticipant, DataCut
from checkpoint.trials.tables import Trial, TrialProtocol
from conftest import NOON

TAKEN = datetime(2026, 10, 1, 9, tzinfo=UTC)
FOLLOWED = date(2026, 9, 30)


def somebody(number, *, luck, known=None):
    """One made-up participant, the same for the same number and luck."""
    chance = random.Random(f"{luck} {number}")
    arrest = chance.randrange(1, 700) if chance.random() < 0.4 else None
    return {
        "id": new_id(),
        "participant_id": UUID(int=(7 << 76) + (2 << 62) + number + luck * 1_000_000),
        "mask": "AB"[number % 2],
        "delivered_mask": "AB"[number % 2],
        "per_protocol": True,
        "completed": True if number % 2 else None,
        "stratum": "DURHAMGATE",
        "allocated_on": date(2023, 1, 1) + timedelta(days=number % 300),
        "sex": "female" if chance.random() < 0.3 else "male",
        "age": chance.randrange(18, 70),
        "ethnicity": chance.choice(["W", "W", "W", "A", "B"]),
        "residence": "E06000047",
        "offence_group": chance.choice(["theft", "violence"]),
        "baseline": {"priors": chance.randrange(3), "employed": chance.random() < 0.5},
        "observed_days": 730,
        "ended_by": EndOfObservation.DATA_CUT,
        "custody_days": 0,
        "arrest_day": arrest,
        "charge_day": None,
        "proven_day": None,
        "distance_travelled": None,
        "cost_pence": 125_000,
    } | (known or {})


async def cut(
    engine,
    trial="TEST-TRIAL",
    *,
    people=200,
    luck=1,
    number=None,
    put_right=0,
    moved=0,
    horizons=(12,),
    lag=6,
    measures=("arrest",),
    primary=(None, None),
    convicted=True,
    **known,
):
    """A data cut of made-up people, put in by SQL; its number.

    Of the first so many an age is put right, or what happened to them has another offence. Where
    what is proven is held, two of three arrests are, unless nobody is convicted yet.
    """
    found = [somebody(each, luck=luck, known=known) for each in range(people)]
    for each in found if convicted and "proven" in measures else ():
        each["proven_day"] = each["arrest_day"] if (each["arrest_day"] or 0) % 3 else None
    for each in found[:put_right]:
        each["age"] = 71
    arrested = [each["participant_id"] for each in found if each["arrest_day"] is not None]
    happened = [
        {"participant_id": each["participant_id"], "measure": Measure.ARREST,
         "day": each["arrest_day"], "offence_group": "fraud" if each["participant_id"] in arrested[:moved] else "theft",
         "harm_days": 10.0}
        for each in found if each["arrest_day"] is not None
    ]  # fmt: skip
    async with engine.begin() as connection:
        trial_id, numbers = (
            await connection.execute(
                sa.text(
                    "SELECT trial.id, count(data_cut.id) FROM trial "
                    "LEFT JOIN data_cut ON trial_id = trial.id WHERE code = :code GROUP BY trial.id"
                ),
                {"code": trial},
            )
        ).one()
        number = number or numbers + 1
        head = DataCut(
            trial_id=trial_id,
            number=number,
            origin=Origin.OWN,
            known_until=TAKEN,
            followed_until=FOLLOWED,
            measures=[*measures],
            primary_measure=primary[0],
            primary_horizon=primary[1],
            definitions="2026-01",
            definitions_digest="a" * 64,
            horizons=[{"name": so_many(n, "month"), "months": n, "days": None} for n in horizons],
            conviction_lag_months=lag,
            rule_sets=["2018-01-01"],
            harm_index="made-up-1",
            masks=["A", "B"],
            participants=len(found),
            events=len(happened),
            flow={"screened": 4_000, "eligible": 3_000, "allocated": len(found)},
            digest="b" * 64,
            software="test",
            taken_at=TAKEN,
            taken_by=uuid4(),
        )
        await connection.execute(DataCut.__table__.insert(), head.model_dump())
        rows = [{"cut_id": head.id} | each for each in found]
        await connection.execute(CutParticipant.__table__.insert(), rows)
        events = [
            {"id": new_id(), "cut_id": head.id, "proactively_detected": False} | each
            for each in happened
        ]
        if events:
            await connection.execute(CutEvent.__table__.insert(), events)
    return number


async def another_trial(engine):
    """The name of a test trial that nobody else has, with the protocol of the one there is."""
    code, made, protocol = f"TEST-{uuid4().hex[:12].upper()}", uuid4(), TrialProtocol.__table__
    own = {"id": sa.literal(uuid4(), sa.Uuid()), "trial_id": sa.literal(made, sa.Uuid())}
    copied = sa.select(*(own.get(column.name, column) for column in protocol.c)).where(
        protocol.c.trial_id
        == sa.select(Trial.__table__.c.id)
        .where(Trial.__table__.c.code == "TEST-TRIAL")
        .scalar_subquery()
    )
    async with engine.begin() as connection:
        head = {"id": made, "code": code, "kind": "test"}
        await connection.execute(Trial.__table__.insert(), head)
        names = [column.name for column in protocol.c]
        await connection.execute(protocol.insert().from_select(names, copied))
    return code


def asking(cut, /, **changes):
    """A request for an extract."""
    return {
        "trial": "TEST-TRIAL",
        "cut": cut,
        "product": "person_level",
        "fields": ["sex", "age_band", "observed_days", "arrest_day"],
        "population": {},
        "purpose": "To see whether the programme works.",
        "agreement": "Agreement 1",
        "recipient": "SYNTHETIC-UNIVERSITY",
        "expires_on": str(NOON.date() + timedelta(days=200)),
    } | changes


async def asked(clients, cut, /, *, name="evaluator", **changes):
    """An extract that somebody asked for, as it was answered."""
    client = clients(Role.EVALUATOR, name=name)
    answer = await client.post("/v1/extracts", json=asking(cut, **changes), headers=a_key())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def approved(clients, cut, /, **changes):
    """An extract that two people approved."""
    made = await asked(clients, cut, **changes)
    for role in (Role.STATISTICIAN, Role.TRIAL_MANAGER):
        client = clients(role, name=f"approving {role}")
        answer = await client.post(f"/v1/extracts/{made['id']}/approval", headers=a_key())
        assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(answer):
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def workshop(app):
    """Where a test builds, beside a service."""
    settings = app.state.settings
    return Workshop(
        engine=app.state.engine,
        url=settings.database_url.get_secret_value(),
        settings=settings,
        by=Actor(id=UUID(int=5), role=Role.OPERATOR),
        clock=lambda: NOON,
    )


async def built(clients, extract):
    """A build of an extract, asked for and worked on; as the status door tells it."""
    client = clients(Role.STATISTICIAN, name="approving statistician")
    asked = await client.post(f"/v1/extracts/{extract['id']}/builds", headers=a_key())
    assert asked.status_code == 202, asked.text
    await working.work(workshop(clients.app))
    return (await client.get(asked.headers["Location"])).json()
