"""Pseudonyms, keyed and for one extract alone: two extracts cannot be joined by them. Pure."""

import base64
import hashlib
import secrets

KEY_BYTES = 32
KEPT_BYTES = 16
BLOCK = hashlib.sha256().block_size


class Pseudonyms:
    """The pseudonyms of one extract.

    HMAC-SHA-256 (RFC 2104) of somebody's random id under the extract's own key. Numbers that people
    bear (PNC ID, custody reference, date of birth) are never what is hashed: there are so few that
    all could be tried. Without the key a pseudonym tells nothing; once the key is destroyed, nobody
    can make it again.

    Args:
        key: 32 random bytes; never stored beside the extract.

    Raises:
        ValueError: the key is shorter or longer.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        padded = key.ljust(BLOCK, b"\0")
        # Both halves of HMAC are begun once: half the time of a call of hmac for each of a million.
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def digests(self, participants: bytes) -> bytes:
        """The pseudonyms of people as bytes.

        Args:
            participants: the 16 bytes of the UUID of each one's allocation, one behind the other.

        Returns:
            The first 16 bytes (128 bits) of each one's HMAC, one behind the other.
        """
        begin, finish, found = self._inner.copy, self._outer.copy, []
        for place in range(0, len(participants), KEPT_BYTES):
            inner, outer = begin(), finish()
            inner.update(participants[place : place + KEPT_BYTES])
            outer.update(inner.digest())
            found.append(outer.digest()[:KEPT_BYTES])
        return b"".join(found)

    def of(self, participant: bytes) -> str:
        """The pseudonym of somebody as it stands in an extract: 26 letters and digits."""
        return written(self.digests(participant))


def new_key() -> bytes:
    """A key for one extract: 256 random bits from the operating system."""
    return secrets.token_bytes(KEY_BYTES)


def written(digest: bytes) -> str:
    """A pseudonym's bytes in base 32 (RFC 4648, section 7), whose order is that of the bytes."""
    return base64.b32hexencode(digest).decode().rstrip("=")
