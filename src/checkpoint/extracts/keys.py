"""The secret that an extract's pseudonyms are made with: made once, and sealed with the service's."""

import base64
from uuid import UUID

from checkpoint.allocation.vault import Vault
from checkpoint.extracts.pseudonyms import new_key


def place(request_id: UUID) -> str:
    """What an extract's key is sealed for; it opens nowhere else."""
    return f"{request_id} extract key"


def made(request_id: UUID, *, vault: Vault) -> bytes:
    """A new key, sealed.

    Raises:
        ListNotSealed: the service has no key of its own to seal with.
    """
    return vault.seal(base64.b64encode(new_key()).decode(), place=place(request_id))


def of(sealed: bytes, request_id: UUID, *, vault: Vault) -> bytes:
    """An extract's key.

    Raises:
        SealedListChanged: the service's own key is another, or what was sealed was altered.
    """
    return base64.b64decode(vault.open(sealed, place=place(request_id)))
