"""Sees to it that every request leaves one entry: what no deed recorded, the witness does."""

from typing import Any
from uuid import UUID

import anyio
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checkpoint.audit import ledger
from checkpoint.audit.operations import AuditEvent, Operation, attempted
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.clock import utc_now
from checkpoint.foundation.database import transaction
from checkpoint.foundation.logs import door_of, log, without_content
from checkpoint.foundation.preconditions import Overtaken
from checkpoint.foundation.problems import Bug, answer_bug, respond

# The deed has waited for the database already, as long as a connection or a lock may take.
PATIENCE_SECONDS = 2.0


class Witnessed:
    """Holds each answer back until its entry stands in the ledger; without one, 503.

    A success must have been recorded by its own deed, in its own transaction. A refusal rolled
    that transaction back, and a repeated answer had no deed, so the witness writes theirs.
    Addresses outside ``/v1``, and code lists, hold no personal data and leave no entry.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1"):
            await self.app(scope, receive, send)
            return
        answer = _Held(scope, receive, send)
        try:
            await self.app(scope, receive, answer.send)
        except Exception as fault:
            if answer.begun:
                raise
            await answer_bug(scope, fault)(scope, receive, answer.send)


class _Held:
    """One answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.onward = scope, receive, send
        self.begun = self.replaced = False

    async def send(self, message: Message) -> None:
        if self.replaced:
            return
        if message["type"] == "http.response.start" and not self.begun:
            self.begun = True
            if (refusal := await self._see(message["status"])) is not None:
                self.replaced = True
                await respond(self.scope, refusal)(self.scope, self.receive, self.onward)
                return
        await self.onward(message)

    async def _see(self, status: int) -> errors.Refusal | None:
        """Write what is still unwritten; the refusal to answer with instead, if that fails."""
        state = self.scope["state"]
        if status < 400 and "replayed" not in state:
            expected = 0 if state.get("unlogged") else 1
            if state.get("recorded", 0) == expected:
                return None
            state["refused"] = Bug.slug
            held_back = Bug("The answer was held back because it had not been recorded.")
            return await self._written(state) or held_back
        if state.get("entered"):
            return None  # the deed stands with its entry; only what it gives out did not follow
        return await self._written(state)

    async def _written(self, state: dict[str, Any]) -> errors.Refusal | None:
        """Write the entry, soon; the refusal to answer with instead, if that fails."""
        try:
            with anyio.fail_after(PATIENCE_SECONDS):
                await self._write(state)
        except TimeoutError as fault:
            log.error("ledger_not_written", **without_content(fault))
            return ledger.LedgerNotWritten("Send the same request again shortly.")
        except errors.Refusal as refusal:
            return refusal
        return None

    async def _write(self, state: dict[str, Any]) -> None:
        engine: AsyncEngine = self.scope["app"].state.engine
        replayed = "replayed" in state and not state.get("refused")
        shown = state.get("shown") if state.get("refused") == Overtaken.slug else None
        by: Actor | None = state.get("actor")
        event = AuditEvent.REPLAYED if replayed else AuditEvent.REFUSED
        entry = ledger.composed(
            by=by,
            at=utc_now(),
            request_id=state["request_id"],
            door=f"{self.scope['method']} {door_of(self.scope)}",
            operation=(
                attempted(self.scope["method"])
                if shown is None and not replayed
                else Operation.CONSULTATION
            ),
            event=(event if shown is None else AuditEvent.CONFLICT_SHOWN).value,
            outcome=ledger.DONE if replayed else state.get("refused", "unknown"),
            subject_kind="request",
            subject_ids=[
                *subjects(self.scope, state.get("replayed", "")),
                *state.get("found", ()),
                *(id for id in shown or () if id not in subjects(self.scope, "")),
            ],
            changed_fields=[],
            purpose=None if shown is None or by is None else ledger.purpose_of(by),
        )
        try:
            async with transaction(engine) as session:
                await ledger.append(session, entry)
        except (sa.exc.SQLAlchemyError, OSError) as fault:
            log.error("ledger_not_written", **without_content(fault))
            raise ledger.LedgerNotWritten("Send the same request again shortly.") from None


def subjects(scope: Scope, place: str) -> list[UUID]:
    """The ids in the address, so that knocking at somebody's door is on record too; and the id of
    what a repeated answer shows again.
    """
    found = []
    for value in [*scope.get("path_params", {}).values(), place.rpartition("/")[2]]:
        try:
            found.append(UUID(str(value)))
        except ValueError:
            continue
    return found
