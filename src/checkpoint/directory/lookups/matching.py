"""How plainly an offer says the words that are sought. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import jellyfish

from checkpoint.directory.lookups import names

# So many letters may be wrong in a word of eight or more; one in a shorter.
LONG_WORD = 8


class How(IntEnum):
    """How an offer says a word, the plainest first."""

    NAMED = 0
    SAID = 1
    NAMED_NEARLY = 2
    SOUNDS = 3


@dataclass(frozen=True)
class Likeness:
    """How an offer says each word that is sought, and which of its own words that is."""

    hows: tuple[tuple[How, str], ...] = ()

    @property
    def slips(self) -> int:
        """How far it is in all from saying them in its name."""
        return sum(how for how, _ in self.hows)


def likeness(asked: Sequence[str], said: Sequence[bool], title: str) -> Likeness:
    """How plainly an offer that was found by its keys says what is sought.

    Args:
        asked: the words.
        said: of each, whether its root stands anywhere in what the offer says.
        title: the offer's name and its provider's, folded.

    Returns:
        How it says each word, and which word of its own that is.
    """
    own = names.words(title)
    return Likeness(
        tuple(_how(word, own, said=holds) for word, holds in zip(asked, said, strict=True))
    )


def _how(word: str, own: Sequence[str], *, said: bool) -> tuple[How, str]:
    asked = names.root(word)
    named = next((each for each in own if names.root(each) == asked), None)
    if named:
        return How.NAMED, named
    if said:
        return How.SAID, word
    if near := _nearest(word, own, most=2 if len(asked) >= LONG_WORD else 1):
        return How.NAMED_NEARLY, near
    heard = names.sound(word)
    alike = next((each for each in own if heard and names.sound(each) == heard), None)
    return (How.NAMED_NEARLY, alike) if alike else (How.SOUNDS, word)


def _nearest(word: str, own: Sequence[str], *, most: int) -> str | None:
    """The first of the words that are the fewest slips from one, by the whole word or by its root;
    None where there are more. A slip is worth one letter at most, so lengths rule most words out.
    """
    asked, nearest, fewest = names.root(word), None, most + 1
    for each in own:
        root = names.root(each)
        slips = fewest
        if abs(len(root) - len(asked)) < slips:
            slips = min(slips, jellyfish.damerau_levenshtein_distance(asked, root))
        if abs(len(each) - len(word)) < slips:
            slips = min(slips, jellyfish.damerau_levenshtein_distance(word, each))
        if slips < fewest:
            nearest, fewest = each, slips
    return nearest
