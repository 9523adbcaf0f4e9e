"""Words, and the keys under which an offer is found by them, slips forgiven. Pure."""

import re
from functools import lru_cache

import jellyfish

WORD = re.compile(r"[^\W_]+")
# Words that are in nearly every text and tell nothing of it.
EMPTY = frozenset(
    [
        "a",
        "all",
        "also",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "do",
        "for",
        "from",
        "get",
        "had",
        "has",
        "have",
        "help",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "more",
        "most",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "other",
        "our",
        "out",
        "she",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "you",
        "your",
    ]
)
ENDINGS = ("ings", "ing", "ies", "ed", "es", "ers", "ors", "er", "or", "s", "e", "y")
# Of a very long text so many words count, the first ones; of what is asked, so many.
MOST_WORDS, MOST_ASKED = 150, 4
# A root is no shorter; a word in which one slip is forgiven is no shorter; nor a telling sound.
SHORTEST_ROOT, SHORTEST_SLIPPED, SHORTEST_SOUND = 3, 4, 3
SAID, SOUND, SLIP = "", "=", "-"


def words(text: str) -> tuple[str, ...]:
    """The telling words of a text, each once, in its order.

    Args:
        text: in small letters and without accents, as ``meanings.folded`` gives it.
    """
    return tuple(dict.fromkeys(word for word in WORD.findall(text) if word not in EMPTY))


@lru_cache(maxsize=1 << 15)
def root(word: str) -> str:
    """A word without the commonest English endings: ``tenancies`` and ``tenancy`` give ``tenanc``."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_ROOT:
            return word[: -len(ending)] if not word.endswith("ss") else word
    return word


@lru_cache(maxsize=1 << 15)
def sound(word: str) -> str:
    """How a word sounds, by the Metaphone algorithm; empty where that tells too little."""
    heard = jellyfish.metaphone(root(word) + "e")
    return heard if len(heard) >= SHORTEST_SOUND else ""


@lru_cache(maxsize=1 << 14)
def slips(word: str) -> frozenset[str]:
    """A word and its root, and what is left of each without one of its letters.

    Two words that are one slip apart, a letter wrong, missing, too many or swapped with its
    neighbour, share one of these.
    """
    found = {word, root(word)}
    for own in (word, root(word)):
        if len(own) >= SHORTEST_SLIPPED:
            found.update(own[:at] + own[at + 1 :] for at in range(len(own)))
    return frozenset(found)


def asked_keys(word: str) -> tuple[str, frozenset[str]]:
    """The keys under which to look for one word.

    Returns:
        The one under which an offer stands that says it; and all of them, slips forgiven.
    """
    heard = {SOUND + sound(word)} if sound(word) else set()
    return root(word), frozenset({root(word), *heard, *(SLIP + each for each in slips(word))})


def keys(title: str, text: str) -> list[str]:
    """The keys under which an offer stands.

    Args:
        title: its name and its provider's, folded.
        text: all it says, folded.

    Returns:
        For each word its root and its sound; for each of the title, what slips leave of it too.
    """
    titled, found = words(title)[:MOST_WORDS], set[str]()
    for word in words(f"{title} {text}")[:MOST_WORDS]:
        found |= {root(word)} | ({SOUND + sound(word)} if sound(word) else set())
    for word in titled:
        found.update(SLIP + each for each in slips(word))
    return sorted(found)
