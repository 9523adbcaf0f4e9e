"""What a process opens sealed places with, and what it checks sealed lists against."""

import hmac
import json
import secrets
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.sealing import KEY_BYTES, SealBroken, opened, sealed
from checkpoint.allocation.states import ListNotSealed, SealedListChanged, TrialFileUnreadable
from checkpoint.allocation.tables import SealedList
from checkpoint.foundation.database import rows_of
from checkpoint.foundation.keyfiles import kept
from checkpoint.foundation.logs import log
from checkpoint.foundation.settings import Environment, Settings
from checkpoint.trials.states import TrialKind

KEY_FILE = "sealing.key"
# What is sealed beside the places, by what it is sealed for.
SALT, SIZES = "salt", "block sizes"
KEY_CHECK = "checkpoint sealing key check v1"
DIGEST = sa.text("SELECT sealed_list_digest(:list) AS digest")
EVERY = sa.select(*SealedList.__table__.c)


class Vault:
    """The sealing key, the digests that were lodged, and the lists this process has checked.

    In development only test lists are drawn from, elsewhere only live ones; a live list must be
    lodged in a file outside the database.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._checked: set[UUID] = set()
        development = settings.environment is Environment.DEVELOPMENT
        self.kind = TrialKind.TEST if development else TrialKind.LIVE
        self.software = f"{version('checkpoint')} {settings.git_ref}"[:60]

    def key(self) -> bytes:
        """The sealing key.

        Raises:
            ListNotSealed: none is set, and this is no place to make one.
        """
        given = self._settings.sealing_key
        if given is not None:
            return bytes.fromhex(given.get_secret_value())
        if self.kind is TrialKind.TEST:
            return kept(self._settings.folder / KEY_FILE, lambda: secrets.token_bytes(KEY_BYTES))
        raise ListNotSealed("CHECKPOINT_SEALING_KEY is not set; see docs/settings.md.")

    def key_check(self, list_id: UUID) -> str:
        """What tells a list's own sealing key from any other, and nothing of either."""
        return hmac.digest(self.key(), f"{KEY_CHECK}\n{list_id}".encode(), "sha256").hex()

    def seal(self, text: str, *, place: str) -> bytes:
        """A short text, sealed for one place."""
        return sealed(self.key(), text, place=place)

    def open(self, content: bytes, *, place: str) -> str:
        """What was sealed for a place.

        Raises:
            SealedListChanged: the key is another, or the place was altered.
        """
        try:
            return opened(self.key(), content, place=place)
        except SealBroken as error:
            raise SealedListChanged(
                "Tell the statistician: what was sealed does not open with this service's key."
            ) from error

    async def check(self, session: AsyncSession, listed: Any) -> None:
        """A sealed list still is what was sealed and lodged; asked once a process.

        Args:
            session: the caller's.
            listed: the list's row.

        Raises:
            ListNotSealed: it is a test list where only live ones count, or the other way round; or
                no key is set.
            SealedListChanged: its digest is another, or is not what was lodged; or its key is
                another.
        """
        if listed.kind != self.kind:
            raise ListNotSealed(
                f"This service draws from {self.kind.value} lists alone: see docs/trial.md."
            )
        if listed.id in self._checked:
            return
        if listed.key_check not in {None, self.key_check(listed.id)}:
            log.error("sealing_key_is_another", list=str(listed.id))
            raise SealedListChanged(
                "Nothing was drawn. CHECKPOINT_SEALING_KEY is not the key that sealed the list."
            )
        (found,) = await rows_of(session, DIGEST, list=listed.id)
        if found.digest != listed.sealed_digest or not self._lodged(listed):
            log.error("sealed_list_changed", list=str(listed.id))
            raise SealedListChanged(
                "Nothing was drawn. Tell the statistician at once: the list or the lodged digest "
                "was altered, or CHECKPOINT_TRIAL_FILE names another file."
            )
        self._checked.add(listed.id)

    async def check_every(self, session: AsyncSession) -> list[UUID]:
        """Look at every sealed list, as a process does when it starts.

        Returns:
            The lists that nothing will be drawn from; the log tells of those that were changed.
        """
        refused = []
        for listed in await rows_of(session, EVERY):
            try:
                await self.check(session, listed)
            except (ListNotSealed, SealedListChanged):
                refused.append(listed.id)
        return refused

    def _lodged(self, listed: Any) -> bool:
        file = self._settings.trial_file
        if file is None:
            return self.kind is TrialKind.TEST
        entry = lodged(file).get(str(listed.id), {})
        return bool(
            entry.get("sealed_digest") == listed.sealed_digest
            and entry.get("digest") == listed.digest
            and entry.get("seed_commitment") == listed.seed_commitment
        )


async def the_vault(request: Request) -> Vault:
    """The process's own."""
    vault: Vault = request.app.state.vault
    return vault


Opening = Annotated[Vault, Depends(the_vault)]


def lodged(file: Path) -> dict[str, Any]:
    """The sealed lists that a trial file holds, by id; none where it cannot be read."""
    with suppress(OSError, TrialFileUnreadable):
        return _read(file)
    return {}


def _read(file: Path) -> dict[str, Any]:
    with suppress(ValueError, LookupError, TypeError, RecursionError):
        found = json.loads(file.read_text("utf-8"))["lists"]
        if isinstance(found, dict) and all(isinstance(each, dict) for each in found.values()):
            return found
    raise TrialFileUnreadable("Nothing was sealed. Name another file, or put this one right.")


def lodge(file: Path, listed: Any, *, trial: str) -> None:
    """Write a list's digests into a trial file, beside those that stand there.

    The file is written whole beside the old one and takes its place, so that nobody reads half.

    Raises:
        TrialFileUnreadable: what stands there is no trial file, and would be lost.
    """
    lists = _read(file) if file.exists() else {}
    lists[str(listed.id)] = {
        "trial": trial,
        "kind": listed.kind,
        "number": listed.number,
        "method": listed.method,
        "digest": listed.digest,
        "sealed_digest": listed.sealed_digest,
        "seed_commitment": listed.seed_commitment,
        "sealed_at": listed.sealed_at.isoformat(),
    }
    beside = file.with_suffix(f"{file.suffix}.new")
    beside.write_text(json.dumps({"lists": lists}, indent=2, sort_keys=True) + "\n", "utf-8")
    beside.replace(file)
