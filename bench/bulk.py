"""The national list of offences: the service's loader beside a bare COPY of the same rows."""

import contextlib
import csv
import io
import time

from checkpoint.custody.cli import read_list, store
from checkpoint.custody.references import OffenceRow
from checkpoint.foundation.database import OWNER_ROLE, engine_for, transaction
from checkpoint.foundation.identifiers import new_id
from load import Sample
from seed import World, database

NAME = "load the offence list"
AIM = 0.5
COLUMNS = ("offence_list_id", "code", "title", "mode_of_trial")


async def load(world: World, content: bytes, number: int) -> Sample:
    """What ``checkpoint custody load-offences`` does between its start and its end."""
    engine = engine_for(world.url, role=OWNER_ROLE, pool_size=1)
    async with engine.connect():
        pass  # a command connects once; a bare COPY is given its connection too
    began = time.perf_counter()
    with contextlib.redirect_stderr(io.StringIO()):  # its bar would write over ours
        rows, _ = read_list(content)
    async with transaction(engine) as session:
        # One file is loaded once, so each round's has another digest.
        stored = await store(session, rows, name="bench", content=content + b"\n" * number)
    seconds = time.perf_counter() - began
    await engine.dispose()
    if not stored:
        raise RuntimeError("the offence list was not loaded")
    return _sample(len(rows), seconds)


async def copy(world: World, rows: list[OffenceRow]) -> Sample:
    """The same rows, read and encoded beforehand."""
    id, text = new_id(), io.StringIO()
    writer = csv.writer(text)
    writer.writerows((id, row.code, row.title, row.mode_of_trial.value) for row in rows)
    source = io.BytesIO(text.getvalue().encode())
    async with database(world.url) as connection:
        began = time.perf_counter()
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO offence_list (id, name, digest, loaded_at, loaded_by)"
                " VALUES ($1, 'bare', $2, now(), $1)",
                id,
                id.hex,
            )
            await connection.copy_to_table("offence", source=source, columns=COLUMNS, format="csv")
        return _sample(len(rows), time.perf_counter() - began)


def rows_of(content: bytes) -> list[OffenceRow]:
    with contextlib.redirect_stderr(io.StringIO()):
        return read_list(content)[0]


def _sample(rows: int, seconds: float) -> Sample:
    return Sample(rows, seconds, seconds * 1000, seconds * 1000)
