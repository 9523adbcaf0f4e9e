"""The limit's page cursors: a place in a list, sealed for one sender as the service's own are."""

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

SEAL_BYTES = 16


def cursor_of(key: bytes, at: datetime, id: UUID, sender: UUID) -> str:
    """The place after this row."""
    content = f"{at.isoformat()}|{id}".encode()
    return base64.urlsafe_b64encode(_seal(key, content, sender) + content).decode().rstrip("=")


def place_of(key: bytes, cursor: str, sender: UUID) -> tuple[datetime, UUID]:
    """The row after which the page begins."""
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    seal, content = sealed[:SEAL_BYTES], sealed[SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(key, content, sender)):
        raise ValueError("not our cursor")
    at, _, id = content.decode().partition("|")
    return datetime.fromisoformat(at), UUID(id)


def _seal(key: bytes, content: bytes, sender: UUID) -> bytes:
    return hmac.digest(key, f"{sender}\0".encode() + content, hashlib.sha256)[:SEAL_BYTES]
