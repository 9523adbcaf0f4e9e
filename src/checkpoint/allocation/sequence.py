"""The sequence of a stratum: permuted blocks of random size from a secret seed. Pure.

Drawn with HMAC-SHA256 and integers alone, so that any Python draws it again, bit for bit, in ten
years; ``random`` promises that to nobody.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

SEED_BYTES = 32
COMMITTED = b"checkpoint seed commitment v1\n"
LISTED = "checkpoint allocation list v1"
WORD_BYTES = 8


class Place(NamedTuple):
    """One place of a list: its stratum, its position from 1, and its arm."""

    stratum: str
    position: int
    arm: str


class SequenceImpossible(ValueError):
    """No list can be made from what was given; the message says why."""


class Stream:
    """Uniform whole numbers from a secret seed; each label has a stream of its own.

    Args:
        seed: 32 secret bytes.
        label: what the numbers are for.
    """

    def __init__(self, seed: bytes, label: str) -> None:
        self._seed, self._label, self._count = seed, label.encode(), 0

    def below(self, limit: int) -> int:
        """The next number from 0 to ``limit`` - 1, each as likely as any other.

        Args:
            limit: 1 or more, far below 2 to the 64.
        """
        span = 1 << (8 * WORD_BYTES)
        fair = span - span % limit  # what lies above would favour the small numbers
        while True:
            word = self._next()
            if word < fair:
                return word % limit

    def _next(self) -> int:
        message = self._label + b"\n" + self._count.to_bytes(8, "big")
        self._count += 1
        return int.from_bytes(hmac.digest(self._seed, message, "sha256")[:WORD_BYTES], "big")


def blocks(
    seed: bytes, label: str, arms: Mapping[str, int], sizes: Sequence[int]
) -> Iterator[list[str]]:
    """Blocks without end: a random size, then a random order of a block that keeps the ratio.

    Args:
        seed: 32 secret bytes.
        label: trial, list and stratum; another label gives another sequence.
        arms: whole parts of the ratio by arm, in an order that counts.
        sizes: the sizes a block may have, each as likely as any other.

    Yields:
        The arms of one block, in order.

    Raises:
        SequenceImpossible: no sizes, or one that does not keep the ratio.
    """
    parts = sum(arms.values())
    if len(seed) != SEED_BYTES:
        raise SequenceImpossible(f"The seed must have {SEED_BYTES} bytes.")
    if not sizes or any(size < parts or size % parts for size in sizes):
        raise SequenceImpossible(f"Each block's size must be a multiple of {parts}.")
    stream = Stream(seed, label)
    while True:
        size = sizes[stream.below(len(sizes))]
        block = [arm for arm, share in arms.items() for _ in range(share * size // parts)]
        yield shuffled(stream, block)


def shuffled(stream: Stream, arms: Sequence[str]) -> list[str]:
    """Any order of these arms, each as likely as any other (Fisher and Yates).

    Args:
        stream: where the numbers come from; it goes on from where it was.
        arms: what is to be put in order.

    Returns:
        The same arms in that order.

    Source: Knuth, The Art of Computer Programming, volume 2, section 3.4.2, algorithm P.
    """
    order = [*arms]
    for last in range(len(order) - 1, 0, -1):
        other = stream.below(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


def sequence(
    seed: bytes, label: str, arms: Mapping[str, int], sizes: Sequence[int], *, places: int
) -> list[str]:
    """A stratum's arms in order.

    Args:
        seed: 32 secret bytes.
        label: trial, list and stratum.
        arms: whole parts of the ratio by arm.
        sizes: the sizes a block may have.
        places: how many are wanted, 1 or more.

    Returns:
        At least that many: the last block is whole.

    Raises:
        SequenceImpossible: no list can be made from these sizes.
    """
    found: list[str] = []
    source = blocks(seed, label, arms, sizes)
    while len(found) < places:
        found += next(source)
    return found


def label_of(trial: str, number: int, stratum: str) -> str:
    """What a stratum's sequence is drawn under.

    Args:
        trial: the trial's name.
        number: of the list within the trial, from 1.
        stratum: the suite.

    Returns:
        Another label for each stratum of each list.
    """
    return f"{trial}\n{number}\n{stratum}"


def commitment(seed: bytes) -> str:
    """What is published of a seed before anybody is allocated: SHA-256, in hexadecimal digits."""
    return hashlib.sha256(COMMITTED + seed).hexdigest()


def salt_of(seed: bytes) -> bytes:
    """The 32 bytes that keep a short list's digest from being guessed; secret as the seed is."""
    return hmac.digest(seed, LISTED.encode(), "sha256")


def digest(places: Sequence[Place], salt: bytes) -> str:
    """The digest of a whole list.

    Args:
        places: every place, in order of stratum and position.
        salt: 32 secret bytes.

    Returns:
        SHA-256 in hexadecimal digits; it tells nothing of the list to whoever lacks the salt.
    """
    lines = (f"{place.stratum}\t{place.position}\t{place.arm}\n" for place in places)
    return hashlib.sha256(salt + f"{LISTED}\n{''.join(lines)}".encode()).hexdigest()


def listed(
    seed: bytes,
    trial: str,
    number: int,
    *,
    arms: Mapping[str, int],
    sizes: Sequence[int],
    places: Mapping[str, int],
) -> list[Place]:
    """A whole list, stratum by stratum.

    Args:
        seed: 32 secret bytes.
        trial: the trial's name.
        number: of the list within the trial.
        arms: whole parts of the ratio by arm.
        sizes: the sizes a block may have.
        places: how many are wanted by stratum.

    Returns:
        Every place, in order of stratum and position.

    Raises:
        SequenceImpossible: no list can be made from these sizes.
    """
    found = []
    for stratum in sorted(places):
        label = label_of(trial, number, stratum)
        drawn = sequence(seed, label, arms, sizes, places=places[stratum])
        found += [Place(stratum, position, arm) for position, arm in enumerate(drawn, 1)]
    return found


def list_faults(
    places: Sequence[Place], *, arms: Mapping[str, int], strata: Sequence[str]
) -> list[str]:
    """What is wrong with a statistician's own list.

    Args:
        places: as the file has them.
        arms: whole parts of the protocol's ratio by arm.
        strata: the protocol's suites.

    Returns:
        Every fault, with its stratum. Positions must count from 1 without a gap, every arm must be
        one of the protocol's and come up in each stratum as often as the ratio says, and no
        stratum may be missing.
    """
    faults = [f"{suite}: no place" for suite in strata if all(p.stratum != suite for p in places)]
    faults += [
        f"{suite}: no stratum of the protocol"
        for suite in sorted({p.stratum for p in places} - {*strata})
    ]
    faults += [
        f"{arm}: no arm of the protocol" for arm in sorted({p.arm for p in places} - {*arms})
    ]
    for suite in sorted({p.stratum for p in places} & {*strata}):
        own = [place for place in places if place.stratum == suite]
        if [place.position for place in own] != [*range(1, len(own) + 1)]:
            faults.append(f"{suite}: positions must count from 1, in order, without a gap")
        counts = {arm: sum(place.arm == arm for place in own) for arm in arms}
        if any(counts[arm] * sum(arms.values()) != len(own) * parts for arm, parts in arms.items()):
            faults.append(f"{suite}: the list as a whole does not keep the ratio")
    return faults
