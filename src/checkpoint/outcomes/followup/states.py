"""What becomes of follow-up: of a batch, and of each of its rows. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from checkpoint.foundation import errors


class FollowUpEvent(StrEnum):
    """The alcove's events."""

    TAKEN_IN = "outcomes.follow_up_taken_in"
    READ = "outcomes.follow_up_read"
    ROWS_READ = "outcomes.follow_up_rows_read"
    LACKING_READ = "outcomes.follow_up_lacking_read"
    LISTED = "outcomes.follow_up_listed"
    ROSTER_WRITTEN = "outcomes.follow_up_roster_written"


class DateForm(StrEnum):
    """How a batch writes its days; said, and never guessed."""

    ISO = "iso"  # 2026-11-03
    DAY_FIRST = "day_first"  # 03/11/2026


class Where(StrEnum):
    """By what whoever sent rows finds one of them."""

    LINE = "line"  # of a file, counted from 1 for the names of its columns
    ROW = "row"  # of what was posted

    def place(self, number: int) -> str:
        """The place of a row, in the words or the pointer by which faults name it."""
        return f"Line {number}" if self is Where.LINE else f"#/rows/{number - 1}"


class RowOutcome(StrEnum):
    """What became of one row."""

    NEW = "new"
    CORRECTS = "corrects"
    REPEATED = "repeated"
    LEFT_OUT = "left_out"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


NOT_MATCHED = frozenset({RowOutcome.AMBIGUOUS, RowOutcome.UNMATCHED})
LABELS: Mapping[StrEnum, str] = MappingProxyType(
    {
        RowOutcome.NEW: "It was new",
        RowOutcome.CORRECTS: "It takes the place of the row of that key before it",
        RowOutcome.REPEATED: "It stands already, word for word",
        RowOutcome.LEFT_OUT: "They agree to the research no longer, so nothing of it was kept",
        RowOutcome.AMBIGUOUS: "It could be about two people, so about neither",
        RowOutcome.UNMATCHED: "Nobody of that PNC ID was allocated in the trial",
    }
)


class FollowUpRefused(errors.Unprocessable):
    """Base of both refusals that are told row by row; ``found`` holds the first faults of them all,
    and ``count`` says how many there are.
    """

    found: Sequence[Any] = ()
    count = 0


class FollowUpUnreadable(FollowUpRefused):
    slug = "follow-up-unreadable"
    title = "The follow-up cannot be taken in as it is; nothing was"


class FollowUpUnmatched(FollowUpRefused):
    slug = "follow-up-unmatched"
    title = "Rows of the follow-up are about nobody, or about two people; nothing was taken in"


class FollowUpTooLong(errors.Unprocessable):
    slug = "follow-up-too-long"
    title = "The follow-up has more than is taken in at once"


class FollowUpNotFound(errors.NotFound):
    slug = "follow-up-batch-not-found"
    title = "There is no such batch of follow-up"
