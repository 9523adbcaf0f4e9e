"""Read what a picture shows, and lay it out: for a door, or for the shell."""

from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.evaluation import facts
from checkpoint.evaluation import queries as cuts
from checkpoint.evaluation.flows import reading as flows
from checkpoint.evaluation.pictures import (
    boxes,
    curves,
    forests,
    queries,
    recruiting,
    views,
)
from checkpoint.evaluation.pictures.drawing import Picture
from checkpoint.evaluation.pictures.schemas import RecruitmentView
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.risks import queries as risks
from checkpoint.evaluation.risks import subgroups as of_subgroups
from checkpoint.evaluation.risks import views as of_risks
from checkpoint.evaluation.states import Population
from checkpoint.evaluation.times import queries as times
from checkpoint.evaluation.times import views as of_times
from checkpoint.foundation.actors import Role
from checkpoint.outcomes.cuts.facts import Horizon
from checkpoint.outcomes.cuts.states import Measure


@dataclass(frozen=True)
class Shown:
    """A picture, and the figures that it shows."""

    picture: Picture
    figures: tuple[BaseModel, ...]


async def flow(session: AsyncSession, opened: Opened, measure: Measure, *, role: Role) -> Shown:
    """The participant flow; its last boxes tell one measure's horizons.

    Raises:
        FlowDoesNotReconcile: the cut's numbers do not add up.
    """
    view = await flows.flow(session, opened, role=role)
    foot = views.foot_of(view, views.EVERYBODY, view.window)
    return Shown(boxes.drawn(view, foot, measure), (view,))


async def survival(
    session: AsyncSession,
    opened: Opened,
    measure: Measure,
    population: Population,
    *,
    role: Role,
) -> Shown:
    """The time to the first event, by arm."""
    allocated = await cuts.allocated(session, opened)
    rows = await times.by_day(session, opened, measure)
    view = await run_in_threadpool(
        of_times.time_to_event,
        opened,
        allocated,
        measure,
        rows,
        None,
        population,
        role=role,
        not_adjusted=of_times.NOT_ASKED,
    )
    foot = views.foot_of(view, facts.POPULATIONS[population], view.denominator)
    return Shown(curves.drawn(view, foot), (view,))


async def forest(
    session: AsyncSession, opened: Opened, measure: Measure, horizon: Horizon, *, role: Role
) -> Shown:
    """Every measure within every horizon, and one of them by subgroups."""
    allocated = await cuts.allocated(session, opened)
    counted = await risks.counted(session, opened, allocated, opened.measures, opened.horizons)
    by = await risks.by_subgroup(session, opened, allocated, measure, horizon)
    population = Population.INTENTION_TO_TREAT
    summary = await run_in_threadpool(
        of_risks.summary, opened, allocated.people, counted, [population], role=role
    )
    groups = await run_in_threadpool(
        of_subgroups.subgroups, opened, allocated.people, measure, horizon, by, role=role
    )
    windows = forests.windows(summary, groups)
    foot = views.foot_of(summary, facts.POPULATIONS[population], *windows)
    return Shown(forests.drawn(summary, groups, foot), (summary, groups))


async def recruitment(session: AsyncSession, opened: Opened, *, role: Role) -> RecruitmentView:
    """How many had been allocated by when."""
    allocated = await cuts.allocated(session, opened)
    days = await queries.days(session, opened)
    return views.recruitment(opened, allocated.people, days, role=role)


async def recruited(session: AsyncSession, opened: Opened, *, role: Role) -> Shown:
    """The same as a picture."""
    view = await recruitment(session, opened, role=role)
    foot = views.foot_of(view, views.EVERYBODY, view.window)
    return Shown(recruiting.drawn(view, foot), (view,))
