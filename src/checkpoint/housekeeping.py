"""What is kept only for a while, and then removed by the room that keeps it; each sweep that
removed something is on record.
"""

from datetime import datetime, timedelta

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.access.authentication import shell_actor
from checkpoint.audit import ledger
from checkpoint.audit.operations import AuditEvent, Operation
from checkpoint.consent import actions as consent
from checkpoint.extracts.cli import remove_expired, workshop
from checkpoint.foundation import idempotency
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.shell import at_the_shell, shell_engine

KEEP_ANSWERS = timedelta(days=7)

app = typer.Typer(help="Remove what has served its time.", no_args_is_help=True)


@app.command()
@at_the_shell
async def answers() -> None:
    """Remove kept answers to creating requests that are older than seven days."""
    async with shell_engine() as engine, transaction(engine) as session:
        count = await remove_answers(session, by=shell_actor(), at=utc_now())
    typer.echo(f"{count:,} kept answers removed.")


@app.command()
@at_the_shell
async def drafts() -> None:
    """Erase the words of drafts of consent that were left alone until they expired."""
    async with shell_engine() as engine, transaction(engine) as session:
        count = await consent.erase_expired(session, by=shell_actor(), at=utc_now())
    typer.echo(f"{count:,} expired drafts erased.")


@app.command()
@at_the_shell
async def extracts() -> None:
    """End extracts whose last day is over: their keys are destroyed, their packages removed."""
    async with workshop() as shop:
        count = await remove_expired(shop)
    typer.echo(f"{count:,} extracts ended.")


async def remove_answers(session: AsyncSession, *, by: Actor, at: datetime) -> int:
    """Answers that have been kept long enough are removed; the ledger is told how many."""
    count = await idempotency.forget(session, before=at - KEEP_ANSWERS)
    if count:
        await ledger.record(
            session,
            Operation.ERASURE,
            AuditEvent.ANSWERS_REMOVED,
            kind="kept_answer",
            by=by,
            at=at,
            purpose=f"kept for {KEEP_ANSWERS.days} days; {count} removed",
        )
    return count
