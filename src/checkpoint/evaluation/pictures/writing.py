"""A cut's whole evaluation as files: every figure as JSON, and every picture."""

import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from anyio import to_thread
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation import queries as cuts
from checkpoint.evaluation.amounts import queries as amounts
from checkpoint.evaluation.amounts import views as of_amounts
from checkpoint.evaluation.equality.reading import equality
from checkpoint.evaluation.pictures import reading
from checkpoint.evaluation.pictures.drawing import Picture, rendered
from checkpoint.evaluation.pictures.states import Form
from checkpoint.evaluation.profiles import queries as profiles
from checkpoint.evaluation.profiles import views as of_profiles
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.risks import queries as risks
from checkpoint.evaluation.risks import views as of_risks
from checkpoint.evaluation.states import InCustody, Population
from checkpoint.evaluation.times import queries as times
from checkpoint.evaluation.times import views as of_times
from checkpoint.foundation.actors import Role
from checkpoint.outcomes.cuts.states import Measure

SUMS = "SHA256SUMS"
INSIDE = "stratum"  # suites stay inside the force
TIMES = {
    "time-to-event": InCustody.COUNTED,
    "time-to-event-custody-censored": InCustody.CENSORED,
}
Named = tuple[str, BaseModel | Picture]


def parts_of(opened: Opened) -> int:
    """How many steps a report takes, for a bar."""
    return 5 + (3 + len(TIMES)) * len(opened.measures)


async def report(
    session: AsyncSession,
    opened: Opened,
    folder: Path,
    *,
    role: Role,
    seen: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Write a cut's evaluation into a folder.

    Args:
        session: the caller's.
        opened: the cut.
        folder: is made where it is not there; files of these names are written anew.
        role: by whose sight small counts are withheld.
        seen: is told of each step.

    Returns:
        The files, and last the SHA-256 of each; the same bytes for the same cut.

    Raises:
        FlowDoesNotReconcile: the cut's numbers do not add up; nothing was written.
    """
    written: list[Path] = []
    async for step in _steps(session, opened, role):
        for name, each in step:
            written += await to_thread.run_sync(_written, folder, name, each)
        seen(1)
    sums = "".join(f"{_digest(path)}  {path.name}\n" for path in sorted(written))
    (folder / SUMS).write_text(sums)
    return [*sorted(written), folder / SUMS]


def _written(folder: Path, name: str, what: BaseModel | Picture) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(what, Picture):
        files = {f"{name}.{form}": rendered(what, form) for form in Form}
    else:
        files = {f"{name}.json": what.model_dump_json(by_alias=True, indent=2).encode()}
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return [folder / file for file in files]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def _steps(session: AsyncSession, opened: Opened, role: Role) -> AsyncIterator[list[Named]]:
    """What is written together; first the flow, which may not be told at all."""
    flow = await reading.flow(session, opened, opened.measures[0], role=role)
    yield [("flow", flow.figures[0]), ("flow", flow.picture)]
    yield [("summary", await _summary(session, opened, role))]
    yield [("baseline", await _baseline(session, opened, role))]
    yield [("equality", await equality(session, opened, {}, role=role))]
    recruited = await reading.recruited(session, opened, role=role)
    yield [("recruitment", recruited.figures[0]), ("recruitment", recruited.picture)]
    for measure in opened.measures:
        who = Population.INTENTION_TO_TREAT
        for name, custody in TIMES.items():
            found = await _times(session, opened, measure, custody, role)
            yield [(f"{name}-{measure}", found)]
        drawn = await reading.survival(session, opened, measure, who, role=role)
        yield [(f"survival-{measure}", drawn.picture)]
        drawn = await reading.forest(session, opened, measure, opened.horizons[-1], role=role)
        yield [(f"subgroups-{measure}", drawn.figures[1]), (f"forest-{measure}", drawn.picture)]
        yield [(f"amounts-{measure}", await _amounts(session, opened, measure, role))]


async def _summary(session: AsyncSession, opened: Opened, role: Role) -> BaseModel:
    allocated = await cuts.allocated(session, opened)
    rows = await risks.counted(session, opened, allocated, opened.measures, opened.horizons)
    return await run_in_threadpool(
        of_risks.summary, opened, allocated.people, rows, [*Population], role=role
    )


async def _baseline(session: AsyncSession, opened: Opened, role: Role) -> BaseModel:
    allocated = await cuts.allocated(session, opened)
    ages = await profiles.ages(session, opened)
    named = [name for name in profiles.CODES if name != INSIDE]
    codes = {name: await profiles.codes(session, opened, name) for name in named}
    others = await profiles.others(session, opened)
    return await run_in_threadpool(
        of_profiles.baseline, opened, allocated.people, ages, codes, others, role=role
    )


async def _times(
    session: AsyncSession, opened: Opened, measure: Measure, custody: InCustody, role: Role
) -> BaseModel:
    allocated = await cuts.allocated(session, opened)
    rows = await times.by_day(session, opened, measure, custody)
    many = opened.cut.participants > of_times.MOST_ADJUSTED
    people = None if many else await times.each(session, opened, measure, custody)
    return await run_in_threadpool(
        of_times.time_to_event,
        opened,
        allocated,
        measure,
        rows,
        people,
        Population.INTENTION_TO_TREAT,
        role=role,
        not_adjusted=of_times.TOO_MANY if many else None,
        in_custody=custody,
    )


async def _amounts(
    session: AsyncSession, opened: Opened, measure: Measure, role: Role
) -> BaseModel:
    allocated = await cuts.allocated(session, opened)
    observed = await amounts.observed(session, opened, allocated, measure, opened.horizons)
    happened = await amounts.happened(session, opened, allocated, measure, opened.horizons)
    cases = await amounts.of_cases(session, opened)
    return await run_in_threadpool(
        of_amounts.amounts,
        opened,
        allocated.people,
        measure,
        observed,
        happened,
        cases,
        Population.INTENTION_TO_TREAT,
        role=role,
    )
