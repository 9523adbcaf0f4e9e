"""One place of a list, sealed: unreadable without the key, and of one length whatever its arm.

Pure but for the random nonce: AES-256-GCM from ``cryptography``.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
PADDED_BYTES = 48


class SealBroken(ValueError):
    """What was sealed cannot be opened: another key, another place, or it was altered."""


def sealed(key: bytes, text: str, *, place: str) -> bytes:
    """A short text, sealed for one place.

    Args:
        key: 32 secret bytes.
        text: up to 48 bytes in UTF-8, without spaces at its end.
        place: what it belongs to; it opens nowhere else.

    Returns:
        76 bytes, whatever the text is.

    Raises:
        ValueError: the text is too long.
    """
    padded = text.encode().ljust(PADDED_BYTES)
    if len(padded) > PADDED_BYTES:
        raise ValueError(f"At most {PADDED_BYTES} bytes can be sealed.")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, padded, place.encode())


def opened(key: bytes, content: bytes, *, place: str) -> str:
    """What was sealed for a place.

    Args:
        key: the one it was sealed with.
        content: as ``sealed`` returned it.
        place: as it was given then.

    Returns:
        The text.

    Raises:
        SealBroken: another key, another place, or it was altered.
    """
    nonce, body = content[:NONCE_BYTES], content[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, body, place.encode()).decode().rstrip()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("The seal does not open.") from error
